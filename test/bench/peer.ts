/**
 * oidc-provider on its in-memory adapter. Its login consents at once, so that a code cycle has no more requests than it needs.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { redirectUri } from '../support/flows.ts'
import { serviceKeys } from '../support/keys.ts'

interface Granted {
  addOIDCScope(scope: string): void
  save(): Promise<string>
}
interface Provider {
  callback(): (request: IncomingMessage, response: ServerResponse) => void
  interactionFinished(
    request: IncomingMessage,
    response: ServerResponse,
    result: Record<string, unknown>,
  ): Promise<void>
  Grant: new (of: { accountId: string; clientId: string }) => Granted
}
type ProviderClass = new (issuer: string, configuration: unknown) => Provider

// By name at run time: it comes without types.
const { Provider } = (await import(import.meta.resolve('oidc-provider'))) as {
  Provider: ProviderClass
}

const server = createServer()
await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

const provider = new Provider(url, {
  clients: [
    {
      client_id: 'bench',
      client_secret: 'a-secret-of-the-client-that-is-long-enough',
      grant_types: ['client_credentials', 'authorization_code', 'refresh_token'],
      response_types: ['code'],
      redirect_uris: [redirectUri],
      token_endpoint_auth_method: 'client_secret_post',
      id_token_signed_response_alg: 'ES256',
    },
  ],
  jwks: { keys: serviceKeys },
  scopes: ['openid', 'profile', 'read'],
  cookies: { keys: ['the key of the cookies'] },
  interactions: { url: (_context: unknown, { uid }: { uid: string }) => `/interaction/${uid}` },
  findAccount: (_context: unknown, accountId: string) => ({
    accountId,
    claims: () => ({ sub: accountId }),
  }),
  issueRefreshToken: () => true,
  rotateRefreshToken: true,
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    introspection: { enabled: true },
    resourceIndicators: {
      enabled: true,
      getResourceServerInfo: () => ({
        scope: 'read',
        accessTokenFormat: 'jwt',
        jwt: { sign: { alg: 'ES256' } },
      }),
    },
  },
})

async function consent(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const grant = new provider.Grant({ accountId: 'alice', clientId: 'bench' })
  grant.addOIDCScope('openid profile')
  const grantId = await grant.save()
  await provider.interactionFinished(request, response, {
    login: { accountId: 'alice' },
    consent: { grantId },
  })
}

const handle = provider.callback()
server.on('request', (request, response) => {
  if (!request.url?.startsWith('/interaction/')) return handle(request, response)
  consent(request, response).catch((error: unknown) => {
    response.statusCode = 500
    response.end(String(error))
  })
})
process.stdout.write(`${url}\n`)
