/** Tokens that a token exchange presents: found or verified. RFC 8693 §2.2.2 */
import type { ServiceContext } from '../../context.ts'
import { serviceKeySet } from '../../jose/service-key-set.ts'
import { asymmetricAlgorithms } from '../../jose/signature-algorithm.ts'
import { unverifiedClaims, verifyJwt } from '../../jose/verify.ts'
import type { Client } from '../../model/client/client.ts'
import type { TokenType } from '../../model/enums.ts'
import type { Grant } from '../../model/grant.ts'
import { actorClaims } from '../../oauth/grants/actors.ts'
import { type Party, subjectOfTrusted } from '../../oauth/grants/delegation.ts'
import { type PresentedJwt, provesPossession } from '../../oauth/grants/presented-jwt.ts'
import {
  readExchangedJwt,
  requireAddressed,
  requireAsymmetric,
  requireListedIssuer,
  requireOwnToken,
  requirePossession,
  requireVerified,
} from '../../oauth/grants/token-exchange.ts'
import { algorithmsOf, authenticationIn } from '../../oauth/grants/trusted-assertion.ts'
import { type TrustedIssuer, trustedIssuer } from '../../oauth/grants/trusted-issuers.ts'
import { isSameIdentifier } from '../../oauth/identifier.ts'
import { confirmationOf, tokenHash } from '../../oauth/tokens/access-token.ts'
import { clientIdentifier, clientIdentifiers } from '../../oauth/tokens/id-token.ts'
import { subjectForResources } from '../../oauth/tokens/subject.ts'
import type { OpenRequest } from '../ticket.ts'
import { findIssuerKeys } from './foreign-issuer.ts'
import { verifyTrusted } from './trusted-issuer.ts'

/** What access and refresh tokens have in common. */
export interface TokenRow {
  clientId: number
  subject: string | null
  sessionId: string | null
  expiresAt: number
  data: { grant: Grant }
}

/** An active token of this service, with its client. A bound one requires proof of possession. */
export async function requireActive<T extends TokenRow>(
  { proven }: OpenRequest,
  { service, documents, now }: ServiceContext,
  row: T | undefined,
): Promise<{ row: T; client: Client; grant: Grant }> {
  const live = requireOwnToken(row && row.expiresAt > now ? row : undefined)
  const client = await documents.client(service.apiKey, live.clientId)
  const own = requireOwnToken(client?.locked ? undefined : client)
  const { grant } = live.data
  requirePossession(await provesPossession(confirmationOf(grant).cnf, proven))
  return { row: live, client: own, grant }
}

/**
 * Verifies all ID Tokens, which must come from this service or a listed issuer, and all JWTs with
 * the issuer of this service. The caller verifies other JWTs. Undefined for an encrypted one.
 */
export async function checkExchangedJwt(
  { proven }: OpenRequest,
  context: ServiceContext,
  text: string,
  type: 'JWT' | 'ID_TOKEN',
): Promise<PresentedJwt | undefined> {
  const { service, now } = context
  const jwt = readExchangedJwt(text, type, service, now)
  if (!jwt) return undefined
  requirePossession(await provesPossession(jwt.claims['cnf'], proven))
  if (jwt.alg === 'none') return jwt
  const { iss } = jwt.claims
  const isOurs = isSameIdentifier(iss, service.issuer)
  if (type === 'JWT' && !isOurs) return jwt
  requireAsymmetric(jwt)
  const keys = isOurs
    ? serviceKeySet(service)
    : await findIssuerKeys(context, requireListedIssuer(String(iss), service))
  requireVerified(await verifyJwt(text, keys, asymmetricAlgorithms))
  return jwt
}

/** A token that the engine can exchange: what it is about, and what it allows. */
export interface Presented extends Party {
  /** The user at this service; undefined for a token of a client for itself. */
  subject: string | undefined
  /** The client that an access token of this service was issued to. */
  owner: Client | undefined
  /** The trusted issuer of a JWT. */
  issuer: TrustedIssuer | undefined
  /** Undefined if the token does not limit them. */
  scopes: readonly string[] | undefined
  resources: string[]
  act: unknown
  mayAct: unknown
  /** Milliseconds since the epoch. */
  expiresAt: number
  grant: Pick<Grant, 'acr' | 'authTime' | 'sessionId'>
  /** What the token is bound to, RFC 7800: the request has proven possession of it. */
  cnf: unknown
}

/** Undefined for tokens about which the caller decides. `from` is the parameter with the token. */
export async function findPresented(
  request: OpenRequest,
  context: ServiceContext,
  token: string,
  type: TokenType | undefined,
  from: 'subject_token' | 'actor_token',
): Promise<Presented | undefined> {
  if (type === 'ACCESS_TOKEN') return presentedAccessToken(request, context, token)
  const isJwt = type === 'JWT' || type === 'ID_TOKEN'
  const named = isJwt ? unverifiedClaims(token)?.['iss'] : undefined
  const issuer = trustedIssuer(context.service, named, 'token-exchange')
  if (!isJwt || !issuer) return undefined
  return presentedJwt(request, context, { token, type, issuer, from })
}

async function presentedAccessToken(
  request: OpenRequest,
  context: ServiceContext,
  token: string,
): Promise<Presented> {
  const { service, store } = context
  const found = await store.accessTokens.find(service.apiKey, tokenHash(token))
  const { row, client, grant } = await requireActive(request, context, found)
  const subject = row.subject ?? undefined
  const { act, may_act: mayAct } = actorClaims(grant)
  const clientIds = clientIdentifiers(client)
  const sub =
    subject === undefined
      ? clientIdentifier(client, grant)
      : subjectForResources(service, client, grant, subject)
  return {
    subject,
    owner: client,
    issuer: undefined,
    subs: [sub],
    iss: service.issuer,
    clientIds,
    scopes: grant.scopes,
    resources: grant.resources,
    act,
    mayAct,
    expiresAt: row.expiresAt,
    grant: { ...grant, sessionId: row.sessionId ?? undefined },
    cnf: confirmationOf(grant).cnf,
  }
}

interface TrustedToken {
  token: string
  type: 'JWT' | 'ID_TOKEN'
  issuer: TrustedIssuer
  from: string
}

/** Undefined for an encrypted JWT. */
async function presentedJwt(
  { client, proven }: OpenRequest,
  context: ServiceContext,
  { token, type, issuer, from }: TrustedToken,
): Promise<Presented | undefined> {
  const { service, now } = context
  const jwt = readExchangedJwt(token, type, service, now)
  if (!jwt) return undefined
  requireAddressed(jwt, service, issuer)
  requirePossession(await provesPossession(jwt.claims['cnf'], proven))
  requireAsymmetric(jwt)
  const algorithms = algorithmsOf(service, client, issuer)
  requireVerified(await verifyTrusted(context, issuer, token, algorithms))
  const { claims } = jwt
  const { scope, act, may_act: mayAct, exp } = claims
  const named = typeof scope === 'string' ? scope.split(' ') : undefined
  const allowed = issuer.scopes
  return {
    subject: subjectOfTrusted(issuer, claims, from),
    owner: undefined,
    issuer,
    subs: [String(claims['sub'])],
    iss: issuer.issuer,
    clientIds: [],
    scopes: allowed && named ? named.filter((each) => allowed.includes(each)) : (named ?? allowed),
    resources: [],
    act,
    mayAct,
    expiresAt: Number(exp) * 1000,
    grant: authenticationIn(claims),
    cnf: claims['cnf'],
  }
}
