/** `createPostern`: Postern inside the process of a test, with its time and its outside world. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { afterEach, describe, expect, it } from 'vitest'
import {
  createPostern,
  type Postern,
  PosternApiError,
  type PosternOptions,
} from '../../src/index.ts'
import { computed } from '../support/pace.ts'
import { seededRandom } from '../support/system.ts'

const day = 24 * 60 * 60 * 1_000
const opened: Postern[] = []

async function open(options?: PosternOptions): Promise<Postern> {
  const postern = await createPostern(options)
  opened.push(postern)
  return postern
}
afterEach(async () => {
  for (const postern of opened.splice(0)) await postern.close()
})

interface Seeded {
  serviceId: string
  clientId: string
  clientSecret: string
}

async function seed({ api }: Postern, client: object = {}): Promise<Seeded> {
  const service = await api.post<{ apiKey: number }>('service/create', {
    serviceName: 'Embedded',
    issuer: 'https://as.example.com',
    tokenEndpoint: 'https://as.example.com/token',
    supportedGrantTypes: ['CLIENT_CREDENTIALS'],
    supportedTokenAuthMethods: ['CLIENT_SECRET_BASIC', 'PRIVATE_KEY_JWT'],
    accessTokenDuration: 3_600,
  })
  const serviceId = String(service.apiKey)
  const { clientId, clientSecret } = await api.post<{ clientId: number; clientSecret: string }>(
    `${serviceId}/client/create`,
    { clientType: 'CONFIDENTIAL', grantTypes: ['CLIENT_CREDENTIALS'], ...client },
  )
  return { serviceId, clientId: String(clientId), clientSecret }
}

const credentials = ({ clientId, clientSecret }: Seeded) => ({ clientId, clientSecret })

const requestToken = (
  { api }: Postern,
  serviceId: string,
  authentication: object,
  parameters = 'grant_type=client_credentials',
) =>
  api.post<{ action: string; accessToken: string; resultMessage: string }>(
    `${serviceId}/auth/token`,
    { parameters, ...authentication },
  )

const introspect = async ({ api }: Postern, serviceId: string, token: string) =>
  (await api.post(`${serviceId}/auth/introspection`, { token }))['action']

describe('createPostern', () => {
  it('issues a token that has expired after a day, in less than 300 ms of work', async () => {
    const postern = await open()
    const spent = await computed(async () => {
      const seeded = await seed(postern)
      const { action, accessToken } = await requestToken(
        postern,
        seeded.serviceId,
        credentials(seeded),
      )
      expect(action).toBe('OK')
      expect(await introspect(postern, seeded.serviceId, accessToken)).toBe('OK')
      const before = postern.clock()
      postern.clock.advance(day)
      expect(postern.clock() - before).toBeGreaterThanOrEqual(day)
      expect(await introspect(postern, seeded.serviceId, accessToken)).toBe('UNAUTHORIZED')
    }, 300)
    expect(spent).toBeLessThan(300)
  })

  it('answers requests without a socket, and on the loopback interface', async () => {
    const postern = await open()
    const { serviceId } = await seed(postern)
    const path = `/api/${serviceId}/service/configuration`
    const headers = { Authorization: `Bearer ${postern.api.token}` }
    const answer = await postern.fetch(new Request(`https://any.example${path}`, { headers }))
    const document = await answer.json()
    expect(document).toMatchObject({ issuer: 'https://as.example.com' })
    const { url } = await postern.listen()
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
    expect(await (await fetch(`${url}${path}`, { headers })).json()).toEqual(document)
    const unauthorized = await fetch(`${url}${path}`)
    expect(unauthorized.status).toBe(401)
    await unauthorized.text()
    await postern.close()
    await expect(fetch(`${url}${path}`)).rejects.toThrow('fetch failed')
    await expect(postern.listen()).rejects.toThrow('This Postern is closed.')
  })

  it('rejects a call that is answered with an error, with status and code', async () => {
    const { api } = await open()
    const error = await api.get('service/get/1').catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(PosternApiError)
    expect(error).toMatchObject({ status: 404, body: { resultCode: expect.any(String) } })
  })

  it('has a time that moves forward only, from the time of its option', async () => {
    const { clock } = await open({ clock: () => 1_000 })
    clock.advance(500)
    clock.advance(0)
    expect(clock()).toBe(1_500)
    for (const wrong of [-1, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => clock.advance(wrong)).toThrow(RangeError)
    }
  })

  it('issues the same tokens with the same random bytes and time', async () => {
    const run = async (word: string) => {
      const postern = await open({ clock: () => 1e12, random: seededRandom(word).bytes })
      const seeded = await seed(postern)
      const { accessToken } = await requestToken(postern, seeded.serviceId, credentials(seeded))
      return { token: postern.api.token, ...seeded, accessToken }
    }
    const first = await run('seed')
    expect(await run('seed')).toEqual(first)
    expect((await run('other')).accessToken).not.toBe(first.accessToken)
  })

  it('asks the function of its option for what it would fetch', async () => {
    const { privateKey, publicKey } = await generateKeyPair('ES256')
    const asked: string[] = []
    const postern = await open({
      async fetch(request) {
        asked.push(`${request.method} ${request.url}`)
        return Response.json({ keys: [{ ...(await exportJWK(publicKey)), kid: '1' }] })
      },
    })
    const jwksUri = 'https://client.example.com/jwks'
    const method = { tokenAuthMethod: 'PRIVATE_KEY_JWT', tokenAuthSignAlg: 'ES256', jwksUri }
    const { serviceId, clientId } = await seed(postern, method)
    const assertion = await new SignJWT({ jti: 'once' })
      .setProtectedHeader({ alg: 'ES256', kid: '1' })
      .setIssuer(clientId)
      .setSubject(clientId)
      .setAudience('https://as.example.com')
      .setIssuedAt()
      .setExpirationTime('1m')
      .sign(privateKey)
    const parameters = new URLSearchParams({
      grant_type: 'client_credentials',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: assertion,
    })
    const answer = await requestToken(postern, serviceId, {}, parameters.toString())
    expect(answer).toMatchObject({ action: 'OK' })
    expect(asked).toEqual([`GET ${jwksUri}`])
  })

  it('logs to the function of its option only, without secrets', async () => {
    const lines: string[] = []
    const postern = await open({ log: (line) => lines.push(line), logLevel: 'debug' })
    const seeded = await seed(postern)
    await requestToken(postern, seeded.serviceId, credentials(seeded))
    const entries = lines.map((line) => JSON.parse(line))
    expect(entries).toContainEqual(expect.objectContaining({ operation: 'auth_token_api' }))
    expect(lines.join('\n')).not.toContain(seeded.clientSecret)
    expect(lines.join('\n')).not.toContain(postern.api.token)
  })

  it('keeps a file beyond its end, and requires the key and the token to open it', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'postern-embedded-'))
    const database = `file:${join(folder, 'postern.db')}`
    const masterKey = '0123456789abcdef'.repeat(4)
    const adminToken = 'a-token-of-the-administrator'
    const first = await createPostern({ database, masterKey, adminToken })
    const { serviceId } = await seed(first)
    await first.close()
    await expect(createPostern({ database })).rejects.toThrow('masterKey is required')
    await expect(createPostern({ database, masterKey })).rejects.toThrow('adminToken is required')
    const other = { database, masterKey: 'fedcba9876543210'.repeat(4), adminToken }
    await expect(createPostern(other)).rejects.toThrow('master key that is not known')
    const second = await open({ database, masterKey, adminToken })
    expect(await second.api.get(`${serviceId}/service/get`)).toMatchObject({
      serviceName: 'Embedded',
    })
    rmSync(folder, { recursive: true })
  })

  it.each([
    [{ database: 'postern.db' }, 'masterKey is required'],
    [{ database: 'postern.db', masterKey: '0123456789abcdef'.repeat(4) }, 'file:<path>'],
    [{ masterKey: 'short' }, '32 random bytes'],
    [{ adminToken: 'short' }, 'at least 20'],
    [{ outboundAllow: ['everywhere'] }, 'comma-separated list of networks'],
  ])('refuses the options %j', async (options, reason) => {
    await expect(createPostern(options)).rejects.toThrow(reason)
  })

  it('knows nothing of another one in the same process', async () => {
    const [one, two] = [await open(), await open()]
    await seed(one)
    expect(await two.api.get('service/get/list')).toMatchObject({ totalCount: 0 })
  })
})
