/** `postern import glewlwyd`: an instance of the OpenID Connect plugin, and its clients. */
import { generateKeyPairSync } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Json } from '../support/server.ts'
import { chooser } from './exports/random.ts'
import {
  expectComplete,
  expectReasons,
  type Imports,
  openImports,
  outcomesOf,
  type Read,
} from './imports.ts'

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const plugin = {
  name: 'oidc',
  display_name: 'Example',
  module: 'oidc',
  enabled: true,
  parameters: {
    iss: 'https://login.example.com/api/oidc',
    'jwt-type': 'rsa',
    'jwt-key-size': '256',
    key: privateKey.export({ format: 'pem', type: 'pkcs8' }),
    'access-token-duration': 3600,
    'refresh-token-duration': 1_209_600,
    'code-duration': 600,
    'refresh-token-rolling': true,
    'refresh-token-one-use': 'always',
    'allow-non-oidc': true,
    'auth-type-code-enabled': true,
    'auth-type-client-enabled': true,
    'auth-type-refresh-enabled': true,
    'auth-type-password-enabled': false,
    'allowed-scope': ['openid', 'photos'],
    scope: [{ name: 'photos', 'refresh-token-duration': 86_400, 'refresh-token-rolling': false }],
    'additional-parameters': [{ 'user-parameter': 'groups', 'token-parameter': 'groups' }],
    'name-claim': 'on-demand',
    'email-claim': 'no',
    claims: [
      {
        name: 'member',
        'user-property': 'is_member',
        type: 'boolean',
        'boolean-value-true': 'yes',
        'boolean-value-false': 'no',
        mandatory: false,
        scope: ['photos'],
      },
    ],
    'address-claim': { type: 'on-demand', locality: 'city', country: 'country' },
    'pkce-allowed': true,
    'pkce-method-plain-allowed': false,
    'request-maximum-exp': 3600,
    'subject-type': 'public',
    'a-parameter-of-later': 1,
  },
}

const choose = chooser(9)
const usual = Array.from({ length: 46 }, (_, at): Json => {
  const isPublic = choose.chance(0.3)
  return {
    client_id: `app-${at}`,
    name: `App ${at}`,
    description: choose.of(['', 'An application']),
    confidential: !isPublic,
    enabled: choose.chance(0.9),
    source: 'database',
    ...(isPublic ? {} : { client_secret: choose.text(choose.of([4, 40])) }),
    token_endpoint_auth_method: choose.of([
      ['client_secret_basic', 'client_secret_post'],
      ['client_secret_post'],
      'client_secret_basic',
    ]),
    redirect_uri: [`https://app-${at}.example.com/callback`],
    authorization_type: ['code', 'refresh_token', ...(isPublic ? [] : ['client_credentials'])],
    scope: [],
  }
})
const odd: Json[] = [
  {
    client_id: 'job',
    confidential: true,
    enabled: true,
    client_secret: 'of a job',
    authorization_type: ['client_credentials', 'delete_token'],
    scope: ['photos'],
  },
  {
    client_id: 'signed',
    confidential: true,
    enabled: true,
    token_endpoint_auth_method: ['private_key_jwt'],
    authorization_type: ['code', 'id_token'],
    redirect_uri: ['https://signed.example/cb'],
    pubkey: generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({
      format: 'pem',
      type: 'spki',
    }),
    encrypt_id_token: '1',
    alg: 'RSA-OAEP-256',
    enc: 'A256GCM',
  },
  { client_id: 'with-password', confidential: true, password: ['****'], redirect_uri: [] },
  { client_id: 'plain', confidential: false, enabled: true, own_property: ['x'], alg: 'XX' },
]
const clients = [...usual, ...odd]

let imports: Imports
let read: Read
let lines: Read['migration']['report']['lines']
beforeAll(async () => {
  imports = await openImports()
  read = await imports.read('glewlwyd', { 'oidc.json': plugin, 'clients.json': clients })
  lines = read.migration.report.lines
})
afterAll(() => imports.close())

const settingsOf = (key: string): Json =>
  read.migration.clients.find((client) => client.key === key)?.settings

describe('import from Glewlwyd', () => {
  it('reports each parameter and each property of 50 clients, with reasons', () => {
    expect(clients).toHaveLength(50)
    expectComplete(lines, 'plugin', plugin)
    const parameters = Object.keys(plugin.parameters).map((name) => [`parameters.${name}`, 1])
    expectComplete(lines, 'plugin', Object.fromEntries(parameters))
    for (const client of clients) expectComplete(lines, `client ${client['client_id']}`, client)
    expectReasons(lines)
    expect(outcomesOf(lines, 'client with-password', 'password')[0]?.outcome).toBe('decide')
  })

  it('makes settings in the terms of Postern', () => {
    const { service, secrets } = read.migration
    expect(service).toMatchObject({
      serviceName: 'Example',
      issuer: 'https://login.example.com/api/oidc',
      accessTokenSignAlg: 'RS256',
      refreshTokenKept: false,
      refreshTokenDurationReset: true,
      pkceS256Required: true,
    })
    const attribute = (name: string) =>
      (service['attributes'] as Json[]).find(({ key }) => key === name)?.value
    const policy = JSON.parse(attribute('ext.claims.policy'))
    expect(policy.map(({ claim }: Json) => claim)).toEqual([
      'name',
      'address.locality',
      'address.country',
      'member',
      'groups',
    ])
    expect(service['supportedScopes']).toContainEqual({
      name: 'photos',
      attributes: [
        { key: 'refresh_token.duration', value: '86400' },
        { key: 'refresh_token.rolling', value: 'false' },
      ],
    })
    expect(JSON.parse(secrets['jwks'] ?? '').keys).toMatchObject([{ kty: 'RSA', kid: '1' }])
    expect(settingsOf('signed')).toMatchObject({
      tokenAuthMethod: 'PRIVATE_KEY_JWT',
      responseTypes: ['CODE', 'ID_TOKEN', 'CODE_ID_TOKEN'],
      idTokenEncryptionAlg: 'RSA_OAEP_256',
      idTokenEncryptionEnc: 'A256GCM',
    })
    expect(settingsOf('job')).toMatchObject({
      extension: { requestableScopes: ['photos'] },
      attributes: [{ key: 'ext.grant.delete_token', value: 'true' }],
    })
  })

  it('is applied, plans no change after that, and clients go on with their secrets', async () => {
    const { serviceId, changesAgain } = await imports.apply(read.file)
    expect(changesAgain).toBe(false)
    const { totalCount } = await imports.api(`${serviceId}/client/get/list?start=0&end=1`)
    expect(totalCount).toBe(read.migration.clients.length)
    const answer = await imports.api(`${serviceId}/auth/token`, {
      parameters: 'grant_type=client_credentials&scope=photos',
      clientId: 'job',
      clientSecret: 'of a job',
    })
    expect(answer).toMatchObject({ action: 'OK' })
  })

  it('is of one instance of the plugin', async () => {
    const files = { 'clients.json': clients }
    await expect(imports.read('glewlwyd', files)).rejects.toThrow('one instance of the plugin')
  })
})
