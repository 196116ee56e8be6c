/** Trust marks of entities, verified by the trust anchor of their chain. OpenID Federation §7. */
import type { ServiceContext } from '../../context.ts'
import type { KeySet } from '../../jose/key-set.ts'
import { effectiveSeconds } from '../../oauth/duration.ts'
import { requireInTime, type Statement } from '../../oauth/federation/entity-statement.ts'
import { requiredTrustMarks } from '../../oauth/federation/settings.ts'
import { type Anchor, anchorsOf, type TrustChain } from '../../oauth/federation/trust-chain.ts'
import {
  endOf,
  markProblem,
  marksOf,
  signatureProblem,
  type TrustMark,
} from '../../oauth/federation/trust-mark.ts'
import { defineRules, Refusal, refuse } from '../../refusal.ts'
import { publishedFor } from './published.ts'
import { resolveWith } from './resolve.ts'
import { statementsOf } from './statements.ts'

const rules = defineRules('Trust marks', {
  missing: {
    code: 'P139001',
    error: 'invalid_trust_chain',
    spec: 'OpenID Federation §7.3',
    message: 'The entity must have a valid trust mark of each type that the service requires.',
    fix: 'Get a valid trust mark of each required type, from an issuer that the trust anchor trusts, and publish it.',
    settings: ['service.ext.federation.required_trust_marks'],
  },
})

type Resolving = Pick<ServiceContext, 'service' | 'system' | 'now'>

/** Where statements about trust anchors and issuers of trust marks come from. */
export interface Sources {
  configuration: (entityId: string) => Promise<Statement>
  /** A chain to one of the trust anchors; the given one is tried first. */
  chain: (
    entityId: string,
    anchors: readonly Anchor[],
    given?: readonly string[],
  ) => Promise<TrustChain>
}

/** What entities publish, and what is kept of it. */
export const publishedSources = (context: Resolving): Sources => ({
  configuration: publishedFor(context, () => false).configuration,
  chain: (entityId, anchors, chain) => resolveWith(context, entityId, anchors, { chain }),
})

/**
 * Refuses an entity without a valid trust mark of each type that the service requires. Returns when
 * the chain ends, or the first of these trust marks, in milliseconds since the Unix epoch.
 */
export async function requireTrustMarks(context: Resolving, chain: TrustChain): Promise<number> {
  const required = requiredTrustMarks.read(context.service) ?? []
  if (required.length === 0) return chain.expiresAt
  const [own] = chain.statements
  const marks = own ? marksOf(own, required) : []
  const verifier = await markVerifier(context, chain, publishedSources(context))
  const ends = [chain.expiresAt]
  for (const type of required) ends.push(await endOfFirst(type, marks, verifier))
  return Math.min(...ends)
}

/** The end of the first valid mark of a type. */
async function endOfFirst(
  type: string,
  marks: readonly TrustMark[],
  problemOf: MarkVerifier,
): Promise<number> {
  const problems: string[] = []
  for (const mark of marks) {
    if (mark.type !== type) continue
    const problem = await problemOf(mark)
    if (problem === undefined) return endOf(mark)
    problems.push(`of ${mark.issuer}: ${problem}`)
  }
  return refuse(rules.missing, [type, ...problems].join('; '))
}

/** The marks of the subject of a chain that are valid, of the first ten. */
export async function validTrustMarks(
  context: Resolving,
  chain: TrustChain,
  sources: Sources,
): Promise<TrustMark[]> {
  const [own] = chain.statements
  const marks = own ? marksOf(own, []) : []
  if (marks.length === 0) return []
  const problemOf = await markVerifier(context, chain, sources)
  const problems = await Promise.all(
    marks.map((mark) => problemOf(mark).catch((error: unknown) => refusalOf(error).message)),
  )
  return marks.filter((_, at) => problems[at] === undefined)
}

function refusalOf(error: unknown): Refusal {
  if (error instanceof Refusal) return error
  throw error
}

/** Why a mark is not valid; undefined if it is. */
type MarkVerifier = (mark: TrustMark) => Promise<string | undefined>

async function markVerifier(
  context: Resolving,
  chain: TrustChain,
  sources: Sources,
): Promise<MarkVerifier> {
  const pinned = anchorsOf(context.service).find(({ entityId }) => entityId === chain.anchor)
  const anchor = pinned && (await anchorConfiguration(context, chain, sources))
  if (!anchor) return async () => 'the trust anchor says nothing about trust marks'
  const options = { anchor, now: context.now, skew: skewOf(context) }
  const issuers = new Map<string, Promise<KeySet>>()

  /** The federation keys of an issuer, by its own chain to the same trust anchor. */
  function keysOf({ issuer, chain: given }: TrustMark): Promise<KeySet> {
    const known = issuers.get(issuer)
    if (known !== undefined) return known
    const found = keysInChain(chain, anchor as Statement, issuer)
    const keys = found ? Promise.resolve(found) : keysByChain(issuer, given)
    issuers.set(issuer, keys)
    return keys
  }

  async function keysByChain(issuer: string, given: TrustMark['chain']): Promise<KeySet> {
    const { statements } = await sources.chain(issuer, [pinned as Anchor], given)
    return (statements[0] as Statement).keys
  }

  return async (mark) => {
    const problem = markProblem(mark, chain.subject, options)
    if (problem) return problem
    try {
      return await signatureProblem(mark, { ...options, keys: await keysOf(mark) })
    } catch (error) {
      const refusal = refusalOf(error)
      if (refusal.rule.isTemporary) throw refusal
      return `its issuer is not trusted: ${refusal.message}`
    }
  }
}

const skewOf = ({ service }: Resolving) => effectiveSeconds(service, 'allowableClockSkew') * 1_000

/**
 * The configuration of the trust anchor, which says whose trust marks count: the end of the chain,
 * or what the anchor publishes, if a pinned key has signed it.
 */
export async function anchorConfiguration(
  context: Resolving,
  chain: TrustChain,
  { configuration }: Pick<Sources, 'configuration'>,
): Promise<Statement | undefined> {
  const last = chain.statements.at(-1)
  if (last && last.issuer === last.subject) return last
  const { service, system, now } = context
  const pinned = anchorsOf(service).find(({ entityId }) => entityId === chain.anchor)
  try {
    const published = await configuration(chain.anchor)
    requireInTime(published, now, skewOf(context))
    const isPinned = pinned && (await statementsOf(system).isSignedBy(published, pinned.keys))
    return isPinned ? published : undefined
  } catch (error) {
    const refusal = refusalOf(error)
    if (refusal.rule.isTemporary) throw refusal
    return undefined
  }
}

/** The federation keys of an entity of the chain itself, which the chain attests. */
function keysInChain(
  { subject, statements: [own], subordinate }: TrustChain,
  anchor: Statement,
  entityId: string,
): KeySet | undefined {
  if (entityId === subject) return own?.keys
  if (entityId === anchor.subject) return anchor.keys
  return subordinate.find((statement) => statement.subject === entityId)?.keys
}
