/** `postern plan`, `apply`, `diff` and `export`, as people and pipelines use them. */
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { startDev } from '../../src/dev/start.ts'
import { createProcesses, type Processes, type Started, stop } from '../support/processes.ts'
import type { Json } from '../support/server.ts'

const token = 'a-token-that-the-operator-chose'

let processes: Processes
let server: Started
let environment: Record<string, string>
beforeAll(async () => {
  processes = createProcesses()
  server = await processes.started({ POSTERN_ADMIN_TOKEN: token, POSTERN_LOG_LEVEL: 'silent' })
  environment = { POSTERN_URL: server.url, POSTERN_TOKEN: token, SHOP_SECRET: 'x'.repeat(40) }
})
afterAll(async () => {
  await stop(server)
  processes.close()
})

const run = (...words: string[]) => processes.run(words, environment)
const write = (name: string, text: string) => {
  writeFileSync(join(processes.folder, name), text)
  return name
}
const call = async (method: string, path: string, body?: Json) => {
  const response = await fetch(`${server.url}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/json',
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
  })
  return response.json() as Promise<Json>
}
const serviceWith = async (key: string) =>
  (await call('GET', `/api/services?key=${key}`)).services[0]

const shop = (name: string, more = '') => `postern: 1
service:
  key: shop
  serviceName: ${name}
  issuer: https://shop.example
clients:
  items:
    - key: web
      clientName: Web
      clientType: CONFIDENTIAL
      redirectUris: [https://shop.example/cb]
      clientSecret: { env: SHOP_SECRET }
    - { key: job, clientName: Job, grantTypes: [CLIENT_CREDENTIALS] }
${more}`

describe('postern apply', () => {
  it('creates a service and its clients, and keeps new secrets in a file of the owner', async () => {
    const file = write('shop.yaml', shop('Shop'))
    const planned = await run('plan', file, '--exit-code')
    expect([planned.code, planned.output]).toEqual([
      2,
      'shop: The service is new and will be created.\n',
    ])
    const applied = await run('apply', file, '--secret-file', 'secrets.jsonl', '--reason', 'First')
    expect([applied.code, applied.output]).toEqual([0, expect.stringContaining('was created.')])
    expect(applied.output).toContain('1 new client secrets are in secrets.jsonl.')
    const path = join(processes.folder, 'secrets.jsonl')
    expect(statSync(path).mode & 0o777).toBe(0o600)
    const { service, client, clientSecret } = JSON.parse(readFileSync(path, 'utf8'))
    expect([service, client]).toEqual(['shop', 'job'])
    expect(applied.output).not.toContain(clientSecret)
    const { apiKey } = await serviceWith('shop')
    const { clients } = await call('GET', `/api/${apiKey}/client/get/list?start=0&end=10`)
    expect(clients).toMatchObject([
      { clientName: 'Web', clientSecret: environment['SHOP_SECRET'] },
      { clientName: 'Job', clientSecret },
    ])
  })

  it('changes nothing when it is applied again', async () => {
    const again = await run('apply', 'shop.yaml')
    expect([again.code, again.output]).toEqual([0, 'shop: No changes.\n'])
    expect((await run('plan', 'shop.yaml', '--exit-code')).code).toBe(0)
  })

  it('shows changes as plan, as diff and as JSON, and applies them', async () => {
    const file = write('shop.yaml', shop('Store'))
    const planned = await run('plan', file, '--exit-code')
    expect([planned.code, planned.output]).toEqual([
      2,
      expect.stringContaining('  ~ service.serviceName: "Shop" → "Store"\n'),
    ])
    expect((await run('diff', file)).output).toContain('@ service.serviceName\n- "Shop"\n+ "Store"')
    const [data] = JSON.parse((await run('plan', file, '-o', 'json')).output)
    expect(data).toMatchObject({ key: 'shop', hasChanges: true, clients: { updated: [] } })
    const applied = await run('apply', file)
    expect([applied.code, applied.output]).toEqual([0, expect.stringContaining('shop: Applied.')])
    expect(await serviceWith('shop')).toMatchObject({ serviceName: 'Store' })
  })

  it('finds drift: a change from elsewhere', async () => {
    const { apiKey } = await serviceWith('shop')
    await call('PATCH', `/api/${apiKey}/service`, { pkceRequired: true })
    const planned = await run('plan', 'shop.yaml', '--exit-code')
    expect([planned.code, planned.output]).toEqual([
      2,
      expect.stringContaining('service.pkceRequired: true → false'),
    ])
  })

  it('deletes clients only if it is allowed to', async () => {
    const deletion = '  delete: listed-keys\n  deleted: [web]\n'
    const items = '  items: [{ key: job, clientName: Job, grantTypes: [CLIENT_CREDENTIALS] }]\n'
    const head = 'postern: 1\nservice: { key: shop }\nclients:\n'
    const file = write('less.yaml', `${head}${deletion}${items}`)
    const refused = await run('apply', file)
    expect([refused.code, refused.output]).toEqual([5, expect.stringContaining('allowDelete')])
    expect((await run('apply', file, '--allow-delete')).output).toContain('  - client web')
  })

  it('gives secrets to a command', async () => {
    const file = write(
      'more.yaml',
      'postern: 1\nservice: { key: more }\nclients: { items: [{ key: a }] }\n',
    )
    const sink = 'cat > "$POSTERN_CLIENT_KEY.txt"'
    const applied = await run('apply', file, '--secret-sink', sink)
    expect([applied.code, applied.output]).toEqual([0, expect.stringContaining('took 1')])
    expect(readFileSync(join(processes.folder, 'a.txt'), 'utf8')).toMatch(/^[\w-]{43,}$/)
  })

  it('tells mistakes with their lines, and changes nothing', async () => {
    const file = write('wrong.yaml', shop('Shop').replace('issuer:', 'isuer:'))
    const wrong = await run('apply', file)
    expect([wrong.code, wrong.output]).toEqual([
      2,
      expect.stringContaining('wrong.yaml:5: service.isuer is unknown: did you mean issuer?'),
    ])
  })

  it('goes through a folder, tells each failure, and does the others', async () => {
    mkdirSync(join(processes.folder, 'many'))
    write('many/_base.yaml', 'postern: 1\nservice: { key: base, pkceRequired: true }\n')
    for (const key of ['one', 'two', 'three']) {
      write(`many/${key}.yaml`, `postern: 1\nextends: _base.yaml\nservice: { key: many-${key} }\n`)
    }
    write('many/bad.yaml', 'postern: 1\nservice: { key: bad, nothing: 1 }\n')
    const applied = await run('apply', 'many', '--concurrency', '2')
    expect(applied.code).toBe(2)
    expect(applied.output.match(/was created/g)).toHaveLength(3)
    expect(applied.output).toContain('many/bad.yaml:2: service.nothing is unknown')
    expect((await run('plan', 'many', '--exit-code')).code).toBe(1)
    const found = await serviceWith('many-two')
    const { pkceRequired } = await call('GET', `/api/${found.apiKey}/service/get`)
    expect(pkceRequired).toBe(true)
  })

  it('applies more than 500 clients in batches, and goes on where it stopped', async () => {
    const items = Array.from({ length: 620 }, (_, at) => ({
      key: `c-${at}`,
      clientName: `C ${at}`,
    }))
    const file = (clients: Json[]) =>
      write(
        'big.json',
        JSON.stringify({ postern: 1, service: { key: 'big' }, clients: { items: clients } }),
      )
    const broken = items.map((item, at) =>
      at === 600 ? { ...item, redirectUris: ['no uri'] } : item,
    )
    expect((await run('apply', file(broken))).code).not.toBe(0)
    const applied = await run('apply', file(items))
    expect([applied.code, applied.output]).toEqual([0, expect.stringContaining('+ client c-619')])
    const { apiKey } = await serviceWith('big')
    const { totalCount } = await call('GET', `/api/${apiKey}/client/get/list?start=0&end=1`)
    expect(totalCount).toBe(620)
    expect((await run('apply', 'big.json')).output).toBe('big: No changes.\n')
  })
})

describe('postern export', () => {
  it('writes a file that plans no change, without defaults and secrets', async () => {
    const made = await call('POST', '/api/service/create', {
      serviceName: 'Old Shop!',
      pkceRequired: true,
      jwks: JSON.stringify({
        keys: [{ kty: 'oct', kid: 'k', k: 'c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0' }],
      }),
      attributes: [{ key: 'own', value: 'kept' }],
    })
    const created = {
      clientName: 'Till',
      clientType: 'CONFIDENTIAL',
      redirectUris: ['https://a.example/cb'],
    }
    const { clientSecret } = await call('POST', `/api/${made.apiKey}/client/create`, created)
    await call('POST', `/api/${made.apiKey}/client/create`, created)
    const exported = await run('export', String(made.apiKey))
    expect(exported.code).toBe(0)
    for (const secret of [clientSecret, 'c2VjcmV0', made.pairwiseSubjectSalt]) {
      expect(exported.output).not.toContain(secret)
    }
    expect(exported.output).toContain('#   service.jwks\n')
    expect(exported.output).toContain('#   the secrets of clients\n')
    const { service, clients } = parse(exported.output)
    expect(service).toEqual({
      key: 'old-shop',
      serviceName: 'Old Shop!',
      pkceRequired: true,
      attributes: [{ key: 'own', value: 'kept' }],
    })
    expect(clients.items.map(({ key }: Json) => key)).toEqual([
      'till',
      expect.stringMatching(/^till-\d/),
    ])
    const file = write('export.yaml', exported.output)
    const [plan] = JSON.parse(
      (await run('plan', file, '--service', String(made.apiKey), '-o', 'json')).output,
    )
    const paths = plan.changes.map(({ path }: Json) => path)
    expect(paths.filter((path: string) => !path.includes('.attributes.ext.config.'))).toEqual([])
    expect((await run('apply', file, '--service', String(made.apiKey))).code).toBe(0)
    const again = parse((await run('export', String(made.apiKey))).output)
    expect(again.clients.items.map((item: Json) => item.clientId)).toEqual([undefined, undefined])
  })
})

describe('postern dev --seed', () => {
  it('applies files when it starts', async () => {
    const files = [join(processes.folder, write('seed.yaml', shop('Seeded')))]
    const dev = await startDev({ port: 0, frontendPort: 0, seed: { files, environment } })
    try {
      expect(dev.lines.join('\n')).toMatch(
        /the service shop is \d+\n.*the client job is \d+, with the secret/,
      )
      const response = await fetch(`${dev.url}/api/services?key=shop`, {
        headers: { authorization: `Bearer ${dev.adminToken}` },
      })
      expect(await response.json()).toMatchObject({ services: [{ serviceName: 'Seeded' }] })
    } finally {
      await dev.close()
    }
  })
})
