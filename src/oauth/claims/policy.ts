/**
 * The claim policy of a service: which claims are made of the user's attributes, for which targets
 * and when. It is one attribute of the service, parsed once for each version of it.
 */
import { z } from 'zod'
import { parseExact } from '../../model/exact-json.ts'
import type { Service } from '../../model/service/service.ts'
import { type AttributeOwner, defineAttribute } from '../attribute.ts'
import type { Problem } from '../property-problem.ts'
import {
  reservedInAccessTokens,
  reservedInIdTokens,
  reservedInUserInfo,
} from '../tokens/reserved-claims.ts'
import { standardScopeOf } from './parameter.ts'
import { isUnsafeName, parsePath, type ReadValue, readPath } from './policy-source.ts'
import type { Conversion } from './policy-value.ts'

export const claimTargets = ['id_token', 'userinfo', 'access_token', 'introspection'] as const
export type ClaimTarget = (typeof claimTargets)[number]

/** What decides about tokens, or says how the user authenticated, is no attribute of the user. */
const reserved: ReadonlySet<string> = new Set([
  ...reservedInIdTokens,
  ...reservedInAccessTokens,
  ...reservedInUserInfo,
  ...['nbf', 'acr', 'amr', 'act', 'may_act', 'events', 'sub_id', 'sub_jwk'],
  ...['active', 'token_type', 'grant_id', 'token_introspection', 'access_token', 'refresh_token'],
  ...['id_token', 'device_secret', 'issued_token_type', 'expires_in'],
  ...['error', 'error_description', 'error_uri'],
  // Verified claims are released by the rules of OpenID Connect for Identity Assurance.
  ...['verified_claims', '_claim_names', '_claim_sources'],
])

/** Members of the claim `address`, OIDC Core §5.1.1. */
const addressMembers = [
  'formatted',
  'street_address',
  'locality',
  'region',
  'postal_code',
  'country',
]

const claimName = z
  .string()
  .min(1)
  .max(256)
  .refine((name) => !name.startsWith(':'), 'A name that begins with a colon is a transformed claim')
  .refine((name) => !reserved.has(name) && !isUnsafeName(name), 'The claim is reserved')
  .refine(
    (name) =>
      !name.startsWith('address.') || addressMembers.includes(name.slice('address.'.length)),
    `Expected one of the members ${addressMembers.join(', ')} of address`,
  )

const sourceForm = 'Expected a path such as emails[0].value, or {"value": …}'

const ClaimEntry = z.strictObject({
  claim: claimName,
  source: z.union(
    [
      z.string().refine((text) => parsePath(text) !== undefined, sourceForm),
      z.strictObject({ value: z.unknown().refine((value) => value !== undefined, sourceForm) }),
    ],
    { error: sourceForm },
  ),
  mode: z.enum(['never', 'demand', 'always']),
  type: z.enum(['string', 'number', 'boolean']).optional(),
  trueValue: z.string().max(1_000).optional(),
  falseValue: z.string().max(1_000).optional(),
  scopes: z.array(z.string().min(1).max(255)).max(100).default([]),
  targets: z.array(z.enum(claimTargets)).min(1).max(claimTargets.length),
  join: z.string().max(10).optional(),
})
type ClaimEntry = z.output<typeof ClaimEntry>

const entryLimit = 200

const PolicyDocument = z
  .array(ClaimEntry, { error: 'Expected a list of entries' })
  .max(entryLimit, `Expected at most ${entryLimit} entries`)
  .superRefine((entries, context) => {
    const taken = new Set<string>()
    for (const [index, entry] of entries.entries()) {
      const problem = entryProblem(entry, taken)
      if (problem === undefined) continue
      const [member, message] = problem
      context.addIssue({ code: 'custom', path: [index, member], message })
    }
  })

/** What is wrong with an entry beside its form. Notes its targets, which no other may have. */
function entryProblem(entry: ClaimEntry, taken: Set<string>): [string, string] | undefined {
  const { claim, type, join, trueValue, falseValue } = entry
  if (type !== 'boolean' && trueValue !== undefined) return ['trueValue', forBoolean]
  if (type !== 'boolean' && falseValue !== undefined) return ['falseValue', forBoolean]
  if (join !== undefined && type !== undefined && type !== 'string') {
    return ['join', 'Only text can be joined: expected the type string']
  }
  for (const target of new Set(entry.targets)) {
    const keys = [`${target} ${claim}`, `${target} ${addressPartner(claim)}`]
    if (keys.some((key) => taken.has(key))) {
      return ['claim', `The claim has several entries for the target ${target}`]
    }
  }
  for (const target of entry.targets) {
    taken.add(`${target} ${claim}`)
    if (claim.startsWith('address.')) taken.add(`${target} address.*`)
  }
  return undefined
}

const forBoolean = 'Expected the type boolean beside it'

/** The claim `address` excludes its members, and they exclude it. */
const addressPartner = (claim: string): string =>
  claim === 'address' ? 'address.*' : claim.startsWith('address.') ? 'address' : claim

/** One claim of the policy for one target. */
export interface PolicyClaim extends Conversion {
  /** The name of the claim, such as `address`. */
  claim: string
  /** The member of the claim, such as `locality`; undefined for the claim itself. */
  member: string | undefined
  /** Whether the claim needs a request. */
  isOnDemand: boolean
  /** One of these must be granted; empty if no scope is needed. */
  scopes: readonly string[]
  /** The scope of OIDC Core §5.4 that requests the claim, if the entry has no scopes. */
  standardScope: string | undefined
  read: ReadValue
  /** The attribute that the value comes from; undefined for a literal. */
  attribute: string | undefined
}

export type ClaimPolicy = Readonly<Record<ClaimTarget, readonly PolicyClaim[]>>

function compile(entries: readonly ClaimEntry[]): ClaimPolicy {
  const of = (target: ClaimTarget) =>
    entries
      .filter(({ mode, targets }) => mode !== 'never' && targets.includes(target))
      .map(compileEntry)
  return {
    id_token: of('id_token'),
    userinfo: of('userinfo'),
    access_token: of('access_token'),
    introspection: of('introspection'),
  }
}

function compileEntry(entry: ClaimEntry): PolicyClaim {
  const { mode, type, scopes, source, join, trueValue = 'true', falseValue = 'false' } = entry
  const member = entry.claim.startsWith('address.') ? entry.claim.slice(8) : undefined
  const claim = member === undefined ? entry.claim : 'address'
  const literal = typeof source === 'string' ? undefined : source.value
  const steps = typeof source === 'string' ? (parsePath(source) ?? []) : []
  return {
    claim,
    member,
    isOnDemand: mode === 'demand',
    scopes,
    standardScope: scopes.length > 0 ? undefined : standardScopeOf(claim.split('#')[0] ?? claim),
    read: typeof source === 'string' ? readPath(steps) : () => literal,
    attribute: steps[0],
    type,
    trueValue,
    falseValue,
    join,
  }
}

const textLimit = 65_536

type Parsed = ClaimPolicy | { problem: string }

/** The text that was parsed last: a check of a service parses the same text again. */
let latest: { text: string; parsed: Parsed } | undefined

/** The policy, or what is wrong with its text. */
function parsePolicy(text: string): Parsed {
  if (latest?.text !== text) latest = { text, parsed: parseText(text) }
  return latest.parsed
}

function parseText(text: string): Parsed {
  if (text.length > textLimit) return { problem: `Expected at most ${textLimit} characters` }
  let value: unknown
  try {
    value = parseExact(text)
  } catch {
    return { problem: 'Expected the text of a JSON array' }
  }
  const parsed = PolicyDocument.safeParse(value)
  if (parsed.success) return compile(parsed.data)
  const [issue] = parsed.error.issues
  const path = (issue?.path ?? []).map((step) =>
    typeof step === 'number' ? `[${step}]` : `.${String(step)}`,
  )
  return { problem: `${path.length > 0 ? `${path.join('')}: ` : ''}${issue?.message}` }
}

const setting = defineAttribute<ClaimPolicy | undefined>({
  name: 'ext.claims.policy',
  of: 'service',
  form: {
    parse(text) {
      const parsed = parsePolicy(text)
      return 'problem' in parsed ? undefined : parsed
    },
    expected: 'a JSON array of at most 200 entries of the claim policy',
  },
  fallback: undefined,
  effect:
    'Which claims ID Tokens, UserInfo, JWT access tokens and introspection get from the ' +
    '`userAttributes` of a call. Each entry has `claim`, `source`, `mode` (`never`, `demand` or ' +
    '`always`) and `targets`, and may have `type`, `trueValue`, `falseValue`, `scopes` and `join`. ' +
    'See `docs/claim-policy.md`.',
  spec: 'OIDC Core §5.4, §5.5',
})

/** The entry of the policy that is wrong, before the general check of attributes. */
export function claimPolicyProblem(owner: AttributeOwner): Problem | undefined {
  const [text, ...more] = (owner.attributes ?? []).filter(({ key }) => key === setting.name)
  if (text === undefined) return undefined
  const parsed = parsePolicy(text.value ?? '')
  const problem = 'problem' in parsed ? parsed.problem : undefined
  const reason = more.length > 0 ? 'It is listed twice' : problem
  return reason === undefined
    ? undefined
    : { path: 'attributes', message: `The attribute ${setting.name} is wrong: ${reason}.` }
}

const policies = new WeakMap<object, ClaimPolicy | null>()

/** Cached for each document of a service; undefined if it has no policy. */
export function claimPolicyOf(service: Service): ClaimPolicy | undefined {
  const { attributes } = service
  if (!attributes) return undefined
  const known = policies.get(attributes)
  if (known !== undefined) return known ?? undefined
  const policy = setting.read(service)
  policies.set(attributes, policy ?? null)
  return policy
}
