/** G: the endpoints and flows of Glewlwyd. */
import { createLocalJWKSet, decodeJwt, jwtVerify } from 'jose'
import { expect } from 'vitest'
import { createFormBrowser } from '../../../examples/demo/form-browser.ts'
import {
  authorizationRequest,
  authorize,
  issuer,
  obtainCode,
  obtainTokens,
  redeem,
  redirectUri,
  refresh,
  requestToken,
} from '../../support/flows.ts'
import type { Json } from '../../support/server.ts'
import {
  bodyOf,
  discovery,
  ownTokens,
  type Row,
  read,
  refusalOf,
  respond,
  responseOf,
  userInfo,
  works,
} from './world.ts'

const authorization: Row[] = [
  {
    row: 'G54',
    title: 'the authorization endpoint takes GET and POST, and the token endpoint POST only',
    async check({ frontend }) {
      const { url, service } = await frontend()
      const query = authorizationRequest(await service.client())
      const options = { redirect: 'manual' } as const
      const got = await fetch(`${url}/authorize?${query}`, options)
      const body = new URLSearchParams(query)
      const posted = await fetch(`${url}/authorize`, { ...options, method: 'POST', body })
      expect([got.status, posted.status]).toEqual([303, 303])
      expect((await fetch(`${url}/token`)).status).toBe(405)
      const asked = await fetch(`${url}/token`, { method: 'POST', body })
      expect(asked.status).toBe(401)
    },
  },
  {
    row: 'G55',
    title: 'a user logs in, then grants the scopes, and the request is remembered on the way',
    async check({ frontend }) {
      const { url, service } = await frontend()
      const client = await service.client()
      const browser = createFormBrowser(redirectUri)
      const login = await browser.open(`${url}/authorize?${authorizationRequest(client)}`)
      expect(login.text).toContain('id="password"')
      const alice = { username: 'alice', password: 'alice-password', decision: 'login' }
      const consent = await browser.submit(login, alice)
      expect(consent.text).toContain('id="authorize"')
      const { url: target } = await browser.submit(consent, { decision: 'authorize' })
      expect(responseOf({ responseContent: target })).toMatchObject({ state: 'some-state' })
      const asked = await service.api('/auth/authorization', {
        ...{ parameters: authorizationRequest(client), context: 'kept for later' },
      })
      const { ticket } = asked
      const found = await service.api('/auth/authorization/ticket/info', { ticket })
      expect(found).toMatchObject({ action: 'OK', info: { context: 'kept for later' } })
      const granted = await read(
        service,
        `/client/granted_scopes/get/${client.clientId}?subject=alice`,
      )
      expect(granted.mergedGrantedScopes).toEqual(['openid', 'profile'])
    },
  },
  {
    row: 'G56',
    title: 'a request that is granted redirects to the client with code and state',
    async check({ service }) {
      const at = await service()
      const client = await at.client()
      const answer = await respond(at, client, { state: 'xyz' })
      expect(answer.action).toBe('LOCATION')
      expect(answer.responseContent.startsWith(`${redirectUri}?`)).toBe(true)
      const { code, state } = responseOf(answer)
      expect(state).toBe('xyz')
      expect((await redeem(at, client, code)).action).toBe('OK')
    },
  },
  {
    row: 'G57',
    title: 'the frontend refuses scopes or the client after the login',
    async check({ service }) {
      const at = await service()
      const client = await at.client()
      for (const reason of ['INVALID_SCOPE', 'UNAUTHORIZED_CLIENT']) {
        const { ticket } = await authorize(at, client)
        const failed = await at.api('/auth/authorization/fail', { ticket, reason })
        expect(refusalOf(failed)).toBe(`LOCATION ${reason.toLowerCase()}`)
      }
    },
  },
  {
    row: 'G58',
    title:
      'nonce is optional for a code, and required for an ID Token of the authorization endpoint',
    async check({ service }) {
      const at = await service()
      const client = await at.client()
      const without = (response_type: string) =>
        authorize(at, client, { response_type, nonce: undefined })
      expect((await without('code')).action).toBe('INTERACTION')
      for (const type of ['id_token', 'id_token token', 'code id_token'])
        expect(refusalOf(await without(type))).toBe('LOCATION invalid_request')
    },
  },
  {
    row: 'G61',
    title: 'the implicit flow returns access_token, token_type and expires_in in the fragment',
    async check({ service }) {
      const at = await service({ accessTokenDuration: 600 })
      const response = responseOf(await respond(at, await at.client(), { response_type: 'token' }))
      expect(response).toMatchObject({
        ...{ in: 'fragment', token_type: 'Bearer', expires_in: '600', state: 'some-state' },
      })
      expect(await works(at, response.access_token)).toBe(true)
    },
  },
  {
    row: 'G62',
    title: 'id_token, hybrid and none responses work, and form_post posts them',
    async check({ service }) {
      const at = await service()
      const client = await at.client()
      const returned = async (response_type: string) => {
        const response = responseOf(await respond(at, client, { response_type }))
        const names = ['code', 'access_token', 'id_token']
        return names.filter((name) => response[name] !== undefined)
      }
      expect(await returned('id_token')).toEqual(['id_token'])
      expect(await returned('code id_token')).toEqual(['code', 'id_token'])
      expect(await returned('token id_token')).toEqual(['access_token', 'id_token'])
      expect(await returned('code token id_token')).toEqual(['code', 'access_token', 'id_token'])
      expect(await returned('none')).toEqual([])
      const posted = await respond(at, client, { response_mode: 'form_post' })
      expect(posted.action).toBe('FORM')
      expect(posted.responseContent).toContain(`action="${redirectUri}"`)
      expect(posted.responseContent).toContain('name="code"')
    },
  },
]

const tokens: Row[] = [
  {
    row: 'G60',
    title: 'the code flow returns an access token, an ID Token and a refresh token',
    async check({ service }) {
      const at = await service()
      const client = await at.client()
      const response = bodyOf(await redeem(at, client, await obtainCode(at, client)))
      expect(decodeJwt(response.id_token)).toMatchObject({ iss: issuer, sub: 'alice' })
      expect(await works(at, response.access_token)).toBe(true)
      expect((await refresh(at, client, response.refresh_token)).action).toBe('OK')
    },
  },
  {
    row: 'G63',
    title: 'the password grant hands the password to the frontend, which grants or refuses',
    async check({ service }) {
      const at = await service()
      const client = await at.client()
      const ask = () =>
        requestToken(at, client, {
          ...{ grant_type: 'password', username: 'alice', password: 'pw', scope: 'openid read' },
        })
      const asked = await ask()
      expect(asked).toMatchObject({ action: 'PASSWORD', username: 'alice', password: 'pw' })
      const { ticket } = asked
      const issued = await at.api('/auth/token/issue', { ticket, subject: 'alice' })
      expect([issued.action, bodyOf(issued).scope]).toEqual(['OK', 'openid read'])
      const reason = 'INVALID_RESOURCE_OWNER_CREDENTIALS'
      const failed = await at.api('/auth/token/fail', { ticket: (await ask()).ticket, reason })
      expect(refusalOf(failed)).toBe('BAD_REQUEST invalid_grant')
    },
  },
  {
    row: 'G64',
    title: 'client_credentials is for confidential clients only',
    async check({ service }) {
      const at = await service()
      const issued = await ownTokens(at, await at.client(), 'read')
      expect(issued).toMatchObject({ action: 'OK', scopes: ['read'] })
      expect(issued.refreshToken).toBeUndefined()
      const refused = await ownTokens(at, await at.publicClient(), 'read')
      expect(refusalOf(refused)).toBe('BAD_REQUEST unauthorized_client')
    },
  },
  {
    row: 'G65',
    title: 'a refresh narrows scopes, never widens them, and can keep the refresh token',
    async check({ service }) {
      const at = await service({ refreshTokenKept: true })
      const client = await at.client()
      const { refreshToken } = await obtainTokens(at, client, { scope: 'read write' })
      const narrow = await refresh(at, client, refreshToken, { scope: 'read' })
      expect(narrow).toMatchObject({ action: 'OK', scopes: ['read'], refreshToken })
      const same = await refresh(at, client, refreshToken)
      expect(same).toMatchObject({ scopes: ['read', 'write'], refreshToken })
      const wider = await refresh(at, client, refreshToken, { scope: 'read email' })
      expect(refusalOf(wider)).toBe('BAD_REQUEST invalid_scope')
    },
  },
]

const published: Row[] = [
  {
    row: 'G67',
    title: 'UserInfo takes GET and POST',
    async check({ frontend }) {
      const { url, service } = await frontend()
      const { accessToken } = await obtainTokens(service, await service.client())
      const headers = { Authorization: `Bearer ${accessToken}` }
      for (const method of ['GET', 'POST']) {
        const response = await fetch(`${url}/userinfo`, { method, headers })
        expect(response.status).toBe(200)
        expect((await response.json()).sub).toBe('alice')
      }
    },
  },
  {
    row: 'G70',
    title: 'discovery tells the support of claims, request objects, displays, languages and types',
    async check({ service }) {
      const at = await service({
        ...{ supportedDisplays: ['PAGE', 'TOUCH', 'WAP'], supportedUiLocales: ['en', 'fr'] },
        ...{ supportedClaimTypes: ['NORMAL'], supportedGrantTypes: ['AUTHORIZATION_CODE'] },
      })
      const document = await discovery(at)
      expect(document).toMatchObject({
        ...{ claims_parameter_supported: true, request_parameter_supported: true },
        require_request_uri_registration: true,
        ...{
          display_values_supported: ['page', 'touch', 'wap'],
          ui_locales_supported: ['en', 'fr'],
        },
        claim_types_supported: ['normal'],
      })
      // Support of request_uri is the default of the member.
      expect(document.request_uri_parameter_supported ?? true).toBe(true)
      expect(document.response_types_supported).not.toContain('password')
      const patch = '[{"op":"add","path":"/response_types_supported/-","value":"password"}]'
      const patched = await discovery(at, `?patch=${encodeURIComponent(patch)}`)
      expect(patched.response_types_supported).toContain('password')
    },
  },
  {
    row: 'G71',
    title: 'GET at the URL of the key set returns the public keys',
    async check({ frontend }) {
      const { url } = await frontend()
      const response = await fetch(`${url}/jwks`)
      const { keys } = await response.json()
      expect([response.status, keys.length]).toEqual([200, 3])
      expect(keys.flatMap((key: Json) => Object.keys(key))).not.toContain('d')
    },
  },
  {
    row: 'G77',
    title: 'UserInfo as a JWT is signed by a published key, for the client alone',
    async check({ service }) {
      const at = await service()
      const client = await at.client({ userInfoSignAlg: 'ES256' })
      const { accessToken } = await obtainTokens(at, client)
      const claims = JSON.stringify({ name: 'Alice' })
      const { responseContent } = await userInfo(at, accessToken, { claims })
      const keys = createLocalJWKSet(await read(at, '/service/jwks/get'))
      const audience = String(client.clientId)
      const { payload } = await jwtVerify(responseContent, keys, { issuer, audience })
      expect(payload).toMatchObject({ sub: 'alice', name: 'Alice' })
    },
  },
  {
    row: 'G78',
    title:
      'self-issued identities are not offered: a client is registered, and the service is the issuer',
    async check({ service }) {
      const at = await service()
      const request = { response_type: 'id_token', client_id: redirectUri }
      expect((await authorize(at, {}, request)).action).toBe('BAD_REQUEST')
      const document = await discovery(at)
      expect(document.issuer).toBe(issuer)
      expect(document.subject_syntax_types_supported).toBeUndefined()
    },
  },
]

export const glewlwydFlows: readonly Row[] = [...authorization, ...tokens, ...published]
