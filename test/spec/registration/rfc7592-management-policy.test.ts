/** The policy of a service for the management of registrations, RFC 7592: attributes `ext.dcr.*`. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createService, issuer, redirectUri, type TestService } from '../../support/flows.ts'
import type { Json } from '../../support/server.ts'

const settings = {
  dynamicRegistrationSupported: true,
  registrationEndpoint: `${issuer}/register`,
  unauthorizedOnClientConfigSupported: true,
}
const good = { client_name: 'App', redirect_uris: [redirectUri] }

let plain: TestService
beforeAll(async () => {
  plain = await createService(settings)
})
afterAll(() => plain.close())

/** A service with the given attributes, without their prefix `ext.dcr.`. */
const serviceWith = (attributes: Record<string, string>) => {
  const pairs = Object.entries(attributes).map(([key, value]) => ({ key: `ext.dcr.${key}`, value }))
  return createService({ ...settings, attributes: pairs }, plain)
}

const bodyOf = ({ responseContent }: Json): Json => JSON.parse(responseContent)
const register = async (at: TestService, metadata: Json = good): Promise<Json> => {
  const answer = await at.api('/client/registration', { json: JSON.stringify(metadata) })
  expect(answer.action, answer.responseContent).toBe('CREATED')
  return bodyOf(answer)
}

/** The members of a call by the client with its registration access token. */
const byToken = ({ client_id, registration_access_token }: Json) => ({
  ...{ clientId: client_id, token: registration_access_token },
})
const read = (at: TestService, presents: Json) => at.api('/client/registration/get', presents)
const update = (at: TestService, presents: Json, metadata: Json = good) =>
  at.api('/client/registration/update', { ...presents, json: JSON.stringify(metadata) })
const remove = (at: TestService, presents: Json) => at.api('/client/registration/delete', presents)

const expectError = (answer: Json, error: string, resultCode: string, action = 'UNAUTHORIZED') =>
  expect({
    action: answer.action,
    resultCode: answer.resultCode,
    error: bodyOf(answer).error,
  }).toEqual({ action, resultCode, error })
const expectUnknownToken = (answer: Json) => expectError(answer, 'invalid_token', 'P085001')

describe('ext.dcr.rat.ttl', () => {
  it('limits the lifetime of the registration access token (RFC 7592 §3)', async () => {
    const at = await serviceWith({ 'rat.ttl': '60' })
    const presents = byToken(await register(at))
    at.system.clock.advance(58_000)
    expect((await update(at, presents)).action).toBe('UPDATED')
    at.system.clock.advance(2_000)
    for (const call of [read, update, remove]) expectUnknownToken(await call(at, presents))
  })

  it('cannot be extended by the client', async () => {
    const at = await serviceWith({ 'rat.ttl': '60' })
    const { clientId, token } = byToken(await register(at))
    const later = `${token.split('~')[0]}~9999999999`
    for (const other of [later, token.split('~')[0]]) {
      expectUnknownToken(await read(at, { clientId, token: other }))
    }
    expect((await read(at, { clientId, token })).action).toBe('OK')
  })

  it('does not limit it without the attribute, nor that of clients registered before', async () => {
    const at = await createService(settings, plain)
    const presents = byToken(await register(at))
    await at.configure({ attributes: [{ key: 'ext.dcr.rat.ttl', value: '60' }] })
    at.system.clock.advance(300 * 86_400_000)
    expect((await read(at, presents)).action).toBe('OK')
  })
})

describe('ext.dcr.rat.rotate_on_use', () => {
  it('replaces the token at each use, and refuses the former one (RFC 7592 §3)', async () => {
    const at = await serviceWith({ 'rat.rotate_on_use': 'true' })
    const first = await register(at)
    const second = await update(at, byToken(first), { ...good, client_name: 'Renamed' })
    expect(second.action).toBe('UPDATED')
    for (const call of [read, update, remove]) expectUnknownToken(await call(at, byToken(first)))
    const third = await read(at, byToken(bodyOf(second)))
    expect(third).toMatchObject({ action: 'OK', client: { clientName: 'Renamed' } })
    expectUnknownToken(await read(at, byToken(bodyOf(second))))
    expect(bodyOf(third).client_secret).toBe(first.client_secret)
    expect((await remove(at, byToken(bodyOf(third)))).action).toBe('DELETED')
  })

  it.each([
    ['updates', update],
    ['reads', read],
  ])('lets one of concurrent %s with one token succeed', async (_what, call) => {
    const at = await serviceWith({ 'rat.rotate_on_use': 'true' })
    const presents = byToken(await register(at))
    const answers = await Promise.all(Array.from({ length: 8 }, () => call(at, presents)))
    const [won, ...others] = answers.filter(({ action }) => action !== 'UNAUTHORIZED')
    expect(others).toEqual([])
    expect((await read(at, byToken(bodyOf(won as Json)))).action).toBe('OK')
  })

  it('starts the lifetime of the new token', async () => {
    const at = await serviceWith({ 'rat.rotate_on_use': 'true', 'rat.ttl': '60' })
    const first = await register(at)
    at.system.clock.advance(50_000)
    const second = bodyOf(await update(at, byToken(first)))
    at.system.clock.advance(50_000)
    expect((await read(at, byToken(second))).action).toBe('OK')
  })

  it('counts as use of the client, which can still expire', async () => {
    const at = await serviceWith({ 'rat.rotate_on_use': 'true' })
    const first = await register(at)
    await read(at, byToken(first))
    const row = await at.store.clients.find(at.serviceId, Number(first.client_id))
    expect(row?.expiresAt).toBe(at.system.clock() + 365 * 86_400_000)
  })

  it('keeps the token after a refused update', async () => {
    const at = await serviceWith({ 'rat.rotate_on_use': 'true' })
    const presents = byToken(await register(at))
    expect((await update(at, presents, { redirect_uris: ['x'] })).action).toBe('BAD_REQUEST')
    expect((await read(at, presents)).action).toBe('OK')
  })

  it('keeps the token without the attribute', async () => {
    const presents = byToken(await register(plain))
    expect(bodyOf(await update(plain, presents)).registration_access_token).toBe(presents.token)
    expect(bodyOf(await read(plain, presents)).registration_access_token).toBe(presents.token)
  })
})

describe('ext.dcr.secret_settable', () => {
  const strong = 'a-new-secret-of-the-client-0123456789'

  it('lets a client replace its secret by an update (RFC 7592 §2.2)', async () => {
    const at = await serviceWith({ secret_settable: 'true' })
    const client = await register(at, { ...good, grant_types: ['client_credentials'] })
    const { grant_types } = client
    const changed = { grant_types, client_secret: strong }
    const answer = await update(at, byToken(client), changed)
    expect(bodyOf(answer).client_secret).toBe(strong)
    expect(bodyOf(await read(at, byToken(client))).client_secret).toBe(strong)
    const ask = (clientSecret: string) =>
      at.api('/auth/token', {
        ...{
          parameters: 'grant_type=client_credentials',
          clientId: client.client_id,
          clientSecret,
        },
      })
    expect((await ask(strong)).action).toBe('OK')
    expect((await ask(client.client_secret)).action).toBe('INVALID_CLIENT')
    const kept = await update(at, byToken(client), { grant_types })
    expect(bodyOf(kept).client_secret).toBe(strong)
  })

  it.each<[string, unknown, Json]>([
    ['short', 'a-short-secret', {}],
    ['long', strong.repeat(3), {}],
    ['with a space', `${strong} ${strong}`, {}],
    ['of few different characters', 'abcd'.repeat(10), {}],
    ['that is no string', { length: 40 }, {}],
    ['too short for HS512 (RFC 7518 §3.2)', strong, { id_token_signed_response_alg: 'HS512' }],
    ['too short for HS384 (RFC 7518 §3.2)', strong, { userinfo_signed_response_alg: 'HS384' }],
  ])('refuses a secret that is weak: %s', async (_what, client_secret, more) => {
    const at = await serviceWith({ secret_settable: 'true' })
    const client = await register(at, { ...good, ...more })
    const answer = await update(at, byToken(client), { ...good, ...more, client_secret })
    expectError(answer, 'invalid_client_metadata', 'P086003', 'BAD_REQUEST')
    expect(bodyOf(await read(at, byToken(client))).client_secret).toBe(client.client_secret)
  })

  it('keeps the secret without the attribute', async () => {
    const client = await register(plain)
    const answer = await update(plain, byToken(client), { ...good, client_secret: strong })
    expectError(answer, 'invalid_client_metadata', 'P086002', 'BAD_REQUEST')
  })
})

describe('ext.dcr.client_auth', () => {
  const bySecret = ({ client_id, client_secret }: Json) => ({
    ...{ clientId: client_id, clientSecret: client_secret },
  })
  const calls = [read, update, remove]
  const expectRefused = (answer: Json) => expectError(answer, 'invalid_client', 'P085002')
  const secretPost = { ...good, token_endpoint_auth_method: 'client_secret_post' }

  it('lets a client manage its registration with its secret (RFC 6749 §2.3.1)', async () => {
    const at = await serviceWith({ client_auth: 'client_secret_basic' })
    const client = await register(at)
    const answer = await read(at, bySecret(client))
    expect(answer.action).toBe('OK')
    // The token is stored as a hash only, so the response cannot contain it.
    expect(bodyOf(answer)).not.toHaveProperty('registration_access_token')
    const renamed = { ...good, client_name: 'Renamed' }
    expect(bodyOf(await update(at, bySecret(client), renamed)).client_name).toBe('Renamed')
    expect((await read(at, byToken(client))).action).toBe('OK')
    expect((await remove(at, bySecret(client))).action).toBe('DELETED')
  })

  it('accepts the listed methods only', async () => {
    const at = await serviceWith({ client_auth: 'client_secret_basic' })
    const client = await register(at, secretPost)
    for (const call of calls) expectRefused(await call(at, bySecret(client)))
    const both = await serviceWith({ client_auth: 'client_secret_basic client_secret_post' })
    expect((await read(both, bySecret(await register(both, secretPost)))).action).toBe('OK')
  })

  it('refuses wrong secrets, locked clients, and clients of the caller', async () => {
    const at = await serviceWith({ client_auth: 'client_secret_basic' })
    const client = await register(at)
    const own = await at.client()
    const wrong = [
      { ...bySecret(client), clientSecret: 'wrong' },
      { ...bySecret(client), clientId: '1' },
      { clientId: String(own.clientId), clientSecret: own.clientSecret },
    ]
    for (const presents of wrong) {
      for (const call of calls) expectRefused(await call(at, presents))
    }
    // A token is checked alone, and a secret does not help a wrong one.
    expectUnknownToken(await read(at, { ...bySecret(client), token: 'wrong' }))
    await at.api(`/client/lock_flag/update/${client.client_id}`, { clientLocked: true })
    expectRefused(await read(at, bySecret(client)))
  })

  it('is named in the challenge of a 401, with the scheme that was used (RFC 9110 §11.6.1)', async () => {
    const at = await serviceWith({ client_auth: 'client_secret_basic' })
    const { client_id: clientId } = await register(at)
    const challengeOf = async (service: TestService, presents: Json) => {
      const headers = { Prefer: 'relay' }
      const answer = await service.api('/client/registration/get', presents, headers)
      expect(answer.relay.headers['WWW-Authenticate']).toBe(answer.wwwAuthenticate)
      return answer.wwwAuthenticate
    }
    const basic = 'Basic realm="registration"'
    expect(await challengeOf(at, { clientId, clientSecret: 'wrong' })).toBe(basic)
    const both = await challengeOf(at, { clientId, token: 'wrong' })
    expect(both).toMatch(/^Bearer error="invalid_token",.*, Basic realm="registration"$/)
    const bearer = await challengeOf(plain, { clientId, token: 'wrong' })
    expect(bearer).toMatch(/^Bearer error="invalid_token"/)
    expect(bearer).not.toContain('Basic')
  })

  it('throttles wrong secrets', async () => {
    const at = await serviceWith({ client_auth: 'client_secret_basic' })
    const { client_id: clientId } = await register(at)
    const guess = () => read(at, { clientId, clientSecret: 'wrong' })
    for (let times = 0; times < 20; times++) expectRefused(await guess())
    expectError(await guess(), 'invalid_client', 'P077001')
  })

  it('is required for a secret in place of the token', async () => {
    const client = await register(plain)
    for (const call of calls) expectUnknownToken(await call(plain, bySecret(client)))
  })
})
