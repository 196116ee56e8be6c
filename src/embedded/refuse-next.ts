/** Refusals that a test orders, so that a frontend shows what it does with them. */
import { CallerError, type CallerRule, catalogue, Refusal, type Rule } from '../refusal.ts'
import type { Postern } from './types.ts'

interface Order {
  entry: Rule | CallerRule
  operation: string | undefined
}

export interface Orders {
  /** Called before the script of each operation. */
  beforeScript(operationId: string, canRefuse: boolean): void
  add(order: Order): void
}

export function createOrders(): Orders {
  const orders: Order[] = []
  return {
    beforeScript(operationId, canRefuse) {
      const fits = ({ entry, operation }: Order) =>
        (operation ?? operationId) === operationId && (canRefuse || 'status' in entry)
      const at = orders.findIndex(fits)
      if (at < 0) return
      const [order] = orders.splice(at, 1)
      if (!order) return
      const { entry } = order
      if ('status' in entry) throw new CallerError(entry)
      throw new Refusal(entry, 'ordered by refuseNext')
    },
    add(order) {
      orders.push(order)
    },
  }
}

const known = new WeakMap<Postern, Orders>()

export const noteOrders = (postern: Postern, orders: Orders): void => {
  known.set(postern, orders)
}

/**
 * The next call that can be refused by the rule with this result code is refused by it, whatever it
 * says; with an operation, the next call of that operationId.
 */
export function refuseNext(postern: Postern, code: string, operation?: string): void {
  const orders = known.get(postern)
  if (!orders) throw new TypeError('refuseNext takes what createPostern returned.')
  const entry = catalogue.get(code)
  if (!entry || !('status' in entry || 'error' in entry)) {
    throw new TypeError(`${code} is no result code of a refusal.`)
  }
  orders.add({ entry, operation })
}
