/** Which failed calls are made again, and when. */
import { PosternError } from './error.ts'
import { changingByGet } from './generated/tables.ts'

/** The result code of a call that an overloaded server rejected without processing it. */
const unprocessed = 'P000802'

const unchanging = new Set(['GET', 'PUT'])

/** Whether a call has one effect, however often it is made. */
export const isRepeatable = (method: string, operation: string, idempotencyKey?: string): boolean =>
  idempotencyKey !== undefined || (unchanging.has(method) && !changingByGet.includes(operation))

/**
 * Whether a failed call may succeed when it is made again. After other failures than overload,
 * such as a lost connection, its effect is unknown: only a repeatable call is made again.
 */
export function mayRecover(error: unknown, repeatable: boolean): error is PosternError {
  if (!(error instanceof PosternError)) return false
  const { status, resultCode } = error
  if (status === 503 && resultCode === unprocessed) return true
  return repeatable && (status === 503 || status === 0)
}

/** Milliseconds until the next attempt: as the server says, or longer each time. */
export function pauseBefore(attempt: number, retryAfter: number | undefined): number {
  const pause = retryAfter ?? 250 * 2 ** (attempt - 1)
  // Callers that were refused together do not come back together.
  return pause * (1 + Math.random() / 4)
}

/** Retry-After is a number of seconds or a date: RFC 9110 §10.2.3. */
export function millisecondsOf(retryAfter: string | null): number | undefined {
  if (retryAfter === null) return undefined
  const isSeconds = /^\d+$/.test(retryAfter)
  const pause = isSeconds ? Number(retryAfter) * 1_000 : Date.parse(retryAfter) - Date.now()
  return Number.isNaN(pause) ? undefined : Math.max(0, pause)
}

/** Waits, unless the signal is aborted. */
export function wait(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer)
      reject(signal.reason)
    }
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop)
      resolve()
    }, milliseconds)
    signal.addEventListener('abort', stop, { once: true })
  })
}
