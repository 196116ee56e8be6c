/** The claims that the policy of a service makes of a user's attributes, for one target. */
import { writeExact } from '../../model/exact-json.ts'
import type { Grant } from '../../model/grant.ts'
import type { Service } from '../../model/service/service.ts'
import type { UserData } from '../../model/user-data.ts'
import { defineAttribute, flag } from '../attribute.ts'
import { exactMembers, jsonMembers } from '../tokens/id-token.ts'
import { type ClaimPolicy, type ClaimTarget, claimPolicyOf, type PolicyClaim } from './policy.ts'
import { convert } from './policy-value.ts'

type Members = Record<string, unknown>

/** What was requested and granted, as far as claims depend on it. */
export interface ClaimsDemand {
  scopes: ReadonlySet<string>
  /** Names of claims that the request contains. */
  named: ReadonlySet<string>
  /** Whether granted scopes request claims, OIDC Core §5.4. */
  scopesExpand: boolean
  /** Names of claims that the user consented to; undefined if the caller did not specify them. */
  consented?: ReadonlySet<string> | undefined
  /** The only claims that are wanted; undefined for all. They are requested, too. */
  only?: ReadonlySet<string> | undefined
}

/** The size of all claims of one target in characters: as many as a caller may give as text. */
const sizeLimit = 65_536

/**
 * The size of all lists and objects that are measured for one target: many entries may read the
 * same large object, and each is written as JSON to know its size.
 */
const measuredLimit = 16 * sizeLimit

/**
 * Evaluates the policy for one target. Claims that do not fit into the limit are left out; so are
 * lists and objects after many that did not fit.
 */
export function evaluatePolicy(
  policy: ClaimPolicy,
  target: ClaimTarget,
  demand: ClaimsDemand,
  attributes: Members,
): Members {
  const claims: Members = {}
  let address: Members | undefined
  let left = sizeLimit
  let unmeasured = measuredLimit
  const sizeOf = (value: unknown): number => {
    if (typeof value === 'string') return value.length
    if (typeof value !== 'object') return 8
    if (unmeasured <= 0) return Number.POSITIVE_INFINITY
    const size = JSON.stringify(value).length
    unmeasured -= size
    return size
  }
  for (const entry of policy[target]) {
    if (!isDue(entry, demand)) continue
    const raw = entry.read(attributes)
    const elements = Array.isArray(raw) ? raw.length : 0
    if (elements > left) continue
    left -= elements
    const value = convert(raw, entry)
    if (value === undefined) continue
    const size = sizeOf(value)
    if (size > left) continue
    left -= size
    if (entry.member === undefined) claims[entry.claim] = value
    else {
      address ??= {}
      address[entry.member] = value
    }
  }
  if (address) claims['address'] = address
  return claims
}

function isDue(entry: PolicyClaim, demand: ClaimsDemand): boolean {
  const { scopes, consented, only } = demand
  if (entry.scopes.length > 0 && !entry.scopes.some((scope) => scopes.has(scope))) return false
  const { claim, standardScope } = entry
  if (only !== undefined && !only.has(claim)) return false
  if (!entry.isOnDemand) return true
  if (consented !== undefined && !consented.has(claim)) return false
  if (demand.named.has(claim)) return true
  if (demand.scopesExpand && standardScope !== undefined && scopes.has(standardScope)) return true
  // A request after the authorization reaches what was granted with it, and no further.
  return only !== undefined && (consented !== undefined || entry.scopes.length > 0)
}

/** The parts of a grant that claims depend on. */
export type ClaimsGrant = Pick<
  Grant,
  'scopes' | 'requestedIdTokenClaims' | 'userInfoClaims' | 'consentedClaims'
>

interface Options {
  /** The only claims that are wanted; undefined for all. */
  only?: readonly string[] | undefined
  /** The ID Token is issued without an access token, which could fetch the claims. */
  isAlone?: boolean | undefined
}

const parsed = new WeakMap<UserData, Members>()

function attributesOf(user: UserData): Members {
  const known = parsed.get(user) ?? exactMembers(user.attributes)
  parsed.set(user, known)
  return known
}

/** The claims for one target; none without a policy, or without attributes of the user. */
export function policyClaims(
  service: Service,
  target: ClaimTarget,
  grant: ClaimsGrant,
  user: UserData | undefined,
  { only, isAlone = false }: Options = {},
): Members {
  const policy = user?.attributes === undefined ? undefined : claimPolicyOf(service)
  if (!user || !policy || policy[target].length === 0) return {}
  const { consentedClaims } = grant
  const demand = {
    scopes: new Set(grant.scopes),
    named: new Set(requestedNames(target, grant)),
    scopesExpand: target !== 'id_token' || isAlone || !service.claimShortcutRestrictive,
    consented: consentedClaims && new Set(consentedClaims),
    only: only && new Set(only),
  }
  return evaluatePolicy(policy, target, demand, attributesOf(user))
}

/** The claims parameter has members for two targets; others get the claims of both. */
function requestedNames(target: ClaimTarget, grant: ClaimsGrant): string[] {
  const { requestedIdTokenClaims = [] } = grant
  if (target === 'id_token') return requestedIdTokenClaims
  const atUserInfo = Object.keys(jsonMembers(grant.userInfoClaims))
  return target === 'userinfo' ? atUserInfo : [...requestedIdTokenClaims, ...atUserInfo]
}

/** What a call tells of the user. */
export function userDataOf({
  userAttributes: attributes,
  userInfoClaims,
}: {
  userAttributes?: string | undefined
  userInfoClaims?: string | undefined
}): UserData | undefined {
  const isEmpty = attributes === undefined && !userInfoClaims
  return isEmpty ? undefined : { attributes, userInfoClaims: userInfoClaims || undefined }
}

const storesClaims = defineAttribute({
  name: 'ext.userinfo.stored_claims',
  of: 'service',
  form: flag,
  fallback: false,
  effect:
    'With `true`, what the caller tells of the user at the consent is stored with the tokens, ' +
    'sealed: UserInfo can be answered without `claims`, and refreshed ID Tokens have the claims of ' +
    'the first one.',
  spec: 'OIDC Core §5.3, §12.2',
})

/** Whether UserInfo and refreshed ID Tokens get their claims from what is stored. */
export const hasStoredClaims = (service: Service): boolean => storesClaims.read(service)

/** Grant and user for an ID Token that is refreshed: without stored claims, neither has claims. */
export function storedForIdToken(service: Service, grant: Grant, user: UserData | undefined) {
  if (!user || !hasStoredClaims(service)) return { grant }
  return { grant: { ...grant, idTokenClaims: user.idTokenClaims }, user }
}

/** What is stored with a code, an undecided request, or a token: no more than its uses need. */
export function storedUserData(
  service: Service,
  keeper: 'code' | 'access_token' | 'refresh_token',
  user: UserData | undefined,
): UserData | undefined {
  if (user === undefined) return undefined
  const stores = hasStoredClaims(service)
  const attributes = neededAttributes(service, targetsOf(keeper, stores), user)
  const userInfoClaims = stores ? user.userInfoClaims : undefined
  const idTokenClaims = stores && keeper === 'refresh_token' ? user.idTokenClaims : undefined
  const data = { attributes, userInfoClaims, idTokenClaims }
  return Object.values(data).some((text) => text !== undefined) ? data : undefined
}

function targetsOf(keeper: 'code' | 'access_token' | 'refresh_token', stores: boolean) {
  const always: ClaimTarget[] =
    keeper === 'access_token' ? ['introspection'] : ['introspection', 'access_token']
  const more: ClaimTarget[] = stores ? ['id_token', 'userinfo'] : []
  return keeper === 'code' ? ([...always, 'id_token', 'userinfo'] as const) : [...always, ...more]
}

/** The attributes that the policy uses for the targets; undefined if it has none of them. */
function neededAttributes(
  service: Service,
  targets: readonly ClaimTarget[],
  user: UserData,
): string | undefined {
  const policy = user.attributes === undefined ? undefined : claimPolicyOf(service)
  const entries = policy ? targets.flatMap((target) => policy[target]) : []
  if (entries.length === 0) return undefined
  const names = new Set(entries.map(({ attribute }) => attribute))
  const needed = Object.entries(attributesOf(user)).filter(([name]) => names.has(name))
  return writeExact(Object.fromEntries(needed))
}
