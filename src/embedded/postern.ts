/** Postern inside another process, for tests and tools: its parts as `process/` starts them. */
import { createServer, type Server } from 'node:http'
import { bootstrapAdmin } from '../process/admin-token.ts'
import { createApps, createRefusals } from '../process/app.ts'
import { startBackground } from '../process/background.ts'
import { type Config, readConfig } from '../process/config.ts'
import { drain, listen, timeouts } from '../process/listener.ts'
import { createLogoutOutbox } from '../process/logout-outbox.ts'
import { openDocuments } from '../store/configuration.ts'
import { openStore } from '../store/open.ts'
import { systemClock } from '../system/clock.ts'
import { createFetch } from '../system/fetch.ts'
import { createLog } from '../system/log.ts'
import { parseMasterKey } from '../system/master-key.ts'
import { createRandom, systemRandom } from '../system/random.ts'
import { createSealer } from '../system/sealer.ts'
import type { System } from '../system/system.ts'
import { createApi } from './api.ts'
import { movableClock } from './clock.ts'
import { answeredBy } from './outbound.ts'
import { createOrders, noteOrders } from './refuse-next.ts'
import type { Postern, PosternClock, PosternOptions } from './types.ts'

const inMemory = ':memory:'

/** Starts Postern inside this process, without a socket. */
export async function createPostern(options: PosternOptions = {}): Promise<Postern> {
  const config = configOf(options)
  const { host, adminToken } = config
  const clock = movableClock(options.clock ?? systemClock)
  const system = systemOf(options, config, clock)
  const sealer = createSealer(masterKeyOf(config, system))
  const store = await openStore(config.databaseUrl, sealer, { pooler: config.databasePooler })
  try {
    const admin = await bootstrapAdmin(store, system, adminToken, undefined)
    if (!admin.token) {
      throw new TypeError('The database has API tokens already: adminToken is required.')
    }
    const documents = openDocuments(store, system.clock)
    const outbox = createLogoutOutbox({ store, documents, system })
    const { token } = admin
    const refusals = createRefusals(system.clock)
    const orders = createOrders()
    const parts = {
      store,
      system,
      sealer,
      documents,
      outbox,
      refusals,
      beforeScript: orders.beforeScript,
      testServices: config.testServices,
      console: { isApart: false },
      config,
    }
    const { app, listener, consoleLink } = createApps(parts)
    const background = startBackground({ store, documents, system, outbox, refusals }, config)
    const fetch = async (request: Request) => {
      store.arrived(false)
      return app.fetch(request)
    }
    const servers: Server[] = []
    let closed: Promise<void> | undefined
    const postern: Postern = {
      fetch,
      api: createApi(token, fetch),
      clock,
      async listen(port = 0) {
        if (closed !== undefined) throw new Error('This Postern is closed.')
        const server = createServer(timeouts, listener)
        const url = await listen(server, { host, port })
        servers.push(server)
        return { url, consoleLink: () => consoleLink(url, token) }
      },
      close() {
        closed ??= background
          .stop(() => Promise.all(servers.map(drain)))
          .finally(() => store.close())
        return closed
      },
    }
    noteOrders(postern, orders)
    return postern
  } catch (error) {
    await store.close()
    throw error
  }
}

/** The rules of the environment's variables apply to the options, too. */
function configOf(options: PosternOptions): Config {
  const { database = inMemory, masterKey, adminToken, outboundAllow = [], testServices } = options
  if (masterKey === undefined && database !== inMemory) {
    throw new TypeError('masterKey is required with a database that is not in memory.')
  }
  return readConfig({
    POSTERN_DATABASE_URL: database,
    POSTERN_MASTER_KEY: masterKey,
    POSTERN_ADMIN_TOKEN: adminToken,
    POSTERN_OUTBOUND_ALLOW: outboundAllow.join(),
    POSTERN_TEST_SERVICES: String(testServices ?? false),
  })
}

function systemOf(options: PosternOptions, config: Config, clock: PosternClock): System {
  const { random, fetch, log, logLevel: level = 'info' } = options
  return {
    clock,
    random: random ? createRandom((count) => Buffer.from(random(count))) : systemRandom,
    fetch: fetch ? answeredBy(fetch, clock) : createFetch({ allow: config.outboundAllow, clock }),
    log: createLog(
      { level: log ? level : 'silent', clock },
      { write: (line) => log?.(line.trimEnd()) },
    ),
    keyProviders: new Map(),
  }
}

const masterKeyOf = ({ masterKey }: Config, { random }: System): Buffer =>
  (masterKey && parseMasterKey(masterKey)) || random.bytes(32)
