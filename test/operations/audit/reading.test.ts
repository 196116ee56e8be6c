/** Reading the audit log: who may, what it contains, and what it leaves out. */
import { beforeEach, describe, expect, it } from 'vitest'
import { flushRepeated } from '../../../src/audit/repeated.ts'
import {
  createService,
  form,
  obtainCode,
  obtainTokens,
  redeem,
  refresh,
  type TestService,
} from '../../support/flows.ts'
import type { Json } from '../../support/server.ts'
import { sharedStore } from '../../support/stores.ts'

const store = sharedStore()
let service: TestService
let after = 0
beforeEach(async () => {
  service = await createService({}, { on: store() })
  const page = await service.get('/api/audit?limit=1000')
  after = page.next
})

const at = (path: string) => `/api/${service.serviceId}${path}`
/** The records since the test began. */
const recorded = async (query = ''): Promise<Json[]> =>
  (await service.get(`/api/audit?after=${after}&limit=1000${query}`)).records
const ofType = async (type: string) => recorded(`&type=${type}`)

describe('audit record of a change', () => {
  it('has the changed properties with their values before and after', async () => {
    await service.configure({ accessTokenDuration: 90 })
    expect(await ofType('service.updated')).toEqual([
      {
        ...{ id: expect.any(String), seq: expect.any(Number), serviceId: service.serviceId },
        ...{ at: service.system.clock(), type: 'service.updated' },
        operation: 'service_update_api',
        actor: { kind: 'api_token' },
        target: { kind: 'service', id: String(service.serviceId) },
        ...{ outcome: 'SUCCESS', occurrences: 1, requestId: expect.any(String) },
        changes: [{ property: 'accessTokenDuration', before: 0, after: 90 }],
      },
    ])
  })

  it('names the API token of the caller by id and description', async () => {
    const { serviceId } = service
    const { tokenId, accessToken } = await service.post('/api/servicetoken/create', {
      ...{ serviceId, description: 'console', rights: ['modify_service'] },
    })
    await service.call('POST', at('/client/create'), {}, { token: accessToken })
    const [record] = await ofType('client.created')
    expect(record.actor).toEqual({ kind: 'api_token', id: tokenId, label: 'console' })
    expect(await recorded(`&actor=${tokenId}`)).toEqual([record])
    expect(await recorded(`&actor=api_token:${tokenId}`)).toEqual([record])
    expect(await recorded(`&actor=client:${tokenId}`)).toEqual([])
    expect(await recorded(`&target=api_token:${tokenId}`)).toMatchObject([
      { type: 'api_token.created', serviceId },
    ])
  })

  it('has for whom the caller acts: actingSubject, else the header Postern-Actor', async () => {
    const headers = { 'Postern-Actor': `Döra\t${'x'.repeat(300)}` }
    const utf8 = Buffer.from(headers['Postern-Actor']).toString('latin1')
    const sent = (body: unknown) =>
      service.call('POST', at('/client/create'), body, { headers: { 'Postern-Actor': utf8 } })
    await sent({})
    const { body } = await sent({ actingSubject: 'alice', clientName: 'A' })
    expect(body).toMatchObject({ clientName: 'A' })
    expect(body).not.toHaveProperty('warnings')
    expect(body).not.toHaveProperty('actingSubject')
    const [byHeader, bySubject] = await ofType('client.created')
    expect(byHeader.onBehalfOf).toBe(`Döra ${'x'.repeat(250)}`)
    expect(bySubject.onBehalfOf).toBe('alice')
    expect(bySubject.changes).toEqual(
      expect.arrayContaining([{ property: 'clientName', after: 'A' }]),
    )
    const wrong = await sent({ actingSubject: 'x'.repeat(256) })
    expect([wrong.status, wrong.body.resultCode]).toEqual([400, 'P000206'])
  })

  it('has why the caller makes the call, by the header Postern-Reason', async () => {
    const headers = { 'Postern-Reason': `ticket 7\t${'x'.repeat(300)}` }
    await service.call('POST', at('/client/create'), {}, { headers })
    await service.call('POST', at('/client/create'), {})
    const [told, untold] = await ofType('client.created')
    expect(told.reason).toBe(`ticket 7 ${'x'.repeat(246)}`)
    expect(untold).not.toHaveProperty('reason')
  })

  it('accepts actingSubject with strict handling, where operations record something', async () => {
    const headers = { Prefer: 'handling=strict' }
    const body = { actingSubject: 'alice' }
    const create = await service.call('POST', at('/client/create'), body, { headers })
    expect(create.status).toBe(200)
    const list = await service.call('POST', at('/session/list'), body, { headers })
    expect(list.body.resultCode).toBe('P000209')
  })

  it('is bounded: long values are cut, and many properties have no values', async () => {
    const name = 'n'.repeat(5_000)
    await service.post(at('/client/create'), { clientName: name })
    const [record] = await ofType('client.created')
    const change = record.changes.find(({ property }: Json) => property === 'clientName')
    expect(change).toEqual({ property: 'clientName', after: 'n'.repeat(1_000), cut: true })
    const attributes = Array.from({ length: 300 }, (_, index) => ({
      ...{ key: `name-${index}`, value: 'v'.repeat(900) },
    }))
    await service.configure({ attributes })
    const [many] = await ofType('service.updated')
    expect(many.changes).toHaveLength(101)
    expect(many.changes.at(-1)).toEqual({ property: '(200 more)', changed: true })
    expect(JSON.stringify(many.changes).length).toBeLessThan(32_000)
  })

  it('is not stored if a guard of the commit fails', async () => {
    await service.client()
    const { serviceId } = service
    const lost = new Error('lost')
    const [record] = await ofType('client.created')
    const { seq: _, ...given } = record
    const row = { ...given, recordId: 'never', actorKind: 'server', changes: [] }
    await expect(
      service.store.commit(
        { ...service.store.sessions.touch(serviceId, 'unknown', 0), refusal: lost },
        service.store.audit.insert(row),
      ),
    ).rejects.toBe(lost)
    expect(await ofType('client.created')).toEqual([record])
  })
})

describe('audit log', () => {
  it('requires the right view_audit_log, which admin does not include', async () => {
    const { serviceId } = service
    const status = async (path: string, of: number, rights: Json) => {
      const token = await service.tokenFor(of, rights)
      return (await service.call('GET', path, undefined, { token })).status
    }
    for (const path of ['/api/audit', '/api/audit/types', at('/audit')]) {
      expect(await status(path, 0, ['admin'])).toBe(403)
      expect(await status(path, 0, ['view_audit_log'])).toBe(200)
      expect(await status(path, serviceId, ['admin'])).toBe(403)
      expect(await status(path, serviceId, ['view_audit_log'])).toBe(200)
    }
    const other = await createService({}, { on: store() })
    expect(await status(at('/audit'), other.serviceId, ['view_audit_log'])).toBe(403)
  })

  it('shows a token of one service the records of this service only', async () => {
    const other = await createService({}, { on: store() })
    await service.client()
    await other.client()
    const token = await service.tokenFor(service.serviceId, ['view_audit_log'])
    for (const path of ['/api/audit', at('/audit')]) {
      const { records } = await service.get(`${path}?limit=1000`, { token })
      expect(new Set(records.map(({ serviceId }: Json) => serviceId))).toEqual(
        new Set([service.serviceId]),
      )
      expect(records.map(({ type }: Json) => type)).toEqual(['service.created', 'client.created'])
    }
    expect((await service.get(`${at('/audit')}?limit=1000`)).records).toHaveLength(2)
  })

  it('keeps the records of a deleted service, for tokens of all services', async () => {
    await service.call('DELETE', at('/service/delete'))
    expect((await service.call('GET', at('/audit'))).status).toBe(404)
    expect(await recorded(`&target=service:${service.serviceId}`)).toMatchObject([
      { type: 'service.deleted', serviceId: service.serviceId },
    ])
  })

  it('is read page by page, with the next number of each page', async () => {
    for (let count = 0; count < 5; count++) await service.client()
    const seen: number[] = []
    let position = after
    for (;;) {
      const page = await service.get(`/api/audit?after=${position}&limit=2`)
      seen.push(...page.records.map(({ seq }: Json) => seq))
      position = page.next
      if (!page.hasMore) break
    }
    expect(seen).toEqual((await recorded()).map(({ seq }: Json) => seq))
    expect(seen).toEqual([...seen].sort((a, b) => a - b))
    expect(await service.get(`/api/audit?after=${position}`)).toMatchObject({
      ...{ records: [], next: position, hasMore: false },
    })
  })

  it('is read backwards, the newest record first', async () => {
    for (const clientName of ['A', 'B', 'C']) {
      await service.call('POST', at('/client/create'), { clientName })
    }
    const newest = `${at('/audit')}?type=client.created&limit=2&before=`
    const nameOf = ({ changes }: Json) =>
      changes.find(({ property }: Json) => property === 'clientName').after
    const first = await service.get(`${newest}${Number.MAX_SAFE_INTEGER}`)
    expect([first.records.map(nameOf), first.hasMore]).toEqual([['C', 'B'], true])
    const second = await service.get(`${newest}${first.next}`)
    expect([second.records.map(nameOf), second.hasMore]).toEqual([['A'], false])
  })

  it('has one record in each line for Accept: application/x-ndjson, and a link to more', async () => {
    for (let count = 0; count < 3; count++) await service.client()
    const read = async (path: string) => {
      const headers = { Accept: 'application/json;q=0.1, application/x-ndjson' }
      return service.call('GET', path, undefined, { headers })
    }
    const first = await read(`/api/audit?after=${after}&limit=2&type=client.created`)
    expect(first.headers.get('content-type')).toBe('application/x-ndjson')
    const lines = first.text.trimEnd().split('\n')
    expect(lines.map((line) => JSON.parse(line).type)).toEqual(Array(2).fill('client.created'))
    const [, next = ''] = /^<([^>]+)>; rel="next"$/.exec(first.headers.get('link') ?? '') ?? []
    const second = await read(next)
    expect(second.text.trimEnd().split('\n')).toHaveLength(1)
    expect(second.headers.get('link')).toBeNull()
    expect((await read(`${at('/audit')}?after=${after}&limit=1`)).headers.get('link')).toContain(
      `</api/${service.serviceId}/audit?`,
    )
  })

  it.each(['limit=0', 'limit=1001', 'after=-1', 'after=x', 'type=unknown', 'actor='])(
    'refuses the query %s',
    async (query) => {
      const { status, body } = await service.call('GET', `/api/audit?${query}`)
      expect([status, body.resultCode]).toEqual([400, 'P000206'])
    },
  )
})

describe('audit record of a replay', () => {
  it('tells that a code was used twice, and its family revoked (RFC 6749 §4.1.2)', async () => {
    const client = await service.client()
    const code = await obtainCode(service, client)
    await redeem(service, client, code)
    service.system.clock.advance(2_000)
    await redeem(service, client, code)
    expect(await ofType('code.replayed')).toMatchObject([
      {
        actor: { kind: 'client', id: String(client.clientId) },
        target: { kind: 'token_family' },
        operation: 'auth_token_api',
      },
    ])
  })

  it('tells that a refresh token was used twice, and its family revoked (RFC 9700 §4.14.2)', async () => {
    const client = await service.client()
    const { refreshToken } = await obtainTokens(service, client)
    await refresh(service, client, refreshToken)
    service.system.clock.advance(60_000)
    await refresh(service, client, refreshToken)
    expect(await ofType('refresh.replayed')).toMatchObject([
      { actor: { kind: 'client', id: String(client.clientId) }, serviceId: service.serviceId },
    ])
  })

  it('is all that issuing, refreshing, introspecting and revoking tokens leave', async () => {
    const client = await service.client()
    const before = (await recorded()).length
    const { accessToken, refreshToken } = await obtainTokens(service, client)
    await refresh(service, client, refreshToken)
    await service.api('/auth/introspection', { token: accessToken })
    const { clientId, clientSecret } = client
    const parameters = form({ token: accessToken })
    await service.api('/auth/revocation', { parameters, clientId: String(clientId), clientSecret })
    expect(await recorded()).toHaveLength(before)
  })
})

describe('audit record of refused callers', () => {
  const refused = async (options: Json, path = at('/client/get/list')) => {
    const { status } = await service.call('GET', path, undefined, options)
    expect([401, 403]).toContain(status)
  }

  it('counts wrong API tokens by address: one record a minute', async () => {
    await flushRepeated(service.store, service.system, true)
    after = (await service.get(`/api/audit?after=${after}&limit=1000`)).next
    await refused({ token: 'unknown' })
    const [first, ...none] = await ofType('caller.refused')
    expect(none).toEqual([])
    expect(first).toMatchObject({
      ...{ serviceId: 0, outcome: 'REFUSED', reason: 'P000102', occurrences: 1 },
      ...{ actor: { kind: 'address' }, operation: 'client_get_list_api' },
      target: { kind: 'service', id: String(service.serviceId) },
    })
    for (let count = 0; count < 20; count++) await refused({ token: null })
    expect(await ofType('caller.refused')).toHaveLength(1)
    service.system.clock.advance(60_000)
    await flushRepeated(service.store, service.system)
    const [, counted] = await ofType('caller.refused')
    expect(counted).toMatchObject({ reason: 'P000101', occurrences: 20 })
    await flushRepeated(service.store, service.system, true)
    expect(await ofType('caller.refused')).toHaveLength(2)
  })

  it('counts an API token without the right, in the log of its own service', async () => {
    service.system.clock.advance(120_000)
    const other = await createService({}, { on: store() })
    const token = await service.tokenFor(service.serviceId, ['use_introspection'])
    await refused({ token })
    await refused({ token }, `/api/${other.serviceId}/service/get`)
    await flushRepeated(service.store, service.system, true)
    const own = await service.get(`${at('/audit')}?limit=1000&type=caller.refused`)
    expect(own.records).toMatchObject([
      { reason: 'P000103', actor: { kind: 'api_token' }, occurrences: 1 },
      { reason: 'P000104', target: { id: String(other.serviceId) }, occurrences: 1 },
    ])
    const foreign = await service.get(`/api/${other.serviceId}/audit?limit=1000`)
    expect(foreign.records).toMatchObject([{ type: 'service.created' }])
  })

  it('is limited to 100 rows an hour about addresses, and one row a minute for the rest', async () => {
    service.system.clock.advance(4_000_000)
    await flushRepeated(service.store, service.system, true)
    const from = (remoteAddress: string) =>
      service.fetch(new Request(`http://localhost${at('/client/get/list')}`), {
        incoming: { headers: {}, socket: { remoteAddress } },
      } as never)
    for (let sender = 0; sender < 150; sender++) {
      expect((await from(`2001:db8:0:${sender.toString(16)}::1`)).status).toBe(401)
    }
    const rows = await ofType('caller.refused')
    expect(rows).toHaveLength(100)
    expect(rows[9].actor).toEqual({ kind: 'address', id: '2001:db8:0:9' })
    service.system.clock.advance(60_000)
    await flushRepeated(service.store, service.system)
    const [others, ...none] = (await ofType('caller.refused')).slice(100)
    expect(none).toEqual([])
    expect(others).toMatchObject({ actor: { kind: 'address' }, occurrences: 50 })
    expect(others.actor).not.toHaveProperty('id')
    service.system.clock.advance(3_600_000)
    await from('2001:db8:0:fff::1')
    expect((await ofType('caller.refused')).at(-1).actor.id).toBe('2001:db8:0:fff')
  })
})

describe('audit record of read private keys', () => {
  it('is stored before they are shown, once a minute with the number of reads', async () => {
    service.system.clock.advance(9_000_000)
    await flushRepeated(service.store, service.system, true)
    const path = at('/service/jwks/get')
    for (let count = 0; count < 3; count++) await service.get(`${path}?includePrivateKeys=true`)
    await service.get(path)
    await service.get(at('/service/get'))
    const target = { kind: 'service', id: String(service.serviceId) }
    expect(await ofType('private_keys.read')).toMatchObject([
      { operation: 'service_jwks_get_api', occurrences: 1, target },
      { operation: 'service_get_api', occurrences: 1, target },
    ])
    await flushRepeated(service.store, service.system, true)
    expect((await ofType('private_keys.read')).at(-1)).toMatchObject({ occurrences: 2 })
  })

  it('is not stored for public keys, and for callers that do not see private ones', async () => {
    const token = await service.tokenFor(service.serviceId, ['use_service'])
    await service.get(at('/service/get'), { token })
    await service.get('/api/service/get/list', { token })
    await service.configure({ jwks: undefined })
    await service.get(at('/service/get'))
    expect(await ofType('private_keys.read')).toEqual([])
  })
})
