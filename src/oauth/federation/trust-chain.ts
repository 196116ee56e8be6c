/** Trust chains: from an entity to a trust anchor. OpenID Federation §4 and §10.2. */
import { type KeySet, publicKeySetOf } from '../../jose/key-set.ts'
import type { Service } from '../../model/service/service.ts'
import { defineRules, refuse } from '../../refusal.ts'
import type { Metadata } from '../registration/foreign-metadata.ts'
import { allowsType, constraintProblem } from './constraints.ts'
import { listOf, requireInTime, type Statement } from './entity-statement.ts'
import { applyPolicy, resolvePolicies } from './metadata-policy.ts'

const rules = defineRules('Trust chain', {
  length: {
    code: 'P135101',
    error: 'invalid_trust_chain',
    spec: 'OpenID Federation §4',
    message: 'A trust chain must have 2 to 8 entity statements.',
    fix: 'Send the statements from the entity up to its trust anchor: 2 to 8 of them.',
  },
  subject: {
    code: 'P135102',
    error: 'invalid_trust_chain',
    spec: 'OpenID Federation §10.2',
    message: 'A trust chain must begin with the configuration of its subject.',
    fix: 'Begin the trust chain with the configuration that its subject signed about itself.',
  },
  link: {
    code: 'P135103',
    error: 'invalid_trust_chain',
    spec: 'OpenID Federation §10.2',
    message:
      'In a trust chain, the issuer of a statement must be the subject of the next one, and no entity may occur twice.',
    fix: 'Order the statements so that the issuer of each is the subject of the next, without a loop.',
  },
  hint: {
    code: 'P135104',
    error: 'invalid_trust_chain',
    spec: 'OpenID Federation §3.1.3',
    message: 'The authority_hints of an entity must name the superior in its trust chain.',
    fix: 'Add the superior to `authority_hints` in the configuration of the entity.',
  },
  signature: {
    code: 'P135105',
    error: 'invalid_trust_chain',
    spec: 'OpenID Federation §10.2',
    message: 'The signature of a statement cannot be verified with the keys of its issuer.',
    fix: 'Get new statements: the key that signed is not in the `jwks` that its superior states.',
    settings: ['service.trustAnchors'],
  },
  anchor: {
    code: 'P135106',
    error: 'invalid_trust_anchor',
    spec: 'OpenID Federation §10.2',
    message: 'A trust chain must end at a trust anchor of the service.',
    fix: 'Add the trust anchor and its keys to the service, or send a chain to one of its anchors.',
    settings: ['service.trustAnchors'],
  },
  constraint: {
    code: 'P135107',
    error: 'invalid_trust_chain',
    spec: 'OpenID Federation §6.2',
    message: 'The trust chain breaks a constraint of a superior.',
    fix: 'Take a path that keeps the constraint of the evidence, or let the superior change it.',
  },
  policy: {
    code: 'P135108',
    error: 'invalid_metadata',
    spec: 'OpenID Federation §6.1.4',
    message: 'The metadata policies of the trust chain are not valid, or refuse the metadata.',
    fix: 'Change the metadata or the policy that the evidence names.',
  },
  entityType: {
    code: 'P135109',
    error: 'invalid_metadata',
    spec: 'OpenID Federation §5.1',
    message: 'The entity has no metadata of the entity type, or its superiors do not allow it.',
    fix: 'Add metadata of the entity type to the configuration, and let the superiors allow the type.',
  },
})

/** A trust anchor with its pinned keys. */
export interface Anchor {
  entityId: string
  keys: KeySet
}

export interface TrustChain {
  subject: string
  anchor: string
  /** From the configuration of the subject to the last statement, which is of the anchor. */
  statements: readonly Statement[]
  /** The statements of superiors about subordinates, the one about the subject first. */
  subordinate: readonly Statement[]
  /** The earliest end of a statement, in milliseconds since the Unix epoch. */
  expiresAt: number
}

export interface ChainOptions {
  anchors: readonly Anchor[]
  /** Milliseconds since the Unix epoch. */
  now: number
  /** Milliseconds by which clocks may differ. */
  skew: number
  /** Whether a key of the set signed the statement; the result may be cached. */
  isSignedBy: (statement: Statement, keys: KeySet) => Promise<boolean>
}

const longest = 8

/** The trust anchors of a service that have an identifier and keys. */
export const anchorsOf = (service: Service): Anchor[] =>
  (service.trustAnchors ?? []).flatMap(({ entityId, jwks }) => {
    const keys = publicKeySetOf(service, jwks)
    return entityId && keys.keys.length > 0 ? [{ entityId, keys }] : []
  })

/**
 * Validates a chain as a whole. It may end with the configuration of the trust anchor, or with the
 * statement of the anchor about its subordinate.
 */
export async function validateChain(
  statements: readonly Statement[],
  options: ChainOptions,
): Promise<TrustChain> {
  const [own, ...superior] = statements
  if (!own || superior.length === 0 || statements.length > longest) return refuse(rules.length)
  if (own.issuer !== own.subject) refuse(rules.subject, own.subject)
  const last = statements.at(-1) as Statement
  const subordinate = subordinateOf(statements)
  requireLinks(statements)
  const anchor = options.anchors.find(({ entityId }) => entityId === last.issuer)
  if (!anchor) return refuse(rules.anchor, last.issuer)
  for (const each of statements) requireInTime(each, options.now, options.skew)
  const broken = constraintProblem(subordinate)
  if (broken) refuse(rules.constraint, broken)
  await requireSignatures(statements, anchor, options)
  const expiresAt = Math.min(...statements.map((each) => each.expiresAt))
  return { subject: own.subject, anchor: anchor.entityId, statements, subordinate, expiresAt }
}

const subordinateOf = (statements: readonly Statement[]) =>
  statements.slice(1).filter(({ issuer, subject }) => issuer !== subject)

/** Only the first statement and that of the anchor are about their own issuer. */
function requireLinks(statements: readonly Statement[]): void {
  for (const [at, { issuer, subject }] of statements.entries()) {
    const next = statements[at + 1]
    if (next && issuer !== next.subject) refuse(rules.link, issuer)
    const isInner = at > 0 && next !== undefined
    if (isInner && issuer === subject) refuse(rules.link, issuer)
  }
  const [own, above] = statements
  const superiors = subordinateOf(statements).map(({ issuer }) => issuer)
  const isLoop = new Set([own?.subject, ...superiors]).size <= superiors.length
  if (superiors.length === 0 || isLoop) refuse(rules.link, own?.subject)
  const isHinted = own && above && listOf(own, 'authority_hints').includes(above.issuer)
  if (!isHinted) refuse(rules.hint, above?.issuer)
}

/**
 * Each statement is signed with a key that the next one attests, the last with a pinned key, and
 * the first with a key of its own, too.
 */
async function requireSignatures(
  statements: readonly Statement[],
  anchor: Anchor,
  { isSignedBy }: ChainOptions,
): Promise<void> {
  const [own] = statements
  const checks = statements.map((statement, at) => ({
    statement,
    keys: statements[at + 1]?.keys ?? anchor.keys,
  }))
  if (own) checks.push({ statement: own, keys: own.keys })
  for (const { statement, keys } of checks.reverse()) {
    if (!(await isSignedBy(statement, keys))) refuse(rules.signature, statement.subject)
  }
}

/**
 * The metadata of the subject for an entity type, by all its superiors: what its configuration
 * says, replaced by the immediate superior, and governed by all policies. OpenID Federation §6.1.4.
 */
export const resolvedMetadata = (chain: TrustChain, type: string): Metadata =>
  resolvedByType(chain, [type]).get(type) ?? refuse(rules.entityType, chain.subject)

/** The same for several entity types, or for all that the subject has and its superiors allow. */
export function resolvedByType(
  { statements, subordinate }: TrustChain,
  wanted?: readonly string[],
): ReadonlyMap<string, Metadata> {
  const resolved = resolvePolicies([...subordinate].reverse().map(({ claims }) => claims))
  if ('problem' in resolved) return refuse(rules.policy, described(resolved.problem))
  const declared = metadataOf(statements[0])
  const stated = metadataOf(subordinate[0])
  const types = (wanted ?? [...declared.keys()]).filter(
    (type) => declared.has(type) && allowsType(subordinate, type),
  )
  return new Map(
    types.map((type) => {
      const whole = { ...declared.get(type), ...stated.get(type) }
      const policy = resolved.policies.get(type)
      const governed = policy ? applyPolicy(whole, policy) : { metadata: whole }
      if ('problem' in governed) return refuse(rules.policy, described(governed.problem))
      return [type, governed.metadata]
    }),
  )
}

const described = ({ path, message }: { path: string; message: string }) =>
  path === '' ? message : `${path}: ${message}`

/** The metadata that a statement has, by entity type. */
const metadataOf = (statement: Statement | undefined): ReadonlyMap<string, Metadata> =>
  new Map(Object.entries(Object(statement?.claims['metadata']) as Record<string, Metadata>))
