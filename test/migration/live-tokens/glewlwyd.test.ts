/** Refresh tokens of Glewlwyd, by rows of its tables. */
import { createHash, randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Imports, openImports } from '../imports.ts'
import { anHourAgo, expectGoesOn, inAnHour, iso, moved, privateKey } from './moved.ts'

let imports: Imports
beforeAll(async () => {
  imports = await openImports()
})
afterAll(() => imports.close())

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
    const refresh = await moved(imports, read, { imported: 1, present: 0, expired: 1 })
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
    const refresh = await moved(imports, read, { imported: 1, present: 0, expired: 0 })
    const digest = createHash('sha512').update(token)
    const stored = hashOf(token, 'sha512')
    for (const leaked of [stored, stored.slice(8), digest.digest('base64url')]) {
      expect(await refresh('web', 'secret of web', leaked)).toMatchObject({ action: 'BAD_REQUEST' })
    }
    await expectGoesOn(refresh, token)
  })
})
