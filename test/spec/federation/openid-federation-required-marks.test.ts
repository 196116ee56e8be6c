/** Trust marks that a service requires, OpenID Federation §7. */
import { beforeEach, describe, expect, it } from 'vitest'
import { resolveChain } from '../../../src/clients/federation/resolve.ts'
import { requireTrustMarks } from '../../../src/clients/federation/trust-marks.ts'
import { type Entity, entity, federationOf, pinned } from '../../support/federation.ts'
import { asyncOutcomeOf, serviceWith } from '../../support/rules.ts'
import { type TestSystem, testSystem } from '../../support/system.ts'

const type = 'https://anchor.example/marks/member'
const another = 'https://anchor.example/marks/another'

let system: TestSystem
let federation: ReturnType<typeof federationOf>
let anchor: Entity
let middle: Entity
let issuer: Entity
let party: Entity
beforeEach(async () => {
  system = testSystem()
  federation = federationOf(system)
  anchor = await entity('https://anchor.example')
  middle = await entity('https://middle.example', { superiors: [anchor] })
  issuer = await entity('https://marks.example', { superiors: [anchor] })
  party = await entity('https://rp.example', { superiors: [middle] })
  trusts({ [type]: [issuer.id], [another]: [] })
})

function trusts(issuers: Record<string, string[]>, owners?: object): void {
  anchor.claims = { trust_mark_issuers: issuers, ...(owners ? { trust_mark_owners: owners } : {}) }
}

const marked = async (...marks: Promise<object>[]) => {
  party.claims = { trust_marks: await Promise.all(marks) }
}

/** The end of the chain and its trust marks in seconds from now, or the refusal. */
async function outcome({
  required = type,
  withAnchor = true,
  attributes = [] as { key: string; value: string }[],
} = {}) {
  const service = serviceWith({
    trustAnchors: [pinned(anchor)],
    attributes: [{ key: 'ext.federation.required_trust_marks', value: required }, ...attributes],
  })
  const context = { service, system, now: system.clock() }
  const chain = await federation.chain(party, { withAnchor })
  const valid = await resolveChain(context, party.id, { chain, isStatic: true })
  const end = await asyncOutcomeOf(requireTrustMarks(context, valid))
  return typeof end === 'number' ? (end - context.now) / 1_000 : end
}

const missing = 'invalid_trust_chain (P139001)'
const asked = () => system.fetch.asked.map(({ url }) => url)
const only = { attributes: [{ key: 'ext.federation.static_chains', value: 'only' }] }

describe('required trust marks', () => {
  it('are those of an issuer with a chain to the same anchor', async () => {
    federation.publish(issuer)
    await marked(federation.trustMark(issuer, party, type))
    expect(await outcome()).toBe(300)
    expect(asked()).toContain('https://marks.example/.well-known/openid-federation')
  })

  it('are not looked at unless the service requires them', async () => {
    await marked(federation.trustMark(issuer, party, type))
    expect(await outcome({ required: '' })).toBe(300)
    expect(asked()).toEqual([])
  })

  it('are refused if one type of several is missing', async () => {
    federation.publish(issuer)
    const required = `${type} ${another}`
    await marked(federation.trustMark(issuer, party, type))
    expect(await outcome({ required })).toBe(missing)
    await marked(
      federation.trustMark(issuer, party, type),
      federation.trustMark(party, party, another),
    )
    expect(await outcome({ required })).toBe(300)
  })

  it('are refused without a trust mark, or with a type that the anchor does not know', async () => {
    expect(await outcome()).toBe(missing)
    const unknown = 'https://unknown.example'
    await marked(federation.trustMark(issuer, party, unknown))
    expect(await outcome({ required: unknown })).toBe(missing)
    trusts({})
    await marked(federation.trustMark(issuer, party, type))
    expect(await outcome()).toBe(missing)
    expect(asked()).toEqual([])
  })

  it('are refused of an issuer with a chain to another anchor', async () => {
    const other = await entity('https://other-anchor.example')
    issuer.superiors = [other]
    federation.publish(issuer)
    await marked(federation.trustMark(issuer, party, type))
    expect(await outcome()).toBe(missing)
  })

  it('may be the second of a type, if the first is not valid', async () => {
    federation.publish(issuer)
    await marked(
      federation.trustMark(issuer, anchor, type),
      federation.trustMark(issuer, party, type, { claims: { exp: undefined } }),
    )
    expect(await outcome()).toBe(300)
  })

  it('may come from a superior or the anchor, without a fetch', async () => {
    trusts({ [type]: [middle.id, anchor.id] })
    for (const own of [middle, anchor]) {
      await marked(federation.trustMark(own, party, type))
      expect(await outcome(only)).toBe(300)
    }
    expect(asked()).toEqual([])
  })

  it('may be delegated by their owner (OpenID Federation §7.2)', async () => {
    const owner = await entity('https://owner.example')
    const { keys } = { keys: [owner.key].map(({ d: _, ...key }) => key) }
    trusts({ [type]: [middle.id] }, { [type]: { sub: owner.id, jwks: { keys } } })
    const delegation = await federation.delegation(owner, middle, type)
    await marked(federation.trustMark(middle, party, type))
    expect(await outcome()).toBe(missing)
    await marked(federation.trustMark(middle, party, type, { claims: { delegation } }))
    expect(await outcome()).toBe(300)
  })

  it('bring the chain of their issuer with them (OpenID Federation §4.3)', async () => {
    const mark = async () =>
      federation.trustMark(issuer, party, type, {
        header: { trust_chain: await federation.chain(issuer) },
      })
    await marked(mark())
    expect(await outcome(only)).toBe(300)
    await marked(federation.trustMark(issuer, party, type))
    expect(await outcome(only)).toBe(missing)
    expect(asked()).toEqual([])
  })

  it('are judged by the configuration that the anchor publishes, if the chain lacks it', async () => {
    federation.publish(issuer)
    await marked(federation.trustMark(issuer, party, type))
    expect(await outcome({ withAnchor: false })).toBe(300)
    const posing = await entity(anchor.id, { claims: anchor.claims })
    system = testSystem()
    federation = federationOf(system)
    federation.publish(posing)
    expect(await outcome({ withAnchor: false })).toBe(missing)
  })

  it('end the registration if they expire before the chain', async () => {
    federation.publish(issuer)
    const exp = Math.floor(system.clock() / 1_000) + 20
    await marked(federation.trustMark(issuer, party, type, { claims: { exp } }))
    expect(await outcome()).toBe(20)
  })

  it('make the request temporarily fail while their issuer cannot be reached', async () => {
    await marked(federation.trustMark(issuer, party, type))
    expect(await outcome()).toMatch(/^temporarily_unavailable/)
    expect(await outcome({ withAnchor: false })).toMatch(/^temporarily_unavailable/)
  })

  it('are looked at up to ten, so that a stranger causes no more work', async () => {
    const issuers = Array.from({ length: 40 }, (_, at) => `https://marks-${at}.example`)
    trusts({ [type]: [] })
    await marked(...issuers.map(async (id) => federation.trustMark(await entity(id), party, type)))
    await outcome()
    expect(new Set(asked()).size).toBeLessThanOrEqual(10)
  })
})
