/** The authorization code flow with PKCE: RFC 6749 §4.1, RFC 7636, and as FAPI 2.0 requires it. */
import { createHash, randomBytes } from 'node:crypto'
import type { Postern } from '../embedded/types.ts'
import { clientAssertion, dpopProof } from './proofs.ts'
import type { Provisioned } from './provision.ts'

/** What a token request was answered with. */
export interface Tokens {
  readonly accessToken: string
  readonly refreshToken?: string | undefined
  readonly idToken?: string | undefined
}

export interface CodeOptions {
  readonly scope?: string
  readonly subject?: string
  /** Whether the request is pushed (RFC 9126); by default, if the service has a FAPI mode. */
  readonly pushed?: boolean
  /** Whether DPoP binds the tokens (RFC 9449); by default, with a FAPI mode and no certificate. */
  readonly dpop?: boolean
  /** The certificate of the client in PEM, to which tokens are bound (RFC 8705). */
  readonly certificate?: string
}

interface Answer {
  action: string
  responseContent: string
  ticket: string
  requestUri: string
}

/** Fails with the response if a step does not have the expected action. */
function expectAction<A extends Answer>(answer: A, action: string): A {
  if (answer.action === action) return answer
  throw new Error(`Expected ${action}, not ${answer.action}: ${answer.responseContent}`)
}

type Parameters = Record<string, string>
const form = (parameters: Parameters) => String(new URLSearchParams(parameters))

export async function code(
  postern: Postern,
  made: Provisioned,
  options: CodeOptions = {},
): Promise<Tokens> {
  const { serviceId, clientId, redirectUri, isFapi } = made
  const { scope = 'openid', subject = 'alice', pushed = isFapi } = options
  const { api } = postern
  const post = <A = Answer>(operation: string, body: object) =>
    api.post<A>(`${serviceId}/${operation}`, body)
  const verifier = randomBytes(32).toString('base64url')
  const request = {
    response_type: 'code',
    client_id: String(clientId),
    redirect_uri: redirectUri,
    scope,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  }
  let sent: Parameters = request
  if (pushed) {
    const presented = presentedBy(postern, made, options, request, 'par')
    const { requestUri } = expectAction(await post('pushed_auth_req', presented), 'CREATED')
    sent = { client_id: String(clientId), request_uri: requestUri }
  }
  const asked = await post('auth/authorization', { parameters: form(sent) })
  const { ticket } = expectAction(asked, 'INTERACTION')
  const issued = await post('auth/authorization/issue', { ticket, subject })
  const location = new URL(expectAction(issued, 'LOCATION').responseContent)
  const redeemed = {
    grant_type: 'authorization_code',
    code: location.searchParams.get('code') ?? '',
    redirect_uri: redirectUri,
    code_verifier: verifier,
  }
  const presented = presentedBy(postern, made, options, redeemed, 'token')
  const answer = expectAction(await post<Answer & Tokens>('auth/token', presented), 'OK')
  const { accessToken, refreshToken, idToken } = answer
  return { accessToken, refreshToken, idToken }
}

/** The request of the frontend: parameters, and what the client proves itself and its key with. */
function presentedBy(
  postern: Postern,
  made: Provisioned,
  { certificate, dpop = made.isFapi && certificate === undefined }: CodeOptions,
  parameters: Parameters,
  endpoint: string,
): object {
  const { issuer, clientId, clientSecret, key } = made
  const id = String(clientId)
  const assertion = key && clientAssertion(postern, key, made)
  const sender = certificate === undefined ? {} : { clientCertificate: certificate }
  const htu = `${issuer}/${endpoint}`
  if (dpop && !key) throw new TypeError('DPoP requires a client of clients.withKey.')
  const proof = dpop && key && dpopProof(postern, key, { htm: 'POST', htu })
  return {
    parameters: form({ ...parameters, ...(assertion ?? (clientSecret ? {} : { client_id: id })) }),
    ...(clientSecret ? { clientId: id, clientSecret } : {}),
    ...sender,
    ...(proof ? { dpop: proof, htm: 'POST', htu } : {}),
  }
}
