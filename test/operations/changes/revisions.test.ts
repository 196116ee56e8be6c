/** Revisions of services and clients: every change can be seen and taken back, secrets excepted. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createService, issuer, redirectUri, type TestService } from '../../support/flows.ts'
import type { CallOptions, Json } from '../../support/server.ts'

let service: TestService
beforeAll(async () => {
  service = await createService({
    dynamicRegistrationSupported: true,
    registrationEndpoint: `${issuer}/register`,
    registrationManagementEndpoint: `${issuer}/manage`,
  })
})
afterAll(() => service.close())

const at = (path: string) => `/api/${service.serviceId}${path}`
const send = (method: string, path: string, body?: unknown, options?: CallOptions) =>
  service.call(method, at(path), body, options)
const patch = (path: string, body: Json, headers: Record<string, string> = {}) =>
  send('PATCH', path, JSON.stringify(body), {
    headers: { 'Content-Type': 'application/merge-patch+json', ...headers },
  })
const read = async (path: string): Promise<Json> => {
  const { status, body } = await send('GET', path)
  expect(status).toBe(200)
  return body
}
const listed = async (path: string): Promise<Json[]> => (await read(`${path}/revisions`)).revisions
const restore = (path: string, revision: number, headers: Record<string, string> = {}) =>
  send('POST', `${path}/revisions/${revision}/restore`, undefined, { headers })

interface Kind {
  name: string
  property: string
  create: () => Promise<{ path: string; get: string; target: Json }>
}
const ownService = async () => {
  const { apiKey } = await service.post('/api/service/create', { serviceName: 'first' })
  return apiKey as number
}

const kinds: Kind[] = [
  {
    name: 'client',
    property: 'clientName',
    create: async () => {
      const target = await service.post(at('/client/create'), { clientName: 'first' })
      const path = `/clients/${target.clientId}`
      return { path, get: `/client/get/${target.clientId}`, target }
    },
  },
  {
    name: 'service',
    property: 'serviceName',
    create: async () => {
      const target = await read('/service/get')
      await patch('/service', { serviceName: 'first' })
      return { path: '/service', get: '/service/get', target }
    },
  },
]

describe.each(kinds.map((kind) => [kind.name, kind] as const))('revisions of a %s', (_, kind) => {
  const { property } = kind

  it('tell who changed the settings, when and why', async () => {
    const { path } = await kind.create()
    const headers = { 'Postern-Actor': 'Dora', 'Postern-Reason': 'ticket 7' }
    await patch(path, { [property]: 'second' }, headers)
    const [newest, first] = await listed(path)
    expect(newest).toEqual({
      revision: first.revision + 1,
      at: service.system.clock(),
      operation: `${kind.name}_patch_api`,
      actor: { kind: 'api_token' },
      onBehalfOf: 'Dora',
      reason: 'ticket 7',
      requestId: expect.any(String),
    })
    expect(first).toMatchObject({ operation: expect.any(String), actor: { kind: 'api_token' } })
  })

  it('have the settings of each time, and what changed between two', async () => {
    const { path } = await kind.create()
    await patch(path, { [property]: 'second', attributes: [{ key: 'a', value: '1' }] })
    await patch(path, { [property]: 'third', attributes: [{ key: 'a', value: '2' }] })
    const [third, second, first] = await listed(path)
    const of = ({ revision }: Json) => read(`${path}/revisions/${revision}`)
    expect((await of(first)).settings[property]).toBe('first')
    expect((await of(second)).settings[property]).toBe('second')
    expect((await of(third)).settings[property]).toBe('third')
    const between = async (one: Json, other: Json) =>
      (await read(`${path}/revisions/${one.revision}?diff=${other.revision}`)).changes
    expect(await between(third, second)).toEqual([
      { path: expect.stringMatching(/Name$/), before: 'second', after: 'third' },
      { path: '/attributes/a', before: '1', after: '2' },
    ])
    expect(await between(first, third)).toContainEqual({
      path: `/${property}`,
      before: 'third',
      after: 'first',
    })
    expect(await between(third, third)).toEqual([])
  })

  it('are restored as a new revision', async () => {
    const { path, get } = await kind.create()
    const [first] = await listed(path)
    const { [property]: name, modifiedAt, ...before } = await read(get)
    const changed = { [property]: 'second', description: 'changed', attributes: null }
    await patch(path, changed)
    const { status, body } = await restore(path, first.revision)
    expect(status).toBe(200)
    expect(body).toMatchObject({ [property]: 'first' })
    expect(await read(get)).toMatchObject(before)
    const [newest] = await listed(path)
    expect(newest).toMatchObject({
      revision: first.revision + 2,
      operation: `${kind.name}_revision_restore_api`,
      restored: first.revision,
    })
  })

  it('are restored only from the present document if the call says so (RFC 9110 §13.1.1)', async () => {
    const { path } = await kind.create()
    const [first] = await listed(path)
    await patch(path, { [property]: 'second' })
    const stale = await restore(path, first.revision, { 'If-Match': `"${first.revision}"` })
    expect([stale.status, stale.body.resultCode]).toEqual([412, 'P141001'])
    const { revision } = (await listed(path))[0]
    const fresh = await restore(path, first.revision, { 'If-Match': `"${revision}"` })
    expect([fresh.status, fresh.headers.get('etag')]).toEqual([200, `"${revision + 1}"`])
  })

  it('that are unknown are refused', async () => {
    const { path } = await kind.create()
    const unknown = await send('GET', `${path}/revisions/999999`)
    expect([unknown.status, unknown.body.resultCode]).toEqual([404, 'P143001'])
    expect((await restore(path, 999_999)).body.resultCode).toBe('P143001')
    const [{ revision }] = await listed(path)
    const diff = await send('GET', `${path}/revisions/${revision}?diff=999999`)
    expect([diff.status, diff.body.resultCode]).toEqual([404, 'P143001'])
  })

  it('are not written by a dry run, a refused change, or a change of nothing', async () => {
    const { path } = await kind.create()
    const before = await listed(path)
    await patch(`${path}?dryRun=true`, { [property]: 'second' })
    await patch(path, { [property]: 'second' }, { 'If-Match': '"999999"' })
    await patch(path, { [property]: 7 })
    expect(await listed(path)).toEqual(before)
  })

  it('are listed page by page, the newest first', async () => {
    const { path } = await kind.create()
    for (const name of ['b', 'c', 'd', 'e']) await patch(path, { [property]: name })
    const all = await listed(path)
    const pages: Json[] = []
    for (let next: string | undefined = ''; next !== undefined; ) {
      const page: Json = await read(`${path}/revisions?limit=2${next}`)
      expect(page.revisions.length).toBeLessThanOrEqual(2)
      pages.push(...page.revisions)
      next = page.next && `&before=${page.next}`
    }
    expect(pages).toEqual(all)
  })
})

describe('secrets and keys', () => {
  it('of a client stay as they are when a revision is restored', async () => {
    const { clientId } = await service.client({ clientName: 'first' })
    const path = `/clients/${clientId}`
    const [first] = await listed(path)
    await patch(path, { clientName: 'second' })
    const { newClientSecret } = await read(`/client/secret/refresh/${clientId}`)
    const { body } = await restore(path, first.revision)
    expect(body).toMatchObject({ clientName: 'first', clientSecret: newClientSecret })
  })

  it('of a client are named in changes, and never shown', async () => {
    const { clientId, clientSecret } = await service.client()
    const path = `/clients/${clientId}`
    const [first] = await listed(path)
    const { newClientSecret } = await read(`/client/secret/refresh/${clientId}`)
    const jwk = { kty: 'oct', k: 'c2VjcmV0LW9mLXRoZS1jbGllbnQ' }
    await patch(path, { clientName: 'second', jwks: JSON.stringify({ keys: [jwk] }) })
    const [newest, rotated] = await listed(path)
    expect(rotated.secrets).toEqual(['/clientSecret'])
    expect(newest.secrets).toEqual(['/jwks'])
    const { text } = await send(
      'GET',
      `${path}/revisions/${newest.revision}?diff=${first.revision}`,
    )
    expect(JSON.parse(text).changes).toEqual([
      expect.objectContaining({ path: '/clientName' }),
      { path: '/clientSecret', after: '(secret, changed)' },
      { path: '/jwks', after: '(secret, changed)' },
    ])
    for (const { revision } of await listed(path)) {
      const shown = (await send('GET', `${path}/revisions/${revision}`)).text
      for (const secret of [clientSecret, newClientSecret, jwk.k])
        expect(shown).not.toContain(secret)
    }
  })

  it('of a service stay, and so does a setting that names a removed key', async () => {
    const id = await ownService()
    const own = (method: string, path: string, body?: unknown) =>
      service.call(method, `/api/${id}${path}`, body)
    const document = (await own('GET', '/service/get')).body
    const keys = (kid: string) => JSON.stringify({ keys: [{ ...key, kid }] })
    const key = (await own('POST', '/service/keys/generate', { alg: 'ES256' })).body
    expect(key).toBeDefined()
    const { jwks } = (await own('GET', '/service/get')).body
    const [jwk] = JSON.parse(jwks).keys
    Object.assign(key, jwk)
    const put = (kid: string, serviceName: string) =>
      own('POST', '/service/update', {
        ...document,
        serviceName,
        jwks: keys(kid),
        accessTokenSignatureKeyId: kid,
        accessTokenSignAlg: 'ES256',
      })
    expect((await put('old', 'first')).status).toBe(200)
    const [{ revision }] = (await own('GET', '/service/revisions')).body.revisions
    expect((await put('new', 'second')).status).toBe(200)
    const restored = (await own('POST', `/service/revisions/${revision}/restore`)).body
    expect(restored).toMatchObject({ serviceName: 'first', accessTokenSignatureKeyId: 'new' })
    expect(JSON.parse(restored.jwks).keys[0].kid).toBe('new')
    const [newest] = (await own('GET', '/service/revisions')).body.revisions
    expect(newest).not.toHaveProperty('secrets')
  })

  it('of the metadata of a credential issuer stay when a revision is restored', async () => {
    const id = await ownService()
    const jwks = (kid: string) =>
      JSON.stringify({
        keys: [{ kty: 'oct', kid, use: 'enc', alg: 'A256GCMKW', k: 'A'.repeat(43) }],
      })
    const save = (issuerName: string, kid: string) =>
      service.call(
        'PATCH',
        `/api/${id}/service`,
        JSON.stringify({
          credentialIssuerMetadata: {
            credentialIssuer: `https://${issuerName}.example`,
            credentialRequestEncryptionJwks: jwks(kid),
          },
        }),
        { headers: { 'Content-Type': 'application/merge-patch+json' } },
      )
    const saved = await save('first', 'old')
    expect(saved.status, saved.text).toBe(200)
    await save('second', 'new')
    const { body } = await service.call('GET', `/api/${id}/service/revisions`)
    const [newest, first] = body.revisions
    expect(newest.secrets).toEqual(['/credentialIssuerMetadata/credentialRequestEncryptionJwks'])
    const path = `/api/${id}/service/revisions/${first.revision}`
    const shown = await service.call('GET', path)
    expect(shown.body.settings.credentialIssuerMetadata.credentialIssuer).toMatch(/first/)
    expect(shown.text).not.toContain('A'.repeat(43))
    const restored = await service.call('POST', `${path}/restore`)
    expect(restored.body.credentialIssuerMetadata).toMatchObject({
      credentialIssuer: 'https://first.example',
      credentialRequestEncryptionJwks: expect.stringContaining('"new"'),
    })
  })
})

describe('a client', () => {
  it('that was locked since stays locked when a revision is restored', async () => {
    const { clientId } = await service.client()
    const path = `/clients/${clientId}`
    const [first] = await listed(path)
    await service.api(`/client/lock_flag/update/${clientId}`, { clientLocked: true })
    expect((await restore(path, first.revision)).body).toMatchObject({ locked: true })
  })

  it('that a caller deleted leaves its revisions, which cannot be restored', async () => {
    const { clientId } = await service.client({ clientName: 'gone' })
    await send('DELETE', `/client/delete/${clientId}`)
    const path = `/clients/${clientId}`
    const [last] = await listed(path)
    expect((await read(`${path}/revisions/${last.revision}`)).settings.clientName).toBe('gone')
    const restored = await restore(path, last.revision)
    expect([restored.status, restored.body.resultCode]).toEqual([404, 'P060001'])
  })

  it('that registered itself gets its revisions with its first change', async () => {
    const json = (client_name: string) =>
      JSON.stringify({ client_name, redirect_uris: [redirectUri] })
    const made = await service.api('/client/registration', { json: json('first') })
    const { registration_access_token: token } = JSON.parse(made.responseContent)
    const clientId = String(made.client.clientId)
    const path = `/clients/${clientId}`
    expect(await listed(path)).toEqual([{ revision: 1, at: expect.any(Number) }])
    const updated = { clientId, token, json: json('second') }
    await service.api('/client/registration/update', updated)
    const [second, first] = await listed(path)
    expect(second).toMatchObject({ operation: 'client_registration_update_api' })
    expect((await read(`${path}/revisions/${first.revision}`)).settings.clientName).toBe('first')
    await service.api('/client/registration/delete', { clientId, token })
    expect((await send('GET', `${path}/revisions`)).body.resultCode).toBe('P060001')
  })

  it('whose alias another client has now is not restored', async () => {
    const { clientId } = await service.client({ clientIdAlias: 'taken' })
    const path = `/clients/${clientId}`
    const [first] = await listed(path)
    await patch(path, { clientIdAlias: null })
    await service.client({ clientIdAlias: 'taken' })
    const refused = await restore(path, first.revision)
    expect([refused.status, refused.body.resultCode]).toEqual([409, 'P061001'])
    expect((await listed('/clients/taken'))[0].revision).toBe(1)
  })
})

describe('kept revisions', () => {
  const day = 86_400_000

  it('are the last 50, and all of 90 days', async () => {
    const { clientId } = await service.client()
    const path = `/clients/${clientId}`
    for (let change = 0; change < 60; change++) await patch(path, { clientName: `${change}` })
    const { store, system } = service
    const count = async () => (await read(`${path}/revisions?limit=200`)).revisions.length
    await store.purge(system.clock() + 89 * day)
    expect(await count()).toBe(61)
    await store.purge(system.clock() + 91 * day)
    expect(await count()).toBe(50)
  })

  it('of a deleted client are those of 90 days, and of a deleted service none', async () => {
    const { clientId } = await service.client()
    await send('DELETE', `/client/delete/${clientId}`)
    const id = await ownService()
    await service.call('DELETE', `/api/${id}/service/delete`)
    const { store, system } = service
    const left = (serviceId: number, kind: 'service' | 'client', documentId: number) =>
      store.revisions.list({ serviceId, kind, documentId }, { limit: 9 })
    expect(await left(id, 'service', id)).toEqual([])
    expect(await left(service.serviceId, 'client', clientId)).toHaveLength(1)
    await store.purge(system.clock() + 91 * day)
    expect(await left(service.serviceId, 'client', clientId)).toEqual([])
  })

  it('are written one for each of many concurrent changes', async () => {
    const { clientId } = await service.client()
    const path = `/clients/${clientId}`
    const names = Array.from({ length: 20 }, (_, at) => `name ${at}`)
    await Promise.all(names.map((clientName) => patch(path, { clientName })))
    const all: Json[] = (await read(`${path}/revisions?limit=200`)).revisions
    const numbers = all.map(({ revision }) => revision)
    expect(numbers).toEqual(Array.from({ length: 21 }, (_, at) => 21 - at))
    const shown = await Promise.all(numbers.map((each) => read(`${path}/revisions/${each}`)))
    const seen = shown.map(({ settings }) => settings.clientName)
    expect(new Set(seen.slice(0, -1))).toEqual(new Set(names))
  })
})
