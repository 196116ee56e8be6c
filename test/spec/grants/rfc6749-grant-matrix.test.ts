/**
 * Every grant in every state that must stop it: the response, and that no token was issued. A cell
 * is the action and the result code, or the scopes of the issued tokens. An omitted cell has the
 * reason why it does not apply.
 */
import { eq } from 'drizzle-orm'
import { exportJWK, generateKeyPair } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { begin, complete, notificationEndpoint, poll } from '../../support/ciba.ts'
import {
  authorize,
  createService,
  form,
  issuer,
  obtainCode,
  obtainTokens,
  redeem,
  refresh,
  requestToken,
  type TestService,
} from '../../support/flows.ts'
import { jwksOf, serviceKeys } from '../../support/keys.ts'
import { createServer, type Json, type TestServer } from '../../support/server.ts'

const scopes = 'openid read write device_sso grant_management_revoke offline_access'.split(' ')
const entries = (names: string[]) => names.map((name) => ({ name }))
const settings = {
  supportedScopes: entries(scopes),
  supportedGrantTypes: [
    ...['AUTHORIZATION_CODE', 'IMPLICIT', 'PASSWORD', 'CLIENT_CREDENTIALS', 'REFRESH_TOKEN'],
    ...['CIBA', 'DEVICE_CODE', 'TOKEN_EXCHANGE', 'JWT_BEARER'],
  ],
  supportedBackchannelTokenDeliveryModes: ['POLL', 'PUSH'],
  backchannelAuthenticationEndpoint: `${issuer}/backchannel`,
  deviceVerificationUri: `${issuer}/activate`,
  grantManagementEndpoint: `${issuer}/grants`,
  nativeSsoSupported: true,
  idTokenReissuable: true,
}
const scope = 'openid read write'
const resource = 'https://rs.example.com'
const exchangeType = 'urn:ietf:params:oauth:grant-type:token-exchange'
const tokenType = (name: string) => `urn:ietf:params:oauth:token-type:${name}`
const deviceSecret = 'a-device-secret'

let server: TestServer
beforeAll(async () => {
  server = await createServer()
})
afterAll(() => server.close())

/** The setting of a cell: its own service, and the client of the grant. */
interface World {
  service: TestService
  client: Json
  document: Json
}

/** The start of a grant, and the call that returns tokens, made by the given client. */
interface Flow {
  grantType: string
  document?: Json
  begin: (world: World, more?: Record<string, string>) => Promise<Json>
  spend: (world: World, artefact: Json, more?: Record<string, string>) => Promise<Json>
}

const createWorld = async (flow: Flow): Promise<World> => {
  const service = await createService(settings, server)
  const document = {
    clientName: 'The client',
    ...{ bcDeliveryMode: 'POLL', bcNotificationEndpoint: notificationEndpoint },
    ...flow.document,
  }
  return { service, document, client: await service.client(document) }
}

const signOn = ({ service, client }: World, more: Record<string, string> = {}) => {
  const asked = { scope: `${scope} device_sso`, ...more }
  return obtainTokens(service, client, asked, { sessionId: 'session', authTime: 1_700_000_000 })
}

const finishSignOn = ({ service }: World, tokens: Json) =>
  service.api('/nativesso', {
    ...{ accessToken: tokens.accessToken, refreshToken: tokens.refreshToken, deviceSecret },
  })

const createToken = ({ service, client }: World, asked: Json, more: Json = {}) =>
  service.api('/auth/token/create', {
    ...{ grantType: asked.grantType, clientId: client.clientId, subject: 'alice' },
    ...{ scopes: scope.split(' '), ...more },
  })

const device = async ({ service, client }: World, more: Record<string, string> = {}) => {
  const asked = await service.api('/device/authorization', {
    parameters: form({ scope, resource, ...more }),
    ...{ clientId: String(client.clientId), clientSecret: client.clientSecret },
  })
  const { userCode } = asked
  await service.api('/device/complete', { userCode, result: 'AUTHORIZED', subject: 'alice' })
  return asked.deviceCode
}

const assertion = () => {
  const claims = { iss: 'x', sub: 'alice', aud: issuer, exp: 4_000_000_000 }
  const parts = [{ alg: 'none' }, claims].map((part) => JSON.stringify(part))
  return `${parts.map((part) => Buffer.from(part).toString('base64url')).join('.')}.`
}

const flows = {
  'authorization code': {
    grantType: 'AUTHORIZATION_CODE',
    begin: ({ service, client }, more) => obtainCode(service, client, { scope, resource, ...more }),
    spend: ({ service, client }, code, more) => redeem(service, client, code, more),
  },
  implicit: {
    grantType: 'IMPLICIT',
    begin: ({ service, client }, more) =>
      authorize(service, client, { scope, response_type: 'id_token token', ...more }),
    spend: ({ service }, { ticket }) =>
      service.api('/auth/authorization/issue', { ticket, subject: 'alice' }),
  },
  'implicit ID Token': {
    grantType: 'IMPLICIT',
    begin: ({ service, client }, more) =>
      authorize(service, client, { scope, response_type: 'id_token', ...more }),
    spend: ({ service }, { ticket }) =>
      service.api('/auth/authorization/issue', { ticket, subject: 'alice' }),
  },
  hybrid: {
    grantType: 'IMPLICIT',
    begin: ({ service, client }, more) =>
      authorize(service, client, { scope, response_type: 'code id_token token', ...more }),
    spend: ({ service }, { ticket }) =>
      service.api('/auth/authorization/issue', { ticket, subject: 'alice' }),
  },
  'refresh token': {
    grantType: 'REFRESH_TOKEN',
    begin: async ({ service, client }, more) =>
      (await obtainTokens(service, client, { scope, resource, ...more })).refreshToken,
    spend: ({ service, client }, token, more) => refresh(service, client, token, more),
  },
  'client credentials': {
    grantType: 'CLIENT_CREDENTIALS',
    begin: async () => undefined,
    spend: ({ service, client }, _artefact, more) =>
      requestToken(service, client, { grant_type: 'client_credentials', scope, ...more }),
  },
  password: {
    grantType: 'PASSWORD',
    begin: async ({ service, client }) => {
      const credentials = { username: 'alice', password: 'secret' }
      const parameters = { grant_type: 'password', scope, ...credentials }
      return (await requestToken(service, client, parameters)).ticket
    },
    spend: ({ service }, ticket) => service.api('/auth/token/issue', { ticket, subject: 'alice' }),
  },
  'CIBA, polled': {
    grantType: 'CIBA',
    begin: async ({ service, client }, more) => {
      const issued = await begin(service, client, { scope, resource, ...more })
      await complete(service, issued.ticket)
      return issued.authReqId
    },
    spend: ({ service, client }, authReqId, more) =>
      more
        ? requestToken(service, client, {
            ...{ grant_type: 'urn:openid:params:grant-type:ciba', auth_req_id: authReqId, ...more },
          })
        : poll(service, client, authReqId),
  },
  'CIBA, pushed': {
    grantType: 'CIBA',
    document: { bcDeliveryMode: 'PUSH' },
    begin: async ({ service, client }, more) =>
      (await begin(service, client, { scope, ...more })).ticket,
    spend: ({ service }, ticket) => complete(service, ticket),
  },
  'device code': {
    grantType: 'DEVICE_CODE',
    begin: device,
    spend: ({ service, client }, code, more) =>
      requestToken(service, client, {
        grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
        ...{ device_code: code, ...more },
      }),
  },
  'token exchange': {
    grantType: 'TOKEN_EXCHANGE',
    begin: async ({ service, client }, more) =>
      (await obtainTokens(service, client, { scope, ...more })).accessToken,
    spend: async (world, token) => {
      const asked = await requestToken(world.service, world.client, {
        ...{ grant_type: exchangeType, scope, subject_token: token },
        subject_token_type: tokenType('access_token'),
      })
      return asked.action === 'TOKEN_EXCHANGE'
        ? createToken(world, asked, { scopes: asked.scopes })
        : asked
    },
  },
  'token exchange, decided': {
    grantType: 'TOKEN_EXCHANGE',
    begin: async ({ service, client }) =>
      requestToken(service, client, {
        ...{ grant_type: exchangeType, scope, subject_token_type: tokenType('access_token') },
        subject_token: (await obtainTokens(service, client, { scope })).accessToken,
      }),
    spend: (world, asked) => createToken(world, asked),
  },
  'JWT bearer': {
    grantType: 'JWT_BEARER',
    begin: async ({ service, client }) =>
      requestToken(service, client, {
        grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
        ...{ scope, assertion: assertion() },
      }),
    spend: (world, asked) => createToken(world, asked),
  },
  'Native SSO': {
    grantType: 'TOKEN_EXCHANGE',
    begin: async (world, more) => (await finishSignOn(world, await signOn(world, more))).idToken,
    spend: ({ service, client }, idToken) =>
      requestToken(service, client, {
        ...{ grant_type: exchangeType, scope, subject_token: idToken, actor_token: deviceSecret },
        subject_token_type: tokenType('id_token'),
        actor_token_type: 'urn:openid:params:token-type:device-secret',
      }),
  },
  'Native SSO, finished': {
    grantType: 'AUTHORIZATION_CODE',
    begin: signOn,
    spend: finishSignOn,
  },
  'reissued ID Token': {
    grantType: 'REFRESH_TOKEN',
    begin: async ({ service, client }, more) => {
      const { refreshToken } = await obtainTokens(service, client, { scope, ...more })
      return refresh(service, client, refreshToken)
    },
    spend: ({ service }, { accessToken, refreshToken }) =>
      service.api('/idtoken/reissue', { accessToken, refreshToken }),
  },
  'created token': {
    grantType: 'AUTHORIZATION_CODE',
    begin: async () => ({ grantType: 'AUTHORIZATION_CODE' }),
    spend: (world, asked) => createToken(world, asked),
  },
} satisfies Record<string, Flow>
type FlowName = keyof typeof flows

/** What changes between the start and the call, or how the call itself differs. */
interface State {
  change?: (world: World, flow: Flow, artefact: Json) => Promise<unknown>
  begin?: (world: World, flow: Flow) => Promise<Json>
  spend?: (world: World, flow: Flow, artefact: Json) => Promise<Json>
}

const updateClient = ({ service, client, document }: World, more: Json) =>
  service.api(`/client/update/${client.clientId}`, {
    ...{ clientType: 'CONFIDENTIAL', redirectUris: client.redirectUris, ...document, ...more },
  })
const remove = ({ service }: World, path: string) =>
  service.call('DELETE', `/api/${service.serviceId}${path}`)
const without = <T>(all: T[], one: T) => all.filter((each) => each !== one)

const states = {
  nothing: {},
  'client locked': {
    change: ({ service, client }) =>
      service.api(`/client/lock_flag/update/${client.clientId}`, { clientLocked: true }),
  },
  'client deleted': {
    change: (world) => remove(world, `/client/delete/${world.client.clientId}`),
  },
  'service deleted': { change: (world) => remove(world, '/service/delete') },
  'grant type taken from client': {
    change: (world, { grantType }) =>
      updateClient(world, { grantTypes: without(settings.supportedGrantTypes, grantType) }),
  },
  'grant type taken from service': {
    change: ({ service }, { grantType }) =>
      service.configure({ supportedGrantTypes: without(settings.supportedGrantTypes, grantType) }),
  },
  'scope taken from service': {
    change: ({ service }) =>
      service.configure({ supportedScopes: entries(without(scopes, 'read')) }),
  },
  'scope taken from client': {
    change: ({ service, client }) =>
      service.api(`/client/extension/requestable_scopes/update/${client.clientId}`, {
        requestableScopes: without(scopes, 'read'),
      }),
  },
  'openid taken from service': {
    change: ({ service }) =>
      service.configure({ supportedScopes: entries(without(scopes, 'openid')) }),
  },
  'every scope taken, one required': {
    change: ({ service }) =>
      service.configure({ supportedScopes: entries(['other']), scopeRequired: true }),
  },
  'resource not granted': {
    spend: (world, flow, artefact) =>
      flow.spend(world, artefact, { resource: 'https://other.example.com' }),
  },
  'consent revoked': {
    change: (world) => remove(world, `/client/authorization/delete/${world.client.clientId}/alice`),
  },
  'tokens of the user revoked': {
    change: ({ service }) => service.api('/auth/token/revoke', { subject: 'alice' }),
  },
  'managed grant revoked': {
    begin: async (world, flow) => {
      const more = { grant_management_action: 'create' }
      return flow.begin(world, more)
    },
    change: async ({ service, client }) => {
      const { grants } = server.engine.tables
      const [row] = await server.engine.read
        .select()
        .from(grants)
        .where(eq(grants.serviceId, service.serviceId))
      const { accessToken } = await service.api('/auth/token/create', {
        ...{ grantType: 'AUTHORIZATION_CODE', clientId: client.clientId, subject: 'alice' },
        scopes: ['grant_management_revoke'],
      })
      const end = { accessToken, gmAction: 'REVOKE', grantId: row?.grantId }
      expect(await service.api('/gm', end)).toMatchObject({ action: 'NO_CONTENT' })
    },
  },
  'refresh token revoked': {
    change: async ({ service }) => {
      const { refreshTokens } = server.engine.tables
      const ofService = eq(refreshTokens.serviceId, service.serviceId)
      for (const row of await server.engine.read.select().from(refreshTokens).where(ofService)) {
        await service.api('/auth/token/revoke', { refreshTokenIdentifier: row.tokenHash })
      }
    },
  },
  expired: { change: async () => server.system.clock.advance(100 * 24 * 3_600_000) },
  'used before': {
    change: async (world, flow, artefact) => {
      await flow.spend(world, artefact)
      server.system.clock.advance(6_000)
    },
  },
  'of another client': {
    spend: async ({ service, document }, flow, artefact) =>
      flow.spend({ service, document, client: await service.client(document) }, artefact),
  },
  'of another service': {
    spend: async (_world, flow, artefact) => flow.spend(await createWorld(flow), artefact),
  },
  'signing key added': {
    change: ({ service }) => service.configure({ jwks: jwksOf(newKey, ...serviceKeys) }),
  },
  'signing key withdrawn': { change: ({ service }) => service.configure({ jwks: jwksOf(newKey) }) },
} satisfies Record<string, State>
type StateName = keyof typeof states

const { privateKey } = await generateKeyPair('RS256', { extractable: true })
const newKey = { ...(await exportJWK(privateKey)), kid: 'new', alg: 'RS256', use: 'sig' }

/** A short description of the result of a call. */
async function play(flow: Flow, state: State): Promise<string> {
  const world = await createWorld(flow)
  const artefact = await (state.begin?.(world, flow) ?? flow.begin(world))
  await state.change?.(world, flow, artefact)
  const before = new Set((await rowsOfTokens()).map(({ tokenHash }) => tokenHash))
  const answer = await (state.spend?.(world, flow, artefact) ?? flow.spend(world, artefact))
  const fresh = (await rowsOfTokens()).filter(({ tokenHash }) => !before.has(tokenHash))
  const inContent = /(access_token|refresh_token|id_token|[?&#"]code)["=]/
  const inAnswer = ['accessToken', 'jwtAccessToken', 'refreshToken', 'idToken', 'authorizationCode']
  const isGiven = inContent.test(answer.responseContent) || inAnswer.some((name) => name in answer)
  if (!isGiven && fresh.length === 0) return `${answer.action ?? 'HTTP 404'} ${answer.resultCode}`
  const [access] = fresh.filter(({ data }) => !('durationSeconds' in data))
  return access ? `gives ${access.data.grant.scopes.join(' ')}` : 'gives an ID Token'
}

async function rowsOfTokens() {
  const { read, tables } = server.engine
  const access = await read.select().from(tables.accessTokens)
  const refresh = await read.select().from(tables.refreshTokens)
  return [...access, ...refresh]
}

/** The result of each grant without an obstacle. */
const given: Record<FlowName, string> = {
  'authorization code': 'gives openid read write',
  implicit: 'gives openid read write',
  'implicit ID Token': 'gives an ID Token',
  hybrid: 'gives openid read write',
  'refresh token': 'gives openid read write',
  'client credentials': 'gives read write',
  password: 'gives openid read write',
  'CIBA, polled': 'gives openid read write',
  'CIBA, pushed': 'gives openid read write',
  'device code': 'gives openid read write',
  'token exchange': 'gives openid read write',
  'token exchange, decided': 'gives openid read write',
  'JWT bearer': 'gives openid read write',
  'Native SSO': 'gives openid read write',
  'Native SSO, finished': 'gives an ID Token',
  'reissued ID Token': 'gives an ID Token',
  'created token': 'gives openid read write',
}

/** Reasons why a cell does not apply. */
const leftOut = {
  callers: { why: 'The caller names client and user, and is responsible for the authorization.' },
  decidesNow: { why: 'The user decides in this call, after the revocation.' },
  meant: {
    why: 'A client may exchange the tokens of another client: that is the purpose of an exchange.',
  },
  noAccess: { why: 'There is no access token whose scopes could be narrowed.' },
  noArtefact: { why: 'The client presents its credentials only.' },
  noGranted: { why: 'The request is the first to name resources: none were granted before.' },
  noParameter: { why: 'The call takes no resource parameter.' },
  noRefresh: { why: 'There is no refresh token yet.' },
  noUser: { why: 'There is no user.' },
  reusable: { why: 'The exchanged token stays valid and can be exchanged again.' },
  ticket: { why: 'The caller presents the ticket or token, which identifies the client.' },
  unmanaged: { why: 'The grant type cannot request a managed grant.' },
  wording: { why: 'The call returns an ID Token for tokens that were issued before.' },
}
const asEver = 'unaffected'
type Cell = string | { why: string }

/** Each grant in each state. Issued tokens have the remaining scopes and no others. */
const matrix: Record<Exclude<StateName, 'nothing'>, Record<FlowName, Cell>> = {
  'client locked': {
    'authorization code': 'INVALID_CLIENT P010008',
    implicit: 'LOCATION P033001',
    'implicit ID Token': 'LOCATION P033001',
    hybrid: 'LOCATION P033001',
    'refresh token': 'INVALID_CLIENT P010008',
    'client credentials': 'INVALID_CLIENT P010008',
    password: 'INTERNAL_SERVER_ERROR P014001',
    'CIBA, polled': 'INVALID_CLIENT P010008',
    'CIBA, pushed': 'NOTIFICATION P014001',
    'device code': 'INVALID_CLIENT P010008',
    'token exchange': 'INVALID_CLIENT P010008',
    'token exchange, decided': 'BAD_REQUEST P014001',
    'JWT bearer': 'BAD_REQUEST P014001',
    'Native SSO': 'INVALID_CLIENT P010008',
    'Native SSO, finished': 'CALLER_ERROR P083004',
    'reissued ID Token': 'CALLER_ERROR P024002',
    'created token': 'BAD_REQUEST P014001',
  },
  'client deleted': {
    'authorization code': 'INVALID_CLIENT P010005',
    implicit: 'BAD_REQUEST P032001',
    'implicit ID Token': 'BAD_REQUEST P032001',
    hybrid: 'BAD_REQUEST P032001',
    'refresh token': 'INVALID_CLIENT P010005',
    'client credentials': 'INVALID_CLIENT P010005',
    password: 'INTERNAL_SERVER_ERROR P036001',
    'CIBA, polled': 'INVALID_CLIENT P010005',
    'CIBA, pushed': 'SERVER_ERROR P073001',
    'device code': 'INVALID_CLIENT P010005',
    'token exchange': 'INVALID_CLIENT P010005',
    'token exchange, decided': 'BAD_REQUEST P046002',
    'JWT bearer': 'BAD_REQUEST P046002',
    'Native SSO': 'INVALID_CLIENT P010005',
    'Native SSO, finished': 'CALLER_ERROR P083004',
    'reissued ID Token': 'CALLER_ERROR P024002',
    'created token': 'BAD_REQUEST P046002',
  },
  'service deleted': {
    'authorization code': 'HTTP 404 P000301',
    implicit: 'HTTP 404 P000301',
    'implicit ID Token': 'HTTP 404 P000301',
    hybrid: 'HTTP 404 P000301',
    'refresh token': 'HTTP 404 P000301',
    'client credentials': 'HTTP 404 P000301',
    password: 'HTTP 404 P000301',
    'CIBA, polled': 'HTTP 404 P000301',
    'CIBA, pushed': 'HTTP 404 P000301',
    'device code': 'HTTP 404 P000301',
    'token exchange': 'HTTP 404 P000301',
    'token exchange, decided': 'HTTP 404 P000301',
    'JWT bearer': 'HTTP 404 P000301',
    'Native SSO': 'HTTP 404 P000301',
    'Native SSO, finished': 'HTTP 404 P000301',
    'reissued ID Token': 'HTTP 404 P000301',
    'created token': 'HTTP 404 P000301',
  },
  'grant type taken from client': {
    'authorization code': 'BAD_REQUEST P013004',
    implicit: 'LOCATION P013006',
    'implicit ID Token': 'LOCATION P013006',
    hybrid: 'LOCATION P013006',
    'refresh token': 'BAD_REQUEST P013004',
    'client credentials': 'BAD_REQUEST P013004',
    password: 'INTERNAL_SERVER_ERROR P013004',
    'CIBA, polled': 'BAD_REQUEST P013004',
    'CIBA, pushed': 'NOTIFICATION P013004',
    'device code': 'BAD_REQUEST P013004',
    'token exchange': 'BAD_REQUEST P013004',
    'token exchange, decided': 'BAD_REQUEST P013004',
    'JWT bearer': 'BAD_REQUEST P013004',
    'Native SSO': 'BAD_REQUEST P013004',
    'Native SSO, finished': leftOut.wording,
    'reissued ID Token': leftOut.wording,
    'created token': 'BAD_REQUEST P013004',
  },
  'grant type taken from service': {
    'authorization code': 'BAD_REQUEST P013003',
    implicit: 'LOCATION P013005',
    'implicit ID Token': 'LOCATION P013005',
    hybrid: 'LOCATION P013005',
    'refresh token': 'BAD_REQUEST P013003',
    'client credentials': 'BAD_REQUEST P013003',
    password: 'INTERNAL_SERVER_ERROR P013003',
    'CIBA, polled': 'BAD_REQUEST P013003',
    'CIBA, pushed': 'NOTIFICATION P013003',
    'device code': 'BAD_REQUEST P013003',
    'token exchange': 'BAD_REQUEST P013003',
    'token exchange, decided': 'BAD_REQUEST P013003',
    'JWT bearer': 'BAD_REQUEST P013003',
    'Native SSO': 'BAD_REQUEST P013003',
    'Native SSO, finished': leftOut.wording,
    'reissued ID Token': leftOut.wording,
    'created token': 'BAD_REQUEST P013003',
  },
  'scope taken from service': {
    'authorization code': 'gives openid write',
    implicit: 'gives openid write',
    'implicit ID Token': leftOut.noAccess,
    hybrid: 'gives openid write',
    'refresh token': 'gives openid write',
    'client credentials': 'gives write',
    password: 'gives openid write',
    'CIBA, polled': 'gives openid write',
    'CIBA, pushed': 'gives openid write',
    'device code': 'gives openid write',
    'token exchange': 'gives openid write',
    'token exchange, decided': 'BAD_REQUEST P046004',
    'JWT bearer': 'BAD_REQUEST P046004',
    'Native SSO': 'gives openid write',
    'Native SSO, finished': leftOut.wording,
    'reissued ID Token': leftOut.wording,
    'created token': 'BAD_REQUEST P046004',
  },
  'scope taken from client': {
    'authorization code': 'gives openid write',
    implicit: 'gives openid write',
    'implicit ID Token': leftOut.noAccess,
    hybrid: 'gives openid write',
    'refresh token': 'gives openid write',
    'client credentials': 'gives write',
    password: 'gives openid write',
    'CIBA, polled': 'gives openid write',
    'CIBA, pushed': 'gives openid write',
    'device code': 'gives openid write',
    'token exchange': 'gives openid write',
    'token exchange, decided': 'BAD_REQUEST P046004',
    'JWT bearer': 'BAD_REQUEST P046004',
    'Native SSO': 'gives openid write',
    'Native SSO, finished': leftOut.wording,
    'reissued ID Token': leftOut.wording,
    'created token': 'BAD_REQUEST P046004',
  },
  'openid taken from service': {
    'authorization code': 'gives read write',
    implicit: 'LOCATION P014102',
    'implicit ID Token': 'LOCATION P014102',
    hybrid: 'LOCATION P014102',
    'refresh token': 'gives read write',
    'client credentials': leftOut.noUser,
    password: 'gives read write',
    'CIBA, polled': 'gives read write',
    'CIBA, pushed': 'gives read write',
    'device code': 'gives read write',
    'token exchange': 'gives read write',
    'token exchange, decided': 'BAD_REQUEST P046004',
    'JWT bearer': 'BAD_REQUEST P046004',
    'Native SSO': 'gives read write',
    'Native SSO, finished': 'CALLER_ERROR P014102',
    'reissued ID Token': 'CALLER_ERROR P014102',
    'created token': 'BAD_REQUEST P046004',
  },
  'every scope taken, one required': {
    'authorization code': 'BAD_REQUEST P014101',
    implicit: 'LOCATION P014101',
    'implicit ID Token': 'LOCATION P014102',
    hybrid: 'LOCATION P014101',
    'refresh token': 'BAD_REQUEST P014101',
    'client credentials': 'BAD_REQUEST P002003',
    password: 'INTERNAL_SERVER_ERROR P014101',
    'CIBA, polled': 'BAD_REQUEST P014101',
    'CIBA, pushed': 'NOTIFICATION P014101',
    'device code': 'BAD_REQUEST P014101',
    'token exchange': 'BAD_REQUEST P002003',
    'token exchange, decided': 'BAD_REQUEST P046004',
    'JWT bearer': 'BAD_REQUEST P046004',
    'Native SSO': 'BAD_REQUEST P002003',
    'Native SSO, finished': 'CALLER_ERROR P014102',
    'reissued ID Token': 'CALLER_ERROR P014102',
    'created token': 'BAD_REQUEST P046004',
  },
  'resource not granted': {
    'authorization code': 'BAD_REQUEST P012002',
    implicit: leftOut.noParameter,
    'implicit ID Token': leftOut.noParameter,
    hybrid: leftOut.noParameter,
    'refresh token': 'BAD_REQUEST P012002',
    'client credentials': leftOut.noGranted,
    password: leftOut.noParameter,
    'CIBA, polled': 'BAD_REQUEST P012002',
    'CIBA, pushed': leftOut.noParameter,
    'device code': 'BAD_REQUEST P012002',
    'token exchange': leftOut.noGranted,
    'token exchange, decided': leftOut.noParameter,
    'JWT bearer': leftOut.noParameter,
    'Native SSO': leftOut.noGranted,
    'Native SSO, finished': leftOut.noParameter,
    'reissued ID Token': leftOut.noParameter,
    'created token': leftOut.noParameter,
  },
  'consent revoked': {
    'authorization code': 'BAD_REQUEST P020002',
    implicit: leftOut.decidesNow,
    'implicit ID Token': leftOut.decidesNow,
    hybrid: leftOut.decidesNow,
    'refresh token': 'BAD_REQUEST P021002',
    'client credentials': leftOut.noUser,
    password: leftOut.decidesNow,
    'CIBA, polled': 'BAD_REQUEST P025002',
    'CIBA, pushed': leftOut.decidesNow,
    'device code': 'BAD_REQUEST P026002',
    'token exchange': 'BAD_REQUEST P027016',
    'token exchange, decided': leftOut.callers,
    'JWT bearer': leftOut.callers,
    'Native SSO': 'BAD_REQUEST P029005',
    'Native SSO, finished': 'CALLER_ERROR P083004',
    'reissued ID Token': 'CALLER_ERROR P024002',
    'created token': leftOut.callers,
  },
  'tokens of the user revoked': {
    'authorization code': 'BAD_REQUEST P020002',
    implicit: leftOut.decidesNow,
    'implicit ID Token': leftOut.decidesNow,
    hybrid: leftOut.decidesNow,
    'refresh token': 'BAD_REQUEST P021002',
    'client credentials': leftOut.noUser,
    password: leftOut.decidesNow,
    'CIBA, polled': 'BAD_REQUEST P025002',
    'CIBA, pushed': leftOut.decidesNow,
    'device code': 'BAD_REQUEST P026002',
    'token exchange': 'BAD_REQUEST P027016',
    'token exchange, decided': leftOut.callers,
    'JWT bearer': leftOut.callers,
    'Native SSO': 'BAD_REQUEST P029005',
    'Native SSO, finished': 'CALLER_ERROR P083004',
    'reissued ID Token': 'CALLER_ERROR P024002',
    'created token': leftOut.callers,
  },
  'managed grant revoked': {
    'authorization code': 'BAD_REQUEST P084009',
    implicit: leftOut.decidesNow,
    'implicit ID Token': leftOut.decidesNow,
    hybrid: leftOut.decidesNow,
    'refresh token': 'BAD_REQUEST P021002',
    'client credentials': leftOut.noUser,
    password: leftOut.unmanaged,
    'CIBA, polled': 'BAD_REQUEST P084009',
    'CIBA, pushed': leftOut.decidesNow,
    'device code': 'BAD_REQUEST P084009',
    'token exchange': 'BAD_REQUEST P027016',
    'token exchange, decided': leftOut.unmanaged,
    'JWT bearer': leftOut.unmanaged,
    'Native SSO': 'BAD_REQUEST P029005',
    'Native SSO, finished': 'CALLER_ERROR P083004',
    'reissued ID Token': 'CALLER_ERROR P024002',
    'created token': leftOut.unmanaged,
  },
  'refresh token revoked': {
    'authorization code': leftOut.noRefresh,
    implicit: leftOut.noRefresh,
    'implicit ID Token': leftOut.noRefresh,
    hybrid: leftOut.noRefresh,
    'refresh token': 'BAD_REQUEST P021002',
    'client credentials': leftOut.noRefresh,
    password: leftOut.noRefresh,
    'CIBA, polled': leftOut.noRefresh,
    'CIBA, pushed': leftOut.noRefresh,
    'device code': leftOut.noRefresh,
    'token exchange': 'BAD_REQUEST P027016',
    'token exchange, decided': leftOut.callers,
    'JWT bearer': leftOut.callers,
    'Native SSO': 'BAD_REQUEST P029005',
    'Native SSO, finished': 'CALLER_ERROR P083004',
    'reissued ID Token': 'CALLER_ERROR P024002',
    'created token': leftOut.callers,
  },
  expired: {
    'authorization code': 'BAD_REQUEST P020002',
    implicit: 'BAD_REQUEST P032001',
    'implicit ID Token': 'BAD_REQUEST P032001',
    hybrid: 'BAD_REQUEST P032001',
    'refresh token': 'BAD_REQUEST P021002',
    'client credentials': leftOut.noArtefact,
    password: 'INTERNAL_SERVER_ERROR P036001',
    'CIBA, polled': 'BAD_REQUEST P025007',
    'CIBA, pushed': 'NOTIFICATION P073004',
    'device code': 'BAD_REQUEST P026005',
    'token exchange': 'BAD_REQUEST P027016',
    'token exchange, decided': leftOut.callers,
    'JWT bearer': leftOut.callers,
    'Native SSO': 'BAD_REQUEST P027012',
    'Native SSO, finished': 'CALLER_ERROR P083004',
    'reissued ID Token': 'CALLER_ERROR P024002',
    'created token': leftOut.callers,
  },
  'used before': {
    'authorization code': 'BAD_REQUEST P020007',
    implicit: 'BAD_REQUEST P032001',
    'implicit ID Token': 'BAD_REQUEST P032001',
    hybrid: 'BAD_REQUEST P032001',
    'refresh token': 'BAD_REQUEST P021005',
    'client credentials': leftOut.noArtefact,
    password: 'INTERNAL_SERVER_ERROR P036001',
    'CIBA, polled': 'BAD_REQUEST P025010',
    'CIBA, pushed': 'SERVER_ERROR P073001',
    'device code': 'BAD_REQUEST P026004',
    'token exchange': leftOut.reusable,
    'token exchange, decided': leftOut.callers,
    'JWT bearer': leftOut.callers,
    'Native SSO': leftOut.reusable,
    'Native SSO, finished': leftOut.wording,
    'reissued ID Token': leftOut.wording,
    'created token': leftOut.callers,
  },
  'of another client': {
    'authorization code': 'BAD_REQUEST P020003',
    implicit: leftOut.ticket,
    'implicit ID Token': leftOut.ticket,
    hybrid: leftOut.ticket,
    'refresh token': 'BAD_REQUEST P021003',
    'client credentials': leftOut.noArtefact,
    password: leftOut.ticket,
    'CIBA, polled': 'BAD_REQUEST P025003',
    'CIBA, pushed': leftOut.ticket,
    'device code': 'BAD_REQUEST P026003',
    'token exchange': leftOut.meant,
    'token exchange, decided': leftOut.callers,
    'JWT bearer': leftOut.callers,
    'Native SSO': leftOut.meant,
    'Native SSO, finished': leftOut.ticket,
    'reissued ID Token': leftOut.ticket,
    'created token': leftOut.callers,
  },
  'of another service': {
    'authorization code': 'BAD_REQUEST P020002',
    implicit: 'BAD_REQUEST P032001',
    'implicit ID Token': 'BAD_REQUEST P032001',
    hybrid: 'BAD_REQUEST P032001',
    'refresh token': 'BAD_REQUEST P021002',
    'client credentials': leftOut.noArtefact,
    password: 'INTERNAL_SERVER_ERROR P036001',
    'CIBA, polled': 'BAD_REQUEST P025002',
    'CIBA, pushed': 'SERVER_ERROR P073001',
    'device code': 'BAD_REQUEST P026002',
    'token exchange': 'BAD_REQUEST P027016',
    'token exchange, decided': leftOut.callers,
    'JWT bearer': leftOut.callers,
    'Native SSO': 'BAD_REQUEST P029005',
    'Native SSO, finished': 'CALLER_ERROR P083004',
    'reissued ID Token': 'CALLER_ERROR P024002',
    'created token': leftOut.callers,
  },
  'signing key added': {
    'authorization code': asEver,
    implicit: asEver,
    'implicit ID Token': asEver,
    hybrid: asEver,
    'refresh token': asEver,
    'client credentials': asEver,
    password: asEver,
    'CIBA, polled': asEver,
    'CIBA, pushed': asEver,
    'device code': asEver,
    'token exchange': asEver,
    'token exchange, decided': asEver,
    'JWT bearer': asEver,
    'Native SSO': asEver,
    'Native SSO, finished': asEver,
    'reissued ID Token': asEver,
    'created token': asEver,
  },
  'signing key withdrawn': {
    'authorization code': asEver,
    implicit: asEver,
    'implicit ID Token': asEver,
    hybrid: asEver,
    'refresh token': asEver,
    'client credentials': asEver,
    password: asEver,
    'CIBA, polled': asEver,
    'CIBA, pushed': asEver,
    'device code': asEver,
    'token exchange': asEver,
    'token exchange, decided': asEver,
    'JWT bearer': asEver,
    'Native SSO': 'BAD_REQUEST P027015',
    'Native SSO, finished': asEver,
    'reissued ID Token': asEver,
    'created token': asEver,
  },
}

describe.each(Object.entries(matrix))('%s', (name, row) => {
  const state: State = states[name as StateName]
  const cells = Object.entries(row).map(([flow, cell]) => [flow, cell] as [FlowName, Cell])

  it.each(cells.filter(([, cell]) => typeof cell === 'string'))(
    '%s: %s (RFC 6749 §5.2, RFC 9700 §4)',
    async (flow, cell) => {
      expect(await play(flows[flow], state)).toBe(cell === asEver ? given[flow] : cell)
    },
  )
})

describe('every grant without an obstacle', () => {
  it.each(Object.entries(given))('%s %s', async (flow, expected) => {
    expect(await play(flows[flow as FlowName], states.nothing)).toBe(expected)
  })
})
