/** Audit records of the process and its commands, and their lines in the log. */
import { rmSync } from 'node:fs'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createProcesses, type Processes, stop } from './support/processes.ts'
import type { Json } from './support/server.ts'

let processes: Processes
beforeEach(() => {
  processes = createProcesses()
})
afterEach(() => processes.close())

const token = 'a-token-that-the-operator-chose'
const withToken = { POSTERN_ADMIN_TOKEN: token, POSTERN_LOG_LEVEL: 'silent' }

async function call(url: string, method: string, path: string): Promise<Json> {
  const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' }
  const body = method === 'POST' ? '{"serviceName":"first"}' : null
  return (await fetch(`${url}/api${path}`, { method, headers, body })).json()
}

/** The records that a new server reads, without those of services. */
async function recordsAfter(environment: Record<string, string> = {}): Promise<Json[]> {
  const server = await processes.started({ ...withToken, ...environment })
  const { records } = await call(server.url, 'GET', '/audit?limit=1000')
  await stop(server)
  return records
}

describe('audit log of the process', () => {
  it('has the token of the administrator when it is new, and when another one replaces it', async () => {
    const server = await processes.started(withToken)
    await stop(server)
    const other = 'another-token-that-the-operator-chose'
    await stop(await processes.started({ ...withToken, POSTERN_ADMIN_TOKEN: other }))
    const records = await recordsAfter()
    const types = records.map(({ type }) => type)
    const replaced = ['api_token.revoked', 'api_token.created']
    expect(types).toEqual(['api_token.created', ...replaced, ...replaced])
    expect(records[0]).toMatchObject({ actor: { kind: 'server' }, operation: 'serve' })
  })

  it('has the backup in the database and the restoration in the restored one', async () => {
    const server = await processes.started(withToken)
    await call(server.url, 'POST', '/service/create')
    const backup = processes.file('copy.db')
    expect(await processes.run(['backup', backup])).toMatchObject({ code: 0 })
    await stop(server)
    expect((await recordsAfter()).at(-1)).toMatchObject({
      ...{ type: 'backup.created', actor: { kind: 'command_line' }, operation: 'backup' },
      ...{ target: { kind: 'installation' }, outcome: 'SUCCESS' },
    })
    for (const end of ['', '-wal', '-shm'])
      rmSync(processes.file(`postern.db${end}`), { force: true })
    expect(await processes.run(['restore', backup])).toMatchObject({ code: 0 })
    const restored = await recordsAfter()
    expect(restored.map(({ type, seq }) => [type, seq])).toEqual([
      ['api_token.created', 1_000_001],
      ['service.created', 1_000_002],
      // A reader that saw more numbers before the restoration continues here.
      ['backup.restored', 1_000_003],
    ])
  })

  it('says so if the database of a backup has no audit log', async () => {
    await stop(await processes.started(withToken))
    const database = new Database(processes.file('postern.db'))
    database.exec('drop table audit')
    database.close()
    const { code, output } = await processes.run(['backup', processes.file('copy.db')])
    expect(code).toBe(0)
    expect(output).toContain('has no record of the backup')
  })

  it('has the rotation of the master key, with the id of the new key', async () => {
    const server = await processes.started(withToken)
    await call(server.url, 'POST', '/service/create')
    await stop(server)
    const { code, output } = await processes.run(['master-key', 'rotate'])
    expect(code).toBe(0)
    const [, keyId] = /under master key (\S+)\./.exec(output) ?? []
    const record = (await recordsAfter()).find(({ type }) => type === 'master_key.rotated')
    expect(record).toMatchObject({
      actor: { kind: 'command_line' },
      operation: 'master-key rotate',
    })
    expect(record.changes).toContainEqual({ property: 'keyId', after: keyId })
  })
})

describe('POSTERN_AUDIT_LOG', () => {
  const lines = (output: string): Json[] =>
    output
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line))

  it('writes each stored record as one line of JSON, at every log level', async () => {
    const server = await processes.started({ ...withToken, POSTERN_AUDIT_LOG: 'true' })
    await call(server.url, 'POST', '/service/create')
    await fetch(`${server.url}/api/service/get/list`)
    const { records } = await call(server.url, 'GET', '/audit')
    await stop(server)
    const written = lines(server.output())
    expect(written.map(({ level, message }) => [level, message])).toEqual(
      Array(3).fill(['info', 'audit record']),
    )
    expect(written.map(({ audit }) => audit)).toEqual(
      records.map(({ seq: _, ...record }: Json) => record),
    )
    expect(records.at(-1)).toMatchObject({
      ...{ type: 'caller.refused', actor: { kind: 'address', id: '127.0.0.1' } },
    })
  })

  it('is off by default', async () => {
    const server = await processes.started(withToken)
    await call(server.url, 'POST', '/service/create')
    await stop(server)
    expect(lines(server.output())).toEqual([])
  })
})
