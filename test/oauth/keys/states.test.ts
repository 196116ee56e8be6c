/** States of keys as a function of time, and what any sequence of operations leaves of them. */
import fc from 'fast-check'
import type { JWK } from 'jose'
import { describe, expect, it } from 'vitest'
import { boundariesAround, keyStateOf } from '../../../src/model/keys/state.ts'
import type { ManagedKey } from '../../../src/model/service/hsk.ts'
import type { NewKey } from '../../../src/oauth/keys/add.ts'
import { nextErasure, withErased } from '../../../src/oauth/keys/erase.ts'
import { type KeyRing, presentOf, stateIn, unmanagedIn } from '../../../src/oauth/keys/key-ring.ts'
import { needsKey, type Rotation, rotated } from '../../../src/oauth/keys/rotate.ts'
import { Refusal } from '../../../src/refusal.ts'

const group = { set: 'protocol', use: 'sig', alg: 'ES256' } as const
const record = (kid: string, times: Partial<ManagedKey>): ManagedKey => ({
  ...group,
  kid,
  kty: 'EC',
  createdAt: 0,
  activeFrom: 0,
  ...times,
})

describe('state of a key', () => {
  const keys = [
    record('first', { activeFrom: 0, retireAt: 300 }),
    record('second', { activeFrom: 100, retireAt: 400 }),
    record('third', { activeFrom: 200 }),
    record('revoked', { activeFrom: 250, revokedAt: 260 }),
    record('foreign', { activeFrom: 0, verifiesOnly: true, retireAt: 150 }),
    record('other algorithm', { activeFrom: 0, alg: 'ES384' }),
  ]
  const [next, current, previous, retired] = ['NEXT', 'CURRENT', 'PREVIOUS', 'RETIRED']
  it.each([
    [-1, [next, next, next, 'REVOKED', previous, next]],
    [0, [current, next, next, 'REVOKED', previous, current]],
    [99, [current, next, next, 'REVOKED', previous, current]],
    [100, [previous, current, next, 'REVOKED', previous, current]],
    [150, [previous, current, next, 'REVOKED', retired, current]],
    [200, [previous, previous, current, 'REVOKED', retired, current]],
    [300, [retired, previous, current, 'REVOKED', retired, current]],
    [400, [retired, retired, current, 'REVOKED', retired, current]],
  ])('follows at %d from its times', (now, expected) => {
    expect(keys.map((key) => keyStateOf(key, keys, now))).toEqual(expected)
  })

  it('does not change between two boundaries', () => {
    const at = (now: number) => keys.map((key) => keyStateOf(key, keys, now))
    for (let now = -1; now <= 401; now++) {
      const { from, until } = boundariesAround(keys, now)
      expect(at(Math.max(from, -1))).toEqual(at(now))
      expect(at(Math.min(until, 402) - 1)).toEqual(at(now))
    }
  })

  it('stays current beyond its end while no other key can be', () => {
    const lonely = [record('last', { retireAt: 100 })]
    expect(keyStateOf(lonely[0] as ManagedKey, lonely, 1_000)).toBe('CURRENT')
  })
})

/** Milliseconds of a small world. */
const timing = { propagation: 100, overlap: 240, life: 130 }
let made = 0
const material = (): JWK => {
  made += 1
  return { kty: 'EC', crv: 'P-256', use: 'sig', alg: 'ES256', x: `x${made}`, y: 'y', d: 'd' }
}
function freshKey(): NewKey {
  const jwk = material()
  const kid = `key-${made}`
  return { ...group, kid, jwk: { ...jwk, kid } }
}

const firstRing = (): KeyRing => ({
  sets: { protocol: [{ ...material(), kid: 'written' }], federation: [], credential: [] },
  managed: [],
  hardware: [],
  hsmEnabled: false,
  since: 0,
})

type Step = { wait: number } | { operation: Rotation['operation']; pick: number; force: boolean }
const steps = (operations: Rotation['operation'][], force: fc.Arbitrary<boolean>) =>
  fc.array(
    fc.oneof(
      fc.record({ wait: fc.integer({ min: 1, max: 400 }) }),
      fc.record({ operation: fc.constantFrom(...operations), pick: fc.nat(5), force }),
    ),
    { maxLength: 25 },
  )

/** Applies an operation, or leaves the ring if it is refused. */
function apply(ring: KeyRing, step: Exclude<Step, { wait: number }>, now: number): KeyRing {
  const { operation, pick, force } = step
  const kids = ring.managed.map(({ kid }) => kid)
  const kid = operation === 'begin' || kids.length === 0 ? undefined : kids[pick % kids.length]
  const reason = force ? ('compromised' as const) : undefined
  const rotation = { ...group, operation, kid, immediately: force, reason }
  try {
    const fresh = needsKey(ring, rotation, now) ? freshKey() : undefined
    return rotated(ring, rotation, { timing, now, fresh })
  } catch (error) {
    if (error instanceof Refusal) return ring
    throw error
  }
}

const inState = (ring: KeyRing, now: number, ...states: string[]): string[] =>
  presentOf(ring)
    .filter((each) => states.includes(stateIn(ring, each, now)))
    .map(({ kid }) => kid)
const writtenKids = (ring: KeyRing) => unmanagedIn(ring, 'protocol').map(({ kid = '' }) => kid)
const signerOf = (ring: KeyRing, now: number) =>
  [...inState(ring, now, 'CURRENT'), ...writtenKids(ring)][0]
const publishedBy = (ring: KeyRing, now: number) => [
  ...inState(ring, now, 'CURRENT', 'NEXT', 'PREVIOUS'),
  ...writtenKids(ring),
]

const all = ['begin', 'activate', 'cancel', 'rollback', 'retire', 'revoke'] as const

describe('any sequence of operations', () => {
  it('leaves exactly one key that signs, now and at any later time', () => {
    const sequence = steps([...all], fc.boolean())
    fc.assert(
      fc.property(sequence, (sequenceOf) => {
        let ring = firstRing()
        let now = 1_000
        for (const step of sequenceOf) {
          if ('wait' in step) now += step.wait
          else ring = apply(ring, step, now)
          ring = withErased(ring, now - 3_600_000)
          for (const later of [0, 50, 100, 240, 340, 5_000]) {
            const current = inState(ring, now + later, 'CURRENT')
            expect(current.length + writtenKids(ring).length).toBe(1)
          }
        }
      }),
      { numRuns: 100 },
    )
  })

  it('makes no token that a client with a key set of the propagation time cannot verify', () => {
    const sequence = steps(
      ['begin', 'activate', 'cancel', 'rollback', 'retire'],
      fc.constant(false),
    )
    fc.assert(
      fc.property(sequence, (sequenceOf) => {
        let ring = firstRing()
        let now = 1_000
        const history = [{ at: now, ring }]
        const ringAt = (time: number) =>
          (history.findLast(({ at }) => at <= time) ?? history[0])?.ring ?? ring
        const signed: { at: number; kid: string | undefined }[] = []
        for (const step of sequenceOf) {
          const end = 'wait' in step ? now + step.wait : now
          if (!('wait' in step)) {
            ring = apply(ring, step, now)
            history.push({ at: now, ring })
          }
          for (; now <= end; now += 10) {
            signed.push({ at: now, kid: signerOf(ring, now) })
            for (const { at, kid } of signed.slice(-40)) {
              if (now > at + timing.life) continue
              // Two clients: one fetched the keys just now, one as long ago as it may.
              for (const fetched of [now, now - timing.propagation]) {
                const time = Math.max(fetched, 1_000)
                expect(publishedBy(ringAt(time), time)).toContain(kid)
              }
            }
          }
          now = end
        }
      }),
      { numRuns: 50 },
    )
  })

  it('names when the next private half is to be erased', () => {
    const ring = apply(firstRing(), { operation: 'begin', pick: 0, force: false }, 1_000)
    expect(nextErasure(ring)).toBe(1_000 + timing.propagation + timing.overlap + 3_600_000)
    const erased = withErased(ring, nextErasure(ring) ?? 0)
    expect(erased.sets.protocol).toHaveLength(1)
    expect(erased.managed.find(({ kid }) => kid === 'written')?.endedAt).toBeDefined()
  })
})
