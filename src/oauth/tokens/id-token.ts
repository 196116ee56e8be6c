/** ID Tokens, OIDC Core §2. */

import { createHash } from 'node:crypto'
import { serviceKeySet } from '../../jose/service-key-set.ts'
import type { UnsignedJwt } from '../../jose/sign.ts'
import { jwsAlgorithm, signatureAlgorithms } from '../../jose/signature-algorithm.ts'
import { verifyJwt, verifyWithSecrets } from '../../jose/verify.ts'
import type { Client } from '../../model/client/client.ts'
import type { GrantType } from '../../model/enums.ts'
import { parseExact } from '../../model/exact-json.ts'
import type { Grant } from '../../model/grant.ts'
import type { NamedBy } from '../../model/named-by.ts'
import type { Service } from '../../model/service/service.ts'
import type { UserData } from '../../model/user-data.ts'
import { defineRules, refuse } from '../../refusal.ts'
import { secretKeys, signingSecret } from '../client-authentication/secret.ts'
import { durationOf } from '../duration.ts'
import { signingAlgorithm } from '../fapi.ts'
import { isFederated } from '../federation/federated-client.ts'
import { isAudience, isIdentifier, isSameIdentifier } from '../identifier.ts'
import { isOfKind, isReservedType } from '../jwt-kinds.ts'
import { includesSid, sidFor } from '../logout/sid.ts'
import { policyOf } from '../policy.ts'
import { accountHeader, accountOf } from './pairwise-account.ts'
import { sessionHeader } from './pairwise-session.ts'
import { reservedInIdTokens } from './reserved-claims.ts'
import { signingKeyId } from './signing-key.ts'
import { subjectForClient } from './subject.ts'

const rules = defineRules('ID Token', {
  hintInvalid: {
    code: 'P009001',
    error: 'invalid_request',
    spec: 'OIDC Core §3.1.2.1',
    message: 'The id_token_hint is not an ID Token that the service issued to the client.',
    fix: 'Send an ID Token that this service issued to the same client, or omit `id_token_hint`.',
    settings: ['service.issuer', 'service.jwks', 'client.idTokenSignAlg'],
  },
})

/** The content of an ID Token. */
export interface IdTokenParts {
  subject: string
  /** The grant that issues it, on which its lifetime depends. */
  grantType: GrantType
  grant: Grant
  now: number
  /** What is known of the user, for the claim policy. */
  user?: UserData | undefined
  /** The scopes on which claims depend, if they are not those of the whole grant. */
  claimScopes?: string[] | undefined
  accessToken?: string | undefined
  code?: string | undefined
  /** `state` of the request, for FAPI's `s_hash`. */
  state?: string | undefined
  /** `ds_hash` of Native SSO. */
  deviceSecretHash?: string | undefined
  /** The claims of a pushed token response, CIBA §10.3.1. */
  push?: { authReqId: string; refreshToken: string | undefined } | undefined
}

interface GivenForIdToken {
  sub?: string | undefined
  claims?: string | undefined
  idtHeaderParams?: string | undefined
  idTokenAudType?: Grant['idTokenAudType']
}

/** The grant, with what the caller gives for one ID Token. */
export const grantForIdToken = (
  grant: Grant,
  { sub, claims, idtHeaderParams, idTokenAudType }: GivenForIdToken,
): Grant => ({
  ...grant,
  sub: sub || grant.sub,
  idTokenClaims: claims,
  idtHeaderParams,
  idTokenAudType: idTokenAudType ?? grant.idTokenAudType,
})

/** An ID Token before signing with the client's algorithm, OIDC Core §2 and §3.3.2.11. */
export function unsignedIdToken(
  service: Service,
  client: Client,
  parts: IdTokenParts,
): UnsignedJwt {
  const policy = policyOf(service, client, parts.grant.scopes)
  const alg = signingAlgorithm(policy, service, client.idTokenSignAlg)
  const keyId = signingKeyId(service, client, alg, service.idTokenSignatureKeyId)
  const claims = idTokenClaims(service, client, parts, alg)
  return {
    signing: { alg, keyId, clientSecret: signingSecret(service, client) },
    claims,
    header: {
      ...idTokenHeader(parts.grant),
      ...accountHeader(service, client, parts.grant, claims, parts.subject),
      ...nativeSsoHeader(service, client, parts, claims),
    },
  }
}

/** Only ID Tokens of Native SSO are exchanged for tokens of their session. */
const nativeSsoHeader = (
  service: Service,
  client: Client,
  { deviceSecretHash, grant: { sessionId } }: IdTokenParts,
  claims: Record<string, unknown>,
): Record<string, string> =>
  deviceSecretHash === undefined || sessionId === undefined
    ? {}
    : sessionHeader(service, client, claims, sessionId)

/** The caller's header parameters, without a `typ` of another kind of JWT. */
function idTokenHeader({ idtHeaderParams }: Grant): Record<string, unknown> {
  const { typ, ...header } = exactMembers(idtHeaderParams)
  return typ === undefined || isReservedType(typ) ? header : { ...header, typ }
}

function idTokenClaims(
  service: Service,
  client: Client,
  {
    subject,
    grantType,
    grant,
    now,
    accessToken,
    code,
    state,
    deviceSecretHash,
    push,
  }: IdTokenParts,
  alg: string,
): Record<string, unknown> {
  const issuedAt = Math.floor(now / 1000)
  const clientId = clientIdentifier(client, grant)
  const isArray = (grant.idTokenAudType ?? service.idTokenAudType ?? 'array') === 'array'
  const given = Object.entries(withValues(exactMembers(grant.idTokenClaims)))
  const { sessionId } = grant
  const isNamed = deviceSecretHash !== undefined || includesSid(service, client, grant)
  return {
    iss: service.issuer,
    sub: subjectForClient(service, client, grant, subject),
    aud: isArray ? [clientId] : clientId,
    exp: issuedAt + durationOf('idToken', service, client, grantType, grant.scopes),
    iat: issuedAt,
    ...(grant.authTime === undefined ? {} : { auth_time: grant.authTime }),
    ...(grant.nonce === undefined ? {} : { nonce: grant.nonce }),
    ...(grant.acr ? { acr: grant.acr } : {}),
    ...(isNamed && sessionId !== undefined ? { sid: sidFor(service, client, sessionId) } : {}),
    ...(deviceSecretHash === undefined ? {} : { ds_hash: deviceSecretHash }),
    ...(code === undefined ? {} : { c_hash: leftHalf(code, alg) }),
    ...(state === undefined ? {} : { s_hash: leftHalf(state, alg) }),
    ...(accessToken === undefined ? {} : { at_hash: leftHalf(accessToken, alg) }),
    ...(push === undefined ? {} : pushClaims(push, alg)),
    ...Object.fromEntries(given.filter(([name]) => !reservedInIdTokens.has(name))),
  }
}

/** CIBA §10.3.1: claims that bind the ID Token to the pushed response. */
const pushClaims = (
  { authReqId, refreshToken }: NonNullable<IdTokenParts['push']>,
  alg: string,
): Record<string, string> => ({
  'urn:openid:params:jwt:claim:auth_req_id': authReqId,
  ...(refreshToken === undefined
    ? {}
    : { 'urn:openid:params:jwt:claim:rt_hash': leftHalf(refreshToken, alg) }),
})

/** The client id as in the request, so that the client finds it in `aud`. */
export function clientIdentifier(client: Client, { namedBy }: { namedBy: NamedBy }): string {
  const names: Record<NamedBy, string | undefined> = {
    id: undefined,
    alias: client.clientIdAlias,
    'metadata-document': client.metadataDocumentLocation,
    'entity-id': client.entityId,
  }
  return names[namedBy] || String(client.clientId)
}

/**
 * All identifiers of a client: its number, its alias, and the URL of its metadata document or its
 * entity identifier.
 */
export const clientIdentifiers = (client: Client): string[] => [
  String(client.clientId),
  ...(client.clientIdAlias ? [client.clientIdAlias] : []),
  ...(client.discoveredByMetadataDocument && client.metadataDocumentLocation
    ? [client.metadataDocumentLocation]
    : []),
  ...(isFederated(client) && client.entityId ? [client.entityId] : []),
]

/** OIDC Core §3.1.3.6: the left half of the hash that the signature algorithm uses. */
function leftHalf(value: string, alg: string): string {
  const bits = alg === 'EdDSA' ? '512' : alg === 'ES256K' || alg === 'none' ? '256' : alg.slice(2)
  const hash = createHash(`sha${bits}`).update(value, 'ascii').digest()
  return hash.subarray(0, hash.length / 2).toString('base64url')
}

/**
 * Parses the text of a JSON object, which the operation has validated; empty without a text.
 */
export function jsonMembers(text: string | undefined): Record<string, unknown> {
  return text ? (JSON.parse(text) as Record<string, unknown>) : {}
}

const isNothing = (value: unknown) => value === null || value === undefined || value === ''

/**
 * OIDC Core §5.3.2: claims without a value are left out, not sent as null or as an empty string.
 * The same holds for the members of an address (§5.1.1).
 */
export function withValues(claims: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(claims).flatMap(([name, value]) => {
      const isAddress = name.split('#')[0] === 'address' && typeof value === 'object'
      if (!isAddress || value === null) return isNothing(value) ? [] : [[name, value]]
      const members = Object.entries(value).filter(([, member]) => !isNothing(member))
      return members.length > 0 ? [[name, Object.fromEntries(members)]] : []
    }),
  )
}

/** Like `jsonMembers`, but numbers keep their spelling, for values that are passed on. */
export function exactMembers(text: string | undefined): Record<string, unknown> {
  return text ? (parseExact(text) as Record<string, unknown>) : {}
}

/**
 * OIDC Core §3.1.2.1: the hint must be an ID Token that this service issued to the client; it may
 * have expired. Returns the expected subject: the account for a derived pairwise `sub`, else `sub`.
 */
export async function verifyIdTokenHint(
  hint: string | undefined,
  service: Service,
  client: Client,
  now: number,
): Promise<string | undefined> {
  if (hint === undefined) return undefined
  const alg = jwsAlgorithm(client.idTokenSignAlg ?? 'RS256')
  const verified = alg.startsWith('HS')
    ? await verifyWithSecrets(hint, secretKeys(service, client, now), signatureAlgorithms)
    : await verifyJwt(hint, serviceKeySet(service), signatureAlgorithms)
  if ('failure' in verified) refuse(rules.hintInvalid, verified.failure)
  if (!isOfKind('ID Token', verified)) refuse(rules.hintInvalid, 'JWT of another type')
  const { iss, aud, sub } = verified.claims
  const isOurs = isSameIdentifier(iss, service.issuer)
  const isForClient = isAudience(aud, ...clientIdentifiers(client))
  if (!isOurs || !isForClient || !isIdentifier(sub)) refuse(rules.hintInvalid, 'iss, aud or sub')
  return accountOf(service, verified.header, sub) ?? sub
}
