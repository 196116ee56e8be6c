/** Trust chains of entities: given with a request, or discovered. OpenID Federation §10. */
import type { ServiceContext } from '../../context.ts'
import { effectiveSeconds } from '../../oauth/duration.ts'
import type { Statement } from '../../oauth/federation/entity-statement.ts'
import {
  type Anchor,
  anchorsOf,
  type ChainOptions,
  type TrustChain,
  validateChain,
} from '../../oauth/federation/trust-chain.ts'
import { defineRules, refuse } from '../../refusal.ts'
import { statementsOf } from './statements.ts'

const rules = defineRules('Trust chain resolution', {
  subject: {
    code: 'P136001',
    error: 'invalid_trust_chain',
    spec: 'OpenID Federation §4.3',
    message: 'The trust chain of the request must be about the entity that sends it.',
  },
  missing: {
    code: 'P136002',
    error: 'invalid_trust_chain',
    spec: 'OpenID Federation §18.1',
    message: 'The request must contain a valid trust chain: none is discovered.',
  },
})

/** What resolving a chain needs of a context. */
export type Resolving = Pick<ServiceContext, 'service' | 'system' | 'now'>

/** What a request gives for the resolution. */
export interface Given {
  /** A trust chain as texts: it is tried first. */
  chain?: readonly string[] | undefined
  /** The configuration of the entity, in place of the one that it publishes. */
  configuration?: Statement | undefined
  /** Only the given chain is tried. */
  isStatic?: boolean | undefined
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
  if (!given.chain) return refuse(rules.missing, entityId)
  return givenChain(context, entityId, anchors, given.chain, given.configuration)
}

/** The number of statements of a given chain that are read: one more than are valid. */
const mostRead = 9

async function givenChain(
  context: Resolving,
  entityId: string,
  anchors: readonly Anchor[],
  texts: readonly string[],
  configuration: Statement | undefined,
): Promise<TrustChain> {
  const { read } = statementsOf(context.system)
  const statements = texts
    .slice(0, mostRead)
    .map((text, at) => (at === 0 && configuration ? configuration : read(text)))
  const [own] = statements
  if (own && own.subject !== entityId) refuse(rules.subject, own.subject)
  return validateChain(statements, optionsFor(context, anchors))
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
