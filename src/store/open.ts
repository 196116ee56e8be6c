/** Opens the database that a URL names, migrated, with its aggregates. */
import type { Sealer } from '../system/sealer.ts'
import { accessTokens } from './access-tokens.ts'
import { apiTokens } from './api-tokens.ts'
import { attempts } from './attempts.ts'
import { backchannelRequests } from './backchannel-requests.ts'
import { clients } from './clients.ts'
import { codes } from './codes.ts'
import { counters } from './counters.ts'
import { deviceCodes } from './device-codes.ts'
import { expiringClients } from './expiring-clients.ts'
import { grantedScopes } from './granted-scopes.ts'
import { managedGrants } from './grants.ts'
import { notifications } from './notifications.ts'
import { openPostgres } from './postgres.ts'
import { purge } from './purge.ts'
import { refreshTokens } from './refresh-tokens.ts'
import { rekey, requireKnownKeys } from './rekey.ts'
import { replays } from './replays.ts'
import { services } from './services.ts'
import { openSqlite } from './sqlite.ts'
import type { Engine, Store } from './store.ts'
import { tickets } from './tickets.ts'
import { tokenBatches } from './token-batches.ts'
import { undelivered } from './undelivered.ts'

/**
 * `file:…`, `:memory:` or `postgres://…`. Throws a `SealError` where the database was sealed under
 * another master key: nothing may be added to it that the right key cannot open.
 */
export async function openStore(url: string, sealer: Sealer): Promise<Store> {
  const engine = /^postgres(ql)?:/.test(url)
    ? await openPostgres(url)
    : await openSqlite(url.replace(/^file:(\/\/(?=\/))?/, ''))
  const store = assemble(engine, sealer)
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

export function assemble(engine: Engine, sealer: Sealer): Store {
  const closing = new AbortController()
  let purging: Promise<unknown> = Promise.resolve()
  return {
    dialect: engine.dialect,
    commit: engine.commit,
    ping: engine.ping,
    relieve: () => engine.relieve?.(),
    async close() {
      closing.abort()
      await purging
      await engine.close()
    },
    purge(now, limit) {
      const removed = purge(engine, { now, limit, signal: closing.signal })
      purging = Promise.allSettled([purging, removed]).then(() => {})
      return removed
    },
    rekey: (limit) => rekey(engine, sealer, limit),
    services: services(engine, sealer),
    clients: clients(engine, sealer),
    expiringClients: expiringClients(engine),
    counters: counters(engine),
    tickets: tickets(engine),
    codes: codes(engine),
    undelivered: undelivered(engine),
    backchannelRequests: backchannelRequests(engine, sealer),
    notifications: notifications(engine, sealer),
    accessTokens: accessTokens(engine),
    refreshTokens: refreshTokens(engine, sealer),
    grantedScopes: grantedScopes(engine),
    grants: managedGrants(engine),
    replays: replays(engine),
    tokenBatches: tokenBatches(engine),
    deviceCodes: deviceCodes(engine),
    attempts: attempts(engine),
    apiTokens: apiTokens(engine),
  }
}
