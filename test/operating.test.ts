/** Operating Postern: metrics, shutdown without loss, key rotation, backups. */
import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { Agent, type ClientRequest, request } from 'node:http'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createProcesses, type Processes, type Started, stop } from './support/processes.ts'
import type { Json } from './support/server.ts'

let processes: Processes
beforeEach(() => {
  processes = createProcesses()
})
afterEach(() => processes.close())

const token = 'a-token-that-the-operator-chose'
const key = () => randomBytes(32).toString('base64url')
const withToken = { POSTERN_ADMIN_TOKEN: token, POSTERN_LOG_LEVEL: 'error' }

async function post(url: string, path: string, body: object): Promise<Json> {
  const response = await fetch(`${url}/api${path}`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  })
  expect([path, response.status]).toEqual([path, 200])
  return response.json()
}

async function createClient(url: string) {
  const service = await post(url, '/service/create', { serviceName: 'first' })
  const client = await post(url, `/${service.apiKey}/client/create`, {
    clientType: 'CONFIDENTIAL',
    grantTypes: ['CLIENT_CREDENTIALS'],
  })
  return { service, client }
}

type Created = Awaited<ReturnType<typeof createClient>>

/** A client whose secret is sealed: successful authentication shows that it can be decrypted. */
const takeToken = (url: string, { service, client }: Created) =>
  post(url, `/${service.apiKey}/auth/token`, {
    parameters: 'grant_type=client_credentials',
    clientId: String(client.clientId),
    clientSecret: client.clientSecret,
  })

describe('metrics endpoint', () => {
  it('is served on its own port, and not on the API port', async () => {
    const server = await processes.started({ ...withToken, POSTERN_METRICS_PORT: '0' })
    await takeToken(server.url, await createClient(server.url))
    const [, at = ''] = /metrics +(\S+)/.exec(server.output()) ?? []
    const response = await fetch(at)
    expect(response.headers.get('content-type')).toContain('text/plain')
    const text = await response.text()
    expect(text).toMatch(/postern_calls_total\{operation="service_create_api",.*\} 1/)
    expect(text).toMatch(/^process_cpu_seconds_total /m)
    expect((await fetch(new URL('/', at))).status).toBe(404)
    expect((await fetch(at, { method: 'POST' })).status).toBe(404)
    expect((await fetch(`${server.url}/metrics`)).status).toBe(404)
    await stop(server)
  })

  it('is off unless a port is set', async () => {
    const server = await processes.started(withToken)
    expect(server.output()).not.toContain('metrics')
    await stop(server)
  })
})

describe('shutdown of a server', () => {
  const agent = new Agent({ keepAlive: true })
  const options = ({ url }: Started, path: string) => {
    const { hostname, port } = new URL(url)
    const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' }
    return { agent, hostname, port, headers, path }
  }
  const statusOf = (sent: ClientRequest) =>
    new Promise<number>((resolve, reject) => {
      sent.once('error', reject)
      sent.once('response', (response) => {
        response.resume()
        response.once('end', () => resolve(response.statusCode ?? 0))
      })
    })

  /** Probes every 50 ms like a load balancer, until the server is not ready any longer. */
  async function untilUnready({ url }: Started): Promise<void> {
    while ((await fetch(`${url}/health/ready`)).status === 200) await wait(50)
  }

  it('is announced to the load balancer first, and fails no request', async () => {
    const server = await processes.started({ ...withToken, POSTERN_DRAIN_SECONDS: '1' })
    let isBalanced = true
    const statuses: number[] = []
    const callers = [1, 2, 3, 4].map(async () => {
      while (isBalanced) {
        statuses.push(await statusOf(request(options(server, '/api/service/get/list')).end()))
      }
    })
    const unready = untilUnready(server)
    await wait(200)
    const closed = once(server.child, 'close')
    const before = statuses.length
    server.child.kill('SIGTERM')
    await unready
    const ready = await fetch(`${server.url}/health/ready`)
    expect([ready.status, await ready.json()]).toEqual([503, { status: 'draining' }])
    expect(ready.headers.get('connection')).toBe('close')
    expect((await fetch(`${server.url}/health/live`)).status).toBe(200)
    await wait(200)
    isBalanced = false
    await Promise.all(callers)
    expect(statuses.length).toBeGreaterThan(before)
    expect(new Set(statuses)).toEqual(new Set([200]))
    expect((await closed)[0]).toBe(0)
    expect(existsSync(processes.file('postern.db-wal'))).toBe(false)
  })

  it('waits for a request that is still being sent', async () => {
    const server = await processes.started(withToken)
    const sent = request({ ...options(server, '/api/service/create'), method: 'POST' })
    const status = statusOf(sent)
    sent.write('{"serviceName":')
    await wait(300)
    const closed = once(server.child, 'close')
    server.child.kill('SIGTERM')
    await wait(300)
    await expect(fetch(`${server.url}/health/live`)).rejects.toThrow()
    sent.end('"first"}')
    expect(await status).toBe(200)
    expect((await closed)[0]).toBe(0)
  })

  it('does not wait after a second signal', async () => {
    const server = await processes.started({ ...withToken, POSTERN_DRAIN_SECONDS: '600' })
    server.child.kill('SIGTERM')
    await wait(100)
    await stop(server, 'SIGTERM')
  })
})

describe('postern master-key rotate', () => {
  it('reseals under the configured key while servers with both keys run', async () => {
    const [old, next] = [key(), key()]
    const before = { ...withToken, POSTERN_MASTER_KEY: old, POSTERN_PREVIOUS_MASTER_KEYS: next }
    const after = { ...withToken, POSTERN_MASTER_KEY: next, POSTERN_PREVIOUS_MASTER_KEYS: old }
    const first = await processes.started(before)
    const created = await createClient(first.url)
    const second = await processes.started(after)
    const rotated = await processes.run(['master-key', 'rotate'], after)
    expect(rotated).toMatchObject({ code: 0, output: expect.stringMatching(/^2 values/) })
    for (const { url } of [first, second]) {
      expect(await takeToken(url, created)).toMatchObject({ action: 'OK' })
    }
    await stop(first)
    await stop(second)
    // The former words of the command.
    expect(await processes.run(['keys', 'rotate'], after)).toMatchObject({
      output: expect.stringMatching(/^0 values/),
    })
    const without = { ...withToken, POSTERN_MASTER_KEY: next }
    const third = await processes.started(without)
    expect(await takeToken(third.url, created)).toMatchObject({ action: 'OK' })
    await stop(third)
    const { code, output } = await processes.run(['serve'], {
      ...withToken,
      POSTERN_MASTER_KEY: old,
    })
    expect([code, output]).toEqual([1, expect.stringContaining('another master key')])
    expect(rotated.output).not.toContain(next)
  })

  it('creates a new key in the file, but not under a server that does not know it', async () => {
    const server = await processes.started(withToken)
    const created = await createClient(server.url)
    const old = readFileSync(processes.file('master.key'), 'utf8')
    const refused = await processes.run(['master-key', 'rotate'])
    expect([refused.code, refused.output]).toEqual([1, expect.stringContaining('stop it first')])
    expect(readFileSync(processes.file('master.key'), 'utf8')).toBe(old)
    expect(await takeToken(server.url, created)).toMatchObject({ action: 'OK' })
    await stop(server)
    expect(await processes.run(['master-key', 'rotate'])).toMatchObject({ code: 0 })
    const fresh = readFileSync(processes.file('master.key'), 'utf8')
    expect(fresh).not.toBe(old)
    expect(statSync(processes.file('master.key')).mode & 0o777).toBe(0o600)
    expect(existsSync(processes.file('master.key.previous'))).toBe(false)
    const again = await processes.started(withToken)
    expect(await takeToken(again.url, created)).toMatchObject({ action: 'OK' })
    await stop(again)
  })

  it('leaves a working database if it is interrupted, and can be resumed', async () => {
    const server = await processes.started(withToken)
    const created = await createClient(server.url)
    await stop(server)
    // The state after a crash: the new key file exists, and no value is sealed under it yet.
    renameSync(processes.file('master.key'), processes.file('master.key.previous'))
    const begun = key()
    writeFileSync(processes.file('master.key'), begun, { mode: 0o600 })
    const between = await processes.started(withToken)
    expect(await takeToken(between.url, created)).toMatchObject({ action: 'OK' })
    const { code, output } = await processes.run(['master-key', 'rotate'])
    expect([code, output]).toEqual([0, expect.stringMatching(/^2 values/)])
    expect(await takeToken(between.url, created)).toMatchObject({ action: 'OK' })
    await stop(between)
    expect(readFileSync(processes.file('master.key'), 'utf8')).toBe(begun)
    expect(existsSync(processes.file('master.key.previous'))).toBe(false)
  })

  it('rejects an in-memory database with a message that names the alternative', async () => {
    const memory = await processes.run(['master-key', 'rotate'], {
      POSTERN_DATABASE_URL: ':memory:',
    })
    expect([memory.code, memory.output]).toEqual([1, expect.stringContaining('in memory')])
    const nothing = await processes.run(['master-key', 'rotate'])
    expect([nothing.code, nothing.output]).toEqual([1, expect.stringContaining('is missing')])
  })
})

describe('postern backup and postern restore', () => {
  const inFolder = (name: string) => join(processes.folder, name)

  async function refused(args: string[], says: string, environment = {}): Promise<void> {
    const { code, output } = await processes.run(args, environment)
    expect([args, code, output]).toEqual([args, 1, expect.stringContaining(says)])
    expect(output.trim().split('\n')).toHaveLength(1)
  }

  it('restore the data of a server that was running during the backup', async () => {
    const server = await processes.started(withToken)
    const created = await createClient(server.url)
    const taken = await processes.run(['backup', 'kept.db'])
    expect(taken).toMatchObject({ code: 0, output: expect.stringContaining('kept.db') })
    expect(statSync(inFolder('kept.db')).mode & 0o777).toBe(0o600)
    expect(existsSync(inFolder('kept.db-wal'))).toBe(false)
    await createClient(server.url)
    await stop(server)
    await refused(['backup', 'kept.db'], 'nothing is replaced')
    await refused(['restore', 'kept.db'], 'nothing is replaced')
    rmSync(processes.file('postern.db'))
    expect(await processes.run(['restore', 'kept.db'])).toMatchObject({ code: 0 })
    const again = await processes.started(withToken)
    expect(await takeToken(again.url, created)).toMatchObject({ action: 'OK' })
    const list = await fetch(`${again.url}/api/service/get/list`, {
      headers: { Authorization: `Bearer ${token}` },
    })
    expect(await list.json()).toMatchObject({ totalCount: 1 })
    await stop(again)
  })

  it('reject another key, another version, a damaged file, or no database', async () => {
    const server = await processes.started(withToken)
    await createClient(server.url)
    await processes.run(['backup', 'kept.db'])
    await stop(server)
    const elsewhere = { POSTERN_DATABASE_URL: 'file:elsewhere/postern.db' }
    await refused(['restore', 'kept.db'], 'is missing', elsewhere)
    const other = { ...elsewhere, POSTERN_MASTER_KEY: key() }
    await refused(['restore', 'kept.db'], 'another master key', other)
    const POSTERN_MASTER_KEY = readFileSync(processes.file('master.key'), 'utf8').trim()
    const right = { ...elsewhere, POSTERN_MASTER_KEY }
    await refused(['restore', 'nothing.db'], 'There is no backup', right)
    writeFileSync(inFolder('text.db'), 'a text that is no database '.repeat(100))
    await refused(['restore', 'text.db'], 'SQLITE_NOTADB', right)
    new Database(inFolder('foreign.db'))
      .exec('create table t (a); insert into t values (1)')
      .close()
    await refused(['restore', 'foreign.db'], 'not a database of Postern', right)
    const later = new Database(inFolder('kept.db'))
    later.exec("insert into __drizzle_migrations (hash, created_at) values ('later', 9e15)")
    later.close()
    await refused(['restore', 'kept.db'], 'another version', right)
    expect(existsSync(inFolder('elsewhere/postern.db'))).toBe(false)
    expect(existsSync(inFolder('elsewhere/master.key'))).toBe(false)
    const postgres = { POSTERN_DATABASE_URL: 'postgres://localhost/postern' }
    await refused(['backup', 'other.db'], 'pg_dump', postgres)
    await refused(['backup', 'other.db'], 'There is no database', elsewhere)
  })
})

describe('command line of the package', () => {
  it('prints help, rejects unknown commands, and runs from a symbolic link', async () => {
    const help = await processes.run(['--help'])
    expect(help.code).toBe(0)
    for (const word of ['serve', 'keys', 'backup', 'restore']) expect(help.output).toContain(word)
    expect(await processes.run(['restart'])).toMatchObject({ code: 1 })
    const link = join(processes.folder, 'postern')
    spawnSync('ln', ['-s', join(process.cwd(), 'dist/program/main.js'), link])
    const linked = spawnSync(process.execPath, [link, '--help'], { encoding: 'utf8' })
    expect(linked.stdout).toContain('Usage: postern')
  })
})
