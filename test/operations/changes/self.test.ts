/** What callers learn about their own API tokens. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AccessRight, includesRight } from '../../../src/model/api-token.ts'
import { createService, type TestService } from '../../support/flows.ts'

let service: TestService
beforeAll(async () => {
  service = await createService()
})
afterAll(() => service.close())

const self = (token?: string) => service.get('/api/self', token === undefined ? {} : { token })

describe('/api/self', () => {
  it('describes a token of one service: rights, description, expiry, and no value', async () => {
    const { serviceId } = service
    const expiresAt = service.system.clock() + 60_000
    const wish = { serviceId, description: 'Nightly', rights: ['view_service'], expiresAt }
    const { accessToken, tokenId } = await service.post('/api/servicetoken/create', wish)
    expect(await self(accessToken)).toEqual({
      ...{ resultCode: 'P141903', resultMessage: expect.any(String) },
      ...{ tokenId, label: 'Nightly', serviceId, expiresAt },
      rights: ['view_client', 'view_service'],
    })
  })

  it.each(AccessRight.options.map((right) => [right]))(
    'accepts a token with the right %s, and lists what the right includes',
    async (right) => {
      const { rights } = await self(await service.tokenFor(service.serviceId, [right]))
      expect(rights).toEqual(AccessRight.options.filter((each) => includesRight([right], each)))
    },
  )

  it('has no service for a token of all services, and the client of a token for one', async () => {
    const all = await self()
    expect([all.serviceId, all.clientId, all.expiresAt]).toEqual([undefined, undefined, 0])
    const { clientId } = await service.client()
    const token = await service.tokenFor(service.serviceId, ['modify_client'], clientId)
    expect(await self(token)).toMatchObject({ clientId, serviceId: service.serviceId })
  })

  it('is 401 without a token, and with an unknown one', async () => {
    const get = (token: string | null) => service.call('GET', '/api/self', undefined, { token })
    expect((await get(null)).body.resultCode).toBe('P000101')
    expect((await get('unknown')).body.resultCode).toBe('P000102')
  })
})
