/** `postern doctor`: looks for what is wrong with an installation, and says what mends it. */
import { lookup } from 'node:dns/promises'
import { error, type Finding, ok } from '../doctor/finding.ts'
import { checkNode, checkServiceLinks } from '../doctor/installation.ts'
import { checkPublished } from '../doctor/published.ts'
import { checkStored, checkTestService } from '../doctor/stored.ts'
import { type Config, ConfigError, givenPort, readConfig } from '../process/config.ts'
import { checkInstallation, checkSettings } from '../process/doctor/running.ts'
import { masterKeyOf, sealerOf } from '../process/master-keys.ts'
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
  let config: Config
  try {
    config = readConfig()
  } catch (cause) {
    if (!(cause instanceof ConfigError)) throw cause
    const why = 'Postern does not start.'
    const mend = 'Correct the variable: the README lists them.'
    const wrong = error('configuration', { what: cause.message, why, mend })
    return [checkNode(process.version), checkServiceLinks(givenPort()), wrong]
  }
  const probe = probeSeconds === undefined ? undefined : Number(probeSeconds)
  const { findings, facts } = await checkInstallation(config, systemClock)
  const examined = [...checkSettings(config, probe), ...findings]
  // Opening the store would migrate the database.
  const isCurrent = facts && !facts.isNewer && facts.pending === 0
  return isCurrent ? [...examined, ...(await examineStore(config, service))] : examined
}

async function examineStore(config: Config, service: string | undefined): Promise<Finding[]> {
  let store: Store
  try {
    const sealer = sealerOf(await masterKeyOf(config, false))
    store = await openStore(config.databaseUrl, sealer, { pooler: config.databasePooler })
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
