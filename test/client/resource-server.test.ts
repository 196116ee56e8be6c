/** `postern-client/resource-server`: access tokens of a real Postern at a resource server. */
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import { Hono } from 'hono'
import { afterEach, describe, expect, it } from 'vitest'
import { createClient } from '../../client/src/index.ts'
import {
  type Access,
  type AccessRefused,
  createResourceServer,
  type Presented,
  type ResourceServerOptions,
} from '../../client/src/resource-server.ts'
import { createPostern, type Postern } from '../../src/index.ts'
import {
  clients,
  dpopProof,
  flows,
  issueToken,
  keys,
  type Provisioned,
  provision,
  services,
} from '../../src/testing/index.ts'
import { selfSigned } from '../support/certificates.ts'

const opened: Postern[] = []
afterEach(async () => {
  for (const postern of opened.splice(0)) await postern.close()
})

const audience = 'https://as.example.com'
const origin = 'https://api.example.com'
const url = `${origin}/orders`
const jwts = { accessTokenSignAlg: 'ES256' }

interface Setting {
  service?: Record<string, unknown>
  client?: Record<string, unknown>
  options?: Partial<ResourceServerOptions>
}

async function start({ service, client, options }: Setting = {}) {
  const postern = await createPostern()
  opened.push(postern)
  const made = await provision(
    postern,
    services.openid({ ...jwts, ...service }),
    client ?? clients.confidential(),
  )
  const counts = { keys: 0, introspections: 0 }
  const server = createResourceServer({
    ...{ issuer: made.issuer, audience, origin, jwksUri: `${made.issuer}/jwks` },
    fetch: async () => {
      counts.keys += 1
      return Response.json(await postern.api.get(`${made.serviceId}/service/jwks/get`))
    },
    now: postern.clock,
    ...options,
  })
  const introspecting = createClient({
    ...{ baseUrl: 'http://postern.invalid', serviceId: made.serviceId, token: postern.api.token },
    fetch(request) {
      counts.introspections += 1
      return postern.fetch(request)
    },
  })
  return { postern, made, server, counts, introspecting }
}

const bearer = (token: string, more: Partial<Presented> = {}): Presented => ({
  ...{ authorization: `Bearer ${token}`, method: 'GET', url },
  ...more,
})

async function refusalOf(verified: Promise<Access>): Promise<AccessRefused> {
  const error = await verified.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  expect(error).toMatchObject({ name: 'AccessRefused' })
  return error as AccessRefused
}

const tokenOf = (postern: Postern, made: Provisioned, scopes = ['read']) =>
  issueToken(postern, made, { scopes, subject: 'alice' })

const encoded = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url')
const claimsOf = (token: string) =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())

describe('JWT access tokens at a resource server', () => {
  it('are verified without a call, and tell who and what (RFC 9068 §4)', async () => {
    const { postern, made, server, counts } = await start()
    const token = await tokenOf(postern, made)
    for (let each = 0; each < 3; each += 1) {
      expect(await server.verify(bearer(token), { scopes: ['read'] })).toMatchObject({
        ...{ verifiedBy: 'local', subject: 'alice', clientId: String(made.clientId) },
        ...{ scopes: ['read'], audience: [audience], boundBy: undefined },
        expiresAt: claimsOf(token).exp * 1_000,
      })
    }
    expect(counts).toEqual({ keys: 1, introspections: 0 })
  })

  it('are refused if they are changed, expired, of others, or something else', async () => {
    const { postern, made, server } = await start()
    const token = await tokenOf(postern, made)
    const [header, , signature] = token.split('.')
    const changed = encoded({ ...claimsOf(token), scope: 'admin' })
    const unsigned = encoded({ alg: 'none', typ: 'at+jwt' })
    const { idToken = '' } = await flows.code(postern, made)
    const wrong = [
      `${header}.${changed}.${signature}`,
      `${unsigned}.${changed}.`,
      `${unsigned}.${changed}.${signature}`,
      idToken,
      'opaque',
      `${'a'.repeat(20_000)}.e30.AA`,
    ]
    for (const each of wrong) {
      const refusal = await refusalOf(server.verify(bearer(each)))
      expect(refusal).toMatchObject({ status: 401, error: 'invalid_token' })
      expect(refusal.headers['WWW-Authenticate']).toBe('Bearer error="invalid_token"')
    }
    for (const other of [
      { audience: 'https://other.example' },
      { issuer: 'https://other.example' },
    ]) {
      const { server: elsewhere } = await start({ options: other })
      expect(await refusalOf(elsewhere.verify(bearer(token)))).toMatchObject({ status: 401 })
    }
    postern.clock.advance(90_000_000)
    expect((await refusalOf(server.verify(bearer(token)))).message).toContain('expired')
  })

  it('without the scope are forbidden, and a request without one is challenged (RFC 6750 §3)', async () => {
    const refused: string[] = []
    const { postern, made, server } = await start({
      options: {
        resourceMetadata: `${origin}/.well-known/oauth-protected-resource`,
        onRefused: ({ message }) => refused.push(message),
      },
    })
    const token = await tokenOf(postern, made)
    const lacking = await refusalOf(server.verify(bearer(token), { scopes: ['read', 'write'] }))
    expect(lacking.status).toBe(403)
    expect(lacking.headers['WWW-Authenticate']).toBe(
      'Bearer error="insufficient_scope", scope="read write"',
    )
    const none = await refusalOf(server.verify({ ...bearer(''), authorization: null }))
    expect(none.status).toBe(401)
    expect(none.headers['WWW-Authenticate']).toMatch(
      /^Bearer resource_metadata="[^"]+", DPoP resource_metadata="[^"]+", algs="ES256 /,
    )
    expect(refused).toEqual(['The access token lacks write.', 'The request has no access token.'])
    const malformed = await refusalOf(server.verify({ ...bearer(''), authorization: 'Bearer a b' }))
    expect(malformed).toMatchObject({ status: 400, error: 'invalid_request' })
  })

  it('of a user who must authenticate again are challenged (RFC 9470 §3)', async () => {
    const { postern, made, server } = await start()
    const token = await tokenOf(postern, made)
    const demand = { acrValues: ['gold', 'silver'], maxAge: 300 }
    const refusal = await refusalOf(server.verify(bearer(token), demand))
    expect(refusal.status).toBe(401)
    expect(refusal.headers['WWW-Authenticate']).toBe(
      'Bearer error="insufficient_user_authentication", acr_values="gold silver", max_age="300"',
    )
    const { accessToken } = await postern.api.post<{ accessToken: string }>(
      `${made.serviceId}/auth/token/create`,
      {
        ...{ grantType: 'AUTHORIZATION_CODE', clientId: made.clientId, subject: 'alice' },
        ...{ acr: 'silver', authTime: Math.floor(postern.clock() / 1_000) },
      },
    )
    expect(await server.verify(bearer(accessToken), demand)).toMatchObject({ subject: 'alice' })
    postern.clock.advance(301_000)
    expect(await refusalOf(server.verify(bearer(accessToken), demand))).toMatchObject({
      error: 'insufficient_user_authentication',
    })
  })

  it('are verified with a new key, which is searched for at most every 30 seconds', async () => {
    const { postern, made, server, counts } = await start()
    await server.verify(bearer(await tokenOf(postern, made)))
    const next = keys.es256('next')
    const service = await postern.api.get(`${made.serviceId}/service/get`)
    await postern.api.post(`${made.serviceId}/service/update`, {
      ...service,
      jwks: JSON.stringify({ keys: [next.privateJwk] }),
      ...{ idTokenSignatureKeyId: 'next', accessTokenSignatureKeyId: 'next' },
    })
    const token = await tokenOf(postern, made)
    for (let each = 0; each < 5; each += 1) await refusalOf(server.verify(bearer(token)))
    expect(counts.keys).toBe(1)
    postern.clock.advance(31_000)
    const verified = await Promise.all([1, 2, 3].map(() => server.verify(bearer(token))))
    expect(verified).toHaveLength(3)
    expect(counts.keys).toBe(2)
  })

  it('wait for keys that cannot be fetched with HTTP 503, and name no reason', async () => {
    const { postern, made } = await start()
    const token = await tokenOf(postern, made)
    for (const answer of [new Response('down', { status: 500 }), Response.json({ keys: 1 })]) {
      const { server } = await start({ options: { fetch: async () => answer.clone() } })
      const refusal = await refusalOf(server.verify(bearer(token)))
      expect(refusal.status).toBe(503)
      expect(refusal.headers).toEqual({ 'Cache-Control': 'no-store', 'Retry-After': '1' })
    }
  })
})

describe('tokens bound by DPoP at a resource server', () => {
  const key = keys.es256('client')
  const bound = async (options: Partial<ResourceServerOptions> = {}) => {
    const started = await start({
      client: clients.withKey(key),
      options,
    })
    const { accessToken } = await flows.code(started.postern, started.made, { dpop: true })
    const present = (more: object = {}, scheme = 'DPoP'): Presented => ({
      ...{ authorization: `${scheme} ${accessToken}`, method: 'GET', url: `${url}?page=2` },
      dpop: dpopProof(started.postern, key, { htm: 'GET', htu: url, accessToken, ...more }),
    })
    return { ...started, accessToken, present }
  }

  it('are accepted with a proof for the request, once (RFC 9449 §4.3)', async () => {
    const { server, present } = await bound()
    const presented = present()
    expect(await server.verify(presented)).toMatchObject({ boundBy: 'dpop', subject: 'alice' })
    expect(await server.verify(present())).toMatchObject({ boundBy: 'dpop' })
    const refusal = await refusalOf(server.verify(presented))
    expect(refusal).toMatchObject({ status: 401, error: 'invalid_dpop_proof' })
    expect(refusal.headers['WWW-Authenticate']).toMatch(/^DPoP error="invalid_dpop_proof", algs="/)
  })

  it('are refused with a proof for something else, an old one, or none', async () => {
    const { server, present, accessToken, postern, made } = await bound()
    const other = dpopProof(postern, keys.es256('other'), { htm: 'GET', htu: url, accessToken })
    const old = present()
    const wrong: [Presented, string][] = [
      [present({ htm: 'POST' }), 'invalid_dpop_proof'],
      [present({ htu: `${origin}/other` }), 'invalid_dpop_proof'],
      [present({ accessToken: 'another' }), 'invalid_dpop_proof'],
      [{ ...present(), dpop: undefined }, 'invalid_dpop_proof'],
      [{ ...present(), dpop: `${present().dpop}, ${present().dpop}` }, 'invalid_dpop_proof'],
      [{ ...present(), dpop: other }, 'invalid_token'],
      [present({}, 'Bearer'), 'invalid_token'],
    ]
    for (const [presented, error] of wrong) {
      expect(await refusalOf(server.verify(presented))).toMatchObject({ status: 401, error })
    }
    const unbound = await issueToken(postern, made, { scopes: ['read'] })
    const asDpop = { ...present(), authorization: `DPoP ${unbound}` }
    expect((await refusalOf(server.verify(asDpop))).error).toBe('invalid_token')
    postern.clock.advance(61_000)
    expect((await refusalOf(server.verify(old))).message).toContain('not of this time')
  })

  it('need a nonce if the resource server gives nonces (RFC 9449 §9)', async () => {
    const nonces = { current: () => 'nonce-1', isCurrent: (nonce: string) => nonce === 'nonce-1' }
    const { server, present } = await bound({ dpop: { nonces } })
    const refusal = await refusalOf(server.verify(present()))
    expect(refusal).toMatchObject({ error: 'use_dpop_nonce', status: 401 })
    expect(refusal.headers['DPoP-Nonce']).toBe('nonce-1')
    expect(await server.verify(present({ nonce: 'nonce-1' }))).toMatchObject({ boundBy: 'dpop' })
  })
})

describe('tokens bound to a certificate at a resource server', () => {
  it('are accepted on connections with the certificate only (RFC 8705 §3)', async () => {
    const { postern, made, server } = await start({
      service: { tlsClientCertificateBoundAccessTokens: true },
      client: clients.confidential({ tlsClientCertificateBoundAccessTokens: true }),
    })
    const certificate = selfSigned('/CN=client')
    const { accessToken } = await flows.code(postern, made, { certificate })
    const der = Buffer.from(certificate.replace(/-----[^-]+-----|\s/g, ''), 'base64')
    for (const each of [certificate, new Uint8Array(der)]) {
      const access = await server.verify(bearer(accessToken, { certificate: each }))
      expect(access.boundBy).toBe('mtls')
    }
    for (const each of [undefined, selfSigned('/CN=other'), 'no certificate']) {
      const refusal = await refusalOf(server.verify(bearer(accessToken, { certificate: each })))
      expect(refusal).toMatchObject({ status: 401, error: 'invalid_token' })
    }
  })
})

describe('opaque tokens at a resource server', () => {
  const opaque = async (more: Partial<ResourceServerOptions> = {}) => {
    const started = await start({ service: { accessTokenSignAlg: null } })
    const server = createResourceServer({
      ...{ issuer: started.made.issuer, audience, origin, now: started.postern.clock },
      ...{ postern: started.introspecting, ...more },
    })
    const token = await tokenOf(started.postern, started.made)
    return { ...started, server, token }
  }

  it('are introspected in each request, and refused with the challenge of the service', async () => {
    const { server, token, counts, made, postern } = await opaque()
    const demand = { scopes: ['read'] }
    const access = { verifiedBy: 'introspection', subject: 'alice', scopes: ['read'] }
    expect(await server.verify(bearer(token), demand)).toMatchObject(access)
    expect(await server.verify(bearer(token), demand)).toMatchObject(access)
    expect(counts.introspections).toBe(2)
    const lacking = await refusalOf(server.verify(bearer(token), { scopes: ['write'] }))
    expect(lacking).toMatchObject({ status: 403, error: 'insufficient_scope' })
    expect(lacking.headers['WWW-Authenticate']).toContain('error_description="[')
    const renewed = await refusalOf(server.verify(bearer(token), { maxAge: 10 }))
    expect(renewed).toMatchObject({ status: 401, error: 'insufficient_user_authentication' })
    await postern.api.post(`${made.serviceId}/auth/token/revoke`, { subject: 'alice' })
    expect(await refusalOf(server.verify(bearer(token)))).toMatchObject({ status: 401 })
  })

  it('bound by DPoP are verified by the service with the proof', async () => {
    const key = keys.es256('client')
    const started = await start({
      service: { accessTokenSignAlg: null },
      client: clients.withKey(key),
    })
    const { postern, made } = started
    const server = createResourceServer({
      ...{ issuer: made.issuer, audience, origin, postern: started.introspecting },
    })
    const { accessToken } = await flows.code(postern, made, { dpop: true })
    const present = (token: string): Presented => ({
      ...{ authorization: `DPoP ${token}`, method: 'GET', url },
      dpop: dpopProof(postern, key, { htm: 'GET', htu: url, accessToken: token }),
    })
    expect(await server.verify(present(accessToken))).toMatchObject({ subject: 'alice' })
    const { dpop: _, ...bare } = present(accessToken)
    expect((await refusalOf(server.verify(bare))).error).toBe('invalid_dpop_proof')
    const wrong = { ...present(accessToken), method: 'POST' }
    expect(await refusalOf(server.verify(wrong))).toMatchObject({ status: 401 })
    const asBearer = await refusalOf(server.verify(bearer(accessToken)))
    expect(asBearer.status).toBe(401)
  })

  it('are kept for a time only if that is asked for, and per demand', async () => {
    const { server, token, counts, postern, made } = await opaque({
      introspectionCache: { milliseconds: 5_000, entries: 10 },
    })
    for (let each = 0; each < 5; each += 1) await server.verify(bearer(token))
    expect(counts.introspections).toBe(1)
    await refusalOf(server.verify(bearer(token), { scopes: ['write'] }))
    await postern.api.post(`${made.serviceId}/auth/token/revoke`, { subject: 'alice' })
    expect(await server.verify(bearer(token))).toMatchObject({ subject: 'alice' })
    postern.clock.advance(5_001)
    expect(await refusalOf(server.verify(bearer(token)))).toMatchObject({ status: 401 })
  })

  it('answer HTTP 503 while the service does not answer', async () => {
    const postern = createClient({
      ...{ baseUrl: 'http://postern.invalid', serviceId: 1, token: 'x', retries: 0 },
      fetch: () => Promise.reject(new TypeError('connection reset')),
    })
    const { server, token } = await opaque({ postern })
    expect(await refusalOf(server.verify(bearer(token)))).toMatchObject({ status: 503 })
  })
})

describe('middleware of a resource server', () => {
  it('lets Fetch handlers answer, or refuses', async () => {
    const { postern, made, server } = await start()
    const handler = server.protect((_, { subject }) => new Response(subject), { scopes: ['read'] })
    const headers = { Authorization: `Bearer ${await tokenOf(postern, made)}` }
    expect(await (await handler(new Request('http://inside/orders', { headers }))).text()).toBe(
      'alice',
    )
    const refused = await handler(new Request('http://inside/orders'))
    expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([
      401,
      expect.stringMatching(/^Bearer, DPoP algs="/),
    ])
  })

  it('lets handlers of Express answer, or refuses', async () => {
    const { postern, made, server } = await start()
    const middleware = server.express<IncomingMessage & { url: string; method: string }>({
      scopes: ['read'],
    })
    const http = createServer((request, response) => {
      const named = Object.assign(request, {
        url: request.url ?? '/',
        method: request.method ?? '',
      })
      void middleware(named, response, () => {
        response.end((named as { access?: Access }).access?.subject)
      })
    })
    await once(http.listen(0, '127.0.0.1'), 'listening')
    const { port } = http.address() as { port: number }
    const headers = { Authorization: `Bearer ${await tokenOf(postern, made)}` }
    expect(await (await fetch(`http://127.0.0.1:${port}/`, { headers })).text()).toBe('alice')
    expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(401)
    http.closeAllConnections()
    http.close()
  })

  it('lets handlers of Hono answer, or refuses', async () => {
    const { postern, made, server } = await start()
    const app = new Hono<{ Variables: { access: Access } }>()
    app.use('/orders', server.hono({ scopes: ['read'] }))
    app.get('/orders', (context) => context.text(context.get('access').subject ?? ''))
    const headers = { Authorization: `Bearer ${await tokenOf(postern, made)}` }
    expect(await (await app.request('/orders', { headers })).text()).toBe('alice')
    expect((await app.request('/orders')).status).toBe(401)
  })
})
