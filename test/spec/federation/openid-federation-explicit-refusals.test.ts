/** Requests for explicit registration that are refused, OpenID Federation §12.2.2 and §12.2.4. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { attributes } from '../../support/entity.ts'
import { explicitStage, type Stage } from '../../support/explicit-registration.ts'
import {
  type Bent,
  type Entity,
  entity,
  entityKey,
  pinned,
  relyingParty,
} from '../../support/federation.ts'
import { issuer } from '../../support/flows.ts'
import { jwksOf, publicKey } from '../../support/keys.ts'
import type { Json } from '../../support/server.ts'
import { sharedStore } from '../../support/stores.ts'

const store = sharedStore()
let stage: Stage
beforeEach(async () => {
  stage = await explicitStage({ on: store() })
})
afterEach(() => stage.service.close())

/** The response to a request whose configuration is bent. */
const bent = async (change: Bent, of: Entity = stage.party): Promise<Json> =>
  stage.register({ entityConfiguration: await stage.chained(of, change) })

/** The response to a request with chains in its header. */
const withChains = async (header: Record<string, unknown>) =>
  stage.register({ entityConfiguration: await stage.request(stage.party, { header }) })

const refusal = (error: string, resultCode: string) => ({
  ...{ action: 'BAD_REQUEST', resultCode, contentType: 'application/json' },
  responseContent: expect.stringContaining(`"error":"${error}"`),
})

const nothingFetched = () => expect(stage.service.system.fetch.asked).toEqual([])

describe('explicit registration is refused', () => {
  it.each<[string, string, Bent]>([
    ['without an audience', 'P138005', { claims: { aud: undefined } }],
    ['for another provider', 'P138005', { claims: { aud: 'https://other.example' } }],
    ['for several providers', 'P138005', { claims: { aud: [issuer, 'https://other.example'] } }],
    ['for a list of lists', 'P138005', { claims: { aud: [[issuer]] } }],
    [
      'about another entity',
      'P138004',
      {
        claims: { sub: 'https://other.example', aud: undefined, authority_hints: undefined },
        header: { trust_chain: undefined },
      },
    ],
    ['with a header that is no chain', 'P138003', { header: { trust_chain: 'x' } }],
    ['with a chain of numbers', 'P138003', { header: { trust_chain: [1, 2] } }],
    ['with a chain of nine', 'P138003', { header: { trust_chain: Array(9).fill('x') } }],
    ['with a peer chain of one', 'P138003', { header: { peer_trust_chain: ['x'] } }],
  ])('%s', async (_, code, change) => {
    expect(await bent(change)).toMatchObject(refusal('invalid_request', code))
    nothingFetched()
  })

  it('an audience that is a list of the provider alone is none of the reasons', async () => {
    expect(await bent({ claims: { aud: [issuer] } })).toMatchObject({ action: 'OK' })
  })

  it.each<[string, () => Promise<Record<string, unknown>>]>([
    ['neither a configuration nor a chain', async () => ({})],
    [
      'both of them',
      async () => ({ entityConfiguration: await stage.request(), trustChain: '[]' }),
    ],
  ])('with %s', async (_, body) => {
    expect(await stage.register(await body())).toMatchObject(refusal('invalid_request', 'P138002'))
  })

  it.each([
    ['no JSON', '['],
    ['an object', '{}'],
    ['a list of one', '["x"]'],
    ['deep JSON', `${'['.repeat(5_000)}${']'.repeat(5_000)}`],
  ])('with a trust chain that is %s', async (_, trustChain) => {
    const answer = await stage.register({ trustChain })
    expect(answer).toMatchObject(refusal('invalid_request', 'P138003'))
  })

  it('without a signature of the federation key of the relying party', async () => {
    const key = { ...(await entityKey('other')), kid: stage.party.key.kid ?? '' }
    const jwks = JSON.parse(jwksOf(publicKey(key)))
    stage.federation.publish(stage.party)
    const answer = await bent({ key, claims: { jwks } })
    expect(answer).toMatchObject(refusal('invalid_trust_chain', 'P135105'))
    expect(await bent({ key: stage.party.protocolKey })).toMatchObject({ action: 'BAD_REQUEST' })
  })

  it.each<[string, string, Bent]>([
    ['of another type', 'P135002', { header: { typ: 'JWT' } }],
    ['that has expired', 'P135007', { claims: { exp: 1_700_000_000, iat: 1_600_000_000 } }],
    ['with a critical claim', 'P135010', { claims: { crit: ['x'], x: 1 } }],
  ])('by a configuration %s', async (_, code, change) => {
    expect(await bent(change)).toMatchObject(refusal('invalid_trust_chain', code))
  })

  it('below a trust anchor that is not of the service', async () => {
    const stranger = await entity('https://stranger.example')
    const party = await relyingParty('https://rp.example', [stranger])
    const trust_chain = await stage.federation.chain(party)
    const entityConfiguration = await stage.request(party, { header: { trust_chain } })
    await stage.service.configure({
      trustAnchors: [pinned(stage.anchor)],
      ...attributes({ 'ext.federation.static_chains': 'only' }),
    })
    const answer = await stage.register({ entityConfiguration })
    expect(answer).toMatchObject(refusal('invalid_trust_anchor', 'P135106'))
  })

  it('for metadata that a superior refuses', async () => {
    const { middle, anchor } = stage
    middle.statements[anchor.id] = {
      metadata_policy: { openid_relying_party: { client_name: { one_of: ['Another'] } } },
    }
    expect(await bent({})).toMatchObject(refusal('invalid_metadata', 'P135108'))
  })

  it('for a relying party that registers automatically only', async () => {
    const only = { client_registration_types: ['automatic'] }
    const party = await relyingParty('https://automatic.example', [stage.middle], only)
    expect(await bent({}, party)).toMatchObject(refusal('invalid_metadata', 'P137001'))
  })

  it('for the alias of another client, which remains as it is', async () => {
    const alias = { clientIdAlias: stage.party.id, clientIdAliasEnabled: true }
    const { clientId } = await stage.service.client(alias)
    expect(await bent({})).toMatchObject(refusal('invalid_request', 'P137007'))
    const { serviceId } = stage.service
    const found = await stage.service.get(`/api/${serviceId}/client/get/${clientId}`)
    expect(found).not.toHaveProperty('entityId')
  })

  it('if the text is too long', async () => {
    const entityConfiguration = 'a'.repeat(192 * 1_024 + 1)
    const answer = await stage.register({ entityConfiguration })
    expect(answer).toMatchObject(refusal('invalid_request', 'P076001'))
    const longest = await stage.register({ entityConfiguration: 'a'.repeat(192 * 1_024) })
    expect(longest).toMatchObject(refusal('invalid_trust_chain', 'P135001'))
  })
})

describe('peer trust chain', () => {
  const provider = async (superiors: Entity[], metadata = {}) => {
    const own = await entity(issuer, { superiors, metadata: { openid_provider: metadata } })
    return stage.federation.chain(own)
  }

  it('is checked and not applied (OpenID Federation §12.2.2)', async () => {
    const { anchor, middle, federation, party } = stage
    middle.statements[anchor.id] = {
      metadata_policy: { openid_provider: { scopes_supported: { value: ['openid'] } } },
    }
    const peer_trust_chain = await provider([middle])
    const trust_chain = await federation.chain(party)
    expect(await withChains({ trust_chain, peer_trust_chain })).toMatchObject({ action: 'OK' })
  })

  it('chooses the trust anchor among several', async () => {
    const { federation, anchor, service, middle } = stage
    const other = await entity('https://other-anchor.example')
    await service.configure({ trustAnchors: [pinned(anchor), pinned(other)] })
    middle.superiors.push(other)
    federation.publish(stage.party)
    for (const chosen of [other, anchor]) {
      const answer = await withChains({ peer_trust_chain: await provider([chosen]) })
      expect(answer).toMatchObject({ action: 'OK', client: { trustAnchorId: chosen.id } })
    }
  })

  it('must end at the trust anchor of the other chain', async () => {
    const { anchor, federation, party, service } = stage
    const other = await entity('https://other-anchor.example')
    await service.configure({ trustAnchors: [pinned(anchor), pinned(other)] })
    const chains = {
      trust_chain: await federation.chain(party),
      peer_trust_chain: await provider([other]),
    }
    expect(await withChains(chains)).toMatchObject(refusal('invalid_trust_anchor', 'P138011'))
  })

  it('must begin at the provider and be valid', async () => {
    const { federation, party } = stage
    const trust_chain = await federation.chain(party)
    const ofParty = await withChains({ trust_chain, peer_trust_chain: trust_chain })
    expect(ofParty).toMatchObject(refusal('invalid_trust_chain', 'P136001'))
    const [own = '', ...above] = await provider([stage.middle])
    const spliced = [own, ...above.slice(1)]
    expect(await withChains({ trust_chain, peer_trust_chain: spliced })).toMatchObject({
      action: 'BAD_REQUEST',
    })
  })

  it('must accept the metadata of the provider', async () => {
    const { anchor, middle, federation, party } = stage
    middle.statements[anchor.id] = {
      metadata_policy: { openid_provider: { scopes_supported: { essential: true } } },
    }
    const chains = {
      trust_chain: await federation.chain(party),
      peer_trust_chain: await provider([middle]),
    }
    expect(await withChains(chains)).toMatchObject(refusal('invalid_metadata', 'P135108'))
  })

  it('is not for a request that is a trust chain', async () => {
    const { federation, party } = stage
    const [, ...above] = await federation.chain(party)
    const header = { peer_trust_chain: await provider([stage.middle]) }
    const trustChain = JSON.stringify([await stage.request(party, { header }), ...above])
    const answer = await stage.register({ trustChain })
    expect(answer).toMatchObject(refusal('invalid_request', 'P138006'))
  })
})

describe('explicit registration at a service', () => {
  const atService = async (more: Record<string, unknown>) => {
    await stage.service.configure(more)
    return bent({})
  }

  it('that is no entity, or registers automatically only, is not found', async () => {
    const off = await atService({ federationEnabled: false })
    expect(off).toMatchObject({ action: 'NOT_FOUND', resultCode: 'P134001' })
    const automatic = await atService({ supportedClientRegistrationTypes: ['AUTOMATIC'] })
    expect(automatic).toMatchObject({
      ...{ action: 'NOT_FOUND', resultCode: 'P138001', contentType: 'application/json' },
      responseContent: expect.stringContaining('"error":"not_found"'),
    })
  })

  it('without a federation key is an error of the service', async () => {
    expect(await atService({ federationJwks: undefined })).toMatchObject({
      action: 'INTERNAL_SERVER_ERROR',
      responseContent: expect.stringContaining('"error":"server_error"'),
    })
  })

  it('registers for that service alone', async () => {
    const { service } = stage
    const { answer } = await stage.registered()
    const second = await explicitStage({ on: store() })
    const { clients } = await second.service.get(`/api/${second.service.serviceId}/client/get/list`)
    expect(clients ?? []).toEqual([])
    const path = `/api/${second.service.serviceId}/client/get/${answer.client.clientId}`
    expect((await second.service.call('GET', path)).status).toBe(404)
    await second.service.close()
    expect(service.serviceId).not.toBe(second.service.serviceId)
  })
})
