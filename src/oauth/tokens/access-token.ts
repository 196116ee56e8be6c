/** Access tokens: opaque tokens and JWTs of RFC 9068. */
import { hash } from 'node:crypto'
import type { Signing, UnsignedJwt } from '../../jose/sign.ts'
import type { Client } from '../../model/client/client.ts'
import { type Grant, propertyMembers } from '../../model/grant.ts'
import type { Service } from '../../model/service/service.ts'
import { detailsWithDatasets } from '../vci/details.ts'
import { audienceOf, presetClaims } from './access-token-preset.ts'
import { clientIdentifier, exactMembers } from './id-token.ts'
import { reservedInAccessTokens } from './reserved-claims.ts'
import { subjectForResources } from './subject.ts'

/** The key of a stored token: the base64url of its SHA-256, 43 characters. */
export const tokenHash = (token: string): string => hash('sha256', token, 'base64url')

/** The possible keys of an identifier that is either a token or its hash. */
export const tokenHashes = (identifier: string): string[] =>
  /^[\w-]{43}$/.test(identifier) ? [tokenHash(identifier), identifier] : [tokenHash(identifier)]

export interface AccessTokenParts {
  signing: Signing
  subject: string | undefined
  grant: Grant
  jwtId: string
  now: number
  expiresAt: number | undefined
  /** Claims of the user by the claim policy of the service. */
  userClaims?: Record<string, unknown> | undefined
}

/** RFC 9068 §2.2. Without a user, `sub` is the client id. */
export function unsignedAccessToken(
  service: Service,
  client: Client,
  { signing, subject, grant, jwtId, now, expiresAt, userClaims }: AccessTokenParts,
): UnsignedJwt {
  const clientId = clientIdentifier(client, grant)
  const visible = grant.properties.filter(({ hidden }) => !hidden)
  const more = Object.entries({
    ...userClaims,
    ...propertyMembers(visible),
    ...exactMembers(grant.jwtAtClaims),
  })
  const given = Object.fromEntries(more.filter(([name]) => !reservedInAccessTokens.has(name)))
  const username =
    subject === undefined ? undefined : subjectForResources(service, client, grant, subject)
  const claims = {
    iss: service.issuer,
    sub: username ?? clientId,
    aud: audienceOf(service, grant.resources, clientId),
    client_id: clientId,
    iat: Math.floor(now / 1000),
    ...(expiresAt === undefined ? {} : { exp: Math.floor(expiresAt / 1000) }),
    jti: jwtId,
    ...(grant.scopes.length > 0 ? { scope: grant.scopes.join(' ') } : {}),
    ...(grant.authTime === undefined ? {} : { auth_time: grant.authTime }),
    ...(grant.acr === undefined ? {} : { acr: grant.acr }),
    ...detailsWithDatasets(service, grant),
    ...confirmationOf(grant),
    ...(grant.act === undefined ? {} : { act: exactMembers(grant.act) }),
    ...(grant.test ? { test: true } : {}),
  }
  const { scopes } = grant
  const added = presetClaims(service, { claims, given, username, scopes })
  return { signing, claims: { ...given, ...added, ...claims }, header: { typ: 'at+jwt' } }
}

/** RFC 8705 §3.1 and RFC 9449 §6.1: `cnf` with the certificate and key that bind the token. */
export function confirmationOf(grant: Grant): { cnf?: Record<string, string> } {
  const { certificateThumbprint, dpopThumbprint } = grant
  if (certificateThumbprint === undefined && dpopThumbprint === undefined) return {}
  return {
    cnf: {
      ...(certificateThumbprint === undefined ? {} : { 'x5t#S256': certificateThumbprint }),
      ...(dpopThumbprint === undefined ? {} : { jkt: dpopThumbprint }),
    },
  }
}
