/** What the audit log costs: one statement for each management call that writes, and no other. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Write } from '../../../src/store/engine.ts'
import { createService, obtainTokens, refresh, type TestService } from '../../support/flows.ts'
import { openTestStore, type TestStore } from '../../support/stores.ts'

let opened: TestStore
let service: TestService
let commits: Write[][] = []
beforeAll(async () => {
  opened = await openTestStore()
  const { store } = opened
  const counted = {
    ...store,
    commit: (...writes: Write[]) => {
      commits.push(writes)
      return store.commit(...writes)
    },
  }
  service = await createService({}, { on: { ...opened, store: counted } })
})
afterAll(() => service.close())

/** The statements of each commit of a call, and how many of them are records. */
async function costOf(call: () => Promise<unknown>) {
  commits = []
  await call()
  return commits.map((writes) => ({
    statements: writes.length,
    records: writes.filter(({ record }) => record).length,
  }))
}

describe('commit of a management call', () => {
  it('has one statement more than the change: the record', async () => {
    const { clientId } = await service.client()
    const update = `/client/update/${clientId}`
    const one = [{ statements: 2, records: 1 }]
    expect(await costOf(() => service.configure({ accessTokenDuration: 60 }))).toEqual(one)
    expect(await costOf(() => service.client())).toEqual(one)
    expect(await costOf(() => service.api(update, { clientName: 'A' }))).toEqual(one)
    const lock = `/client/lock_flag/update/${clientId}`
    expect(await costOf(() => service.api(lock, { clientLocked: true }))).toEqual(one)
    const create = () => service.post('/api/organizationtoken/create', {})
    expect(await costOf(create)).toEqual(one)
  })
})

describe('commit of a call that manages nothing', () => {
  it('has no record, and reads commit nothing', async () => {
    const client = await service.client()
    const { refreshToken, accessToken } = await obtainTokens(service, client)
    const flow = await costOf(() => refresh(service, client, refreshToken))
    expect(flow.map(({ records }) => records)).toEqual([0])
    const introspect = () => service.api('/auth/introspection', { token: accessToken })
    expect(await costOf(introspect)).toEqual([])
    const path = `/api/${service.serviceId}/client/get/${client.clientId}`
    expect(await costOf(() => service.get(path))).toEqual([])
  })
})
