/** `postern replay`: the calls of a recording, sent to another server, and what differs. */
import { sideAt } from '../shadow/calls.ts'
import { createMemory, type Named } from '../shadow/memory.ts'
import type { Reply } from '../shadow/replies.ts'
import { createReport, type Summary } from '../shadow/report.ts'
import { createSecond, type Tell } from '../shadow/second.ts'
import { claimsOf, headerOf } from '../shadow/tree.ts'
import { linesOf, type RecordedAnswer, type RecordedCall } from './lines.ts'

export interface ReplayOptions extends Named {
  readonly secondary: { readonly url: string; readonly token: string }
  /** Milliseconds that a call may take. */
  readonly timeout: number
  /** Seconds that points in time may be apart. */
  readonly tolerance: number
  /** Members that are not compared. */
  readonly ignored: ReadonlySet<string>
  /** Gets each line of the report. */
  write(line: string): void
  /** Milliseconds since the epoch. */
  now(): number
}

/** Calls that one recorded moment may have at a time. */
const inFlight = 32

/**
 * Sends calls in their order: those that were open at the same time are so again, and others wait
 * for the answers before them.
 *
 * @throws RemoteError for a line that is not one of a recording.
 */
export async function replay(
  texts: AsyncIterable<string>,
  options: ReplayOptions,
): Promise<Summary> {
  const { secondary, timeout, tolerance, ignored, write, now } = options
  const side = sideAt(secondary.url)
  const report = createReport(write, now)
  const second = createSecond({
    secondary: side,
    token: secondary.token,
    memory: createMemory(options),
    report,
    bounds: { inFlight, timeout, waiting: Number.POSITIVE_INFINITY },
    comparison: { tolerance, ignored },
  })
  const open = new Map<number, Tell>()
  try {
    for await (const line of linesOf(texts)) {
      if ('answerOf' in line) {
        open.get(line.answerOf)?.(replyOf(line))
        open.delete(line.answerOf)
        continue
      }
      if (open.size === 0) await second.idle()
      report.called()
      open.set(line.call, second.take(requestOf(line, now())))
    }
  } finally {
    for (const tell of open.values()) tell(undefined)
    await second.idle()
    side.close()
  }
  return report.summary()
}

const requestOf = (
  { method, path, headers, body = '', at, isBound }: RecordedCall,
  now: number,
) => ({
  method,
  path,
  headers,
  body: Buffer.from(body),
  past: {
    laterBy: (now - at) / 1_000,
    isBound: isBound === true,
    isOutdated: isOutdated(`${path} ${body}`, now),
  },
})

const replyOf = ({ status, headers = {}, body = '' }: RecordedAnswer): Reply | undefined =>
  status === undefined ? undefined : { status, headers, body: Buffer.from(body) }

/** Seconds after which no server takes a proof of DPoP (RFC 9449 §11.1). */
const proofSeconds = 60

/** Whether a JWT that a client signed is too old: its assertions and its proofs. */
function isOutdated(text: string, now: number): boolean {
  return text.split(/[^\w.-]+/).some((jwt) => {
    const claims: { exp?: unknown; iat?: unknown } = claimsOf(jwt) ?? {}
    const isProof = headerOf(jwt)?.typ === 'dpop+jwt'
    const end = isProof ? Number(claims.iat) + proofSeconds : claims.exp
    return typeof end === 'number' && end * 1_000 < now
  })
}
