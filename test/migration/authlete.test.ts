/** `postern import authlete`: a service moves with its clients, their IDs, secrets and tokens. */
import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createPostern } from '../../src/embedded/postern.ts'
import { authleteInputs } from '../../src/migration/live.ts'
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

const hashOf = (token: string) => createHash('sha256').update(token).digest('base64url')

/** What the API of Authlete answers; members without a value are null. */
const service: Json = {
  number: 21,
  apiKey: 715_948_317,
  serviceName: 'Shop',
  issuer: 'https://as.shop.example',
  description: null,
  supportedGrantTypes: ['AUTHORIZATION_CODE', 'REFRESH_TOKEN', 'CLIENT_CREDENTIALS'],
  supportedResponseTypes: ['CODE'],
  supportedScopes: [
    { name: 'openid', defaultEntry: false, description: null, attributes: null },
    { name: 'history.read', defaultEntry: false, attributes: [{ key: 'fapi', value: 'r' }] },
  ],
  supportedTokenAuthMethods: ['CLIENT_SECRET_BASIC', 'CLIENT_SECRET_POST', 'NONE'],
  tokenEndpoint: 'https://as.shop.example/token',
  accessTokenDuration: 3600,
  refreshTokenDuration: 864_000,
  refreshTokenKept: true,
  jwks: jwksOf(...serviceKeys),
  pairwiseSubjectSalt: 'a-salt-of-authlete',
  createdAt: 1_700_000_000_000,
  modifiedAt: 1_700_000_000_000,
  organization: { id: 1 },
  supportedGrantsOfTheFuture: ['X'],
}

function clientsOf(seed: number): Json[] {
  const choose = chooser(seed)
  return Array.from({ length: 50 }, (_, at) => {
    const isPublic = choose.chance(0.3)
    const alias = choose.chance(0.5) ? `app-${at}` : null
    return {
      number: at + 1,
      serviceNumber: 21,
      developer: choose.of(['john', 'jane']),
      clientId: 26_478_243_745_000 + at,
      clientIdAlias: alias ?? String(26_478_243_745_000 + at),
      clientIdAliasEnabled: alias !== null,
      clientName: `App ${at}`,
      clientType: isPublic ? 'PUBLIC' : 'CONFIDENTIAL',
      clientSecret: choose.text(choose.of([8, 86, 300])),
      tokenAuthMethod: isPublic ? 'NONE' : 'CLIENT_SECRET_BASIC',
      applicationType: 'WEB',
      grantTypes: ['AUTHORIZATION_CODE', 'REFRESH_TOKEN', 'CLIENT_CREDENTIALS'],
      responseTypes: ['CODE'],
      redirectUris: [`https://app-${at}.shop.example/cb`],
      idTokenSignAlg: choose.of(['RS256', 'ES256']),
      subjectType: 'PUBLIC',
      logoUri: null,
      requestSignAlg: at === 7 ? 'XX' : null,
      dynamicallyRegistered: at === 9,
      attributes: choose.chance(0.2) ? [{ key: 'note', value: 'kept' }] : null,
      extension: { requestableScopes: null, requestableScopesEnabled: false },
      createdAt: 1_700_000_000_000,
    }
  })
}
const clients = clientsOf(3)
const confidential = clients.filter(({ clientType }) => clientType === 'CONFIDENTIAL')

const later = Date.now() + 86_400_000
const tokens = confidential.map(({ clientId }, at) => ({
  accessTokenHash: hashOf(`access-${at}`),
  refreshTokenHash: hashOf(`refresh-${at}`),
  clientId,
  subject: at % 5 === 4 ? null : `user-${at}`,
  grantType: at % 5 === 4 ? 'CLIENT_CREDENTIALS' : 'AUTHORIZATION_CODE',
  scopes: ['openid', 'history.read'],
  accessTokenExpiresAt: later,
  refreshTokenExpiresAt: later,
  createdAt: Date.now() - 1000,
  properties: [{ key: 'tenant', value: 'a', hidden: true }],
}))
const odd = [
  { accessTokenHash: hashOf('x'), clientId: 1, accessTokenExpiresAt: later },
  { accessTokenHash: 'not a hash', clientId: clients[0]?.clientId, accessTokenExpiresAt: later },
]
const granted = [
  { clientId: confidential[0]?.clientId, subject: 'user-0', mergedGrantedScopes: ['openid'] },
]

let imports: Imports
let read: Read
let lines: Read['migration']['report']['lines']
let serviceId: string
beforeAll(async () => {
  imports = await openImports()
  read = await imports.read('authlete', {
    'service.json': service,
    'clients.json': { start: 0, end: 50, totalCount: 50, clients },
    'tokens.json': { accessTokens: [...tokens, ...odd] },
    'granted.json': granted,
  })
  lines = read.migration.report.lines
})
afterAll(() => imports.close())

describe('report of an import from Authlete', () => {
  it('has a line with a reason for each property of service and clients', () => {
    expectComplete(lines, 'service', service)
    const keys = read.migration.clients.map(({ key }) => key)
    for (const [at, client] of clients.entries()) {
      expectComplete(lines, `client ${keys[at]}`, client)
    }
    expectReasons(lines)
    expect(outcomesOf(lines, 'service', 'supportedGrantsOfTheFuture')[0]?.outcome).toBe('dropped')
    expect(outcomesOf(lines, `client ${keys[7]}`, 'requestSignAlg')[0]?.outcome).toBe('decide')
  })

  it('counts the tokens that are taken and those that are not', () => {
    const notes = outcomesOf(lines, 'tokens', 'tokens').map(({ note }) => note)
    expect(notes).toEqual([
      expect.stringContaining(`${tokens.length} of ${tokens.length + 2}`),
      expect.stringContaining('Its client is not in the files.'),
      expect.stringContaining('no SHA-256'),
    ])
  })
})

describe('service that comes from Authlete', () => {
  it('is applied, and plans no change after that', async () => {
    const applied = await imports.apply(read.file)
    serviceId = applied.serviceId
    expect(applied.changesAgain).toBe(false)
    const found = await imports.api(`${serviceId}/service/get`)
    expect(found).toMatchObject({ jwks: service.jwks, pairwiseSubjectSalt: 'a-salt-of-authlete' })
    expect(found.supportedScopes[1].attributes).toEqual([{ key: 'fapi', value: 'r' }])
  })

  it('has its clients with their IDs, aliases and secrets', async () => {
    const { clients: found } = await imports.api(`${serviceId}/client/get/list?start=0&end=50`)
    const ids = found.map(({ clientId }: Json) => clientId).sort()
    expect(ids).toEqual(clients.map(({ clientId }) => clientId).sort())
    for (const { clientId, clientSecret } of confidential) {
      const parameters = 'grant_type=client_credentials&scope=history.read'
      const call = { parameters, clientId: String(clientId), clientSecret }
      const answer = await imports.api(`${serviceId}/auth/token`, call)
      expect(answer).toMatchObject({ action: 'OK', clientId })
    }
  })

  it('has its tokens: clients go on with former access and refresh tokens', async () => {
    const done = await imports.tokens(serviceId, read.tokens ?? '')
    const sent = { imported: tokens.length, present: 0, expired: 0, grantedScopes: 1 }
    expect(done).toEqual(sent)
    for (const [at, { clientId, subject }] of tokens.entries()) {
      const told = await imports.api(`${serviceId}/auth/introspection`, { token: `access-${at}` })
      expect(told).toMatchObject({ action: 'OK', clientId, scopes: ['openid', 'history.read'] })
      if (subject === null) continue
      const { clientSecret } = clients.find((each) => each.clientId === clientId) ?? {}
      const answer = await imports.api(`${serviceId}/auth/token`, {
        parameters: form({ grant_type: 'refresh_token', refresh_token: `refresh-${at}` }),
        clientId: String(clientId),
        clientSecret,
      })
      expect(answer).toMatchObject({ action: 'OK', subject })
    }
    const again = await imports.tokens(serviceId, read.tokens ?? '')
    expect(again).toEqual({ imported: 0, present: tokens.length, expired: 0, grantedScopes: 0 })
  })
})

describe('import by the API', () => {
  it('moves a service from one Postern to another', async () => {
    const former = await createPostern()
    const { url } = await former.listen()
    const { apiKey } = await former.api.post('service/create', {
      issuer: 'https://as.example',
      serviceName: 'Former',
      clientIdAliasEnabled: true,
      supportedScopes: [{ name: 'read' }],
    })
    const own: Json = await former.api.post(`${apiKey}/client/create`, {
      clientType: 'CONFIDENTIAL',
      clientName: 'web',
      redirectUris: ['https://web.example/cb'],
    })
    const made: Json = await former.api.post(`${apiKey}/auth/token/create`, {
      grantType: 'AUTHORIZATION_CODE',
      clientId: own.clientId,
      subject: 'alice',
      scopes: ['read'],
    })
    const { accessToken, refreshToken } = made
    const connection = { url, token: former.api.token }
    const inputs = await authleteInputs(connection, String(apiKey), () => undefined)
    await former.close()
    const files = Object.fromEntries(inputs.map(({ value }, at) => [`${at}.json`, value]))
    const moved = await imports.read('authlete', files)
    const { serviceId: there } = await imports.apply(moved.file)
    expect(await imports.tokens(there, moved.tokens ?? '')).toMatchObject({ imported: 1 })
    const told = await imports.api(`${there}/auth/introspection`, { token: accessToken })
    expect(told).toMatchObject({ action: 'OK', clientId: own.clientId, subject: 'alice' })
    const answer = await imports.api(`${there}/auth/token`, {
      parameters: form({ grant_type: 'refresh_token', refresh_token: refreshToken }),
      clientId: String(own.clientId),
      clientSecret: own.clientSecret,
    })
    expect(answer).toMatchObject({ action: 'OK', subject: 'alice' })
  })

  it('reads the files of one service only', async () => {
    const files = { 'a.json': service, 'b.json': service }
    await expect(imports.read('authlete', files)).rejects.toThrow('files of one service')
  })
})
