/** Status lists of issued credentials: places, and the signed list. */
import { X509Certificate } from 'node:crypto'
import { getListFromStatusListJWT } from '@owf/token-status-list'
import { compactVerify, decodeJwt, decodeProtectedHeader, importX509 } from 'jose'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { listLimit } from '../../../src/oauth/vci/status-list.ts'
import { createIssuer, credentialKey } from '../../support/credentials.ts'
import type { TestService } from '../../support/flows.ts'
import { storeIssued, statusUri as uriOf, withStatusLists } from '../../support/issued.ts'
import type { Json } from '../../support/server.ts'
import { sharedStore } from '../../support/stores.ts'

const store = sharedStore()
let service: TestService
beforeEach(async () => {
  service = await createIssuer(withStatusLists(), {}, { on: store() })
})
afterEach(() => service.close())

const getList = (body: Json = { list: 1 }) => service.api('/vci/status/get', body)

/** Takes places of the first list, as credentials would. */
const fill = (count: number) => {
  const { serviceId, store } = service
  return store.commit(store.statusLists.take({ serviceId, list: 1, count, limit: listLimit }))
}

describe('place in a status list', () => {
  it('is given to each credential of twenty concurrent calls, in one list and never twice', async () => {
    const calls = Array.from({ length: 20 }, () => storeIssued(service, { count: 5 }))
    const issued = await Promise.all(calls)
    expect(new Set(issued.map(({ uri }) => uri))).toEqual(new Set([uriOf(1)]))
    expect(new Set(issued.flatMap(({ places }) => places)).size).toBe(100)
    const row = await service.store.statusLists.find(service.serviceId, 1)
    expect(row?.allocated).toBe(100)
  })

  it('is random: places of a batch are in no order and no arithmetic progression', async () => {
    const { places } = await storeIssued(service, { count: 100 })
    const steps = places.slice(1).map((place, index) => place - (places[index] ?? 0))
    expect(new Set(steps).size).toBeGreaterThan(90)
    expect(places).not.toEqual([...places].sort((one, other) => one - other))
    expect(Math.max(...places) - Math.min(...places)).toBeGreaterThan(2 ** 16)
  })

  it('is in a new list once half of the places are taken, for all of a batch', async () => {
    await storeIssued(service)
    await fill(listLimit - 3)
    expect((await storeIssued(service, { count: 3 })).uri).toBe(uriOf(2))
    expect((await storeIssued(service, { count: 2 })).uri).toBe(uriOf(2))
  })

  it('begins one new list for concurrent calls that find the last one full', async () => {
    await storeIssued(service)
    await fill(listLimit - 6)
    const issued = await Promise.all(Array.from({ length: 20 }, () => storeIssued(service)))
    const lists = issued.map(({ uri }) => uri).sort()
    expect(lists).toEqual([...Array(5).fill(uriOf(1)), ...Array(15).fill(uriOf(2))])
  })

  it('is absent without ext.vci.status, and the service then has no lists', async () => {
    await service.configure(withStatusLists({ 'ext.vci.status': 'off' }))
    expect(await storeIssued(service)).toMatchObject({ uri: undefined, places: [] })
    expect(await getList()).toMatchObject({ action: 'NOT_FOUND', resultCode: 'P131902' })
  })

  it('requires a URL of status lists when the settings are saved', async () => {
    const attributes = [{ key: 'ext.vci.status', value: 'on' }]
    const refused = await service.configure({ attributes })
    expect(refused.resultMessage).toContain('requires ext.vci.status.uri')
    const malformed = [{ key: 'ext.vci.status.uri', value: 'https://issuer.example.com/status' }]
    expect((await service.configure({ attributes: malformed })).resultMessage).toContain('{list}')
  })
})

describe('status list', () => {
  it('is signed with the certified key of credentials (Token Status List §5.1)', async () => {
    await storeIssued(service)
    const answer = await getList({ uri: uriOf(1) })
    expect(answer).toMatchObject({ action: 'OK', contentType: 'application/statuslist+jwt' })
    const header = decodeProtectedHeader(answer.responseContent)
    expect(header).toMatchObject({ typ: 'statuslist+jwt', alg: 'ES256', kid: credentialKey.kid })
    // Without the trust anchor.
    expect(header.x5c).toEqual(credentialKey.x5c?.slice(0, 1))
    const leaf = new X509Certificate(Buffer.from(header.x5c?.[0] ?? '', 'base64'))
    await compactVerify(answer.responseContent, await importX509(leaf.toString(), 'ES256'))
    const { sub, iat = 0, exp, ttl, status_list: list } = decodeJwt<Json>(answer.responseContent)
    expect({ sub, exp, ttl }).toEqual({ sub: uriOf(1), exp: iat + 86_400, ttl: 900 })
    expect(list.bits).toBe(2)
    const read = getListFromStatusListJWT(answer.responseContent)
    expect(read.statusList.length).toBe(2 ** 17)
    expect(new Set(read.statusList)).toEqual(new Set([0]))
  })

  it('is relayed with its media type, and may be kept by caches', async () => {
    await storeIssued(service)
    const { relay } = await service.api('/vci/status/get', { list: 1 }, { Prefer: 'relay' })
    expect(relay.status).toBe(200)
    expect(relay.headers).toEqual({
      'Content-Type': 'application/statuslist+jwt',
      'Cache-Control': 'public, max-age=450',
    })
  })

  it('is signed once for concurrent requests, and again after half of its ttl', async () => {
    await storeIssued(service)
    const answers = await Promise.all(Array.from({ length: 20 }, () => getList()))
    expect(new Set(answers.map(({ responseContent }) => responseContent)).size).toBe(1)
    service.system.clock.advance(449_000)
    const kept = await getList()
    expect(kept.responseContent).toBe(answers[0].responseContent)
    expect(kept.maxAge).toBe(1)
    service.system.clock.advance(1_000)
    expect((await getList()).responseContent).not.toBe(kept.responseContent)
  })

  it('has the ttl of ext.vci.status.ttl', async () => {
    await service.configure(withStatusLists({ 'ext.vci.status.ttl': '120' }))
    await storeIssued(service)
    const answer = await getList()
    expect(decodeJwt<Json>(answer.responseContent)['ttl']).toBe(120)
    expect(answer.maxAge).toBe(60)
  })

  it('is unknown by another number, another URL, or at another service', async () => {
    await storeIssued(service)
    const other = await createIssuer(withStatusLists(), {}, service)
    for (const body of [{ list: 2 }, { uri: uriOf(2) }, { uri: 'https://issuer.example.com/' }]) {
      expect((await getList(body)).action).toBe('NOT_FOUND')
    }
    expect((await other.api('/vci/status/get', { list: 1 })).action).toBe('NOT_FOUND')
  })

  it('is asked for by either uri or list', async () => {
    for (const body of [{}, { uri: uriOf(1), list: 1 }]) {
      expect((await getList(body)).resultCode).toBe('P131001')
    }
  })

  it('is an error if the service has no key for credentials', async () => {
    await storeIssued(service)
    await service.configure({ ...withStatusLists(), credentialJwks: undefined })
    expect(await getList()).toMatchObject({
      action: 'INTERNAL_SERVER_ERROR',
      resultCode: 'P008001',
    })
  })
})

describe('purge', () => {
  const day = 86_400_000

  it('removes status lists without credentials, and keeps the newest and those in use', async () => {
    const { serviceId, system } = service
    const keptUntil = system.clock() + 10 * day
    await storeIssued(service, { keptUntil })
    await service.configure(withStatusLists({ 'ext.vci.status.bits': '1' }))
    await storeIssued(service)
    await service.configure(withStatusLists())
    const newest = await storeIssued(service, { keptUntil })
    expect(newest.uri).toBe(uriOf(3))
    const lists = async () => {
      const found = [1, 2, 3].map((list) => service.store.statusLists.find(serviceId, list))
      return (await Promise.all(found)).map((row) => row?.list)
    }
    await service.store.purge(system.clock() + 9 * day)
    expect(await lists()).toEqual([1, 2, 3])
    await service.store.purge(system.clock() + 11 * day)
    expect(await lists()).toEqual([undefined, 2, 3])
  })
})
