/** Registration of relying parties by their trust marks, OpenID Federation §7. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { attributes } from '../../support/entity.ts'
import { explicitStage, type Stage } from '../../support/explicit-registration.ts'
import { type Bent, type Entity, entity } from '../../support/federation.ts'
import { jwksOf, publicKey } from '../../support/keys.ts'
import type { Json } from '../../support/server.ts'
import { sharedStore } from '../../support/stores.ts'

const type = 'https://anchor.example/marks/member'

const store = sharedStore()
let stage: Stage
let issuer: Entity
beforeEach(async () => {
  stage = await explicitStage({ on: store() })
  const { anchor, service, federation } = stage
  issuer = await entity('https://marks.example', { superiors: [anchor] })
  anchor.claims = { trust_mark_issuers: { [type]: [issuer.id] } }
  federation.publish(issuer)
  await service.configure(attributes({ 'ext.federation.required_trust_marks': type }))
})
afterEach(() => stage.service.close())

/** The response to a registration with the trust marks. */
async function register(...marks: object[]): Promise<Json> {
  stage.party.claims = { trust_marks: marks }
  return stage.register({ entityConfiguration: await stage.chained() })
}

const mark = (bent: Bent = {}, by = issuer, about: Entity = stage.party) =>
  stage.federation.trustMark(by, about, type, bent)

const seconds = () => Math.floor(stage.service.system.clock() / 1_000)

const refused = {
  action: 'BAD_REQUEST',
  resultCode: 'P139001',
  responseContent: expect.stringContaining('"error":"invalid_trust_chain"'),
}

describe('relying party', () => {
  it('is registered with a trust mark of the required type', async () => {
    expect(await register(await mark())).toMatchObject({ action: 'OK' })
  })

  it('is registered without one if the service requires none', async () => {
    await stage.service.configure({ attributes: [] })
    expect(await register()).toMatchObject({ action: 'OK' })
  })

  it.each<[string, () => Promise<object[]>]>([
    ['without a trust mark', async () => []],
    ['with one of another entity', async () => [await mark({}, issuer, stage.middle)]],
    ['with one of another issuer', async () => [await mark({}, stage.middle)]],
    ['with one that has expired', async () => [await mark({ claims: { iat: 1, exp: 300 } })]],
    ['with one from the future', async () => [await mark({ claims: { iat: seconds() + 60 } })]],
    ['with one of another type of JWT', async () => [await mark({ header: { typ: 'JWT' } })]],
    ['with one of another key', async () => [await mark({ key: stage.party.key })]],
    ['with one that it signed itself', async () => [await mark({}, stage.party)]],
  ])('is refused %s (OpenID Federation §7.3)', async (_what, marks) => {
    expect(await register(...(await marks()))).toMatchObject(refused)
    const found = await store().store.clients.findByEntityId(
      stage.service.serviceId,
      stage.party.id,
    )
    expect(found).toBeUndefined()
  })

  it('is refused without the delegation by the owner of the type (§7.2)', async () => {
    const owner = await entity('https://owner.example')
    const jwks = JSON.parse(jwksOf(publicKey(owner.key)))
    stage.anchor.claims = {
      ...stage.anchor.claims,
      trust_mark_owners: { [type]: { sub: owner.id, jwks } },
    }
    expect(await register(await mark())).toMatchObject(refused)
    const delegation = await stage.federation.delegation(owner, issuer, type)
    expect(await register(await mark({ claims: { delegation } }))).toMatchObject({ action: 'OK' })
  })

  it('is registered for as long as its trust mark lasts', async () => {
    const exp = seconds() + 20
    const { client } = await register(await mark({ claims: { exp } }))
    expect(client.trustChainExpiresAt).toBe(exp * 1_000)
  })
})

describe('attribute ext.federation.required_trust_marks', () => {
  it('is refused with more than ten types', async () => {
    const types = Array.from({ length: 11 }, (_, at) => `type-${at}`).join(' ')
    const settings = attributes({ 'ext.federation.required_trust_marks': types })
    const answer = await stage.service.configure(settings)
    expect(answer['resultMessage']).toContain('at most 10 types of trust marks')
  })
})
