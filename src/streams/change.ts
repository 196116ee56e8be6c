/** Steps of streams: created once for each client, changed from their newest rows, deleted. */
import { clientActor, recordOf } from '../audit/record.ts'
import type { ServiceContext } from '../context.ts'
import type { AuditType } from '../model/audit/record.ts'
import type { Client } from '../model/client/client.ts'
import { rules, type StreamSettings } from '../oauth/ssf/stream.ts'
import { Refusal, refuse } from '../refusal.ts'
import { orRefuse, type Write } from '../store/engine.ts'
import type { EventStreamRow } from '../store/tables/streams/event-streams.ts'

const mostStreams = 100
/** One writer wins each round, so losing this many means that something is wrong. */
const rounds = 100
const identifierBits = 128

/** The stream of the client; with an id, the one that it names. */
export async function requireStream(
  { service, store }: ServiceContext,
  client: Client,
  streamId: string | undefined,
): Promise<EventStreamRow> {
  const row = await store.eventStreams.find(service.apiKey, client.clientId)
  return row && (streamId === undefined || row.streamId === streamId) ? row : refuse(rules.unknown)
}

export async function createStream(
  context: ServiceContext,
  client: Client,
  settings: StreamSettings,
): Promise<EventStreamRow> {
  const { service, store, system, now } = context
  const { apiKey: serviceId } = service
  const { clientId } = client
  if (await store.eventStreams.find(serviceId, clientId)) refuse(rules.exists)
  if ((await store.eventStreams.count(serviceId)) >= mostStreams) refuse(rules.tooMany)
  const row: EventStreamRow = {
    serviceId,
    clientId,
    streamId: system.random.token(identifierBits),
    version: 1,
    status: 'enabled',
    reason: null,
    createdAt: now,
    modifiedAt: now,
    verifiedAt: null,
    ...settings,
  }
  await store.commit(
    orRefuse(store.eventStreams.insert(row), new Refusal(rules.exists)),
    ...record(context, row, 'event_stream.created', clientActor(clientId)),
  )
  return row
}

/** Another call changed the stream first. */
class LostError extends Error {}

/** The stream that a call is about, and who calls. */
export interface Called {
  /** Its newest row; refuses if there is none. */
  find(): Promise<EventStreamRow>
  /** Undefined: the caller of the API. */
  actor?: ReturnType<typeof clientActor>
}

/** The stream of the client that presented a token. */
export const byReceiver = (
  context: ServiceContext,
  client: Client,
  streamId: string | undefined,
): Called => ({
  find: () => requireStream(context, client, streamId),
  actor: clientActor(client.clientId),
})

/** Changes a stream, from its newest row each time another call was faster. */
export async function changeStream(
  context: ServiceContext,
  { find, actor }: Called,
  change: (row: EventStreamRow) => Partial<EventStreamRow>,
  more: (before: EventStreamRow, after: EventStreamRow) => Write[] = () => [],
): Promise<EventStreamRow> {
  const { store, now } = context
  for (let round = 1; ; round++) {
    const before = await find()
    const after = { ...before, ...change(before), modifiedAt: now }
    try {
      await store.commit(
        orRefuse(store.eventStreams.replace(after), new LostError()),
        ...more(before, after),
        ...record(context, after, 'event_stream.updated', actor),
      )
      return after
    } catch (error) {
      if (!(error instanceof LostError) || round === rounds) throw error
    }
  }
}

/** What waits for the stream is dropped with it. */
export async function deleteStream(
  context: ServiceContext,
  { find, actor }: Called,
): Promise<void> {
  const { store } = context
  for (let round = 1; ; round++) {
    const row = await find()
    const { serviceId, clientId } = row
    try {
      await store.commit(
        orRefuse(store.eventStreams.replace(row), new LostError()),
        store.eventStreams.delete(serviceId, clientId),
        store.securityEvents.deleteOfStream(serviceId, clientId),
        store.streamSubjects.deleteOfStream(serviceId, clientId),
        ...record(context, row, 'event_stream.deleted', actor),
      )
      return
    } catch (error) {
      if (!(error instanceof LostError) || round === rounds) throw error
    }
  }
}

const record = (
  context: ServiceContext,
  { streamId }: EventStreamRow,
  type: AuditType,
  actor: Called['actor'],
): Write[] =>
  recordOf(context, {
    type,
    target: { kind: 'event_stream', id: streamId },
    ...(actor === undefined ? {} : { actor }),
  })
