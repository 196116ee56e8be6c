/**
 * The process: configuration, master key, store, app, listen; and out again without losing
 * anything.
 */
import { mkdir, open, readFile, unlink } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { createAdaptorServer } from '@hono/node-server'
import { createApp } from './app.ts'
import { type Config, ConfigError, databaseFile, databaseLabel, readConfig } from './config.ts'
import { startDelivering } from './deliver.ts'
import { apiTokenHash } from './http/caller.ts'
import { openStore } from './store/open.ts'
import type { Store } from './store/store.ts'
import { loadMasterKey, type MasterKey, MasterKeyError } from './system/master-key.ts'
import { createSealer, SealError, type Sealer } from './system/sealer.ts'
import { createSystem, type System } from './system/system.ts'

export interface Running {
  /** Base URL of the API. */
  url: string
  /** An administrator's token, where this start made one or was given one. */
  adminToken: string | undefined
  /** Lines for the operator: where things are, and what to do next. */
  notices: string[]
  close(): Promise<void>
}

const sweepMilliseconds = 60_000
const drainMilliseconds = 10_000
/** Calls that have waited so long for others are refused, so that those taken are fast. */
const maxWaitMilliseconds = 500
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
  const directory = dirname(resolve(databaseFile(config.databaseUrl) ?? 'data/postern.db'))
  const isInMemory = config.databaseUrl === ':memory:'
  if (!isInMemory) await mkdir(directory, { recursive: true, mode: 0o700 })
  const master = await loadMasterKey({
    masterKey: config.masterKey,
    file: isInMemory ? undefined : join(directory, 'master.key'),
  })
  const sealer = createSealer(master.key)
  const store = await openSealed(config, sealer, master)
  try {
    const tokenFile = isInMemory ? undefined : join(directory, 'admin.token')
    const admin = await bootstrapAdmin(store, system, config.adminToken, tokenFile)
    const limits = { maxInFlight: config.maxInFlight, maxWaitMilliseconds }
    const { fetch } = createApp({ store, system, sealer, limits })
    const server = createAdaptorServer({ fetch, serverOptions: patience })
    const url = await listen(server, config)
    const sweeper = sweep(store, system)
    const deliverer = startDelivering(store, system)
    return {
      url,
      adminToken: admin.token,
      notices: notices(url, config, master.file, admin),
      async close() {
        clearInterval(sweeper)
        await drain(server)
        await deliverer.stop()
        await store.close()
      },
    }
  } catch (error) {
    await store.close()
    throw error
  }
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

type HttpServer = ReturnType<typeof createAdaptorServer>

async function listen(server: HttpServer, { host, port }: Config): Promise<string> {
  await new Promise<void>((listening, failed) => {
    server.once('error', failed)
    server.listen(port, host, listening)
  })
  const { port: chosen } = server.address() as AddressInfo
  return `http://${host.includes(':') ? `[${host}]` : host}:${chosen}`
}

interface Admin {
  token: string | undefined
  file: string | undefined
}

/**
 * An administrator's token: the configured one, or one that is made on the first start and kept.
 */
async function bootstrapAdmin(
  store: Store,
  system: System,
  configured: string | undefined,
  file: string | undefined,
): Promise<Admin> {
  const register = async (token: string) => {
    await store.commit(
      store.apiTokens.upsert({
        tokenHash: apiTokenHash(token),
        tokenId: system.random.uuid(),
        serviceId: 0,
        createdAt: system.clock(),
        data: { label: 'bootstrap', rights: ['admin', 'view_audit_log'] },
      }),
    )
  }
  if (configured) {
    await register(configured)
    return { token: configured, file: undefined }
  }
  const known = file ? await readFile(file, 'utf8').catch(() => undefined) : undefined
  if (known?.trim()) {
    const isGood = await store.apiTokens.find(apiTokenHash(known.trim()))
    return { token: isGood ? known.trim() : undefined, file }
  }
  // A database that has tokens was started before: whoever runs it knows one.
  if ((await store.apiTokens.count()) > 0) return { token: undefined, file: undefined }
  const token = system.random.token(256)
  if (file) {
    const handle = await open(file, 'wx', 0o600)
    await handle.writeFile(`${token}\n`)
    await handle.sync()
    await handle.close()
  }
  await register(token)
  return { token, file }
}

function notices(url: string, config: Config, keyFile: string | undefined, admin: Admin): string[] {
  const token = admin.file ? `$(cat ${admin.file})` : '$POSTERN_ADMIN_TOKEN'
  const given = config.adminToken && 'POSTERN_ADMIN_TOKEN'
  return [
    `Postern listens on ${url}`,
    `  database     ${databaseLabel(config.databaseUrl)}`,
    `  master key   ${keyFile ?? (config.masterKey ? 'POSTERN_MASTER_KEY' : 'in memory only')}`,
    `  admin token  ${admin.file ?? given ?? 'one made earlier'}`,
    `  reference    ${url}/docs`,
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
async function drain(server: HttpServer): Promise<void> {
  await new Promise<void>((closed) => {
    const force = setTimeout(() => {
      if ('closeAllConnections' in server) server.closeAllConnections()
    }, drainMilliseconds)
    server.close(() => {
      clearTimeout(force)
      closed()
    })
    if ('closeIdleConnections' in server) server.closeIdleConnections()
  })
}

async function main(): Promise<void> {
  // Heard from the first moment on: a signal during the start stops what has been started.
  const signalled = new Promise<void>((stop) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop())
  })
  const running = await start(readConfig())
  process.stdout.write(`${running.notices.join('\n')}\n`)
  await signalled
  await running.close()
  process.stdout.write('Postern has stopped.\n')
}

/** One line for what the operator can mend; the whole error for what only we can. */
function explainFailure(error: unknown): string {
  const isOurs = error instanceof ConfigError || error instanceof MasterKeyError
  const isSystem = error instanceof Error && 'code' in error
  if (isOurs || isSystem) return `Postern did not start: ${error.message}`
  return `Postern did not start: ${error instanceof Error ? error.stack : String(error)}`
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  main().catch((error: unknown) => {
    process.stderr.write(`${explainFailure(error)}\n`)
    process.exitCode = 1
  })
}
