/** `postern import hydra`: from what Ory Hydra exports to a service that clients go on with. */
import { once } from 'node:events'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hydraInputs } from '../../src/migration/live.ts'
import type { Json } from '../support/server.ts'
import { hydraClients, hydraConfiguration, hydraKeys } from './exports/hydra.ts'
import {
  expectComplete,
  expectReasons,
  type Imports,
  openImports,
  outcomesOf,
  type Read,
} from './imports.ts'

const clients = hydraClients(7)
const keys = hydraKeys()

let imports: Imports
let read: Read
let lines: Read['migration']['report']['lines']
let serviceId: string
let secrets: Record<string, string>
beforeAll(async () => {
  imports = await openImports()
  const files = { 'clients.json': clients, 'hydra.yml': hydraConfiguration, 'keys.json': keys }
  read = await imports.read('hydra', files)
  lines = read.migration.report.lines
})
afterAll(() => imports.close())

const keyOf = (id: string) =>
  read.migration.clients.find(({ identifier }) => identifier === id)?.key ?? ''
const settingsOf = (id: string): Json =>
  read.migration.clients.find(({ identifier }) => identifier === id)?.settings

describe('report of an import from Ory Hydra', () => {
  it('has a line with a reason for each property of each of 50 clients', () => {
    expect(clients).toHaveLength(50)
    expect(read.migration.clients).toHaveLength(50)
    for (const client of clients) {
      expectComplete(lines, `client ${keyOf(client.client_id)}`, client)
    }
    expectReasons(lines)
  })

  it('has a line for each setting of the configuration file', () => {
    const told = (property: string) => outcomesOf(lines, 'service', property)[0]?.outcome
    expect(told('ttl.access_token')).toBe('changed')
    expect(told('urls.self.issuer')).toBe('taken')
    expect(told('secrets.system')).toBe('dropped')
    expect(told('oidc.subject_identifiers.pairwise.salt')).toBe('decide')
    expect(told('oauth2.expose_internal_errors')).toBe('dropped')
    expect(told('log.level')).toBe('dropped')
  })

  it('tells what a person decides: secrets, tokens, what Postern refuses', () => {
    const note = (id: string, property: string) =>
      outcomesOf(lines, `client ${keyOf(id)}`, property).map(({ note: text }) => text)
    expect(note('hashed-secret', 'client_secret')).toEqual([
      expect.stringContaining('has a hash of it only'),
    ])
    expect(note('with-keys', 'redirectUris.1')).toEqual([expect.stringContaining('fragment')])
    expect(note('with-keys', 'grant_types')).toEqual([expect.stringContaining('own-grant')])
    expect(note('with-keys', 'response_types')).toEqual([expect.stringContaining('code own')])
    expect(note('wild', 'audience')).toContainEqual(expect.stringContaining('legacy'))
    expect(outcomesOf(lines, 'tokens', 'hydra_oauth2_refresh')).toHaveLength(1)
  })

  it('has no secret, and no marks of names that would break its tables', () => {
    expect(read.report).not.toContain('a-system-secret-of-hydra')
    expect(read.report).not.toContain('postgres://')
    expect(read.report).toContain('## To decide')
    for (const row of read.report.split('\n').filter((line) => line.startsWith('| '))) {
      expect(row.replaceAll('\\|', '').split('|')).toHaveLength(6)
    }
  })
})

describe('files of an import from Ory Hydra', () => {
  it('keep secrets and keys in files of the owner', () => {
    const names = readdirSync(join(read.folder, 'secrets'))
    expect(names.sort()).toEqual(['client-known-secret.txt', 'service-jwks.txt'])
    for (const name of names) {
      expect(statSync(join(read.folder, 'secrets', name)).mode & 0o777).toBe(0o600)
    }
    expect(readFileSync(read.file, 'utf8')).not.toContain(keys.keys[0].d)
  })

  it('have the settings in the terms of Postern', () => {
    expect(read.migration.service).toMatchObject({
      issuer: 'https://auth.example.com/',
      tokenEndpoint: 'https://auth.example.com/oauth2/token',
      accessTokenDuration: 3600,
      refreshTokenDuration: 2_592_000,
      accessTokenSignAlg: 'RS256',
      refreshTokenIdempotent: true,
      supportedClaims: ['sub', 'email'],
    })
    expect(settingsOf('1234567890')).toMatchObject({ newClientId: 1_234_567_890 })
    expect(settingsOf('wild')).toMatchObject({
      backchannelLogoutUri: 'https://odd.example.com/back',
      attributes: [{ key: 'ext.resources.allowed', value: 'https://api.example.com' }],
    })
    for (const { settings } of read.migration.clients) {
      if (settings['clientType'] === 'PUBLIC') expect(settings['pkceRequired']).toBe(true)
    }
  })

  it('are refused a folder that has files', async () => {
    const { writeMigration } = await import('../../src/migration/write.ts')
    expect(() => writeMigration(read.folder, read.migration)).toThrow('is not empty')
  })

  it('are applied, and plan no change after that', async () => {
    const applied = await imports.apply(read.file)
    ;({ serviceId, secrets } = applied)
    expect(applied.changesAgain).toBe(false)
    const { totalCount } = await imports.api(`${serviceId}/client/get/list?start=0&end=1`)
    expect(totalCount).toBe(50)
    expect(Object.keys(secrets)).toContain('hashed-secret')
    expect(Object.keys(secrets)).not.toContain('known-secret')
  })
})

describe('client that comes from Ory Hydra', () => {
  const token = (clientId: string, clientSecret: string) =>
    imports.api(`${serviceId}/auth/token`, {
      parameters: 'grant_type=client_credentials&scope=photos.read',
      clientId,
      clientSecret,
    })

  it('goes on with a secret that is known in clear, of any length', async () => {
    expect(await token('known-secret', 'short')).toMatchObject({ action: 'OK' })
    expect(await token('known-secret', 'wrong')).toMatchObject({ action: 'INVALID_CLIENT' })
  })

  it('gets a new secret where Hydra has a hash', async () => {
    const machine = clients.find(
      ({ grant_types: [first], scope }) =>
        first === 'client_credentials' && scope?.includes('photos.read'),
    )
    const secret = secrets[keyOf(machine?.client_id)] ?? ''
    expect(await token(machine?.client_id, secret)).toMatchObject({ action: 'OK' })
  })
})

describe('import by the API of Ory Hydra', () => {
  it('follows its pages of clients, and reads its key sets', async () => {
    const asked: string[] = []
    const server = createServer((request, response) => {
      const url = new URL(request.url ?? '', 'http://hydra.example')
      asked.push(`${request.method} ${request.url} ${request.headers.authorization}`)
      response.setHeader('content-type', 'application/json')
      if (url.pathname === '/admin/clients') {
        const isFirst = url.searchParams.get('page_token') === null
        const next = '/admin/clients?page_size=250&page_token=two'
        if (isFirst) response.setHeader('link', `<${next}>; rel="next", <${next}>; rel="last"`)
        response.end(JSON.stringify(isFirst ? clients.slice(0, 30) : clients.slice(30)))
      } else if (url.pathname === '/admin/keys/hydra.openid.id-token') {
        response.end(JSON.stringify(keys))
      } else {
        response.statusCode = 404
        response.end('{}')
      }
    })
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const { port } = server.address() as AddressInfo
    const connection = { url: `http://127.0.0.1:${port}`, token: 'of-hydra' }
    const inputs = await hydraInputs(connection, () => undefined)
    server.close()
    expect(inputs.map(({ value }) => value)).toEqual([clients, keys])
    expect(asked).toHaveLength(4)
    expect(asked[0]).toBe('GET /admin/clients?page_size=250 Bearer of-hydra')
  })
})
