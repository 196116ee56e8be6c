/** The commands that call a running Postern, as people and scripts use them. */
import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { jwksOf, serviceKeys } from './support/keys.ts'
import { createProcesses, type Processes, type Started, stop } from './support/processes.ts'

const token = 'a-token-that-the-operator-chose'
const issuer = 'https://as.example.com'

let processes: Processes
let server: Started
let environment: Record<string, string>
beforeAll(async () => {
  processes = createProcesses()
  server = await processes.started({
    POSTERN_ADMIN_TOKEN: token,
    POSTERN_LOG_LEVEL: 'silent',
    POSTERN_TEST_SERVICES: 'true',
  })
  environment = { XDG_CONFIG_HOME: join(processes.folder, 'config') }
})
afterAll(async () => {
  await stop(server)
  processes.close()
})

const run = (words: string[], more: Record<string, string> = {}) =>
  processes.run(words, { ...environment, ...more })

/** The JSON that a command prints. */
async function json(...words: string[]) {
  const { code, output } = await run(words)
  expect([code, output]).toEqual([0, expect.stringMatching(/^[[{]/)])
  return JSON.parse(output)
}

const contexts = () => join(environment['XDG_CONFIG_HOME'] ?? '', 'postern', 'contexts.json')

describe('postern login', () => {
  it('keeps the token in a file of its owner, and never takes it as an argument', async () => {
    const file = join(processes.folder, 'token')
    writeFileSync(file, `${token}\n`)
    const { code, output } = await run(['login', '--url', server.url, '--token-file', file])
    expect([code, output]).toEqual([0, expect.stringContaining('admin')])
    expect(output).not.toContain(token)
    expect(statSync(contexts()).mode & 0o777).toBe(0o600)
    expect(await json('whoami')).toMatchObject({ rights: expect.arrayContaining(['admin']) })
    expect((await run(['context', 'list'])).output).toBe(`* default ${server.url}\n`)
  })

  it('refuses a wrong token and an unreachable server by their exit codes', async () => {
    const wrong = { POSTERN_URL: server.url, POSTERN_TOKEN: 'wrong' }
    expect((await run(['whoami'], wrong)).code).toBe(4)
    const gone = { POSTERN_URL: 'http://127.0.0.1:9', POSTERN_TOKEN: token }
    expect((await run(['whoami'], gone)).code).toBe(6)
    expect((await run(['whoami'], { XDG_CONFIG_HOME: processes.folder })).code).toBe(2)
  })

  it('refuses a file that others can read', async () => {
    chmodSync(contexts(), 0o644)
    const { code, output } = await run(['whoami'])
    expect([code, output]).toEqual([1, expect.stringContaining('chmod 600')])
    chmodSync(contexts(), 0o600)
  })
})

describe('settings', () => {
  it('are created, listed, changed, linted and deleted', async () => {
    const file = join(processes.folder, 'service.yaml')
    writeFileSync(
      file,
      `serviceName: Shop\nissuer: ${issuer}\nsupportedScopes:\n  - name: openid\n`,
    )
    const made = await json('service', 'create', '--file', file, 'pkceRequired=true')
    expect(made).toMatchObject({ serviceName: 'Shop', pkceRequired: true })
    const service = String(made.apiKey)
    expect(await json('service', 'list', '--query', 'Sho')).toMatchObject([{ serviceName: 'Shop' }])
    expect((await run(['service', 'list', '-o', 'ids'])).output).toContain(service)
    expect((await run(['service', 'get', 'Shop', '-o', 'yaml'])).output).toContain('pkceRequired')

    expect(
      (await run(['service', 'set', 'Shop', 'pkceRequired=', 'description=A shop'])).code,
    ).toBe(0)
    const changed = await json('service', 'get', service, '--fields', 'pkceRequired,description')
    expect(changed).toEqual({ pkceRequired: false, description: 'A shop' })

    const lint = await run(['service', 'lint', service, '--profile', 'oauth-2.1', '-o', 'table'])
    expect([lint.code, lint.output]).toEqual([1, expect.stringMatching(/^L1003 +error +pkceReq/m)])

    const inShop = { POSTERN_SERVICE: 'Shop' }
    const client = await run(['client', 'create', 'clientName=Till', 'clientType=PUBLIC'], inShop)
    const { clientId } = JSON.parse(client.output)
    const table = await run(['client', 'list', '-o', 'table'], inShop)
    expect(table.output).toMatch(new RegExp(`^${clientId}  Till +PUBLIC`, 'm'))
    const rotated = await run(['client', 'rotate-secret', String(clientId)], inShop)
    expect([rotated.code, rotated.output]).toEqual([0, expect.stringMatching(/^[\w-]{43,}\n$/)])
    expect((await run(['client', 'lock', String(clientId)], inShop)).code).toBe(0)
    const fields = ['--fields', 'locked', '-o', 'json']
    expect((await run(['client', 'get', String(clientId), ...fields], inShop)).output).toMatch(
      /true/,
    )

    const kept = await run(['client', 'delete', String(clientId)], inShop)
    expect([kept.code, kept.output]).toEqual([1, expect.stringContaining('--yes')])
    expect((await run(['client', 'delete', String(clientId), '--yes'], inShop)).code).toBe(0)
    expect((await run(['client', 'get', String(clientId)], inShop)).code).toBe(3)
    expect((await run(['service', 'delete', service, '--yes'])).code).toBe(0)
    expect((await run(['service', 'get', 'Shop'])).code).toBe(3)
  })

  it('are edited as YAML, and not overwritten if others changed them', async () => {
    const { apiKey } = await json('service', 'create', 'serviceName=Edited')
    const editor = join(processes.folder, 'editor.sh')
    const seen = join(processes.folder, 'seen.yaml')
    const editing = (script: string) => {
      writeFileSync(editor, `#!/bin/sh\ncp "$1" ${seen}\n${script}\n`, { mode: 0o755 })
      return run(['service', 'edit', String(apiKey)], { EDITOR: editor })
    }
    const append = 'echo "description: From the editor" >> "$1"'
    expect((await editing(append)).output).toBe('Changed description.\n')
    expect(existsSync(seen) && readFileSync(seen, 'utf8')).toBe('serviceName: Edited\n')
    expect((await editing('true')).output).toBe('Nothing changed.\n')
    const post = `curl -s -o /dev/null -X PATCH -H "Authorization: Bearer ${token}" \
      -H "Content-Type: application/merge-patch+json" -d '{"pkceRequired":true}' \
      ${server.url}/api/${apiKey}/service`
    const late = await editing(`${post}\necho "tosUri: https://shop.example/tos" >> "$1"`)
    expect(late.code).toBe(5)
    expect((await editing('echo "a: [" > "$1"')).code).toBe(2)
  })
})

describe('reasons of refusals', () => {
  it('are told of a request, of the last calls, and of a code', async () => {
    const { apiKey } = await json('service', 'create', 'serviceName=Reasons')
    const inReasons = { POSTERN_SERVICE: String(apiKey) }
    const asked = 'response_type=code&client_id=1'
    const curl = `-G https://as.example.com/authorize -d '${asked}'`
    const told = await run(['explain', '--curl', curl, '-o', 'table'], inReasons)
    expect([told.code, told.output]).toEqual([1, expect.stringContaining('refused by P030002')])
    expect(told.output).toContain('Fix: ')
    const file = join(processes.folder, 'request.http')
    writeFileSync(file, `GET /authorize?${asked} HTTP/1.1\n\n`)
    const whole = await run(['explain', '-f', file, '-o', 'json'], inReasons)
    expect(JSON.parse(whole.output)).toMatchObject({ operation: '/auth/authorization' })

    const path = '/api/{serviceId}/auth/authorization'
    await run(['api', 'post', path, '-d', JSON.stringify({ parameters: asked })], inReasons)
    const logs = await run(['logs', '-o', 'table'], inReasons)
    expect([logs.code, logs.output]).toEqual([0, expect.stringContaining('P030002')])
    const chosen = await run(['logs', '--code', 'P004003', '-o', 'json'], inReasons)
    expect(JSON.parse(chosen.output)).toEqual([])

    const code = await run(['code', 'p004003'])
    expect([code.code, code.output]).toEqual([0, expect.stringContaining('client.redirectUris')])
    expect((await run(['code', 'P999999'])).code).toBe(3)
  })

  it('are printed as they happen', async () => {
    const { apiKey } = await json('service', 'create', 'serviceName=Followed')
    const inFollowed = { POSTERN_SERVICE: String(apiKey) }
    const following = run(['logs', '--follow', '--limit', '1', '-o', 'json'], inFollowed)
    const body = JSON.stringify({ parameters: 'client_id=1' })
    await run(['api', 'post', '/api/{serviceId}/auth/authorization', '-d', body], inFollowed)
    // The stream ends with the service, and another one is refused.
    await run(['service', 'delete', String(apiKey), '--yes'])
    const { code, output } = await following
    expect([code, output]).toEqual([3, expect.stringContaining('P030002')])
  }, 120_000)
})

describe('revisions', () => {
  it('are listed, compared and brought back', async () => {
    const { apiKey } = await json('service', 'create', 'serviceName=Revised')
    const id = String(apiKey)
    await run(['service', 'set', id, 'description=wrong'])
    const listed = await run(['service', 'revisions', id, '-o', 'table'])
    expect(listed.output).toMatch(/^2 +\S+Z +service_patch_api/m)
    expect(await json('service', 'revisions', id, '--diff', '1', '2')).toEqual([
      { path: '/description', after: 'wrong' },
    ])
    const shown = await run(['service', 'rollback', id, '--dry-run'])
    expect(shown.output).toBe('/description: "wrong" → undefined\n')
    const back = await run(['service', 'rollback', id, '--reason', 'für später'])
    expect([back.code, back.output]).toEqual([0, expect.stringContaining('Revision 1 is restored')])
    expect(await json('service', 'revisions', id)).toMatchObject([
      { revision: 3, restored: 1, reason: 'für später' },
      { revision: 2 },
      { revision: 1 },
    ])
    expect(await json('service', 'get', id)).not.toHaveProperty('description')
    const none = await run(['client', 'rollback', '9', '--service', id])
    expect(none.code).toBe(3)
  })
})

describe('postern api', () => {
  it('calls any operation with the token of the context', async () => {
    const { apiKey } = await json('service', 'create', 'serviceName=Raw')
    const asked = ['api', 'get', '/api/{serviceId}/service/get', '--service', String(apiKey)]
    expect(await json(...asked)).toMatchObject({ serviceName: 'Raw' })
    const lint = ['api', 'post', '/api/{serviceId}/service/lint', '--service', 'Raw', '-d', '{}']
    expect(await json(...lint)).toHaveProperty('conforms')
    expect((await run(['api', 'get', '/api/99/service/get'])).code).toBe(3)
  })
})

describe('postern testclock', () => {
  it('moves the clock of a test service forward, and shows it', async () => {
    const attributes = 'attributes=[{"key":"ext.mode","value":"test"}]'
    await json('service', 'create', 'serviceName=Timed', attributes)
    const clock = (...words: string[]) => json('testclock', ...words, '--service', 'Timed')
    expect(await clock('show')).toMatchObject({ ahead: 0 })
    expect(await clock('advance', '1d')).toMatchObject({ ahead: 86_400_000 })
    expect(await clock('advance', '90')).toMatchObject({ ahead: 86_490_000 })
    const { now } = await clock('set', '2098-05-01T12:00:00Z')
    expect(new Date(now).toISOString()).toBe('2098-05-01T12:00:00.000Z')
    const of = ['--service', 'Timed']
    const shown = await run(['testclock', 'show', '-o', 'table', ...of])
    expect(shown.output).toMatch(/2098-05-01T12:00:\d\d\.\d{3}Z +\d+ d/)
    const refused = async (command: string, word: string) =>
      (await run(['testclock', command, ...of, '--', word])).code
    expect(await refused('set', '2031-05-01')).toBe(1)
    for (const wrong of ['', '1y', '-1d', '1.5d']) expect(await refused('advance', wrong)).toBe(2)
    for (const wrong of ['tomorrow', '1 May 2099']) expect(await refused('set', wrong)).toBe(2)
  })
})

describe('postern try', () => {
  it('does the code flow, and leaves no client', async () => {
    const file = join(processes.folder, 'try.json')
    const endpoints = ['authorization', 'token', 'userInfo', 'revocation']
    const document = {
      serviceName: 'Trial',
      issuer,
      ...Object.fromEntries(endpoints.map((name) => [`${name}Endpoint`, `${issuer}/${name}`])),
      jwksUri: `${issuer}/jwks`,
      jwks: jwksOf(...serviceKeys),
      supportedScopes: [{ name: 'openid' }, { name: 'offline_access' }],
    }
    writeFileSync(file, JSON.stringify(document))
    const { apiKey } = await json('service', 'create', '--file', file)
    for (const flow of ['code', 'refresh', 'client-credentials']) {
      const words = ['try', flow, '--service', String(apiKey), '--as-frontend', '-v']
      const { code, output } = await run(words)
      expect([code, output]).toEqual([0, expect.stringContaining('deleted the client')])
      if (flow === 'client-credentials') continue
      expect(output).toContain('verified the ID Token: {"sub":"alice"')
      expect(output).toContain('the former refresh token was refused: invalid_grant')
    }
    expect(await json('client', 'list', '--service', String(apiKey))).toEqual([])
  })

  it('ends with exit code 1 if a flow fails, and deletes its client', async () => {
    const { apiKey } = await json('service', 'create', 'serviceName=Bare')
    const { code, output } = await run(['try', 'code', '--service', 'Bare', '--as-frontend'])
    expect([code, output]).toEqual([1, expect.stringContaining('deleted the client')])
    expect(await json('client', 'list', '--service', String(apiKey))).toEqual([])
  })
})

describe('postern completion', () => {
  it('prints a script that bash accepts, and completes commands', async () => {
    const { output } = await run(['completion', 'bash'])
    const complete = (...words: string[]) => {
      const asked = `COMP_WORDS=(postern ${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length}; _postern; echo "\${COMPREPLY[*]}"`
      return spawnSync('bash', ['-c', `${output}\n${asked}`], { encoding: 'utf8' }).stdout.trim()
    }
    expect(complete('cl')).toBe('client')
    expect(complete('client', 'li').split(' ')).toEqual(['list', 'lint'])
    expect((await run(['completion', 'sh'])).code).toBe(2)
  })

  it('prints a script for PowerShell with the words of each command', async () => {
    const { output } = await run(['completion', 'pwsh'])
    expect(output).toContain('Register-ArgumentCompleter -Native -CommandName postern')
    expect(output).toMatch(/^ {4}'completion' = @\(\)$/m)
    expect(output).toMatch(/^ {4}'client' = @\('list', /m)
    const [opened, closed] = [output.split(/[{(]/).length, output.split(/[})]/).length]
    expect(opened).toBe(closed)
  })
})
