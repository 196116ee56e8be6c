/** Concurrent calls: a condition that is checked before a write is checked again by the write. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { assemble } from '../../src/store/open.ts'
import { authorize, createService, obtainTokens, type TestService } from '../support/flows.ts'
import { createServer, type Json } from '../support/server.ts'
import { sealer } from '../support/stores.ts'

let service: TestService
let client: Json
beforeAll(async () => {
  service = await createService()
  client = await service.client()
})
afterAll(() => service.close())

const ten = Array.from({ length: 10 }, (_, index) => index)

describe('refresh token value that the caller chose', () => {
  it('is created by one of ten concurrent calls (RFC 6749 §5.1)', async () => {
    const answers = await Promise.all(
      ten.map(() =>
        service.api('/auth/token/create', {
          ...{ grantType: 'AUTHORIZATION_CODE', clientId: client.clientId, subject: 'alice' },
          refreshToken: 'the-value-that-the-caller-chose',
        }),
      ),
    )
    const codes = answers.map(({ resultCode }) => resultCode).sort()
    expect(codes).toEqual([...Array(9).fill('P046005'), 'P046901'])
  })
})

describe('scopes that a user grants concurrently', () => {
  it('are all stored as granted scopes (OIDC Core §3.1.2.4)', async () => {
    const names = ['openid', 'profile', 'email', 'address', 'phone', 'read', 'write']
    await Promise.all(
      names.map((scope) => obtainTokens(service, client, { scope }, { subject: 'zoe' })),
    )
    const path = `/api/${service.serviceId}/client/granted_scopes/get/${client.clientId}/zoe`
    const { mergedGrantedScopes } = await service.get(path)
    expect([...mergedGrantedScopes].sort()).toEqual([...names].sort())
  })
})

describe('scopes that the caller grants', () => {
  it('can exceed the request, except for openid (OIDC Core §3.1.2.1)', async () => {
    const decided = { scopes: ['openid', 'read', 'write'] }
    const tokens = await obtainTokens(service, client, { scope: 'read' }, decided)
    expect(tokens).toMatchObject({ action: 'OK', scopes: ['read', 'write'] })
    expect(tokens).not.toHaveProperty('idToken')
  })
})

describe('session ID', () => {
  it('has at most 512 characters, since it is indexed', async () => {
    const create = (sessionId: string) =>
      service.api('/auth/token/create', {
        ...{ grantType: 'AUTHORIZATION_CODE', clientId: client.clientId, subject: 'alice' },
        sessionId,
      })
    const characters = Array.from({ length: 513 }, (_, at) =>
      String.fromCodePoint(0x10000 + 7 * at),
    )
    expect(await create(characters.join(''))).toMatchObject({ resultCode: 'P000206' })
    const { ticket } = await authorize(service, client)
    const issue = { ticket, subject: 'alice', sessionId: 'x'.repeat(513) }
    expect(await service.api('/auth/authorization/issue', issue)).toMatchObject({
      resultCode: 'P000206',
    })
    expect(await create(characters.slice(0, 256).join(''))).toMatchObject({ action: 'OK' })
  })
})

describe('client that is locked while it updates itself', () => {
  it('stays locked and unchanged (RFC 7592 §3)', async () => {
    const registrationEndpoint = 'https://as.example.com/register'
    await service.configure({ dynamicRegistrationSupported: true, registrationEndpoint })
    const metadata = { client_name: 'Before', redirect_uris: ['https://app.example.com/'] }
    const created = await service.api('/client/registration', { json: JSON.stringify(metadata) })
    const { client_id, registration_access_token: token } = JSON.parse(created.responseContent)
    const presented = { clientId: String(client_id), token }
    const read = await service.api('/client/registration/get', presented)
    expect(read).toMatchObject({ action: 'OK' })
    const { clients } = service.store
    const find = clients.find
    // In this process, the two would take turns.
    const { engine, system } = service
    const on = { store: assemble(engine, sealer), engine, close: async () => {} }
    const otherProcess = await createServer({ on, system })
    vi.spyOn(clients, 'find').mockImplementationOnce(async (...named) => {
      const lock = `/api/${service.serviceId}/client/lock_flag/update/${client_id}`
      await otherProcess.post(lock, { clientLocked: true })
      return find(...named)
    })
    const json = JSON.stringify({ ...metadata, client_name: 'After' })
    expect(await service.api('/client/registration/update', { ...presented, json })).toMatchObject({
      ...{ action: 'BAD_REQUEST', resultCode: 'P085001' },
    })
    const path = `/api/${service.serviceId}/client/get/${client_id}`
    expect(await service.get(path)).toMatchObject({ clientName: 'Before', locked: true })
    await otherProcess.close()
  })
})

describe('singleAccessTokenPerSubject', () => {
  it('leaves one token after concurrent issues', async () => {
    await service.configure({ singleAccessTokenPerSubject: true })
    const create = () =>
      service.api('/auth/token/create', {
        ...{ grantType: 'AUTHORIZATION_CODE', clientId: client.clientId, subject: 'sally' },
      })
    const answers = await Promise.all(ten.map(create))
    expect(answers.map(({ action }) => action)).toEqual(ten.map(() => 'OK'))
    const owner = { clientId: client.clientId, subject: 'sally' }
    expect(await service.store.accessTokens.count(service.serviceId, owner)).toBe(1)
    expect(await service.store.refreshTokens.findOf(service.serviceId, owner)).toHaveLength(1)
    await service.configure({})
  })
})
