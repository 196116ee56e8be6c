/**
 * The authorization of an MCP server with the client of the official SDK, which knows nothing but the
 * URL of the server: MCP 2025-11-25.
 */
import type { OAuthClientProvider } from '@modelcontextprotocol/sdk/client/auth.js'
import { UnauthorizedError } from '@modelcontextprotocol/sdk/client/auth.js'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import type {
  OAuthClientInformationMixed,
  OAuthTokens,
} from '@modelcontextprotocol/sdk/shared/auth.js'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type Listening, listen } from '../../../examples/demo/listen.ts'
import { callApi, scopes } from '../../../examples/demo/seed.ts'
import { certify } from '../tls.ts'
import { callback, createUser, startWorld, type World } from '../world.ts'
import { startToolServer, type ToolServer } from './server.ts'

const metadata = {
  client_name: 'Assistant',
  redirect_uris: [callback],
  grant_types: ['authorization_code', 'refresh_token'],
  response_types: ['code'],
  token_endpoint_auth_method: 'none',
}

let tools: ToolServer
let world: World
/** Publishes the metadata document of a client. */
let publisher: Listening
const documentUrl = () => `${publisher.url}/client.json`

beforeAll(async () => {
  tools = await startToolServer()
  const described = [
    { resource: tools.resources.jwt, accessTokenFormat: 'jwt', name: 'Tools' },
    { resource: tools.resources.opaque, accessTokenFormat: 'opaque', accessTokenDuration: 300 },
  ].map((each) => ({ ...each, scopes: ['tools:call'] }))
  const others = { resource: 'https://files.example/', scopes: ['files:read'] }
  world = await startWorld({
    service: (issuer) => ({
      clientIdMetadataDocumentSupported: true,
      supportedScopes: [...scopes, { name: 'tools:call' }, { name: 'files:read' }],
      attributes: Object.entries({
        'ext.profile': 'mcp-2025-11-25',
        'ext.resources': JSON.stringify([...described, others, { resource: `${issuer}/resource` }]),
        'ext.resources.closed': 'true',
        'ext.outbound.tls_insecure': 'true',
      }).map(([key, value]) => ({ key, value })),
    }),
  })
  tools.trust(world)
  const answer = () => Response.json({ client_id: documentUrl(), ...metadata })
  publisher = await listen(answer, 0, certify('/CN=client'))
})
afterAll(async () => {
  await publisher?.close()
  await world?.close()
  await tools?.close()
})
afterEach(() => tools.accepted.splice(0))

/** What a client of the SDK remembers, and where it sends its user. */
function createProvider(clientMetadataUrl?: string) {
  const kept: { client?: OAuthClientInformationMixed; tokens?: OAuthTokens } = {}
  let verifier = ''
  let sentTo: URL | undefined
  const provider: OAuthClientProvider = {
    ...{ redirectUrl: callback, clientMetadata: metadata },
    ...(clientMetadataUrl === undefined ? {} : { clientMetadataUrl }),
    state: () => 'state-of-the-client',
    clientInformation: () => kept.client,
    saveClientInformation: (client) => void Object.assign(kept, { client }),
    tokens: () => kept.tokens,
    saveTokens: (tokens) => void Object.assign(kept, { tokens }),
    redirectToAuthorization: (url) => {
      sentTo = url
    },
    saveCodeVerifier: (text) => {
      verifier = text
    },
    codeVerifier: () => verifier,
  }
  return { provider, kept, sentTo: () => sentTo ?? expect.fail('The user was not sent away.') }
}

async function connect(url: string, authProvider: OAuthClientProvider) {
  const transport = new StreamableHTTPClientTransport(new URL(url), { authProvider })
  const client = new Client({ name: 'assistant', version: '1.0.0' })
  return { client, transport, connected: client.connect(transport) }
}

/** The whole way from the URL of the server to a tool that was called. */
async function authorizeAt(url: string, clientMetadataUrl?: string) {
  const known = createProvider(clientMetadataUrl)
  const first = await connect(url, known.provider)
  await expect(first.connected).rejects.toBeInstanceOf(UnauthorizedError)
  const walked = await createUser().walk(known.sentTo())
  expect(walked.shown).toEqual(['login', 'consent'])
  const answer = new URL(walked.url).searchParams
  expect(answer.get('iss')).toBe(world.issuer)
  expect(answer.get('state')).toBe('state-of-the-client')
  await first.transport.finishAuth(answer.get('code') ?? '')
  const { client, connected } = await connect(url, known.provider)
  await connected
  expect(await whoAmI(client)).toBe('alice')
  return { ...known, client }
}

async function whoAmI(client: Client): Promise<string | undefined> {
  const { content } = await client.callTool({ name: 'whoami', arguments: {} })
  const [first] = content as { type: string; text: string }[]
  return first?.text
}

describe('client of the MCP SDK', () => {
  it('registers dynamically, and calls a tool with a JWT for its server alone', async () => {
    const url = tools.resources.jwt
    const { client, kept, sentTo } = await authorizeAt(url)
    const asked = sentTo().searchParams
    expect(asked.get('resource')).toBe(url)
    expect(asked.get('code_challenge_method')).toBe('S256')
    expect(asked.get('scope')).toBe('tools:call')
    expect(kept.client?.client_id).toMatch(/^\d+$/)
    const [access] = tools.accepted
    expect(access).toMatchObject({ verifiedBy: 'local', audience: [url], scopes: ['tools:call'] })
    await client.close()
  })

  it('is its metadata document, and calls a tool with an opaque token', async () => {
    const url = tools.resources.opaque
    const { client, kept } = await authorizeAt(url, documentUrl())
    expect(kept.client?.client_id).toBe(documentUrl())
    expect(kept.tokens).toMatchObject({ expires_in: 300, scope: 'tools:call' })
    expect(kept.tokens?.access_token.split('.')).toHaveLength(1)
    const [access] = tools.accepted
    expect(access).toMatchObject({ verifiedBy: 'introspection', scopes: ['tools:call'] })
    await client.close()
  })

  it('refreshes a token that has expired, for the same server', async () => {
    const url = tools.resources.opaque
    const { client, kept } = await authorizeAt(url, documentUrl())
    const first = kept.tokens
    const expired = { accessToken: first?.access_token, accessTokenExpiresAt: Date.now() - 1_000 }
    await callApi(world.api, `${world.serviceId}/auth/token/update`, expired)
    expect(await whoAmI(client)).toBe('alice')
    expect(kept.tokens?.access_token).not.toBe(first?.access_token)
    expect(kept.tokens?.refresh_token).not.toBe(first?.refresh_token)
    await client.close()
  })

  it('cannot use a token at another server of the service (RFC 8707 §2)', async () => {
    const { client, kept } = await authorizeAt(tools.resources.opaque, documentUrl())
    const headers = {
      ...{ Authorization: `Bearer ${kept.tokens?.access_token}` },
      ...{ 'Content-Type': 'application/json', Accept: 'application/json, text/event-stream' },
    }
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' })
    const call = (url: string) => fetch(url, { method: 'POST', headers, body })
    expect((await call(tools.resources.opaque)).status).toBe(200)
    const refused = await call(tools.resources.jwt)
    expect(refused.status).toBe(401)
    const place = `${tools.url}/.well-known/oauth-protected-resource/mcp`
    expect(refused.headers.get('WWW-Authenticate')).toContain(`resource_metadata="${place}"`)
    await client.close()
  })
})

describe('example frontend', () => {
  it('lists the resources in the metadata of the service (RFC 9728 §4)', async () => {
    const at = `${world.issuer}/.well-known/oauth-authorization-server`
    const { protected_resources } = (await (await fetch(at)).json()) as Record<string, unknown>
    expect(protected_resources).toEqual([
      ...Object.values(tools.resources),
      'https://files.example/',
      `${world.issuer}/resource`,
    ])
  })

  it('publishes the metadata of its own resource, and of no other (RFC 9728 §3.1)', async () => {
    const at = `${world.issuer}/.well-known/oauth-protected-resource`
    const found = await fetch(`${at}/resource`)
    expect([found.status, found.headers.get('Content-Type')]).toEqual([
      ...[200, 'application/json;charset=utf-8'],
    ])
    expect(await found.json()).toMatchObject({
      resource: `${world.issuer}/resource`,
      authorization_servers: [world.issuer],
    })
    for (const rest of ['', '/mcp', '/resource?a=b'])
      expect((await fetch(at + rest)).status).toBe(404)
  })
})
