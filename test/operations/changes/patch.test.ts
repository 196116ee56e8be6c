/** Changes of some settings of services and clients: RFC 7396 and RFC 6902. */
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { createService, redirectUri, type TestService } from '../../support/flows.ts'
import type { CallOptions, Json, Reply } from '../../support/server.ts'

let service: TestService
beforeAll(async () => {
  service = await createService()
})
afterAll(() => service.close())

const merge = 'application/merge-patch+json'
const operations = 'application/json-patch+json'

interface Target {
  name: string
  open: () => Promise<{ get: string; patch: string; update: string }>
  /** A property with text, one with a default, a list, and attributes. */
  text: string
  flag: string
  type: string
}

const ofService = async (): Promise<{ get: string; patch: string; update: string }> => {
  const settings = { serviceName: 'A', issuer: 'https://as.example', attributes: [] }
  const { apiKey } = await service.post('/api/service/create', settings)
  const path = `/api/${apiKey}/service`
  return { get: `${path}/get`, patch: path, update: `${path}/update` }
}
const ofClient = async () => {
  const { clientId } = await service.client({ clientName: 'A' })
  const path = `/api/${service.serviceId}`
  return {
    get: `${path}/client/get/${clientId}`,
    patch: `${path}/clients/${clientId}`,
    update: `${path}/client/update/${clientId}`,
  }
}
const targets: Target[] = [
  {
    name: 'service',
    open: ofService,
    ...{ text: 'serviceName', flag: 'pkceRequired', type: 'service.updated' },
  },
  {
    name: 'client',
    open: ofClient,
    ...{ text: 'clientName', flag: 'pkceRequired', type: 'client.updated' },
  },
]

/** Times and tags differ with each save. */
const settingsOf = ({ modifiedAt: _, ...document }: Json) => document

describe.each(targets.map((target) => [target.name, target] as const))('patch of a %s', (_, of) => {
  let paths: Awaited<ReturnType<Target['open']>>
  beforeEach(async () => {
    paths = await of.open()
  })
  const read = async () => (await service.call('GET', paths.get)).body
  const tag = async () => (await service.call('GET', paths.get)).headers.get('etag') ?? ''
  const patch = (type: string, body: unknown, { query = '', headers = {}, token }: Given = {}) =>
    service.call('PATCH', `${paths.patch}${query}`, JSON.stringify(body), {
      headers: { 'Content-Type': type, ...headers },
      ...(token === undefined ? {} : { token }),
    })

  it('changes the members of a merge patch, and nothing else (RFC 7396 §2)', async () => {
    const before = await read()
    const reply = await patch(merge, { [of.text]: 'B', [of.flag]: true })
    expect(reply.status).toBe(200)
    expect(settingsOf(await read())).toEqual({
      ...settingsOf(before),
      ...{ [of.text]: 'B', [of.flag]: true },
    })
    expect(reply.body).toMatchObject({ [of.text]: 'B', [of.flag]: true })
    expect(reply.headers.get('etag')).toBe(await tag())
  })

  it('resets a member to its default by null (RFC 7396 §2)', async () => {
    await patch(merge, { [of.flag]: true, description: 'text' })
    await patch(merge, { [of.flag]: null, description: null })
    const document = await read()
    expect(document[of.flag]).toBe(false)
    expect(document).not.toHaveProperty('description')
  })

  it('changes one element of a list by a JSON Patch (RFC 6902 §4)', async () => {
    const attributes = ['a', 'b'].map((key) => ({ key, value: '1' }))
    await patch(merge, { attributes })
    const reply = await patch(operations, [
      { op: 'test', path: '/attributes/1/key', value: 'b' },
      { op: 'replace', path: '/attributes/1/value', value: '2' },
      { op: 'add', path: '/attributes/-', value: { key: 'c', value: '3' } },
      { op: 'remove', path: '/attributes/0' },
    ])
    expect(reply.status).toBe(200)
    const pairs = (await read()).attributes.map(({ key, value }: Json) => `${key}${value}`)
    expect(pairs).toEqual(['b2', 'c3'])
  })

  it.each([
    [
      'an operation on a path that does not exist',
      [{ op: 'remove', path: '/none' }],
      409,
      'P141004',
    ],
    ['a test that fails', [{ op: 'test', path: '/description', value: 'x' }], 409, 'P141004'],
    ['a result that is no object', [{ op: 'replace', path: '', value: 5 }], 422, 'P141005'],
    ['no list', { op: 'remove', path: '/description' }, 400, 'P141002'],
    ['an unknown operation', [{ op: 'increase', path: '/description' }], 400, 'P141002'],
    ['51 operations', Array(51).fill({ op: 'test', path: '', value: {} }), 400, 'P141002'],
    ['a value of the wrong type', [{ op: 'add', path: '/description', value: 5 }], 400, 'P000206'],
  ])('is refused with %s (RFC 5789 §2.2)', async (_what, body, status, resultCode) => {
    const before = await tag()
    expect(await patch(operations, body)).toMatchObject({ status, body: { resultCode } })
    expect(await tag()).toBe(before)
  })

  it('is refused where its result exceeds the limits (RFC 5789 §2.2)', async () => {
    const long = 'x'.repeat(150_000)
    const body = [
      { op: 'add', path: '/description', value: long },
      ...Array.from({ length: 8 }, (_, at) => ({
        ...{ op: 'copy', from: '/description', path: `/copy${at}` },
      })),
    ]
    const reply = await patch(operations, body)
    expect(reply).toMatchObject({ status: 422, body: { resultCode: 'P141005' } })
  })

  it('is refused with another media type, naming those that there are (RFC 5789 §3.1)', async () => {
    for (const type of ['application/json', 'text/plain', 'application/x-www-form-urlencoded']) {
      const reply = await patch(type, {})
      expect(reply).toMatchObject({ status: 415, body: { resultCode: 'P141003' } })
      expect(reply.headers.get('accept-patch')).toBe(`${merge}, ${operations}`)
    }
  })

  it.each([
    ['a list', []],
    ['a number', 5],
    ['null', null],
    ['text', 'text'],
  ])('is refused with a merge patch that is %s', async (_what, body) => {
    const reply = await patch(merge, body)
    expect(reply.status).toBe(400)
    expect(['P141002', 'P000204']).toContain(reply.body.resultCode)
  })

  it('is checked like an update: the same refusals, warnings and unknown members', async () => {
    const wrong = { attributes: [{ key: 'ext.unknown', value: 'x' }], nmae: 'x' }
    const reply = await patch(merge, wrong)
    const codes = reply.body.warnings.map(({ code }: Json) => code)
    expect(codes).toEqual(expect.arrayContaining(['unknown-member', 'unknown-attribute']))
    const strict = { headers: { Prefer: 'handling=strict' } }
    expect(await patch(merge, { nmae: 'x' }, strict)).toMatchObject({
      ...{ status: 400, body: { resultCode: 'P000209' } },
    })
    const refused = await patch(merge, { [of.text]: 5 })
    const updated = await service.call('POST', paths.update, { [of.text]: 5 })
    expect([refused.status, refused.text]).toEqual([updated.status, updated.text])
  })

  it('has no effect on read-only members', async () => {
    const before = await read()
    const reply = await patch(merge, { number: 9, createdAt: 1 })
    expect([reply.status, warningsIn(reply)]).toEqual([200, []])
    expect(settingsOf(await read())).toEqual(settingsOf(before))
  })

  it('shows its changes with Prefer: return=changes, and with dryRun saves nothing', async () => {
    const before = await read()
    const [was, body] = [await tag(), { [of.text]: 'C', [of.flag]: null }]
    const change = { property: of.text, before: 'A', after: 'C', reset: false }
    const dry = await patch(merge, body, { query: '?dryRun=true' })
    expect([dry.status, dry.body.changes, dry.headers.get('etag')]).toEqual([200, [change], was])
    expect(await read()).toEqual(before)
    expect(await recordsOf(of.type, dry)).toEqual([])
    const plain = await patch(merge, {})
    expect(plain.body).not.toHaveProperty('changes')
    const real = await patch(merge, body, { headers: { Prefer: 'return=changes' } })
    expect(real.body.changes).toEqual([change])
  })

  it('leaves one audit record with its changes, and for whom it was made', async () => {
    const reply = await patch(merge, { [of.text]: 'D', actingSubject: 'Dora' })
    expect(warningsIn(reply)).toEqual([])
    const [record, ...more] = await recordsOf(of.type, reply)
    expect(more).toEqual([])
    expect(record).toMatchObject({ onBehalfOf: 'Dora', outcome: 'SUCCESS' })
    expect(record?.changes).toEqual([{ property: of.text, before: 'A', after: 'D' }])
  })

  it('is made from the tag of If-Match only (RFC 9110 §13.1.1)', async () => {
    const first = { headers: { 'If-Match': await tag() } }
    expect((await patch(merge, { [of.text]: 'E' }, first)).status).toBe(200)
    for (const query of ['', '?dryRun=true']) {
      const late = await patch(merge, { [of.text]: 'F' }, { ...first, query })
      expect(late).toMatchObject({ status: 412, body: { resultCode: 'P141001' } })
    }
    expect((await read())[of.text]).toBe('E')
  })

  const editors = inject('dialect') === 'sqlite' ? 20 : 12

  it(`loses none of ${editors} concurrent patches of different members`, async () => {
    const pairs = Array.from({ length: editors }, (_, at) => ({ key: `k${at}`, value: `${at}` }))
    await patch(merge, { attributes: [] })
    const replies = await Promise.all(
      pairs.map((value) => patch(operations, [{ op: 'add', path: '/attributes/-', value }])),
    )
    expect(replies.map(({ status }) => status)).toEqual(pairs.map(() => 200))
    const keys = (await read()).attributes.map(({ key }: Json) => key)
    expect(keys.sort()).toEqual(pairs.map(({ key }) => key).sort())
  })

  it('requires the right to modify', async () => {
    const token = await service.tokenFor(0, ['view_service', 'view_client'])
    expect((await patch(merge, {}, { token })).status).toBe(403)
  })

  it('ignores names of prototypes', async () => {
    const names = '{"__proto__":{"admin":true},"constructor":{"prototype":{"admin":true}}}'
    const headers = { 'Content-Type': merge }
    const reply = await service.call('PATCH', paths.patch, names, { headers })
    expect(reply.status).toBe(200)
    expect({}).not.toHaveProperty('admin')
    const poison = [{ op: 'add', path: '/__proto__/admin', value: true }]
    expect((await patch(operations, poison)).status).toBe(409)
  })
})

/** Warnings about members of the patch. */
const warningsIn = ({ body }: Reply): Json[] =>
  (body.warnings ?? []).filter(({ code }: Json) => code === 'unknown-member')

interface Given {
  query?: string
  headers?: Record<string, string>
  token?: CallOptions['token']
}

async function recordsOf(type: string, { headers }: Reply): Promise<Json[]> {
  const { records } = await service.get(`/api/audit?type=${type}&limit=1000`)
  return records.filter(({ requestId }: Json) => requestId === headers.get('x-request-id'))
}

describe('patch', () => {
  const call = (path: string, body: Json, query = '') =>
    service.call('PATCH', `${path}${query}`, JSON.stringify(body), {
      headers: { 'Content-Type': merge },
    })

  it('removes the properties about logout that an update would keep', async () => {
    const { patch, get } = await ofClient()
    const uri = `${new URL(redirectUri).origin}/out`
    const properties = {
      postLogoutRedirectUris: [uri],
      frontchannelLogoutUri: uri,
      frontchannelLogoutSessionRequired: true,
    }
    expect((await call(patch, properties)).status).toBe(200)
    const names = Object.keys(properties)
    await call(patch, Object.fromEntries(names.map((name) => [name, null])))
    const left = (await service.call('GET', get)).body
    expect(names.filter((name) => left[name] !== undefined)).toEqual([])
  })

  it('keeps secrets and keys that it does not name', async () => {
    const { patch, get } = await ofClient()
    const before = (await service.call('GET', get)).body
    await call(patch, { clientName: 'Renamed' })
    expect((await service.call('GET', get)).body.clientSecret).toBe(before.clientSecret)
    const path = `/api/${service.serviceId}/service`
    const keys = (await service.call('GET', `${path}/get`)).body.jwks
    const changed = await call(path, { description: 'Patched', pairwiseSubjectSalt: null })
    expect([changed.body.jwks, changed.body.pairwiseSubjectSalt]).toEqual([
      keys,
      expect.stringMatching(/.{20}/),
    ])
  })

  it('of an alias that another client has is refused, also as a dry run', async () => {
    const [one, other] = [await ofClient(), await ofClient()]
    await call(one.patch, { clientIdAlias: 'taken' })
    for (const query of ['', '?dryRun=true']) {
      const reply = await call(other.patch, { clientIdAlias: 'taken' }, query)
      expect(reply).toMatchObject({ status: 409, body: { resultCode: 'P061001' } })
    }
  })

  it('of a client accepts a token for that client only', async () => {
    const [one, other] = [await service.client(), await service.client()]
    const token = await service.tokenFor(service.serviceId, ['modify_client'], one.clientId)
    const send = (clientId: number) =>
      service.call('PATCH', `/api/${service.serviceId}/clients/${clientId}`, '{"clientName":"x"}', {
        ...{ token, headers: { 'Content-Type': merge } },
      })
    expect((await send(one.clientId)).status).toBe(200)
    expect(await send(other.clientId)).toMatchObject({ status: 403 })
  })
})
