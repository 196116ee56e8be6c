/** Trust chains that come with a request, OpenID Federation §4.3. */
import { beforeEach, describe, expect, it } from 'vitest'
import { type Given, resolveChain } from '../../../src/clients/federation/resolve.ts'
import { readStatement } from '../../../src/oauth/federation/entity-statement.ts'
import {
  type Entity,
  entity,
  entityKey,
  federationOf,
  minute,
  pinned,
  type RelyingParty,
  relyingParty,
} from '../../support/federation.ts'
import { jwksOf, publicKey } from '../../support/keys.ts'
import { asyncOutcomeOf, serviceWith } from '../../support/rules.ts'
import { type TestSystem, testSystem } from '../../support/system.ts'

let system: TestSystem
let anchor: Entity
let party: RelyingParty
let federation: ReturnType<typeof federationOf>
beforeEach(async () => {
  system = testSystem()
  federation = federationOf(system)
  anchor = await entity('https://anchor.example')
  const middle = await entity('https://middle.example', { superiors: [anchor] })
  party = await relyingParty('https://rp.example', [middle])
})

const resolve = (given: Given, { trusting = anchor, id = party.id } = {}) => {
  const service = serviceWith({ trustAnchors: [pinned(trusting)] })
  const context = { service, system, now: system.clock() }
  return asyncOutcomeOf(resolveChain(context, id, { isStatic: true, ...given }))
}

describe('trust chain of a request', () => {
  it('is validated without a fetch', async () => {
    const chain = await federation.chain(party)
    expect(await resolve({ chain })).toMatchObject({ subject: party.id, anchor: anchor.id })
    expect(system.fetch.asked).toEqual([])
  })

  it('must be about the entity that sends it', async () => {
    const chain = await federation.chain(party)
    const other = { id: 'https://other.example' }
    expect(await resolve({ chain }, other)).toBe('invalid_trust_chain (P136001)')
  })

  it('is judged by the anchors of each service, although its statements are known', async () => {
    const chain = await federation.chain(party)
    expect(await resolve({ chain })).toMatchObject({ anchor: anchor.id })
    const trusting = await entity('https://other-anchor.example')
    expect(await resolve({ chain }, { trusting })).toBe('invalid_trust_anchor (P135106)')
    const posing = await entity(anchor.id)
    expect(await resolve({ chain }, { trusting: posing })).toBe('invalid_trust_chain (P135105)')
    expect(await resolve({ chain })).toMatchObject({ anchor: anchor.id })
  })

  it('is judged by the time of each request, although its statements are known', async () => {
    const chain = await federation.chain(party)
    expect(await resolve({ chain })).toMatchObject({ anchor: anchor.id })
    system.clock.advance(6 * minute)
    expect(await resolve({ chain })).toBe('invalid_trust_chain (P135007)')
  })

  it('begins with the configuration that is given beside it (OpenID Federation §12.2.2)', async () => {
    const chain = await federation.chain(party)
    const text = await federation.configuration(party, {
      claims: { aud: 'https://as.example.com', metadata: {} },
    })
    const configuration = readStatement(text, true)
    const resolved = await resolve({ chain, configuration })
    expect(resolved).toMatchObject({ anchor: anchor.id, statements: [{ text }, {}, {}, {}] })
    // As a member of a chain, a registration remains malformed.
    expect(await resolve({ chain: [text, ...chain.slice(1)] })).toBe(
      'invalid_trust_chain (P135010)',
    )
    const forged = { ...(await entityKey('forged')), kid: party.key.kid ?? '' }
    const other = await federation.configuration(party, {
      key: forged,
      claims: { jwks: JSON.parse(jwksOf(publicKey(forged))) },
    })
    expect(await resolve({ chain, configuration: readStatement(other) })).toBe(
      'invalid_trust_chain (P135105)',
    )
  })

  it('is required where none is discovered (OpenID Federation §18.1)', async () => {
    expect(await resolve({})).toBe('invalid_trust_chain (P136002)')
    expect(system.fetch.asked).toEqual([])
  })
})
