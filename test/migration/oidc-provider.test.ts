/** `postern import oidc-provider`: configuration, clients and rows of an adapter. */
import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { form } from '../support/flows.ts'
import { jwksOf, serviceKeys } from '../support/keys.ts'
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

const choose = chooser(23)

function client(at: number): Json {
  const isPublic = choose.chance(0.2)
  return {
    client_id: `${choose.text(21)}_${at}`,
    ...(isPublic ? {} : { client_secret: choose.text(choose.of([5, 64, 86])) }),
    client_name: `Client ${at}`,
    application_type: 'web',
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    redirect_uris: [`https://c${at}.example/cb`],
    token_endpoint_auth_method: isPublic ? 'none' : 'client_secret_basic',
    id_token_signed_response_alg: 'RS256',
    post_logout_redirect_uris: choose.chance(0.5) ? [`https://c${at}.example/bye`] : [],
    require_auth_time: false,
    subject_type: 'public',
    scope: 'openid offline_access api:read',
    introspection_signed_response_alg: 'RS256',
    tenant: choose.of(['a', 'b']),
  }
}
const configured = Array.from({ length: 40 }, (_, at) => client(at))
const stored = Array.from({ length: 10 }, (_, at) => client(40 + at))
const clients = [...configured, ...stored]
const confidential = clients.filter(({ client_secret: secret }) => secret !== undefined)

const configuration = {
  issuer: 'https://op.example.com',
  clients: configured,
  jwks: JSON.parse(jwksOf(...serviceKeys)),
  scopes: ['openid', 'offline_access', 'api:read'],
  claims: { openid: ['sub'], email: ['email', 'email_verified'] },
  cookies: { keys: ['a-key-of-cookies'] },
  features: { devInteractions: { enabled: false }, claimsParameter: { enabled: true } },
  findAccount: '[Function: findAccount]',
  interactions: { url: 'async function url(ctx) {}' },
  pkce: { required: true, methods: ['S256'] },
  rotateRefreshToken: true,
  routes: { token: '/oauth/token' },
  ttl: { AccessToken: 600, RefreshToken: 86_400, Session: 1_209_600, IdToken: 3600 },
}

const now = Math.floor(Date.now() / 1000)
const exp = now + 3600
const rows = confidential.flatMap(({ client_id: clientId }, at) => {
  const row = { accountId: `user-${at}`, clientId, grantId: `grant-${at}`, iat: now, exp }
  const of = { ...row, gty: 'authorization_code', scope: 'openid offline_access api:read' }
  const grant = { openid: { scope: 'openid' }, resources: { 'urn:api': 'api:read' } }
  return [
    { payload: { ...of, kind: 'AccessToken', jti: `access-${at}`, scope: 'openid api:read' } },
    { payload: { ...of, kind: 'RefreshToken', jti: `refresh-${at}` } },
    { payload: { ...row, kind: 'Grant', jti: `grant-${at}`, ...grant } },
    { payload: { kind: 'Session', jti: `session-${at}`, exp } },
  ]
})
const [first] = confidential
const odd = [
  {
    kind: 'RefreshToken',
    jti: 'used',
    clientId: first?.client_id,
    accountId: 'a',
    exp,
    consumed: now,
  },
  { kind: 'AccessToken', jti: 'j', clientId: first?.client_id, accountId: 'a', exp, format: 'jwt' },
  { kind: 'AccessToken', jti: 'x', clientId: 'unknown', accountId: 'a', exp },
  {
    kind: 'AccessToken',
    jti: 'bound',
    clientId: first?.client_id,
    accountId: 'a',
    exp,
    scope: 'api:read other',
    aud: 'https://api.example',
    jkt: 'k'.repeat(43),
  },
  { kind: 'AccessToken', jti: 'old', clientId: first?.client_id, accountId: 'a', exp: 1 },
]

let imports: Imports
let read: Read
let lines: Read['migration']['report']['lines']
let serviceId: string
beforeAll(async () => {
  imports = await openImports()
  read = await imports.read('oidc-provider', {
    'configuration.json': configuration,
    'rows.jsonl': [...rows, ...odd, ...stored.map((payload) => ({ _id: 'x', payload }))]
      .map((row) => JSON.stringify(row))
      .join('\n'),
  })
  lines = read.migration.report.lines
})
afterAll(() => imports.close())

describe('report of an import from node-oidc-provider', () => {
  it('has a line with a reason for each property of the configuration and 50 clients', () => {
    expect(read.migration.clients).toHaveLength(50)
    const keys = read.migration.clients.map(({ key }) => key)
    for (const [at, one] of clients.entries()) expectComplete(lines, `client ${keys[at]}`, one)
    expectReasons(lines)
    const told = (name: string) => outcomesOf(lines, 'service', name)[0]?.outcome
    const paths = ['issuer', 'clients', 'jwks', 'scopes', 'claims', 'cookies.keys', 'pkce.methods']
    for (const path of paths) expect([path, told(path)]).not.toContain(undefined)
    expect(told('findAccount')).toBe('decide')
    expect(told('interactions.url')).toBe('decide')
    expect(told('ttl.Session')).toBe('dropped')
    expect(told('features.devInteractions.enabled')).toBe('dropped')
    expect(read.report).not.toContain('a-key-of-cookies')
  })

  it('counts the rows that are not taken, with the reasons', () => {
    const notes = lines
      .filter(({ outcome }) => outcome === 'dropped')
      .map(({ property, note }) => `${property}: ${note}`)
      .join('\n')
    for (const reason of ['a newer one', 'It is a JWT', 'not in the files']) {
      expect(notes).toContain(reason)
    }
    expect(notes).toContain(`Session: ${confidential.length} rows`)
  })

  it('has no value of a token', () => {
    const hash = createHash('sha256').update('refresh-0').digest('base64url')
    expect(read.migration.tokens.map(({ refreshToken }) => refreshToken?.hash)).toContain(hash)
    expect(JSON.stringify(read.migration.tokens)).not.toContain('refresh-0')
  })
})

describe('service that comes from node-oidc-provider', () => {
  it('is applied, and plans no change after that', async () => {
    const applied = await imports.apply(read.file)
    serviceId = applied.serviceId
    expect(applied.changesAgain).toBe(false)
    expect(await imports.api(`${serviceId}/service/get`)).toMatchObject({
      issuer: 'https://op.example.com',
      tokenEndpoint: 'https://op.example.com/oauth/token',
      userInfoEndpoint: 'https://op.example.com/me',
      accessTokenDuration: 600,
      refreshTokenKept: false,
      pkceRequired: true,
      pkceS256Required: true,
      supportedClaims: ['sub', 'email', 'email_verified'],
    })
  })

  it('lets clients go on with their secrets and their tokens', async () => {
    const done = await imports.tokens(serviceId, read.tokens ?? '')
    expect(done).toEqual({
      imported: confidential.length + 1,
      present: 0,
      expired: 1,
      grantedScopes: confidential.length,
    })
    for (const [
      at,
      { client_id: clientId, client_secret: clientSecret },
    ] of confidential.entries()) {
      const token = `access-${at}`
      const told = await imports.api(`${serviceId}/auth/introspection`, { token })
      expect(told).toMatchObject({
        action: 'OK',
        subject: `user-${at}`,
        scopes: ['openid', 'offline_access', 'api:read'],
        refreshable: true,
      })
      const answer = await imports.api(`${serviceId}/auth/token`, {
        parameters: form({ grant_type: 'refresh_token', refresh_token: `refresh-${at}` }),
        clientId,
        clientSecret,
      })
      expect(answer).toMatchObject({ action: 'OK', subject: `user-${at}` })
    }
    const bound = await imports.api(`${serviceId}/auth/introspection`, { token: 'bound' })
    expect(bound.action).not.toBe('OK')
  })
})
