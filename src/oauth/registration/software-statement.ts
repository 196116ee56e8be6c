/**
 * Software statements, RFC 7591 §2.3: client metadata in a JWT from a trusted issuer.
 */
import { type KeySet, publicKeySetOf } from '../../jose/key-set.ts'
import { serviceKeySet } from '../../jose/service-key-set.ts'
import { asymmetricAlgorithms } from '../../jose/signature-algorithm.ts'
import { unverifiedClaims, verifyJwt } from '../../jose/verify.ts'
import type { Service } from '../../model/service/service.ts'
import { defineRules, refuse } from '../../refusal.ts'
import { effectiveSeconds } from '../duration.ts'
import { isAudience, isIdentifier } from '../identifier.ts'
import { isOfKind } from '../jwt-kinds.ts'

const rules = defineRules('Software statement', {
  unverified: {
    code: 'P088101',
    error: 'invalid_software_statement',
    spec: 'RFC 7591 §3.2.2',
    message: 'The software statement must be a JWT signed by a trusted issuer of the service.',
    fix: 'Sign the software statement by an asymmetric algorithm with a key of an issuer that the service trusts.',
    settings: ['service.trustAnchors'],
  },
  expired: {
    code: 'P088102',
    error: 'invalid_software_statement',
    spec: 'RFC 7591 §3.2.2',
    message: 'The software statement has expired or is not valid yet.',
    fix: 'Get a new software statement, and check the clocks.',
    settings: ['service.allowableClockSkew'],
  },
  unapproved: {
    code: 'P088103',
    error: 'unapproved_software_statement',
    spec: 'RFC 7591 §3.2.2',
    message: 'The software statement was issued for another authorization server.',
    fix: 'Get a software statement whose `aud` is the issuer of the service.',
    settings: ['service.issuer'],
  },
  otherKind: {
    code: 'P088104',
    error: 'invalid_software_statement',
    spec: 'RFC 8725 §3.11',
    message: 'The software statement is a JWT of another type, such as an access token.',
    fix: 'Send a JWT that was made as a software statement.',
  },
})

/** Claims about the statement itself, not about the client. */
const ownClaims = ['iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti']

/**
 * The metadata of a request, overridden by those of its software statement, RFC 7591 §3.1.1. The
 * issuer of the statement must be the service itself or one of its trust anchors.
 */
export async function withSoftwareStatement(
  metadata: Record<string, unknown>,
  service: Service,
  now: number,
): Promise<Record<string, unknown>> {
  const { software_statement: statement } = metadata
  if (statement === undefined || statement === null) return metadata
  if (typeof statement !== 'string') refuse(rules.unverified, 'not a string')
  const keys = keysOf(service, unverifiedClaims(statement)?.['iss'])
  if (!keys) refuse(rules.unverified, 'unknown issuer')
  const verified = await verifyJwt(statement, keys, asymmetricAlgorithms)
  if ('failure' in verified) refuse(rules.unverified, verified.failure)
  if (!isOfKind('software statement', verified)) refuse(rules.otherKind)
  const { aud, exp, nbf } = verified.claims
  const seconds = now / 1000
  const skew = effectiveSeconds(service, 'allowableClockSkew')
  const isTime = (value: unknown) => value === undefined || typeof value === 'number'
  if (!isTime(exp) || !isTime(nbf)) refuse(rules.expired)
  if (Number(exp ?? seconds + 1) + skew <= seconds || Number(nbf ?? 0) > seconds + skew) {
    refuse(rules.expired)
  }
  if (aud !== undefined && !isAudience(aud, service.issuer)) refuse(rules.unapproved)
  const stated = Object.entries(verified.claims).filter(([name]) => !ownClaims.includes(name))
  return { ...metadata, ...Object.fromEntries(stated), software_statement: statement }
}

function keysOf(service: Service, issuer: unknown): KeySet | undefined {
  if (!isIdentifier(issuer)) return undefined
  if (issuer === service.issuer) return serviceKeySet(service)
  const anchor = service.trustAnchors?.find(({ entityId }) => entityId === issuer)
  return anchor && publicKeySetOf(anchor, anchor.jwks)
}
