/** Common steps of tests: a service, clients of several kinds, and the code flow. */
import { createHash } from 'node:crypto'
import { jwksOf, serviceKeys } from './keys.ts'
import { createServer, type Json, type ServerOptions, type TestServer } from './server.ts'

export const issuer = 'https://as.example.com'
export const redirectUri = 'https://app.example.com/callback'

export interface TestService extends TestServer {
  serviceId: number
  /** Calls an operation of the service: `/auth/token` and the like. */
  api(operation: string, body: unknown, headers?: Record<string, string>): Promise<Json>
  /** Replaces settings of the service. */
  configure(more: Record<string, unknown>): Promise<Json>
  /** A confidential client for the code flow, with the given properties. */
  client(more?: Record<string, unknown>): Promise<Json>
  publicClient(more?: Record<string, unknown>): Promise<Json>
}

const settings = {
  serviceName: 'Test service',
  issuer,
  authorizationEndpoint: `${issuer}/authorize`,
  tokenEndpoint: `${issuer}/token`,
  userInfoEndpoint: `${issuer}/userinfo`,
  revocationEndpoint: `${issuer}/revoke`,
  introspectionEndpoint: `${issuer}/introspect`,
  jwksUri: `${issuer}/jwks`,
  jwks: jwksOf(...serviceKeys),
  clientIdAliasEnabled: true,
  supportedScopes: [
    'openid',
    'profile',
    'email',
    'address',
    'phone',
    'offline_access',
    'read',
    'write',
  ].map((name) => ({ name })),
}

/** A service, on a new server unless one is given. */
export async function createService(
  more: Record<string, unknown> = {},
  given: TestServer | ServerOptions = {},
): Promise<TestService> {
  const server = 'store' in given ? given : await createServer(given)
  const service = await server.post('/api/service/create', { ...settings, ...more })
  const serviceId: number = service.apiKey
  const path = (operation: string) => `/api/${serviceId}${operation}`
  const create = (document: Record<string, unknown>) =>
    server.post(path('/client/create'), document)
  return {
    ...server,
    serviceId,
    api: (operation, body, headers = {}) => server.post(path(operation), body, { headers }),
    configure: (changes) =>
      server.post(path('/service/update'), { ...settings, ...more, ...changes }),
    client: (document) =>
      create({ clientType: 'CONFIDENTIAL', redirectUris: [redirectUri], ...document }),
    publicClient: (document) =>
      create({
        clientType: 'PUBLIC',
        applicationType: 'NATIVE',
        tokenAuthMethod: 'NONE',
        redirectUris: [redirectUri],
        ...document,
      }),
  }
}

/** Form-encoded parameters of a client. */
export const form = (parameters: Record<string, string | undefined>): string =>
  new URLSearchParams(
    Object.entries(parameters).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value]],
    ),
  ).toString()

export const verifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'
export const challenge = createHash('sha256').update(verifier).digest('base64url')

export const authorizationRequest = (client: Json, more: Record<string, string | undefined> = {}) =>
  form({
    response_type: 'code',
    client_id: String(client.clientId),
    redirect_uri: redirectUri,
    scope: 'openid profile',
    state: 'some-state',
    nonce: 'some-nonce',
    code_challenge: challenge,
    code_challenge_method: 'S256',
    ...more,
  })

/** The answer to an authorization request. */
export const authorize = (
  service: TestService,
  client: Json,
  more: Record<string, string | undefined> = {},
): Promise<Json> =>
  service.api('/auth/authorization', { parameters: authorizationRequest(client, more) })

/** An authorization code: the request, and the consent of the user. */
export async function obtainCode(
  service: TestService,
  client: Json,
  more: Record<string, string | undefined> = {},
  issue: Record<string, unknown> = {},
): Promise<string> {
  const { ticket } = await authorize(service, client, more)
  const issued = await service.api('/auth/authorization/issue', {
    ticket,
    subject: 'alice',
    ...issue,
  })
  return issued.authorizationCode
}

/** A token request of a client that authenticates by its secret, or is public. */
export const requestToken = (
  service: TestService,
  client: Json,
  parameters: Record<string, string | undefined>,
  more: Record<string, unknown> = {},
): Promise<Json> =>
  service.api('/auth/token', {
    parameters: form(
      client.clientType === 'PUBLIC'
        ? { client_id: String(client.clientId), ...parameters }
        : parameters,
    ),
    ...(client.clientType === 'PUBLIC'
      ? {}
      : { clientId: String(client.clientId), clientSecret: client.clientSecret }),
    ...more,
  })

export const redeem = (
  service: TestService,
  client: Json,
  code: string,
  more: Record<string, string | undefined> = {},
): Promise<Json> =>
  requestToken(service, client, {
    grant_type: 'authorization_code',
    code,
    redirect_uri: redirectUri,
    code_verifier: verifier,
    ...more,
  })

/** Tokens by the whole code flow. */
export async function obtainTokens(
  service: TestService,
  client: Json,
  more: Record<string, string | undefined> = {},
  issue: Record<string, unknown> = {},
): Promise<Json> {
  return redeem(service, client, await obtainCode(service, client, more, issue))
}

export const refresh = (
  service: TestService,
  client: Json,
  refreshToken: string,
  more: Record<string, string | undefined> = {},
): Promise<Json> =>
  requestToken(service, client, {
    grant_type: 'refresh_token',
    refresh_token: refreshToken,
    ...more,
  })
