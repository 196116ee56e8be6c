/** One server for all rows, and the short steps in which they are written. */
import { compactDecrypt, importJWK, type JWK } from 'jose'
import { listen } from '../../../examples/demo/listen.ts'
import { createFrontend } from '../../../examples/frontend/server.ts'
import {
  authorize,
  createService,
  form,
  requestToken,
  type TestService,
} from '../../support/flows.ts'
import { createServer, type Json, type TestServer } from '../../support/server.ts'

/** One feature of a system that users come from. */
export interface Row {
  row: string
  title: string
  check(world: World): Promise<void>
}

export interface World {
  server: TestServer
  /** A service with these settings, in which names `ext.…` are attributes, as in its clients. */
  service(more?: Json): Promise<TestService>
  /** The example frontend in front of a service with these settings; its issuer may have a path. */
  frontend(more?: Json, path?: string): Promise<Frontend>
  close(): Promise<void>
}

export interface Frontend {
  url: string
  service: TestService
}

/** Postern on a socket, with its own store. */
export async function startWorld(): Promise<World> {
  const server = await createServer({ overHttp: true })
  const stops: (() => Promise<void>)[] = []
  const service = async (more: Json = {}) => {
    const created = await createService(withAttributes(more), server)
    return {
      ...created,
      configure: (changes: Json) => created.configure(withAttributes({ ...more, ...changes })),
      client: (document: Json = {}) => created.client(withAttributes(document)),
      publicClient: (document: Json = {}) => created.publicClient(withAttributes(document)),
    }
  }
  return {
    server,
    service,
    async frontend(more = {}, path = '') {
      let app: ReturnType<typeof createFrontend> | undefined
      const listening = await listen((request) => app?.fetch(request) ?? Response.error())
      stops.push(listening.close)
      const url = listening.url + path
      const behind = await service({
        ...{ issuer: url, authorizationEndpoint: `${url}/authorize` },
        ...{ tokenEndpoint: `${url}/token`, jwksUri: `${url}/jwks` },
        ...{ registrationEndpoint: `${url}/register`, ...more },
      })
      app = createFrontend({
        ...{ posternUrl: server.url, serviceId: String(behind.serviceId) },
        ...{ apiToken: server.adminToken, clock: server.system.clock },
        ...(path ? { publicUrl: url } : {}),
      })
      return { url, service: behind }
    },
    async close() {
      await Promise.all(stops.map((stop) => stop()))
      await server.close()
    },
  }
}

/** Settings of a document, with its attributes by their names. */
export function withAttributes(more: Json): Json {
  const entries = Object.entries(more)
  const pairs = entries.filter(([name]) => name.startsWith('ext.'))
  if (pairs.length === 0) return more
  const rest = entries.filter(([name]) => !name.startsWith('ext.'))
  return {
    ...Object.fromEntries(rest),
    attributes: [...(more.attributes ?? []), ...pairs.map(([key, value]) => ({ key, value }))],
  }
}

/** What a client gets as JSON. */
export const bodyOf = ({ responseContent }: Json): Json => JSON.parse(responseContent)

/** The text of a JWE. */
export async function decrypt(jwe: string, key: JWK | Uint8Array): Promise<string> {
  const keyFor = ({ alg = '' }: { alg?: string }) =>
    key instanceof Uint8Array ? key : importJWK(key, alg)
  return new TextDecoder().decode((await compactDecrypt(jwe, keyFor)).plaintext)
}

/** The parameters that the redirect of an authorization response has, and where they are. */
export function responseOf({ responseContent }: Json): Json {
  const url = new URL(responseContent)
  const fragment = url.hash.slice(1)
  return {
    in: fragment ? 'fragment' : 'query',
    ...Object.fromEntries(fragment ? new URLSearchParams(fragment) : url.searchParams),
  }
}

/** The action, and the OAuth error that the client gets. */
export function refusalOf(answer: Json): string {
  const { action, responseContent } = answer
  const inForm = /name="error" value="([^"]*)"/.exec(action === 'FORM' ? responseContent : '')
  const { error } = action === 'LOCATION' ? responseOf(answer) : inForm ? {} : bodyOf(answer)
  return `${action} ${inForm?.[1] ?? error}`
}

type Asked = Record<string, string | undefined>

/** The authorization response after the consent of the user. */
export async function respond(
  service: TestService,
  client: Json,
  request: Asked = {},
  issue: Json = {},
): Promise<Json> {
  const { ticket } = await authorize(service, client, request)
  return service.api('/auth/authorization/issue', { ticket, subject: 'alice', ...issue })
}

/** The members of a call by a client with its secret. */
export const credentialsOf = ({ clientId, clientSecret }: Json) => ({
  clientId: String(clientId),
  clientSecret,
})

/** Tokens of the client for itself. */
export const ownTokens = (service: TestService, client: Json, scope?: string): Promise<Json> =>
  requestToken(service, client, { grant_type: 'client_credentials', scope })

/** The response of UserInfo. */
export const userInfo = (service: TestService, token: string, more: Json = {}): Promise<Json> =>
  service.api('/auth/userinfo/issue', { token, ...more })

export const introspect = async (
  service: TestService,
  token: string,
  more: Json = {},
): Promise<Json> => {
  const { parameters = {}, ...rest } = more
  return bodyOf(
    await service.api('/auth/introspection/standard', {
      parameters: form({ token, ...parameters }),
      ...rest,
    }),
  )
}

/** Whether a token works at a resource server. */
export const works = async (service: TestService, token: string, more: Json = {}) =>
  (await service.api('/auth/introspection', { token, ...more })).action === 'OK'

/** Settings of a service where clients register themselves. */
export const registering = {
  dynamicRegistrationSupported: true,
  registrationEndpoint: 'https://as.example.com/register',
  unauthorizedOnClientConfigSupported: true,
}

export const app = { client_name: 'App', redirect_uris: ['https://app.example.com/callback'] }

export const register = (service: TestService, metadata: Json = app, more: Json = {}) =>
  service.api('/client/registration', { json: JSON.stringify(metadata), ...more })

/** The metadata that a client gets when it registers itself. */
export const registered = async (service: TestService, metadata: Json = app): Promise<Json> =>
  bodyOf(await register(service, metadata))

/** The client manages its registration: `get`, `update` or `delete`. */
export const manage = (
  service: TestService,
  operation: 'get' | 'update' | 'delete',
  { client_id, registration_access_token }: Json,
  more: Json = {},
): Promise<Json> =>
  service.api(`/client/registration/${operation}`, {
    ...{ clientId: client_id, token: registration_access_token },
    ...more,
  })

/** The client of a registration, as the steps of the flows take it. */
export const clientOf = ({ client_id, client_secret }: Json): Json => ({
  clientId: client_id,
  clientSecret: client_secret,
})

export const discovery = (service: TestService, query = ''): Promise<Json> =>
  service.get(`/api/${service.serviceId}/service/configuration${query}`)

/** A read of the service: `client/get/…` and the like. */
export const read = (service: TestService, operation: string): Promise<Json> =>
  service.get(`/api/${service.serviceId}${operation}`)

/** How the frontend relays an answer to the client. */
export const relayed = async (service: TestService, operation: string, body: Json) =>
  (await service.api(operation, body, { Prefer: 'relay' })).relay
