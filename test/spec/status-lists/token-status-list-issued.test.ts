/** The places of issued credentials in status lists, Token Status List §6. */
import { decodeJwt } from 'jose'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { withStatusPlaces } from '../../../src/credentials/status.ts'
import { openDocuments } from '../../../src/store/configuration.ts'
import { readMdoc } from '../../support/credential-readers.ts'
import {
  createIssuing,
  credentialsOf,
  diplomaPayload,
  type Issuing,
  issuedRows,
  keepRequest,
  licencePayload,
} from '../../support/credential-requests.ts'
import { endpointOf, licenceType, walletKey } from '../../support/credentials.ts'
import { statusUri, storeIssued, withStatusLists } from '../../support/issued.ts'
import type { Json } from '../../support/server.ts'
import { sharedStore } from '../../support/stores.ts'

const store = sharedStore()
let issuing: Issuing
beforeEach(async () => {
  const withBatches = { batchCredentialEndpoint: endpointOf('batch_credential') }
  issuing = await createIssuing(withStatusLists(), withBatches, { on: store() })
})
afterEach(() => issuing.service.close())

const newKeys = (count: number) =>
  Promise.all(Array.from({ length: count }, async () => (await walletKey()).publicJwk))
const statusIn = (credential: string): Json => decodeJwt<Json>(credential.split('~')[0] ?? '')
const placeIn = (credential: string): number => statusIn(credential)['status'].status_list.idx

describe('issued credential', () => {
  it('names its place in a status list as an SD-JWT VC (Token Status List §6.2)', async () => {
    const [credential = ''] = credentialsOf(await issuing.issue())
    const [row] = await issuedRows(issuing.service)
    expect(statusIn(credential)['status']).toEqual({
      status_list: { idx: row.place, uri: statusUri(1) },
    })
  })

  it('names its place in a status list as an mdoc (Token Status List §6.3)', async () => {
    const kept = { configurationId: 'mdl', keys: await newKeys(1) }
    const answer = await issuing.issue({ credentialPayload: licencePayload }, kept)
    const [credential = ''] = credentialsOf(answer)
    const { mso } = await readMdoc(credential, licenceType)
    const [row] = await issuedRows(issuing.service)
    const place = Object.fromEntries(mso.status.get('status_list'))
    expect(place).toEqual({ idx: row.place, uri: statusUri(1) })
  })

  it('has a place of its own in the list of its batch (HAIP §6.1)', async () => {
    const answer = await issuing.issue({}, { keys: await newKeys(10) })
    const places = credentialsOf(answer).map(placeIn)
    expect(new Set(places).size).toBe(10)
    const rows = await issuedRows(issuing.service)
    expect(new Set(rows.map(({ place }) => place))).toEqual(new Set(places))
  })

  it('has a place of its own among those of twenty concurrent calls', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => issuing.issue()))
    const places = answers.flatMap(credentialsOf).map(placeIn)
    expect(new Set(places).size).toBe(20)
    const list = await issuing.service.store.statusLists.find(issuing.service.serviceId, 1)
    expect(list?.allocated).toBe(20)
  })

  it('has a place of its own among the credentials of several requests', async () => {
    const { service, accessToken } = issuing
    const batch = { id: 'batch-1', size: 2 }
    const kept = { batch, keys: await newKeys(3) }
    const orders = await Promise.all(
      [1, 2].map(async () => ({
        requestIdentifier: await keepRequest(service, accessToken, kept),
        credentialPayload: diplomaPayload,
      })),
    )
    const { responseContent } = await service.api('/vci/batch/issue', { accessToken, orders })
    const { credential_responses: responses } = JSON.parse(responseContent)
    const credentials = responses.flatMap((response: Json) => response.credentials)
    const places = credentials.map(({ credential }: Json) => placeIn(credential))
    expect([places.length, new Set(places).size]).toEqual([6, 6])
  })

  it('takes no place if it is deferred, denied, or refused', async () => {
    await issuing.issue({ issuanceDeferred: true })
    await issuing.issue({ denied: true })
    await issuing.issue({ credentialPayload: '[]' })
    expect(await issuing.service.store.statusLists.newest(issuing.service.serviceId)).toBe(
      undefined,
    )
  })

  it('has no status if the service has no ext.vci.status', async () => {
    await issuing.service.configure(withStatusLists({ 'ext.vci.status': 'off' }))
    const [credential = ''] = credentialsOf(await issuing.issue())
    expect(statusIn(credential)).not.toHaveProperty('status')
  })
})

describe('place that a concurrent call takes', () => {
  it('is replaced by another one, and the credentials are signed again', async () => {
    const { service } = issuing
    const { store, system, serviceId } = service
    const { places: others } = await storeIssued(service, { count: 1 })
    const document = await openDocuments(store).service(serviceId)
    if (!document) throw new Error('The service is unknown.')
    const now = system.clock()
    const context = { service: document, store, system, now }
    const tried: number[] = []
    const row = { serviceId, issuedTo: 1, configurationId: 'diploma', status: 0, issuedAt: now }
    const taken = await withStatusPlaces(context, 1, async (chosen) => {
      const [place = 0] = chosen?.places ?? []
      tried.push(place)
      const insert = (credentialId: string) =>
        store.issuedCredentials.insert({
          ...{ ...row, credentialId, list: chosen?.list, place, data: {} },
        })
      // The first time, another call is faster.
      if (tried.length === 1) await store.commit(insert('other'))
      await store.commit(insert('own'), ...(chosen?.writes ?? []))
      return place
    })
    expect(tried).toHaveLength(2)
    expect(new Set([...others, ...tried]).size).toBe(3)
    const found = await store.issuedCredentials.findByPlace(serviceId, 1, taken)
    expect(found?.credentialId).toBe('own')
    expect((await store.statusLists.find(serviceId, 1))?.allocated).toBe(2)
  })
})
