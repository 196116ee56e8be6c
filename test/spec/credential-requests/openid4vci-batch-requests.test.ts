/** Several credential requests at a batch endpoint, which the final version has no more. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { countRows } from '../../store/rows.ts'
import {
  createIssuer,
  endpointOf,
  fetchNonce,
  issuerMetadata,
  makeProof,
  obtainCredentialToken,
  type WalletKey,
  walletKey,
} from '../../support/credentials.ts'
import type { TestService } from '../../support/flows.ts'
import type { Json } from '../../support/server.ts'
import { sharedStore } from '../../support/stores.ts'

const store = sharedStore()
const batch = { batchCredentialEndpoint: endpointOf('batch_credential') }
let service: TestService
let client: Json
let key: WalletKey
let accessToken: string
beforeAll(async () => {
  service = await createIssuer({}, batch, { on: store() })
  client = await service.client()
  key = await walletKey()
  accessToken = await obtainCredentialToken(service, client)
})
afterAll(() => service.close())

const request = async (id: string, nonce?: string) => ({
  credential_configuration_id: id,
  proofs: {
    jwt: [
      await makeProof(key, client.clientId, {
        now: service.system.clock(),
        nonce: nonce ?? (await fetchNonce(service)),
      }),
    ],
  },
})

const parse = (requests: unknown, more: Record<string, unknown> = {}): Promise<Json> =>
  service.api('/vci/batch/parse', {
    accessToken,
    requestContent: JSON.stringify({ credential_requests: requests, ...more }),
  })

const kept = async () => (await countRows(service.engine, service.serviceId))['credentialRequests']

describe('batch of credential requests', () => {
  it('is described request by request, each with an identifier', async () => {
    const nonce = await fetchNonce(service)
    const requests = [await request('diploma', nonce), await request('mdl', nonce)]
    const { action, info } = await parse(requests)
    expect(action).toBe('OK')
    expect(info.map((each: Json) => each.credentialConfigurationId)).toEqual(['diploma', 'mdl'])
    expect(info.map((each: Json) => each.format)).toEqual(['dc+sd-jwt', 'mso_mdoc'])
    expect(new Set(info.map((each: Json) => each.identifier)).size).toBe(2)
  })

  it('is accepted as a whole, or not at all', async () => {
    const before = await kept()
    expect(before).toBeGreaterThan(0)
    const nonce = await fetchNonce(service)
    const good = await request('diploma', nonce)
    expect(await parse([good, { credential_configuration_id: 'mdl' }])).toMatchObject({
      action: 'BAD_REQUEST',
      resultCode: 'P126001',
    })
    expect(await parse([good, await request('mdl', 'unknown')])).toMatchObject({
      resultCode: 'P121001',
    })
    expect(await kept()).toBe(before)
    // Its nonce is not used.
    expect(await parse([good])).toMatchObject({ action: 'OK' })
  })

  it('is refused if it is no list, empty or too long', async () => {
    for (const [requests, code] of [
      [undefined, 'P125202'],
      [{}, 'P125202'],
      [[], 'P125202'],
      [['diploma'], 'P125202'],
      [Array(11).fill({}), 'P125203'],
    ]) {
      const answer = await parse(requests)
      expect(answer).toMatchObject({ action: 'BAD_REQUEST', resultCode: code })
      expect(JSON.parse(answer.responseContent).error).toBe('invalid_credential_request')
    }
  })

  it('has at most twenty requests, whatever the batch size is', async () => {
    const metadata = issuerMetadata({ ...batch, batchSize: 100 })
    await service.configure({ credentialIssuerMetadata: metadata })
    expect(await parse(Array(21).fill({}))).toMatchObject({ resultCode: 'P125203' })
    expect(await parse(Array(20).fill({}))).toMatchObject({ resultCode: 'P125010' })
    await service.configure({})
  })

  it('states for all requests how the response is encrypted', async () => {
    const encryption = { credential_response_encryption: { jwk: {}, enc: 'A256GCM' } }
    const own = { ...(await request('diploma')), ...encryption }
    expect(await parse([own])).toMatchObject({ action: 'OK' })
    const answer = await parse([await request('diploma')], encryption)
    expect(answer).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P125113' })
  })

  it('is forbidden without a batch endpoint', async () => {
    await service.configure({ credentialIssuerMetadata: issuerMetadata() })
    const answer = await parse([await request('diploma')])
    expect(answer).toMatchObject({ action: 'FORBIDDEN', resultCode: 'P125201' })
    await service.configure({})
  })
})
