/**
 * Who gets a token in exchange for what: rules of this example, to be replaced by yours. Postern
 * has authenticated the client and checked what it brings as far as anyone can.
 */
import { createLocalJWKSet, decodeJwt, type JSONWebKeySet, jwtVerify } from 'jose'
import type { Answer } from './postern.ts'
import type { Users } from './users.ts'

export interface TokenPolicy {
  /** The audiences and resources that tokens may be exchanged for. */
  exchangeTargets: string[]
  /** Whose assertions are taken, RFC 7523: the issuers, and their public keys. */
  trustedIssuers: Record<string, JSONWebKeySet>
}

/** The members of answers of the token endpoint that this frontend reads besides. */
export interface TokenResponse extends Omit<Answer, 'scopes'> {
  grantType?: string
  scopes?: string[]
  resources?: string[]
  audiences?: string[]
  requestedTokenType?: string
  subjectTokenType?: string
  /** What Postern knows of a subject token that it issued; `expiresAt` in milliseconds. */
  subjectTokenInfo?: {
    subject?: string
    scopes?: { name: string }[]
    expiresAt?: number
    /** What it is bound to, which this request has proved to hold. */
    cnf?: { jkt?: string; 'x5t#S256'?: string }
  }
  actorToken?: string
  assertion?: string
  accessToken?: string
  jwtAccessToken?: string
  refreshToken?: string
  tokenType?: string
  expiresIn?: number
  sessionId?: string
  deviceSecret?: string
  deviceSecretHash?: string
}

export type TokenDecision =
  | {
      subject: string
      scopes: string[]
      resources: string[]
      accessTokenDuration?: number
      dpopKeyThumbprint?: string
      certificateThumbprint?: string
    }
  | { reason: string }

/**
 * Token exchange, RFC 8693: an access token of ours becomes one for the same user with the same
 * scopes or fewer, for targets that are known, for no longer than it was good itself, and bound to
 * the same key or certificate.
 */
export function decideExchange(
  answer: TokenResponse,
  { exchangeTargets }: TokenPolicy,
  now: number,
): TokenDecision {
  const { subjectTokenType, subjectTokenInfo: given, requestedTokenType } = answer
  const { clientId, scopes: asked = [], resources = [], audiences = [], actorToken } = answer
  if (!clientId) return { reason: 'INVALID_CLIENT' }
  const isAccessToken = subjectTokenType === 'ACCESS_TOKEN' && given?.subject !== undefined
  const wantsAccessToken = (requestedTokenType ?? 'ACCESS_TOKEN') === 'ACCESS_TOKEN'
  if (!isAccessToken || !wantsAccessToken || actorToken) return { reason: 'UNAUTHORIZED_CLIENT' }
  const { subject, scopes = [], expiresAt = 0, cnf = {} } = given
  const held = scopes.map(({ name }) => name)
  if (!subject || !asked.every((scope) => held.includes(scope))) return { reason: 'INVALID_SCOPE' }
  const targets = [...new Set([...resources, ...audiences])]
  if (!targets.every((each) => exchangeTargets.includes(each))) return { reason: 'INVALID_TARGET' }
  return {
    subject,
    scopes: asked.length > 0 ? asked : held,
    resources: targets,
    // A token that does not expire says 0, and so does a duration that is left to the service.
    accessTokenDuration: expiresAt && Math.max(1, Math.floor((expiresAt - now) / 1000)),
    ...(cnf.jkt ? { dpopKeyThumbprint: cnf.jkt } : {}),
    ...(cnf['x5t#S256'] ? { certificateThumbprint: cnf['x5t#S256'] } : {}),
  }
}

/** JWT bearer, RFC 7523: an issuer that is trusted names one of our users. Nobody is by default. */
export async function decideAssertion(
  { assertion = '', clientId, scopes = [], resources = [] }: TokenResponse,
  { trustedIssuers }: TokenPolicy,
  users: Users,
  now: number,
): Promise<TokenDecision> {
  const refused = { reason: 'INVALID_RESOURCE_OWNER_CREDENTIALS' }
  if (!clientId) return { reason: 'INVALID_CLIENT' }
  try {
    const { iss: issuer = '' } = decodeJwt(assertion)
    const keys = Object.hasOwn(trustedIssuers, issuer) ? trustedIssuers[issuer] : undefined
    if (!keys) return refused
    const options = { issuer, currentDate: new Date(now) }
    const { payload } = await jwtVerify(assertion, createLocalJWKSet(keys), options)
    const subject = users.find(payload.sub ?? '')
    return subject ? { subject, scopes, resources } : refused
  } catch {
    return refused
  }
}
