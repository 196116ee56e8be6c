/** Steps that a computation on outside input may take. */
export interface Budget {
  left: number
}

/** No steps are left: the computation has no result. */
export class BudgetSpent extends Error {
  override readonly name = 'BudgetSpent'
}

export function spend(budget: Budget, steps: number): void {
  budget.left -= steps
  if (budget.left < 0) throw new BudgetSpent()
}

/** The result of a computation; `otherwise` where it takes more steps than it may. */
export function withinBudget<Value>(compute: () => Value, otherwise: () => Value): Value {
  try {
    return compute()
  } catch (error) {
    if (error instanceof BudgetSpent) return otherwise()
    throw error
  }
}
