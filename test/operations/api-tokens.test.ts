/** API tokens over HTTP: creation, list, update, rotation and revocation, with the right to it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createService, type TestService } from '../support/flows.ts'
import type { Json, Reply } from '../support/server.ts'

let service: TestService
let owner: Record<string, unknown>
beforeAll(async () => {
  service = await createService()
  owner = { organizationId: 7, apiServerId: 8, serviceId: service.serviceId }
})
afterAll(() => service.close())

const call = (path: string, body: unknown, token?: string): Promise<Reply> =>
  service.call('POST', `/api/${path}`, body, token === undefined ? {} : { token })
const ofService = (verb: string, more: object = {}, token?: string) =>
  call(`servicetoken/${verb}`, { ...owner, ...more }, token)
const ofAll = (verb: string, more: object = {}, token?: string) =>
  call(`organizationtoken/${verb}`, { organizationId: 7, ...more }, token)
const view = (token: string) =>
  service.call('GET', `/api/${service.serviceId}/service/get`, undefined, { token })

const expectRefused = (reply: Reply, status: number, resultCode: string) =>
  expect({ status: reply.status, resultCode: reply.body?.resultCode }).toEqual({
    status,
    resultCode,
  })

const kinds = [
  ['of one service', ofService],
  ['of all services', ofAll],
] as const

describe.each(kinds)('API token %s', (_kind, api) => {
  it('is valid from its creation, and its value is returned only then', async () => {
    const { status, body } = await api('create', { description: 'Terraform' })
    expect(status).toBe(200)
    expect(body).toMatchObject({ organizationId: 7, description: 'Terraform', rights: ['admin'] })
    expect(body.accessToken).toMatch(/^[\w-]{43}$/)
    expect((await view(body.accessToken)).status).toBe(200)
    const { body: list } = await api('all')
    const { accessToken, ...rest } = body
    expect(list.find(({ tokenId }: Json) => tokenId === body.tokenId)).toEqual(rest)
    expect(JSON.stringify(list)).not.toContain(accessToken)
  })

  it('tells when it was last used, exact to an hour, by at most one write an hour', async () => {
    const { system, store } = service
    const { body } = await api('create', { description: 'Used' })
    const lastUse = async () => {
      const { body: list } = await api('all')
      return list.find(({ tokenId }: Json) => tokenId === body.tokenId).lastUsedAt
    }
    await store.apiTokenUses.flush(system.clock())
    expect(await lastUse()).toBeUndefined()
    system.clock.advance(3_600_000 - (system.clock() % 3_600_000))
    const first = system.clock()
    await view(body.accessToken)
    expect(await lastUse()).toBeUndefined()
    await store.apiTokenUses.flush(first)
    expect(await lastUse()).toBe(first)
    system.clock.advance(3_599_999)
    await view(body.accessToken)
    await store.apiTokenUses.flush(system.clock())
    expect(await lastUse()).toBe(first)
    system.clock.advance(1)
    await view(body.accessToken)
    await store.apiTokenUses.flush(system.clock())
    expect(await lastUse()).toBe(system.clock())
    const { body: rotated } = await api('rotate', { tokenId: body.tokenId })
    expect(rotated.lastUsedAt).toBe(system.clock())
  })

  it('is not used by a call with a wrong value', async () => {
    const { body } = await api('create', { description: 'Unused' })
    await view(`${body.accessToken}x`)
    await service.store.apiTokenUses.flush(service.system.clock())
    const { body: list } = await api('all')
    const found = list.find(({ tokenId }: Json) => tokenId === body.tokenId)
    expect(found).not.toHaveProperty('lastUsedAt')
  })

  it('does not live longer than the token that created it', async () => {
    const expiresAt = service.system.clock() + 60_000
    const { body: maker } = await api('create', { expiresAt })
    const by = (verb: string, more: object) => api(verb, more, maker.accessToken)
    expect((await by('create', {})).body).toMatchObject({ expiresAt })
    expect((await by('create', { expiresAt: expiresAt - 1 })).status).toBe(200)
    expectRefused(await by('create', { expiresAt: 0 }), 403, 'P066003')
    expectRefused(await by('create', { expiresAt: expiresAt + 1 }), 403, 'P066003')
    const { body: lasting } = await api('create', { rights: ['view_service'] })
    const named = { tokenId: lasting.tokenId }
    expectRefused(await by('rotate', named), 403, 'P066003')
    expectRefused(await by('update', { ...named, rights: ['admin'] }), 403, 'P066003')
    expect((await by('rotate', { tokenId: maker.tokenId })).body).toMatchObject({ expiresAt })
    expect((await api('rotate', named)).body).toMatchObject({ expiresAt: 0 })
  })

  it('gets a new value by rotation, and keeps its name and rights', async () => {
    const { body: first } = await api('create', { description: 'CI', rights: ['view_service'] })
    const { tokenId } = first
    const { body: second } = await api('rotate', { tokenId })
    expect(second).toEqual({ ...first, accessToken: second.accessToken })
    expect(second.accessToken).not.toBe(first.accessToken)
    expectRefused(await view(first.accessToken), 401, 'P000102')
    expect((await view(second.accessToken)).status).toBe(200)
  })

  it('is renamed by an update, and gets other rights only if the call names them', async () => {
    const { body: made } = await api('create', { rights: ['view_service'] })
    const { tokenId, accessToken } = made
    const renamed = await api('update', { tokenId, description: 'Prometheus' })
    expect(renamed.body).toMatchObject({ description: 'Prometheus', rights: ['view_service'] })
    expect(renamed.body).not.toHaveProperty('accessToken')
    expect((await view(accessToken)).status).toBe(200)
    const narrowed = await api('update', { tokenId, rights: ['use_introspection'] })
    expect(narrowed.body).toMatchObject({ description: 'Prometheus' })
    expectRefused(await view(accessToken), 403, 'P000103')
  })

  it('is rejected after its revocation, and cannot be revoked again', async () => {
    const { body: made } = await api('create')
    const { tokenId, accessToken } = made
    const revoked = await api('revoke', { tokenId })
    expect([revoked.status, revoked.text]).toEqual([204, ''])
    expectRefused(await view(accessToken), 401, 'P000102')
    for (const verb of ['revoke', 'rotate', 'update']) {
      expectRefused(await api(verb, { tokenId }), 404, 'P066001')
    }
  })

  it('expires at expiresAt', async () => {
    const expiresAt = service.system.clock() + 1_000
    const { body: made } = await api('create', { expiresAt })
    expect(made.expiresAt).toBe(expiresAt)
    expect((await view(made.accessToken)).status).toBe(200)
    service.system.clock.advance(1_000)
    expectRefused(await view(made.accessToken), 401, 'P000102')
  })

  it('cannot get, or be changed by a caller without, a right that the caller lacks', async () => {
    const serviceId = api === ofAll ? 0 : service.serviceId
    const token = await service.tokenFor(serviceId, ['admin'])
    const rights = ['admin', 'view_audit_log']
    expectRefused(await api('create', { rights }, token), 403, 'P066002')
    const { body: made } = await api('create', { rights })
    const { tokenId } = made
    for (const verb of ['rotate', 'update', 'revoke']) {
      expectRefused(await api(verb, { tokenId }, token), 403, 'P066002')
    }
    const { body: own } = await api('create', {}, token)
    expectRefused(await api('update', { tokenId: own.tokenId, rights }, token), 403, 'P066002')
  })

  it('is managed by administrators only', async () => {
    const serviceId = api === ofAll ? 0 : service.serviceId
    const token = await service.tokenFor(serviceId, ['modify_service', 'create_service'])
    for (const verb of ['create', 'all', 'rotate', 'update', 'revoke']) {
      expectRefused(await api(verb, { tokenId: 'x' }, token), 403, 'P000103')
    }
  })
})

describe('administrator of one service', () => {
  it('creates API tokens of that service only', async () => {
    const token = await service.tokenFor(service.serviceId, ['admin'])
    expect((await ofService('create', {}, token)).status).toBe(200)
    const other = await service.post('/api/service/create', {})
    expectRefused(await ofService('all', { serviceId: other.apiKey }, token), 403, 'P000104')
    expectRefused(await ofAll('create', {}, token), 403, 'P000104')
    expectRefused(await ofAll('all', {}, token), 403, 'P000104')
  })

  it('cannot read or change API tokens of another service', async () => {
    const other = await service.post('/api/service/create', {})
    const made = await ofService('create', { serviceId: other.apiKey })
    const { tokenId } = made.body
    const token = await service.tokenFor(service.serviceId, ['admin'])
    expectRefused(await ofService('revoke', { tokenId }, token), 404, 'P066001')
    const { body: list } = await ofService('all', {}, token)
    expect(list.map((each: Json) => each.tokenId)).not.toContain(tokenId)
  })
})

describe('API token of one client', () => {
  it('is valid for that client only', async () => {
    const client = await service.client()
    const other = await service.client()
    const rights = ['modify_client']
    const { body } = await ofService('create', { clientId: client.clientId, rights })
    const get = (id: number) =>
      service.call('GET', `/api/${service.serviceId}/client/get/${id}`, undefined, {
        token: body.accessToken,
      })
    expect((await get(client.clientId)).status).toBe(200)
    expectRefused(await get(other.clientId), 403, 'P000105')
    expectRefused(await ofService('create', { clientId: 12_345 }), 404, 'P060001')
  })
})

describe('service of an organization', () => {
  it('is created and deleted by calls that name it in the body', async () => {
    const made = await call('service', { ...owner, service: { serviceName: 'By Terraform' } })
    expect(made.body).toMatchObject({ serviceName: 'By Terraform', apiKey: expect.any(Number) })
    const serviceId = made.body.apiKey
    const address = { organizationId: 7, apiServerId: 8, serviceId }
    const { body: token } = await ofService('create', { serviceId })
    const removed = await call('service/remove', address)
    expect([removed.status, removed.text]).toEqual([204, ''])
    expectRefused(await call('service/remove', address), 404, 'P000301')
    expectRefused(await ofService('all', { serviceId }), 404, 'P000301')
    const get = await service.call('GET', `/api/${serviceId}/service/get`, undefined, {
      token: token.accessToken,
    })
    expectRefused(get, 401, 'P000102')
  })

  it('gets defaults without a document, and is validated with one', async () => {
    expect((await call('service', { organizationId: '7' })).body.apiKey).toBeTypeOf('number')
    expect((await call('service', { service: { issuer: 'no URI' } })).status).toBe(400)
  })

  it('is not deleted by a token of another service, or without the right', async () => {
    const token = await service.tokenFor(service.serviceId, ['admin'])
    const other = await service.post('/api/service/create', {})
    const serviceId = other.apiKey
    expectRefused(await call('service/remove', { serviceId }, token), 403, 'P000104')
    expectRefused(await call('service', {}, token), 403, 'P000104')
    const modifier = await service.tokenFor(0, ['modify_service'])
    expectRefused(await call('service/remove', { serviceId }, modifier), 403, 'P000103')
  })
})
