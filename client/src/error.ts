/** Why a call has no answer. */
import type { Explanation } from './generated/types.ts'

/** The rule that refused a call, of a call that prefers an explanation. */
export type RefusedBy = NonNullable<Explanation['refusedBy']>

interface Failure {
  /** The method and the path. */
  call: string
  status?: number
  body?: unknown
  requestId?: string | undefined
  cause?: unknown
  /** Milliseconds after which the server takes the call again. */
  retryAfter?: number | undefined
}

/** A call that was answered with another status than HTTP 2xx, or was not answered. */
export class PosternError extends Error {
  override readonly name = 'PosternError'
  /** The status of the response; 0 if there was none, and `cause` says why. */
  readonly status: number
  readonly resultCode: string | undefined
  readonly resultMessage: string | undefined
  /** The rule, setting and evidence, if the call prefers an explanation. */
  readonly refusedBy: RefusedBy | undefined
  /** The id of the call, by which the log of the server has it. */
  readonly requestId: string | undefined
  /** Milliseconds after which the server takes the call again, if the response says so. */
  readonly retryAfter: number | undefined

  constructor({ call, status = 0, body, requestId, cause, retryAfter }: Failure) {
    const { resultCode, resultMessage, explanation } = membersOf(body)
    const said = resultMessage ?? (cause instanceof Error ? cause.message : undefined)
    const outcome = status === 0 ? 'no answer' : `HTTP ${status}`
    super(`${call}: ${outcome}${said ? `: ${said}` : ''}`, { cause })
    this.status = status
    this.resultCode = resultCode
    this.resultMessage = resultMessage
    this.refusedBy = explanation?.refusedBy
    this.requestId = requestId
    this.retryAfter = retryAfter
  }
}

interface ErrorBody {
  resultCode?: string
  resultMessage?: string
  explanation?: Explanation
}

/** The members of an error of Postern; none of a page that a proxy answers. */
const membersOf = (body: unknown): ErrorBody =>
  typeof body === 'object' && body !== null ? body : {}
