/** The claims of entity statements by their kinds, OpenID Federation §3.1. */
import { isUrl } from '../../model/url.ts'
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

const isHints = (value: unknown) =>
  Array.isArray(value) && value.length > 0 && isListOf(isEntityId, mostHints)(value)

/** §3.1.1: by entity type, objects whose members are not null. */
const isMetadata = (value: unknown) =>
  isObject(value) &&
  Object.values(value).every(
    (each) => isObject(each) && Object.values(each).every((member) => member !== null),
  )

const isByType = (isMember: (value: unknown) => boolean) => (value: unknown) =>
  isObject(value) && Object.values(value).every(isMember)

const isMark = (value: unknown) =>
  isObject(value) && isText(value['trust_mark_type']) && isText(value['trust_mark'])

const isOwner = (value: unknown) =>
  isObject(value) && isEntityId(value['sub']) && isObject(value['jwks'])

/** §6.2: members that are not understood are ignored. */
function isConstraints(value: unknown): boolean {
  if (!isObject(value)) return false
  const { max_path_length: length, naming_constraints: names, allowed_entity_types: types } = value
  const isNames = (list: unknown) => list === undefined || isListOf(isText, mostHints)(list)
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
  metadata_policy: { in: ['subordinate'], isValid: isByType(isObject) },
  metadata_policy_crit: { in: ['subordinate'], isValid: isListOf(isText, mostMarks) },
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
