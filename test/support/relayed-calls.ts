/** Calls of every operation whose response is for a client, one for each of its actions. */

import type { JWK } from 'jose'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { afterAll, beforeAll } from 'vitest'
import { ask, cibaClient } from './ciba.ts'
import { keepRequest } from './credential-requests.ts'
import { endpointOf, issuerMetadata, walletKey } from './credentials.ts'
import { entitySettings } from './entity.ts'
import { registrationAt } from './explicit-registration.ts'
import { entity, federationOf, pinned } from './federation.ts'
import {
  authorizationRequest,
  authorize,
  createService,
  form,
  obtainCode,
  obtainTokens,
  redirectUri,
  refresh,
  type TestService,
  verifier,
} from './flows.ts'
import { storeIssued, withStatusLists } from './issued.ts'
import { jwksOf, serviceKeys } from './keys.ts'
import { type RecordedRandom, recordedRandom } from './recorded-random.ts'
import type { Json, ServerOptions } from './server.ts'
import { testSystem } from './system.ts'

export type Members = Record<string, unknown>
export type Place = 'json' | 'html' | 'jwt' | 'location' | 'challenge' | 'none'

/** What randomness has made so far for the service. */
export let random: RecordedRandom
export let service: TestService
export let client: Json
/** A client that registered an algorithm for which the service has no key. */
let keyless: Json
/** A client that polls. */
export let ciba: Json
/** The key of a wallet, for encrypted responses. */
let publicKey: JWK

/** Opens the service that the calls are made to, for the tests of a file. */
export function openRelayed(options: ServerOptions = {}): void {
  beforeAll(async () => {
    const system = testSystem()
    random = recordedRandom(system.random)
    service = await createService(
      { supportedBackchannelTokenDeliveryModes: ['POLL'] },
      { system: { ...system, random }, ...options },
    )
    ciba = await cibaClient(service, 'POLL')
    publicKey = (await walletKey()).publicJwk
    await configure()
    client = await service.client()
    keyless = await service.client({
      ...{ userInfoSignAlg: 'ES512', authorizationSignAlg: 'ES512', idTokenSignAlg: 'ES512' },
    })
  })
  afterAll(() => service.close())
}

const managing = 'grant_management_query grant_management_revoke'

/** Settings that some operations need. */
export const configure = (more: Members = {}) =>
  service.configure({
    supportedScopes: `openid profile read write ${managing}`.split(' ').map((name) => ({ name })),
    ...{ dynamicRegistrationSupported: true, registrationEndpoint: 'https://as.example.com/dcr' },
    supportedBackchannelTokenDeliveryModes: ['POLL'],
    ...more,
  })

/** The empty request of an operation of a credential issuer with the settings. */
async function issuing(more: Members): Promise<Members> {
  await configure({
    verifiableCredentialsEnabled: true,
    credentialJwks: jwksOf(...serviceKeys),
    credentialIssuerMetadata: { credentialEndpoint: 'https://as.example.com/credential' },
    ...more,
  })
  return {}
}

/** The request of a wallet with a token. */
async function presenting(requestContent: string): Promise<Members> {
  await issuing({
    credentialIssuerMetadata: { batchCredentialEndpoint: 'https://as.example.com/b' },
  })
  return { accessToken: await tokenOf(), requestContent }
}

/** A self-registered client, with its registration access token. */
async function registered(): Promise<Members> {
  await configure()
  const { client: made, responseContent } = await service.api('/client/registration', {
    json: '{}',
  })
  const token = JSON.parse(responseContent).registration_access_token
  return { clientId: String(made.clientId), token }
}

/** A logout request with the registered URI of a client, and without a hint. */
async function toReturn(): Promise<string> {
  await configure()
  const uri = 'https://app.example.com/after-logout'
  const { clientId } = await service.client({ postLogoutRedirectUris: [uri] })
  return form({ client_id: String(clientId), post_logout_redirect_uri: uri })
}

/** The ticket of a logout request that the user must confirm. */
async function toConfirm(parameters: string, sessionId = 'a-session'): Promise<Members> {
  const { ticket } = await service.api('/logout', { parameters, sessionId })
  return { ticket }
}

/** A session whose client is notified by the browser; the request has the ID Token so named. */
async function loggedIn(name: string): Promise<{ parameters: string; sessionId: string }> {
  await configure({
    frontchannelLogoutSupported: true,
    attributes: [{ key: 'ext.session.registry', value: 'on' }],
  })
  const told = await service.client({ frontchannelLogoutUri: 'https://app.example.com/front' })
  const { session } = await service.api('/session/create', { subject: 'alice' })
  const { sessionId } = session
  const { idToken } = await obtainTokens(service, told, {}, { subject: 'alice', sessionId })
  return { parameters: form({ [name]: idToken }), sessionId }
}

async function unknownToken(unauthorizedOnClientConfigSupported: boolean): Promise<Members> {
  await configure({ unauthorizedOnClientConfigSupported })
  return { clientId: '1', token: 'unknown' }
}

export const proves = (by: Json) => ({
  clientId: String(by.clientId),
  clientSecret: by.clientSecret,
})
export const tokenOf = async (by = client, more = {}) =>
  (await obtainTokens(service, by, more)).accessToken
const ticketOf = async (by = client, more = {}) => (await authorize(service, by, more)).ticket
export const asks = (more: Record<string, string>, by = client) => ({
  parameters: authorizationRequest(by, more),
})
export const redeems = async (by: Json) => ({
  parameters: form({
    ...{ grant_type: 'authorization_code', code: await obtainCode(service, by) },
    ...{ redirect_uri: redirectUri, code_verifier: verifier },
  }),
  ...proves(by),
})

async function passwordTicket(): Promise<string> {
  const parameters = form({ grant_type: 'password', username: 'u', password: 'p' })
  return (await service.api('/auth/token', { parameters, ...proves(client) })).ticket
}

/** A token of a session, and the device secret for it. */
async function tokenOfSession({ clientId }: Json): Promise<Members> {
  await service.configure({ nativeSsoSupported: true })
  const { accessToken } = await service.api('/auth/token/create', {
    ...{ grantType: 'AUTHORIZATION_CODE', clientId, subject: 'alice', sessionId: 'session' },
  })
  return { accessToken, deviceSecret: 'secret' }
}

const deviceVerificationUri = 'https://as.example.com/activate'
/** A device's request, to a service with these settings. */
export async function asksForDevice(settings: Members): Promise<Members> {
  await service.configure(settings)
  return { parameters: 'scope=read', ...proves(client) }
}

const backchannelFailure = async (reason: string) => ({
  ...{ ticket: (await ask(service, ciba)).ticket, reason },
})
/** The response to a refresh of a client that then changes to this algorithm. */
async function reissues(idTokenSignAlg: string): Promise<Members> {
  await configure({ idTokenReissuable: true })
  const by = await service.client()
  const { refreshToken } = await obtainTokens(service, by)
  const refreshed = await refresh(service, by, refreshToken)
  const path = `/api/${service.serviceId}/client/update/${by.clientId}`
  await service.call('POST', path, { ...by, idTokenSignAlg })
  return { accessToken: refreshed.accessToken, refreshToken: refreshed.refreshToken }
}

const jarm = { response_mode: 'query.jwt' }
const formPost = { response_mode: 'form_post' }
const signedBy = (introspectionSignAlg: string) => ({
  ...{ httpAcceptHeader: 'application/token-introspection+jwt', introspectionSignAlg },
  ...{ rsUri: 'https://rs.example.com', parameters: 'token=unknown' },
})

/** A call about a grant of the client, by a token with all grant management scopes. */
async function manages(gmAction: string, more: Members = {}): Promise<Members> {
  const create = { grant_management_action: 'create', scope: managing }
  const { accessToken, grantId } = await obtainTokens(service, client, create)
  return { accessToken, grantId, gmAction, ...more }
}

export interface Row {
  status: number
  /** The part of the HTTP response that contains `responseContent`. */
  place: Place
  ask: () => Members | Promise<Members>
}
const owes = (status: number, place: Place, ask: Row['ask']): Row => ({ status, place, ask })

const challenged = (more: () => Promise<Members>): Record<string, Row> => ({
  BAD_REQUEST: owes(400, 'challenge', () => ({})),
  UNAUTHORIZED: owes(401, 'challenge', () => ({ token: 'unknown' })),
  FORBIDDEN: owes(403, 'challenge', more),
})
const withoutOpenid = async () => ({ token: await tokenOf(client, { scope: 'read' }) })

const requestOfUser = JSON.stringify({ format: 'jwt_vc_json', types: ['UserInfoCredential'] })

/** A request for a credential of UserInfo, with a token that may obtain one. */
async function credentialOfUser(requestContent: string): Promise<Members> {
  const names = ['openid', 'userinfo_credential_draft_00']
  await configure({
    supportedScopes: names.map((name) => ({ name })),
    attributes: [{ key: 'ext.userinfo_vc', value: 'draft00' }],
  })
  return { token: await tokenOf(client, { scope: names.join(' ') }), requestContent }
}

async function ticketOfUser(): Promise<Members> {
  const { token } = await credentialOfUser(requestOfUser)
  const asked = await service.api('/userinfovc/parse', { token, requestContent: requestOfUser })
  const { c_nonce: nonce } = JSON.parse(asked.responseContent)
  const { privateKey, publicKey } = await generateKeyPair('ES256')
  const jwt = await new SignJWT({ nonce })
    .setProtectedHeader({ alg: 'ES256', jwk: await exportJWK(publicKey) })
    .sign(privateKey)
  const requestContent = JSON.stringify({
    ...JSON.parse(requestOfUser),
    proof: { proof_type: 'jwt', jwt },
  })
  const { ticket } = await service.api('/userinfovc/parse', { token, requestContent })
  return { ticket }
}

/** The documents of a credential issuer. */
const documentRows = (...paths: string[]): Record<string, Record<string, Row>> =>
  Object.fromEntries(
    paths.map((path) => [
      path,
      {
        OK: owes(200, 'json', () => issuing({})),
        NOT_FOUND: owes(404, 'json', () => issuing({ verifiableCredentialsEnabled: false })),
      },
    ]),
  )

/** A call about the resources of a service that describes one. */
async function describing(call: Members, more: Members = {}): Promise<Members> {
  const value = JSON.stringify([{ resource: 'https://tools.example/mcp' }])
  await configure({ attributes: [{ key: 'ext.resources', value }], ...more })
  return call
}

/** The responses with what a service signs about itself in a federation. */
const federationRows = (...paths: string[]): Record<string, Record<string, Row>> =>
  Object.fromEntries(
    paths.map((path) => [
      path,
      {
        OK: owes(200, 'jwt', () => federated({})),
        NOT_FOUND: owes(404, 'json', () => federated({ federationEnabled: false })),
        INTERNAL_SERVER_ERROR: owes(500, 'json', () => federated({ federationJwks: undefined })),
      },
    ]),
  )

/** The empty request of an operation of a federation with the settings. */
async function federated(more: Members): Promise<Members> {
  await configure({ ...entitySettings, ...more })
  return {}
}

/** A request for explicit registration at a service with the settings. */
async function registersExplicitly(more: Members = {}): Promise<Members> {
  const { settings, body } = await registrationAt(service)
  await configure({ ...settings, ...more })
  return body
}

/** The request to resolve an entity that is known to a federation of the service. */
async function resolvable(more: Members = {}): Promise<Members> {
  const anchor = await entity('https://anchor.example')
  const party = await entity('https://rp.example', { superiors: [anchor] })
  federationOf(service.system).publish(party)
  await federated({ trustAnchors: [pinned(anchor)], ...more })
  return { sub: party.id, trustAnchors: [anchor.id], discover: true }
}

/** The number of a status list of a service with the settings. */
async function listed(more: Members): Promise<Members> {
  const settings = { ...withStatusLists(), ...more }
  await issuing(settings)
  await storeIssued(service)
  return { list: 1 }
}

/** Requests of wallets that are refused, in each way that the response for the wallet can have. */
const refusedWallet: Record<string, Row> = {
  BAD_REQUEST: owes(400, 'json', () => presenting('{')),
  UNAUTHORIZED: owes(401, 'challenge', async () => ({
    ...(await presenting('{}')),
    accessToken: 'unknown',
  })),
  FORBIDDEN: owes(403, 'json', () => issuing({ verifiableCredentialsEnabled: false })),
}

/** A checked request of a wallet, with an order that decides it. */
async function ordered(order: Members, kept: Kept = {}, settings: Members = {}) {
  await issuing({
    credentialIssuerMetadata: issuerMetadata({ batchCredentialEndpoint: endpointOf('batch') }),
    ...settings,
  })
  const accessToken: string = await tokenOf()
  const requestIdentifier = await keepRequest(service, accessToken, kept)
  return { accessToken, order: { requestIdentifier, credentialPayload: '{"a":1}', ...order } }
}
type Kept = Parameters<typeof keepRequest>[2]
type Ordered = Awaited<ReturnType<typeof ordered>>

/** The stream of the call before: a service has a limited number of them. */
let formerStream: Members | undefined

/** A request of a receiver about its stream, with the id of the stream in body and query. */
async function streams(call: Members, content: Members = {}, more: Members = {}): Promise<Members> {
  const names = ['openid', 'profile', 'ssf.manage']
  const settings = {
    supportedScopes: names.map((name) => ({ name })),
    attributes: [{ key: 'ext.ssf.base', value: 'https://as.example.com/ssf' }],
  }
  await configure(settings)
  if (formerStream) await service.api('/ssf/stream', { method: 'DELETE', ...formerStream })
  const by = await service.client()
  const accessToken = await tokenOf(by, { scope: 'openid ssf.manage' })
  const created = await service.api('/ssf/stream', {
    ...{ accessToken, method: 'POST', requestContent: '{}' },
  })
  const { stream_id: streamId } = JSON.parse(created.responseContent)
  formerStream = { accessToken, streamId }
  await configure({ ...settings, ...more })
  const requestContent = JSON.stringify({ stream_id: streamId, ...content })
  return { accessToken, streamId, requestContent, ...call }
}

/** What a receiver is refused with, at each of its endpoints. */
const refusedReceiver = (call: Members, content: Members = {}): Record<string, Row> => ({
  BAD_REQUEST: owes(400, 'json', () => streams({ ...call, requestContent: '{' })),
  UNAUTHORIZED: owes(401, 'challenge', () => streams({ ...call, accessToken: 'unknown' })),
  FORBIDDEN: owes(403, 'challenge', async () => ({
    ...(await streams(call)),
    accessToken: await tokenOf(),
  })),
  NOT_FOUND: owes(404, 'json', () =>
    streams({ ...call, streamId: 'unknown' }, { stream_id: 'unknown', ...content }),
  ),
})
const ofAlice = { subject: { format: 'email', email: 'alice@example.com' } }

const isBatchAccepted = { attributes: [{ key: 'ext.vci.batch.accepted', value: 'true' }] }

/** The responses of an operation that issues; `callOf` makes its call of an order. */
function decided(callOf: (asked: Ordered) => Members, kept: Kept = {}): Record<string, Row> {
  const to = (jwk: Members) => ({ jwk: { ...jwk, alg: 'ECDH-ES' }, enc: 'A128GCM' })
  const asks =
    (order: Members, isEncrypted = false) =>
    async () => {
      const more = isEncrypted ? { encryption: to({ ...publicKey }) } : {}
      return callOf(await ordered(order, { ...kept, ...more }, isBatchAccepted))
    }
  const deferred = { issuanceDeferred: true }
  return {
    OK: owes(200, 'json', asks({})),
    OK_JWT: owes(200, 'jwt', asks({}, true)),
    ACCEPTED: owes(202, 'json', asks(deferred)),
    ACCEPTED_JWT: owes(202, 'jwt', asks(deferred, true)),
    BAD_REQUEST: owes(400, 'json', asks({ denied: true })),
    FORBIDDEN: owes(403, 'json', async () =>
      callOf(await ordered({}, kept, { verifiableCredentialsEnabled: false })),
    ),
    INTERNAL_SERVER_ERROR: owes(500, 'json', async () =>
      callOf(await ordered({}, { ...kept, encryption: to({ kty: 'EC' }) })),
    ),
  }
}
const unauthorized = owes(401, 'challenge', async () => ({
  ...(await presenting('')),
  accessToken: 'unknown',
}))

/** By path and action: the HTTP response for the client, and a call that returns the action. */
export const rows: Record<string, Record<string, Row>> = {
  '/auth/authorization': {
    BAD_REQUEST: owes(400, 'json', () => asks({ redirect_uri: 'https://other.example' })),
    LOCATION: owes(302, 'location', () => asks({ max_age: 'x' })),
    FORM: owes(200, 'html', () => asks({ ...formPost, max_age: 'x' })),
    INTERNAL_SERVER_ERROR: owes(500, 'json', () => asks({ ...jarm, max_age: 'x' }, keyless)),
  },
  '/auth/authorization/issue': {
    BAD_REQUEST: owes(400, 'json', () => ({ ticket: 'unknown', subject: 'alice' })),
    LOCATION: owes(302, 'location', async () => ({ ticket: await ticketOf(), subject: 'alice' })),
    FORM: owes(200, 'html', async () => ({
      ...{ ticket: await ticketOf(client, formPost), subject: 'alice' },
    })),
    INTERNAL_SERVER_ERROR: owes(500, 'json', async () => ({
      ...{ ticket: await ticketOf(keyless, jarm), subject: 'alice' },
    })),
  },
  '/auth/authorization/fail': {
    BAD_REQUEST: owes(400, 'json', () => ({ ticket: 'unknown', reason: 'DENIED' })),
    LOCATION: owes(302, 'location', async () => ({ ticket: await ticketOf(), reason: 'DENIED' })),
    FORM: owes(200, 'html', async () => ({
      ...{ ticket: await ticketOf(client, formPost), reason: 'DENIED' },
    })),
    INTERNAL_SERVER_ERROR: owes(500, 'json', async () => ({
      ...{ ticket: await ticketOf(keyless, jarm), reason: 'DENIED' },
    })),
  },
  '/pushed_auth_req': {
    CREATED: owes(201, 'json', () => ({ ...asks({}), ...proves(client) })),
    BAD_REQUEST: owes(400, 'json', () => ({ ...asks({ max_age: 'x' }), ...proves(client) })),
    UNAUTHORIZED: owes(401, 'json', () => ({ ...asks({}), clientId: String(client.clientId) })),
    PAYLOAD_TOO_LARGE: owes(413, 'json', () => ({
      ...{ ...asks({ ui_locales: 'x'.repeat(70_000) }), ...proves(client) },
    })),
  },
  '/nativesso': {
    OK: owes(200, 'json', () => tokenOfSession(client)),
    INTERNAL_SERVER_ERROR: owes(500, 'json', () => tokenOfSession(keyless)),
  },
  '/device/authorization': {
    OK: owes(200, 'json', () => asksForDevice({ deviceVerificationUri })),
    BAD_REQUEST: owes(400, 'json', async () => ({
      ...(await asksForDevice({ deviceVerificationUri })),
      parameters: 'claims=x',
    })),
    UNAUTHORIZED: owes(401, 'json', () => ({ clientId: String(client.clientId) })),
    INTERNAL_SERVER_ERROR: owes(500, 'json', () => asksForDevice({})),
  },
  '/auth/token': {
    OK: owes(200, 'json', () => redeems(client)),
    BAD_REQUEST: owes(400, 'json', () => ({ parameters: 'grant_type=none', ...proves(client) })),
    INVALID_CLIENT: owes(401, 'json', () => ({ parameters: 'grant_type=client_credentials' })),
    INTERNAL_SERVER_ERROR: owes(500, 'json', () => redeems(keyless)),
  },
  '/auth/token/issue': {
    OK: owes(200, 'json', async () => ({ ticket: await passwordTicket(), subject: 'alice' })),
    INTERNAL_SERVER_ERROR: owes(500, 'json', () => ({ ticket: 'unknown', subject: 'alice' })),
  },
  '/auth/token/fail': {
    BAD_REQUEST: owes(400, 'json', async () => ({
      ...{ ticket: await passwordTicket(), reason: 'INVALID_RESOURCE_OWNER_CREDENTIALS' },
    })),
    INTERNAL_SERVER_ERROR: owes(500, 'json', () => ({ ticket: 'unknown', reason: 'UNKNOWN' })),
  },
  '/backchannel/authentication': {
    BAD_REQUEST: owes(400, 'json', () => ({ parameters: '', ...proves(ciba) })),
    UNAUTHORIZED: owes(401, 'json', () => ({ parameters: '' })),
  },
  '/backchannel/authentication/issue': {
    OK: owes(200, 'json', async () => ({ ticket: (await ask(service, ciba)).ticket })),
    INVALID_TICKET: owes(500, 'json', () => ({ ticket: 'unknown' })),
  },
  '/backchannel/authentication/fail': {
    BAD_REQUEST: owes(400, 'json', () => backchannelFailure('UNKNOWN_USER_ID')),
    FORBIDDEN: owes(403, 'json', () => backchannelFailure('ACCESS_DENIED')),
    INTERNAL_SERVER_ERROR: owes(500, 'json', () => backchannelFailure('SERVER_ERROR')),
  },
  '/idtoken/reissue': {
    OK: owes(200, 'json', () => reissues('RS256')),
    INTERNAL_SERVER_ERROR: owes(500, 'json', () => reissues('ES512')),
  },
  '/auth/userinfo': challenged(withoutOpenid),
  '/auth/userinfo/issue': {
    ...challenged(withoutOpenid),
    JSON: owes(200, 'json', async () => ({ token: await tokenOf() })),
    JWT: owes(200, 'jwt', async () => ({
      token: await tokenOf(await service.client({ userInfoSignAlg: 'ES256' })),
    })),
    INTERNAL_SERVER_ERROR: owes(500, 'challenge', async () => ({
      token: await tokenOf(await service.client({ userInfoSignAlg: 'ES512' })),
    })),
  },
  '/auth/introspection': challenged(async () => ({ token: await tokenOf(), scopes: ['write'] })),
  '/auth/introspection/standard': {
    OK: owes(200, 'json', () => ({ parameters: 'token=unknown' })),
    JWT: owes(200, 'jwt', () => signedBy('ES256')),
    BAD_REQUEST: owes(400, 'json', () => ({ parameters: '' })),
    INTERNAL_SERVER_ERROR: owes(500, 'json', () => signedBy('ES512')),
  },
  '/gm': {
    OK: owes(200, 'json', () => manages('QUERY')),
    NO_CONTENT: owes(204, 'none', () => manages('REVOKE')),
    UNAUTHORIZED: owes(401, 'challenge', () => manages('QUERY', { accessToken: 'unknown' })),
    FORBIDDEN: owes(403, 'challenge', async () =>
      manages('QUERY', { accessToken: await tokenOf() }),
    ),
    NOT_FOUND: owes(404, 'challenge', () => manages('QUERY', { grantId: 'unknown' })),
    CALLER_ERROR: owes(500, 'challenge', () => ({})),
  },
  '/client/registration': {
    CREATED: owes(201, 'json', () => ({ json: '{}' })),
    UNAUTHORIZED: owes(401, 'json', async () => {
      const attributes = [{ key: 'ext.dcr.required_scopes', value: 'write' }]
      await configure({ unauthorizedOnClientConfigSupported: true, attributes })
      return { json: '{}', token: 'unknown' }
    }),
    BAD_REQUEST: owes(400, 'json', async () => {
      await configure()
      return { json: '[]' }
    }),
  },
  '/client/registration/get': {
    OK: owes(200, 'json', () => registered()),
    UNAUTHORIZED: owes(401, 'json', () => unknownToken(true)),
    BAD_REQUEST: owes(400, 'json', () => unknownToken(false)),
  },
  '/client/registration/update': {
    UPDATED: owes(200, 'json', async () => ({ ...(await registered()), json: '{}' })),
    UNAUTHORIZED: owes(401, 'json', () => unknownToken(true)),
    BAD_REQUEST: owes(400, 'json', async () => ({ ...(await registered()), json: '[]' })),
  },
  '/client/registration/delete': {
    DELETED: owes(204, 'none', () => registered()),
    UNAUTHORIZED: owes(401, 'json', () => unknownToken(true)),
    BAD_REQUEST: owes(400, 'json', () => unknownToken(false)),
  },
  '/client/registration/list': {
    OK: owes(200, 'json', async () => {
      await configure()
      return {}
    }),
    BAD_REQUEST: owes(400, 'json', async () => {
      await configure({ dynamicRegistrationSupported: false })
      return {}
    }),
  },
  '/auth/revocation': {
    OK: owes(200, 'none', () => ({ parameters: 'token=unknown', ...proves(client) })),
    BAD_REQUEST: owes(400, 'json', () => ({ parameters: '', ...proves(client) })),
    INVALID_CLIENT: owes(401, 'json', () => ({ parameters: 'token=unknown' })),
  },
  '/attestation/challenge': { OK: owes(200, 'json', () => ({})) },
  '/userinfovc/parse': {
    NONCE: owes(400, 'json', () => credentialOfUser(requestOfUser)),
    BAD_REQUEST: owes(400, 'json', () => credentialOfUser('{')),
    UNAUTHORIZED: owes(401, 'challenge', async () => ({
      ...(await credentialOfUser('{')),
      token: 'unknown',
    })),
    FORBIDDEN: owes(403, 'challenge', async () => {
      await configure()
      return { token: await tokenOf() }
    }),
  },
  '/resource/metadata': {
    OK: owes(200, 'json', () => describing({ resource: 'https://tools.example/mcp' })),
    BAD_REQUEST: owes(400, 'json', () =>
      describing({ resource: 'https://tools.example/mcp', signed: true }, { jwks: jwksOf() }),
    ),
    NOT_FOUND: owes(404, 'json', () => describing({ resource: 'https://other.example/' })),
  },
  '/userinfovc/issue': { OK: owes(200, 'json', ticketOfUser) },
  ...documentRows('/vci/metadata', '/vci/jwtissuer', '/vci/jwks'),
  ...federationRows('/federation/configuration', '/federation/jwks', '/federation/historical-keys'),
  '/federation/registration': {
    OK: owes(200, 'jwt', () => registersExplicitly()),
    BAD_REQUEST: owes(400, 'json', () => federated({})),
    NOT_FOUND: owes(404, 'json', () => federated({ federationEnabled: false })),
    INTERNAL_SERVER_ERROR: owes(500, 'json', () =>
      registersExplicitly({ federationJwks: undefined }),
    ),
  },
  '/federation/resolve': {
    OK: owes(200, 'jwt', () => resolvable()),
    NOT_FOUND: owes(404, 'json', () => resolvable({ federationEnabled: false })),
    BAD_REQUEST: owes(400, 'json', async () => ({ ...(await resolvable()), sub: 'unknown' })),
    INTERNAL_SERVER_ERROR: owes(500, 'json', () => resolvable({ federationJwks: undefined })),
  },
  '/vci/nonce': {
    OK: owes(200, 'json', () => issuing({})),
    INTERNAL_SERVER_ERROR: owes(500, 'json', () =>
      issuing({ verifiableCredentialsEnabled: false }),
    ),
  },
  '/vci/single/parse': refusedWallet,
  '/vci/batch/parse': refusedWallet,
  '/vci/deferred/parse': refusedWallet,
  '/vci/single/issue': { ...decided((asked) => asked), UNAUTHORIZED: unauthorized },
  '/vci/batch/issue': {
    ...decided(({ accessToken, order }) => ({ accessToken, orders: [order] })),
    UNAUTHORIZED: unauthorized,
  },
  '/vci/deferred/issue': decided(({ order }) => ({ order }), { status: 'DEFERRED' }),
  '/vci/notification': {
    ...refusedWallet,
    NO_CONTENT: owes(204, 'none', async () => {
      const { clientId } = client
      const request = { notification_id: 'notification-1', event: 'credential_accepted' }
      const asked = await presenting(JSON.stringify(request))
      await storeIssued(service, { clientId, notificationId: request.notification_id })
      return asked
    }),
  },
  '/vci/status/get': {
    OK: owes(200, 'jwt', () => listed({})),
    NOT_FOUND: owes(404, 'none', () => ({ list: 99 })),
    INTERNAL_SERVER_ERROR: owes(500, 'json', () => listed({ credentialJwks: undefined })),
  },
  '/session/iframe': {
    OK: owes(200, 'html', () => ({})),
    BAD_REQUEST: owes(400, 'json', () => ({ cookieName: 'a;b' })),
  },
  '/logout': {
    LOCATION: owes(302, 'location', async () => ({ parameters: await toReturn() })),
    PAGE: owes(200, 'html', () => loggedIn('id_token_hint')),
    BAD_REQUEST: owes(400, 'json', () => ({ parameters: 'state=a&state=b' })),
  },
  '/logout/issue': {
    LOCATION: owes(302, 'location', async () => toConfirm(await toReturn())),
    PAGE: owes(200, 'html', async () => {
      const { parameters, sessionId } = await loggedIn('logout_hint')
      return toConfirm(parameters, sessionId)
    }),
    BAD_REQUEST: owes(400, 'json', () => ({ ticket: 'unknown' })),
  },
  '/logout/fail': {
    LOCATION: owes(302, 'location', async () => ({
      ...(await toConfirm(await toReturn())),
      redirect: true,
    })),
    BAD_REQUEST: owes(400, 'json', () => ({ ticket: 'unknown' })),
  },
  '/ssf/configuration': {
    OK: owes(200, 'json', () => streams({})),
    NOT_FOUND: owes(404, 'json', async () => {
      await configure()
      return {}
    }),
  },
  '/ssf/stream': {
    ...refusedReceiver({ method: 'PATCH' }),
    OK: owes(200, 'json', () => streams({ method: 'GET' })),
    CREATED: owes(201, 'json', async () => {
      const { accessToken, streamId } = await streams({})
      await service.api('/ssf/stream', { method: 'DELETE', accessToken, streamId })
      return { method: 'POST', accessToken, requestContent: '{}' }
    }),
    NO_CONTENT: owes(204, 'none', () => streams({ method: 'DELETE' })),
    CONFLICT: owes(409, 'json', () => streams({ method: 'POST' })),
  },
  '/ssf/status': {
    ...refusedReceiver({ method: 'POST' }, { status: 'paused' }),
    OK: owes(200, 'json', () => streams({ method: 'POST' }, { status: 'paused' })),
  },
  '/ssf/subjects/add': {
    ...refusedReceiver({}, ofAlice),
    OK: owes(200, 'none', () => streams({}, ofAlice)),
  },
  '/ssf/subjects/remove': {
    ...refusedReceiver({}, ofAlice),
    NO_CONTENT: owes(204, 'none', () => streams({}, ofAlice)),
  },
  '/ssf/verification': {
    ...refusedReceiver({}),
    NO_CONTENT: owes(204, 'none', () => streams({})),
    TOO_MANY_REQUESTS: owes(429, 'json', async () => {
      const asked = await streams({})
      await service.api('/ssf/verification', asked)
      return asked
    }),
  },
  '/ssf/poll': {
    ...refusedReceiver({}),
    OK: owes(200, 'json', () => streams({}, {})),
    NOT_FOUND: owes(404, 'json', async () => {
      const asked = await streams({})
      await service.api('/ssf/stream', { method: 'DELETE', ...asked })
      return asked
    }),
    INTERNAL_SERVER_ERROR: owes(500, 'json', async () => {
      const asked = await streams({}, {}, { jwks: jwksOf(...serviceKeys.slice(1)) })
      await service.api('/ssf/verification', asked)
      return asked
    }),
  },
}
