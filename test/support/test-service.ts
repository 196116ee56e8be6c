/** Test services: their settings, and moving their clocks. */
import { createService, type TestService } from './flows.ts'
import { createServer, type Json, type TestServer } from './server.ts'

export const day = 86_400

export const forTests = (more: Record<string, string> = {}) => ({
  attributes: Object.entries({ 'ext.mode': 'test', ...more }).map(([key, value]) => ({
    key,
    value,
  })),
})

/** A test service, on a new server that has them unless one is given. */
export async function createTestService(
  more: Record<string, unknown> = {},
  server?: TestServer,
): Promise<TestService> {
  return createService(
    { ...forTests(), ...more },
    server ?? (await createServer({ testServices: true })),
  )
}

export const advance = (service: TestService, advanceSeconds: number): Promise<Json> =>
  service.api('/testclock', { advanceSeconds })

export const clockOf = (service: TestService): Promise<Json> =>
  service.get(`/api/${service.serviceId}/testclock`)
