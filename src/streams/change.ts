/** Steps of streams: created once for each client, changed from their newest rows, deleted. */
import { clientActor, recordOf } from '../audit/record.ts'
import type { ServiceContext } from '../context.ts'
import type { AuditType } from '../model/audit/record.ts'
import type { Client } from '../model/client/client.ts'
import { rules, type StreamSettings } from '../oauth/ssf/stream.ts'
import { Refusal, refuse } from '../refusal.ts'
import { orRefuse, type Write } from '../store/engine.ts'
import { fromNewest } from '../store/newest.ts'
import type { EventStreamRow } from '../store/tables/streams/event-streams.ts'

const mostStreams = 100
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
  return fromNewest(store, nameOf(context), async (lost) => {
    const before = await find()
    const after = { ...before, ...change(before), modifiedAt: now }
    await store.commit(
      orRefuse(store.eventStreams.replace(after), lost),
      ...more(before, after),
      ...record(context, after, 'event_stream.updated', actor),
    )
    return after
  })
}

/** What waits for the stream is dropped with it. */
export async function deleteStream(
  context: ServiceContext,
  { find, actor }: Called,
): Promise<void> {
  const { store } = context
  await fromNewest(store, nameOf(context), async (lost) => {
    const row = await find()
    const { serviceId, clientId } = row
    await store.commit(
      orRefuse(store.eventStreams.replace(row), lost),
      store.eventStreams.delete(serviceId, clientId),
      store.securityEvents.deleteOfStream(serviceId, clientId),
      store.streamSubjects.deleteOfStream(serviceId, clientId),
      ...record(context, row, 'event_stream.deleted', actor),
    )
  })
}

const nameOf = ({ service }: ServiceContext) => `streams of ${service.apiKey}`

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
