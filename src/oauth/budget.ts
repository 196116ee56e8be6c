/** Step budgets for computations on untrusted input. */
export interface Budget {
  left: number
}

/** Thrown when no steps are left. */
export class BudgetSpent extends Error {
  override readonly name = 'BudgetSpent'
}

/** Takes steps from the budget; throws BudgetSpent if there are not enough. */
export function spend(budget: Budget, steps: number): void {
  budget.left -= steps
  if (budget.left < 0) throw new BudgetSpent()
}

/** The result of a computation, or of `otherwise` if the computation exceeds its budget. */
export function withinBudget<Value>(compute: () => Value, otherwise: () => Value): Value {
  try {
    return compute()
  } catch (error) {
    if (error instanceof BudgetSpent) return otherwise()
    throw error
  }
}
