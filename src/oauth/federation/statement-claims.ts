/** The claims of entity statements by their kinds, OpenID Federation §3.1. */
import { unverifiedClaims } from '../../jose/verify.ts'
import { isUrl } from '../../model/url.ts'
import { isConstraintName } from './constraints.ts'
import { isEntityId } from './entity-id.ts'

/**
 * What a statement is: the configuration of an entity about itself, such a configuration that is
 * sent to register (§12.2.1), or the statement of a superior about a subordinate.
 */
export type StatementKind = 'configuration' | 'registration' | 'subordinate'

interface Claim {
  /** The kinds of statements that may have the claim. */
  in: readonly StatementKind[]
  isValid: (value: unknown) => boolean
}

type Json = Readonly<Record<string, unknown>>

export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isListOf =
  (isItem: (value: unknown) => boolean, longest: number) =>
  (value: unknown): boolean =>
    Array.isArray(value) && value.length <= longest && value.every(isItem)

const isText = (value: unknown) => typeof value === 'string' && value !== ''

/** Longer lists are not read. Of many superiors, only the first are asked. */
const mostHints = 1_000
const mostMarks = 200
const mostTypes = 100

const isHints = (value: unknown) =>
  Array.isArray(value) && value.length > 0 && isListOf(isEntityId, mostHints)(value)

/** Copies of an object with a member of this name would inherit what no rule has checked. */
const isPlain = (value: unknown): value is Json =>
  isObject(value) && !Object.hasOwn(value, '__proto__')

const isByType = (isMember: (value: unknown) => boolean) => (value: unknown) =>
  isPlain(value) && Object.values(value).every(isMember)

/** §5: by entity type, objects whose members are not null. */
const hasNoNull = (value: unknown) =>
  isPlain(value) && Object.values(value).every((member) => member !== null)

const isMetadata = (value: unknown) =>
  isByType(hasNoNull)(value) && Object.keys(Object(value)).length <= mostTypes

/** §3.1.3: the type is that of the trust mark itself. */
function isMark(value: unknown): boolean {
  if (!isObject(value)) return false
  const { trust_mark_type: type, trust_mark: mark } = value
  return (
    isText(type) && isText(mark) && unverifiedClaims(String(mark))?.['trust_mark_type'] === type
  )
}

const isOwner = (value: unknown) =>
  isObject(value) &&
  isEntityId(value['sub']) &&
  isObject(value['jwks']) &&
  Array.isArray(value['jwks']['keys'])

/** §6.2: members that are not understood are ignored. */
function isConstraints(value: unknown): boolean {
  if (!isObject(value)) return false
  const { max_path_length: length, naming_constraints: names, allowed_entity_types: types } = value
  const isNames = (list: unknown) =>
    list === undefined || isListOf(isConstraintName, mostHints)(list)
  const areNames = isObject(names) && isNames(names['permitted']) && isNames(names['excluded'])
  return (
    (length === undefined || (Number.isSafeInteger(length) && Number(length) >= 0)) &&
    (names === undefined || areNames) &&
    (types === undefined || isListOf(isText, mostHints)(types))
  )
}

const never = () => false
const own: readonly StatementKind[] = ['configuration', 'registration']
const every: readonly StatementKind[] = [...own, 'subordinate']

const claims: Readonly<Record<string, Claim>> = {
  metadata: { in: every, isValid: isMetadata },
  // No claim beyond those of the specification is understood.
  crit: { in: every, isValid: never },
  authority_hints: { in: own, isValid: isHints },
  trust_anchor_hints: { in: own, isValid: isHints },
  trust_marks: { in: own, isValid: isListOf(isMark, mostMarks) },
  trust_mark_issuers: { in: own, isValid: isByType(isListOf(isEntityId, mostHints)) },
  trust_mark_owners: { in: own, isValid: isByType(isOwner) },
  metadata_policy: { in: ['subordinate'], isValid: isByType(isPlain) },
  // Only the standard operators are understood, which must not be in the list.
  metadata_policy_crit: { in: ['subordinate'], isValid: never },
  constraints: { in: ['subordinate'], isValid: isConstraints },
  source_endpoint: {
    in: ['subordinate'],
    isValid: (value) => typeof value === 'string' && isUrl(value),
  },
  aud: { in: ['registration'], isValid: () => true },
  trust_anchor: { in: [], isValid: never },
}

/** The first claim that is malformed, or that this kind of statement must not have. */
export function claimProblem(kind: StatementKind, given: Json): string | undefined {
  for (const [name, claim] of Object.entries(claims)) {
    if (given[name] === undefined) continue
    if (!claim.in.includes(kind)) return `${name} is not for a ${kind} statement`
    if (!claim.isValid(given[name])) return `${name} is malformed`
  }
  return undefined
}

/** §4.3 and §4.4: a chain comes with what is no part of a chain, such as a registration. */
export const headerProblem = (kind: StatementKind, header: Json): string | undefined =>
  kind === 'registration'
    ? undefined
    : ['trust_chain', 'peer_trust_chain'].find((name) => header[name] !== undefined)
