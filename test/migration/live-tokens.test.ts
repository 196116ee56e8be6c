/** A migrated client goes on with its secret and the refresh token that it has. */
import {
  createCipheriv,
  createHash,
  createHmac,
  generateKeyPairSync,
  randomBytes,
} from 'node:crypto'
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { form } from '../support/flows.ts'
import type { Json } from '../support/server.ts'
import { type Imports, openImports, type Read } from './imports.ts'

let imports: Imports
beforeAll(async () => {
  imports = await openImports()
})
afterAll(() => imports.close())

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const inAnHour = Math.floor(Date.now() / 1000) + 3_600
const anHourAgo = inAnHour - 7_200
const iso = (seconds: number) => new Date(seconds * 1000).toISOString()

/** What is refreshed with which token, after the files were applied and the tokens imported. */
async function moved(read: Read, expected: Json) {
  const { serviceId, changesAgain } = await imports.apply(read.file)
  expect(changesAgain).toBe(false)
  const first = await imports.tokens(serviceId, read.tokens ?? '')
  expect(first).toMatchObject(expected)
  expect(await imports.tokens(serviceId, read.tokens ?? '')).toMatchObject({
    imported: 0,
    present: expected.imported,
  })
  return (clientId: string, clientSecret: string, token: string) =>
    imports.api(`${serviceId}/auth/token`, {
      parameters: form({ grant_type: 'refresh_token', refresh_token: token }),
      clientId,
      clientSecret,
    })
}
type Refresh = Awaited<ReturnType<typeof moved>>

/** The guarantee: new tokens once, for its own client only, and on from there. */
async function expectGoesOn(refresh: Refresh, token: string, subject = 'alice') {
  expect(await refresh('other', 'secret of other', token)).toMatchObject({ action: 'BAD_REQUEST' })
  const answer = await refresh('web', 'secret of web', token)
  expect(answer).toMatchObject({
    action: 'OK',
    subject,
    scopes: expect.arrayContaining(['photos']),
  })
  expect(answer.refreshToken).not.toBe(token)
  const next = await refresh('web', 'secret of web', answer.refreshToken)
  expect(next).toMatchObject({ action: 'OK', subject })
  expect(await refresh('web', 'secret of web', token)).toMatchObject({ action: 'BAD_REQUEST' })
}

describe('refresh token of Glewlwyd', () => {
  const plugin = (digest: string) => ({
    name: `oidc-${digest}`,
    module: 'oidc',
    parameters: {
      'jwt-type': 'rsa',
      'jwt-key-size': '256',
      key: privateKey.export({ format: 'pem', type: 'pkcs8' }),
      iss: 'https://login.example.com/api/oidc',
      'allowed-scope': ['openid', 'photos'],
      'refresh-token-one-use': 'always',
      'auth-type-code-enabled': true,
      'auth-type-refresh-enabled': true,
    },
  })
  const clients = ['web', 'other'].map((id) => ({
    client_id: id,
    confidential: true,
    enabled: true,
    client_secret: `secret of ${id}`,
    token_endpoint_auth_method: ['client_secret_basic'],
    authorization_type: ['code', 'refresh_token'],
    redirect_uri: [`https://${id}.example/cb`],
  }))
  const newToken = () => randomBytes(64).toString('base64').slice(0, 64)
  /** `generate_hash` of Glewlwyd: the name of the algorithm, and the digest as base64. */
  const hashOf = (token: string, digest: string) =>
    `{${digest.toUpperCase()}}${createHash(digest).update(token).digest('base64')}`
  const rowsOf = (digest: string, tokens: readonly string[]) =>
    tokens.flatMap((token, at) => [
      {
        gpor_id: at + 1,
        gpor_plugin_name: `oidc-${digest}`,
        gpor_username: 'alice',
        gpor_client_id: 'web',
        gpor_issued_at: anHourAgo,
        gpor_expires_at: at === 1 ? anHourAgo + 60 : inAnHour,
        gpor_token_hash: hashOf(token, digest),
        gpor_enabled: at === 2 ? 0 : 1,
      },
      { gpors_id: 2 * at, gpor_id: at + 1, gpors_scope: 'openid' },
      { gpors_id: 2 * at + 1, gpor_id: at + 1, gpors_scope: 'photos' },
    ])

  it.each(['sha256', 'sha512'])('goes on by its digest with %s', async (digest) => {
    const tokens = [newToken(), newToken(), newToken()] as const
    const rows = rowsOf(digest, tokens)
    const salted = { ...rows[0], gpor_id: 9, gpor_token_hash: '{SSHA512}c2FsdGVk' }
    const read = await imports.read('glewlwyd', {
      'oidc.json': plugin(digest),
      'clients.json': clients,
      'rows.jsonl': [...rows, salted].map((row) => JSON.stringify(row)).join('\n'),
    })
    expect(read.report).toContain('Its hash has a salt')
    const refresh = await moved(read, { imported: 1, present: 0, expired: 1 })
    await expectGoesOn(refresh, tokens[0])
    for (const ended of [tokens[1], tokens[2], hashOf(tokens[0], digest), newToken()]) {
      expect(await refresh('web', 'secret of web', ended)).toMatchObject({ action: 'BAD_REQUEST' })
    }
  })

  it('is not found by what the database of Glewlwyd has of it', async () => {
    const token = newToken()
    const read = await imports.read('glewlwyd', {
      'oidc.json': plugin('sha512'),
      'clients.json': clients,
      'rows.json': rowsOf('sha512', [token]).map((row) => ({ ...row, when: iso(anHourAgo) })),
    })
    const refresh = await moved(read, { imported: 1, present: 0, expired: 0 })
    const digest = createHash('sha512').update(token)
    const stored = hashOf(token, 'sha512')
    for (const leaked of [stored, stored.slice(8), digest.digest('base64url')]) {
      expect(await refresh('web', 'secret of web', leaked)).toMatchObject({ action: 'BAD_REQUEST' })
    }
    await expectGoesOn(refresh, token)
  })
})

describe('refresh token of Ory Hydra', () => {
  const systemSecret = 'a-system-secret-of-hydra'
  const olderSecret = 'the-system-secret-before-that'
  const configuration = `
urls: { self: { issuer: https://auth.example.com/ } }
ttl: { refresh_token: 720h }
secrets: { system: [${systemSecret}, ${olderSecret}] }
`
  const clients = ['web', 'other'].map((id) => ({
    client_id: id,
    client_secret: `secret of ${id}`,
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    redirect_uris: [`https://${id}.example/cb`],
    scope: 'openid offline_access photos',
    token_endpoint_auth_method: 'client_secret_basic',
  }))
  const keys = { keys: [{ ...privateKey.export({ format: 'jwk' }), kid: 'k', alg: 'RS256' }] }
  /** Random bytes, and their HMAC by the SHA-256 of the system secret. */
  const newToken = (secret = systemSecret) => {
    const random = randomBytes(32)
    const key = createHash('sha256').update(secret).digest()
    const signature = createHmac('sha512-256', key).update(random).digest('base64url')
    return { token: `ory_rt_${random.toString('base64url')}.${signature}`, signature }
  }
  /** A row as PostgreSQL writes it: `SELECT row_to_json(t) FROM hydra_oauth2_refresh t`. */
  const rowOf = (signature: string, more: Json = {}) => ({
    signature,
    request_id: '6f1a',
    requested_at: iso(anHourAgo).replace('Z', ''),
    client_id: 'web',
    scope: 'openid|offline_access|photos',
    granted_scope: 'openid|offline_access|photos',
    form_data: '',
    session_data: JSON.stringify({
      id_token: {
        id_token_claims: { acr: '1', auth_time: iso(anHourAgo) },
        expires_at: { refresh_token: iso(inAnHour) },
      },
    }),
    subject: 'alice',
    active: true,
    requested_audience: '',
    granted_audience: 'https://api.example.com',
    expires_at: iso(inAnHour).replace('Z', ''),
    ...more,
  })
  const read = (rows: Json[], more: Json = {}) =>
    imports.read('hydra', {
      'clients.json': clients,
      'hydra.yml': configuration,
      'keys.json': keys,
      'rows.jsonl': rows.map((row) => JSON.stringify(row)).join('\n'),
      ...more,
    })

  it('goes on by its signature, which the system secret proves', async () => {
    const [live, before, expired, used, foreign] = [
      newToken(),
      newToken(olderSecret),
      newToken(),
      newToken(),
      newToken('a secret of someone else'),
    ]
    const done = await read([
      rowOf(live.signature),
      rowOf(before.signature, { subject: 'bob', session_data: 'encrypted', expires_at: null }),
      rowOf(expired.signature, { expires_at: iso(anHourAgo) }),
      rowOf(used.signature, { active: false }),
      rowOf(foreign.signature),
    ])
    expect(done.report).toContain('It was used, or revoked.')
    const refresh = await moved(done, { imported: 3, present: 0, expired: 1 })
    await expectGoesOn(refresh, live.token)
    await expectGoesOn(refresh, before.token, 'bob')
    const codes = {
      [expired.token]: 'P169002',
      [used.token]: 'P169002',
      [foreign.token]: 'P169001',
    }
    for (const [token, resultCode] of Object.entries(codes)) {
      expect(await refresh('web', 'secret of web', token)).toMatchObject({ resultCode })
    }
    for (const leaked of [
      live.signature,
      `hydra ${live.signature}`,
      `ory_rt_a.${live.signature}`,
    ]) {
      expect(await refresh('web', 'secret of web', leaked)).toMatchObject({ action: 'BAD_REQUEST' })
    }
  })

  /** AES-256-GCM under the SHA-256 of the system secret, as base64url with padding. */
  const encrypted = (text: string) => {
    const nonce = randomBytes(12)
    const key = createHash('sha256').update(systemSecret).digest()
    const cipher = createCipheriv('aes-256-gcm', key, nonce)
    const content = [nonce, cipher.update(text, 'utf8'), cipher.final()]
    const base64 = Buffer.concat([...content, cipher.getAuthTag()]).toString('base64')
    return base64.replaceAll('+', '-').replaceAll('/', '_')
  }

  it.each([
    ['in the clear', (text: string) => text],
    ['encrypted by Hydra', encrypted],
  ])('keeps when and how the user was authenticated, %s', async (_how, stored) => {
    const { token, signature } = newToken()
    const row = rowOf(signature)
    const done = await read([{ ...row, session_data: stored(row.session_data) }])
    const refresh = await moved(done, { imported: 1, present: 0, expired: 0 })
    const { responseContent } = await refresh('web', 'secret of web', token)
    const { id_token: idToken = '' } = JSON.parse(responseContent)
    const claims = JSON.parse(Buffer.from(idToken.split('.')[1] ?? '', 'base64url').toString())
    expect(claims).toMatchObject({ sub: 'alice', acr: '1', auth_time: anHourAgo })
  })

  it('is left out without the system secret, and the secret is in no file in the clear', async () => {
    const { signature } = newToken()
    const without = await read([rowOf(signature)], {
      'hydra.yml': 'urls: { self: { issuer: https://a.example/ } }',
    })
    expect(without.tokens).toBeUndefined()
    expect(without.report).toContain('verified by the system secret')
    const done = await read([rowOf(signature)])
    for (const text of [done.report, readFileSync(done.file, 'utf8')]) {
      expect(text).not.toContain(systemSecret)
      expect(text).not.toContain(createHash('sha256').update(systemSecret).digest('base64url'))
    }
  })
})
