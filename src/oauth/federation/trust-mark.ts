/** Trust marks of entities and the delegations in them, OpenID Federation §7. */
import { type KeySet, keySetFrom } from '../../jose/key-set.ts'
import { asymmetricAlgorithms } from '../../jose/signature-algorithm.ts'
import { headerOf, unverifiedClaims } from '../../jose/verify.ts'
import { isOfKind } from '../jwt-kinds.ts'
import { isEntityId } from './entity-id.ts'
import {
  isSignedBy,
  isTime,
  millisecondsOf,
  type Statement,
  statementKeys,
} from './entity-statement.ts'

export interface TrustMark {
  text: string
  keyId: string
  issuer: string
  subject: string
  type: string
  /** Milliseconds since the Unix epoch. */
  issuedAt: number
  /** Infinite if the mark does not expire. */
  expiresAt: number
  /** The delegation by the owner of the type, as it came. */
  delegation: unknown
  /** A trust chain of its issuer that comes with it, §4.3. */
  chain: readonly string[] | undefined
}

/** What a trust anchor says about the trust marks of one type, §3.1.2. */
interface Authority {
  /** The entities that may issue them; empty: every entity of the federation. */
  issuers: readonly string[]
  owner?: { id: string; keys: KeySet } | undefined
}

type Kind = 'trust mark' | 'trust mark delegation'

/** Reads a mark. Its signature and whether it is in time are not checked. */
export function readTrustMark(text: string, kind: Kind = 'trust mark'): TrustMark | undefined {
  const header = headerOf(text)
  const claims = header && unverifiedClaims(text)
  if (!header || !claims || !isOfKind(kind, { header, claims })) return undefined
  const { alg, kid, trust_chain: chain } = header
  const { iss, sub, trust_mark_type: type, iat, exp, delegation } = claims
  const isSigned = asymmetricAlgorithms.some((each) => each === alg) && isText(kid)
  if (!isSigned || !isText(type) || !isEntityId(iss) || !isEntityId(sub)) return undefined
  if (!isTime(iat) || !(exp === undefined || isTime(exp))) return undefined
  return {
    text,
    keyId: kid,
    issuer: iss,
    subject: sub,
    type,
    issuedAt: millisecondsOf(iat),
    expiresAt: exp === undefined ? Number.POSITIVE_INFINITY : millisecondsOf(exp),
    delegation,
    chain: Array.isArray(chain) && chain.every(isString) ? chain : undefined,
  }
}

const isString = (value: unknown): value is string => typeof value === 'string'
const isText = (value: unknown): value is string =>
  isString(value) && value !== '' && value.length <= 2_048

/** The marks in the configuration of an entity, those of the types first, up to ten. */
export function marksOf(configuration: Statement, first: readonly string[]): readonly TrustMark[] {
  const { trust_marks: listed = [] } = configuration.claims as { trust_marks?: readonly Listed[] }
  const isFirst = ({ trust_mark_type: type }: Listed) => first.includes(type)
  return [...listed.filter(isFirst), ...listed.filter((each) => !isFirst(each))]
    .slice(0, mostMarks)
    .flatMap(({ trust_mark: text }) => readTrustMark(text) ?? [])
}

const mostMarks = 10

interface Listed {
  trust_mark_type: string
  trust_mark: string
}

/** What the configuration of a trust anchor says about a type; undefined if it is unknown there. */
export function authorityOver(type: string, { claims }: Statement): Authority | undefined {
  const issuers = memberOf(claims['trust_mark_issuers'], type) as readonly string[] | undefined
  if (issuers === undefined) return undefined
  const owner = memberOf(claims['trust_mark_owners'], type) as Owner | undefined
  if (!owner) return { issuers }
  return { issuers, owner: { id: owner.sub, keys: statementKeys(owner.jwks) ?? noKeys } }
}

const noKeys = keySetFrom([])

interface Owner {
  sub: string
  jwks: unknown
}

/** Types are any texts, also names of prototypes. */
const memberOf = (claim: unknown, name: string): unknown =>
  typeof claim === 'object' && claim !== null && Object.hasOwn(claim, name)
    ? (claim as Record<string, unknown>)[name]
    : undefined

export interface MarkOptions {
  /** The configuration of the trust anchor, which its pinned keys have signed. */
  anchor: Statement
  /** The federation keys of the issuer of the mark. */
  keys: KeySet
  /** Milliseconds since the Unix epoch, and by which clocks may differ. */
  now: number
  skew: number
}

/** Why a mark is not valid before its issuer is known; undefined if it may be valid. */
export function markProblem(
  mark: TrustMark,
  subject: string,
  { anchor, now, skew }: Omit<MarkOptions, 'keys'>,
): string | undefined {
  const authority = authorityOver(mark.type, anchor)
  if (mark.subject !== subject) return 'it is about another entity'
  if (!authority) return 'its type is not known to the trust anchor'
  const { issuers, owner } = authority
  if (issuers.length > 0 && !issuers.includes(mark.issuer)) {
    return 'the trust anchor does not trust its issuer'
  }
  if (owner && mark.delegation === undefined) return 'the owner of its type has not delegated it'
  return timeProblem(mark, now, skew)
}

function timeProblem(mark: TrustMark, now: number, skew: number): string | undefined {
  if (mark.issuedAt > now + skew) return 'it was issued in the future'
  return mark.expiresAt <= now - skew ? 'it has expired' : undefined
}

/** Why a mark is not valid, by the keys of its issuer, §7.3; undefined if it is. */
export async function signatureProblem(
  mark: TrustMark,
  { anchor, keys, now, skew }: MarkOptions,
): Promise<string | undefined> {
  if (!(await isSignedBy(mark, keys))) return 'no key of its issuer has signed it'
  if (mark.delegation === undefined) return undefined
  const delegation = delegationOf(mark)
  const owner = authorityOver(mark.type, anchor)?.owner
  const isDelegated =
    delegation &&
    owner &&
    delegation.issuer === owner.id &&
    delegation.subject === mark.issuer &&
    delegation.type === mark.type &&
    timeProblem(delegation, now, skew) === undefined &&
    (await isSignedBy(delegation, owner.keys))
  return isDelegated ? undefined : 'its delegation is not valid'
}

/** The delegation in a mark, §7.2.1. */
const delegationOf = ({ delegation }: TrustMark): TrustMark | undefined =>
  typeof delegation === 'string' ? readTrustMark(delegation, 'trust mark delegation') : undefined

/** When a mark ends: with its delegation, if that is earlier. */
export const endOf = (mark: TrustMark): number =>
  Math.min(mark.expiresAt, delegationOf(mark)?.expiresAt ?? Number.POSITIVE_INFINITY)
