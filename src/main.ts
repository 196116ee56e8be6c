#!/usr/bin/env -S node --max-semi-space-size=64
/**
 * The process: configuration, master key, store, app, listen; and out again without losing
 * anything.
 */
import { once } from 'node:events'
import { realpathSync } from 'node:fs'
import { mkdir, unlink } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { getRequestListener } from '@hono/node-server'
import { type Admin, bootstrapAdmin } from './admin-token.ts'
import { createApp } from './app.ts'
import { createProgram, explainFailure } from './commands.ts'
import { type Config, databaseLabel, readConfig } from './config.ts'
import { startDelivering } from './deliver.ts'
import { createAdmission } from './http/admission.ts'
import { createGate } from './http/gate.ts'
import type { Health } from './http/health.ts'
import { directoryOf, masterKeyOf, sealerOf } from './keys.ts'
import { createMetrics, type Metrics, serveMetrics } from './metrics.ts'
import { catalogue } from './refusal.ts'
import { openStore } from './store/open.ts'
import type { Store } from './store/store.ts'
import { startDeadline } from './system/deadline.ts'
import { type MasterKey, MasterKeyError } from './system/master-key.ts'
import { SealError, type Sealer } from './system/sealer.ts'
import { createSystem, type System } from './system/system.ts'

export interface Running {
  /** Base URL of the API. */
  url: string
  /** An administrator's token, where this start made one or was given one. */
  adminToken: string | undefined
  /** Lines for the operator: where things are, and what to do next. */
  notices: string[]
  /**
   * Ends without a failed request. Until `grace` ends, requests are still taken, while
   * `/health/ready` says that no more are wished for.
   */
  close(grace?: Promise<unknown>): Promise<void>
}

const sweepMilliseconds = 60_000
const drainMilliseconds = 10_000
const idleMilliseconds = 50
/** Calls that have waited so long for others are refused, so that those taken are fast. */
const maxWaitMilliseconds = 200
const maxBodyMilliseconds = 5_000
/** How long a connection may take over its request, and idle between two; then it is closed. */
const patience = {
  headersTimeout: 5_000,
  requestTimeout: 10_000,
  keepAliveTimeout: 65_000,
  connectionsCheckingInterval: 1_000,
}

/** Starts Postern; resolves once it listens. */
export async function start(config: Config): Promise<Running> {
  const system = createSystem(config)
  const directory = directoryOf(config)
  if (directory) await mkdir(directory, { recursive: true, mode: 0o700 })
  const master = await masterKeyOf(config, true)
  const sealer = sealerOf(master)
  const store = await openSealed(config, sealer, master)
  const metrics = config.metricsPort === undefined ? undefined : createMetrics(catalogue)
  const opened: Server[] = []
  try {
    const tokenFile = directory && join(directory, 'admin.token')
    const admin = await bootstrapAdmin(store, system, config.adminToken, tokenFile)
    const health: Health = { isDraining: false }
    const { maxInFlight } = config
    const { relieve } = store
    const limits = { maxInFlight, maxWaitMilliseconds, maxBodyMilliseconds, relieve }
    const admission = createAdmission(limits)
    const { observe = () => {} } = metrics ?? {}
    const app = createApp({ store, system, sealer, health, admission, observe })
    const gate = createGate(admission, { observe, log: system.log })
    const server = createServer(patience, gate(getRequestListener(app.fetch)))
    // Who keeps a connection would send its next request on it just as it is closed.
    server.prependListener('request', (_, response) => {
      if (health.isDraining) response.setHeader('Connection', 'close')
    })
    const url = await listen(server, config)
    opened.push(server)
    const metricsServer = metrics && (await openMetrics(metrics, config))
    if (metricsServer) opened.push(metricsServer)
    const sweeper = sweep(store, system)
    const deliverer = startDelivering(store, system)
    return {
      url,
      adminToken: admin.token,
      notices: notices(url, config, master.file, admin, metricsServer),
      async close(grace) {
        health.isDraining = true
        await grace
        clearInterval(sweeper)
        await drain(server)
        await deliverer.stop()
        await store.close()
        if (metricsServer) await drain(metricsServer)
      },
    }
  } catch (error) {
    for (const server of opened) await drain(server)
    await store.close()
    throw error
  }
}

async function openMetrics(metrics: Metrics, { host, metricsPort = 0 }: Config): Promise<Server> {
  return await serveMetrics(metrics, { host, port: metricsPort })
}

/** A key that was made just now and does not fit is taken away: the right one goes there. */
async function openSealed(config: Config, sealer: Sealer, master: MasterKey): Promise<Store> {
  try {
    return await openStore(config.databaseUrl, sealer)
  } catch (error) {
    if (!(error instanceof SealError)) throw error
    if (master.created && master.file) await unlink(master.file)
    throw new MasterKeyError(
      'The database was sealed under another master key. Start with that key: in ' +
        `${master.file ?? 'the master key file'}, or in POSTERN_MASTER_KEY.`,
    )
  }
}

async function listen(server: Server, { host, port }: Config): Promise<string> {
  await new Promise<void>((listening, failed) => {
    server.once('error', failed)
    server.listen(port, host, listening)
  })
  return urlOf(server, host)
}

function urlOf(server: Server, host: string): string {
  const { port } = server.address() as AddressInfo
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`
}

function notices(
  url: string,
  config: Config,
  keyFile: string | undefined,
  admin: Admin,
  metricsServer: Server | undefined,
): string[] {
  const token = admin.file ? `$(cat ${admin.file})` : '$POSTERN_ADMIN_TOKEN'
  const given = config.adminToken && 'POSTERN_ADMIN_TOKEN'
  return [
    `Postern listens on ${url}`,
    `  database     ${databaseLabel(config.databaseUrl)}`,
    `  master key   ${keyFile ?? (config.masterKey ? 'POSTERN_MASTER_KEY' : 'in memory only')}`,
    `  admin token  ${admin.file ?? given ?? 'one made earlier'}`,
    `  reference    ${url}/docs`,
    ...(metricsServer ? [`  metrics      ${urlOf(metricsServer, config.host)}/metrics`] : []),
    'Next: create a service',
    `  curl -s ${url}/api/service/create -H "Authorization: Bearer ${token}" \\`,
    "    -H 'Content-Type: application/json' \\",
    `    -d '{"serviceName":"My service","issuer":"https://example.com"}'`,
  ]
}

/** Removes what has expired, little by little, for as long as the process runs. */
function sweep(store: Store, system: System): NodeJS.Timeout {
  let isSweeping = false
  const timer = setInterval(async () => {
    if (isSweeping) return
    isSweeping = true
    try {
      await store.purge(system.clock())
    } catch (error) {
      system.log.error({ error }, 'sweeping expired rows failed')
    } finally {
      isSweeping = false
    }
  }, sweepMilliseconds)
  return timer.unref()
}

/** Takes no new connections, lets requests in flight finish, and then goes. */
async function drain(server: Server): Promise<void> {
  const endDeadline = startDeadline(drainMilliseconds, () => server.closeAllConnections())
  // A request that began earlier leaves a connection behind that was told to be kept.
  const idle = setInterval(() => server.closeIdleConnections(), idleMilliseconds)
  const closed = once(server, 'close')
  server.close()
  await closed
  endDeadline()
  clearInterval(idle)
}

const signals = ['SIGINT', 'SIGTERM'] as const

async function serve(): Promise<void> {
  const config = readConfig()
  // Heard from the first moment on: a signal during the start stops what has been started. A
  // second signal, or Ctrl-C, ends the waiting: there is somebody who wants it gone.
  let hurry = () => {}
  const hurried = new Promise<void>((done) => {
    hurry = done
  })
  const signalled = new Promise<void>((stop) => {
    let count = 0
    for (const signal of signals) {
      process.on(signal, () => {
        count += 1
        if (signal === 'SIGINT' || count > 1) hurry()
        stop()
      })
    }
  })
  const running = await start(config)
  process.stdout.write(`${running.notices.join('\n')}\n`)
  await signalled
  const graceMilliseconds = config.drainSeconds * 1_000
  await running.close(Promise.race([hurried, wait(graceMilliseconds, undefined, { ref: false })]))
  process.stdout.write('Postern has stopped.\n')
}

/** Whether this file is what node was told to run, by its path or by a link to it. */
const isEntry = () => {
  const [, entry] = process.argv
  return entry !== undefined && realpathSync(entry) === fileURLToPath(import.meta.url)
}

if (isEntry()) {
  const serving = () =>
    serve().catch((error: unknown) => {
      process.stderr.write(`Postern did not start: ${explainFailure(error)}\n`)
      process.exitCode = 1
    })
  createProgram(serving)
    .parseAsync()
    .catch((error: unknown) => {
      process.stderr.write(`Postern failed: ${explainFailure(error)}\n`)
      process.exitCode = 1
    })
}
