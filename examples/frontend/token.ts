/** The token endpoint: Postern answers most requests by itself, and asks about these. */
import type { Context, Hono } from 'hono'
import { calculateJwkThumbprint, decodeProtectedHeader } from 'jose'
import { clientCredentials } from './credentials.ts'
import { createDeviceSecrets } from './native-sso.ts'
import type { Parts } from './parts.ts'
import { sendRelay } from './postern.ts'
import {
  decideAssertion,
  decideExchange,
  type TokenDecision,
  type TokenPolicy,
  type TokenResponse,
} from './token-policy.ts'

const noStore = { 'Cache-Control': 'no-store' }

export function addToken(app: Hono, parts: Parts, policy: TokenPolicy): void {
  const { postern, users, limiter, clock, publicUrl } = parts
  const secrets = createDeviceSecrets(clock)

  app.post('/token', async (c) => {
    const parameters = await c.req.text()
    const credentials = clientCredentials(c, publicUrl)
    const body = { parameters, ...credentials }
    const answer = await postern.call<TokenResponse>('auth/token', body)
    switch (answer.action) {
      case 'PASSWORD':
        return password(c, answer)
      case 'TOKEN_EXCHANGE':
        return create(c, answer, decideExchange(answer, policy, clock()))
      case 'JWT_BEARER':
        return create(c, answer, await decideAssertion(answer, policy, users, clock()))
      case 'NATIVE_SSO':
        return nativeSso(c, answer)
      default:
        return sendRelay(answer)
    }
  })

  const fail = async (ticket: string | undefined, reason: string) =>
    sendRelay(await postern.call('auth/token/fail', { ticket, reason }))

  /** RFC 6749 §4.3. */
  async function password(c: Context, answer: TokenResponse) {
    const { ticket, username = '', password = '' } = answer
    const subject = await limiter.attempt(c, username, () => users.check(username, password))
    if (!subject) return fail(ticket, 'INVALID_RESOURCE_OWNER_CREDENTIALS')
    return sendRelay(await postern.call('auth/token/issue', { ticket, subject }))
  }

  /** RFC 8693 §2.2 and RFC 7523 §2.1: Postern makes the token, the response is worded here. */
  async function create(c: Context, answer: TokenResponse, decision: TokenDecision) {
    const { ticket, clientId, grantType, dpopNonce } = answer
    if ('reason' in decision) return fail(ticket, decision.reason)
    const dpopKeyThumbprint = await provenKey(c)
    const wanted = { clientId, grantType, dpopKeyThumbprint, ...decision }
    const made = await postern.call<TokenResponse>('auth/token/create', wanted)
    // The client may not have all of the scopes.
    if (made.action === 'BAD_REQUEST') return fail(ticket, 'INVALID_SCOPE')
    if (made.action !== 'OK') throw new Error(`The token that was decided met ${made.action}`)
    const response = {
      access_token: made.jwtAccessToken ?? made.accessToken,
      token_type: made.tokenType,
      expires_in: made.expiresIn,
      scope: made.scopes?.join(' '),
      ...(grantType === 'TOKEN_EXCHANGE' ? { issued_token_type: accessTokenType } : {}),
    }
    return c.json(response, 200, { ...noStore, ...(dpopNonce ? { 'DPoP-Nonce': dpopNonce } : {}) })
  }

  /** OIDC Native SSO §3.4, §4.3: the tokens are there; their answer needs a device secret. */
  async function nativeSso(c: Context, answer: TokenResponse) {
    const deviceSecret = secrets.settle(answer)
    const accessToken = answer.jwtAccessToken ?? answer.accessToken
    if (deviceSecret) {
      const { refreshToken } = answer
      return sendRelay(await postern.call('nativesso', { accessToken, refreshToken, deviceSecret }))
    }
    await postern.call('auth/token/revoke', { accessTokenIdentifier: answer.accessToken })
    const error_description = 'The device secret is unknown, or is not of this session.'
    return c.json({ error: 'invalid_grant', error_description }, 400, noStore)
  }
}

const accessTokenType = 'urn:ietf:params:oauth:token-type:access_token'

/** The key of the DPoP proof, which Postern has verified: the new token is bound to it. */
async function provenKey(c: Context): Promise<string | undefined> {
  const proof = c.req.header('DPoP')
  const { jwk } = proof ? decodeProtectedHeader(proof) : {}
  return jwk && calculateJwkThumbprint(jwk)
}
