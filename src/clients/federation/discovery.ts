/**
 * Discovery of trust chains, OpenID Federation §10.1: from an entity along the authority hints, the
 * shortest chains first.
 */
import { listOf, requireInTime, type Statement } from '../../oauth/federation/entity-statement.ts'
import {
  type ChainOptions,
  type TrustChain,
  validateChain,
} from '../../oauth/federation/trust-chain.ts'
import { defineRules, Refusal, refuse } from '../../refusal.ts'
import { type Published, rules as published } from './published.ts'

export const rules = defineRules('Trust chain discovery', {
  noPath: {
    code: 'P136201',
    error: 'invalid_trust_anchor',
    spec: 'OpenID Federation §10.1',
    message: 'No trust chain leads from the entity to a trust anchor of the service.',
    fix: 'Add the trust anchor of the federation of the entity to `trustAnchors`.',
    settings: ['service.trustAnchors'],
  },
  ownKey: {
    code: 'P136202',
    error: 'invalid_trust_chain',
    spec: 'OpenID Federation §3.1.3',
    message: 'The configuration of an entity must be signed with one of its own federation keys.',
    fix: 'Sign the configuration with a key of its own `jwks`.',
  },
})

/** Configurations from the entity up to a superior. */
type Path = readonly Statement[]

interface Step {
  path: Path
  superior: string
}

/** Superiors between the entity and a trust anchor. */
const mostIntermediates = 5
/** Hints of one entity that are followed. */
const mostHints = 6
/** Paths of one length that are followed: entities can name each other. */
const mostPaths = 24
const mostTold = 5

/** A valid chain for the entity of a configuration. */
export async function discoverChain(
  own: Statement,
  options: ChainOptions,
  from: Published,
): Promise<TrustChain> {
  const { anchors, now, skew, isSignedBy } = options
  const ranks = new Map([...anchors.entries()].reverse().map(([at, each]) => [each.entityId, at]))
  const rankOf = (id: string) => ranks.get(id) ?? anchors.length
  const failures: Refusal[] = []
  const superiors = new Set<string>()
  requireInTime(own, now, skew)
  if (!(await isSignedBy(own, own.keys))) refuse(rules.ownKey, own.subject)

  /** The paths whose superior publishes a configuration. */
  async function climb(steps: readonly Step[]): Promise<Path[]> {
    const climbed = steps.slice(0, mostPaths).map(({ path, superior }) =>
      noting(failures, async () => {
        const configuration = await from.configuration(superior)
        requireInTime(configuration, now, skew)
        superiors.add(superior)
        return [...path, configuration]
      }),
    )
    return (await Promise.all(climbed)).filter((path) => path !== undefined)
  }

  async function chainOf(path: Path): Promise<TrustChain | undefined> {
    const statements = await noting(failures, () => statementsAlong(path, from))
    return statements && noting(failures, () => validateChain(statements, options))
  }

  let paths: Path[] = [[own]]
  for (let length = 1; paths.length > 0 && length <= mostIntermediates + 1; length++) {
    const steps = paths.flatMap((path) => stepsFrom(path, rankOf))
    const toAnchors = steps
      .filter(({ superior }) => ranks.has(superior))
      .sort((one, other) => rankOf(one.superior) - rankOf(other.superior))
    const complete = await climb(toAnchors)
    for (const path of complete) {
      const chain = await chainOf(path)
      if (chain) return chain
    }
    if (length > mostIntermediates) break
    // A trust anchor may itself be below another one.
    paths = [...complete, ...(await climb(steps.filter(({ superior }) => !ranks.has(superior))))]
  }
  throw (
    decisive(failures) ??
    new Refusal(rules.noPath, {
      given: own.subject,
      setting: 'service.trustAnchors',
      expected: anchors.map(({ entityId }) => entityId),
      note: noteOf([...superiors], failures),
    })
  )
}

/** The superiors that an entity names, trust anchors first, without those on the path. */
function stepsFrom(path: Path, rankOf: (id: string) => number): Step[] {
  const top = path.at(-1) as Statement
  const onPath = new Set(path.map(({ subject }) => subject))
  return [...new Set(listOf(top, 'authority_hints'))]
    .filter((hint) => !onPath.has(hint))
    .sort((one, other) => rankOf(one) - rankOf(other))
    .slice(0, mostHints)
    .map((superior) => ({ path, superior }))
}

/** The chain of a path: what each superior states about the one below, and the top itself. */
async function statementsAlong(path: Path, from: Published): Promise<Statement[]> {
  const [own, ...superiors] = path as [Statement, ...Statement[]]
  const about = superiors.map((superior, at) =>
    from.about(superior, (path[at] as Statement).subject),
  )
  return [own, ...(await Promise.all(about)), path.at(-1) as Statement]
}

/** The result; undefined if it was refused, which is noted. */
async function noting<T>(refusals: Refusal[], work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    refusals.push(error)
    return undefined
  }
}

/**
 * Nothing is final while a part of the federation cannot be reached. An invalid chain says more
 * than a superior that publishes nothing.
 */
function decisive(failures: readonly Refusal[]): Refusal | undefined {
  const { notFound, spent } = published
  return (
    failures.find(({ rule }) => rule.isTemporary) ??
    failures.find(({ rule }) => rule !== notFound && rule !== spent) ??
    failures.find(({ rule }) => rule === spent)
  )
}

/** Where the paths led, and where they ended. */
function noteOf(superiors: readonly string[], failures: readonly Refusal[]): string {
  const notes = failures.slice(0, mostTold).map(({ detail }) => detail)
  return [`Superiors: ${superiors.slice(0, mostTold).join(', ')}`, ...notes].join('; ')
}
