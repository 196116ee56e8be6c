/** The log: one JSON object per line on standard error, with the secrets taken out. */
import { type DestinationStream, destination as openDestination, pino } from 'pino'
import type { Clock } from './clock.ts'

export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const
export type LogLevel = (typeof logLevels)[number]

type Fields = Readonly<Record<string, unknown>>
type Entry = (fields: Fields, message: string) => void

/** A message is fixed text; what varies is in the fields, an error in the field `error`. */
export interface Log {
  readonly fatal: Entry
  readonly error: Entry
  readonly warn: Entry
  readonly info: Entry
  readonly debug: Entry
  readonly trace: Entry
}

const removed = '[removed]'
const depthLimit = 8

/** Names are compared in lower case and without `_` and `-`. */
const secretNames = new Set([
  'apikeysecret',
  'authorization',
  'authreqid',
  'code',
  'cookie',
  'devicecode',
  'dpop',
  'idtokenhint',
  'jwks',
  'masterkey',
  'parameters',
  'privatekey',
  'proxyauthorization',
  'request',
  'responsecontent',
  'setcookie',
  'usercode',
])
const secretEnding = /(?:secret|secrets|password|token|tokens|ticket|assertion|verifier|jwk)$/
/** The private members of a JSON Web Key (RFC 7518 §6.2.2, §6.3.2, §6.4.1). */
const privateKeyMembers = new Set(['d', 'p', 'q', 'dp', 'dq', 'qi', 'k'])

/** Secrets by shape, wherever they stand: credentials in a header or a URL, and JWTs. */
const secretShapes = [
  /\b(?:[Bb]earer|[Bb]asic|DPoP) +(?=[a-z.-]*[A-Z0-9_~+/])[\w.~+/-]{8,}=*/g,
  /\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*(?:\.[\w-]*){0,2}/g,
  /(?<=:\/\/[^\s/:@"]*:)[^\s/@"]+(?=@)/g,
  /(?<=[?&](?:\w*(?:secret|password|token|assertion|verifier|ticket)|code|request)=)[^&\s"\\]+/g,
]

/** What has been found of names; those that the code gives are few, and come with every line. */
const known = new Map<string, boolean>()
const knownLimit = 1_000

function isSecretName(name: string): boolean {
  const found = known.get(name)
  if (found !== undefined) return found
  const plain = name.toLowerCase().replace(/[_-]/g, '')
  const isSecret = privateKeyMembers.has(name) || secretNames.has(plain) || secretEnding.test(plain)
  if (known.size < knownLimit) known.set(name, isSecret)
  return isSecret
}

/** What every text with a secret shape in it has somewhere: most lines have nothing of it. */
const suspicious = /earer|asic|DPoP|eyJ|:\/\/|[?&]/

const removeShapes = (text: string): string =>
  suspicious.test(text)
    ? secretShapes.reduce((rest, shape) => rest.replace(shape, removed), text)
    : text

/** A database's error repeats the values of its statement, which are no matter for a log. */
const withoutValues = (text: string): string => text.replace(/\nparams: [^\n]*/g, '')

function describeError(error: Error, depth: number): Fields {
  const { name, message, stack, cause } = error
  return {
    type: name,
    message: withoutValues(message),
    ...('code' in error && typeof error.code === 'string' && { errorCode: error.code }),
    ...('reason' in error && typeof error.reason === 'string' && { reason: error.reason }),
    ...(stack && { stack: withoutValues(stack) }),
    ...(cause !== undefined && { cause: withoutSecrets(cause, depth + 1) }),
  }
}

function withoutSecrets(value: unknown, depth = 0): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (depth > depthLimit) return '[deeper]'
  if (value instanceof Error) return describeError(value, depth)
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`
  if (Array.isArray(value)) return value.map((entry) => withoutSecrets(entry, depth + 1))
  if (value instanceof Date || value instanceof URL) return value
  return withoutSecretFields(value, depth)
}

function withoutSecretFields(fields: object, depth = 0): Record<string, unknown> {
  const kept: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(fields)) {
    const tells = typeof value === 'string' || (typeof value === 'object' && value !== null)
    const shown = tells && isSecretName(name) ? removed : withoutSecrets(value, depth + 1)
    // A member of this name would not be one.
    if (name !== '__proto__') kept[name] = shown
  }
  return kept
}

/**
 * Lines are written many at a time, and a tenth of a second after they were made at the latest; at
 * the end of the process whatever is left. To write each by itself takes as long as serving a call.
 */
const standardError = (): DestinationStream =>
  openDestination({ dest: 2, sync: false, minLength: 4_096, periodicFlush: 100 })

export function createLog(
  { level, clock }: { level: LogLevel; clock: Clock },
  destination: DestinationStream = standardError(),
): Log {
  return pino(
    {
      level,
      base: null,
      messageKey: 'message',
      timestamp: () => `,"time":"${new Date(clock()).toISOString()}"`,
      // Described already: pino would describe it a second time, with every property it has.
      serializers: { err: (described: unknown) => described },
      formatters: { level: (label) => ({ level: label }), log: withoutSecretFields },
      hooks: { streamWrite: removeShapes },
    },
    destination,
  )
}
