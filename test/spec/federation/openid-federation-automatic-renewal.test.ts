/** How long registrations last, and how they are renewed: OpenID Federation §12.3. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { FetchError } from '../../../src/system/fetch.ts'
import {
  assertionOf,
  authorizeParty,
  type FederatedService,
  federatedService,
  newParty,
  tokensOf,
} from '../../support/automatic.ts'
import { entityKey, minute, type RelyingParty } from '../../support/federation.ts'
import { form, issuer } from '../../support/flows.ts'
import { jwksOf, publicKey } from '../../support/keys.ts'
import type { Json } from '../../support/server.ts'

let service: FederatedService
let party: RelyingParty
beforeAll(async () => {
  service = await federatedService()
})
afterAll(() => service.close())
beforeEach(async () => {
  party = await newParty(service)
})

const fetches = () => service.system.fetch.asked.splice(0).map(({ url }) => url)
const wellKnown = ({ id }: { id: string }) => `${id}/.well-known/openid-federation`
const clientOf = async ({ id }: { id: string }): Promise<Json> => {
  const { clients = [] } = await service.get(
    `/api/${service.serviceId}/client/get/list?start=0&end=1000`,
  )
  return clients.find(({ entityId }: { entityId?: string }) => entityId === id)
}
const renamed = (name: string) => {
  party.metadata = {
    openid_relying_party: {
      ...(party.metadata['openid_relying_party'] as object),
      client_name: name,
    },
  }
}
const unreachable = () => {
  const { fetch } = service.system
  fetch.answer(wellKnown(party), new FetchError('timeout', { purpose: 'entity statement' }))
}
const gone = () => service.system.fetch.answer(wellKnown(party), { status: 404 })
const untilRenewed = async (since: number) => {
  await expect
    .poll(async () => (await clientOf(party)).trustChainUpdatedAt, { timeout: 10_000 })
    .toBeGreaterThan(since)
}
const useTokens = async (refreshToken: string) =>
  service.api('/auth/token', {
    parameters: form({
      grant_type: 'refresh_token',
      refresh_token: refreshToken,
      client_id: party.id,
      ...(await assertionOf(service, party)),
    }),
  })

describe('registration of a relying party', () => {
  it('lasts no longer than ext.federation.chain_seconds', async () => {
    const attributes = [{ key: 'ext.federation.chain_seconds', value: '60' }]
    await service.configure({ attributes })
    await authorizeParty(service, party)
    await service.configure({})
    const { trustChainExpiresAt } = await clientOf(party)
    expect(trustChainExpiresAt).toBe(service.system.clock() + minute)
  })

  it('is renewed in the background from four fifths of its life', async () => {
    await authorizeParty(service, party)
    const start = service.system.clock()
    renamed('New name')
    service.system.clock.advance(3.9 * minute)
    fetches()
    await authorizeParty(service, party)
    expect(fetches()).toEqual([])
    service.system.clock.advance(0.2 * minute)
    expect(await authorizeParty(service, party)).toMatchObject({
      action: 'INTERACTION',
      client: { clientName: 'Federated client' },
    })
    await untilRenewed(start)
    expect(await authorizeParty(service, party)).toMatchObject({
      client: { clientName: 'New name' },
    })
  })

  it('is renewed by its next request after its end, and keeps what the caller added', async () => {
    await authorizeParty(service, party)
    const { clientId, ...before } = await clientOf(party)
    const attributes = [{ key: 'partner', value: 'yes' }]
    await service.api(`/client/update/${clientId}`, { ...before, attributes, developer: 'dev' })
    renamed('Later name')
    service.system.clock.advance(6 * minute)
    const response = await authorizeParty(service, party)
    expect(response).toMatchObject({ action: 'INTERACTION', client: { clientName: 'Later name' } })
    expect(await clientOf(party)).toMatchObject({
      clientId,
      attributes,
      developer: 'dev',
      automaticallyRegistered: true,
      trustChainExpiresAt: service.system.clock() + 5 * minute,
    })
  })

  it('is renewed by token requests, too: tokens of before stay good', async () => {
    const { ticket } = await authorizeParty(service, party)
    const { refreshToken } = await tokensOf(service, party, ticket)
    const protocolKey = await entityKey('rp-next')
    const metadata = party.metadata['openid_relying_party'] as object
    const jwks = JSON.parse(jwksOf(publicKey(protocolKey)))
    party.metadata = { openid_relying_party: { ...metadata, jwks } }
    party.protocolKey = protocolKey
    service.system.clock.advance(6 * minute)
    const used = await useTokens(refreshToken)
    expect(used).toMatchObject({ action: 'OK', clientEntityIdUsed: true })
    expect(await service.api('/auth/introspection', { token: used.accessToken })).toMatchObject({
      clientEntityId: party.id,
      clientEntityIdUsed: true,
    })
  })

  it('ends if its federation says so: the client is refused until it is good again', async () => {
    const { ticket } = await authorizeParty(service, party)
    const { refreshToken } = await tokensOf(service, party, ticket)
    service.system.clock.advance(6 * minute)
    gone()
    expect(await useTokens(refreshToken)).toMatchObject({
      action: 'INVALID_CLIENT',
      resultCode: 'P137203',
    })
    expect(await authorizeParty(service, party)).toMatchObject({
      action: 'BAD_REQUEST',
      resultCode: 'P137203',
    })
    service.federation.publish(party)
    service.system.clock.advance(minute)
    expect(await useTokens(refreshToken)).toMatchObject({ action: 'OK' })
  })

  it('lives on for ten minutes if its federation cannot be reached', async () => {
    await authorizeParty(service, party)
    const { trustChainExpiresAt } = await clientOf(party)
    unreachable()
    service.system.clock.set(trustChainExpiresAt + 9 * minute)
    expect(await authorizeParty(service, party)).toMatchObject({ action: 'INTERACTION' })
    service.system.clock.set(trustChainExpiresAt + 11 * minute)
    expect(await authorizeParty(service, party)).toMatchObject({
      action: 'BAD_REQUEST',
      errorPage: { code: 'temporarily_unavailable' },
    })
    service.federation.publish(party)
    service.system.clock.advance(minute)
    expect(await authorizeParty(service, party)).toMatchObject({ action: 'INTERACTION' })
  })

  it('is renewed by the trust chain of a request, without a fetch', async () => {
    await authorizeParty(service, party)
    service.system.clock.advance(6 * minute)
    gone()
    fetches()
    const header = { trust_chain: await service.federation.chain(party) }
    expect(await authorizeParty(service, party, { header })).toMatchObject({
      action: 'INTERACTION',
    })
    expect(fetches()).toEqual([])
  })

  it('is renewed once by twenty concurrent requests', async () => {
    await authorizeParty(service, party)
    service.system.clock.advance(6 * minute)
    fetches()
    const responses = await Promise.all(
      Array.from({ length: 20 }, () => authorizeParty(service, party)),
    )
    expect(new Set(responses.map(({ action }) => action))).toEqual(new Set(['INTERACTION']))
    expect(fetches().filter((url) => url === wellKnown(party))).toHaveLength(1)
  })

  it('is not resolved if the client is locked', async () => {
    await authorizeParty(service, party)
    const { clientId } = await clientOf(party)
    await service.api(`/client/lock_flag/update/${clientId}`, { clientLocked: true })
    service.system.clock.advance(6 * minute)
    fetches()
    expect(await authorizeParty(service, party)).toMatchObject({ resultCode: 'P030003' })
    expect(fetches()).toEqual([])
  })

  it('is not renewed after the service stopped to announce automatic registration', async () => {
    await authorizeParty(service, party)
    service.system.clock.advance(6 * minute)
    await service.configure({ supportedClientRegistrationTypes: ['EXPLICIT'] })
    fetches()
    expect(await authorizeParty(service, party)).toMatchObject({
      action: 'BAD_REQUEST',
      resultCode: 'P137202',
    })
    expect(fetches()).toEqual([])
    await service.configure({})
  })

  it('is needed by the number of the client, too', async () => {
    await authorizeParty(service, party)
    const { clientId } = await clientOf(party)
    service.system.clock.advance(6 * minute)
    gone()
    const parameters = form({
      grant_type: 'client_credentials',
      client_id: String(clientId),
      ...(await assertionOf(service, { ...party, id: String(clientId) })),
    })
    expect(await service.api('/auth/token', { parameters })).toMatchObject({
      resultCode: 'P137203',
    })
  })
})

describe('client of another kind', () => {
  const document = { client_id: '', client_name: 'By document' }
  const both = { clientIdMetadataDocumentSupported: true, issuer }

  it('is found by its metadata document if it is in no federation', async () => {
    await service.configure(both)
    const stranger = { ...party, id: 'https://cimd.example/app' }
    service.system.fetch.answer(wellKnown(stranger), { status: 404 })
    const jwks = JSON.parse(jwksOf(publicKey(party.protocolKey)))
    const known = {
      ...document,
      client_id: stranger.id,
      redirect_uris: ['https://app.example.com/callback'],
      token_endpoint_auth_method: 'private_key_jwt',
      jwks,
    }
    service.system.fetch.answer(stranger.id, { body: known })
    fetches()
    expect(await authorizeParty(service, stranger)).toMatchObject({
      action: 'INTERACTION',
      metadataDocumentUsed: true,
    })
    expect(fetches()).toEqual([wellKnown(stranger), stranger.id])
    expect(await authorizeParty(service, stranger)).toMatchObject({ action: 'INTERACTION' })
    expect(fetches()).toEqual([])
    await service.configure({})
  })

  it('is found by its metadata document if its request is not of a federation', async () => {
    await service.configure(both)
    const stranger = { ...party, id: 'https://cimd.example/other' }
    const jwks = JSON.parse(jwksOf(publicKey(party.protocolKey)))
    const redirect_uris = ['https://app.example.com/callback']
    const method = { token_endpoint_auth_method: 'private_key_jwt' }
    const known = { ...document, client_id: stranger.id, redirect_uris, jwks, ...method }
    service.system.fetch.answer(stranger.id, { body: known })
    fetches()
    const claims = { jti: undefined }
    expect(await authorizeParty(service, stranger, { claims })).toMatchObject({
      action: 'INTERACTION',
      metadataDocumentUsed: true,
    })
    expect(fetches()).toEqual([stranger.id])
    const claimsOfParty = await authorizeParty(service, party, { claims })
    expect(claimsOfParty).toMatchObject({ resultCode: 'P137111' })
    await service.configure({})
  })

  it('is found in its federation after its metadata document was not found', async () => {
    const attributes = [{ key: 'ext.federation.prefix', value: 'cimd' }]
    await service.configure({ ...both, attributes })
    party = await newParty(service)
    fetches()
    expect(await authorizeParty(service, party)).toMatchObject({
      action: 'INTERACTION',
      clientEntityIdUsed: true,
    })
    const [first] = fetches()
    expect(first).toBe(wellKnown(party))
    await service.configure({})
  })
})
