/** The log: one JSON object per line on standard error, without secrets. */
import { type DestinationStream, destination as openDestination, pino } from 'pino'
import type { Clock } from './clock.ts'

export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const
export type LogLevel = (typeof logLevels)[number]

type Fields = Readonly<Record<string, unknown>>
type Entry = (fields: Fields, message: string) => void

/** Messages are fixed text. Variable data are in the fields, errors in the field `error`. */
export interface Log {
  readonly fatal: Entry
  readonly error: Entry
  readonly warn: Entry
  readonly info: Entry
  readonly debug: Entry
  readonly trace: Entry
  /** Writes an audit record, whose values are without secrets already, at every level. */
  audit(record: object): void
}

const nothing = () => {}

/** Writes nothing. */
export const silentLog: Log = {
  fatal: nothing,
  error: nothing,
  warn: nothing,
  info: nothing,
  debug: nothing,
  trace: nothing,
  audit: nothing,
}

const removed = '[removed]'
const depthLimit = 8

/**
 * The fields that may be logged. All others are logged as `[removed]`, so that secrets under new
 * names, or names that callers choose, never reach the log. New fields must be added here.
 */
const shownFields = new Set([
  ...['requestId', 'operation', 'operationId', 'service', 'serviceId', 'clientId'],
  ...['action', 'resultCode', 'resultMessage', 'detail', 'status', 'milliseconds'],
  ...['attempts', 'reason', 'refused', 'ignored', 'url', 'purpose', 'count', 'name'],
  ...['err', 'error', 'type', 'message', 'errorCode', 'stack', 'cause'],
])

/**
 * Patterns of secrets in any text: credentials in a header or a URL, and JWTs. The text is already
 * JSON, so a line break within a secret is `\n`, and the text after it is removed too.
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

/** A fast test that all texts with secrets pass, and most lines do not. */
const suspicious = /earer|asic|DPoP|eyJ|:\/\/|[?&]/

const removeShapes = (text: string): string =>
  suspicious.test(text)
    ? secretShapes.reduce((rest, shape) => rest.replace(shape, removed), text)
    : text

/**
 * Removes the parameter values from a database error, and all text after them, because the values
 * may contain line breaks.
 */
const withoutValues = (text: string): string => text.replace(/\nparams: [\s\S]*$/, '')

/** The stack frames without the message, which may contain parameter values. */
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
    // Assigning this name would set the prototype.
    if (name === '__proto__' || value === undefined) continue
    kept[name] = shownFields.has(name) ? withoutSecrets(value, depth + 1) : removed
  }
  return kept
}

/**
 * Buffers lines for at most a tenth of a second, and writes the rest at the end of the process.
 * Writing each line separately would take as long as serving a call.
 */
const standardError = (): DestinationStream =>
  openDestination({ dest: 2, sync: false, minLength: 12_288, periodicFlush: 100 })

/** A log of a level and above; the destination is standard error by default. */
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
      // Already described; pino would serialise the error again with all properties.
      serializers: { err: (described: unknown) => described },
      formatters: { level: (label) => ({ level: label }), log: withoutSecretFields },
      hooks: { streamWrite: removeShapes },
    },
    destination,
  )
  const isoTime = keptTime(clock)
  const audit = (record: object) => {
    const begun = `{"level":"info","time":"${isoTime()}"`
    destination.write(
      removeShapes(`${begun},"audit":${JSON.stringify(record)},"message":"audit record"}\n`),
    )
  }
  if (!log.isLevelEnabled('info')) return Object.assign(Object.create(log) as Log, { audit })
  const info: Entry = (fields, message) => {
    const members = plainMembers(fields)
    if (members === undefined) return log.info(fields, message)
    const begun = `{"level":"info","time":"${isoTime()}"${members}`
    destination.write(removeShapes(`${begun},"message":${JSON.stringify(message)}}\n`))
  }
  return Object.assign(Object.create(log) as Log, { info, audit })
}

/** The time as RFC 3339 writes it, which several lines of a millisecond share. */
function keptTime(clock: Clock): () => string {
  let at = Number.NaN
  let text = ''
  return () => {
    const now = clock()
    if (now !== at) {
      at = now
      text = new Date(now).toISOString()
    }
    return text
  }
}

/**
 * The JSON members of fields that are strings or numbers, as in the line of each call. Pino takes
 * longer for a line than a database look-up. Undefined if a field has another type.
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
