/** `postern doctor`: looks for what is wrong with an installation, and says what mends it. */
import { lookup } from 'node:dns/promises'
import { join } from 'node:path'
import { error, type Finding, ok, skipped } from '../doctor/finding.ts'
import {
  checkDatabase,
  checkDisk,
  checkDrain,
  checkModes,
  checkNode,
  checkServiceLinks,
} from '../doctor/installation.ts'
import { checkPublished } from '../doctor/published.ts'
import { checkStored, checkTestService } from '../doctor/stored.ts'
import { type Config, ConfigError, databaseFile, givenPort, readConfig } from '../process/config.ts'
import { directoryOf, masterKeyOf, sealerOf } from '../process/master-keys.ts'
import { clientOf, openDocuments } from '../store/configuration.ts'
import { openStore } from '../store/open.ts'
import type { Store } from '../store/store.ts'
import { systemClock } from '../system/clock.ts'
import { createFetch } from '../system/fetch.ts'
import { MasterKeyError } from '../system/master-key.ts'
import { SealError } from '../system/sealer.ts'
import { say } from './outcome.ts'

interface Options {
  service?: string
  output?: string
  probeSeconds?: string
}

/** The exit code is 1 if there is an error, and 0 otherwise. */
export async function diagnose(options: Options): Promise<void> {
  const findings = await examine(options)
  if (options.output === 'json') say(JSON.stringify({ findings }, null, 2))
  else for (const finding of findings) say(textOf(finding))
  if (findings.some(({ level }) => level === 'error')) process.exitCode = 1
}

const marks = { ok: 'ok     ', warning: 'WARNING', error: 'ERROR  ', skipped: 'skipped' }

function textOf({ check, level, what, why, mend }: Finding): string {
  const lines = [`${marks[level]} ${check}: ${what}`]
  if (why) lines.push(`          ${why}`)
  if (mend) lines.push(`          > ${mend}`)
  return lines.join('\n')
}

async function examine({ service, probeSeconds }: Options): Promise<Finding[]> {
  const first = [checkNode(process.version), checkServiceLinks(givenPort())]
  let config: Config
  try {
    config = readConfig()
  } catch (cause) {
    if (!(cause instanceof ConfigError)) throw cause
    const why = 'Postern does not start.'
    const mend = 'Correct the variable: the README lists them.'
    return [...first, error('configuration', { what: cause.message, why, mend })]
  }
  const { databaseUrl, drainSeconds } = config
  const probe = probeSeconds === undefined ? undefined : Number(probeSeconds)
  const settings = [
    ok('configuration', 'The variables are valid.'),
    checkDrain(drainSeconds, probe),
  ]
  if (databaseUrl === ':memory:') {
    return [...first, ...settings, skipped('database', 'It is in memory.')]
  }
  const { findings, facts } = await checkDatabase(databaseUrl, systemClock)
  const local = await checkFiles(config, facts !== undefined)
  const examined = [...first, ...settings, ...findings, ...local]
  // Opening the store would migrate the database.
  const isCurrent = facts && !facts.isNewer && facts.pending === 0
  return isCurrent ? [...examined, ...(await examineStore(config, service))] : examined
}

async function checkFiles(config: Config, exists: boolean): Promise<Finding[]> {
  const directory = directoryOf(config)
  if (!directory || !exists) return []
  const file = databaseFile(config.databaseUrl)
  const files = ['master.key', 'master.key.previous', 'admin.token'].map((name) =>
    join(directory, name),
  )
  return [
    ...(file ? [await checkDisk(directory)] : []),
    await checkModes(file ? [...files, file, `${file}-wal`] : files),
  ]
}

async function examineStore(config: Config, service: string | undefined): Promise<Finding[]> {
  let store: Store
  try {
    store = await openStore(config.databaseUrl, sealerOf(await masterKeyOf(config, false)))
  } catch (cause) {
    if (!(cause instanceof SealError || cause instanceof MasterKeyError)) throw cause
    const why = 'Secrets in the database cannot be read without the key that sealed them.'
    const mend = 'Set POSTERN_MASTER_KEY, or POSTERN_PREVIOUS_MASTER_KEYS, to that key.'
    return [error('master-key', { what: cause.message, why, mend })]
  }
  try {
    const stored = await checkStored(store, systemClock(), config)
    const key = ok('master-key', 'The master key fits the database.')
    const published = service === undefined ? [] : await examineService(store, config, service)
    return [key, ...stored, ...published]
  } finally {
    await store.close()
  }
}

const mostClients = 500

async function examineService(store: Store, config: Config, id: string): Promise<Finding[]> {
  const service = await openDocuments(store).service(Number(id))
  if (!service) {
    const what = `There is no service ${id}.`
    const mend = 'postern service list'
    return [error('service', { what, why: 'Nothing of it can be compared.', mend })]
  }
  const { rows } = await store.clients.list(service.apiKey, { start: 0, end: mostClients })
  const { host, hostname, port } = new URL(service.issuer ?? 'https://none.invalid')
  // The operator's own servers may be inside of the network.
  const allow = [...config.outboundAllow, port ? host : `${hostname}:443`]
  const fetch = createFetch({ allow, clock: systemClock, dnsServers: config.dnsServers })
  const published = await checkPublished(service, rows.map(clientOf), {
    fetch,
    resolve: (name) => lookup(name),
  })
  return [checkTestService(service, config.testServices), ...published]
}
