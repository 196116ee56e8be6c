/** Deliveries as callers see them: listed, counted, and tried again. */
import { and, asc, desc, eq, inArray, type SQL } from 'drizzle-orm'
import type { DeliveryStatus } from '../../../model/delivery.ts'
import type { Engine } from '../../engine.ts'
import { type Page, selections } from '../../outbox/lists.ts'
import type { Tables } from '../../schema/tables.ts'

type Row = Tables['deliveries']['$inferSelect']

export interface DeliveryFilter {
  logoutId?: string | undefined
  sessionId?: string | undefined
  subject?: string | undefined
  clientId?: number | undefined
}

interface Retry {
  now: number
  giveUpAt: number
  keptUntil: number
}

export const deliveryLists = (engine: Engine) => {
  const t = engine.tables.deliveries
  const { isSelected, counts, begin } = selections(engine, t, 'DEAD')
  const retry = (where: SQL | undefined, serviceId: number, values: Retry) =>
    begin(and(where, isSelected(serviceId, {}, 'DEAD')), values)
  return {
    /** The newest come first. The counts are of all pages, and of every status. */
    async list(
      serviceId: number,
      filter: DeliveryFilter,
      { status, start, end }: Page<DeliveryStatus>,
    ) {
      const rows: Row[] = await engine.read
        .select()
        .from(t)
        .where(isSelected(serviceId, filter, status))
        .orderBy(desc(t.createdAt), asc(t.deliveryId))
        .limit(end - start)
        .offset(start)
      const { pendingCount, givenUpCount } = await counts(serviceId, filter)
      return { rows, pendingCount, deadCount: givenUpCount }
    },
    /** Which of them exist. */
    async existing(serviceId: number, deliveryIds: string[]): Promise<string[]> {
      const rows = await engine.read
        .select({ deliveryId: t.deliveryId })
        .from(t)
        .where(and(eq(t.serviceId, serviceId), inArray(t.deliveryId, deliveryIds)))
      return rows.map(({ deliveryId }) => deliveryId)
    },
    retry: (serviceId: number, deliveryIds: string[], values: Retry): Promise<number> =>
      retry(inArray(t.deliveryId, deliveryIds), serviceId, values),
    retryOfClient: (serviceId: number, clientId: number, values: Retry): Promise<number> =>
      retry(eq(t.clientId, clientId), serviceId, values),
  }
}
