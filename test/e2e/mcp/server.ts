/** A server of the Model Context Protocol, by the SDK, with the bearer check of the typed client. */
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js'
import { createClient } from '../../../client/src/index.ts'
import { type Access, createResourceServer } from '../../../client/src/resource-server.ts'
import { type Listening, listen } from '../../../examples/demo/listen.ts'
import { callApi } from '../../../examples/demo/seed.ts'
import type { World } from '../world.ts'

const wellKnown = '/.well-known/oauth-protected-resource'

export interface ToolServer extends Listening {
  /** The identifiers of its resources: one gets JWTs, and one opaque tokens. */
  resources: { jwt: string; opaque: string }
  /** What the presented tokens said, in order. */
  accepted: Access[]
  /** The authorization server that it trusts. */
  trust(world: World): void
}

/** Serves two resources; each publishes its metadata, as Postern tells them. */
export async function startToolServer(): Promise<ToolServer> {
  let serve: (request: Request) => Response | Promise<Response> = () => Response.error()
  const listening = await listen((request) => serve(request))
  const { url: origin } = listening
  const accepted: Access[] = []
  const resources = { jwt: `${origin}/mcp`, opaque: `${origin}/notes/mcp` }

  function trust({ api, serviceId, issuer }: World): void {
    const { url, token } = api
    const postern = createClient({ baseUrl: url, token, serviceId })
    const guarded = new Map(
      Object.values(resources).map((audience) => {
        const { pathname } = new URL(audience)
        const resourceMetadata = `${origin}${wellKnown}${pathname}`
        const options = { issuer, audience, origin, postern, resourceMetadata }
        const server = createResourceServer({ ...options, jwksUri: `${issuer}/jwks` })
        return [pathname, server.protect(answer, { scopes: ['tools:call'] })] as const
      }),
    )
    serve = async (request) => {
      const { pathname } = new URL(request.url)
      if (!pathname.startsWith(wellKnown)) {
        return guarded.get(pathname)?.(request) ?? new Response(null, { status: 404 })
      }
      const resource = origin + pathname.slice(wellKnown.length)
      const told = await callApi(api, `${serviceId}/resource/metadata`, { resource })
      const isFound = told['action'] === 'OK'
      return new Response(String(told['responseContent']), {
        status: isFound ? 200 : 404,
        headers: { 'Content-Type': 'application/json' },
      })
    }
  }

  async function answer(request: Request, access: Access): Promise<Response> {
    // Without a session there is no stream to the client.
    if (request.method !== 'POST') return new Response(null, { status: 405 })
    accepted.push(access)
    const server = new McpServer({ name: 'tools', version: '1.0.0' })
    server.registerTool('whoami', { description: 'Tells the user' }, async () => ({
      content: [{ type: 'text', text: access.subject ?? '' }],
    }))
    const transport = new WebStandardStreamableHTTPServerTransport({ enableJsonResponse: true })
    await server.connect(transport)
    return transport.handleRequest(request)
  }
  return { ...listening, resources, accepted, trust }
}
