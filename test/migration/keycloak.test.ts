/** `postern import keycloak`: from the export of a realm to a service. */
import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Json } from '../support/server.ts'
import { keycloakRealm } from './exports/keycloak.ts'
import {
  expectComplete,
  expectReasons,
  type Imports,
  openImports,
  outcomesOf,
  type Read,
} from './imports.ts'

const { realm, publicKey } = keycloakRealm(5)
const leftOut = ['account', 'admin-cli', 'broker', 'api', 'urn-saml-sp']

let imports: Imports
let read: Read
let lines: Read['migration']['report']['lines']
let serviceId: string
let secrets: Record<string, string>
beforeAll(async () => {
  imports = await openImports()
  read = await imports.read('keycloak', { 'realm.json': realm })
  lines = read.migration.report.lines
})
afterAll(() => imports.close())

const settingsOf = (key: string): Json =>
  read.migration.clients.find((client) => client.key === key)?.settings

describe('report of an import from Keycloak', () => {
  it('has a line with a reason for each property of the realm and its 50 clients', () => {
    expect(realm.clients).toHaveLength(50)
    expectComplete(lines, 'realm', realm)
    for (const client of realm.clients) {
      const key = client.clientId.replace(/:/g, '-')
      expectComplete(lines, `client ${key}`, client)
      const attributes = Object.keys(client.attributes ?? {}).map((name) => `attributes.${name}`)
      const isLeftOut = leftOut.includes(key)
      const expected = isLeftOut ? {} : Object.fromEntries(attributes.map((name) => [name, 1]))
      expectComplete(lines, `client ${key}`, expected)
    }
    expectReasons(lines)
  })

  it('tells what a person decides: wildcards, mappers, masked secrets', () => {
    expect(outcomesOf(lines, 'client masked', 'secret')[0]?.note).toContain('masks it')
    expect(outcomesOf(lines, 'client signed', 'protocolMappers.tenant')[0]?.note).toContain(
      'The claim is `tenant`.',
    )
    expect(lines).toContainEqual(
      expect.objectContaining({
        property: 'redirectUris',
        outcome: 'decide',
        note: expect.stringContaining('/*'),
      }),
    )
    expect(
      outcomesOf(lines, 'client signed', 'attributes.user.info.response.signature.alg'),
    ).toEqual([expect.objectContaining({ outcome: 'decide' })])
    expect(outcomesOf(lines, 'key rsa-old', 'config')[0]?.outcome).toBe('dropped')
  })
})

describe('files of an import from Keycloak', () => {
  it('leave out clients that are none of OpenID Connect', () => {
    const keys = read.migration.clients.map(({ key }) => key)
    expect(keys).toHaveLength(45)
    for (const key of leftOut) expect(keys).not.toContain(key)
  })

  it('have the settings in the terms of Postern', () => {
    const { service, secrets: kept } = read.migration
    expect(service).toMatchObject({
      serviceName: 'The Shop',
      issuer: 'https://login.example.com/realms/shop',
      tokenEndpoint: 'https://login.example.com/realms/shop/protocol/openid-connect/token',
      accessTokenDuration: 300,
      refreshTokenDuration: 1800,
      refreshTokenKept: false,
      attributes: [{ key: 'ext.refresh.max_lifetime', value: '36000' }],
    })
    const { keys } = JSON.parse(kept['jwks'] ?? '')
    const kid = createHash('sha256').update(Buffer.from(publicKey, 'base64')).digest('base64url')
    expect(keys).toMatchObject([{ kty: 'RSA', kid, alg: 'RS256', use: 'sig' }])
    expect(settingsOf('off')).toMatchObject({ locked: true })
    expect(settingsOf('4711')).toMatchObject({ newClientId: 4711, clientType: 'PUBLIC' })
    expect(settingsOf('signed')).toMatchObject({
      tokenAuthMethod: 'PRIVATE_KEY_JWT',
      tokenAuthSignAlg: 'PS256',
      jwksUri: 'https://signed.example/jwks',
      idTokenSignAlg: 'PS256',
      parRequired: true,
      frontchannelLogoutUri: 'https://signed.example/front',
    })
  })

  it('are applied, and plan no change after that', async () => {
    const applied = await imports.apply(read.file)
    ;({ serviceId, secrets } = applied)
    expect(applied.changesAgain).toBe(false)
    expect(Object.keys(secrets)).toContain('masked')
  })

  it('let clients go on with their secrets, by each method that Keycloak took', async () => {
    const parameters = 'grant_type=client_credentials'
    const basic = { parameters, clientId: 'machine', clientSecret: 'tiny' }
    const post = { parameters: `${parameters}&client_id=machine&client_secret=tiny` }
    for (const call of [basic, post]) {
      expect(await imports.api(`${serviceId}/auth/token`, call)).toMatchObject({ action: 'OK' })
    }
  })

  it('are made of one realm only', async () => {
    const files = { 'one.json': realm, 'two.json': realm }
    await expect(imports.read('keycloak', files)).rejects.toThrow('the export of one realm')
  })

  it('tell that a partial export has no keys', async () => {
    const { migration } = await imports.read('keycloak', { 'a.json': { ...realm, components: {} } })
    expect(migration.secrets).toEqual({})
    const property = 'components.org.keycloak.keys.KeyProvider'
    expect(outcomesOf(migration.report.lines, 'realm', property)).toHaveLength(1)
  })
})
