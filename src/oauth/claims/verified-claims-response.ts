/** Verified claims filtered by their request, OpenID Connect for Identity Assurance §5.7. */

import { isDeepStrictEqual } from 'node:util'
import { plainNumbers } from '../../model/exact-json.ts'
import type { Service } from '../../model/service/service.ts'
import { type Budget, spend, withinBudget } from '../budget.ts'
import type { Run } from './transformation-functions.ts'
import { elementLimit } from './verified-claims.ts'

type Members = Record<string, unknown>

interface VerifiedClaims {
  verification: Members
  claims: Members
}

/** The cost of visiting one value of a request or of the data. */
const stepsOfValue = 5

/** The data contradict a constraint of the request. */
const mismatch = Symbol('mismatch')

/**
 * Filters the verified claims that the caller supplies: for each requested element the matching
 * data, with the claims computed for it. Filtering twice changes nothing.
 */
export function answerVerifiedClaims(
  asked: unknown,
  supplied: unknown,
  computedFor: (index: number, requestedClaims: Members) => Members,
  { service, run }: { service: Service; run: Run },
): unknown {
  const given = listOf(supplied)
    .slice(0, elementLimit)
    .flatMap((each) => advertised(each, service) ?? [])
  const matched = new Map<string, VerifiedClaims[]>()
  const matchedBy = (request: Members, requestedClaims: Members | undefined) => {
    const text = JSON.stringify(request)
    const known = matched.get(text)
    if (known) return known
    const candidates = given.flatMap(
      (each) => matching(request, requestedClaims, each, service, run) ?? [],
    )
    const found = mostTelling(candidates, run)
    matched.set(text, found)
    return found
  }
  const answer = (request: Members, index: number) => {
    const requestedClaims = isObject(request['claims']) ? request['claims'] : undefined
    const computed = requestedClaims ? computedFor(index, requestedClaims) : {}
    const permitted = Object.entries(computed).filter(([name, value]) =>
      satisfies(own(requestedClaims ?? {}, name), value, run),
    )
    return matchedBy(request, requestedClaims)
      .map(({ verification, claims }, at) => {
        // Claims computed for one requested element are added to one element only.
        const more = at === 0 ? Object.fromEntries(permitted) : {}
        return { verification, claims: { ...claims, ...more } }
      })
      .filter(({ claims }) => Object.keys(claims).length > 0)
  }
  const answered = listOf(asked).flatMap((request, index) =>
    withinBudget(
      () => answer(request, index),
      () => [],
    ),
  )
  const texts = new Map(answered.map((each) => [JSON.stringify(each), each]))
  const [first, ...others] = texts.values()
  return first && (Array.isArray(asked) || others.length > 0) ? [first, ...others] : first
}

/** The requested part of a supplied element; undefined if it does not match (§5.7.4). */
function matching(
  request: Members,
  requestedClaims: Members | undefined,
  supplied: VerifiedClaims,
  service: Service,
  run: Run,
): VerifiedClaims | undefined {
  const verification = project(request['verification'], supplied.verification, run)
  if (!isObject(verification)) return undefined
  const permitted = Object.entries(supplied.claims).filter(([name, value]) => {
    const [base = name] = name.split('#')
    const requested = requestedClaims && (own(requestedClaims, name) ?? own(requestedClaims, base))
    const isAsked =
      !requestedClaims ||
      Object.hasOwn(requestedClaims, name) ||
      Object.hasOwn(requestedClaims, base)
    const isKnown = name.startsWith(':') || supports([service.supportedVerifiedClaims], base)
    return isAsked && isKnown && value !== null && satisfies(requested, value, run)
  })
  return {
    verification: {
      trust_framework: supplied.verification['trust_framework'],
      ...verification,
    },
    claims: Object.fromEntries(permitted),
  }
}

/** Members that constrain their element and are not part of its data. */
const constraints = ['essential', 'purpose', 'value', 'values', 'max_age']
const isLeaf = (requested: Members) =>
  Object.keys(requested).every((name) => constraints.includes(name))

/** The requested part of the data, recursively; absent data are left out (§5.7.2). */
function project(requested: unknown, data: unknown, run: Run): unknown {
  spend(run.budget, stepsOfValue)
  if (Array.isArray(requested) && requested.length > 0) return projectList(requested, data, run)
  if (isObject(requested) && !isLeaf(requested)) return projectMembers(requested, data, run)
  return satisfies(requested, data, run) ? data : mismatch
}

function projectMembers(requested: Members, data: unknown, run: Run): unknown {
  if (!isObject(data)) return isConstrained(requested) ? mismatch : undefined
  const members: [string, unknown][] = []
  for (const [name, inner] of Object.entries(requested)) {
    if (typeof inner !== 'object') continue
    const value = project(inner, own(data, name), run)
    if (value === mismatch) return mismatch
    if (value !== undefined && value !== null) members.push([name, value])
  }
  return members.length > 0 ? Object.fromEntries(members) : undefined
}

/** Entries of a requested list are alternatives: the first that matches an element applies. */
function projectList(alternatives: unknown[], data: unknown, run: Run): unknown {
  const elements = Array.isArray(data) ? data : []
  const kept = elements.flatMap((each) => {
    const projected = alternatives.map((requested) => project(requested, each, run))
    return projected.find((value) => value !== mismatch && value !== undefined) ?? []
  })
  if (kept.length > 0) return kept
  return isConstrained(alternatives) ? mismatch : undefined
}

const isConstrained = (requested: unknown): boolean => {
  if (Array.isArray(requested)) return requested.some(isConstrained)
  if (!isObject(requested)) return false
  if (isLeaf(requested))
    return ['value', 'values', 'max_age'].some((name) => Object.hasOwn(requested, name))
  return Object.values(requested).some(isConstrained)
}

/** OIDC Core §5.5.1 and, for `max_age`, OpenID Connect for Identity Assurance §5.5. */
export function satisfies(requested: unknown, data: unknown, { now, budget }: Run): boolean {
  if (!isObject(requested)) return true
  const { values, max_age } = requested
  spend(budget, stepsOfValue * (1 + (Array.isArray(values) ? values.length : 0)))
  if (Object.hasOwn(requested, 'value') && !isSame(requested['value'], data)) return false
  if (Array.isArray(values) && !values.some((each) => isSame(each, data))) return false
  if (typeof max_age !== 'number') return true
  const time = typeof data === 'string' ? Date.parse(data) : Number.NaN
  return now - time <= max_age * 1000
}

/** Numbers are compared by value, not by spelling. */
const isSame = (wanted: unknown, data: unknown): boolean =>
  isDeepStrictEqual(wanted, data) ||
  (isObject(data) && isDeepStrictEqual(wanted, plainNumbers(data)))

const sets = new WeakMap<readonly string[], Set<string>>()

/** A list of the service's settings as a cached set. */
function setOf(list: readonly string[]): Set<string> {
  const known = sets.get(list)
  if (known) return known
  const set = new Set(list)
  sets.set(list, set)
  return set
}

type Lists = (readonly string[] | undefined)[]

/** Whether one of the lists contains the value. Without any list, everything is supported. */
function supports(supported: Lists, value: unknown): boolean {
  const lists = supported.filter((list) => list !== undefined && list.length > 0)
  if (lists.length === 0 || value === undefined) return true
  return lists.some((list) => list && setOf(list).has(String(value)))
}

/**
 * A supplied element without the evidence that the service does not advertise; undefined if it does
 * not support the trust framework, §7.
 */
function advertised(supplied: Members, service: Service): VerifiedClaims | undefined {
  const verification = isObject(supplied['verification']) ? supplied['verification'] : {}
  const claims = isObject(supplied['claims']) ? supplied['claims'] : {}
  const { evidence, trust_framework: framework } = verification
  if (typeof framework !== 'string') return undefined
  if (!supports([service.supportedTrustFrameworks], framework)) return undefined
  if (!Array.isArray(evidence)) return { verification, claims }
  const known = evidence
    .filter((each) => isObject(each) && isAdvertised(each, service))
    .map((each) => withAttachments(each, service))
  return { verification: { ...verification, evidence: known }, claims }
}

function isAdvertised(evidence: Members, service: Service): boolean {
  const documents = [service.supportedDocuments, service.supportedIdentityDocuments]
  const methods = [service.supportedDocumentsMethods, service.supportedVerificationMethods]
  const lists: [Lists, unknown][] = [
    [[service.supportedEvidence], evidence['type']],
    [documents, typeOf(evidence['document_details'])],
    [documents, typeOf(evidence['document'])],
    [methods, evidence['method']],
    [[service.supportedElectronicRecords], typeOf(evidence['record'])],
    [[service.supportedDocumentsValidationMethods], typeOf(evidence['validation_method'])],
    [[service.supportedDocumentsVerificationMethods], typeOf(evidence['verification_method'])],
    ...listOf(evidence['check_details']).map(({ check_method }): [Lists, unknown] => [
      [service.supportedDocumentsCheckMethods],
      check_method,
    ]),
  ]
  return lists.every(([supported, value]) => supports(supported, value))
}

/** Attachments are embedded, or external with a digest, §6. */
function withAttachments(evidence: Members, service: Service): Members {
  if (evidence['attachments'] === undefined) return evidence
  const kinds = service.supportedAttachments
  const known = listOf(evidence['attachments']).filter((attachment) => {
    const digest = isObject(attachment['digest']) ? attachment['digest'] : undefined
    return (
      supports([kinds], digest ? 'EXTERNAL' : 'EMBEDDED') &&
      supports([service.supportedDigestAlgorithms], digest?.['alg'])
    )
  })
  const { attachments: _, ...others } = evidence
  return known.length > 0 ? { ...others, attachments: known } : others
}

/** Drops elements whose data are contained in another element. */
const mostTelling = (elements: VerifiedClaims[], { budget }: Run): VerifiedClaims[] =>
  elements.filter(
    (each, index) =>
      !elements.some(
        (other, at) =>
          at !== index &&
          covers(other, each, budget) &&
          (at < index || !covers(each, other, budget)),
      ),
  )

function covers(whole: unknown, part: unknown, budget: Budget): boolean {
  spend(budget, stepsOfValue)
  if (Array.isArray(part)) {
    if (!Array.isArray(whole)) return false
    return part.every((each) => whole.some((other) => covers(other, each, budget)))
  }
  if (!isObject(part)) return whole === part
  return (
    isObject(whole) &&
    Object.entries(part).every(
      ([name, value]) => Object.hasOwn(whole, name) && covers(whole[name], value, budget),
    )
  )
}

const typeOf = (value: unknown): unknown => (isObject(value) ? value['type'] : undefined)

const own = (members: Members, name: string): unknown =>
  Object.hasOwn(members, name) ? members[name] : undefined

const listOf = (value: unknown): Members[] =>
  (Array.isArray(value) ? value : [value]).filter(isObject)

const isObject = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
