/** B: requests and clients of Banno's OpenID provider. */
import { decodeJwt } from 'jose'
import { expect } from 'vitest'
import { createFormBrowser } from '../../../examples/demo/form-browser.ts'
import {
  authorizationRequest,
  authorize,
  obtainTokens,
  redeem,
  redirectUri,
  verifier,
} from '../../support/flows.ts'
import {
  clientOf,
  discovery,
  type Row,
  refusalOf,
  registered,
  registering,
  respond,
  responseOf,
} from './world.ts'

const requests: Row[] = [
  {
    row: 'B16',
    title: 'GET at the authorization endpoint leads the user to the login',
    async check({ frontend }) {
      const { url, service } = await frontend()
      const query = authorizationRequest(await service.client())
      const page = await createFormBrowser().open(`${url}/authorize?${query}`)
      expect([page.status, page.text.includes('id="password"')]).toEqual([200, true])
    },
  },
  {
    row: 'B17',
    title: 'POST at the authorization endpoint is answered by pages, also for errors',
    async check({ service, frontend }) {
      const at = await service()
      const other = { redirect_uri: 'https://other.example.com/' }
      const { action, errorPage } = await authorize(at, await at.client(), other)
      expect(action).toBe('BAD_REQUEST')
      expect(errorPage).toMatchObject({ title: expect.any(String), code: 'invalid_request' })
      const { url, service: behind } = await frontend()
      const client = await behind.client()
      const fields = (more = {}) => new URLSearchParams(authorizationRequest(client, more))
      const body = Object.fromEntries(fields())
      const page = await createFormBrowser().post(`${url}/authorize`, body)
      expect([page.status, page.text.includes('<form')]).toEqual([200, true])
      const init = { method: 'POST', body: fields(other) }
      const refused = await fetch(`${url}/authorize`, init)
      expect([refused.status, refused.headers.get('Content-Type')]).toEqual([
        ...[400, expect.stringMatching(/^text\/html\b/)],
      ])
      expect(await refused.text()).toContain(errorPage.description)
    },
  },
  {
    row: 'B18',
    title: 'a service can have the response type code alone',
    async check({ service }) {
      const at = await service({ supportedResponseTypes: ['CODE'] })
      const client = await at.client()
      expect((await authorize(at, client)).action).toBe('INTERACTION')
      const refused = await authorize(at, client, { response_type: 'code id_token' })
      expect(refusalOf(refused)).toBe('LOCATION unsupported_response_type')
      expect((await discovery(at)).response_types_supported).toEqual(['code'])
    },
  },
  {
    row: 'B19',
    title:
      'a client with one redirect URI may omit redirect_uri, with openid where the service allows it',
    async check({ service }) {
      const at = await service()
      const one = await at.client()
      const plain = { redirect_uri: undefined, scope: 'read' }
      const withOpenid = { redirect_uri: undefined }
      expect(responseOf(await respond(at, one, plain)).code).toBeTypeOf('string')
      expect((await authorize(at, one, withOpenid)).action).toBe('BAD_REQUEST')
      const lenient = await service({ 'ext.redirect_uri.omit_if_single': 'true' })
      const single = await lenient.client()
      const answer = await respond(lenient, single, withOpenid)
      expect(answer.responseContent).toContain(`${redirectUri}?`)
      const { code } = responseOf(answer)
      expect((await redeem(lenient, single, code, { redirect_uri: undefined })).action).toBe('OK')
      const two = await lenient.client({ redirectUris: [redirectUri, `${redirectUri}/other`] })
      expect((await authorize(lenient, two, withOpenid)).action).toBe('BAD_REQUEST')
    },
  },
  {
    row: 'B20',
    title: 'a request without scope gets the default scopes of the service',
    async check({ service }) {
      const at = await service({
        supportedScopes: [{ name: 'openid', defaultEntry: true }, { name: 'read' }],
      })
      const { scopes } = await obtainTokens(at, await at.client(), { scope: undefined })
      expect(scopes).toEqual(['openid'])
    },
  },
  {
    row: 'B21',
    title: 'the claims parameter asks for claims of the ID Token and of UserInfo',
    async check({ service }) {
      const at = await service()
      const claims = { id_token: { email: null }, userinfo: { phone_number: { essential: true } } }
      const request = { scope: 'openid', claims: JSON.stringify(claims) }
      const client = await at.client()
      const asked = await authorize(at, client, request)
      expect(asked.claims).toEqual(['email'])
      expect(asked.claimsAtUserInfo).toEqual(['phone_number'])
      expect(JSON.parse(asked.idTokenClaims)).toEqual(claims.id_token)
      expect(JSON.parse(asked.userInfoClaims)).toEqual(claims.userinfo)
      const given = { claims: JSON.stringify({ email: 'a@example.com' }) }
      const { idToken } = await obtainTokens(at, client, request, given)
      expect(decodeJwt(idToken)['email']).toBe('a@example.com')
    },
  },
  {
    row: 'B22',
    title: 'state is optional, and comes back unchanged if it is there',
    async check({ service }) {
      const at = await service()
      const client = await at.client()
      const state = 'a b&c=ü/%'
      expect(responseOf(await respond(at, client, { state })).state).toBe(state)
      const without = responseOf(await respond(at, client, { state: undefined }))
      expect([typeof without.code, without.state]).toEqual(['string', undefined])
    },
  },
  {
    row: 'B23',
    title: 'a service can support the prompts login and consent alone',
    async check({ service }) {
      const at = await service({ supportedPromptValues: ['LOGIN', 'CONSENT'] })
      const client = await at.client()
      const { action, prompts } = await authorize(at, client, { prompt: 'login consent' })
      expect([action, prompts]).toEqual(['INTERACTION', ['LOGIN', 'CONSENT']])
      const refused = await authorize(at, client, { prompt: 'select_account' })
      expect(refusalOf(refused)).toBe('LOCATION invalid_request')
      expect((await discovery(at)).prompt_values_supported).toEqual(['login', 'consent'])
    },
  },
  {
    row: 'B24',
    title: 'PKCE can be required, with S256 only',
    async check({ service }) {
      const at = await service({ pkceRequired: true, pkceS256Required: true })
      const client = await at.client()
      const without = { code_challenge: undefined, code_challenge_method: undefined }
      const plain = { code_challenge: verifier, code_challenge_method: 'plain' }
      for (const more of [without, plain])
        expect(refusalOf(await authorize(at, client, more))).toBe('LOCATION invalid_request')
      expect((await obtainTokens(at, client)).action).toBe('OK')
      expect((await discovery(at)).code_challenge_methods_supported).toEqual(['S256'])
    },
  },
]

const clients: Row[] = [
  {
    row: 'B25',
    title: 'clients have a UUID as client_id where the service gives them one',
    async check({ service }) {
      const at = await service({ ...registering, 'ext.client_id.format': 'uuid' })
      const client = await registered(at)
      expect(client.client_id).toMatch(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/)
      expect((await obtainTokens(at, clientOf(client))).action).toBe('OK')
      const plain = await service(registering)
      expect((await registered(plain)).client_id).toMatch(/^\d+$/)
    },
  },
  {
    row: 'B26',
    title: 'an API token is created for one service, and manages clients of that service only',
    async check({ service }) {
      const at = await service()
      const other = await service()
      const { serviceId } = at
      const { accessToken: token } = await at.post('/api/servicetoken/create', {
        ...{ organizationId: 1, apiServerId: 1, serviceId, rights: ['modify_client'] },
      })
      const { clientId } = await at.client()
      const get = (of: number, id: number) =>
        at.call('GET', `/api/${of}/client/get/${id}`, undefined, { token })
      expect((await get(serviceId, clientId)).body.clientId).toBe(clientId)
      expect((await get(other.serviceId, (await other.client()).clientId)).status).toBe(403)
    },
  },
]

export const bannoRequests: readonly Row[] = [...requests, ...clients]
