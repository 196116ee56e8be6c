/** Requested claims: the claims parameter (OIDC Core §5.5) and the claims of scopes (§5.4). */
import { parseExact, plainNumbers, writeExact } from '../../model/exact-json.ts'
import { isStorable } from '../../model/primitives.ts'
import type { Service } from '../../model/service/service.ts'
import { defineRules, refuse } from '../../refusal.ts'
import { parseTransformedClaims } from './transformed-claims.ts'
import { requirePurpose, requireVerifiedClaims } from './verified-claims.ts'

const rules = defineRules('Claims', {
  notJson: {
    code: 'P007001',
    error: 'invalid_request',
    spec: 'OIDC Core §5.5',
    message: 'The claims parameter is not a JSON object as defined by OpenID Connect Core 1.0.',
    fix: 'Send `claims` as a JSON object whose `userinfo` and `id_token` have claims with null or an object each.',
  },
  tooDeep: {
    code: 'P007002',
    error: 'invalid_request',
    spec: 'OIDC Core §5.5',
    message: 'The claims parameter is nested too deeply.',
    fix: 'Send `claims` with at most 16 levels.',
  },
  badAcr: {
    code: 'P007003',
    error: 'invalid_request',
    spec: 'OIDC Core §5.5.1.1',
    message: 'The acr and sub in the claims parameter must have strings as values.',
    fix: 'Send the `value` and the `values` of `acr` and `sub` in `claims` as strings.',
  },
  notText: {
    code: 'P007004',
    error: 'invalid_request',
    spec: 'RFC 8259 §8.2',
    message: 'The claims parameter contains a NUL or an unpaired surrogate.',
    fix: 'Remove the NUL or the unpaired surrogate from the JSON text of `claims`.',
  },
})

const depthLimit = 16

/** One entry of a claims request, OIDC Core §5.5.1. */
interface ClaimRequest {
  essential?: unknown
  value?: unknown
  values?: unknown
  purpose?: unknown
}
type ClaimRequests = Record<string, ClaimRequest | null>

export interface ClaimsRequest {
  /** The members as JSON text, so that the frontend can read members unknown to the engine. */
  idTokenClaims: string | undefined
  userInfoClaims: string | undefined
  /** Definitions of transformed claims as JSON text, OIDC ASC §8. */
  transformedClaims: string | undefined
  idTokenNames: string[]
  userInfoNames: string[]
  acrs: string[]
  acrEssential: boolean
  /** The required subject of the ID Token, OIDC Core §5.5.1. */
  subject: string | undefined
  /** Whether the claim `auth_time` is requested for the ID Token. */
  authTimeWanted: boolean
}

/**
 * OIDC Core §5.5. Members other than `id_token`, `userinfo` and `transformed_claims` (also inside
 * `_asc`) are ignored.
 */
export function parseClaims(text: string | undefined, service: Service): ClaimsRequest {
  const request = text === undefined ? {} : parseObject(text)
  const idToken = claimRequestsOf(request['id_token'], service)
  const userInfo = claimRequestsOf(request['userinfo'], service)
  const asc = isObject(request['_asc']) ? request['_asc'] : {}
  const transformed = request['transformed_claims'] ?? asc['transformed_claims']
  const definitions = parseTransformedClaims(plainNumbers(transformed))
  const { acr, sub, auth_time } = idToken ?? {}
  return {
    idTokenClaims: idToken && writeExact(idToken),
    userInfoClaims: userInfo && writeExact(userInfo),
    transformedClaims: definitions.size > 0 ? writeExact(transformed) : undefined,
    idTokenNames: Object.keys(idToken ?? {}),
    userInfoNames: Object.keys(userInfo ?? {}),
    acrs: textsOf(acr),
    acrEssential: acr?.essential === true && textsOf(acr).length > 0,
    subject: textsOf(sub)[0] ?? textsOf(userInfo?.['sub'])[0],
    authTimeWanted: auth_time !== undefined,
  }
}

function parseObject(text: string): Record<string, unknown> {
  let value: unknown
  try {
    value = parseExact(text)
  } catch {
    refuse(rules.notJson)
  }
  requirePlain(value, 0)
  return isObject(value) ? value : refuse(rules.notJson)
}

function claimRequestsOf(value: unknown, service: Service): ClaimRequests | undefined {
  if (value === undefined || value === null) return undefined
  if (!isObject(value)) refuse(rules.notJson)
  const { verified_claims: verified, ...others } = value
  if (verified !== undefined) requireVerifiedClaims(plainNumbers(verified), service)
  for (const requested of Object.values(others)) {
    if (requested !== null && typeof requested !== 'object') refuse(rules.notJson)
    if (isObject(requested)) requirePurpose(requested['purpose'])
  }
  return value as ClaimRequests
}

function textsOf(requested: ClaimRequest | null | undefined): string[] {
  const values = requested?.values ?? (requested?.value === undefined ? [] : [requested.value])
  if (!Array.isArray(values)) refuse(rules.badAcr)
  return values.map((value) => (typeof value === 'string' ? value : refuse(rules.badAcr)))
}

/** JSON escapes can contain characters that form-encoded text cannot. */
function requirePlain(value: unknown, depth: number): void {
  if (depth > depthLimit) refuse(rules.tooDeep)
  if (typeof value === 'string' && !isStorable(value)) refuse(rules.notText)
  if (typeof value !== 'object' || value === null) return
  for (const [name, member] of Object.entries(value)) {
    requirePlain(name, depth)
    requirePlain(member, depth + 1)
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The claims that scopes request, OIDC Core §5.4. */
const scopeClaims: Record<string, string[]> = {
  profile: [
    'name',
    'family_name',
    'given_name',
    'middle_name',
    'nickname',
    'preferred_username',
    'profile',
    'picture',
    'website',
    'gender',
    'birthdate',
    'zoneinfo',
    'locale',
    'updated_at',
  ],
  email: ['email', 'email_verified'],
  address: ['address'],
  phone: ['phone_number', 'phone_number_verified'],
}

/** The scope that requests a claim, OIDC Core §5.4; undefined for other claims. */
export const standardScopeOf = (claim: string): string | undefined =>
  Object.keys(scopeClaims).find((scope) => scopeClaims[scope]?.includes(claim))

const supportedSets = new WeakMap<object, ReadonlySet<string>>()

/** Cached for each document of a service; undefined if it has no list. */
function supportedOf(service: Service): ReadonlySet<string> | undefined {
  const { supportedClaims } = service
  if (!supportedClaims) return undefined
  const known = supportedSets.get(supportedClaims) ?? new Set(supportedClaims)
  supportedSets.set(supportedClaims, known)
  return known
}

/**
 * The names of requested claims that the service supports, each once. They never contain `sub`,
 * which every response has.
 */
export function claimNames(service: Service, scopes: string[], asked: string[]): string[] {
  const expanded = scopes.flatMap((scope) =>
    Object.hasOwn(scopeClaims, scope) ? (scopeClaims[scope] ?? []) : [],
  )
  const supported = supportedOf(service)
  // Names with a leading colon are transformed claims, which are computed.
  const named = asked.filter((name) => !name.startsWith(':'))
  const names = [...new Set([...expanded, ...named])]
  return supported ? names.filter((name) => supported.has(name.split('#')[0] ?? name)) : names
}

/**
 * OIDC Core §5.4: claims of scopes are returned by UserInfo. The ID Token contains them too if no
 * access token is issued, or if the service has no `claimShortcutRestrictive`.
 */
export function claimsToAnswer(
  service: Service,
  responseTypes: readonly string[],
  scopes: string[],
  { idTokenNames, userInfoNames }: Pick<ClaimsRequest, 'idTokenNames' | 'userInfoNames'>,
): { claims: string[]; claimsAtUserInfo: string[] } {
  const withoutAccessToken = responseTypes.length === 1 && responseTypes[0] === 'id_token'
  const expands = withoutAccessToken || !service.claimShortcutRestrictive
  return {
    claims: claimNames(service, expands ? scopes : [], idTokenNames),
    claimsAtUserInfo: claimNames(service, scopes, userInfoNames),
  }
}
