/** Rotation by schedule, and what becomes of the private halves of retired keys. */
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { doScheduledTasks } from '../../../src/process/keys/scheduled.ts'
import { openDocuments } from '../../../src/store/configuration.ts'
import { createMemoryProvider } from '../../../src/system/providers/memory-provider.ts'
import { createService, type TestService } from '../../support/flows.ts'
import { jwksOf, serviceKeys } from '../../support/keys.ts'
import type { Json } from '../../support/server.ts'
import { testSystem } from '../../support/system.ts'

const day = 86_400_000
const keyProviders = new Map([['box', createMemoryProvider('box')]])
const system = testSystem({ keyProviders })

let server: TestService
let service: TestService
beforeAll(async () => {
  server = await createService({}, { system })
})
beforeEach(async () => {
  const jwks = jwksOf(...serviceKeys.filter(({ kid }) => kid === 'es256'))
  service = await createService({ jwks, hsmEnabled: true }, { on: server, system })
})
afterAll(() => server.close())

const schedule = (more: object = {}): Promise<Json> =>
  service.api('/service/keys/schedule', { alg: 'ES256', periodDays: 30, ...more })
const list = (more: object = {}): Promise<Json> => service.api('/service/keys/list', more)
const states = async (): Promise<string[]> =>
  (await list()).keys.map(({ state }: Json) => state).sort()
const sweep = () => {
  const { store } = server
  const documents = openDocuments(store, system.clock)
  return doScheduledTasks({ store, documents, system }, new AbortController().signal)
}

describe(`scheduled rotation on ${inject('dialect')}`, () => {
  it('begins after the period, less at most a tenth', async () => {
    const { action, schedules } = await schedule()
    expect(action).toBe('OK')
    const [{ nextAt, ...rest }] = schedules
    expect(rest).toEqual({ set: 'protocol', alg: 'ES256', periodDays: 30 })
    expect(nextAt).toBeGreaterThan(system.clock() + 27 * day - 1)
    expect(nextAt).toBeLessThanOrEqual(system.clock() + 30 * day)
    system.clock.set(nextAt - 1)
    await sweep()
    expect(await states()).toEqual(['CURRENT'])
    system.clock.set(nextAt)
    await sweep()
    expect(await states()).toEqual(['CURRENT', 'NEXT'])
    const [{ nextAt: following }] = (await list()).schedules
    expect(following).toBeGreaterThan(nextAt + 27 * day - 1)
    const { records } = await server.get(`/api/${service.serviceId}/audit`)
    expect(records).toContainEqual(
      expect.objectContaining({ type: 'key.rotated', actor: { kind: 'server' } }),
    )
  })

  it('is done by one of several processes', async () => {
    await schedule()
    system.clock.advance(30 * day)
    await Promise.all(Array.from({ length: 5 }, sweep))
    expect(await states()).toEqual(['CURRENT', 'NEXT'])
  })

  it('makes keys in the module of the schedule, with the times of the schedule', async () => {
    await schedule({ hsmName: 'box', propagationSeconds: 60, overlapSeconds: 120 })
    system.clock.advance(30 * day)
    await sweep()
    const [next] = (await list({ states: ['NEXT'] })).keys
    expect(next).toMatchObject({ hsmName: 'box', activeFrom: system.clock() + 60_000 })
    const [former] = (await list({ states: ['CURRENT'] })).keys
    expect(former.retireAt).toBe(system.clock() + 180_000)
  })

  it('is tried again an hour after it failed', async () => {
    await schedule({ hsmName: 'unknown' })
    system.clock.advance(30 * day)
    await sweep()
    expect(await states()).toEqual(['CURRENT'])
    expect((await list()).schedules[0].nextAt).toBe(system.clock() + 3_600_000)
  })

  it('ends with a period of 0', async () => {
    await schedule()
    expect((await schedule({ periodDays: 0 })).schedules).toEqual([])
    system.clock.advance(30 * day)
    await sweep()
    expect(await states()).toEqual(['CURRENT'])
  })

  it.each([
    [{ periodDays: 3 }, 'P113011'],
    [{ periodDays: 1, overlapSeconds: 90_000 }, 'P113011'],
    [{ alg: 'none' }, 'P113001'],
    [{ alg: 'HS256' }, 'P113005'],
  ])('is refused with %o', async (more, resultCode) => {
    expect(await schedule(more)).toMatchObject({ action: 'CALLER_ERROR', resultCode })
  })
})

describe(`retired keys on ${inject('dialect')}`, () => {
  const text = async (): Promise<string> =>
    (await service.call('GET', `/api/${service.serviceId}/service/get`)).body.jwks

  it('lose their private half an hour after they retired', async () => {
    await service.api('/service/keys/rotate', { alg: 'ES256', operation: 'begin' })
    system.clock.advance(3 * day + 10_000)
    await sweep()
    expect(await states()).toEqual(['CURRENT', 'RETIRED'])
    expect(await text()).toContain('"es256"')
    system.clock.advance(3_600_000)
    await sweep()
    expect(await text()).not.toContain('"es256"')
    const [retired] = (await list({ states: ['RETIRED'] })).keys
    expect(retired).toMatchObject({ kid: 'es256', retiredAt: retired.retireAt })
    expect(await server.store.keySchedules.list(service.serviceId)).toEqual([])
    const { records } = await server.get(`/api/${service.serviceId}/audit`)
    expect(records).toContainEqual(
      expect.objectContaining({ type: 'key.erased', target: { kind: 'key', id: 'es256' } }),
    )
  })

  it('stay while the clock is behind', async () => {
    await service.api('/service/keys/rotate', { alg: 'ES256', operation: 'begin' })
    system.clock.advance(3 * day + 10_000)
    system.clock.advance(-3_600_000)
    await sweep()
    expect(await states()).toEqual(['CURRENT', 'PREVIOUS'])
    expect(await text()).toContain('"es256"')
  })

  it('sign again if a caller writes the set without their successor', async () => {
    const former = await text()
    await service.api('/service/keys/rotate', { alg: 'ES256', operation: 'begin' })
    system.clock.advance(4 * day)
    await service.configure({ jwks: former, hsmEnabled: true })
    expect(await states()).toEqual(['CURRENT', 'RETIRED'])
    const [current] = (await list({ states: ['CURRENT'] })).keys
    expect(current.kid).toBe('es256')
    await sweep()
    expect(await text()).toContain('"es256"')
  })
})
