/** The state of the server, for administrators of all services. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createService, type TestService } from '../support/flows.ts'

let service: TestService
beforeAll(async () => {
  service = await createService()
})
afterAll(() => service.close())

describe('state of the server', () => {
  it('has version, clock, database and waiting notifications', async () => {
    const { status, body } = await service.call('GET', '/api/health')
    expect(status).toBe(200)
    expect(body).toMatchObject({
      resultCode: 'P148901',
      version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
      node: process.versions.node,
      now: service.system.clock(),
      logoutDeliveries: { waiting: 0 },
    })
  })

  it('is not shown to administrators of one service, nor without the right', async () => {
    const owner = await service.tokenFor(service.serviceId, ['admin'])
    const viewer = await service.tokenFor(0, ['modify_service'])
    for (const token of [owner, viewer]) {
      expect((await service.call('GET', '/api/health', undefined, { token })).status).toBe(403)
    }
  })
})
