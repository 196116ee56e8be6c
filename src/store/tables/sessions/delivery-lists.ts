/** Deliveries as callers see them: listed, counted, and tried again. */
import { and, asc, desc, eq, inArray, type SQL, sql } from 'drizzle-orm'
import type { DeliveryStatus } from '../../../model/delivery.ts'
import type { Engine } from '../../engine.ts'
import type { Tables } from '../../schema/tables.ts'

type Row = Tables['deliveries']['$inferSelect']

export interface DeliveryFilter {
  logoutId?: string | undefined
  sessionId?: string | undefined
  subject?: string | undefined
  clientId?: number | undefined
}

interface Page {
  status?: DeliveryStatus | undefined
  start: number
  end: number
}

interface Retry {
  now: number
  giveUpAt: number
  keptUntil: number
}

export const deliveryLists = (engine: Engine) => {
  const t = engine.tables.deliveries
  const isOfStatus: Record<DeliveryStatus, SQL> = {
    // Each as its index has it.
    PENDING: sql`${t.dueAt} is not null`,
    DEAD: sql`${t.status} = 'DEAD'`,
    DELIVERED: sql`${t.status} = 'DELIVERED'`,
  }
  const isSelected = (serviceId: number, filter: DeliveryFilter, status?: DeliveryStatus) => {
    const { logoutId, sessionId, subject, clientId } = filter
    return and(
      eq(t.serviceId, serviceId),
      logoutId === undefined ? undefined : eq(t.logoutId, logoutId),
      sessionId === undefined ? undefined : eq(t.sessionId, sessionId),
      subject === undefined ? undefined : eq(t.subject, subject),
      clientId === undefined ? undefined : eq(t.clientId, clientId),
      status && isOfStatus[status],
    )
  }
  async function count(serviceId: number, filter: DeliveryFilter, status: DeliveryStatus) {
    const [row] = await engine.read
      .select({ total: sql<number>`count(*)`.mapWith(Number) })
      .from(t)
      .where(isSelected(serviceId, filter, status))
    return row?.total ?? 0
  }
  /** Returns how many; each begins like a new one. */
  async function retry(where: SQL | undefined, { now, giveUpAt, keptUntil }: Retry) {
    const again = { status: 'PENDING', attempts: 0, dueAt: now, finishedAt: null }
    const rows = await engine.run(
      engine.build
        .update(t)
        .set({ ...again, giveUpAt, keptUntil } as object)
        .where(and(where, isOfStatus.DEAD))
        .returning({ serviceId: t.serviceId })
        .toSQL(),
    )
    return rows.length
  }
  return {
    /** The newest come first. The counts are of all pages, and of every status. */
    async list(serviceId: number, filter: DeliveryFilter, { status, start, end }: Page) {
      const rows: Row[] = await engine.read
        .select()
        .from(t)
        .where(isSelected(serviceId, filter, status))
        .orderBy(desc(t.createdAt), asc(t.deliveryId))
        .limit(end - start)
        .offset(start)
      const pendingCount = await count(serviceId, filter, 'PENDING')
      return { rows, pendingCount, deadCount: await count(serviceId, filter, 'DEAD') }
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
      retry(and(eq(t.serviceId, serviceId), inArray(t.deliveryId, deliveryIds)), values),
    retryOfClient: (serviceId: number, clientId: number, values: Retry): Promise<number> =>
      retry(and(eq(t.serviceId, serviceId), eq(t.clientId, clientId)), values),
  }
}
