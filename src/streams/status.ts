/** The status of a stream: what a change of it does to the events that wait. */
import type { ServiceContext } from '../context.ts'
import { newSecurityEvent } from '../events/security-event.ts'
import type { StreamStatus } from '../model/events/stream.ts'
import { streamUpdatedType } from '../oauth/ssf/event-types.ts'
import type { Write } from '../store/engine.ts'
import type { EventStreamRow } from '../store/tables/streams/event-streams.ts'
import { type Called, changeStream } from './change.ts'

interface NewStatus {
  status: StreamStatus
  reason: string | null
}

/** A disabled stream has no events, and gets none of the time in which it was disabled. */
export const setStatus = (
  context: ServiceContext,
  stream: Called,
  to: NewStatus,
  more: (before: EventStreamRow) => Write[] = () => [],
): Promise<EventStreamRow> =>
  changeStream(
    context,
    stream,
    () => to,
    (before) => [
      ...([to.status, before.status].includes('disabled')
        ? [context.store.securityEvents.deleteOfStream(before.serviceId, before.clientId)]
        : []),
      ...more(before),
    ],
  )

/** SSF §8.1.5: where the receiver did not ask for the change, an event tells it. */
export const setStatusAndTell = (
  context: ServiceContext,
  stream: Called,
  to: NewStatus,
): Promise<EventStreamRow> =>
  setStatus(context, stream, to, ({ serviceId, clientId, streamId, status }) => {
    if (status === to.status) return []
    const { store, system, now } = context
    const event = { status: to.status, ...(to.reason === null ? {} : { reason: to.reason }) }
    const subId = { format: 'opaque', id: streamId }
    const about = { serviceId, type: streamUpdatedType, now }
    const told = newSecurityEvent(system.random, about, { event, subId })
    return [store.securityEvents.insertOfStream(told, clientId, streamId)]
  })
