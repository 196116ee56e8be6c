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

/**
 * The fields that entries have. A field that is not on the list is written as `[removed]`, whatever
 * its name: a secret under a new name, or one that a caller chose, never reaches the log. Whoever
 * logs a new field adds it here.
 */
const shownFields = new Set([
  ...['requestId', 'operation', 'operationId', 'service', 'serviceId', 'clientId'],
  ...['action', 'resultCode', 'resultMessage', 'detail', 'status', 'milliseconds'],
  ...['attempts', 'reason', 'refused', 'ignored', 'url', 'purpose', 'count', 'name'],
  ...['err', 'error', 'type', 'message', 'errorCode', 'stack', 'cause'],
])

/**
 * Secrets by shape, wherever they stand: credentials in a header or a URL, and JWTs. The texts are
 * JSON already, so that a line break within a secret is `\n`, and what follows it goes too.
 */
const secretShapes = [
  new RegExp(
    String.raw`\b(?:[Bb]earer|[Bb]asic|DPoP)(?: |\\[nrt])+(?=[a-z.-]*[A-Z0-9_~+/\\])` +
      String.raw`(?:[\w.~+/-]|\\[nrt]){8,}=*`,
    'g',
  ),
  /\beyJ[\w-]{8,}\.(?:[\w.-]|\\[nrt])*/g,
  /(?<=:\/\/[^\s/:@"]*:)[^\s/@"]+(?=@)/g,
  new RegExp(
    String.raw`(?<=[?&](?:\w*(?:secret|password|token|assertion|verifier|ticket)|code|request)=)` +
      String.raw`(?:[^&\s"\\]|\\.)+`,
    'g',
  ),
]

/** What every text with a secret shape in it has somewhere: most lines have nothing of it. */
const suspicious = /earer|asic|DPoP|eyJ|:\/\/|[?&]/

const removeShapes = (text: string): string =>
  suspicious.test(text)
    ? secretShapes.reduce((rest, shape) => rest.replace(shape, removed), text)
    : text

/**
 * A database's error repeats the values of its statement, which are no matter for a log, and which
 * may have lines of their own: everything after them goes.
 */
const withoutValues = (text: string): string => text.replace(/\nparams: [\s\S]*$/, '')

/** Where it was thrown. A stack begins with the message as it was, values and all. */
function framesOf({ stack = '', message }: Error): string {
  const at = stack.indexOf(message)
  return at < 0 ? '' : stack.slice(at + message.length)
}

function describeError(error: Error, depth: number): Fields {
  const { name, cause } = error
  const message = withoutValues(error.message)
  const frames = framesOf(error)
  return {
    type: name,
    message,
    ...('code' in error && typeof error.code === 'string' && { errorCode: error.code }),
    ...('reason' in error && typeof error.reason === 'string' && { reason: error.reason }),
    ...(frames && { stack: `${name}: ${message}${frames}` }),
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
    // A member of this name would not be one.
    if (name === '__proto__' || value === undefined) continue
    kept[name] = shownFields.has(name) ? withoutSecrets(value, depth + 1) : removed
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
  const log = pino(
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
  if (!log.isLevelEnabled('info')) return log
  const info: Entry = (fields, message) => {
    const members = plainMembers(fields)
    if (members === undefined) return log.info(fields, message)
    const time = new Date(clock()).toISOString()
    const begun = `{"level":"info","time":"${time}"${members}`
    destination.write(removeShapes(`${begun},"message":${JSON.stringify(message)}}\n`))
  }
  return Object.assign(Object.create(log) as Log, { info })
}

/**
 * Fields of texts and numbers, as the line that each call has: pino takes longer for one than a
 * look-up in the database. Undefined where a field is anything else.
 */
function plainMembers(fields: Fields): string | undefined {
  let members = ''
  for (const name in fields) {
    const value = fields[name]
    if (value === undefined) continue
    if (!shownFields.has(name)) return undefined
    if (typeof value === 'number' && Number.isFinite(value)) members += `,"${name}":${value}`
    else if (typeof value === 'string') members += `,"${name}":${JSON.stringify(value)}`
    else return undefined
  }
  return members
}
