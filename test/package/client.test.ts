/** The package `postern-client` in an empty folder: what it contains, that it works, and its types. */
import { execFile, execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createPostern } from '../../src/index.ts'
import { clients, services } from '../../src/testing/index.ts'
import { fencesOf } from '../documents/fences.ts'
import { npm, pack, withoutScripts } from '../support/package.ts'

const folder = mkdtempSync(join(tmpdir(), 'postern-client-'))
beforeAll(() => {
  const tarball = pack(folder, 'client')
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n')
  npm(['install', '--no-save', tarball], folder, withoutScripts)
}, 600_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const manifest = JSON.parse(readFileSync('client/package.json', 'utf8'))

/** Fails with what the compiler says. */
function requireTypes(name: string, text: string, ...settings: string[]): void {
  writeFileSync(join(folder, name), text)
  const compiler = resolve('node_modules/typescript/bin/tsc')
  const strict = ['--noEmit', '--strict', '--exactOptionalPropertyTypes', '--skipLibCheck', 'false']
  const target = ['--target', 'es2022', '--lib', 'es2022,dom']
  const options = { cwd: folder, encoding: 'utf8' } as const
  try {
    execFileSync(process.execPath, [compiler, ...strict, ...target, ...settings, name], options)
  } catch (error) {
    throw new Error((error as { stdout: string }).stdout)
  }
}

const program = `
  import {
    type ClientOptions, createClient, etagOf, type PosternClient, PosternError, type TokenResponse,
  } from 'postern-client'
  import { type Relayed, relay, relayOf, relayToExpress, relayToFastify } from 'postern-client/relay'
  import { type Access, createResourceServer } from 'postern-client/resource-server'
  import { createWebhooks, type EventType, WebhookError } from 'postern-client/webhooks'
  const told: EventType = (await createWebhooks('whsec_AA==').verify('', new Headers())).type
  if (told === 'token.revoked') throw new WebhookError('time', told)
  const options: ClientOptions = { baseUrl: 'http://127.0.0.1', serviceId: 1, token: async () => '' }
  const client: PosternClient = createClient(options)
  const dpop: string | undefined = undefined
  const answer: TokenResponse = await client.post('/auth/token', { parameters: '', dpop })
  const response: Response = relay(answer)
  const api = createResourceServer({
    issuer: 'https://as.example.com', audience: 'a', origin: 'https://api.example.com', postern: client,
  })
  const handler: (request: Request) => Promise<Response> = api.protect(
    (_, access: Access) => new Response(access.subject), { scopes: ['read'] },
  )
  await handler(new Request('https://api.example.com'))
  const relayed: Relayed | undefined = relayOf(answer, '/auth/token')
  declare const express: { writeHead(status: number, headers: object): object; end(text?: string): void }
  relayToExpress(express, answer)
  declare const reply: { code(status: number): object; headers(all: object): object; send(body?: unknown): void }
  relayToFastify(reply, answer)
  if (answer.action === 'OK') response.headers.set('ETag', etagOf(answer) ?? relayed?.body ?? '')
  const read = await client.get('/client/get/{clientId}', { path: { clientId: 7 } })
  const patched = await client.patch('/clients/{clientId}', { clientName: 'a' }, {
    path: { clientId: read.clientId }, ifMatch: read, query: { dryRun: true },
  })
  const name: string | undefined = patched.clientName
  const made = await client.post('/client/create', { clientName: name }, { idempotencyKey: 'a' })
  const gone: undefined = await client.delete('/client/delete/{clientId}', { path: made })
  await client.post('/attestation/challenge')
  await client.ofService('2').get('/api/services', { query: { limit: 10 } })
  // @ts-expect-error: the path is unknown.
  await client.get('/auth/token')
  // @ts-expect-error: the path has a parameter.
  await client.get('/client/get/{clientId}')
  // @ts-expect-error: the body is required.
  await client.post('/auth/authorization')
  // @ts-expect-error: the member is misspelt.
  await client.post('/auth/introspection', { tokne: '' })
  // @ts-expect-error: the action is not one of the operation.
  if (answer.action === 'LOCATION') throw gone
  // @ts-expect-error: the operation has no condition.
  await client.post('/auth/introspection', { token: '' }, { ifMatch: read })
  // @ts-expect-error: the member is not one of the query.
  await client.get('/service/get', { query: { dryRun: true } })
  if (!(new Error('') instanceof PosternError)) relay(await client.post('/gm', {}))`

describe('package postern-client', () => {
  it('contains its code and its types, and needs nothing', () => {
    const files = readdirSync(join(folder, 'node_modules/postern-client'), {
      recursive: true,
      withFileTypes: true,
    }).filter((entry) => entry.isFile())
    const kinds = new Set(files.map(({ name }) => name.replace(/^.*?(\.d\.ts|\.[a-z]+)$/, '$1')))
    expect([...kinds].sort()).toEqual(['.d.ts', '.js', '.json', '.md', 'LICENSE'])
    expect(readdirSync(join(folder, 'node_modules')).sort()).toEqual([
      '.package-lock.json',
      'postern-client',
    ])
    for (const key of ['dependencies', 'peerDependencies', 'optionalDependencies']) {
      expect(manifest).not.toHaveProperty(key)
    }
  })

  it('has the version, the engines and the licence of postern', () => {
    const { version, engines, license } = JSON.parse(readFileSync('package.json', 'utf8'))
    expect(manifest).toMatchObject({ version, engines, license })
    expect(readFileSync('client/LICENSE', 'utf8')).toBe(readFileSync('LICENSE', 'utf8'))
  })

  it.each([
    ['nodenext', ['--module', 'nodenext']],
    ['bundler', ['--module', 'esnext', '--moduleResolution', 'bundler']],
  ])('has types that need no others, for moduleResolution %s', (_, settings) => {
    requireTypes('types.ts', program, '--types', '', ...settings)
  })

  it('has the types that its page uses', () => {
    const page = readFileSync('docs/how-to/typescript.md', 'utf8')
    const shown = fencesOf(page).filter(
      ({ language, intent }) => language === 'ts' && intent['run'],
    )
    expect(shown).toHaveLength(2)
    const ofNode = ['--types', 'node', '--typeRoots', resolve('node_modules/@types')]
    for (const { text, line } of shown) {
      requireTypes(`page-${line}.ts`, text, '--module', 'nodenext', ...ofNode)
    }
  })

  it('calls a Postern over HTTP', async () => {
    const postern = await createPostern()
    const { apiKey } = await postern.api.post('service/create', services.openid())
    const { clientId, clientSecret } = await postern.api.post(
      `${apiKey}/client/create`,
      clients.confidential(),
    )
    const { url } = await postern.listen()
    const text = `
      import { createClient } from 'postern-client'
      import { relay } from 'postern-client/relay'
      const { url, token, serviceId, ...presented } = JSON.parse(process.argv[2])
      const client = createClient({ baseUrl: url, serviceId, token })
      const parameters = 'grant_type=client_credentials'
      const response = relay(await client.post('/auth/token', { parameters, ...presented }))
      console.log(response.status, (await response.json()).token_type)`
    writeFileSync(join(folder, 'call.js'), text)
    const given = { url, token: postern.api.token, serviceId: apiKey, clientId, clientSecret }
    const told = JSON.stringify({ ...given, clientId: String(clientId) })
    const run = promisify(execFile)
    const { stdout } = await run(process.execPath, ['call.js', told], { cwd: folder })
    expect(stdout).toBe('200 Bearer\n')
    await postern.close()
  })
})
