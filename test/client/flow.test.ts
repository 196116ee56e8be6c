/** Whole flows by `postern-client`, without a socket and over HTTP. */
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createClient, type PosternClient } from '../../client/src/index.ts'
import { relay, relayOf, relayToExpress, relayToFastify } from '../../client/src/relay.ts'
import { createPostern, type Postern } from '../../src/index.ts'
import { clients, services } from '../../src/testing/index.ts'

let postern: Postern
let url: string
beforeAll(async () => {
  postern = await createPostern()
  url = (await postern.listen()).url
})
afterAll(() => postern.close())

const redirectUri = 'https://app.example.com/callback'

/** A client of Postern, with a service and an OAuth client of its own. */
async function begin(overHttp: boolean) {
  const options = { baseUrl: url, token: postern.api.token }
  const admin = createClient(overHttp ? options : { ...options, fetch: postern.fetch })
  const { apiKey } = await admin.post('/api/service/create', services.openid())
  if (apiKey === undefined) throw new Error('The service has no apiKey.')
  const client = admin.ofService(apiKey)
  return { client, made: await client.post('/client/create', clients.confidential()) }
}

async function issueCode(client: PosternClient, clientId: number, challenge: string) {
  const parameters = String(
    new URLSearchParams({
      ...{ response_type: 'code', scope: 'openid read', client_id: String(clientId) },
      ...{ redirect_uri: redirectUri, code_challenge: challenge, code_challenge_method: 'S256' },
    }),
  )
  const asked = await client.post('/auth/authorization', { parameters })
  expect(asked.action).toBe('INTERACTION')
  expect(relayOf(asked)).toBeUndefined()
  expect(() => relay(asked)).toThrow('INTERACTION has no response to relay')
  const { ticket = '' } = asked
  return client.post('/auth/authorization/issue', { ticket, subject: 'alice' })
}

describe('postern-client', () => {
  it.each([
    ['without a socket', false],
    ['over HTTP', true],
  ])('plays the code flow with PKCE %s (RFC 7636)', async (_, overHttp) => {
    const { client, made } = await begin(overHttp)
    const { clientId, clientSecret } = made
    const verifier = randomBytes(32).toString('base64url')
    const challenge = createHash('sha256').update(verifier).digest('base64url')

    const redirect = relay(await issueCode(client, clientId, challenge))
    expect(redirect.status).toBe(302)
    const location = new URL(redirect.headers.get('Location') ?? '')
    expect(location.origin + location.pathname).toBe(redirectUri)

    const redeem = (code_verifier: string) =>
      client.post('/auth/token', {
        parameters: String(
          new URLSearchParams({
            ...{ grant_type: 'authorization_code', redirect_uri: redirectUri, code_verifier },
            code: location.searchParams.get('code') ?? '',
          }),
        ),
        ...{ clientId: String(clientId), clientSecret },
      })
    const answer = await redeem(verifier)
    const response = relay(answer)
    expect(response.status).toBe(200)
    expect(response.headers.get('Cache-Control')).toBe('no-store')
    const tokens = (await response.json()) as Record<string, unknown>
    expect(tokens).toMatchObject({ token_type: 'Bearer', id_token: expect.any(String) })

    const token = String(tokens['access_token'])
    const shown = await client.post('/auth/introspection', { token, scopes: ['read'] })
    expect(shown).toMatchObject({ action: 'OK', subject: 'alice' })
    const again = relay(await redeem(verifier))
    expect(again.status).toBe(400)
    expect(await again.json()).toMatchObject({ error: 'invalid_grant' })
  })
})

describe('relay of postern-client', () => {
  it('needs the path for a copy, and for an answer of another client', async () => {
    const { client } = await begin(false)
    const answer = await client.post('/auth/authorization', { parameters: '' })
    const copy = { ...answer }
    expect(() => relay(copy)).toThrow('pass its path')
    expect(relayOf(copy, '/auth/authorization')).toEqual(relayOf(answer))
    expect(() => relay(copy, '/service/get')).toThrow('has no response to relay')
  })

  it('is that of the server, if the call prefers it', async () => {
    const { client } = await begin(false)
    const request = { parameters: '' }
    const answer = await client.post('/auth/authorization', request, { prefer: ['relay'] })
    expect(relayOf({ ...answer })).toEqual(answer.relay)
  })

  it('has no body where the status forbids one (RFC 9110 §15.3.5)', () => {
    const response = relay({ action: 'NO_CONTENT' }, '/gm')
    expect(response.status).toBe(204)
    expect(response.body).toBeNull()
  })

  it('is the same through Fetch, Express and Fastify', async () => {
    const { client } = await begin(false)
    const answer = await client.post('/auth/token', { parameters: 'grant_type=unknown' })
    const byFetch = relay(answer)
    const expected = [byFetch.status, byFetch.headers.get('Content-Type'), await byFetch.text()]
    expect(expected[0]).toBe(401)

    const server = createServer((_, response: ServerResponse) => relayToExpress(response, answer))
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const { port } = server.address() as { port: number }
    const byNode = await fetch(`http://127.0.0.1:${port}`)
    const type = byNode.headers.get('Content-Type')
    expect([byNode.status, type, await byNode.text()]).toEqual(expected)
    server.close()

    const sent: unknown[] = []
    relayToFastify(
      {
        code: (status: number) => sent.push(status),
        headers: (fields: Record<string, string>) => sent.push(fields['Content-Type']),
        send: (body?: string) => sent.push(body),
      },
      answer,
    )
    expect(sent).toEqual(expected)
  })
})
