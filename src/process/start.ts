/** Starts and stops Postern: master key, store, application, listener, background tasks. */
import { mkdir, unlink } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { join } from 'node:path'
import { getRequestListener } from '@hono/node-server'
import type { Health } from '../http/health.ts'
import { createAdmission } from '../http/load-shedding/admission.ts'
import { createGate } from '../http/load-shedding/gate.ts'
import { tlsInsecure } from '../oauth/service/outbound-tls.ts'
import { catalogue } from '../refusal.ts'
import { type Documents, openDocuments } from '../store/configuration.ts'
import { openStore } from '../store/open.ts'
import type { Store } from '../store/store.ts'
import type { KeyProviders } from '../system/key-provider.ts'
import { type MasterKey, MasterKeyError } from '../system/master-key.ts'
import { SealError, type Sealer } from '../system/sealer.ts'
import { createSystem, type System, type SystemSettings } from '../system/system.ts'
import { bootstrapAdmin } from './admin-token.ts'
import { createApps, createRefusals } from './app.ts'
import { withAuditLog } from './audit-log.ts'
import { startBackground } from './background.ts'
import { type Config, databaseFile, isLoopbackHost } from './config.ts'
import { openKeyProviders } from './keys/providers.ts'
import { drain, listen, timeouts } from './listener.ts'
import { createLogoutOutbox } from './logout-outbox.ts'
import { directoryOf, masterKeyOf, sealerOf } from './master-keys.ts'
import type { Metrics } from './metrics/metrics.ts'
import { observedFetch, observedStore, readsOf } from './metrics/observed.ts'
import { serveMetrics } from './metrics/server.ts'
import { notices } from './notices.ts'
import { openTracing } from './tracing/open.ts'
import type { Tracing } from './tracing/tracing.ts'
import { packageVersion } from './version.ts'

export interface Running {
  /** Base URL of the API. */
  url: string
  /** The administrator's token, if it is configured or in the token file. */
  adminToken: string | undefined
  /** Lines for the operator: addresses, files, and the next step. */
  notices: string[]
  /** A link that logs the administrator in once; on the loopback interface only. */
  consoleLink(): string | undefined
  /**
   * Stops without failed requests. Until `grace` resolves, requests are still served, while
   * `/health/ready` returns 503.
   */
  close(grace?: Promise<unknown>): Promise<void>
}

/** Calls that have waited longer are refused, so that admitted calls are fast. */
const maxWaitMilliseconds = 200
const maxBodyMilliseconds = 5_000

/** Starts Postern; resolves once it listens. */
export async function start(config: Config): Promise<Running> {
  const metrics = await openMetrics(config)
  const version = packageVersion()
  const tracing = await openTracing(version)
  const { keyProviders, required } = await openKeyProviders(config, metrics?.watchProvider)
  const directory = await madeDirectory(config)
  const master = await masterKeyOf(config, true)
  const sealer = sealerOf(master)
  const sealed = await openSealed(config, sealer, master)
  const documents = openDocuments(sealed)
  const outside = systemOf({ ...config, keyProviders }, documents)
  const { store, system } = observed(config, sealed, outside, { metrics, tracing })
  const opened: Server[] = []
  try {
    const tokenFile = directory && join(directory, 'admin.token')
    const admin = await bootstrapAdmin(store, system, config.adminToken, tokenFile)
    const health: Health = { isDraining: false, required }
    const limits = { maxInFlight: config.maxInFlight, maxWaitMilliseconds, maxBodyMilliseconds }
    const admission = createAdmission({ ...limits, relieve: store.relieve })
    const { inFlight } = admission
    metrics?.readFrom({ version, inFlight, ...readsOf(store, system.clock, config) })
    const { observe = () => {} } = metrics ?? {}
    const outbox = createLogoutOutbox({ store, documents, system })
    const refusals = createRefusals(system.clock)
    const { listener, consoleApp, consoleLink } = createApps({
      store,
      system,
      sealer,
      documents,
      outbox,
      refusals,
      health,
      admission,
      observe,
      surround: tracing?.surround,
      keySetsPerService: config.allowInsecureTls,
      config,
      ...(config.console && { console: { isApart: config.consolePort !== undefined } }),
    })
    const gate = createGate(admission, { observe, log: system.log })
    const server = createServer(timeouts, gate(listener))
    // Clients with keep-alive would send the next request on a connection that is being closed.
    server.prependListener('request', (_, response) => {
      if (health.isDraining) response.setHeader('Connection', 'close')
    })
    const url = await listen(server, config)
    opened.push(server)
    const consoleServer = consoleApp && createServer(timeouts, getRequestListener(consoleApp.fetch))
    const { host, consolePort: port = 0, metricsPort = 0 } = config
    const consoleUrl = consoleServer ? await listen(consoleServer, { host, port }) : url
    if (consoleServer) opened.push(consoleServer)
    const metricsServer = metrics && (await serveMetrics(metrics, { host, port: metricsPort }))
    if (metricsServer) opened.push(metricsServer)
    const parts = { store, documents, system, outbox, refusals }
    const background = startBackground(parts, config)
    return {
      url,
      adminToken: admin.token,
      notices: notices({ url, consoleUrl }, config, master.file, admin, metricsServer),
      consoleLink() {
        if (!config.console || !isLoopbackHost(host) || !admin.token) return undefined
        return consoleLink(consoleUrl, admin.token)
      },
      async close(grace) {
        health.isDraining = true
        await grace
        await background.stop(() => Promise.all([server, consoleServer].map((s) => s && drain(s))))
        await store.close()
        await closeAll(keyProviders)
        if (metricsServer) await drain(metricsServer)
      },
    }
  } catch (error) {
    for (const server of opened) await drain(server)
    await store.close()
    await closeAll(keyProviders)
    throw error
  }
}

/** The directory of files, made unless everything is given that would be kept in it. */
async function madeDirectory(config: Config): Promise<string | undefined> {
  const { databaseUrl, masterKey, adminToken } = config
  const directory = directoryOf(config)
  const hasAll = databaseFile(databaseUrl) === undefined && masterKey && adminToken
  if (directory && !hasAll) await mkdir(directory, { recursive: true, mode: 0o700 })
  return directory
}

/** The library of metrics is loaded only where they are served. */
async function openMetrics({ metricsPort }: Config): Promise<Metrics | undefined> {
  if (metricsPort === undefined) return undefined
  const { createMetrics } = await import('./metrics/metrics.ts')
  return createMetrics(catalogue)
}

/** Store and outside world, as the audit log, metrics and traces hear of them. */
function observed(
  { auditLog, databaseUrl }: Config,
  sealed: Store,
  system: System,
  { metrics, tracing }: { metrics: Metrics | undefined; tracing: Tracing | undefined },
): { store: Store; system: System } {
  const dialect = databaseUrl.startsWith('postgres') ? 'postgres' : 'sqlite'
  let store = auditLog ? withAuditLog(sealed, system.log) : sealed
  let { fetch } = system
  if (metrics) {
    store = observedStore(store, metrics.instruments, dialect)
    fetch = observedFetch(fetch, metrics.instruments)
  }
  if (tracing) {
    store = tracing.store(store, dialect)
    fetch = tracing.fetch(fetch)
  }
  return { store, system: { ...system, fetch } }
}

async function closeAll(keyProviders: KeyProviders): Promise<void> {
  for (const provider of keyProviders.values()) await provider.close()
}

/** For development, services may decide that TLS certificates are not verified. */
function systemOf(settings: Config & SystemSettings, documents: Documents): System {
  if (!settings.allowInsecureTls) return createSystem(settings)
  const acceptsAnyCertificate = async (serviceId: number) => {
    const service = await documents.service(serviceId)
    return service !== undefined && tlsInsecure.read(service)
  }
  const system = createSystem({ ...settings, acceptsAnyCertificate })
  system.log.warn({ name: 'POSTERN_ALLOW_INSECURE_TLS' }, 'services may accept any TLS certificate')
  return system
}

/** Opens the store. A newly generated key that does not match the database is removed again. */
async function openSealed(config: Config, sealer: Sealer, master: MasterKey): Promise<Store> {
  try {
    const { databaseUrl, databasePooler: pooler, databaseReplicaUrl: replicaUrl } = config
    return await openStore(databaseUrl, sealer, { pooler, replicaUrl })
  } catch (error) {
    if (!(error instanceof SealError)) throw error
    if (master.created && master.file) await unlink(master.file)
    throw new MasterKeyError(
      'The database was sealed under another master key. Start with that key: in ' +
        `${master.file ?? 'the master key file'}, or in POSTERN_MASTER_KEY.`,
    )
  }
}
