/**
 * Endpoints for events: created, changed, and deleted. The row of the service has the list of those
 * that are enabled, and each change of the list is guarded by the version of that row.
 */
import { changesOf } from '../../audit/changes.ts'
import { recordOf } from '../../audit/record.ts'
import { serviceUnknown } from '../../caller.ts'
import { processTime, type ServiceContext } from '../../context.ts'
import { newSecret, replacedSecrets } from '../../events/secret.ts'
import { EndpointSettings, type Subscription } from '../../model/events/event.ts'
import { uriProblem } from '../../oauth/uri-property.ts'
import { CallerError, defineCallerRules, refuseCaller } from '../../refusal.ts'
import { orRefuse, type Write } from '../../store/engine.ts'
import { fromNewest } from '../../store/newest.ts'
import type { Store } from '../../store/store.ts'
import type { EventEndpointRow } from '../../store/tables/events/event-endpoints.ts'
import { createOnce } from '../idempotency.ts'

const mostEndpoints = 20

const rules = defineCallerRules('Event endpoint', {
  unknown: {
    code: 'P164001',
    status: 404,
    message: 'The event endpoint is unknown: the service has no event endpoint with this id.',
  },
  urlInvalid: {
    code: 'P164002',
    status: 400,
    message:
      'The url of an event endpoint must be an absolute https URL without a fragment and without credentials; http is for addresses that POSTERN_OUTBOUND_ALLOW names.',
  },
  tooMany: {
    code: 'P164003',
    status: 400,
    message: `A service has at most ${mostEndpoints} event endpoints: delete one, or let one of them get more types.`,
  },
})

interface Changed<T> {
  /** All endpoints of the service as they are after the change. */
  after: readonly EventEndpointRow[]
  writes: Write[]
  result: T
}

/**
 * Changes the endpoints of a service, from their newest rows each time another call was faster.
 * Undefined if the change is, or if the service is gone.
 */
export async function changeEndpoints<T>(
  store: Store,
  serviceId: number,
  change: (endpoints: EventEndpointRow[]) => Changed<T> | undefined,
): Promise<T | undefined> {
  return fromNewest(store, `service ${serviceId}`, async (lost) => {
    const service = await store.services.find(serviceId)
    if (!service) return undefined
    const changed = change(await store.eventEndpoints.list(serviceId))
    if (!changed) return undefined
    const subscriptions = changed.after.flatMap(subscriptionOf)
    const listed = store.services.subscribe({ serviceId, subscriptions, seen: service.version })
    await store.commit(orRefuse(listed, lost), ...changed.writes)
    return changed.result
  })
}

const subscriptionOf = ({ endpointId, data }: EventEndpointRow): Subscription[] =>
  data.disabled ? [] : [{ endpointId, ...(data.types ? { types: data.types } : {}) }]

export async function createEndpoint(context: ServiceContext, given: EndpointSettings) {
  const { service, store, system } = context
  const { apiKey: serviceId } = service
  const data = checked(given)
  return createOnce(context, serviceId, { given }, async (keep) => {
    const now = processTime(context)
    const secret = newSecret(system.random)
    const row: EventEndpointRow = {
      serviceId,
      endpointId: 1 + system.random.integer(2 ** 53 - 1),
      version: 1,
      createdAt: now,
      modifiedAt: now,
      data,
      secrets: [{ secret }],
      dropped: 0,
      droppedSince: null,
    }
    const response = { ...describeEndpoint(row), secret }
    const created = await changeEndpoints(store, serviceId, (endpoints) => {
      if (endpoints.length >= mostEndpoints) refuseCaller(rules.tooMany)
      const writes = [
        ...keep(response),
        store.eventEndpoints.insert(row),
        ...recordOf(context, { target: targetOf(row), changes: changesOf({}, { ...data }) }),
      ]
      return { after: [...endpoints, row], writes, result: response }
    })
    return created ?? refuseCaller(serviceUnknown)
  })
}

function checked(given: EndpointSettings): EndpointSettings {
  const { url } = given
  const hasCredentials = () => {
    const { username, password } = new URL(url)
    return username !== '' || password !== ''
  }
  const problem = uriProblem('url', url)
  if (url === '' || problem || hasCredentials()) refuseCaller(rules.urlInvalid, problem?.message)
  return EndpointSettings.parse(given)
}

const targetOf = ({ endpointId }: Pick<EventEndpointRow, 'endpointId'>) =>
  ({ kind: 'event_endpoint', id: endpointId }) as const

export async function namedEndpoint(context: ServiceContext, endpointId: number) {
  const { service, store } = context
  const row = await store.eventEndpoints.find(service.apiKey, endpointId)
  return row ?? refuseCaller(rules.unknown)
}

/** Replaces all settings. */
export async function updateEndpoint(
  context: ServiceContext,
  endpointId: number,
  given: EndpointSettings,
) {
  const { service, store } = context
  const { apiKey: serviceId } = service
  const data = checked(given)
  const modifiedAt = processTime(context)
  const updated = await changeEndpoints(store, serviceId, (endpoints) => {
    const row = endpoints.find((each) => each.endpointId === endpointId)
    if (!row) refuseCaller(rules.unknown)
    const result = { ...row, data, modifiedAt, dropped: 0, droppedSince: null }
    const change = store.eventEndpoints.replace({ serviceId, endpointId, data, modifiedAt })
    const changes = changesOf({ ...row.data }, { ...data })
    return {
      after: endpoints.map((each) => (each === row ? result : each)),
      writes: [
        orRefuse(change, new CallerError(rules.unknown)),
        ...recordOf(context, { target: targetOf(row), changes }),
      ],
      result,
    }
  })
  return describeEndpoint(updated ?? refuseCaller(serviceUnknown))
}

/** What waits to be sent to it is dropped as its turn comes. */
export async function deleteEndpoint(context: ServiceContext, endpointId: number): Promise<void> {
  const { service, store } = context
  const { apiKey: serviceId } = service
  await changeEndpoints(store, serviceId, (endpoints) => {
    const row = endpoints.find((each) => each.endpointId === endpointId)
    if (!row) refuseCaller(rules.unknown)
    return {
      after: endpoints.filter((each) => each !== row),
      writes: [
        store.eventEndpoints.delete(serviceId, endpointId),
        ...recordOf(context, { target: targetOf(row) }),
      ],
      result: undefined,
    }
  })
}

/** A new secret; the former one signs, too, for so many seconds. */
export async function rotateSecret(
  context: ServiceContext,
  endpointId: number,
  graceSeconds: number,
) {
  const { service, store, system } = context
  return fromNewest(store, `endpoint ${service.apiKey} ${endpointId}`, async (lost) => {
    const row = await namedEndpoint(context, endpointId)
    const secret = newSecret(system.random)
    const secrets = replacedSecrets(row.secrets, secret, {
      now: processTime(context),
      graceSeconds,
    })
    await store.commit(
      orRefuse(store.eventEndpoints.replaceSecrets(row, secrets), lost),
      ...recordOf(context, {
        target: targetOf(row),
        changes: [{ property: 'secret', changed: true }],
      }),
    )
    const until = secrets[1]?.until
    return { ...describeEndpoint({ ...row, secrets }), secret, formerSecretUntil: until }
  })
}

export const describeEndpoint = ({
  endpointId,
  createdAt,
  modifiedAt,
  data,
  dropped,
  droppedSince,
}: EventEndpointRow) => ({
  endpointId,
  url: data.url,
  types: data.types,
  description: data.description,
  disabled: data.disabled,
  createdAt,
  modifiedAt,
  dropped,
  droppedSince: droppedSince ?? undefined,
})
