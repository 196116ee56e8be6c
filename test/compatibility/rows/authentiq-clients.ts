/** A: registration, tokens and sessions of Authentiq Connect. */
import { createHash } from 'node:crypto'
import { decodeJwt } from 'jose'
import { expect } from 'vitest'
import {
  authorizationRequest,
  authorize,
  obtainCode,
  obtainTokens,
  redirectUri,
  refresh,
  requestToken,
  verifier,
} from '../../support/flows.ts'
import type { Json } from '../../support/server.ts'
import { openSession, toldOf, withSessions } from '../../support/sessions.ts'
import {
  app,
  bodyOf,
  clientOf,
  discovery,
  manage,
  type Row,
  refusalOf,
  register,
  registered,
  registering,
  respond,
  responseOf,
  userInfo,
  works,
} from './world.ts'

const registration: Row[] = [
  {
    row: 'A15',
    title: 'the clients that registered themselves are listed as metadata, without secrets',
    async check({ service }) {
      const at = await service(registering)
      await at.client({ clientName: 'Made by an operator' })
      const { client_id } = await registered(at, { ...app, client_name: 'One' })
      const answer = await at.api('/client/registration/list', {})
      expect(answer).toMatchObject({ action: 'OK', totalCount: 1 })
      const [one, ...others] = bodyOf(answer)
      expect(one).toMatchObject({ client_id, client_name: 'One' })
      expect(others).toEqual([])
      expect(Object.keys(one)).not.toContain('client_secret')
      expect(Object.keys(one)).not.toContain('registration_access_token')
    },
  },
  {
    row: 'A16',
    title: 'a client registers itself, and gets the id and the secret that it logs users in with',
    async check({ service }) {
      const at = await service(registering)
      const answer = await register(at)
      expect(answer.action).toBe('CREATED')
      const client = bodyOf(answer)
      expect(client).toMatchObject({ ...app, token_endpoint_auth_method: 'client_secret_basic' })
      expect((await obtainTokens(at, clientOf(client))).action).toBe('OK')
    },
  },
  {
    row: 'A17',
    title: 'a client reads its registration with its registration access token only',
    async check({ service }) {
      const at = await service(registering)
      const client = await registered(at)
      const answer = await manage(at, 'get', client)
      expect(answer.action).toBe('OK')
      expect(bodyOf(answer)).toMatchObject({ ...app, client_id: client.client_id })
      expect((await manage(at, 'get', client, { token: 'wrong' })).action).toBe('UNAUTHORIZED')
    },
  },
  {
    row: 'A18',
    title: 'an update replaces the whole registration: members that it omits are removed',
    async check({ service }) {
      const at = await service(registering)
      const client = await registered(at, { ...app, contacts: ['dev@example.com'] })
      const json = JSON.stringify({ ...app, client_name: 'Renamed' })
      const answer = await manage(at, 'update', client, { json })
      expect(answer.action).toBe('UPDATED')
      const { contacts, client_name } = bodyOf(await manage(at, 'get', client))
      expect([client_name, contacts]).toEqual(['Renamed', undefined])
    },
  },
  {
    row: 'A19',
    title: 'a client that deletes its registration is gone',
    async check({ service }) {
      const at = await service(registering)
      const client = await registered(at)
      expect((await manage(at, 'delete', client)).action).toBe('DELETED')
      expect((await manage(at, 'get', client)).action).toBe('UNAUTHORIZED')
      expect((await authorize(at, clientOf(client))).action).toBe('BAD_REQUEST')
    },
  },
]

const tokens: Row[] = [
  {
    row: 'A20',
    title:
      'a code is redeemed with the secret in the header or in the body, as the client registered',
    async check({ service }) {
      const at = await service()
      const basic = await at.client({ tokenAuthMethod: 'CLIENT_SECRET_BASIC' })
      const post = await at.client({ tokenAuthMethod: 'CLIENT_SECRET_POST' })
      const inBody = { clientId: undefined, clientSecret: undefined }
      const redeemed = async (client: Json, isPost: boolean) => {
        const parameters = {
          ...{ grant_type: 'authorization_code', code: await obtainCode(at, client) },
          ...{ redirect_uri: redirectUri, code_verifier: verifier },
        }
        const { clientId, clientSecret } = client
        const secret = { client_id: String(clientId), client_secret: clientSecret }
        return isPost
          ? requestToken(at, client, { ...parameters, ...secret }, inBody)
          : requestToken(at, client, parameters)
      }
      expect((await redeemed(basic, false)).action).toBe('OK')
      expect((await redeemed(post, true)).action).toBe('OK')
      expect((await redeemed(basic, true)).action).toBe('INVALID_CLIENT')
      expect((await redeemed(post, false)).action).toBe('INVALID_CLIENT')
    },
  },
  {
    row: 'A21',
    title: 'the token endpoint refuses grant types that the client has not registered',
    async check({ service }) {
      const at = await service()
      const client = await at.client({ grantTypes: ['AUTHORIZATION_CODE'] })
      const ask = async (grant_type: string) =>
        refusalOf(await requestToken(at, client, { grant_type, scope: 'read' }))
      expect(await ask('client_credentials')).toBe('BAD_REQUEST unauthorized_client')
      expect(await ask('unknown')).toBe('BAD_REQUEST unsupported_grant_type')
    },
  },
  {
    row: 'A22',
    title:
      'UserInfo returns the claims of the user as JSON, or as a JWT where the client registered it',
    async check({ service }) {
      const at = await service()
      const claims = JSON.stringify({ name: 'Alice' })
      const plain = await obtainTokens(at, await at.client())
      const json = await userInfo(at, plain.accessToken, { claims })
      expect([json.action, bodyOf(json)]).toEqual(['JSON', { sub: 'alice', name: 'Alice' }])
      const signing = await at.client({ userInfoSignAlg: 'RS256' })
      const { accessToken } = await obtainTokens(at, signing)
      expect((await at.api('/auth/userinfo', { token: accessToken })).subject).toBe('alice')
      const jwt = await userInfo(at, accessToken, { claims })
      expect(jwt.action).toBe('JWT')
      expect(decodeJwt(jwt.responseContent)).toMatchObject({ sub: 'alice', name: 'Alice' })
    },
  },
  {
    row: 'A24',
    title: 'a token response has the access and refresh tokens, their type, scope and lifetime',
    async check({ service }) {
      const at = await service({ accessTokenDuration: 1800 })
      const { responseContent } = await obtainTokens(at, await at.client())
      const response = JSON.parse(responseContent)
      expect(response).toMatchObject({ token_type: 'Bearer', scope: 'openid profile' })
      expect(response.expires_in).toBe(1800)
      expect(await works(at, response.access_token)).toBe(true)
      expect(response.refresh_token).toBeTypeOf('string')
    },
  },
  {
    row: 'A25',
    title: 'a refresh token gets a new access token, which replaces the former one',
    async check({ service }) {
      const at = await service()
      const client = await at.client()
      const first = await obtainTokens(at, client)
      const next = await refresh(at, client, first.refreshToken)
      expect(next.action).toBe('OK')
      expect(await works(at, next.accessToken)).toBe(true)
      expect(await works(at, first.accessToken)).toBe(false)
    },
  },
]

const sessions: Row[] = [
  {
    row: 'A23',
    title: 'the session iframe is served, and session_state is what it computes for the client',
    async check({ service }) {
      const checkSessionIframe = 'https://as.example.com/session/iframe'
      const at = await service({ checkSessionIframe })
      const client = await at.client()
      expect(await discovery(at)).toMatchObject({ check_session_iframe: checkSessionIframe })
      const page = await at.api('/session/iframe', { clientIdentifier: String(client.clientId) })
      expect(page.action).toBe('OK')
      expect(page.responseContent).toContain('postMessage')
      expect(page.contentSecurityPolicy).toContain('frame-ancestors https://app.example.com')
      const browserState = 'b'.repeat(22)
      const response = responseOf(await respond(at, client, {}, { browserState }))
      const [, salt = ''] = response.session_state.split('.')
      const text = `${client.clientId} https://app.example.com ${browserState} ${salt}`
      const computed = createHash('sha256').update(text).digest('base64url')
      expect(response.session_state).toBe(`${computed}.${salt}`)
    },
  },
  {
    row: 'A26',
    title: 'one session serves several clients, and its end reaches all of them',
    async check({ service }) {
      const at = await service(withSessions())
      const backchannelLogoutUri = 'https://app.example.com/backchannel'
      const one = await at.client({ backchannelLogoutUri })
      const other = await at.client({ backchannelLogoutUri })
      const { subject, sessionId } = await openSession(at)
      const asked = await at.api('/auth/authorization', {
        ...{ parameters: authorizationRequest(other, { prompt: 'none' }), sessionId },
      })
      expect(asked.session).toMatchObject({ live: true, subject })
      const first = await obtainTokens(at, one, {}, { subject, sessionId })
      const second = await obtainTokens(at, other, { prompt: 'none' }, { subject, sessionId })
      const parameters = new URLSearchParams({ id_token_hint: first.idToken }).toString()
      const ended = await at.api('/logout', { parameters, sessionId })
      expect(ended).toMatchObject({ action: 'OK', browserState: expect.any(String) })
      expect(await toldOf(at, sessionId)).toEqual([one.clientId, other.clientId].sort())
      expect(await works(at, second.accessToken)).toBe(false)
    },
  },
]

export const authentiqClients: readonly Row[] = [...registration, ...tokens, ...sessions]
