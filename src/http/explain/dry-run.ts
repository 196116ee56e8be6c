/**
 * Dry runs: an operation runs with its own script, and nothing of it remains. Its commits are
 * rehearsed, its log lines and notifications dropped, and its response is never shown.
 */
import type { Dependencies, ServiceContext } from '../../context.ts'
import { newTrace } from '../../explain/trace.ts'
import { createRemoteKeySets } from '../../jose/remote-key-set.ts'
import { aheadOf } from '../../model/service/clock.ts'
import { note } from '../../refusal.ts'
import type { Rehearsal } from '../../store/store.ts'
import { type Fetch, FetchError } from '../../system/fetch.ts'
import { silentLog } from '../../system/log.ts'
import type { Incoming } from '../admit.ts'
import type { Endpoint, Served } from '../endpoint.ts'
import { withoutRefusals } from '../refusals/noted.ts'
import { documentsOf, type unsavedOf } from './unsaved.ts'

export interface DryRun {
  endpoint: Endpoint
  request: Record<string, unknown>
  /** The time of the request, in milliseconds since the epoch. */
  at: number | undefined
  /** Whether documents are fetched from clients and others. */
  fetches: boolean
  /** Properties of service and client that are not saved. */
  unsaved: ReturnType<typeof unsavedOf>
}

/** Runs the operation for the caller of the context. */
export function runDry(
  { endpoint, request, ...options }: DryRun,
  context: ServiceContext,
  rehearsal: Rehearsal,
): Promise<Served> {
  const { service, caller, call, clientAddress, preferences } = context
  const incoming: Incoming = {
    requestId: call.requestId,
    assign() {},
    authorization: undefined,
    admitted: caller,
    prefer: undefined,
    field: () => undefined,
    sender: () => undefined,
    clientAddress,
    params: { serviceId: String(service.apiKey) },
    query: () => ({}),
    body: async () => ({
      contentType: 'application/json',
      bytes: Buffer.from(JSON.stringify(request)),
    }),
  }
  const trace = newTrace(preferences.explain === 'subject', true)
  return endpoint.serve(incoming, dependenciesOf(context, options, rehearsal), trace)
}

function dependenciesOf(
  context: ServiceContext,
  { at, fetches, unsaved }: Omit<DryRun, 'endpoint' | 'request'>,
  rehearsal: Rehearsal,
): Dependencies {
  const { system, keySets, keys, sealer, testServices, service } = context
  const fetch = fetches ? onlyReading(system.fetch, rehearsal) : withoutFetch
  // Admission adds how far the clock of the service is ahead.
  const clock = at === undefined ? system.clock : () => at - aheadOf(service)
  return {
    store: rehearsal.store,
    documents: documentsOf(context, unsaved, rehearsal, clock),
    keySets: fetches ? keySets : createRemoteKeySets(fetch, clock),
    keys,
    system: { ...system, clock, fetch, log: silentLog },
    sealer,
    outbox: { send: async () => {} },
    refusals: withoutRefusals,
    testServices,
    examine: context.examine,
  }
}

/**
 * Reads as a real call does; whatever would tell somebody something is not sent. What a call does
 * in the background asks no more once the dry run is over.
 */
const onlyReading =
  (fetch: Fetch, { isOver }: Rehearsal): Fetch =>
  (url, options) =>
    options.method === 'POST' || isOver() ? withoutFetch(url, options) : fetch(url, options)

const withoutFetch: Fetch = async (url, { purpose }) => {
  const { origin, pathname } = new URL(url)
  note(() => ({ wouldFetch: { purpose, url: `${origin}${pathname}` } }))
  throw new FetchError('network', { purpose, origin })
}
