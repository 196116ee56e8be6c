/** The steps of CIBA, by a client and a frontend. */
import { CompactSign, type JWK } from 'jose'
import { createService, form, issuer, requestToken, type TestService } from './flows.ts'
import { clientKey, jwksOf, publicKey } from './keys.ts'
import type { Json } from './server.ts'

export const cibaGrant = 'urn:openid:params:grant-type:ciba'
export const notificationEndpoint = 'https://app.example.com/notified'
export const notificationToken = 'bearer.of-the~client+0123456789/=='

export type Parameters = Record<string, string | undefined>

export const cibaSettings = {
  backchannelAuthenticationEndpoint: `${issuer}/backchannel`,
  supportedBackchannelTokenDeliveryModes: ['POLL', 'PING', 'PUSH'],
}

export const createCibaService = (more: Record<string, unknown> = {}): Promise<TestService> =>
  createService({ ...cibaSettings, ...more })

export type Mode = 'POLL' | 'PING' | 'PUSH'

export const cibaClient = (service: TestService, mode: Mode, more: Json = {}): Promise<Json> =>
  service.client({
    clientName: `The ${mode} client`,
    bcDeliveryMode: mode,
    ...(mode === 'POLL' ? {} : { bcNotificationEndpoint: notificationEndpoint }),
    ...more,
  })

/** A client that signs its requests. */
export const signingClient = (service: TestService, more: Json = {}): Promise<Json> =>
  cibaClient(service, 'POLL', {
    bcRequestSignAlg: 'ES256',
    jwks: jwksOf(publicKey(clientKey)),
    ...more,
  })

/** A backchannel authentication request of a client that authenticates by its secret. */
export const askFor = (service: TestService, client: Json, parameters: Parameters): Promise<Json> =>
  service.api('/backchannel/authentication', {
    parameters: form(parameters),
    clientId: String(client.clientId),
    clientSecret: client.clientSecret,
  })

/** A backchannel authentication request with all required parameters. */
export const ask = (service: TestService, client: Json, more: Parameters = {}): Promise<Json> =>
  askFor(service, client, {
    scope: 'openid profile',
    login_hint: 'alice',
    ...(client.bcDeliveryMode === 'POLL' ? {} : { client_notification_token: notificationToken }),
    ...more,
  })

export interface Issued {
  ticket: string
  authReqId: string
  expiresIn: number
  interval?: number
}

/** A request with an identified user who has not decided yet. */
export async function begin(
  service: TestService,
  client: Json,
  more: Parameters = {},
): Promise<Issued> {
  const { ticket } = await ask(service, client, more)
  const issued = await service.api('/backchannel/authentication/issue', { ticket })
  return { ...issued, ticket }
}

export const complete = (service: TestService, ticket: string, more: Json = {}): Promise<Json> =>
  service.api('/backchannel/authentication/complete', {
    ticket,
    result: 'AUTHORIZED',
    subject: 'alice',
    ...more,
  })

export const poll = (
  service: TestService,
  client: Json,
  authReqId: string,
  more: Record<string, unknown> = {},
): Promise<Json> =>
  requestToken(service, client, { grant_type: cibaGrant, auth_req_id: authReqId }, more)

export interface Signing {
  claims?: Record<string, unknown>
  key?: JWK
  alg?: string
}

let signed = 0

/** A signed request, CIBA §7.1.1, without the claims that are undefined. */
export async function signRequest(
  service: TestService,
  client: Json,
  { claims = {}, key = clientKey, alg = 'ES256' }: Signing = {},
): Promise<string> {
  signed += 1
  const seconds = Math.floor(service.system.clock() / 1000)
  const all = {
    iss: String(client.clientId),
    aud: issuer,
    exp: seconds + 300,
    iat: seconds,
    nbf: seconds,
    jti: `signed-request-${signed}`,
    scope: 'openid',
    login_hint: 'alice',
    ...claims,
  }
  // Signed as bytes, since the library rejects JWT claims of a wrong type.
  const payload = new TextEncoder().encode(JSON.stringify(all))
  return new CompactSign(payload).setProtectedHeader({ alg }).sign(key)
}
