/** Published vectors and examples of metadata policies, OpenID Federation §6.1. */
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { applyPolicy, resolvePolicies } from '../../../src/oauth/federation/metadata-policy.ts'
import * as example from '../../vectors/federation-examples.ts'

type Json = Record<string, unknown>

interface Vector {
  n: number
  /** The policies of the trust anchor and of an intermediate. */
  TA: Json
  INT: Json
  merged?: Json
  metadata: Json
  resolved?: Json
  error?: 'invalid_policy' | 'invalid_metadata'
}

const file = new URL('../../vectors/metadata-policy.json.gz', import.meta.url)
const vectors: Vector[] = JSON.parse(gunzipSync(readFileSync(file)).toString())

const type = 'openid_relying_party'

/** Merges policies from the anchor down, and applies them. */
function outcomeOf(policies: readonly Json[], metadata: Json, entityType = type) {
  const chain = policies.map((policy) => ({ metadata_policy: { [entityType]: policy } }))
  const read = resolvePolicies(chain)
  if ('problem' in read) return { error: 'invalid_policy' }
  const policy = read.policies.get(entityType) ?? new Map()
  const merged = Object.fromEntries(policy)
  const governed = applyPolicy(metadata, policy)
  if ('problem' in governed) return { merged, error: 'invalid_metadata' }
  return { merged, resolved: governed.metadata }
}

/** With lists as sets: the order of merged values is not defined. */
const asSets = (value: unknown): unknown => {
  if (Array.isArray(value)) return [...value].sort()
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, asSets(each)]))
}

describe('vectors of metadata policies', () => {
  it('are 2,019, of which 766 are errors', () => {
    expect(vectors).toHaveLength(2_019)
    expect(vectors.filter(({ error }) => error)).toHaveLength(766)
  })

  it('agree on each merged policy, on each result and on the kind of each error', () => {
    for (const { n, TA, INT, metadata, merged, resolved, error } of vectors) {
      const expected = { merged, resolved, error }
      expect(asSets(outcomeOf([TA, INT], metadata)), `vector ${n}`).toEqual(asSets(expected))
    }
  })
})

describe('examples of metadata policies', () => {
  it('relying party with a trust anchor and an intermediate (OpenID Federation §6.1.5)', () => {
    const { anchor, intermediate, published, provided, merged, resolved } = example.relyingParty
    const outcome = outcomeOf([anchor, intermediate], { ...published, ...provided })
    expect(asSets(outcome)).toEqual(asSets({ merged, resolved }))
  })

  it('provider below three superiors (OpenID Federation §A.2.8)', () => {
    const { superiors, published, resolved } = example.provider
    const outcome = outcomeOf(superiors, published, 'openid_provider')
    expect(asSets(outcome)).toMatchObject({ resolved: asSets(resolved) })
    expect(Object.keys(outcome.resolved ?? {})).toHaveLength(Object.keys(resolved).length)
  })
})
