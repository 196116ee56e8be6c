/**
 * The `id_token_hint` of a logout request, OIDC RP-Initiated Logout §2. An invalid hint is not an
 * error: the request continues as if it had none. These refusals are reasons for operators.
 */
import { encryptionHeaderOf } from '../../jose/decrypt.ts'
import { includesAlgorithm } from '../../jose/key-set.ts'
import { signatureAlgorithms } from '../../jose/signature-algorithm.ts'
import { headerOf, type Unverified, unverifiedClaims, type Verified } from '../../jose/verify.ts'
import type { Client } from '../../model/client/client.ts'
import type { Service } from '../../model/service/service.ts'
import { defineRules, refuse } from '../../refusal.ts'
import { audiencesOf } from '../grants/presented-jwt.ts'
import { isAudience, isIdentifier, isSameIdentifier } from '../identifier.ts'
import { isOfKind } from '../jwt-kinds.ts'
import { clientIdentifiers } from '../tokens/id-token.ts'
import { accountOf } from '../tokens/pairwise-account.ts'

const spec = 'OIDC RP-Initiated Logout §2'

const rules = defineRules('Logout hint', {
  malformed: {
    code: 'P094006',
    error: 'invalid_request',
    spec,
    message: 'The id_token_hint is not a well-formed JWT.',
    fix: 'Send the ID Token as it was issued, in compact form, or omit `id_token_hint`.',
  },
  type: {
    code: 'P094007',
    error: 'invalid_request',
    spec: 'OIDC Back-Channel Logout §4.1',
    message: 'The id_token_hint is a JWT of another type: use an ID Token.',
    fix: 'Send an ID Token as `id_token_hint`, not an access token or a Logout Token.',
  },
  algorithm: {
    code: 'P094008',
    error: 'invalid_request',
    spec: 'RFC 8725 §3.1',
    message: 'The id_token_hint is not signed with a supported algorithm.',
    fix: 'Register a signature algorithm for ID Tokens of the client, or omit `id_token_hint`.',
    settings: ['client.idTokenSignAlg'],
  },
  key: {
    code: 'P094009',
    error: 'invalid_request',
    spec,
    message: 'The id_token_hint cannot be decrypted or verified with the current keys.',
    fix: 'Keep the key that signed the ID Token in the key set of the service, or omit `id_token_hint`.',
    settings: [
      'service.jwks',
      'service.ext.keys.overlap',
      'client.idTokenSignAlg',
      'client.idTokenEncryptionAlg',
    ],
  },
  issuer: {
    code: 'P094010',
    error: 'invalid_request',
    spec,
    message: 'The id_token_hint was issued by another server.',
    fix: 'Send an ID Token of this service, or set the issuer back that the ID Token has.',
    settings: ['service.issuer'],
  },
  client: {
    code: 'P094011',
    error: 'invalid_request',
    spec,
    message: 'The id_token_hint does not name exactly one client of the service.',
    fix: 'Send `client_id` beside the hint, and an ID Token whose `aud` names a client that still exists.',
  },
})

/** Audiences that are looked up: an ID Token of Postern has one. */
const audienceLimit = 5

/** An ID Token before its verification. */
export interface UnverifiedHint {
  jwt: string
  /** Whether the key is a client's secret, OIDC Core §10.1. */
  isSymmetric: boolean
  audiences: string[]
  authorizedParty: string | undefined
}

/** The login that a valid hint is about. */
export interface HintedLogin {
  /** The subject as the client knows it. */
  sub: string
  /** The account: the same, unless `sub` is a derived pairwise subject, OIDC Core §8.1. */
  subject: string
  sid: string | undefined
  aud: string[]
  claims: Record<string, unknown>
  /** Whether the client could have signed it too, with its secret: OIDC Core §10.1. */
  isSymmetric: boolean
}

/** Whether the text has the form of a JWE. Refuses one without a valid header. */
export function isEncryptedHint(text: string): boolean {
  if (text.split('.', 6).length !== 5) return false
  if (!encryptionHeaderOf(text)) refuse(rules.malformed)
  return true
}

export const requireDecryptedHint = (text: string | undefined): string =>
  text ?? refuse(rules.key, 'not decrypted')

/** OIDC Back-Channel Logout §4.1: the JWT must be an ID Token. An unsigned one is not accepted. */
export function readHint(jwt: string): UnverifiedHint {
  const [header, claims] = [headerOf(jwt), unverifiedClaims(jwt)]
  if (!header || !claims) refuse(rules.malformed)
  const isIdToken = isOfKind('ID Token', { header, claims }) && isIdentifier(claims['sub'])
  if (!isIdToken) refuse(rules.type)
  const alg = String(header['alg'])
  if (!includesAlgorithm(signatureAlgorithms, alg)) refuse(rules.algorithm, alg.slice(0, 20))
  const { aud, azp } = claims
  return {
    jwt,
    isSymmetric: alg.startsWith('HS'),
    audiences: audiencesOf(aud) ?? [],
    authorizedParty: isIdentifier(azp) ? azp : undefined,
  }
}

/** The names among which the client is searched; an excess is an ID Token of another server. */
export const namesToFind = ({ audiences }: UnverifiedHint): string[] =>
  audiences.length <= audienceLimit ? audiences : refuse(rules.client, 'too many audiences')

/**
 * The client: the one that the request names, if it is in the audience; else the only client in the
 * audience; else the authorized party (OIDC Core §2).
 */
export function chooseHintedClient(
  { audiences, authorizedParty }: UnverifiedHint,
  requested: Client | undefined,
  found: readonly { name: string; client: Client }[],
): Client {
  if (requested && isAudience(audiences, ...clientIdentifiers(requested))) return requested
  const numbers = new Set(found.map(({ client }) => client.clientId))
  const only = numbers.size === 1 ? found[0] : found.find(({ name }) => name === authorizedParty)
  return only?.client ?? refuse(rules.client, `${numbers.size} clients in the audience`)
}

/**
 * What a hint with a verified signature says. `exp` and the age of `iat` are ignored, because the
 * session decides: OIDC RP-Initiated Logout §2.
 */
export function hintedLogin(verified: Verified | Unverified, service: Service): HintedLogin {
  if ('failure' in verified) refuse(rules.key, verified.failure)
  const { iss, sub, sid, aud } = verified.claims
  if (!isSameIdentifier(iss, service.issuer)) refuse(rules.issuer)
  if (!isIdentifier(sub)) refuse(rules.type)
  return {
    sub,
    subject: accountOf(service, verified.header, sub) ?? sub,
    sid: isIdentifier(sid) ? sid : undefined,
    aud: audiencesOf(aud) ?? [],
    claims: verified.claims,
    isSymmetric: String(verified.header['alg']).startsWith('HS'),
  }
}
