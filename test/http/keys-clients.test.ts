/** The clients that depend on the keys of a service for an algorithm, page by page. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createService, issuer, type TestService } from '../support/flows.ts'
import type { Json } from '../support/server.ts'

let service: TestService
let made: Json[]
beforeAll(async () => {
  service = await createService()
  const code = { grantTypes: ['AUTHORIZATION_CODE'] }
  made = [
    await service.client({ ...code, clientName: 'ID Token', idTokenSignAlg: 'ES256' }),
    await service.client({ ...code, clientName: 'UserInfo', userInfoSignAlg: 'ES256' }),
    await service.client({ ...code, clientName: 'JARM', authorizationSignAlg: 'PS256' }),
    await service.client({ ...code, clientName: 'JAR', requestEncryptionAlg: 'RSA_OAEP_256' }),
    await service.client({
      ...{ clientName: 'On its own', grantTypes: ['CLIENT_CREDENTIALS'] },
      ...{ responseTypes: [], idTokenSignAlg: 'ES256' },
    }),
  ]
  const other = await service.post('/api/service/create', { issuer })
  await service.post(`/api/${other.apiKey}/client/create`, { idTokenSignAlg: 'ES256', ...code })
})
afterAll(() => service.close())

const dependents = (body: object) => service.api('/service/keys/clients', body)

describe('clients that depend on keys', () => {
  it.each([
    [
      'ES256',
      [
        ['ID Token', ['idTokenSignAlg']],
        ['UserInfo', ['userInfoSignAlg']],
      ],
    ],
    ['PS256', [['JARM', ['authorizationSignAlg']]]],
    ['RSA-OAEP-256', [['JAR', ['requestEncryptionAlg']]]],
    ['ES512', []],
  ])('are those of the service whose settings name %s', async (alg, expected) => {
    const { clients, checked, totalCount, next } = await dependents({ alg })
    expect(clients.map((each: Json) => [each.clientName, each.settings])).toEqual(expected)
    expect([checked, totalCount, next]).toEqual([made.length, made.length, undefined])
  })

  it('are found page by page', async () => {
    const first = await dependents({ alg: 'ES256', limit: 1 })
    expect(first.clients.map((each: Json) => each.clientId)).toEqual([made[0]?.clientId])
    expect(first.next).toBe(1)
    const rest = await dependents({ alg: 'ES256', start: first.next })
    expect(rest.clients.map((each: Json) => each.clientName)).toEqual(['UserInfo'])
    expect(rest.next).toBeUndefined()
  })

  it('are not shown without the right, and no further page is read than asked for', async () => {
    const path = `/api/${service.serviceId}/service/keys/clients`
    const token = await service.tokenFor(service.serviceId, ['view_client'])
    expect((await service.call('POST', path, { alg: 'ES256' }, { token })).status).toBe(403)
    for (const body of [{}, { alg: 'ES256', limit: 101 }, { alg: 'ES256', start: -1 }]) {
      expect((await service.call('POST', path, body)).status).toBe(400)
    }
  })
})
