/** Deliveries of events as callers see them: listed, counted, and tried again. */
import { and, asc, desc, eq, inArray, type SQL, sql } from 'drizzle-orm'
import type { EventDeliveryStatus } from '../../../model/events/event.ts'
import type { Engine } from '../../engine.ts'

interface Filter {
  endpointId?: number | undefined
  eventId?: string | undefined
}

interface Page {
  status?: EventDeliveryStatus | undefined
  start: number
  end: number
}

interface Retry {
  now: number
  giveUpAt: number
}

export const eventDeliveryLists = (engine: Engine) => {
  const { retry, retryParked } = retries(engine)
  return { ...lists(engine), retry, retryParked }
}

const conditions = ({ tables: { eventDeliveries: t } }: Engine) => {
  const isOfStatus: Record<EventDeliveryStatus, SQL> = {
    // Each as its index has it.
    PENDING: sql`${t.dueAt} is not null`,
    PARKED: sql`${t.status} = 'PARKED'`,
    DELIVERED: sql`${t.status} = 'DELIVERED'`,
  }
  return (serviceId: number, { endpointId, eventId }: Filter, status?: EventDeliveryStatus) =>
    and(
      eq(t.serviceId, serviceId),
      endpointId === undefined ? undefined : eq(t.endpointId, endpointId),
      eventId === undefined ? undefined : eq(t.eventId, eventId),
      status && isOfStatus[status],
    )
}

function lists(engine: Engine) {
  const { eventDeliveries: t, events: e } = engine.tables
  const isSelected = conditions(engine)
  async function count(serviceId: number, filter: Filter, status: EventDeliveryStatus) {
    const [row] = await engine.read
      .select({ total: sql<number>`count(*)`.mapWith(Number) })
      .from(t)
      .where(isSelected(serviceId, filter, status))
    return row?.total ?? 0
  }
  return {
    /** With their events, the newest first. The counts are of all pages, and of every status. */
    async list(serviceId: number, filter: Filter, { status, start, end }: Page) {
      const rows = await engine.read
        .select({ delivery: t, event: e })
        .from(t)
        .innerJoin(e, and(eq(e.serviceId, t.serviceId), eq(e.eventId, t.eventId)))
        .where(isSelected(serviceId, filter, status))
        .orderBy(desc(t.createdAt), asc(t.eventId), asc(t.endpointId))
        .limit(end - start)
        .offset(start)
      const pendingCount = await count(serviceId, filter, 'PENDING')
      return { rows, pendingCount, parkedCount: await count(serviceId, filter, 'PARKED') }
    },
    /** Which of them exist. */
    async existing(serviceId: number, eventIds: readonly string[]): Promise<string[]> {
      const rows = await engine.read
        .selectDistinct({ eventId: t.eventId })
        .from(t)
        .where(and(eq(t.serviceId, serviceId), inArray(t.eventId, [...eventIds])))
      return rows.map(({ eventId }) => eventId)
    },
  }
}

function retries(engine: Engine) {
  const { eventDeliveries: t } = engine.tables
  const isSelected = conditions(engine)
  return {
    /** Sends events again that were delivered or parked; returns how many deliveries. */
    retry: (
      serviceId: number,
      { eventIds, endpointId }: { eventIds: readonly string[]; endpointId?: number | undefined },
      times: Retry,
    ): Promise<number> =>
      begin(
        engine,
        and(
          isSelected(serviceId, { endpointId }),
          inArray(t.eventId, [...eventIds]),
          sql`${t.dueAt} is null`,
        ),
        times,
      ),
    /** Of an endpoint, so many of those that were parked. */
    async retryParked(
      serviceId: number,
      endpointId: number,
      { limit, ...times }: Retry & { limit: number },
    ): Promise<number> {
      const parked = isSelected(serviceId, { endpointId }, 'PARKED')
      const batch = engine.read.select({ eventId: t.eventId }).from(t).where(parked).limit(limit)
      return begin(engine, and(inArray(t.eventId, batch), parked), times)
    },
  }
}

/** Each begins like a new one. Returns how many. */
async function begin(engine: Engine, where: SQL | undefined, { now, giveUpAt }: Retry) {
  const t = engine.tables.eventDeliveries
  const again = { status: 'PENDING', attempts: 0, dueAt: now, finishedAt: null, giveUpAt }
  const rows = await engine.run(
    engine.build
      .update(t)
      .set(again as object)
      .where(where)
      .returning({ serviceId: t.serviceId })
      .toSQL(),
  )
  return rows.length
}
