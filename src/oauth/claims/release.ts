/**
 * The user's claims on their way into an ID Token or a UserInfo response: verified ones as far as
 * they were asked for, transformed ones computed.
 */
import { writeExact } from '../../model/exact-json.ts'
import type { Service } from '../../model/service/service.ts'
import { withinBudget } from '../budget.ts'
import { exactMembers, jsonMembers } from '../tokens/id-token.ts'
import { definitionsOf, sourcesOf, transformClaims } from './transformed-claims.ts'
import { answerVerifiedClaims, satisfies } from './verified-claims-response.ts'

/** What a request asked for, as it was kept: members of its claims parameter as JSON text. */
export interface ClaimsAsked {
  idTokenClaims?: string | undefined
  userInfoClaims?: string | undefined
  transformedClaims?: string | undefined
}

/** What the caller knows of the user, as JSON texts. */
export interface ClaimsGiven {
  claims?: string | undefined
  claimsForTx?: string | undefined
  verifiedClaimsForTx?: string[] | undefined
}

type Place = 'idTokenClaims' | 'userInfoClaims'

/** Steps that all computations of one answer may take together. */
const stepLimit = 1_200_000

export function releaseClaims(
  place: Place,
  asked: ClaimsAsked,
  given: ClaimsGiven,
  { service, now }: { service: Service; now: number },
): Record<string, unknown> {
  const wishes = jsonMembers(asked[place])
  const { verified_claims: supplied, ...others } = exactMembers(given.claims)
  const definitions = definitionsOf(service, asked.transformedClaims)
  const run = { now, budget: { left: stepLimit } }
  const compute = (names: object, sources: string | undefined) =>
    transformClaims(Object.keys(names), definitions, jsonMembers(sources), run)
  const computed = Object.entries(compute(wishes, given.claimsForTx)).filter(([name, value]) =>
    withinBudget(
      () => satisfies(wishes[name], value, run),
      () => false,
    ),
  )
  const verified = answerVerifiedClaims(
    wishes['verified_claims'],
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

/** The same as JSON text, for a grant to keep. */
export const releasedText = (...parameters: Parameters<typeof releaseClaims>): string =>
  writeExact(releaseClaims(...parameters))

/**
 * What the caller has to look up for transformed claims: names of claims, and of the claims of
 * each element of `verified_claims`.
 */
export function transformationSources(service: Service, asked: ClaimsAsked, place: Place) {
  const definitions = definitionsOf(service, asked.transformedClaims)
  const bases = (wishes: unknown) =>
    sourcesOf(isMembers(wishes) ? Object.keys(wishes) : [], definitions)
  const { verified_claims } = jsonMembers(asked[place])
  const elements = Array.isArray(verified_claims) ? verified_claims : [verified_claims]
  const verified = elements.map((each) => bases(isMembers(each) ? each['claims'] : undefined))
  // An authorization request is told as a whole, so that the user can be asked once.
  const wishes = { ...jsonMembers(asked.idTokenClaims), ...jsonMembers(asked.userInfoClaims) }
  const direct = bases(place === 'idTokenClaims' ? wishes : jsonMembers(asked.userInfoClaims))
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
