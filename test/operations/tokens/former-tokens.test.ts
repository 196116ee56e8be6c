/** Refresh tokens of a former system, by what that system stored of them. */
import { createHash, createHmac, randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createService, form, type TestService } from '../../support/flows.ts'
import { jwksOf, serviceKeys } from '../../support/keys.ts'
import type { Json } from '../../support/server.ts'

const secret = createHash('sha256').update('a system secret of Hydra').digest()
const jwks = JSON.stringify({
  keys: [
    ...JSON.parse(jwksOf(...serviceKeys)).keys,
    { kty: 'oct', kid: 'hydra-1', key_ops: ['verify'], k: secret.toString('base64url') },
  ],
})
const issuer = 'https://former.example/realms/shop'
const formats = [
  { format: 'sha-512' },
  { format: 'hydra', keys: ['hydra-1'] },
  { format: 'keycloak', issuer, keys: ['hydra-1'] },
]
const attributes = (value: unknown = formats) => [
  { key: 'ext.formerTokens', value: typeof value === 'string' ? value : JSON.stringify(value) },
]

let service: TestService
let client: Json
beforeAll(async () => {
  service = await createService({ jwks, attributes: attributes(), refreshTokenKept: true })
  client = await service.client({ clientIdAlias: 'web', clientIdAliasEnabled: true })
})
afterAll(() => service.close())

const digestOf = (token: string) => createHash('sha512').update(token).digest('base64url')
/** A token of Hydra: random bytes, and their HMAC. */
function hydraToken(key = secret) {
  const random = randomBytes(32)
  const signature = createHmac('sha512-256', key).update(random).digest('base64url')
  return { token: `ory_rt_${random.toString('base64url')}.${signature}`, signature }
}

const send = (refreshToken: Json, more: Json = {}) =>
  service.call('POST', `/api/${service.serviceId}/auth/token/import`, {
    tokens: [
      { clientIdentifier: 'web', subject: 'alice', scopes: ['read'], refreshToken, ...more },
    ],
  })
let made = 0
/** The value of a token that was imported by its digest. */
async function imported(more: Json = {}): Promise<string> {
  made += 1
  const token = `former-${made}`
  const former = { format: 'sha-512', identifier: digestOf(token) }
  const expiresAt = service.system.clock() + 3_600_000
  const { body } = await send({ former, expiresAt }, more)
  expect(body).toMatchObject({ imported: 1 })
  return token
}
const credentials = () => ({ clientId: 'web', clientSecret: client.clientSecret })
const refresh = (token: string) =>
  service.api('/auth/token', {
    parameters: form({ grant_type: 'refresh_token', refresh_token: token }),
    ...credentials(),
  })

describe('refresh token of a former system', () => {
  it('is replaced by its first use, also where refresh tokens are kept', async () => {
    const token = await imported()
    const answer = await refresh(token)
    expect(answer).toMatchObject({ action: 'OK', subject: 'alice', scopes: ['read'] })
    expect(answer.refreshToken).not.toBe(token)
    const next = await refresh(answer.refreshToken)
    expect(next).toMatchObject({ action: 'OK', refreshToken: answer.refreshToken })
  })

  it('ends the tokens of its grant when it is used again (RFC 9700 §4.14.2)', async () => {
    const token = await imported()
    const { refreshToken } = await refresh(token)
    service.system.clock.advance(5_000)
    expect(await refresh(token)).toMatchObject({ resultCode: 'P021005' })
    expect(await refresh(refreshToken)).toMatchObject({ action: 'BAD_REQUEST' })
  })

  it('is used by one of many concurrent requests', async () => {
    const token = await imported()
    const answers = await Promise.all(Array.from({ length: 10 }, () => refresh(token)))
    expect(answers.filter(({ action }) => action === 'OK')).toHaveLength(1)
  })

  it('is found by no value that the former system stored', async () => {
    const token = await imported()
    const digest = digestOf(token)
    for (const leaked of [digest, `sha-512 ${digest}`]) {
      expect(await refresh(leaked)).toMatchObject({ resultCode: 'P021002' })
    }
  })

  it('ends with its client and its user, and by the revocation endpoint', async () => {
    const [one, two] = [await imported({ subject: 'bob' }), await imported({ subject: 'carol' })]
    await service.api('/auth/token/revoke', { clientIdentifier: 'web', subject: 'bob' })
    expect(await refresh(one)).toMatchObject({ resultCode: 'P021002' })
    const parameters = form({ token: two })
    const revoked = await service.api('/auth/revocation', { parameters, ...credentials() })
    expect(revoked).toMatchObject({ action: 'OK' })
    expect(await refresh(two)).toMatchObject({ resultCode: 'P021002' })
  })

  it('is active at introspection until it is used (RFC 7662 §2.2)', async () => {
    const token = await imported()
    const isActive = async () => {
      const parameters = form({ token, token_type_hint: 'refresh_token' })
      const { responseContent } = await service.api('/auth/introspection/standard', { parameters })
      return JSON.parse(responseContent).active
    }
    expect(await isActive()).toBe(true)
    await refresh(token)
    expect(await isActive()).toBe(false)
  })

  it('is that of one service', async () => {
    const token = await imported()
    const other = await createService({ jwks, attributes: attributes() }, service)
    const { clientId, clientSecret } = await other.client()
    const parameters = form({ grant_type: 'refresh_token', refresh_token: token })
    const asked = { parameters, clientId: String(clientId), clientSecret }
    expect(await other.api('/auth/token', asked)).toMatchObject({ resultCode: 'P021002' })
  })
})

describe('refresh token of Ory Hydra', () => {
  const importing = (signature: string) =>
    send({
      former: { format: 'hydra', identifier: signature },
      expiresAt: service.system.clock() + 3_600_000,
    })

  it('is verified by the system secret, and found by its signature', async () => {
    const { token, signature } = hydraToken()
    expect((await importing(signature)).body).toMatchObject({ imported: 1 })
    expect(await refresh(token)).toMatchObject({ action: 'OK', subject: 'alice' })
  })

  it('is refused without the random part that its signature is of', async () => {
    const { signature } = hydraToken()
    await importing(signature)
    for (const random of [randomBytes(32).toString('base64url'), 'a']) {
      expect(await refresh(`ory_rt_${random}.${signature}`)).toMatchObject({
        resultCode: 'P169001',
      })
    }
    expect(await refresh(signature)).toMatchObject({ resultCode: 'P021002' })
  })

  it('is refused if another secret made it, or if it was not imported', async () => {
    const forged = hydraToken(randomBytes(32))
    await importing(forged.signature)
    expect(await refresh(forged.token)).toMatchObject({
      action: 'BAD_REQUEST',
      resultCode: 'P169001',
    })
    expect(await refresh(hydraToken().token)).toMatchObject({
      action: 'BAD_REQUEST',
      resultCode: 'P169002',
    })
  })
})

describe('refresh token of Keycloak', () => {
  const part = (value: Json) => Buffer.from(JSON.stringify(value)).toString('base64url')
  let told = 0
  const tokenOf = (sid: string) => {
    told += 1
    const claims = { iss: issuer, typ: 'Refresh', azp: 'web', sid, jti: String(told) }
    const signed = `${part({ alg: 'HS256' })}.${part(claims)}`
    return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`
  }
  const importSession = async (sid: string) => {
    const former = { format: 'keycloak', identifier: JSON.stringify(['Refresh', sid, 'web']) }
    const { body } = await send({ former, expiresAt: service.system.clock() + 3_600_000 })
    expect(body).toMatchObject({ imported: 1 })
  }

  it('is used by one of many concurrent requests, and begins a family of its own', async () => {
    await importSession('one')
    const [token, other] = [tokenOf('one'), tokenOf('one')]
    const answers = await Promise.all(Array.from({ length: 10 }, () => refresh(token)))
    const done = answers.filter(({ action }) => action === 'OK')
    expect(done).toHaveLength(1)
    service.system.clock.advance(5_000)
    expect(await refresh(token)).toMatchObject({ resultCode: 'P021005' })
    expect(await refresh(done[0]?.refreshToken)).toMatchObject({ resultCode: 'P021002' })
    expect(await refresh(other)).toMatchObject({ action: 'OK' })
  })

  it('ends with its session at the revocation endpoint, unless it was used', async () => {
    await importSession('two')
    const [used, next] = [tokenOf('two'), tokenOf('two')]
    const { refreshToken } = await refresh(used)
    const revoke = (token: string) =>
      service.api('/auth/revocation', { parameters: form({ token }), ...credentials() })
    expect(await revoke(used)).toMatchObject({ action: 'OK' })
    expect(await refresh(refreshToken)).toMatchObject({ resultCode: 'P021002' })
    expect(await revoke(next)).toMatchObject({ action: 'OK' })
    expect(await refresh(next)).toMatchObject({ resultCode: 'P169002' })
    expect(await refresh(tokenOf('two'))).toMatchObject({ resultCode: 'P169002' })
  })

  it('is refused without a server error, whatever its text is', async () => {
    const jwt = (header: unknown, claims: unknown, more = '') => {
      const signed = `${part(header as Json)}.${typeof claims === 'string' ? claims : part(claims as Json)}`
      const signature = createHmac('sha256', secret).update(signed).digest('base64url')
      return `${signed}.${signature}${more}`
    }
    const claims = { iss: issuer, typ: 'Refresh', azp: 'web', sid: 'four' }
    const deep = `${'['.repeat(8_000)}${']'.repeat(8_000)}`
    const hostile = [
      ...['', '.', '..', 'ory_rt_', 'ory_rt_.', `ory_rt_a.${'='.repeat(43)}`, '\u0000', '{}', 'é'],
      'x'.repeat(30_000),
      `ory_rt_${'r'.repeat(30_000)}.${'s'.repeat(43)}`,
      jwt({ alg: 'none' }, claims),
      jwt({ alg: 'RS256' }, claims),
      jwt({ alg: 'HS256', crit: ['b64'], b64: false }, claims),
      jwt({ alg: 'HS256' }, claims, '='),
      jwt({ alg: 'HS256' }, Buffer.from(deep).toString('base64url')),
      jwt({ alg: 'HS256' }, { ...claims, sid: { $ne: null } }),
      jwt({ alg: 'HS256' }, { ...claims, sid: 's'.repeat(10_000) }),
      jwt({ alg: 'HS256' }, { ...claims, azp: ['web'] }),
      jwt({ alg: 'HS256' }, { ...claims, exp: '1e400' }),
      jwt({ alg: 'HS256' }, { ...claims, exp: {} }),
      jwt({ alg: 'HS256' }, null),
    ]
    for (const token of hostile) {
      const answer = await refresh(token)
      expect([token.slice(0, 40), answer.action]).toEqual([token.slice(0, 40), 'BAD_REQUEST'])
    }
  })

  it('is no longer taken when its key is gone from the key set', async () => {
    await importSession('three')
    const without = JSON.stringify({ keys: [JSON.parse(jwks).keys[0]] })
    await service.configure({ jwks: without, attributes: [] })
    expect(await refresh(tokenOf('three'))).toMatchObject({ resultCode: 'P021002' })
    await service.configure({})
    expect(await refresh(tokenOf('three'))).toMatchObject({ action: 'OK' })
  })
})

describe('import of tokens of a former system', () => {
  const expiresAt = Date.UTC(2100, 0)
  const entry = (format: string) => ({ former: { format, identifier: 'an-identifier' }, expiresAt })

  it('refuses a format that the service does not name', async () => {
    const { status, body } = await send(entry('sha-384'))
    expect([status, body.resultCode]).toEqual([400, 'P169003'])
  })

  it.each([
    ['sha-512', `${'d'.repeat(86)}==`],
    ['hydra', `ory_rt_${'r'.repeat(43)}.${'s'.repeat(43)}`],
    ['keycloak', '["Refresh", "sid", "web"]'],
    ['keycloak', '["Bearer","sid","web"]'],
  ])('refuses an identifier that no token of %s has', async (format, identifier) => {
    const { status, body } = await send({ former: { format, identifier }, expiresAt })
    expect([status, body.resultCode]).toEqual([400, 'P169005'])
  })

  it.each([
    ['neither a hash nor a former identifier', { expiresAt }],
    ['both', { ...entry('sha-512'), hash: 'h'.repeat(43) }],
    ['an unknown format', entry('md5')],
  ])('refuses %s', async (_what, refreshToken) => {
    expect((await send(refreshToken)).status).toBe(400)
  })
})

describe('ext.formerTokens', () => {
  const saved = (value: unknown) =>
    service.call('POST', '/api/service/create', {
      serviceName: 'former',
      issuer: 'https://former.example',
      jwks,
      attributes: attributes(value),
    })

  it.each([
    ['no JSON', 'sha-512'],
    ['no list', { format: 'sha-512' }],
    ['an unknown format', [{ format: 'md5' }]],
    ['no keys', [{ format: 'hydra' }]],
    ['no issuer', [{ format: 'keycloak', keys: ['hydra-1'] }]],
    ['an empty list of keys', [{ format: 'hydra', keys: [] }]],
    ['a key that jwks lacks', [{ format: 'hydra', keys: ['hydra-2'] }]],
    ['a key that is not symmetric', [{ format: 'hydra', keys: [serviceKeys[0]?.kid] }]],
    ['an unknown member', [{ format: 'sha-512', salt: 'x' }]],
  ])('refuses %s', async (_what, value) => {
    const { status, body } = await saved(value)
    expect(status).toBe(400)
    expect(body.resultMessage).toContain('ext.formerTokens')
  })

  it('is shown with names of keys, and published without them', async () => {
    const { status, body } = await saved(formats)
    expect(status).toBe(200)
    const published = await service.call('GET', `/api/${body.apiKey}/service/jwks/get`)
    expect(published.status).toBe(200)
    expect(published.text).toContain(String(serviceKeys[0]?.kid))
    expect(published.text).not.toContain(secret.toString('base64url'))
  })
})
