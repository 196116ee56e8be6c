/** Dry runs see what they did themselves, and nothing of them goes on after their end. */
import { decodeJwt } from 'jose'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { federationSettings, requestObject, requestParameters } from '../../support/automatic.ts'
import { entitySettings } from '../../support/entity.ts'
import { entity, federationOf, minute, relyingParty } from '../../support/federation.ts'
import {
  authorize,
  challenge,
  createService,
  form,
  redirectUri,
  type TestService,
} from '../../support/flows.ts'
import { jwksOf, publicKey } from '../../support/keys.ts'
import type { Json } from '../../support/server.ts'
import { sharedStore } from '../../support/stores.ts'
import { tableRows } from '../../support/table-rows.ts'

const store = sharedStore()
let service: TestService
beforeEach(async () => {
  service = await createService({}, { on: store() })
})
afterEach(() => service.close())

const runDry = async (body: Json): Promise<Json> => {
  service.system.clock.advance(1_000)
  return service.api('/explain', body)
}

/** What the process still does of its own accord is done. */
const settled = () => new Promise((resolve) => setTimeout(resolve, 200))

describe('dry run that begins work in the background', () => {
  it('renews no registration after its end, and a real call does', async () => {
    const anchor = await entity('https://anchor.example')
    const party = await relyingParty('https://rp.example', [anchor])
    federationOf(service.system).publish(party)
    await service.configure(federationSettings(anchor))
    const asks = async () => ({ parameters: await requestParameters(service, party) })
    await service.api('/auth/authorization', await asks())
    service.system.clock.advance(4.5 * minute)
    const { fetch } = service.system
    const url = `${party.id}/.well-known/openid-federation`
    const configuration = await federationOf(service.system).configuration(party)
    let arrive = () => {}
    const arrived = new Promise<void>((resolve) => {
      arrive = resolve
    })
    fetch.answer(url, async () => {
      await arrived
      return { contentType: 'application/entity-statement+jwt', body: configuration }
    })
    const before = await tableRows(service.engine)
    const { outcome } = await runDry({ operation: '/auth/authorization', request: await asks() })
    expect(outcome).toMatchObject({ action: 'INTERACTION' })
    const asked = fetch.asked.length
    expect(fetch.asked.at(-1)).toMatchObject({ url })
    arrive()
    await settled()
    expect(fetch.asked).toHaveLength(asked)
    expect(await tableRows(service.engine)).toEqual(before)
    await service.api('/auth/authorization', await asks())
    const renewedAt = service.system.clock()
    const list = `/api/${service.serviceId}/client/get/list`
    await expect
      .poll(async () => (await service.get(list)).clients[0].trustChainUpdatedAt)
      .toBe(renewedAt)
  })
})

describe('dry run at another time', () => {
  it('signs nothing that a real call hands out when that time has come', async () => {
    await service.configure(entitySettings)
    await service.api('/federation/configuration', {})
    const at = service.system.clock() + 60 * minute
    await runDry({ operation: '/federation/configuration', request: {}, at })
    service.system.clock.set(at + 30_000)
    const { responseContent } = await service.api('/federation/configuration', {})
    expect(decodeJwt(responseContent).iat).toBe(service.system.clock() / 1_000)
  })
})

describe('dry run that another call overtakes', () => {
  it('begins again, and ends as if it had come later', async () => {
    const url = 'https://wallet.example.com/client'
    const jwksUri = 'https://wallet.example.com/jwks'
    await service.configure({ clientIdMetadataDocumentSupported: true })
    const { fetch } = service.system
    const method = { token_endpoint_auth_method: 'none', redirect_uris: [redirectUri] }
    fetch.answer(url, { body: { client_id: url, jwks_uri: jwksUri, ...method } })
    const wallet = await relyingParty(url, [])
    const pkce = { code_challenge: challenge, code_challenge_method: 'S256' }
    const request = async () => ({
      parameters: form({
        ...{ client_id: url, response_type: 'code', scope: 'openid' },
        request: await requestObject(service, wallet, { claims: pkce }),
      }),
    })
    const overtaking = await request()
    let times = 0
    fetch.answer(jwksUri, async () => {
      times += 1
      if (times === 1) await service.api('/auth/authorization', overtaking)
      return { body: jwksOf(publicKey(wallet.protocolKey)) }
    })
    const run = { operation: '/auth/authorization', request: await request() }
    const { outcome } = await runDry(run)
    expect(outcome).toMatchObject({ action: 'INTERACTION' })
    expect(times).toBeGreaterThan(1)
  })
})

describe('dry run of a refusal that a redirect tells', () => {
  it('has the one result code of the response', async () => {
    const client = await service.client()
    const { ticket } = await authorize(service, client)
    await service.api(`/client/lock_flag/update/${client.clientId}`, { clientLocked: true })
    const request = { ticket, subject: 'alice' }
    const { outcome } = await runDry({ operation: '/auth/authorization/issue', request })
    const path = `/api/${service.serviceId}/auth/authorization/issue`
    const { text, body } = await service.call('POST', path, request)
    expect(body).toMatchObject({ action: 'LOCATION', resultCode: 'P033001' })
    expect(outcome).toMatchObject({ action: 'LOCATION', resultCode: 'P033001' })
    expect(text.match(/"resultCode"/g)).toHaveLength(1)
  })
})
