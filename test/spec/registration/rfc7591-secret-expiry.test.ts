/** Client secrets that expire, RFC 7591 §3.2.1: the attribute `ext.dcr.secret_days`. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createService, form, issuer, redirectUri, type TestService } from '../../support/flows.ts'
import type { Json } from '../../support/server.ts'
import { assertionFor } from '../../support/signing-client.ts'

const day = 86_400_000
const settings = {
  dynamicRegistrationSupported: true,
  registrationEndpoint: `${issuer}/register`,
  unauthorizedOnClientConfigSupported: true,
}
const pairs = (...attributes: [string, string][]) => ({
  attributes: attributes.map(([key, value]) => ({ key, value })),
})
const thirtyDays = ['ext.dcr.secret_days', '30'] as [string, string]
const metadata = { redirect_uris: [redirectUri], grant_types: ['client_credentials'] }

let service: TestService
beforeAll(async () => {
  service = await createService({ ...settings, ...pairs(thirtyDays) })
})
afterAll(() => service.close())

const bodyOf = ({ responseContent }: Json): Json => JSON.parse(responseContent)
const register = async (at: TestService = service, more: Json = {}): Promise<Json> => {
  const answer = await at.api('/client/registration', {
    json: JSON.stringify({ ...metadata, ...more }),
  })
  expect(answer.action, answer.responseContent).toBe('CREATED')
  return bodyOf(answer)
}
const byToken = ({ client_id, registration_access_token }: Json) => ({
  ...{ clientId: client_id, token: registration_access_token },
})
const update = async (client: Json, at: TestService = service) =>
  bodyOf(
    await at.api('/client/registration/update', {
      ...byToken(client),
      json: JSON.stringify(metadata),
    }),
  )
const ask = async ({ client_id: clientId, client_secret: clientSecret }: Json, at = service) => {
  const parameters = form({ grant_type: 'client_credentials', scope: 'read' })
  const { action, resultCode } = await at.api('/auth/token', { parameters, clientId, clientSecret })
  return action === 'OK' ? action : resultCode
}
const shown = ({ client_id }: Json, at = service): Promise<Json> =>
  at.get(`/api/${at.serviceId}/client/get/${client_id}`)
const secondsIn = (days: number) => Math.floor((service.system.clock() + days * day) / 1000)

describe('ext.dcr.secret_days', () => {
  it('lets the secret of a client that registered itself expire, and tells it', async () => {
    const client = await register()
    expect(client.client_secret_expires_at).toBe(secondsIn(30))
    const read = await service.api('/client/registration/get', byToken(client))
    expect(bodyOf(read).client_secret_expires_at).toBe(client.client_secret_expires_at)
    expect((await shown(client)).clientSecretExpiresAt).toBe(service.system.clock() + 30 * day)
    service.system.clock.advance(30 * day - 1)
    expect(await ask(client)).toBe('OK')
    service.system.clock.advance(1)
    expect(await ask(client)).toBe('P100001')
    expect(await ask({ ...client, client_secret: 'wrong' })).toBe('P010005')
  })

  it('refuses an expired secret without counting it as a guess', async () => {
    const client = await register()
    service.system.clock.advance(30 * day)
    const outcomes = await Promise.all(Array.from({ length: 25 }, () => ask(client)))
    expect(new Set(outcomes)).toEqual(new Set(['P100001']))
    const { client_id: clientId, client_secret: clientSecret } = client
    const parameters = form({ grant_type: 'client_credentials' })
    const refused = await service.api('/auth/token', { parameters, clientId, clientSecret })
    expect(refused.action).toBe('INVALID_CLIENT')
    expect(bodyOf(refused).error).toBe('invalid_client')
  })

  it('refuses an assertion with an expired secret (OIDC Core §9)', async () => {
    const client = await register(service, { token_endpoint_auth_method: 'client_secret_jwt' })
    const sign = async () => {
      const k = Buffer.from(client.client_secret).toString('base64url')
      const signed = { key: { kty: 'oct', k }, header: { alg: 'HS256' } }
      const by = { clientId: client.client_id }
      const assertion = await assertionFor(service, by, {}, signed)
      const parameters = form({ grant_type: 'client_credentials', ...assertion })
      const { action, resultCode } = await service.api('/auth/token', { parameters })
      return action === 'OK' ? action : resultCode
    }
    expect(await sign()).toBe('OK')
    service.system.clock.advance(30 * day)
    expect(await sign()).toBe('P100001')
  })

  it('gives a client a new secret when it updates itself after the expiry (RFC 7592 §2.2)', async () => {
    const client = await register()
    expect((await update(client)).client_secret).toBe(client.client_secret)
    service.system.clock.advance(30 * day)
    const updated = await update(client)
    expect(updated.client_secret).not.toBe(client.client_secret)
    expect(updated.client_secret_expires_at).toBe(secondsIn(30))
    expect(await ask({ ...client, ...updated })).toBe('OK')
    expect(await ask(client)).toBe('P010005')
  })

  it('does not let a client manage its registration with an expired secret (RFC 7592 §3)', async () => {
    const byBasic: [string, string] = ['ext.dcr.client_auth', 'client_secret_basic']
    const at = await createService({ ...settings, ...pairs(thirtyDays, byBasic) }, service)
    const { client_id: clientId, client_secret: clientSecret } = await register(at)
    const read = () => at.api('/client/registration/get', { clientId, clientSecret })
    expect((await read()).action).toBe('OK')
    at.system.clock.advance(30 * day)
    expect(await read()).toMatchObject({ action: 'UNAUTHORIZED', resultCode: 'P085002' })
  })

  it('applies to a secret that the caller sets, and ends a grace period', async () => {
    const client = await register()
    service.system.clock.advance(20 * day)
    const path = `/api/${service.serviceId}/client/secret/refresh/${client.client_id}`
    const refreshed = await service.get(`${path}?graceSeconds=${20 * 86_400}`)
    const now = service.system.clock()
    expect(refreshed).toMatchObject({
      clientSecretExpiresAt: now + 30 * day,
      rotatedClientSecretExpiresAt: now + 10 * day,
    })
    service.system.clock.advance(10 * day)
    expect(await ask(client)).toBe('P010005')
    expect(await ask({ ...client, client_secret: refreshed.newClientSecret })).toBe('OK')
  })

  it('applies to hashed secrets', async () => {
    const hashed: [string, string] = ['ext.client_secret.storage', 'hashed']
    const at = await createService({ ...settings, ...pairs(thirtyDays, hashed) }, service)
    const client = await register(at)
    expect(client.client_secret_expires_at).toBe(secondsIn(30))
    at.system.clock.advance(30 * day)
    expect(await ask(client, at)).toBe('P100001')
    const updated = await update(client, at)
    expect(await ask({ ...client, ...updated }, at)).toBe('OK')
  })

  it('does not apply to clients of the caller, or to those that registered before', async () => {
    const plain = await createService(settings, service)
    const before = await register(plain)
    expect(before.client_secret_expires_at).toBe(0)
    await plain.configure(pairs(thirtyDays))
    const made = await plain.client()
    plain.system.clock.advance(3_650 * day)
    expect(await ask(before, plain)).toBe('OK')
    expect(await shown(before, plain)).not.toHaveProperty('clientSecretExpiresAt')
    const own = { client_id: String(made.clientId), client_secret: made.clientSecret }
    expect(await ask(own, plain)).toBe('OK')
    expect(made).not.toHaveProperty('clientSecretExpiresAt')
  })
})
