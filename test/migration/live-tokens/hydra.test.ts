/** Refresh tokens of Ory Hydra, by rows of its table and the system secret. */
import { createCipheriv, createHash, createHmac, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Json } from '../../support/server.ts'
import { type Imports, openImports } from '../imports.ts'
import { anHourAgo, expectGoesOn, inAnHour, iso, moved, privateKey } from './moved.ts'

let imports: Imports
beforeAll(async () => {
  imports = await openImports()
})
afterAll(() => imports.close())

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
    const refresh = await moved(imports, done, { imported: 3, present: 0, expired: 1 })
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
    const refresh = await moved(imports, done, { imported: 1, present: 0, expired: 0 })
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
