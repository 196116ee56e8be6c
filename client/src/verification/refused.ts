/** Refusals of a resource server: challenges of RFC 6750 §3, RFC 9449 §7.1 and RFC 9470 §3. */
import { algorithmNames } from './jws.ts'

export type AccessError =
  | 'invalid_request'
  | 'invalid_token'
  | 'insufficient_scope'
  | 'insufficient_user_authentication'
  | 'invalid_dpop_proof'
  | 'use_dpop_nonce'
  | 'temporarily_unavailable'

const statuses: Readonly<Partial<Record<AccessError, number>>> = {
  invalid_request: 400,
  insufficient_scope: 403,
  temporarily_unavailable: 503,
}

export interface RefusalDetails {
  /** Absent if the request has no credentials at all. */
  readonly error?: AccessError
  readonly says: string
  readonly scheme?: 'Bearer' | 'DPoP'
  /** Parameters of the challenge, such as `scope`. */
  readonly parameters?: Readonly<Record<string, string>>
  /** The challenge, if another server made it. */
  readonly challenge?: string
  readonly status?: number
  readonly dpopNonce?: string | undefined
}

/** A request that may not have what it asks for. The message is for the log. */
export class AccessRefused extends Error {
  override readonly name = 'AccessRefused'
  readonly status: number
  readonly error: AccessError | undefined
  readonly headers: Readonly<Record<string, string>>

  readonly #details: RefusalDetails

  constructor(details: RefusalDetails) {
    const { error, says, scheme, parameters = {}, ...given } = details
    super(says)
    this.#details = details
    this.error = error
    this.status = given.status ?? (error === undefined ? 401 : (statuses[error] ?? 401))
    const isChallenged = this.status < 500
    const challenge = given.challenge ?? challengeOf(scheme, error, parameters)
    this.headers = {
      'Cache-Control': 'no-store',
      ...(isChallenged ? { 'WWW-Authenticate': challenge } : { 'Retry-After': '1' }),
      ...(given.dpopNonce === undefined ? {} : { 'DPoP-Nonce': given.dpopNonce }),
    }
  }

  /** The same with a further parameter in its challenge, if the resource server made it. */
  challenging(name: string, value: string): AccessRefused {
    const { challenge, parameters } = this.#details
    if (challenge !== undefined || this.status !== 401) return this
    return new AccessRefused({ ...this.#details, parameters: { ...parameters, [name]: value } })
  }

  /** The refusal as the `Response` of Fetch. */
  toResponse(): Response {
    return new Response(null, { status: this.status, headers: this.headers })
  }
}

function challengeOf(
  scheme: RefusalDetails['scheme'],
  error: AccessError | undefined,
  parameters: Readonly<Record<string, string>>,
): string {
  const own = { ...(error === undefined ? {} : { error }), ...parameters }
  const dpop = written('DPoP', { ...own, algs: algorithmNames.join(' ') })
  if (scheme === 'DPoP') return dpop
  const bearer = written('Bearer', own)
  return scheme === 'Bearer' ? bearer : `${bearer}, ${dpop}`
}

const written = (scheme: string, parameters: Readonly<Record<string, string>>): string => {
  const parts = Object.entries(parameters).map(([name, value]) => `${name}="${quotable(value)}"`)
  return parts.length === 0 ? scheme : `${scheme} ${parts.join(', ')}`
}

/** Only what a quoted string may have: RFC 9110 §5.6.4. */
const quotable = (value: string): string => value.replace(/[^ !#-[\]-~]/g, '')
