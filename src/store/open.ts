/** Opens the database that a URL names, migrated, with its aggregates. */
import type { Sealer } from '../system/sealer.ts'
import type { Engine, Write } from './engine.ts'
import type { Pooler } from './postgres/pool.ts'
import { purge, sweepDue, sweepLag } from './purge.ts'
import { rehearsals } from './rehearsal.ts'
import { rekey, requireKnownKeys } from './rekey.ts'
import { summaries } from './search/summaries.ts'
import type { Store } from './store.ts'
import { accessTokens } from './tables/access-tokens.ts'
import { apiTokens } from './tables/api-tokens.ts'
import { attempts } from './tables/attempts.ts'
import { audit } from './tables/audit.ts'
import { backchannelRequests } from './tables/backchannel-requests.ts'
import { idempotency } from './tables/changes/idempotency.ts'
import { revisions } from './tables/changes/revisions.ts'
import { clients } from './tables/clients.ts'
import { codes } from './tables/codes.ts'
import { counters } from './tables/counters.ts'
import { issuedCredentials } from './tables/credentials/issued.ts'
import { credentialOffers } from './tables/credentials/offers.ts'
import { credentialRequests } from './tables/credentials/requests.ts'
import { statusLists } from './tables/credentials/status-lists.ts'
import { deviceCodes } from './tables/device-codes.ts'
import { eventDeliveries } from './tables/events/event-deliveries.ts'
import { eventEndpoints } from './tables/events/event-endpoints.ts'
import { events } from './tables/events/events.ts'
import { expiringClients } from './tables/expiring-clients.ts'
import { grantedScopes } from './tables/granted-scopes.ts'
import { managedGrants } from './tables/grants.ts'
import { hardwareKeys } from './tables/keys/hardware-keys.ts'
import { keySchedules } from './tables/keys/key-schedules.ts'
import { notifications } from './tables/notifications.ts'
import { refreshTokens } from './tables/refresh-tokens.ts'
import { replays } from './tables/replays.ts'
import { revocations } from './tables/revocations/revocations.ts'
import { services } from './tables/services.ts'
import { deliveries } from './tables/sessions/deliveries.ts'
import { sessionClients } from './tables/sessions/session-clients.ts'
import { sessionTokens } from './tables/sessions/session-tokens.ts'
import { sessions } from './tables/sessions/sessions.ts'
import { eventStreams } from './tables/streams/event-streams.ts'
import { securityEvents } from './tables/streams/security-events.ts'
import { streamSubjects } from './tables/streams/stream-subjects.ts'
import { tickets } from './tables/tickets.ts'
import { tokenBatches } from './tables/token-batches.ts'
import { unredeemedGrants } from './tables/unredeemed-grants.ts'
import { apiTokenUses } from './uses/api-token-uses.ts'
import { clientUses } from './uses/client-uses.ts'
import { eventDrops } from './uses/event-drops.ts'
import { type RowBudgets, rowBudgets } from './uses/row-budgets.ts'
import { usage } from './uses/usage.ts'

/**
 * `file:…`, `:memory:` or `postgres://…`. Throws a `SealError` where the database was sealed under
 * another master key: nothing may be added to it that the right key cannot open. `pooler` says what
 * PostgreSQL is behind, `replicaUrl` where a replica of it is.
 */
export async function openStore(
  url: string,
  sealer: Sealer,
  { pooler = 'none', replicaUrl }: Beside = {},
): Promise<Store> {
  const engine = await openEngine(url, pooler)
  const store = replicaUrl
    ? await withReplica(engine, replicaUrl, sealer)
    : assemble(engine, sealer)
  try {
    await requireKnownKeys(engine, sealer)
    // The id of a key is public: that a value opens is what shows that the key is the right one.
    await store.services.list({ start: 0, end: 1 })
    return store
  } catch (error) {
    await store.close()
    throw error
  }
}

interface Beside {
  pooler?: Pooler
  replicaUrl?: string | undefined
}

async function withReplica(engine: Engine, replicaUrl: string, sealer: Sealer): Promise<Store> {
  const { openReplica } = await import('./postgres/replica.ts')
  const replica = await openReplica(replicaUrl, engine)
  const store = assemble(engine, sealer)
  return {
    ...store,
    behind: { store: assemble(replica.engine, sealer), age: replica.age },
    async close() {
      await replica.engine.close()
      await store.close()
    },
  }
}

/** A database's driver is loaded only where it is used. */
async function openEngine(url: string, pooler: Pooler): Promise<Engine> {
  if (/^postgres(ql)?:/.test(url)) {
    const { openPostgres } = await import('./postgres/engine.ts')
    return openPostgres(url, { pooler })
  }
  const { openSqlite } = await import('./sqlite/engine.ts')
  return openSqlite(url.replace(/^file:(\/\/(?=\/))?/, ''))
}

/** `budgets` is given to a dry run, which counts nothing by itself. */
export function assemble(
  engine: Engine,
  sealer: Sealer,
  budgets: RowBudgets = rowBudgets(engine),
): Store {
  const rehearse = rehearsals(engine, (rehearsing) =>
    assemble(rehearsing, sealer, { ...budgets, add() {} }),
  )
  const used = usage(engine, sealer)
  const closing = new AbortController()
  let purging: Promise<unknown> = Promise.resolve()
  return {
    async commit(...writes) {
      const moment = budgets.moment()
      await engine.commit(...writes)
      countStored(writes, used, budgets, moment)
    },
    rehearse,
    ping: engine.ping,
    settle: engine.settle,
    arrived: (isAtSocket) => engine.arrived?.(isAtSocket),
    relieve: () => engine.relieve?.(),
    async close() {
      closing.abort()
      await budgets.close()
      await purging
      await engine.close()
    },
    purge(now, limit, kept) {
      const removed = purge(engine, { now, limit, kept, signal: closing.signal })
      purging = Promise.allSettled([purging, removed]).then(() => {})
      return removed
    },
    sweepLag: (now, kept) => sweepLag(engine, { now, kept }),
    sweepDue: (now, kept) => sweepDue(engine, { now, kept }),
    rekey: (limit) => rekey(engine, sealer, limit),
    services: services(engine, sealer),
    clients: clients(engine, sealer),
    summaries: summaries(engine),
    clientUses: clientUses(engine),
    apiTokenUses: apiTokenUses(engine),
    usage: used,
    rowBudgets: budgets,
    expiringClients: expiringClients(engine),
    counters: counters(engine),
    hardwareKeys: hardwareKeys(engine),
    keySchedules: keySchedules(engine),
    credentialOffers: credentialOffers(engine, sealer),
    credentialRequests: credentialRequests(engine),
    issuedCredentials: issuedCredentials(engine),
    statusLists: statusLists(engine),
    tickets: tickets(engine, sealer),
    codes: codes(engine, sealer),
    unredeemedGrants: unredeemedGrants(engine),
    backchannelRequests: backchannelRequests(engine, sealer),
    notifications: notifications(engine, sealer),
    accessTokens: accessTokens(engine, sealer),
    refreshTokens: refreshTokens(engine, sealer),
    revocations: revocations(engine),
    sessions: sessions(engine),
    sessionClients: sessionClients(engine),
    sessionTokens: sessionTokens(engine),
    deliveries: deliveries(engine),
    ...eventTables(engine, sealer),
    grantedScopes: grantedScopes(engine),
    grants: managedGrants(engine),
    replays: replays(engine),
    tokenBatches: tokenBatches(engine),
    deviceCodes: deviceCodes(engine, sealer),
    attempts: attempts(engine),
    apiTokens: apiTokens(engine),
    audit: audit(engine),
    revisions: revisions(engine),
    idempotency: idempotency(engine, sealer),
  }
}

const eventTables = (engine: Engine, sealer: Sealer) => ({
  eventDeliveries: eventDeliveries(engine),
  eventDrops: eventDrops(engine),
  eventEndpoints: eventEndpoints(engine, sealer),
  eventStreams: eventStreams(engine, sealer),
  events: events(engine),
  securityEvents: securityEvents(engine, sealer),
  streamSubjects: streamSubjects(engine),
})

function countStored(
  writes: readonly Write[],
  used: Pick<Store['usage'], 'token'>,
  budgets: RowBudgets,
  moment: number,
): void {
  for (const { issued, adds } of writes) {
    if (issued?.kind === 'access_token') used.token(issued)
    if (issued && !issued.isRotated) budgets.add(issued.serviceId, 'tokens', moment)
    if (adds) budgets.add(adds.serviceId, adds.budget, moment)
  }
}
