/** The process: it starts by one command, protects its secrets, and stops without loss. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createProcesses, type Processes, stop } from './support/processes.ts'

let processes: Processes
beforeEach(() => {
  processes = createProcesses()
})
afterEach(() => processes.close())

const started = (environment?: Record<string, string>) => processes.started(environment)

async function failed(environment: Record<string, string>): Promise<string> {
  const { code, output } = await processes.run(['serve'], environment)
  expect(code).toBe(1)
  return output
}

const createService = (url: string, token: string) =>
  fetch(`${url}/api/service/create`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
    body: '{"serviceName":"first"}',
  })

const file = (name: string) => processes.file(name)

describe('first start of the process', () => {
  it('creates a master key and a token that others cannot read, and prints the paths', async () => {
    const first = await started()
    for (const name of ['master.key', 'admin.token']) {
      expect(statSync(file(name)).mode & 0o777).toBe(0o600)
      expect(first.output()).toContain(file(name))
    }
    const token = readFileSync(file('admin.token'), 'utf8').trim()
    expect(first.output()).not.toContain(token)
    expect((await createService(first.url, token)).status).toBe(200)
    await stop(first, 'SIGINT')
    const second = await started()
    const list = await fetch(`${second.url}/api/service/get/list`, {
      headers: { Authorization: `Bearer ${token}` },
    })
    expect(await list.json()).toMatchObject({ totalCount: 1 })
    await stop(second, 'SIGTERM')
  })

  it('prints a next command that works when it is pasted', async () => {
    const server = await started()
    const command = server.output().split('Next: create a service\n')[1] ?? ''
    const shell = spawn('bash', ['-c', command], { stdio: 'pipe' })
    let answer = ''
    shell.stdout.on('data', (chunk) => (answer += chunk))
    await once(shell, 'close')
    expect(JSON.parse(answer)).toMatchObject({ serviceName: 'My service' })
  })
})

describe('start of the process', () => {
  it('makes no directory where all secrets are given and the database is elsewhere', async () => {
    const database = 'postgres://127.0.0.1:1/none'
    const secrets = {
      POSTERN_MASTER_KEY: 'ab'.repeat(32),
      POSTERN_ADMIN_TOKEN: 'a-token-of-the-operator',
    }
    await failed({ POSTERN_DATABASE_URL: database, ...secrets })
    expect(existsSync(file('.'))).toBe(false)
    await failed({ POSTERN_DATABASE_URL: database })
    expect(existsSync(file('.'))).toBe(true)
  })

  it('replaces the administrator token by the configured one', async () => {
    const tokens = ['the-first-token-of-the-operator', 'the-second-token-of-the-operator']
    const made = await started()
    const ownToken = readFileSync(file('admin.token'), 'utf8').trim()
    await stop(made, 'SIGTERM')
    const former = [ownToken]
    for (const token of tokens) {
      const server = await started({ POSTERN_ADMIN_TOKEN: token })
      expect((await createService(server.url, token)).status).toBe(200)
      for (const each of former) expect((await createService(server.url, each)).status).toBe(401)
      former.push(token)
      await stop(server, 'SIGTERM')
    }
  })

  it('restricts database, logs and backups to the owner, also existing ones', async () => {
    const modeOf = (name: string) => statSync(file(name)).mode & 0o777
    const names = ['postern.db', 'postern.db-wal', 'postern.db-shm']
    const first = await started()
    for (const name of names) expect([name, modeOf(name)]).toEqual([name, 0o600])
    await stop(first, 'SIGTERM')
    chmodSync(file('postern.db'), 0o644)
    const second = await started()
    for (const name of names) expect([name, modeOf(name)]).toEqual([name, 0o600])
    const { code } = await processes.run(['backup', file('copy.db')])
    expect([code, modeOf('copy.db')]).toEqual([0, 0o600])
    await stop(second, 'SIGTERM')
  })

  it('uses the configured administrator token and master key', async () => {
    const POSTERN_ADMIN_TOKEN = 'a-token-that-the-operator-chose'
    const POSTERN_MASTER_KEY = '0123456789abcdef'.repeat(4)
    const server = await started({ POSTERN_ADMIN_TOKEN, POSTERN_MASTER_KEY })
    expect((await createService(server.url, POSTERN_ADMIN_TOKEN)).status).toBe(200)
    expect(existsSync(file('admin.token'))).toBe(false)
    expect(existsSync(file('master.key'))).toBe(false)
    expect(server.output()).not.toContain(POSTERN_ADMIN_TOKEN)
  })

  it('ends with one line if a value is invalid', async () => {
    const output = await failed({ POSTERN_PORT: 'nonsense' })
    expect(output.trim().split('\n')).toHaveLength(1)
    expect(output).toMatch(/^Postern did not start: POSTERN_PORT is not valid \("nonsense"\)/)
  })

  it('ends with one line if the port is in use', async () => {
    const { url } = await started()
    const POSTERN_PORT = new URL(url).port
    const output = await failed({ POSTERN_PORT, POSTERN_DATABASE_URL: ':memory:' })
    expect(output).toMatch(/^Postern did not start: listen EADDRINUSE/)
  })

  it('is refused with another or no master key, without harm to the right one', async () => {
    const first = await started()
    const token = readFileSync(file('admin.token'), 'utf8').trim()
    await createService(first.url, token)
    await stop(first, 'SIGTERM')
    const key = readFileSync(file('master.key'))
    const other = await failed({ POSTERN_MASTER_KEY: '0123456789abcdef'.repeat(4) })
    expect(other).toMatch(
      /^Postern did not start: The database was sealed under another master key/,
    )
    rmSync(file('master.key'))
    expect(await failed({})).toContain('sealed under another master key')
    expect(existsSync(file('master.key'))).toBe(false)
    writeFileSync(file('master.key'), key, { mode: 0o600 })
    await stop(await started(), 'SIGTERM')
  })
})

describe('postern health', () => {
  it('succeeds while the server of the environment is ready', async () => {
    const { url } = await started()
    const POSTERN_PORT = new URL(url).port
    const ready = await processes.run(['health'], { POSTERN_PORT, POSTERN_HOST: '0.0.0.0' })
    expect(ready).toEqual({ code: 0, output: 'ready\n' })
    const live = await processes.run(['health', '--live', '--url', `${url}/`])
    expect(live).toEqual({ code: 0, output: 'live\n' })
  })

  it('fails while the server is draining or gone', async () => {
    const server = await started({ POSTERN_DRAIN_SECONDS: '600' })
    server.child.kill('SIGTERM')
    const health = () => processes.run(['health', '--url', server.url])
    await vi.waitUntil(async () => (await health()).output !== 'ready\n', { timeout: 60_000 })
    expect(await health()).toEqual({ code: 1, output: 'draining\n' })
    await stop(server, 'SIGTERM')
    const gone = await health()
    expect(gone.code).toBe(1)
    expect(gone.output).toMatch(/^no answer from http:\S+\/health\/ready: .*ECONNREFUSED/)
  })

  it('fails if another server answers', async () => {
    const other = createServer((_, response) => response.end('{"status":{}}')).listen(0)
    await once(other, 'listening')
    const { port } = other.address() as AddressInfo
    const { code, output } = await processes.run(['health'], { POSTERN_PORT: String(port) })
    other.close()
    expect([code, output]).toEqual([1, expect.stringMatching('is not a server of Postern')])
  })
})

describe('command line', () => {
  it('serves nothing without a command, and prints help', async () => {
    const { code, output } = await processes.run([])
    expect(code).toBe(1)
    expect(output).toMatch(/^Usage: postern /)
    for (const command of ['serve', 'backup <file>', 'keys', 'master-key']) {
      expect(output).toContain(`\n  ${command} `)
    }
    expect(existsSync(file('postern.db'))).toBe(false)
  })

  it('prints the version of the package', async () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8'))
    const printed = await processes.run(['--version'])
    expect(printed).toEqual({ code: 0, output: `${version}\n` })
  })

  it.each([
    [['foo'], "unknown command 'foo'"],
    [['keys', 'foo'], "unknown command 'foo'"],
    [['--frob'], "unknown option '--frob'"],
    [['restore'], "missing required argument 'file'"],
  ])('reports the error in %j and where help is, and starts nothing', async (args, wrong) => {
    const { code, output } = await processes.run(args)
    expect(code).toBe(1)
    expect(output).toBe(`error: ${wrong}\nSee postern --help.\n`)
    expect(existsSync(file('postern.db'))).toBe(false)
  })
})
