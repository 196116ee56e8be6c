/** JWT access tokens, verified without a call: RFC 9068 §4. */
import type { Access } from '../access.ts'
import { certificateBytes, hash, type Members } from '../bytes.ts'
import { parse } from './jws.ts'
import type { VerifyByKeySet } from './keyset.ts'
import { AccessRefused } from './refused.ts'

export interface LocalOptions {
  readonly issuer: string
  readonly audience: readonly string[]
  readonly clockTolerance: number
  readonly isSigned: VerifyByKeySet
  readonly now: () => number
}

export type Scheme = 'Bearer' | 'DPoP'

/** What the token says, if it is one of the issuer for this resource server, and is in force. */
export async function verifyLocally(
  token: string,
  scheme: Scheme,
  { issuer, audience, clockTolerance, isSigned, now }: LocalOptions,
): Promise<Access> {
  const refuse = (says: string): never => {
    throw new AccessRefused({ error: 'invalid_token', scheme, says })
  }
  const jwt = parse(token)
  if (!jwt) return refuse('The access token is no JWT.')
  const { header, claims } = jwt
  if (!/^(application\/)?at\+jwt$/i.test(String(header['typ'])))
    refuse('The JWT is no access token.')
  if (header['crit'] !== undefined) refuse('The JWT has critical header parameters.')
  if (claims['iss'] !== issuer) refuse('The access token is of another issuer.')
  const { exp, nbf } = claims
  const seconds = now() / 1_000
  if (typeof exp !== 'number' || exp <= seconds - clockTolerance) {
    return refuse('The access token is expired.')
  }
  if (nbf !== undefined && !(typeof nbf === 'number' && nbf <= seconds + clockTolerance)) {
    refuse('The access token is not in force yet.')
  }
  const named = listOf(claims['aud'])
  if (!named.some((each) => audience.includes(each)))
    refuse('The access token is for another audience.')
  if (!(await isSigned(jwt))) refuse('No key of the issuer signed the access token.')
  return {
    verifiedBy: 'local',
    subject: textOf(claims['sub']),
    clientId: textOf(claims['client_id']),
    scopes: textOf(claims['scope'])?.split(' ').filter(Boolean) ?? [],
    audience: named,
    expiresAt: exp * 1_000,
    boundBy: boundBy(claims),
    claims,
  }
}

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' ? value : undefined

const listOf = (value: unknown): readonly string[] =>
  (Array.isArray(value) ? value : [value]).filter((each) => typeof each === 'string')

/** The confirmation of a token: RFC 7800 §3.1. */
export const confirmationOf = (claims: Members): Members => {
  const { cnf } = claims
  return typeof cnf === 'object' && cnf !== null ? (cnf as Members) : {}
}

function boundBy(claims: Members): Access['boundBy'] {
  const confirmation = confirmationOf(claims)
  if (confirmation['jkt'] !== undefined) return 'dpop'
  return confirmation['x5t#S256'] === undefined ? undefined : 'mtls'
}

/** Refuses a token that is bound to another certificate than the one given: RFC 8705 §3. */
export async function requireCertificate(
  claims: Members,
  certificate: string | Uint8Array | undefined,
  scheme: Scheme,
): Promise<void> {
  const expected = confirmationOf(claims)['x5t#S256']
  if (expected === undefined) return
  const bytes = certificate === undefined ? undefined : certificateBytes(certificate)
  if (bytes && bytes.length > 0 && (await hash(bytes)) === expected) return
  const says = bytes
    ? 'The access token is bound to another certificate.'
    : 'The access token is bound to a certificate, and the connection has none.'
  throw new AccessRefused({ error: 'invalid_token', scheme, says })
}
