/** Whether a service has room for another row of what it is limited in. */
import { processTime, type ServiceContext } from '../context.ts'
import type { RowBudget } from '../model/installation/row-budget.ts'
import { CallerError, type CallerRule } from '../refusal.ts'

/** Rows are counted again after that time at the earliest. */
const retrySeconds = '10'

/**
 * Goes before a row is stored; without `most`, there is no limit. It is an answer to the caller and
 * no refusal of the client: the same request of the client succeeds once there is room.
 */
export function requireRoom(
  context: ServiceContext,
  budget: RowBudget,
  most: number | undefined,
  full: CallerRule,
): void {
  if (most === undefined) return
  const { service, store } = context
  if (!store.rowBudgets.isFull(service.apiKey, budget, most, processTime(context))) return
  throw new CallerError({ ...full, headers: { 'Retry-After': retrySeconds } })
}
