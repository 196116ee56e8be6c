/** Trust chains of entities: given with a request, or discovered. OpenID Federation §10. */
import { hash } from 'node:crypto'
import type { LRUCache } from 'lru-cache'
import type { ServiceContext } from '../../context.ts'
import { timeOf } from '../../model/service/clock.ts'
import { effectiveSeconds } from '../../oauth/duration.ts'
import type { Statement } from '../../oauth/federation/entity-statement.ts'
import { staticChains } from '../../oauth/federation/settings.ts'
import {
  type Anchor,
  anchorsOf,
  type ChainOptions,
  type TrustChain,
  validateChain,
} from '../../oauth/federation/trust-chain.ts'
import { defineRules, Refusal, refuse, step } from '../../refusal.ts'
import { createCache } from '../../system/cache.ts'
import { withinDeadline } from '../../system/deadline.ts'
import type { System } from '../../system/system.ts'
import { type Admit, createAdmission } from './budget.ts'
import { discoverChain, rules as discovery } from './discovery.ts'
import { publishedFor } from './published.ts'
import { statementsOf } from './statements.ts'

const rules = defineRules('Trust chain resolution', {
  subject: {
    code: 'P136001',
    error: 'invalid_trust_chain',
    spec: 'OpenID Federation §4.3',
    message: 'The trust chain of the request must be about the entity that sends it.',
    fix: 'Begin the trust chain with the configuration of the entity that the request names.',
  },
  missing: {
    code: 'P136002',
    error: 'invalid_trust_chain',
    spec: 'OpenID Federation §18.1',
    message: 'The request must contain its trust chain: the service discovers none.',
    fix: 'Send the header parameter `trust_chain`, or remove `ext.federation.static_chains`.',
    settings: ['service.ext.federation.static_chains'],
  },
  tooMany: {
    code: 'P136003',
    error: 'temporarily_unavailable',
    spec: 'OpenID Federation §18.1',
    message: 'Too many trust chains are being resolved: try again later.',
    fix: 'Send trust chains with requests: their number is not limited.',
    isTemporary: true,
  },
  slow: {
    code: 'P136004',
    error: 'temporarily_unavailable',
    spec: 'OpenID Federation §10.5',
    message: 'The trust chain is still being resolved: try again in a few seconds.',
    isTemporary: true,
    fix: 'Repeat the request in a few seconds, when the statements have been fetched.',
  },
})

/** What resolving a chain needs of a context. */
type Resolving = Pick<ServiceContext, 'service' | 'system' | 'now'>

/** What a request gives for the resolution. */
export interface Given {
  /** A trust chain as texts: it is tried first. */
  chain?: readonly string[] | undefined
  /** The configuration of the entity, in place of the one that it publishes. */
  configuration?: Statement | undefined
  /** Only the given chain is tried. */
  isStatic?: boolean | undefined
}

/** How long a request waits for a resolution, and how long that goes on. In milliseconds. */
const waitMilliseconds = 3_000
const longestMilliseconds = 10_000

const refusedMilliseconds = 60_000
const unreachedMilliseconds = 5_000
const mostRefused = 5_000

/** The number of statements of a given chain that are read: one more than are valid. */
const mostRead = 9

/** Resolutions of a process. */
interface Resolutions {
  admit: Admit
  underway: Map<string, Promise<TrustChain>>
  /** Those that failed, until when. */
  refused: LRUCache<string, { refusal: Refusal; until: number }>
}

const known = new WeakMap<System, Resolutions>()

function resolutionsOf(system: System): Resolutions {
  const resolutions = known.get(system) ?? {
    admit: createAdmission(),
    underway: new Map(),
    refused: createCache(mostRefused),
  }
  known.set(system, resolutions)
  return resolutions
}

/** A valid chain from the entity to a trust anchor of the service. */
export const resolveChain = (
  context: Resolving,
  entityId: string,
  given: Given = {},
): Promise<TrustChain> => resolveWith(context, entityId, anchorsOf(context.service), given)

/** A valid chain from the entity to one of the trust anchors. */
export async function resolveWith(
  context: Resolving,
  entityId: string,
  anchors: readonly Anchor[],
  given: Given = {},
): Promise<TrustChain> {
  step('trust chain', () => ({ entityId }))
  const chain = await resolved(context, entityId, given, optionsFor(context, anchors))
  const { anchor: trustAnchor, expiresAt, statements } = chain
  const issuers = statements.map(({ issuer }) => issuer)
  step('trust chain', () => ({ trustAnchor, expiresAt, issuers }))
  return chain
}

async function resolved(
  context: Resolving,
  entityId: string,
  given: Given,
  options: ChainOptions,
): Promise<TrustChain> {
  const { chain, configuration, isStatic } = given
  const isOnlyStatic = isStatic || staticChains.read(context.service) === 'only'
  if (!chain) {
    if (isOnlyStatic) refuse(rules.missing, entityId)
    return discovered(context, entityId, configuration, options)
  }
  try {
    return await givenChain(context, entityId, given, options)
  } catch (error) {
    if (isOnlyStatic || !(error instanceof Refusal)) throw error
    return discovered(context, entityId, configuration, options).catch((failure: unknown) => {
      const isTemporary = failure instanceof Refusal && failure.rule.isTemporary
      throw isTemporary ? failure : error
    })
  }
}

const optionsFor = (
  { service, system, now }: Resolving,
  anchors: readonly Anchor[],
): ChainOptions => ({
  anchors,
  now,
  skew: effectiveSeconds(service, 'allowableClockSkew') * 1_000,
  isSignedBy: statementsOf(system).isSignedBy,
})

async function givenChain(
  { system }: Resolving,
  entityId: string,
  { chain = [], configuration }: Given,
  options: ChainOptions,
): Promise<TrustChain> {
  const { read } = statementsOf(system)
  const statements = chain
    .slice(0, mostRead)
    .map((text, at) => (at === 0 && configuration ? configuration : read(text)))
  const [own] = statements
  if (own && own.subject !== entityId) refuse(rules.subject, own.subject)
  return validateChain(statements, options)
}

/**
 * Requests about the same entity wait for one resolution, and share its failure for a while. What
 * a request gives, and what the service trusts, keeps them apart.
 */
async function discovered(
  context: Resolving,
  entityId: string,
  configuration: Statement | undefined,
  options: ChainOptions,
): Promise<TrustChain> {
  const { service, system, now } = context
  if (options.anchors.length === 0) refuse(discovery.noPath, 'The service has no trust anchors.')
  const { admit, underway, refused } = resolutionsOf(system)
  const names = [
    ...[entityId, service.apiKey, service.modifiedAt, configuration?.text],
    ...options.anchors.map((anchor) => anchor.entityId),
  ]
  const name = hash('sha256', JSON.stringify(names))
  const before = refused.get(name)
  if (before && before.until > now) throw before.refusal
  const started = underway.get(name)
  if (started) return waitFor(started, context)
  const end = admit(service.apiKey, now) ?? refuse(rules.tooMany, entityId)
  const resolution = discover(context, entityId, configuration, options)
    .catch((error: unknown) => {
      if (error instanceof Refusal) {
        const { isTemporary } = error.rule
        const until =
          timeOf(service, system.clock) +
          (isTemporary ? unreachedMilliseconds : refusedMilliseconds)
        refused.set(name, { refusal: error, until })
      }
      throw error
    })
    .finally(() => {
      end()
      underway.delete(name)
    })
  underway.set(name, resolution)
  return waitFor(resolution, context)
}

/** The time since the request began counts, so that a request waits three seconds in all. */
function waitFor(
  resolution: Promise<TrustChain>,
  { service, system, now }: Resolving,
): Promise<TrustChain> {
  const passed = Math.max(0, timeOf(service, system.clock) - now)
  const left = Math.max(0, waitMilliseconds - passed)
  return withinDeadline(left, resolution, () => refuse(rules.slow))
}

async function discover(
  context: Resolving,
  entityId: string,
  configuration: Statement | undefined,
  options: ChainOptions,
): Promise<TrustChain> {
  let isOver = false
  const published = publishedFor(context, () => isOver)
  const attempt = async () =>
    discoverChain(configuration ?? (await published.configuration(entityId)), options, published)
  /** What was known from before may have been replaced since. */
  const mayBeStale = (error: unknown) =>
    error instanceof Refusal &&
    !error.rule.isTemporary &&
    (error.rule !== discovery.noPath || published.wasKnown(entityId))
  const whole = attempt().catch((error: unknown) => {
    if (mayBeStale(error) && published.renew()) return attempt()
    throw error
  })
  return withinDeadline(longestMilliseconds, whole, () => {
    isOver = true
    return refuse(rules.slow)
  })
}
