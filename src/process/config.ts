/** Configuration: the environment's POSTERN_ variables, checked once at the start. */
import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { isUrl } from '../model/url.ts'
import { isAllowEntry, isServerEntry } from '../system/address.ts'
import { logLevels } from '../system/log.ts'
import { masterKeyForm, masterKeyProblem, parseMasterKey } from '../system/master-key.ts'
import { configTable, expected } from './config-table.ts'

/** Thrown with one line for the operator: the variable and its expected value, without secrets. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

const hostText = /^(?:[A-Za-z0-9](?:[A-Za-z0-9_.-]*[A-Za-z0-9])?|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*)$/

function isDatabaseUrl(text: string): boolean {
  if (text === ':memory:') return true
  if (text.startsWith('file:')) return databaseFile(text) !== ''
  if (!/^postgres(?:ql)?:\/\//.test(text) || !isUrl(text)) return false
  return new URL(text).pathname.length > 1
}

const isPostgresUrl = (text: string) => text.startsWith('postgres') && isDatabaseUrl(text)

const listOf = (text: string): string[] =>
  text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')

const Environment = z.object({
  POSTERN_HOST: z.string().regex(hostText, expected.host).default('127.0.0.1'),
  POSTERN_PORT: z
    .string()
    .regex(/^\d{1,5}$/, expected.port)
    .transform(Number)
    .refine((port) => port <= 65_535, expected.port)
    .default(7678),
  POSTERN_DATABASE_URL: z
    .string()
    .refine(isDatabaseUrl, expected.databaseUrl)
    .default('file:./data/postern.db'),
  POSTERN_DATABASE_POOLER: z.enum(['none', 'transaction'], expected.databasePooler).default('none'),
  POSTERN_DATABASE_REPLICA_URL: z
    .string()
    .refine(isPostgresUrl, expected.databaseReplicaUrl)
    .optional(),
  POSTERN_ADMIN_TOKEN: z
    .string()
    .regex(/^[\x21-\x7e]{20,}$/, expected.adminToken)
    .optional(),
  POSTERN_MASTER_KEY: z
    .string()
    .refine((text) => parseMasterKey(text) !== undefined, {
      error: ({ input }) => masterKeyProblem(String(input)) ?? masterKeyForm,
    })
    .optional(),
  POSTERN_PREVIOUS_MASTER_KEYS: z
    .string()
    .transform(listOf)
    .refine((keys) => keys.every((key) => parseMasterKey(key)), expected.previousMasterKeys)
    .default([]),
  POSTERN_METRICS_PORT: z
    .string()
    .regex(/^\d{1,5}$/, expected.metricsPort)
    .transform(Number)
    .refine((port) => port <= 65_535, expected.metricsPort)
    .optional(),
  POSTERN_DRAIN_SECONDS: z
    .string()
    .regex(/^\d{1,3}$/, expected.drainSeconds)
    .transform(Number)
    .refine((seconds) => seconds <= 600, expected.drainSeconds)
    .default(3),
  POSTERN_LOG_LEVEL: z.enum(logLevels, expected.logLevel).default('info'),
  POSTERN_OUTBOUND_ALLOW: z
    .string()
    .transform(listOf)
    .refine((entries) => entries.every(isAllowEntry), expected.outboundAllow)
    .default([]),
  POSTERN_DNS_SERVERS: z
    .string()
    .transform(listOf)
    .refine((entries) => entries.every(isServerEntry), expected.dnsServers)
    .default([]),
  POSTERN_MAX_IN_FLIGHT: z
    .string()
    .regex(/^\d{1,6}$/, expected.maxInFlight)
    .transform(Number)
    .refine((calls) => calls >= 1 && calls <= 100_000, expected.maxInFlight)
    .default(128),
  POSTERN_ALLOW_INSECURE_TLS: z
    .enum(['true', 'false'], expected.allowInsecureTls)
    .transform((text) => text === 'true')
    .default(false),
  POSTERN_TEST_SERVICES: z
    .enum(['true', 'false'], expected.testServices)
    .transform((text) => text === 'true')
    .default(false),
  POSTERN_AUDIT_DAYS: z
    .string()
    .regex(/^\d{1,5}$/, expected.auditDays)
    .transform(Number)
    .refine((days) => days >= 1 && days <= 36_500, expected.auditDays)
    .default(400),
  POSTERN_USAGE_DAYS: z
    .string()
    .regex(/^\d{1,5}$/, expected.usageDays)
    .transform(Number)
    .refine((days) => days >= 1 && days <= 36_500, expected.usageDays)
    .default(400),
  POSTERN_AUDIT_LOG: z
    .enum(['true', 'false'], expected.auditLog)
    .transform((text) => text === 'true')
    .default(false),
  POSTERN_CONSOLE: z
    .enum(['on', 'off'], expected.console)
    .transform((text) => text === 'on')
    .optional(),
  POSTERN_CONSOLE_PORT: z
    .string()
    .regex(/^\d{1,5}$/, expected.consolePort)
    .transform(Number)
    .refine((port) => port <= 65_535, expected.consolePort)
    .optional(),
  POSTERN_HSM_CONFIG: z.string().min(1, expected.hsmConfig).optional(),
})

export interface Config {
  readonly host: string
  readonly port: number
  /** `file:…`, `:memory:` or `postgres://…`. It may contain a password: print `databaseLabel`. */
  readonly databaseUrl: string
  /** Whether connections are of a pooler that gives them to others after each transaction. */
  readonly databasePooler: 'none' | 'transaction'
  /** Of a replica of the database, for calls that accept what it does not have yet. */
  readonly databaseReplicaUrl: string | undefined
  readonly adminToken: string | undefined
  readonly masterKey: string | undefined
  /** Keys for decryption only. */
  readonly previousMasterKeys: readonly string[]
  /** Undefined: metrics are off. */
  readonly metricsPort: number | undefined
  readonly drainSeconds: number
  readonly logLevel: (typeof logLevels)[number]
  readonly outboundAllow: readonly string[]
  /** Empty: the name servers of the system. */
  readonly dnsServers: readonly string[]
  /** The limit of concurrent calls; further calls are refused immediately. */
  readonly maxInFlight: number
  /** For development: services may turn off the verification of TLS certificates. */
  readonly allowInsecureTls: boolean
  /** For tests: clocks of services with `ext.mode` = `test` can be moved. */
  readonly testServices: boolean
  /** How long audit records are kept. */
  readonly auditDays: number
  /** How long the usage of services by day is kept. */
  readonly usageDays: number
  /** Whether audit records are written to the log, too. */
  readonly auditLog: boolean
  /** Whether people get the pages of the console. */
  readonly console: boolean
  /** The port of a listener for the console only; undefined: it is served with the API. */
  readonly consolePort: number | undefined
  /** The file that declares hardware security modules. */
  readonly hsmConfig: string | undefined
  /** Whether NODE_ENV is `production`: what is for tests only is refused. */
  readonly isProduction: boolean
  /** The variables for processes of modules: none of Postern's. */
  readonly otherVariables: Variables
}

type Variables = Readonly<Record<string, string | undefined>>

export const isProduction = (environment: Variables = process.env): boolean =>
  environment['NODE_ENV'] === 'production'

export function readConfig(environment: Variables = process.env): Config {
  const ours = valuesOf(environment)
  const parsed = Environment.safeParse(ours)
  if (!parsed.success) throw configError(parsed.error, ours, environment)
  const { data } = parsed
  const { POSTERN_METRICS_PORT: metricsPort, POSTERN_PORT: port } = data
  if (metricsPort !== undefined && metricsPort !== 0 && metricsPort === port) {
    throw new ConfigError(
      `POSTERN_METRICS_PORT is not valid ("${port}"): it must be ${expected.metricsPort}.`,
    )
  }
  const { POSTERN_CONSOLE_PORT: consolePort } = data
  if (consolePort && [port, metricsPort].includes(consolePort)) {
    throw new ConfigError(
      `POSTERN_CONSOLE_PORT is not valid ("${consolePort}"): it must be ${expected.consolePort}.`,
    )
  }
  if (data.POSTERN_DATABASE_REPLICA_URL && !isPostgresUrl(data.POSTERN_DATABASE_URL)) {
    throw new ConfigError(
      `POSTERN_DATABASE_REPLICA_URL is not valid: it must be ${expected.databaseReplicaUrl}.`,
    )
  }
  if (data.POSTERN_ALLOW_INSECURE_TLS && isProduction(environment)) {
    throw new ConfigError(
      `POSTERN_ALLOW_INSECURE_TLS is not valid ("true"): it must be ${expected.allowInsecureTls}.`,
    )
  }
  return {
    host: data.POSTERN_HOST,
    port: data.POSTERN_PORT,
    databaseUrl: data.POSTERN_DATABASE_URL,
    databasePooler: data.POSTERN_DATABASE_POOLER,
    databaseReplicaUrl: data.POSTERN_DATABASE_REPLICA_URL,
    adminToken: data.POSTERN_ADMIN_TOKEN,
    masterKey: data.POSTERN_MASTER_KEY,
    previousMasterKeys: data.POSTERN_PREVIOUS_MASTER_KEYS,
    metricsPort: data.POSTERN_METRICS_PORT,
    drainSeconds: data.POSTERN_DRAIN_SECONDS,
    logLevel: data.POSTERN_LOG_LEVEL,
    outboundAllow: data.POSTERN_OUTBOUND_ALLOW,
    dnsServers: data.POSTERN_DNS_SERVERS,
    maxInFlight: data.POSTERN_MAX_IN_FLIGHT,
    allowInsecureTls: data.POSTERN_ALLOW_INSECURE_TLS,
    testServices: data.POSTERN_TEST_SERVICES,
    auditDays: data.POSTERN_AUDIT_DAYS,
    usageDays: data.POSTERN_USAGE_DAYS,
    auditLog: data.POSTERN_AUDIT_LOG,
    console: data.POSTERN_CONSOLE ?? isLoopbackHost(data.POSTERN_HOST),
    consolePort: data.POSTERN_CONSOLE_PORT,
    hsmConfig: data.POSTERN_HSM_CONFIG,
    isProduction: isProduction(environment),
    otherVariables: Object.fromEntries(
      Object.entries(environment).filter(([name]) => !name.startsWith('POSTERN_')),
    ),
  }
}

/** Whether only this machine can connect. */
export const isLoopbackHost = (host: string): boolean =>
  host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host)

const secrets = new Set(configTable.filter(({ isSecret }) => isSecret).map(({ name }) => name))

/** The name of the variable with the path of a file that contains the value. */
const fileVariable = (name: string) => `${name}_FILE`

const isSet = (environment: Variables, name: string) => Boolean(environment[name]?.trim())

/** The values by variable, secrets also from files. An empty variable counts as absent. */
function valuesOf(environment: Variables): Variables {
  const values = Object.keys(Environment.shape)
    .filter((name) => isSet(environment, name))
    .map((name) => [name, environment[name]?.trim()] as const)
  const fromFiles = [...secrets]
    .filter((name) => isSet(environment, fileVariable(name)))
    .map((name) => [name, secretInFile(name, environment)] as const)
  return Object.fromEntries([...values, ...fromFiles])
}

function secretInFile(name: string, environment: Variables): string {
  const variable = fileVariable(name)
  if (isSet(environment, name)) {
    throw new ConfigError(`${name} and ${variable} are both set: set one of them.`)
  }
  const path = environment[variable]?.trim() ?? ''
  const cannot = (reason: string) =>
    new ConfigError(`${variable} names a file that ${reason}: ${JSON.stringify(path)}.`)
  try {
    const secret = readFileSync(path, 'utf8').trim()
    if (secret) return secret
  } catch (error) {
    const { code = 'an unknown error' } = error as NodeJS.ErrnoException
    throw cannot(`cannot be read (${code})`)
  }
  throw cannot('is empty')
}

function configError(error: z.ZodError, values: Variables, environment: Variables): ConfigError {
  const [issue] = error.issues
  const name = String(issue?.path[0] ?? 'The environment')
  const given = isSet(environment, name) ? name : fileVariable(name)
  const value = secrets.has(name) ? '' : ` (${JSON.stringify(values[name])})`
  return new ConfigError(`${given} is not valid${value}: it must be ${issue?.message}.`)
}

/** The file of a SQLite database; undefined for other databases. */
export const databaseFile = (databaseUrl: string): string | undefined =>
  databaseUrl.startsWith('file:')
    ? databaseUrl.slice('file:'.length).replace(/^\/\/(?=\/)/, '')
    : undefined

/** The database URL for output: without password and query. */
export function databaseLabel(databaseUrl: string): string {
  if (!databaseUrl.startsWith('postgres')) return databaseUrl
  const { protocol, username, host, pathname } = new URL(databaseUrl)
  return `${protocol}//${username ? `${username}@` : ''}${host}${pathname}`
}

/** POSTERN_PORT as it is given, which may be no port number. */
export const givenPort = (environment: Variables = process.env): string | undefined =>
  environment['POSTERN_PORT']
