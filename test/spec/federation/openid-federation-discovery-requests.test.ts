/** Requests of entities whose trust chain cannot be resolved, OpenID Federation §10 and §12.1.3. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FetchError } from '../../../src/system/fetch.ts'
import {
  authorizeParty,
  type FederatedService,
  federatedService,
  newParty,
  requestParameters,
} from '../../support/automatic.ts'
import { entity, type RelyingParty } from '../../support/federation.ts'
import { issuer } from '../../support/flows.ts'
import type { Json } from '../../support/server.ts'
import { sharedStore } from '../../support/stores.ts'

const store = sharedStore()
let service: FederatedService
let party: RelyingParty
beforeEach(async () => {
  service = await federatedService({}, { on: store() })
  party = await newParty(service)
})
afterEach(() => service.close())

const wellKnown = (id: string) => `${id}/.well-known/openid-federation`
const answer: FederatedService['system']['fetch']['answer'] = (url, told) =>
  service.system.fetch.answer(url, told)
const fetched = () => service.system.fetch.asked.map(({ url }) => url)

const refusal = (error: string, resultCode: string) => ({
  ...{ action: 'BAD_REQUEST', resultCode },
  responseContent: expect.stringContaining(`"error":"${error}"`),
})

/** The explanation of a refused authorization request. */
const explained = async (): Promise<Json> => {
  const parameters = await requestParameters(service, party)
  const prefer = { prefer: 'explain' }
  return service.api('/auth/authorization', { parameters }, prefer)
}

describe('authorization request of an entity', () => {
  it('whose trust chain is about another entity is refused', async () => {
    const other = await newParty(service)
    const trust_chain = await service.federation.chain(other)
    answer(wellKnown(party.id), { status: 404 })
    expect(await authorizeParty(service, party, { header: { trust_chain } })).toMatchObject(
      refusal('invalid_trust_chain', 'P136001'),
    )
  })

  it('without a trust chain is refused if none is discovered', async () => {
    await service.configure({
      attributes: [{ key: 'ext.federation.static_chains', value: 'only' }],
    })
    expect(await authorizeParty(service, party)).toMatchObject(
      refusal('invalid_trust_chain', 'P136002'),
    )
    expect(fetched()).toEqual([])
  })

  it('is refused for now if its service resolves eight others', async () => {
    const releases: (() => void)[] = []
    const parties = await Promise.all(Array.from({ length: 8 }, () => newParty(service)))
    for (const { id } of parties) {
      answer(wellKnown(id), () => new Promise((done) => releases.push(() => done({ status: 404 }))))
    }
    const waiting = parties.map((each) => authorizeParty(service, each))
    while (releases.length < 8) await new Promise((done) => setTimeout(done, 5))
    expect(await authorizeParty(service, party)).toMatchObject(
      refusal('temporarily_unavailable', 'P136003'),
    )
    for (const release of releases) release()
    for (const response of await Promise.all(waiting)) {
      expect(response).toMatchObject(refusal('invalid_client', 'P136101'))
    }
    expect(await authorizeParty(service, party)).toMatchObject({ action: 'INTERACTION' })
  })

  it('is refused for now if its federation is slow, and accepted when it comes again', async () => {
    let release = () => {}
    const configuration = await service.federation.configuration(party)
    answer(wellKnown(party.id), () => {
      return new Promise((done) => {
        release = () => done({ body: configuration })
      })
    })
    expect(await authorizeParty(service, party)).toMatchObject(
      refusal('temporarily_unavailable', 'P136004'),
    )
    release()
    expect(await authorizeParty(service, party)).toMatchObject({ action: 'INTERACTION' })
    expect(fetched()).toHaveLength(5)
  })

  it.each([
    ['publishes no configuration', 'invalid_client', 'P136101', { status: 404 }],
    ['cannot be reached', 'temporarily_unavailable', 'P136102', { status: 503 }],
    [
      'is at a private address',
      'invalid_client',
      'P136101',
      new FetchError('forbidden-address', { purpose: 'entity statement' }),
    ],
    ['publishes a page', 'invalid_client', 'P136101', { contentType: 'text/html', body: '<html>' }],
    ['publishes nonsense', 'invalid_trust_chain', 'P135001', { body: 'nonsense' }],
  ])('is refused if the entity %s', async (_what, error, code, told) => {
    answer(wellKnown(party.id), told)
    expect(await authorizeParty(service, party)).toMatchObject(refusal(error, code))
  })

  it('is refused if the entity publishes the configuration of another one', async () => {
    const other = await newParty(service)
    answer(wellKnown(party.id), { body: await service.federation.configuration(other) })
    expect(await authorizeParty(service, party)).toMatchObject(
      refusal('invalid_trust_chain', 'P136103'),
    )
  })

  it('is refused if the federation needs too many fetches', async () => {
    const many = await Promise.all(
      Array.from({ length: 30 }, async (_, at) => entity(`https://e${at}.example`)),
    )
    for (const [at, each] of many.entries()) {
      each.superiors = many.slice(at * 6 + 1, at * 6 + 7)
      answer(wellKnown(each.id), async () => ({
        body: await service.federation.configuration(each),
      }))
    }
    party.superiors = many.slice(0, 6)
    expect(await authorizeParty(service, party)).toMatchObject(
      refusal('invalid_trust_chain', 'P136104'),
    )
    expect(fetched()).toHaveLength(24)
  })

  it('is refused if no chain leads to a trust anchor, which its explanation names', async () => {
    const stranger = await entity('https://stranger.example')
    party.superiors = [stranger]
    service.federation.publish(party)
    const refused = await explained()
    expect(refused).toMatchObject(refusal('invalid_trust_anchor', 'P136201'))
    expect(refused.explanation).toMatchObject({
      refusedBy: {
        ...{ code: 'P136201', spec: 'OpenID Federation §10.1' },
        evidence: {
          given: party.id,
          setting: 'service.trustAnchors',
          expected: [service.anchor.id],
          note: `Superiors: ${stranger.id}`,
        },
      },
      trace: expect.arrayContaining([
        { step: 'trust chain', facts: { entityId: party.id }, refused: 'P136201' },
      ]),
    })
  })

  it('is explained by the trust chain that was found', async () => {
    const { explanation } = await explained()
    expect(explanation.trace).toContainEqual({
      step: 'trust chain',
      facts: {
        entityId: party.id,
        trustAnchor: service.anchor.id,
        issuers: [party.id, service.middle.id, service.anchor.id, service.anchor.id],
        expiresAt: service.system.clock() + 300_000,
      },
    })
  })
})

describe('explicit registration of an entity', () => {
  it('whose configuration another key has signed is refused without a fetch', async () => {
    const claims = { aud: issuer }
    const { protocolKey } = party
    const key = { ...protocolKey, kid: party.key.kid ?? '' }
    const entityConfiguration = await service.federation.configuration(party, { key, claims })
    const refused = await service.api('/federation/registration', { entityConfiguration })
    expect(refused).toMatchObject(refusal('invalid_trust_chain', 'P136202'))
    expect(fetched()).toEqual([])
  })
})
