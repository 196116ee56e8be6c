/** Access to the API: rights of tokens, and responses to malformed or unauthorized calls. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { certificate } from '../support/certificates.ts'
import { createService, type TestService } from '../support/flows.ts'
import { createServer, type Json, type Reply } from '../support/server.ts'

let service: TestService
let client: Json
let path: (operation: string) => string
beforeAll(async () => {
  service = await createService()
  client = await service.client()
  path = (operation) => `/api/${service.serviceId}${operation}`
})
afterAll(() => service.close())

const expectRefused = (reply: Reply, status: number, resultCode: string) => {
  expect({ status: reply.status, resultCode: reply.body?.resultCode }).toEqual({
    status,
    resultCode,
  })
  expect(reply.body.resultMessage).toMatch(new RegExp(`^\\[${resultCode}\\] [\\x20-\\x7e]+$`))
}

describe('API call without authorization', () => {
  it('is 401 without a token, and with an unknown or expired one', async () => {
    const get = (token: string | null) =>
      service.call('GET', path('/service/get'), undefined, { token })
    expectRefused(await get(null), 401, 'P000101')
    const unknown = await get('unknown')
    expectRefused(unknown, 401, 'P000102')
    expect(unknown.headers.get('www-authenticate')).toBe('Bearer realm="postern"')
    for (const headers of [{ Authorization: 'Basic abc' }, { Authorization: 'Bearer ' }]) {
      const reply = await service.call('GET', path('/service/get'), undefined, {
        token: null,
        headers,
      })
      expectRefused(reply, 401, 'P000101')
    }
  })

  const operations = [
    [
      'GET',
      '/service/get',
      ['view_service', 'use_service', 'create_client', 'modify_service', 'admin'],
    ],
    ['POST', '/service/update', ['modify_service', 'admin']],
    [
      'GET',
      '/client/get/list',
      [
        'view_client',
        'modify_client',
        'view_service',
        'use_service',
        'create_client',
        'modify_service',
        'admin',
      ],
    ],
    ['POST', '/client/create', ['create_client', 'modify_service', 'admin']],
    [
      'POST',
      '/auth/introspection',
      ['use_introspection', 'use_service', 'create_client', 'modify_service', 'admin'],
    ],
    ['POST', '/auth/token', ['use_service', 'create_client', 'modify_service', 'admin']],
  ] as const
  const rights = [
    ...([
      'view_client',
      'modify_client',
      'view_service',
      'use_introspection',
      'use_service',
    ] as const),
    ...(['create_client', 'modify_service', 'create_service', 'delete_service'] as const),
    ...(['view_default_service', 'view_audit_log', 'admin'] as const),
  ]

  it.each(operations)(
    'is 403 at %s %s unless the token has one of the rights %j',
    async (method, operation, allowed) => {
      for (const right of rights) {
        const token = await service.tokenFor(service.serviceId, [right])
        const body = method === 'POST' ? {} : undefined
        const { status, body: answer } = await service.call(method, path(operation), body, {
          token,
        })
        const isAllowed = (allowed as readonly string[]).includes(right)
        expect([right, status === 403]).toEqual([right, !isAllowed])
        if (!isAllowed) expect(answer.resultCode).toBe('P000103')
      }
    },
  )

  it('is 403 for another service, and for the creation of services', async () => {
    const token = await service.tokenFor(service.serviceId, ['admin'])
    const other = await service.post('/api/service/create', {})
    const get = await service.call('GET', `/api/${other.apiKey}/service/get`, undefined, { token })
    expectRefused(get, 403, 'P000104')
    const unknown = await service.call('GET', '/api/12345/service/get', undefined, { token })
    expect(unknown.body).toEqual(get.body)
    expectRefused(await service.call('POST', '/api/service/create', {}, { token }), 403, 'P000104')
    const list = await service.call('GET', '/api/service/get/list', undefined, { token })
    expect(list.body.services.map(({ apiKey }: Json) => apiKey)).toEqual([service.serviceId])
  })

  it('is 403 for another client if the token is for one client', async () => {
    const other = await service.client()
    const token = await service.tokenFor(service.serviceId, ['modify_client'], client.clientId)
    const get = (id: number) => service.call('GET', path(`/client/get/${id}`), undefined, { token })
    expect((await get(client.clientId)).status).toBe(200)
    expectRefused(await get(other.clientId), 403, 'P000105')
    expectRefused(
      await service.call('GET', path('/client/get/list'), undefined, { token }),
      403,
      'P000105',
    )
  })
})

describe('unknown API resource', () => {
  it('is 404 for a service, client or operation, and 405 for a method', async () => {
    for (const id of ['12345', 'x', '0', '9'.repeat(30)]) {
      expectRefused(await service.call('GET', `/api/${id}/service/get`), 404, 'P000301')
    }
    expectRefused(await service.call('GET', path('/client/get/1')), 404, 'P060001')
    expectRefused(await service.call('GET', path('/nothing')), 404, 'P000401')
    expectRefused(await service.call('DELETE', path('/auth/token')), 405, 'P000402')
  })

  it.each([
    ['DELETE', '/auth/token', 'POST'],
    ['PATCH', '/service/configuration', 'GET, POST'],
    ['POST', '/service/get', 'GET'],
    ['DELETE', '/client/extension/requestable_scopes/update/1', 'POST, PUT'],
  ])(
    '405 for %s %s lists the allowed methods: %s (RFC 9110 §15.5.6)',
    async (method, to, allow) => {
      const answer = await service.call(method, path(to))
      expectRefused(answer, 405, 'P000402')
      expect(answer.headers.get('allow')).toBe(allow)
    },
  )
})

describe('API request body', () => {
  it('is rejected beyond 256 KB, also without Content-Length', async () => {
    const body = `parameters=${'x'.repeat(263_000)}`
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded' }
    expectRefused(
      await service.call('POST', path('/auth/token'), body, { headers }),
      413,
      'P000201',
    )
  })
})

describe('service document', () => {
  it('accepts 160 root certificates with comments (RFC 5280 §6.1.1)', async () => {
    const pem = certificate({ subject: [['CN', 'root']] }).pem
    const trustedRootCertificates = Array.from(
      { length: 160 },
      () => `${pem}\n${'#'.repeat(1_200)}`,
    )
    const configured = await service.configure({ trustedRootCertificates })
    expect(configured.trustedRootCertificates).toHaveLength(160)
  })
})

describe('API body format', () => {
  const post = (body: string | Uint8Array, contentType?: string) =>
    service.call('POST', path('/client/create'), body, {
      headers: contentType ? { 'Content-Type': contentType } : {},
    })

  it.each<[string, number, string, string | Uint8Array, string]>([
    ['malformed JSON', 400, 'P000203', '{"a"', 'application/json'],
    ['JSON that is no object', 400, 'P000204', '"text"', 'application/json'],
    [
      'JSON that is nested too deeply',
      400,
      'P000205',
      `{"a":${'['.repeat(40)}${']'.repeat(40)}}`,
      'application/json',
    ],
    ['a value of the wrong type', 400, 'P000206', '{"redirectUris":"x"}', 'application/json'],
    ['an unknown enum value', 400, 'P000206', '{"clientType":"x"}', 'application/json'],
    ['invalid UTF-8', 400, 'P000207', new Uint8Array([0x7b, 0xff, 0x7d]), 'application/json'],
    [
      'more than 4 MB for a document',
      413,
      'P000201',
      `{"description":"${'x'.repeat(4_200_000)}"}`,
      'application/json',
    ],
    ['another media type', 415, 'P000202', '<a/>', 'text/xml'],
    [
      'a form for an operation of JSON only',
      415,
      'P000202',
      'clientName=x',
      'application/x-www-form-urlencoded',
    ],
  ])('%s is %i without an effect', async (_what, status, resultCode, body, type) => {
    const before = (await service.call('GET', path('/client/get/list'))).body.totalCount
    expectRefused(await post(body, type), status, resultCode)
    const after = (await service.call('GET', path('/client/get/list'))).body.totalCount
    expect(after).toBe(before)
  })

  it('can be a form for every operation of the contract, decoded like JSON', async () => {
    const form = new URLSearchParams({
      ...{
        clientName: 'By form',
        clientType: 'CONFIDENTIAL',
        defaultMaxAge: '60',
        parRequired: 'true',
      },
      ...{ contacts: '["a","b"]', attributes: '[{"key":"k","value":"v"}]' },
    })
    form.append('redirectUris', 'https://a.example.com')
    form.append('redirectUris', 'https://b.example.com')
    const { status, body } = await service.call(
      'POST',
      path(`/client/update/${client.clientId}/`),
      form.toString(),
      { headers: { 'Content-Type': 'application/x-www-form-urlencoded; charset=UTF-8' } },
    )
    expect(status).toBe(200)
    expect(body).toMatchObject({
      ...{ clientName: 'By form', defaultMaxAge: 60, parRequired: true, contacts: ['a', 'b'] },
      redirectUris: ['https://a.example.com', 'https://b.example.com'],
      attributes: [{ key: 'k', value: 'v' }],
    })
  })

  it('has its values validated in a form as in JSON', async () => {
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded' }
    for (const text of ['defaultMaxAge=soon', 'parRequired=maybe', 'attributes=x']) {
      const reply = await service.call('POST', path(`/client/update/${client.clientId}`), text, {
        headers,
      })
      expectRefused(reply, 400, 'P000206')
    }
  })

  it('can contain unknown, read-only and null members, which are ignored', async () => {
    const made = await service.client({
      ...{
        unknown: 1,
        number: 7,
        clientId: 7,
        createdAt: 7,
        description: null,
        contacts: [null, 'a'],
      },
    })
    expect(made.clientId).not.toBe(7)
    expect(made).not.toHaveProperty('unknown')
    expect(made).not.toHaveProperty('description')
    expect(made.contacts).toEqual(['a'])
  })
})

describe('utility operations', () => {
  it('need no token', async () => {
    const anonymous = { token: null }
    const health = await service.call('GET', '/api/lifecycle/healthcheck', undefined, anonymous)
    expect([health.status, health.text]).toEqual([200, 'OK'])
    const extended = '/api/lifecycle/healthcheck?extended=true'
    expect((await service.call('GET', extended, undefined, anonymous)).text).toBe('OK')
    const ended = await createServer()
    await ended.close()
    const gone = await ended.call('GET', extended, undefined, anonymous)
    expect([gone.status, gone.text]).toEqual([500, 'The database does not answer.'])
    const echo = await service.call('GET', '/api/misc/echo?a=1&b=two', undefined, anonymous)
    expect(echo.body).toEqual({ a: '1', b: 'two' })
    const document = await service.call('GET', '/openapi.json', undefined, anonymous)
    expect(document.body.openapi).toBe('3.1.0')
  })
})

describe('Prefer: relay', () => {
  it('adds the HTTP response to relay, and nothing without it (RFC 7240)', async () => {
    const parameters = 'grant_type=client_credentials'
    const plain = await service.call('POST', path('/auth/token'), { parameters })
    expect(plain.body).not.toHaveProperty('relay')
    for (const prefer of ['relay', 'respond-async, relay', 'RELAY; x=1']) {
      const { headers, body } = await service.call(
        'POST',
        path('/auth/token'),
        { parameters },
        {
          headers: { Prefer: prefer },
        },
      )
      expect(headers.get('preference-applied')).toBe('relay')
      expect(body.relay).toEqual({
        status: 401,
        headers: {
          'Cache-Control': 'no-store',
          Pragma: 'no-cache',
          'WWW-Authenticate': 'Basic realm="token"',
          'Content-Type': 'application/json;charset=utf-8',
        },
        body: body.responseContent,
      })
    }
    const other = await service.call(
      'POST',
      path('/auth/token'),
      { parameters },
      {
        headers: { Prefer: 'relayed' },
      },
    )
    expect(other.body).not.toHaveProperty('relay')
  })

  it('puts the location and the challenge into headers', async () => {
    const headers = { Prefer: 'relay' }
    const unknown = await service.call(
      'POST',
      path('/auth/introspection'),
      { token: 'x' },
      { headers },
    )
    expect(unknown.body.relay).toMatchObject({
      ...{ status: 401, headers: { 'WWW-Authenticate': unknown.body.responseContent } },
    })
    expect(unknown.body.relay).not.toHaveProperty('body')
  })
})
