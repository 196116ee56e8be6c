/** What audit log and revisions cost: statements of management calls that write, and no others. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Write } from '../../../src/store/engine.ts'
import {
  createService,
  issuer,
  obtainTokens,
  redirectUri,
  refresh,
  type TestService,
} from '../../support/flows.ts'
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
  it('has the change, its record, and at most two statements for the revision', async () => {
    const { clientId } = await service.client()
    const update = `/client/update/${clientId}`
    // The settings before the change with the revision, and the retirement of the oldest one.
    const change = [{ statements: 4, records: 1 }]
    expect(await costOf(() => service.configure({ accessTokenDuration: 60 }))).toEqual(change)
    expect(await costOf(() => service.api(update, { clientName: 'A' }))).toEqual(change)
    const lock = `/client/lock_flag/update/${clientId}`
    expect(await costOf(() => service.api(lock, { clientLocked: true }))).toEqual(change)
    expect(await costOf(() => service.client())).toEqual([{ statements: 3, records: 1 }])
    const create = () => service.post('/api/organizationtoken/create', {})
    expect(await costOf(create)).toEqual([{ statements: 2, records: 1 }])
  })

  it('of a registration by the client itself has none for a revision (RFC 7591 §3)', async () => {
    const open = { dynamicRegistrationSupported: true, registrationEndpoint: `${issuer}/register` }
    await service.configure(open)
    const json = JSON.stringify({ redirect_uris: [redirectUri] })
    const register = () => service.api('/client/registration', { json })
    // Two find room among the clients that expire.
    expect(await costOf(register)).toEqual([{ statements: 4, records: 1 }])
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
