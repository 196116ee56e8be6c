/** Receivers of security events: their calls, and their servers, which verify what is pushed. */
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createLocalJWKSet, type JWTVerifyResult, jwtVerify } from 'jose'
import { pushSecurityEvents } from '../../src/process/events/set-outbox.ts'
import { openDocuments } from '../../src/store/configuration.ts'
import { createService, issuer, requestToken, type TestService } from './flows.ts'
import type { Json, ServerOptions } from './server.ts'
import { reaching } from './webhooks.ts'

export const base = `${issuer}/ssf`
export const caep = (type: string) => `https://schemas.openid.net/secevent/caep/event-type/${type}`
export const ssf = (type: string) => `https://schemas.openid.net/secevent/ssf/event-type/${type}`
export const push = 'urn:ietf:rfc:8935'
export const poll = 'urn:ietf:rfc:8936'

/** Settings of a service that keeps sessions and sends security events. */
export const withSignals = (more: Record<string, string> = {}) => ({
  attributes: Object.entries({
    'ext.session.registry': 'on',
    'ext.ssf.base': base,
    'ext.ssf.min_verification_seconds': '0',
    ...more,
  }).map(([key, value]) => ({ key, value })),
  supportedScopes: ['openid', 'profile', 'ssf.manage', 'ssf.read'].map((name) => ({ name })),
})

export const createTransmitter = (more: Record<string, string> = {}, options: ServerOptions = {}) =>
  createService(withSignals(more), options)

export interface Receiver {
  client: Json
  accessToken: string
  /** Calls an operation below `/ssf`; the status is that of the frontend's response. */
  call(path: string, body?: Json): Promise<{ status: number; body: Json; headers: Json }>
  /** Calls the configuration endpoint; an object becomes the body of the request. */
  stream(method: string, content?: Json | string, more?: Json): Promise<Reply>
  create(content?: Json): Promise<Json>
}
type Reply = Awaited<ReturnType<Receiver['call']>>

export async function createReceiver(
  service: TestService,
  { scope = 'ssf.manage', ...properties }: Json = {},
): Promise<Receiver> {
  const client = await service.client({ grantTypes: ['CLIENT_CREDENTIALS'], ...properties })
  const request = { grant_type: 'client_credentials', scope }
  const { accessToken } = await requestToken(service, client, request)
  return receiverWith(service, client, accessToken)
}

export function receiverWith(service: TestService, client: Json, accessToken: string): Receiver {
  const call: Receiver['call'] = async (path, body = {}) => {
    const answer = await service.api(`/ssf${path}`, { accessToken, ...body }, { Prefer: 'relay' })
    const { status, headers, body: text } = answer.relay
    return { status, headers, body: text ? JSON.parse(text) : undefined }
  }
  const stream: Receiver['stream'] = (method, content, more = {}) =>
    call('/stream', { method, ...(content === undefined ? {} : contentOf(content)), ...more })
  return {
    client,
    accessToken,
    call,
    stream,
    create: async (content = {}) => (await stream('POST', content)).body,
  }
}

export const contentOf = (content: Json | string) => ({
  requestContent: typeof content === 'string' ? content : JSON.stringify(content),
})

interface Pushed {
  headers: IncomingHttpHeaders
  method: string | undefined
  body: string
}

export interface PushEndpoint {
  url: string
  readonly pushed: Pushed[]
  /** The status of the next answers. */
  answer(status: number, body?: Json): void
  close(): Promise<void>
}

export async function openPushEndpoint(): Promise<PushEndpoint> {
  const pushed: Pushed[] = []
  let status = 202
  let content: Json | undefined
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const { headers, method } = request
    pushed.push({ headers, method, body: Buffer.concat(chunks).toString() })
    const type = content ? { 'content-type': 'application/json' } : {}
    response.writeHead(status, type).end(content ? JSON.stringify(content) : undefined)
  })
  await new Promise<void>((done) => {
    server.listen(0, '127.0.0.1', done)
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/events`,
    pushed,
    answer(next, body) {
      status = next
      content = body
    },
    close: () =>
      new Promise((done) => {
        server.close(() => done())
        server.closeAllConnections()
      }),
  }
}

/** Makes all pushes that are due. */
export const pushAll = ({ store, system }: TestService) =>
  pushSecurityEvents({
    store,
    documents: openDocuments(store, system.clock),
    system: reaching(system),
  })

/** The token as a receiver verifies it: by the key set of the service, and for itself. */
export async function verified(
  service: TestService,
  { client }: Pick<Receiver, 'client'>,
  token: string,
): Promise<JWTVerifyResult> {
  const keys = await service.get(`/api/${service.serviceId}/service/jwks/get`)
  return jwtVerify(token, createLocalJWKSet(keys as never), {
    issuer,
    audience: String(client.clientId),
    typ: 'secevent+jwt',
  })
}

/** The claims of all tokens that were pushed. */
export const claimsOf = async (
  service: TestService,
  receiver: Pick<Receiver, 'client'>,
  { pushed }: PushEndpoint,
): Promise<Json[]> =>
  Promise.all(pushed.map(async ({ body }) => (await verified(service, receiver, body)).payload))
