/**
 * The user's claims for an ID Token or a UserInfo response: verified claims are filtered by the
 * request, transformed claims are computed.
 */
import { writeExact } from '../../model/exact-json.ts'
import type { Service } from '../../model/service/service.ts'
import { withinBudget } from '../budget.ts'
import { exactMembers, jsonMembers } from '../tokens/id-token.ts'
import { definitionsOf, sourcesOf, transformClaims } from './transformed-claims.ts'
import { answerVerifiedClaims, satisfies } from './verified-claims-response.ts'

/** The stored claims request: members of the claims parameter as JSON text. */
export interface ClaimsAsked {
  idTokenClaims?: string | undefined
  userInfoClaims?: string | undefined
  transformedClaims?: string | undefined
}

/** The user's claims from the caller, as JSON text. */
export interface ClaimsGiven {
  claims?: string | undefined
  claimsForTx?: string | undefined
  verifiedClaimsForTx?: string[] | undefined
}

type ClaimsMember = 'idTokenClaims' | 'userInfoClaims'

/** The step budget of all computations for one response. */
const stepLimit = 1_200_000

/** The claims to release, without those that do not match the constraints of the request. */
export function releaseClaims(
  member: ClaimsMember,
  asked: ClaimsAsked,
  given: ClaimsGiven,
  { service, now }: { service: Service; now: number },
): Record<string, unknown> {
  const requested = jsonMembers(asked[member])
  const { verified_claims: supplied, ...others } = exactMembers(given.claims)
  const definitions = definitionsOf(service, asked.transformedClaims)
  const run = { now, budget: { left: stepLimit } }
  const compute = (names: object, sources: string | undefined) =>
    transformClaims(Object.keys(names), definitions, jsonMembers(sources), run)
  const computed = Object.entries(compute(requested, given.claimsForTx)).filter(([name, value]) =>
    withinBudget(
      () => satisfies(requested[name], value, run),
      () => false,
    ),
  )
  const verified = answerVerifiedClaims(
    requested['verified_claims'],
    supplied,
    (index, names) => compute(names, given.verifiedClaimsForTx?.[index]),
    { service, run },
  )
  return {
    ...others,
    ...Object.fromEntries(computed),
    ...(verified === undefined ? {} : { verified_claims: verified }),
  }
}

/** The same as JSON text, to be stored in a grant. */
export const releasedText = (...parameters: Parameters<typeof releaseClaims>): string =>
  writeExact(releaseClaims(...parameters))

/**
 * The claims that the caller must look up for transformed claims: names of claims, and names for
 * each element of `verified_claims`.
 */
export function transformationSources(service: Service, asked: ClaimsAsked, member: ClaimsMember) {
  const definitions = definitionsOf(service, asked.transformedClaims)
  const bases = (requested: unknown) =>
    sourcesOf(isMembers(requested) ? Object.keys(requested) : [], definitions)
  const { verified_claims } = jsonMembers(asked[member])
  const elements = Array.isArray(verified_claims) ? verified_claims : [verified_claims]
  const verified = elements.map((each) => bases(isMembers(each) ? each['claims'] : undefined))
  // For an authorization request, the claims of both members, so that the user is asked once.
  const all = { ...jsonMembers(asked.idTokenClaims), ...jsonMembers(asked.userInfoClaims) }
  const direct = bases(member === 'idTokenClaims' ? all : jsonMembers(asked.userInfoClaims))
  return {
    ...(direct.length > 0 ? { requestedClaimsForTx: direct } : {}),
    ...(verified.some(({ length }) => length > 0)
      ? { requestedVerifiedClaimsForTx: verified }
      : {}),
    transformedClaims: asked.transformedClaims,
  }
}

const isMembers = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
