/** Deliveries of events as callers see them: listed, counted, and tried again. */
import { and, asc, desc, eq, inArray, isNull } from 'drizzle-orm'
import type { EventDeliveryStatus } from '../../../model/events/event.ts'
import type { Engine } from '../../engine.ts'
import { type Page, selections } from '../../outbox/lists.ts'

interface Filter {
  endpointId?: number | undefined
  eventId?: string | undefined
}

interface Retry {
  now: number
  giveUpAt: number
}

export const eventDeliveryLists = (engine: Engine) => {
  const { eventDeliveries: t, events: e } = engine.tables
  const { isSelected, counts, begin } = selections(engine, t, 'PARKED')
  return {
    /** With their events, the newest first. The counts are of all pages, and of every status. */
    async list(
      serviceId: number,
      filter: Filter,
      { status, start, end }: Page<EventDeliveryStatus>,
    ) {
      const rows = await engine.read
        .select({ delivery: t, event: e })
        .from(t)
        .innerJoin(e, and(eq(e.serviceId, t.serviceId), eq(e.eventId, t.eventId)))
        .where(isSelected(serviceId, filter, status))
        .orderBy(desc(t.createdAt), asc(t.eventId), asc(t.endpointId))
        .limit(end - start)
        .offset(start)
      const { pendingCount, givenUpCount } = await counts(serviceId, filter)
      return { rows, pendingCount, parkedCount: givenUpCount }
    },
    /** Which of them exist. */
    async existing(serviceId: number, eventIds: readonly string[]): Promise<string[]> {
      const rows = await engine.read
        .selectDistinct({ eventId: t.eventId })
        .from(t)
        .where(and(eq(t.serviceId, serviceId), inArray(t.eventId, [...eventIds])))
      return rows.map(({ eventId }) => eventId)
    },
    /** Sends events again that were delivered or parked; returns how many deliveries. */
    retry(
      serviceId: number,
      { eventIds, endpointId }: { eventIds: readonly string[]; endpointId?: number | undefined },
      times: Retry,
    ): Promise<number> {
      const isOver = and(inArray(t.eventId, [...eventIds]), isNull(t.dueAt))
      return begin(and(isSelected(serviceId, { endpointId }), isOver), times)
    },
    /** Of an endpoint, so many of those that were parked. */
    async retryParked(
      serviceId: number,
      endpointId: number,
      { limit, ...times }: Retry & { limit: number },
    ): Promise<number> {
      const parked = isSelected(serviceId, { endpointId }, 'PARKED')
      const batch = engine.read.select({ eventId: t.eventId }).from(t).where(parked).limit(limit)
      return begin(and(inArray(t.eventId, batch), parked), times)
    },
  }
}
