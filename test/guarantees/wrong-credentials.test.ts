/** Guesses of credentials are counted and throttled, and never lock out the owner. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createMetrics } from '../../src/process/metrics/metrics.ts'
import { createService, form, type TestService } from '../support/flows.ts'
import type { Json } from '../support/server.ts'

const metrics = createMetrics(new Map())
let service: TestService
let client: Json
beforeAll(async () => {
  service = await createService({
    dynamicRegistrationSupported: true,
    registrationEndpoint: 'https://as.example.com/register',
    unauthorizedOnClientConfigSupported: true,
  })
})
beforeEach(async () => {
  service.system.clock.advance(60_001)
  client = await service.client()
})
afterAll(() => service.close())

const ask = (clientSecret: string, address?: string, of: Json = client): Promise<Json> =>
  service.api(
    '/auth/token',
    { parameters: 'grant_type=client_credentials', clientId: String(of.clientId), clientSecret },
    address === undefined ? {} : { 'X-Client-Address': address },
  )
const times = (count: number) => Array.from({ length: count }, (_, index) => index)

describe('wrong client secrets (RFC 6749 §2.3.1)', () => {
  it('are throttled after 20 in a minute, while the right one is accepted', async () => {
    for (const index of times(20)) {
      expect(await ask(`wrong-${index}`)).toMatchObject({ resultCode: 'P010005' })
    }
    const throttled = await ask('wrong')
    expect(throttled).toMatchObject({ action: 'INVALID_CLIENT', resultCode: 'P077001' })
    expect(throttled.responseContent).toContain('try again in a minute')
    expect(await ask(client.clientSecret)).toMatchObject({ action: 'OK' })
    expect(await ask('wrong', undefined, await service.client())).toMatchObject({
      resultCode: 'P010005',
    })
    service.system.clock.advance(60_001)
    expect(await ask('wrong')).toMatchObject({ resultCode: 'P010005' })
  })

  it('are counted if they are concurrent, in the body, or used for an HMAC', async () => {
    const post = await service.client({ tokenAuthMethod: 'CLIENT_SECRET_POST' })
    const inBody = () =>
      service.api('/auth/token', {
        parameters: form({
          grant_type: 'client_credentials',
          client_id: String(post.clientId),
          client_secret: 'wrong',
        }),
      })
    const answers = await Promise.all(times(40).map(inBody))
    const codes = answers.map(({ resultCode }) => resultCode)
    expect(codes.filter((code) => code === 'P077001')).toHaveLength(20)
    const signing = await service.client({ tokenAuthMethod: 'CLIENT_SECRET_JWT' })
    const { SignJWT } = await import('jose')
    const seconds = Math.floor(service.system.clock() / 1000)
    const wrong = new TextEncoder().encode('w'.repeat(64))
    const assertion = await new SignJWT({ jti: 'x', exp: seconds + 60 })
      .setProtectedHeader({ alg: 'HS256' })
      .setIssuer(String(signing.clientId))
      .setSubject(String(signing.clientId))
      .setAudience('https://as.example.com')
      .sign(wrong)
    const parameters = form({
      grant_type: 'client_credentials',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: assertion,
    })
    for (const _ of times(20)) await service.api('/auth/token', { parameters })
    expect(await service.api('/auth/token', { parameters })).toMatchObject({
      resultCode: 'P077001',
    })
  })

  it('are throttled for the whole service after 200 in a minute', async () => {
    const many = await Promise.all(times(11).map(() => service.client()))
    for (const each of many) for (const _ of times(19)) await ask('wrong', undefined, each)
    const other = await service.client()
    expect(await ask('wrong', undefined, other)).toMatchObject({ resultCode: 'P077001' })
    expect(await ask(other.clientSecret, undefined, other)).toMatchObject({ action: 'OK' })
  })

  it('block the comparison for their IP address only', async () => {
    const attacker = '203.0.113.7'
    for (const index of times(20)) await ask(`wrong-${index}`, attacker)
    expect(await ask(client.clientSecret, attacker)).toMatchObject({ resultCode: 'P077001' })
    for (const address of ['203.0.113.8', undefined, 'no address']) {
      expect(await ask(client.clientSecret, address)).toMatchObject({ action: 'OK' })
    }
    const other = await service.client()
    expect(await ask(other.clientSecret, attacker, other)).toMatchObject({ action: 'OK' })
    service.system.clock.advance(60_001)
    expect(await ask(client.clientSecret, attacker)).toMatchObject({ action: 'OK' })
  })

  it('are counted together within an IPv6 network of 64 bits', async () => {
    for (const index of times(20)) await ask('wrong', `2001:db8:1:2::${index.toString(16)}`)
    expect(await ask(client.clientSecret, '2001:db8:1:2:ffff::1')).toMatchObject({
      resultCode: 'P077001',
    })
    expect(await ask(client.clientSecret, '2001:db8:1:3::1')).toMatchObject({ action: 'OK' })
  })

  it('are counted for the IPv4 address of an IPv4-mapped one (RFC 4291 §2.5.5.2)', async () => {
    for (const index of times(20)) await ask(`wrong-${index}`, '::ffff:203.0.113.7')
    expect(await ask(client.clientSecret, '203.0.113.7')).toMatchObject({ resultCode: 'P077001' })
    const neighbour = '::ffff:203.0.113.8'
    expect(await ask(client.clientSecret, neighbour)).toMatchObject({ action: 'OK' })
  })
})

describe('wrong registration access tokens (RFC 7592 §3)', () => {
  it('are throttled per client, while the right one is accepted', async () => {
    const json = JSON.stringify({ redirect_uris: ['https://app.example.com/'] })
    const { responseContent } = await service.api('/client/registration', { json })
    const { client_id, registration_access_token } = JSON.parse(responseContent)
    const read = (token: string) =>
      service.api('/client/registration/get', { clientId: String(client_id), token })
    for (const _ of times(20)) await read('wrong')
    expect(await read('wrong')).toMatchObject({ action: 'UNAUTHORIZED', resultCode: 'P077002' })
    expect(await read(registration_access_token)).toMatchObject({ action: 'OK' })
  })
})

describe('wrong API tokens', () => {
  it('are throttled after 100 in a minute, while the right one is accepted', async () => {
    const path = `/api/${service.serviceId}/service/get`
    const get = (token: string) => service.call('GET', path, undefined, { token })
    for (const _ of times(100)) {
      expect((await get('wrong')).body).toMatchObject({ resultCode: 'P000102' })
    }
    expect(await get('wrong')).toMatchObject({ status: 401, body: { resultCode: 'P077003' } })
    expect((await get(service.adminToken)).status).toBe(200)
  })
})

describe('metric of wrong credentials', () => {
  it('counts them by kind, and throttled ones separately', async () => {
    const text = await metrics.text()
    for (const kind of ['client_secret', 'registration_access_token', 'api_token']) {
      for (const throttled of ['true', 'false']) {
        const series = `postern_wrong_credentials_total{kind="${kind}",throttled="${throttled}"}`
        expect(text).toContain(series)
      }
    }
  })
})
