/** `postern doctor`: each check finds its trouble, tells what mends it, and decides the exit code. */
import { chmodSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Finding } from '../../../src/doctor/finding.ts'
import { checkDatabase, checkDrain, checkNode } from '../../../src/doctor/installation.ts'
import { checkPublished } from '../../../src/doctor/published.ts'
import { checkStored, checkTestService } from '../../../src/doctor/stored.ts'
import { Client } from '../../../src/model/client/client.ts'
import { openDocuments } from '../../../src/store/configuration.ts'
import { createFetch } from '../../../src/system/fetch.ts'
import { createService, obtainTokens, type TestService } from '../../support/flows.ts'
import { createProcesses, type Processes, stop } from '../../support/processes.ts'
import type { Json } from '../../support/server.ts'
import { openTestStore } from '../../support/stores.ts'
import { advance, createTestService, day } from '../../support/test-service.ts'

const levels = (findings: Finding[]) =>
  Object.fromEntries(findings.map(({ check, level }) => [check, level]))
const troubles = (findings: Finding[]) =>
  findings.filter(({ level }) => level === 'warning' || level === 'error')

/** Every trouble says what, why, and what mends it. */
function requireTold(findings: Finding[]): void {
  for (const { check, what, why, mend } of troubles(findings)) {
    expect([check, Boolean(what && why && mend)]).toEqual([check, true])
  }
}

describe('postern doctor', () => {
  let processes: Processes
  beforeEach(() => {
    processes = createProcesses()
  })
  afterEach(() => processes.close())

  const doctor = async (args: string[] = [], environment: Record<string, string> = {}) => {
    const { code, output } = await processes.run(['doctor', '-o', 'json', ...args], environment)
    const { findings } = JSON.parse(output) as { findings: Finding[] }
    requireTold(findings)
    return { code, findings, levels: levels(findings) }
  }

  it('finds nothing wrong with a new installation but the bootstrap token', async () => {
    const server = await processes.started({})
    await stop(server)
    const { code, levels: found } = await doctor(['--probe-seconds', '2'], {
      POSTERN_DRAIN_SECONDS: '3',
    })
    expect(code).toBe(0)
    expect(found).toMatchObject({
      'service-links': 'ok',
      configuration: 'ok',
      drain: 'ok',
      database: 'ok',
      migrations: 'ok',
      durability: 'ok',
      clock: 'ok',
      wal: 'ok',
      'file-modes': 'ok',
      'master-key': 'ok',
      'bootstrap-token': 'warning',
      sweep: 'ok',
      outbox: 'ok',
    })
    const text = await processes.run(['doctor'])
    expect(text.output).toContain('ok      migrations: The schema is current.\n')
    expect(text.output).toMatch(/WARNING bootstrap-token: .*\n {10}.*\n {10}> /)
  })

  it('reports a service link, open files, another key, and a database of a newer version', async () => {
    const links = await doctor([], { POSTERN_PORT: 'tcp://10.0.0.7:7678' })
    expect([links.code, links.levels]).toMatchObject([
      1,
      { 'service-links': 'error', configuration: 'error' },
    ])
    const token = 'a-token-that-the-operator-chose'
    const server = await processes.started({ POSTERN_ADMIN_TOKEN: token })
    await fetch(`${server.url}/api/service/create`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
      body: '{"serviceName":"first"}',
    })
    await stop(server)
    chmodSync(processes.file('master.key'), 0o644)
    expect(await doctor()).toMatchObject({ code: 1, levels: { 'file-modes': 'error' } })
    chmodSync(processes.file('master.key'), 0o600)
    const key = Buffer.from(Array.from({ length: 32 }, (_, place) => place)).toString('hex')
    const other = await doctor([], { POSTERN_MASTER_KEY: key })
    expect(other).toMatchObject({ code: 1, levels: { database: 'ok', 'master-key': 'error' } })
    const later = new Database(processes.file('postern.db'))
    later.exec("insert into __drizzle_migrations (hash, created_at) values ('later', 9e15)")
    later.close()
    expect(await doctor()).toMatchObject({ code: 1, levels: { migrations: 'error' } })
  })

  it('does not migrate a database, and says what the next start does', async () => {
    await stop(await processes.started({}))
    const database = new Database(processes.file('postern.db'))
    const last = 'select max(created_at) from __drizzle_migrations'
    database.exec(`delete from __drizzle_migrations where created_at = (${last})`)
    const count = () =>
      database.prepare('select count(*) from __drizzle_migrations').pluck().get() as number
    const before = count()
    expect(await doctor()).toMatchObject({ code: 0, levels: { migrations: 'warning' } })
    expect(count()).toBe(before)
    database.close()
  })
})

describe('checks of an installation', () => {
  it('tell old versions of Node, and draining that is shorter than the probe', () => {
    expect([checkNode('v20.20.0').level, checkNode('v24.1.0').level]).toEqual(['warning', 'ok'])
    const drains = [checkDrain(3, 4), checkDrain(5, 4), checkDrain(3, undefined)]
    expect(drains.map(({ level }) => level)).toEqual(['warning', 'ok', 'skipped'])
  })

  it('tell a database that does not answer, and clocks that differ', async () => {
    const refused = await checkDatabase('postgres://postern@127.0.0.1:1/postern', () => 0)
    expect(levels(refused.findings)).toEqual({ database: 'error' })
    requireTold(refused.findings)
    const opened = await openTestStore()
    const url = opened.url || ':memory:'
    const { findings } = await checkDatabase(url, () => 0)
    const isPostgres = url.startsWith('postgres')
    expect(levels(findings)).toMatchObject({
      database: 'ok',
      migrations: 'ok',
      clock: isPostgres ? 'warning' : 'ok',
    })
    await opened.close()
  })
})

describe('checks of what is stored', () => {
  const settings = { kept: { auditDays: 400 }, testServices: false }

  it('report test services where they are not served', async () => {
    const service = await createTestService()
    const of = async (testServices: boolean) => {
      const { store } = service
      const stored = await checkStored(store, service.system.clock(), {
        kept: { auditDays: 400 },
        testServices,
      })
      const found = await openDocuments(store, service.system.clock).service(service.serviceId)
      if (!found) throw new Error('The service is gone.')
      const findings = [...stored, checkTestService(found, testServices)]
      requireTold(findings)
      return levels(findings)
    }
    expect(await of(false)).toMatchObject({ 'test-services': 'ok', 'test-service': 'error' })
    await advance(service, 400 * day)
    expect(await of(false)).toMatchObject({ 'test-services': 'warning', 'test-service': 'error' })
    expect(await of(true)).toMatchObject({ 'test-services': 'ok', 'test-service': 'ok' })
    await service.close()
  })

  it('tell a late sweep, and notifications that wait long', async () => {
    const service = await createService()
    await obtainTokens(service, await service.client())
    const now = () => service.system.clock()
    const found = async () => levels(await checkStored(service.store, now(), settings))
    expect(await found()).toMatchObject({ sweep: 'ok', outbox: 'ok', 'bootstrap-token': 'ok' })
    const message = { kind: 'ciba' as const, url: 'https://c.example', token: 't', body: '{}' }
    const { serviceId } = service
    const row = { serviceId, clientId: 7, notificationId: 'n', dueAt: now() }
    const write = { ...row, expiresAt: now() + 3_600_000, message }
    await service.store.commit(service.store.notifications.insert(write))
    service.system.clock.advance(90 * 86_400_000)
    const findings = await checkStored(service.store, now(), settings)
    expect(levels(findings)).toMatchObject({ sweep: 'warning', outbox: 'warning' })
    requireTold(findings)
    await service.close()
  })
})

describe('checks of what a service publishes', () => {
  let service: TestService
  let server: Server
  let pages: Record<string, { body?: Json; cache?: string; status?: number }>
  let issuer: string
  beforeEach(async () => {
    pages = {}
    server = createServer(({ url = '' }, response) => {
      const { body, cache, status = 200 } = pages[url] ?? { status: 404 }
      const headers = cache ? { 'Cache-Control': cache } : {}
      response.writeHead(status, { Location: '/', ...headers }).end(JSON.stringify(body ?? {}))
    })
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
    issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const authorizationEndpoint = `${issuer}/authorize`
    service = await createService({ issuer, jwksUri: `${issuer}/jwks`, authorizationEndpoint })
    const of = (path: string) => service.get(`/api/${service.serviceId}/service/${path}`)
    const body = await of('configuration')
    pages['/.well-known/openid-configuration'] = { body }
    pages['/jwks'] = { body: await of('jwks/get'), cache: 'max-age=300' }
    pages['/authorize'] = { status: 303 }
  })
  afterEach(async () => {
    server.close()
    await service.close()
  })

  const client = (more: object) =>
    Client.parse({ ...more, clientId: 1, number: 1, createdAt: 0, modifiedAt: 0 })
  const resolve = (host: string) =>
    host.endsWith('.invalid') ? Promise.reject(new Error('unknown')) : Promise.resolve()

  async function found(clients: Client[] = []) {
    const { clock } = service.system
    const fetch = createFetch({ allow: ['127.0.0.1'], clock })
    const document = await openDocuments(service.store, clock).service(service.serviceId)
    if (!document) throw new Error('The service is missing.')
    const findings = await checkPublished(document, clients, { fetch, resolve })
    requireTold(findings)
    return levels(findings)
  }

  it('find nothing wrong if the frontend publishes what Postern says', async () => {
    expect(await found()).toEqual({
      discovery: 'ok',
      jwks: 'ok',
      cache: 'ok',
      'redirect-status': 'ok',
      'client-jwks': 'ok',
      'redirect-hosts': 'ok',
    })
  })

  it('tell a document that differs, another issuer, and one that is missing', async () => {
    const page = pages['/.well-known/openid-configuration']
    const { body } = page as { body: Json }
    Object.assign(page ?? {}, { body: { ...body, scopes_supported: ['other'] } })
    expect(await found()).toMatchObject({ discovery: 'warning' })
    Object.assign(page ?? {}, { body: { ...body, issuer: 'https://other.example' } })
    expect(await found()).toMatchObject({ discovery: 'error' })
    delete pages['/.well-known/openid-configuration']
    expect(await found()).toMatchObject({ discovery: 'error' })
  })

  it('tell private keys, a missing key, and a missing Cache-Control', async () => {
    const { body } = pages['/jwks'] as { body: Json }
    const [first, ...others] = body.keys
    pages['/jwks'] = { body: { keys: [{ ...first, d: 'secret' }, ...others] } }
    expect(await found()).toMatchObject({ jwks: 'error' })
    pages['/jwks'] = { body: { keys: others } }
    expect(await found()).toMatchObject({ jwks: 'error', cache: 'warning' })
  })

  it('tell a redirect of forms by 307, key sets and hosts of clients that are gone', async () => {
    pages['/authorize'] = { status: 307 }
    const gone = client({ jwksUri: `${issuer}/gone`, redirectUris: ['https://gone.invalid/cb'] })
    expect(await found([gone])).toMatchObject({
      'redirect-status': 'error',
      'client-jwks': 'warning',
      'redirect-hosts': 'warning',
    })
  })
})
