/** JWT assertions as authorization grants, RFC 7523 §2.1: all checks except for the signature. */

import type { Client } from '../../model/client/client.ts'
import type { Service } from '../../model/service/service.ts'
import { defineRules, refuse } from '../../refusal.ts'
import { isAudience, isIdentifier } from '../identifier.ts'
import { isOfKind } from '../jwt-kinds.ts'
import type { Parameters } from '../parameters.ts'
import {
  audiencesOf,
  type PresentedJwt,
  type Proven,
  provesPossession,
  readJwt,
  requireValidNow,
} from './presented-jwt.ts'
import { type TrustedIssuer, trustedIssuer } from './trusted-issuers.ts'

const rules = defineRules('JWT bearer', {
  clientMissing: {
    code: 'P028001',
    error: 'invalid_client',
    spec: 'RFC 7521 §4.1',
    message: 'The JWT bearer grant requires a client id.',
    fix: 'Send the `client_id`, or allow anonymous requests with assertions.',
    settings: ['service.jwtGrantByIdentifiableClientsOnly'],
  },
  assertionMissing: {
    code: 'P028002',
    error: 'invalid_request',
    spec: 'RFC 7523 §2.1',
    message: 'The parameter assertion is required.',
    fix: 'Send the `assertion` in the form of the token request.',
  },
  malformed: {
    code: 'P028003',
    error: 'invalid_grant',
    spec: 'RFC 7523 §3.1',
    message: 'The assertion is not a well-formed JWT.',
    fix: 'Send the assertion as a JWT in compact form; an unsigned one ends with a dot.',
  },
  encrypted: {
    code: 'P028004',
    error: 'invalid_grant',
    spec: 'RFC 7523 §3.1',
    message: 'Encrypted assertions are not allowed.',
    fix: 'Send the assertion without encryption, or accept encrypted ones.',
    settings: ['service.jwtGrantEncryptedJwtRejected'],
  },
  unsigned: {
    code: 'P028005',
    error: 'invalid_grant',
    spec: 'RFC 7523 §3.1',
    message: 'Unsigned assertions are not allowed.',
    fix: 'Sign the assertion, or accept unsigned ones.',
    settings: ['service.jwtGrantUnsignedJwtRejected'],
  },
  incomplete: {
    code: 'P028006',
    error: 'invalid_grant',
    spec: 'RFC 7523 §3',
    message: 'The assertion must contain iss, sub, aud and exp.',
    fix: 'Add the missing claim out of `iss`, `sub`, `aud` and `exp` to the assertion.',
  },
  audienceMismatch: {
    code: 'P028007',
    error: 'invalid_grant',
    spec: 'RFC 7523 §3',
    message: 'The aud of the assertion must be the issuer or the token endpoint of the service.',
    fix: 'Set `aud` to the issuer or to the token endpoint of the service.',
    settings: ['service.issuer', 'service.tokenEndpoint'],
  },
  expired: {
    code: 'P028008',
    error: 'invalid_grant',
    spec: 'RFC 7523 §3',
    message: 'The assertion has expired.',
    fix: 'Create an assertion for each request, and check the clock of its issuer.',
    settings: ['service.allowableClockSkew'],
  },
  notYetValid: {
    code: 'P028009',
    error: 'invalid_grant',
    spec: 'RFC 7523 §3',
    message: 'The assertion is not valid yet.',
    fix: 'Check the clock of the issuer: `nbf` and `iat` must not be in the future.',
    settings: ['service.allowableClockSkew'],
  },
  possessionUnproven: {
    code: 'P028010',
    error: 'invalid_grant',
    spec: 'RFC 7800 §3',
    message: 'Proof of possession is required: the assertion is bound to a key.',
    fix: 'Send a DPoP proof or a client certificate of the key in the `cnf` of the assertion.',
  },
  otherKind: {
    code: 'P028011',
    error: 'invalid_grant',
    spec: 'RFC 8725 §3.11',
    message: 'The assertion is a JWT of another type, such as an access token.',
    fix: 'Send a JWT that was made as an assertion, not a token or a response.',
  },
})

/** RFC 7521 §4.1: client authentication is optional unless the service requires it. */
export function requireBearer(service: Service, client: Client | undefined): void {
  if (service.jwtGrantByIdentifiableClientsOnly && !client) {
    const setting = 'service.jwtGrantByIdentifiableClientsOnly'
    refuse(rules.clientMissing, { parameter: 'client_id', setting })
  }
}

interface Assertion {
  assertion: string
  /** Its content, unless it is encrypted. */
  jwt?: PresentedJwt
  /** The issuer, if the service trusts it: then the engine decides, and not the caller. */
  issuer?: TrustedIssuer | undefined
}

/**
 * RFC 7523 §3. Checks all but the signature, which the keys of a trusted issuer or the caller
 * verify. The caller decrypts an encrypted assertion.
 */
export async function requireAssertion(
  parameters: Parameters,
  proven: Proven,
  service: Service,
  now: number,
): Promise<Assertion> {
  const assertion =
    parameters.get('assertion') ?? refuse(rules.assertionMissing, { parameter: 'assertion' })
  const jwt = readJwt(assertion, rules, {
    encrypted: service.jwtGrantEncryptedJwtRejected,
    unsigned: service.jwtGrantUnsignedJwtRejected,
  })
  if (!jwt) return { assertion }
  const { iss, sub, aud, exp } = jwt.claims
  if (!isIdentifier(iss) || !isIdentifier(sub))
    refuse(rules.incomplete, { parameter: 'assertion', note: 'It has no iss or no sub.' })
  const audiences = audiencesOf(aud) ?? refuse(rules.incomplete, { parameter: 'assertion.aud' })
  if (exp === undefined) refuse(rules.incomplete, { parameter: 'assertion.exp' })
  if (!isOfKind('assertion', jwt)) refuse(rules.otherKind)
  const issuer = trustedIssuer(service, iss, 'jwt-bearer', 'id-jag')
  const expected = [service.issuer, service.tokenEndpoint, ...(issuer?.audiences ?? [])]
  if (!isAudience(audiences, ...expected)) {
    refuse(rules.audienceMismatch, { parameter: 'assertion.aud', given: audiences, expected })
  }
  requireValidNow(jwt, rules, service, now)
  if (!(await provesPossession(jwt.claims['cnf'], proven))) refuse(rules.possessionUnproven)
  return { assertion, jwt, issuer }
}
