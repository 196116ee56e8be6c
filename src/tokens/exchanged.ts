/** Tokens that a token exchange presents: found or verified. RFC 8693 §2.2.2 */
import type { ServiceContext } from '../context.ts'
import { serviceKeySet } from '../jose/service-key-set.ts'
import { asymmetricAlgorithms } from '../jose/signature-algorithm.ts'
import { verifyJwt } from '../jose/verify.ts'
import type { Client } from '../model/client/client.ts'
import type { Grant } from '../model/grant.ts'
import { type PresentedJwt, provesPossession } from '../oauth/grants/presented-jwt.ts'
import {
  readExchangedJwt,
  requireAsymmetric,
  requireListedIssuer,
  requireOwnToken,
  requirePossession,
  requireVerified,
} from '../oauth/grants/token-exchange.ts'
import { isSameIdentifier } from '../oauth/identifier.ts'
import { confirmationOf } from '../oauth/tokens/access-token.ts'
import { findIssuerKeys } from './foreign-issuer.ts'
import type { OpenRequest } from './ticket.ts'

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
