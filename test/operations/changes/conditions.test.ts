/** Entity tags of services and clients, and changes that are made from one of them only. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createService, type TestService } from '../../support/flows.ts'
import type { CallOptions, Json, Reply } from '../../support/server.ts'

let service: TestService
beforeAll(async () => {
  service = await createService()
})
afterAll(() => service.close())

const at = (path: string) => `/api/${service.serviceId}${path}`
const read = (path: string, options?: CallOptions) =>
  service.call('GET', at(path), undefined, options)
const tagOf = ({ headers }: Reply) => headers.get('etag') ?? ''
const refusal = { status: 412, body: { resultCode: 'P141001' } }
const ifMatch = (tag: string) => ({ headers: { 'If-Match': tag } })
const ifNoneMatch = (tag: string) => ({ headers: { 'If-None-Match': tag } })

/** The document as an editor saves it, after it was read. */
async function opened(path: string): Promise<{ document: Json; tag: string }> {
  const reply = await read(path)
  return { document: reply.body, tag: tagOf(reply) }
}

interface Kind {
  name: string
  /** The paths of one document: read, saved, deleted. */
  paths: () => Promise<{ get: string; update: string; remove: string }>
  member: string
}

const kinds: Kind[] = [
  {
    name: 'service',
    member: 'serviceName',
    paths: async () => {
      const get = '/service/get'
      return { get, update: '/service/update', remove: '/service/delete' }
    },
  },
  {
    name: 'client',
    member: 'clientName',
    paths: async () => {
      const { clientId: id } = await service.client()
      const path = (verb: string) => `/client/${verb}/${id}`
      return { get: path('get'), update: path('update'), remove: path('delete') }
    },
  },
]

describe.each(kinds.map((kind) => [kind.name, kind] as const))('%s', (_name, kind) => {
  const save = (path: string, document: Json, value: string, options?: CallOptions) =>
    service.call('POST', at(path), { ...document, [kind.member]: value }, options)

  it('has a strong entity tag that changes with each change (RFC 9110 §8.8.3)', async () => {
    const { get, update } = await kind.paths()
    const { document, tag } = await opened(get)
    expect(tag).toMatch(/^"\d+"$/)
    expect(tagOf(await read(get))).toBe(tag)
    const saved = await save(update, document, 'A')
    const next = tagOf(await read(get))
    expect(next).not.toBe(tag)
    expect(tagOf(saved)).toBe(next)
  })

  it('is 304 without a body for the tag that it has, and for no other (RFC 9110 §13.1.2)', async () => {
    const { get, update } = await kind.paths()
    const { document, tag } = await opened(get)
    for (const field of [tag, `W/${tag}`, `"x", ${tag}`, '*']) {
      const reply = await read(get, ifNoneMatch(field))
      expect([field, reply.status, reply.text, tagOf(reply)]).toEqual([field, 304, '', tag])
    }
    expect((await read(get, ifNoneMatch('"x"'))).status).toBe(200)
    await save(update, document, 'B')
    expect((await read(get, ifNoneMatch(tag))).status).toBe(200)
  })

  it('is saved from its present tag only (RFC 9110 §13.1.1)', async () => {
    const { get, update } = await kind.paths()
    const { document, tag } = await opened(get)
    const first = await save(update, document, 'first', ifMatch(tag))
    expect(first.status).toBe(200)
    expect(await save(update, document, 'second', ifMatch(tag))).toMatchObject(refusal)
    expect((await read(get)).body[kind.member]).toBe('first')
    const again = await save(update, document, 'third', ifMatch(`"1", ${tagOf(first)}`))
    expect([again.status, again.body[kind.member]]).toEqual([200, 'third'])
  })

  it('is saved from any tag with *, and without the header (RFC 9110 §13.1.1)', async () => {
    const { get, update } = await kind.paths()
    const { document } = await opened(get)
    expect((await save(update, document, 'star', ifMatch('*'))).status).toBe(200)
    expect((await save(update, document, 'none')).status).toBe(200)
    expect((await read(get)).body[kind.member]).toBe('none')
  })

  it('is not saved from a weak, broken or empty tag (RFC 9110 §13.1.1)', async () => {
    const { get, update } = await kind.paths()
    const { document, tag } = await opened(get)
    const bare = tag.slice(1, -1)
    for (const field of [`W/${tag}`, bare, '', '""', `"${bare}x"`, `"0${bare}"`, '"9999"']) {
      const reply = await save(update, document, 'lost', ifMatch(field))
      expect([field, reply.status]).toEqual([field, 412])
    }
    expect((await read(get)).body[kind.member]).not.toBe('lost')
  })

  it('shows a caller that sees less another tag, from which nothing is saved', async () => {
    const { get, update } = await kind.paths()
    const token = await service.tokenFor(service.serviceId, ['view_service', 'view_client'])
    const seen = await read(get, { token })
    const { tag } = await opened(get)
    expect(tagOf(seen)).toBe(`"${tag.slice(1, -1)}-v"`)
    expect((await read(get, { token, ...ifNoneMatch(tagOf(seen)) })).status).toBe(304)
    expect((await read(get, ifNoneMatch(tagOf(seen)))).status).toBe(200)
    const reply = await save(update, seen.body, 'without secrets', ifMatch(tagOf(seen)))
    expect(reply).toMatchObject(refusal)
  })

  const rounds = 100

  it(`gives one of two editors 412, in ${rounds} rounds`, { timeout: 120_000 }, async () => {
    const { get, update } = await kind.paths()
    for (let round = 0; round < rounds; round++) {
      const { document, tag } = await opened(get)
      const replies = await Promise.all(
        ['one', 'two'].map((editor) => save(update, document, `${editor} ${round}`, ifMatch(tag))),
      )
      expect(replies.map(({ status }) => status).sort()).toEqual([200, 412])
      const winner = replies.find(({ status }) => status === 200)
      expect((await read(get)).body[kind.member]).toBe(winner?.body[kind.member])
    }
  })

  it('loses no save when many callers save without a condition', async () => {
    const { get, update } = await kind.paths()
    const { document, tag } = await opened(get)
    const names = Array.from({ length: 8 }, (_, at) => `caller ${at}`)
    const replies = await Promise.all(names.map((name) => save(update, document, name)))
    expect(replies.map(({ status }) => status)).toEqual(names.map(() => 200))
    const version = Number(tag.slice(1, -1)) + names.length
    expect(tagOf(await read(get))).toBe(`"${version}"`)
  })
})

describe('deletion', () => {
  it('of a client is refused unless the tag is the present one (RFC 9110 §13.1.1)', async () => {
    const { clientId } = await service.client()
    const path = `/client/get/${clientId}`
    const { tag } = await opened(path)
    await service.api(`/client/lock_flag/update/${clientId}`, { clientLocked: true })
    const remove = (options: CallOptions) =>
      service.call('DELETE', at(`/client/delete/${clientId}`), undefined, options)
    expect(await remove(ifMatch(tag))).toMatchObject(refusal)
    expect((await read(path)).status).toBe(200)
    expect((await remove(ifMatch(tagOf(await read(path))))).status).toBe(204)
    expect((await read(path)).status).toBe(404)
  })

  it.each([
    ['DELETE', (id: number) => `/api/${id}/service/delete`],
    ['POST', () => '/api/service/remove'],
  ])('of a service by %s is refused unless the tag is the present one', async (method, path) => {
    const { apiKey } = await service.post('/api/service/create', { serviceName: 'Short' })
    const get = () => service.call('GET', `/api/${apiKey}/service/get`)
    const remove = (options: CallOptions) => {
      const body = method === 'POST' ? { serviceId: apiKey } : undefined
      return service.call(method, path(apiKey), body, options)
    }
    expect(await remove(ifMatch('"2"'))).toMatchObject(refusal)
    expect((await get()).status).toBe(200)
    expect((await remove(ifMatch(tagOf(await get())))).status).toBe(204)
    expect((await get()).status).toBe(404)
  })
})

describe('entity tag', () => {
  it('of a client changes with its last use, from which it may still be saved', async () => {
    const client = await service.client()
    const path = `/client/get/${client.clientId}`
    const before = await opened(path)
    service.store.clientUses.note(service.serviceId, client.clientId, service.system.clock())
    await service.store.clientUses.flush(service.system.clock())
    const after = await opened(path)
    expect(after.document.lastUsedAt).toBeGreaterThan(0)
    expect(after.tag).not.toBe(before.tag)
    expect((await read(path, ifNoneMatch(before.tag))).status).toBe(200)
    const update = at(`/client/update/${client.clientId}`)
    expect((await service.call('POST', update, before.document, ifMatch(before.tag))).status).toBe(
      200,
    )
    expect(await service.call('POST', update, after.document, ifMatch(after.tag))).toMatchObject(
      refusal,
    )
  })

  it('of a service changes with its keys', async () => {
    const { apiKey } = await service.post('/api/service/create', {})
    const get = () => service.call('GET', `/api/${apiKey}/service/get`)
    const before = tagOf(await get())
    await service.post(`/api/${apiKey}/service/keys/generate`, { alg: 'ES256' })
    const after = tagOf(await get())
    expect(after).not.toBe(before)
    const again = await service.call('GET', `/api/${apiKey}/service/get`, undefined, {
      headers: { 'If-None-Match': after },
    })
    expect(again.status).toBe(304)
  })
})

describe('a document that is read without its secrets', () => {
  const secret = JSON.stringify({
    keys: [{ kty: 'oct', kid: 'a', k: 'c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0' }],
  })
  const less = '?withoutSecrets=true'

  it('of a service has no private keys, is not recorded, and has a tag of its own for patches', async () => {
    await service.configure({ jwks: secret, pairwiseSubjectSalt: 'salty' })
    const whole = await read('/service/get')
    const recorded = () => service.get('/api/audit?type=private_keys.read&limit=1000')
    const before = (await recorded()).records
    const reply = await read(`/service/get${less}`)
    expect((await recorded()).records).toEqual(before)
    expect(reply.text).not.toMatch(/c2VjcmV0|salty/)
    expect(whole.text).toMatch(/c2VjcmV0.*salty|salty.*c2VjcmV0/)
    expect(tagOf(reply)).not.toBe(tagOf(whole))
    expect((await read(`/service/get${less}`, ifNoneMatch(tagOf(whole)))).status).toBe(200)
    const patched = await service.call(
      'PATCH',
      at('/service'),
      { accessTokenDuration: 77 },
      {
        headers: { 'Content-Type': 'application/merge-patch+json', 'If-Match': tagOf(reply) },
      },
    )
    expect(patched).toMatchObject({ status: 200, body: { jwks: secret, accessTokenDuration: 77 } })
  })

  it('of a client has no secret, and a tag of its own for patches', async () => {
    const { clientId, clientSecret } = await service.client({ clientType: 'CONFIDENTIAL' })
    const whole = await read(`/client/get/${clientId}`)
    const reply = await read(`/client/get/${clientId}${less}`)
    expect(whole.body.clientSecret).toBe(clientSecret)
    expect(reply.body).not.toHaveProperty('clientSecret')
    expect(tagOf(reply)).not.toBe(tagOf(whole))
    const patched = await service.call(
      'PATCH',
      at(`/clients/${clientId}`),
      { clientName: 'N' },
      {
        headers: { 'Content-Type': 'application/merge-patch+json', 'If-Match': tagOf(reply) },
      },
    )
    expect(patched).toMatchObject({ status: 200, body: { clientSecret, clientName: 'N' } })
  })
})
