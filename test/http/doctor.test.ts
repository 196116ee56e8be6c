/** The examination of the installation, for administrators of all services. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Finding } from '../../src/model/installation/examination.ts'
import { authorizationRequest, createService, type TestService } from '../support/flows.ts'
import { createProcesses } from '../support/processes.ts'
import type { Json } from '../support/server.ts'

let service: TestService
beforeAll(async () => {
  service = await createService()
})
afterAll(() => service.close())

const authorization = (client: Json) => ({ parameters: authorizationRequest(client) })
const levels = (findings: Finding[]) =>
  Object.fromEntries(findings.map(({ check, level }) => [check, level]))

describe('examination of the installation', () => {
  it('has what is stored, with a reason and a remedy for each trouble', async () => {
    const { status, body } = await service.call('GET', '/api/doctor')
    expect(status).toBe(200)
    expect(body).toMatchObject({ resultCode: 'P158901', sweepLagMilliseconds: 0, sweepDue: [] })
    expect(levels(body.findings)).toMatchObject({ 'master-key': 'ok', sweep: 'ok', outbox: 'ok' })
    for (const { level, why, mend } of body.findings as Finding[]) {
      if (level === 'warning' || level === 'error') expect([!why, !mend]).toEqual([false, false])
    }
  })

  it('has the tables with expired rows that are not yet removed', async () => {
    const other = await createService({}, service)
    await other.api('/auth/authorization', authorization(await other.client()))
    service.system.clock.advance(30 * 86_400_000)
    const { body } = await service.call('GET', '/api/doctor')
    expect(body.sweepDue).toEqual([{ table: 'tickets', rows: 1 }])
    await service.store.purge(service.system.clock())
    expect((await service.call('GET', '/api/doctor')).body.sweepDue).toEqual([])
  })

  it('is not shown to administrators of one service, nor without the right', async () => {
    const owner = await service.tokenFor(service.serviceId, ['admin'])
    const viewer = await service.tokenFor(0, ['modify_service'])
    for (const token of [owner, viewer]) {
      expect((await service.call('GET', '/api/doctor', undefined, { token })).status).toBe(403)
    }
  })

  it.each(['x', '-1', '1.5'])('is refused with the probe %j', async (probe) => {
    const { status } = await service.call('GET', `/api/doctor?probeSeconds=${probe}`)
    expect(status).toBe(400)
  })

  it('has the database, its size and the settings of a process that runs', async () => {
    const processes = createProcesses()
    try {
      const token = 'the-token-of-the-administrator-1234'
      const { url } = await processes.started({
        ...{ POSTERN_DRAIN_SECONDS: '3', POSTERN_ADMIN_TOKEN: token },
      })
      const headers = { Authorization: `Bearer ${token}` }
      const answer = await fetch(`${url}/api/doctor?probeSeconds=5`, { headers })
      const body = await answer.json()
      expect(levels(body.findings)).toMatchObject({
        ...{ configuration: 'ok', drain: 'warning', database: 'ok', migrations: 'ok' },
        ...{ replication: 'skipped', 'bootstrap-token': 'warning' },
      })
      expect(body.databaseBytes).toBeGreaterThan(100_000)
      expect(body).not.toHaveProperty('replicas')
    } finally {
      await processes.close()
    }
  })
})
