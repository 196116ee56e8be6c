/** Entity statements: signed JWTs about an entity. OpenID Federation §3. */
import type { JWK } from 'jose'
import { isPrivate, isQuickKey, type KeySet, keySetFrom } from '../../jose/key-set.ts'
import { asymmetricAlgorithms } from '../../jose/signature-algorithm.ts'
import { headerOf, payloadText, verifyJwt } from '../../jose/verify.ts'
import { parseJson } from '../../model/json.ts'
import { defineRules, refuse } from '../../refusal.ts'
import { isOfKind } from '../jwt-kinds.ts'
import { isEntityId } from './entity-id.ts'
import { claimProblem, headerProblem, type StatementKind } from './statement-claims.ts'

const rules = defineRules('Entity statement', {
  malformed: {
    code: 'P135001',
    error: 'invalid_trust_chain',
    spec: 'OpenID Federation §3.1',
    message: 'The entity statement is not a well-formed signed JWT of at most 32 KB.',
    fix: 'Send the entity statement as a signed JWT in compact form, at most 32 KB long.',
  },
  type: {
    code: 'P135002',
    error: 'invalid_trust_chain',
    spec: 'OpenID Federation §3.1',
    message: 'The typ of an entity statement must be entity-statement+jwt.',
    fix: 'Set `typ` of the entity statement to `entity-statement+jwt`.',
  },
  algorithm: {
    code: 'P135003',
    error: 'invalid_trust_chain',
    spec: 'OpenID Federation §3.1.3',
    message: 'The entity statement must be signed with an asymmetric algorithm.',
    fix: 'Sign the entity statement with an asymmetric algorithm such as ES256.',
  },
  keyId: {
    code: 'P135004',
    error: 'invalid_trust_chain',
    spec: 'OpenID Federation §3.1.3',
    message: 'The entity statement must name its key with a kid.',
    fix: 'Name the key in the header with a `kid` of at most 255 characters.',
  },
  identifiers: {
    code: 'P135005',
    error: 'invalid_trust_chain',
    spec: 'OpenID Federation §1.2',
    message: 'The iss and sub of an entity statement must be entity identifiers.',
    fix: 'Set `iss` and `sub` to entity identifiers: https URLs without query and fragment.',
  },
  notYetValid: {
    code: 'P135006',
    error: 'invalid_trust_chain',
    spec: 'OpenID Federation §3.1.3',
    message: 'The entity statement was issued in the future.',
    fix: 'Check the clock of the issuer of the entity statement.',
    settings: ['service.allowableClockSkew'],
  },
  expired: {
    code: 'P135007',
    error: 'invalid_trust_chain',
    spec: 'OpenID Federation §3.1.3',
    message: 'The entity statement has expired.',
    fix: 'Let the issuer publish a new entity statement, and send that one.',
    settings: ['service.allowableClockSkew'],
  },
  lifetime: {
    code: 'P135008',
    error: 'invalid_trust_chain',
    spec: 'OpenID Federation §3.1.1',
    message: 'The entity statement must have an iat, and an exp within five years.',
    fix: 'Add `iat` and `exp` as numbers, at most five years apart.',
  },
  keys: {
    code: 'P135009',
    error: 'invalid_trust_chain',
    spec: 'OpenID Federation §3.1.1',
    message: 'The jwks of an entity statement must have 1 to 20 public keys with distinct kids.',
    fix: 'Publish 1 to 20 public keys in `jwks`, each with a `kid` of its own, and RSA keys of at least 2048 bits.',
  },
  claim: {
    code: 'P135010',
    error: 'invalid_trust_chain',
    spec: 'OpenID Federation §3.1.3',
    message:
      'The entity statement has a claim or header parameter that is malformed or not for this kind.',
    fix: 'Correct or remove the claim or header parameter that the evidence names.',
  },
})

export interface Statement {
  text: string
  header: Record<string, unknown>
  claims: Record<string, unknown>
  issuer: string
  subject: string
  /** Milliseconds since the Unix epoch. */
  issuedAt: number
  expiresAt: number
  keyId: string
  /** The federation keys of the subject. */
  keys: KeySet
}

const longest = 5 * 366 * 86_400

/** In characters: a registration may have trust chains in its header. */
export const longestRegistration = 192 * 1024

const keyLimit = 20

/**
 * Reads a statement. Its signature and whether it is in time are not checked. A `registration` is
 * the configuration of an entity that registers explicitly, which names its receiver.
 */
export function readStatement(text: string, isRegistration = false): Statement {
  const header = headerOf(text, isRegistration ? longestRegistration : undefined)
  const claims = header && claimsOf(text)
  if (!header || !claims) return refuse(rules.malformed)
  if (!isOfKind('entity statement', { header, claims })) refuse(rules.type)
  const { alg, kid } = header
  if (!asymmetricAlgorithms.some((each) => each === alg)) {
    refuse(rules.algorithm, String(alg).slice(0, 20))
  }
  if (typeof kid !== 'string' || kid === '' || kid.length > 255) return refuse(rules.keyId)
  const { iss, sub, iat, exp } = claims
  if (!isEntityId(iss) || !isEntityId(sub)) return refuse(rules.identifiers)
  const isTimed = isTime(iat) && isTime(exp) && exp - iat <= longest
  if (!isTimed) return refuse(rules.lifetime, sub)
  const kind: StatementKind =
    iss === sub ? (isRegistration ? 'registration' : 'configuration') : 'subordinate'
  const problem = claimProblem(kind, claims) ?? headerProblem(kind, header)
  if (problem) refuse(rules.claim, `${sub}: ${problem}`)
  const keys = statementKeys(claims['jwks']) ?? refuse(rules.keys, sub)
  const times = { issuedAt: millisecondsOf(iat), expiresAt: millisecondsOf(exp) }
  return { text, header, claims, issuer: iss, subject: sub, ...times, keyId: kid, keys }
}

/** A time that is not before 1970 and that databases can store, RFC 7519 §2. */
export const isTime = (value: unknown): value is number =>
  typeof value === 'number' && value >= 0 && value <= latest

const latest = 8_640_000_000_000

/** Times may have fractions of seconds. */
export const millisecondsOf = (seconds: number): number => Math.floor(seconds * 1_000)

function claimsOf(text: string): Record<string, unknown> | undefined {
  try {
    const claims = parseJson(payloadText(text))
    const isObject = typeof claims === 'object' && claims !== null && !Array.isArray(claims)
    return isObject ? (claims as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

/** The keys of a `jwks` claim; undefined if it is not a set of public keys that are told apart. */
export function statementKeys(jwks: unknown): KeySet | undefined {
  const listed = Object(jwks) as { keys?: unknown }
  const keys: unknown[] = Array.isArray(listed.keys) ? listed.keys : []
  if (keys.length === 0 || keys.length > keyLimit || !keys.every(isStatementKey)) return undefined
  return new Set(keys.map(({ kid }) => kid)).size === keys.length ? keySetFrom(keys) : undefined
}

/** RSA keys have 2,048 bits or more, RFC 7518 §3.3. */
const smallestModulus = 2_048

/** The length without leading zeros, which would make a small number look large. */
function bitsOf(modulus: string): number {
  const bytes = Buffer.from(modulus, 'base64url')
  const first = bytes.findIndex((byte) => byte !== 0)
  return first < 0 ? 0 : (bytes.length - first) * 8 - Math.clz32(bytes[first] ?? 0) + 24
}

function isStatementKey(value: unknown): value is JWK {
  if (typeof value !== 'object' || value === null) return false
  const key = value as JWK
  if (typeof key.kid !== 'string' || key.kid === '' || isPrivate(key)) return false
  if (key.kty !== 'RSA') return typeof key.kty === 'string'
  return typeof key.n === 'string' && isQuickKey(key) && bitsOf(key.n) >= smallestModulus
}

/** Refuses a statement that is not valid at a time. `now` and `skew` are in milliseconds. */
export function requireInTime(statement: Statement, now: number, skew: number): void {
  const { subject, issuedAt, expiresAt } = statement
  if (issuedAt > now + skew) refuse(rules.notYetValid, subject)
  if (expiresAt <= now - skew) refuse(rules.expired, subject)
}

/** Whether the key that a statement or trust mark names has signed it. Its length was checked. */
export async function isSignedBy(
  { text, keyId }: Pick<Statement, 'text' | 'keyId'>,
  keys: KeySet,
): Promise<boolean> {
  if (!keys.keys.some(({ kid }) => kid === keyId)) return false
  return !('failure' in (await verifyJwt(text, keys, asymmetricAlgorithms, longestRegistration)))
}

/** The entity identifiers of a list claim, such as `authority_hints`. */
export const listOf = ({ claims }: Statement, name: string): readonly string[] =>
  Array.isArray(claims[name]) ? (claims[name] as string[]) : []
