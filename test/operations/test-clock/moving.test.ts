/** Moving the clock of a test service: forward only, kept, and by no other service. */
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { createApp } from '../../../src/process/app.ts'
import { createService, form, requestToken, type TestService } from '../../support/flows.ts'
import { createServer, type Json } from '../../support/server.ts'
import { sealer } from '../../support/stores.ts'
import { advance, clockOf, createTestService, day, forTests } from '../../support/test-service.ts'

let host: TestService
let service: TestService
beforeAll(async () => {
  host = await createTestService()
})
afterAll(() => host.close())
beforeEach(async () => {
  service = await createTestService({}, host)
})

const live = { attributes: [] }
const years = 365.25 * 100 * day
const move = (body: unknown, at = service): Promise<Json> =>
  at.call('POST', `/api/${at.serviceId}/testclock`, body)

describe(`clock of a test service on ${inject('dialect')}`, () => {
  it('shows the time of the process until it is moved', async () => {
    expect(await clockOf(service)).toEqual({ now: service.system.clock(), ahead: 0 })
  })

  it('advances by seconds, and goes on from there', async () => {
    const real = service.system.clock()
    expect(await advance(service, 60)).toEqual({ now: real + 60_000, ahead: 60_000 })
    service.system.clock.advance(1_000)
    expect(await advance(service, 60)).toEqual({ now: real + 121_000, ahead: 120_000 })
    expect(await clockOf(service)).toEqual({ now: real + 121_000, ahead: 120_000 })
  })

  it('is set to a later time', async () => {
    const setTo = service.system.clock() + 5_000
    expect(await service.api('/testclock', { setTo })).toEqual({ now: setTo, ahead: 5_000 })
    expect((await clockOf(service)).now).toBe(setTo)
  })

  it('adds up the moves of concurrent calls', async () => {
    await Promise.all(Array.from({ length: 10 }, () => advance(service, 60)))
    expect((await clockOf(service)).ahead).toBe(600_000)
  })

  it('does not go back', async () => {
    await advance(service, 60)
    const before = await clockOf(service)
    for (const body of [{ advanceSeconds: -1 }, { setTo: before.now - 1 }, { setTo: 0 }]) {
      expect(await move(body)).toMatchObject({ status: 400, body: { resultCode: 'P156005' } })
    }
    expect(await clockOf(service)).toEqual(before)
  })

  it('is at most a hundred years ahead', async () => {
    expect((await move({ advanceSeconds: years })).status).toBe(200)
    expect(await move({ advanceSeconds: 1 })).toMatchObject({
      status: 400,
      body: { resultCode: 'P156006' },
    })
    expect(await move({ setTo: 8_640_000_000_000_000 })).toMatchObject({ status: 400 })
    const client = await service.client()
    const parameters = { grant_type: 'client_credentials' }
    expect((await requestToken(service, client, parameters)).action).toBe('OK')
  })

  it.each([
    {},
    { advanceSeconds: 1, setTo: 8_000_000_000_000 },
    { advanceSeconds: '1' },
    { advanceSeconds: 0.5 },
    { advanceSeconds: 1e300 },
    { setTo: 'tomorrow' },
    [],
    null,
  ])('is not moved by the malformed body %j', async (body) => {
    expect((await move(body)).status).toBe(400)
    expect((await clockOf(service)).ahead).toBe(0)
  })

  it('is moved by an audited change, which the log dates by real time', async () => {
    const real = service.system.clock()
    await advance(service, day)
    await advance(service, 0)
    await advance(service, 1)
    const { records } = await service.get(`/api/${service.serviceId}/audit`)
    const moves = records.filter(({ type }: Json) => type === 'service.clock_moved')
    expect(moves).toMatchObject([
      { at: real, changes: [{ property: 'clock', before: real, after: real + day * 1_000 }] },
      { at: real, changes: [{ property: 'clock', after: real + day * 1_000 + 1_000 }] },
    ])
  })

  it('leaves other services, and the settings of its own, as they are', async () => {
    const other = await createTestService({}, host)
    const settings = await service.get(`/api/${service.serviceId}/service/get`)
    await advance(service, day)
    expect((await clockOf(other)).ahead).toBe(0)
    expect(await service.get(`/api/${service.serviceId}/service/get`)).toEqual(settings)
  })

  it('is the same for other processes by their next call, and after a restart', async () => {
    const { store, system, adminToken: token } = host
    const app = createApp({ store, system, sealer, testServices: true })
    const asked = async (): Promise<Json> => {
      const headers = { Authorization: `Bearer ${token}` }
      return (await app.request(`/api/${service.serviceId}/testclock`, { headers })).json()
    }
    expect((await asked()).ahead).toBe(0)
    await advance(service, 60)
    expect((await asked()).ahead).toBe(60_000)
  })

  it('is no setting that a change or an older revision brings back', async () => {
    await service.configure({ serviceName: 'Renamed' })
    await advance(service, 60)
    await service.post(`/api/${service.serviceId}/service/revisions/1/restore`, {})
    await service.configure({ serviceName: 'Renamed again' })
    expect((await clockOf(service)).ahead).toBe(60_000)
  })
})

describe('service without the attribute', () => {
  it('has no clock of its own', async () => {
    await service.configure(live)
    expect(await move({ advanceSeconds: 1 })).toMatchObject({
      status: 400,
      body: { resultCode: 'P156004' },
    })
    expect((await clockOf(service)).resultCode).toBe('P156004')
  })

  it('cannot become of a test service whose clock was moved', async () => {
    await advance(service, 60)
    expect((await service.configure(live)).resultCode).toBe('P156003')
    expect((await service.configure({ attributes: forTests().attributes })).apiKey).toBe(
      service.serviceId,
    )
  })
})

describe('process without test services', () => {
  /** The same database by a process that was started without the switch. */
  const without = async () => {
    const server = await createServer({
      on: { store: host.store, engine: host.engine, close: async () => {} },
      system: host.system,
    })
    return { ...service, ...server, serviceId: service.serviceId }
  }

  it('refuses to save a test service', async () => {
    const server = await without()
    const created = await server.post('/api/service/create', forTests())
    expect(created.resultCode).toBe('P156002')
    const other = await createService({}, server)
    expect((await other.configure(forTests())).resultCode).toBe('P156002')
    expect(
      (await other.configure({ attributes: [{ key: 'ext.mode', value: 'live' }] })).apiKey,
    ).toBe(other.serviceId)
  })

  it('does not move a clock', async () => {
    const server = await without()
    expect((await move({ advanceSeconds: 1 }, server)).body.resultCode).toBe('P156002')
    expect((await clockOf(server)).resultCode).toBe('P156002')
  })

  it('does not serve a test service, which can still be managed', async () => {
    const client = await service.client()
    await advance(service, 60)
    const server = await without()
    const { apiKey: id } = await server.get(`/api/${service.serviceId}/service/get`)
    expect(id).toBe(service.serviceId)
    const asked = await server.call('POST', `/api/${id}/auth/token`, {
      parameters: form({ grant_type: 'client_credentials' }),
      clientId: String(client.clientId),
      clientSecret: client.clientSecret,
    })
    expect(asked).toMatchObject({ status: 409, body: { resultCode: 'P156001' } })
    const introspected = { token: 'unknown' }
    expect(await server.call('POST', `/api/${id}/auth/introspection`, introspected)).toMatchObject({
      status: 409,
      body: { resultCode: 'P156001' },
    })
    expect((await server.call('DELETE', `/api/${id}/service/delete`)).status).toBe(204)
  })

  it('refuses a mode that is none', async () => {
    expect((await service.configure(forTests({ 'ext.mode': 'tset' }))).resultMessage).toMatch(
      /ext\.mode must be/,
    )
  })
})
