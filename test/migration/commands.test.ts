/** `postern import …`, as people use it. */
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createProcesses, type Processes, type Started, stop } from '../support/processes.ts'

const token = 'a-token-that-the-operator-chose'

let processes: Processes
let server: Started
beforeAll(async () => {
  processes = createProcesses()
  server = await processes.started({ POSTERN_ADMIN_TOKEN: token, POSTERN_LOG_LEVEL: 'silent' })
})
afterAll(async () => {
  await stop(server)
  processes.close()
})

const run = (...words: string[]) =>
  processes.run(words, { POSTERN_URL: server.url, POSTERN_TOKEN: token })
const path = (name: string) => join(processes.folder, name)
const write = (name: string, content: unknown) => writeFileSync(path(name), JSON.stringify(content))

describe('postern import', () => {
  it('writes a folder, changes nothing, and what it wrote is applied', async () => {
    write('op.json', {
      issuer: 'https://op.example',
      scopes: ['openid', 'read'],
      clients: [{ client_id: 'web', client_secret: 'x', redirect_uris: ['https://w.example/cb'] }],
    })
    const jti = 'the-value-of-a-token'
    const exp = Math.floor(Date.now() / 1000) + 3600
    const row = {
      kind: 'AccessToken',
      jti,
      exp,
      clientId: 'web',
      accountId: 'alice',
      scope: 'read',
    }
    write('rows.json', [row])
    const files = ['op.json', 'rows.json']
    const done = await run('import', 'oidc-provider', ...files, '--out', 'out', '--key', 'op')
    expect([done.code, done.output]).toEqual([0, expect.stringContaining('1 clients are in')])
    expect(done.output).toContain('1 tokens are in out/tokens.jsonl, by their hashes.')
    expect(statSync(path('out/tokens.jsonl')).mode & 0o777).toBe(0o600)
    expect(readFileSync(path('out/tokens.jsonl'), 'utf8')).not.toContain(jti)
    expect(existsSync(path('out/report.md'))).toBe(true)
    const planned = await run('plan', 'out/op.yaml', '--exit-code')
    expect(planned.code).toBe(2)
    expect((await run('apply', 'out/op.yaml')).code).toBe(0)
    expect((await run('plan', 'out', '--exit-code')).code).toBe(0)
    const service = JSON.parse((await run('service', 'list', '-o', 'json')).output)[0].apiKey
    const sent = await run('import', 'tokens', 'out/tokens.jsonl', '--service', String(service))
    expect([sent.code, sent.output]).toEqual([0, expect.stringContaining('Imported 1 tokens')])
  })

  it('ends with code 2 without files, without a folder, and with files that it cannot read', async () => {
    write('wrong.json', { nothing: 1 })
    for (const words of [
      ['hydra', '--out', 'other'],
      ['authlete', 'wrong.json', '--out', 'other'],
      ['dcr', 'missing.json', '--out', 'other'],
      ['dcr', 'wrong.json', '--out', 'out'],
      ['tokens', 'wrong.json', '--service', '1'],
    ]) {
      expect([words, (await run('import', ...words)).code]).toEqual([words, 2])
    }
    expect(existsSync(path('other'))).toBe(false)
  })
})
