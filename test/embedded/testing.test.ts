/** `postern/testing`: settings, flows and ordered refusals for the tests of others. */
import { afterEach, describe, expect, it, test } from 'vitest'
import {
  createPostern,
  type Postern,
  PosternApiError,
  type PosternOptions,
} from '../../src/index.ts'
import {
  clients,
  dpopProof,
  flows,
  issueToken,
  keys,
  posternFixture,
  provision,
  refuseNext,
  seeded,
  services,
} from '../../src/testing/index.ts'
import { certificate } from '../support/certificates.ts'
import { computed } from '../support/pace.ts'

const day = 86_400_000
const opened: Postern[] = []
async function open(options?: PosternOptions): Promise<Postern> {
  const postern = await createPostern(options)
  opened.push(postern)
  return postern
}
afterEach(async () => {
  for (const postern of opened.splice(0)) await postern.close()
})

const introspect = async ({ api }: Postern, serviceId: number, token: string) =>
  (await api.post(`${serviceId}/auth/introspection`, { token }))['action']

describe('flows.code', () => {
  it.each([
    ['confidential', clients.confidential()],
    ['public', clients.public()],
  ])('gets tokens for a %s client', async (_, client) => {
    const postern = await open()
    const made = await provision(postern, services.openid(), client)
    const tokens = await flows.code(postern, made, { scope: 'openid read', subject: 'bob' })
    expect(tokens).toEqual({
      accessToken: expect.any(String),
      refreshToken: expect.any(String),
      idToken: expect.stringMatching(/^ey/),
    })
    const shown = await postern.api.post(`${made.serviceId}/auth/introspection`, {
      token: tokens.accessToken,
    })
    expect(shown).toMatchObject({ subject: 'bob', scopes: ['openid', 'read'] })
  })

  it('gets bound tokens under FAPI 2.0 by a pushed request, a client assertion and DPoP', async () => {
    const postern = await open()
    const key = keys.es256()
    const made = await provision(postern, services.fapi2(), clients.withKey(key))
    expect(made).not.toHaveProperty('clientSecret')
    const { accessToken, idToken } = await flows.code(postern, made, { scope: 'openid read' })
    expect(idToken).toMatch(/^ey/)
    const htu = 'https://api.example.com/accounts'
    const show = async (more: object) =>
      postern.api.post(`${made.serviceId}/auth/introspection`, { token: accessToken, ...more })
    expect(await show({})).toMatchObject({ action: 'UNAUTHORIZED' })
    const dpop = dpopProof(postern, key, { htm: 'GET', htu, accessToken })
    expect(await show({ dpop, htm: 'GET', htu })).toMatchObject({ action: 'OK', subject: 'alice' })
    const other = dpopProof(postern, keys.es256(), { htm: 'GET', htu, accessToken })
    expect(await show({ dpop: other, htm: 'GET', htu })).toMatchObject({ action: 'UNAUTHORIZED' })
  })

  it('gets tokens that are bound to a certificate under FAPI 2.0 (RFC 8705 §3)', async () => {
    const postern = await open()
    const bound = { tlsClientCertificateBoundAccessTokens: true }
    const client = clients.withKey(keys.es256(), bound)
    const made = await provision(postern, services.fapi2(bound), client)
    const [mine, theirs] = [certificate().pem, certificate().pem]
    const { accessToken } = await flows.code(postern, made, { certificate: mine })
    const show = async (clientCertificate: string) =>
      (
        await postern.api.post(`${made.serviceId}/auth/introspection`, {
          ...{ token: accessToken, clientCertificate },
        })
      )['action']
    expect([await show(mine), await show(theirs)]).toEqual(['OK', 'UNAUTHORIZED'])
  })

  it('pushes and binds without a profile, if a test wants it', async () => {
    const postern = await open()
    const made = await provision(postern, services.openid(), clients.withKey(keys.es256()))
    const plain = await flows.code(postern, made)
    expect(await introspect(postern, made.serviceId, plain.accessToken)).toBe('OK')
    const { accessToken } = await flows.code(postern, made, { pushed: true, dpop: true })
    expect(await introspect(postern, made.serviceId, accessToken)).toBe('UNAUTHORIZED')
    const without = await provision(postern)
    await expect(flows.code(postern, without, { dpop: true })).rejects.toThrow('clients.withKey')
  })

  it('fails with the response of the step that fails', async () => {
    const postern = await open()
    const made = await provision(postern)
    refuseNext(postern, 'P004003', 'auth_authorization_api')
    await expect(flows.code(postern, made)).rejects.toThrow(/not BAD_REQUEST/)
    expect(await flows.code(postern, made)).toHaveProperty('accessToken')
  })
})

describe('issueToken', () => {
  it('issues a token that expires when the clock says so, in less than 300 ms of work', async () => {
    const postern = await open()
    const spent = await computed(async () => {
      const made = await provision(postern)
      const options = { scopes: ['read'], expiresIn: 60, subject: 'alice' }
      const token = await issueToken(postern, made, options)
      expect(await introspect(postern, made.serviceId, token)).toBe('OK')
      postern.clock.advance(day)
      expect(await introspect(postern, made.serviceId, token)).toBe('UNAUTHORIZED')
    }, 300)
    expect(spent).toBeLessThan(300)
  })
})

describe('refuseNext', () => {
  it('refuses one call, with the response that the rule has, and changes nothing', async () => {
    const postern = await open()
    const made = await provision(postern)
    const token = await issueToken(postern, made)
    refuseNext(postern, 'P016001')
    const refused = await postern.api.post(`${made.serviceId}/auth/introspection`, { token })
    expect(refused).toMatchObject({ resultCode: 'P016001' })
    expect(await introspect(postern, made.serviceId, token)).toBe('OK')
  })

  it('refuses a call of the API by a rule with an HTTP status', async () => {
    const postern = await open()
    refuseNext(postern, 'P141001', 'service_create_api')
    const error = await postern.api.post('service/create').catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(PosternApiError)
    expect(error).toMatchObject({ status: 412, body: { resultCode: 'P141001' } })
    expect(await postern.api.post('service/create')).toHaveProperty('apiKey')
  })

  it('takes codes of refusals only, and one Postern at a time', async () => {
    const [postern, other] = [await open(), await open()]
    expect(() => refuseNext(postern, 'P999999')).toThrow(TypeError)
    expect(() => refuseNext(postern, 'P141901')).toThrow(TypeError)
    expect(() => refuseNext({} as Postern, 'P141001')).toThrow(TypeError)
    refuseNext(postern, 'P141001')
    expect(await other.api.post('service/create')).toHaveProperty('apiKey')
  })
})

describe('settings', () => {
  it('of services.fapi2 and clients.withKey break no rule of the profile', async () => {
    const { api } = await open()
    const { apiKey } = await api.post('service/create', services.fapi2())
    const body = { profiles: ['fapi2-security'] }
    const { conforms } = await api.post(`${apiKey}/service/lint`, body)
    const client = clients.withKey(keys.es256())
    const { clientId } = await api.post(`${apiKey}/client/create`, client)
    const report = await api.post(`${apiKey}/client/lint/${clientId}`, body)
    expect([conforms, report['conforms']]).toEqual([
      { 'fapi2-security': true },
      { 'fapi2-security': true },
    ])
  })
})

describe('seeded', () => {
  it('repeats identifiers and secrets, and differs by seed', async () => {
    const made = async (seed: string) => provision(await open({ random: seeded(seed) }))
    const [one, same, other] = [await made('a'), await made('a'), await made('b')]
    expect(same).toEqual(one)
    expect(other.clientSecret).not.toBe(one.clientSecret)
  })
})

const extended = test.extend<{ postern: Postern }>({ postern: posternFixture() })
describe('posternFixture', () => {
  extended('gives each test a Postern of its own', async ({ postern }) => {
    expect(await provision(postern)).toHaveProperty('clientId')
  })
})
