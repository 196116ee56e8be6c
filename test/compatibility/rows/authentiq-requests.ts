import { decodeJwt } from 'jose'
import { expect } from 'vitest'
import { createFormBrowser } from '../../../examples/demo/form-browser.ts'
import {
  authorizationRequest,
  authorize,
  obtainCode,
  obtainTokens,
  redeem,
} from '../../support/flows.ts'
import type { Json } from '../../support/server.ts'
import { introspect, type Row, refusalOf, respond, responseOf } from './world.ts'

export const authentiqRequests: readonly Row[] = [
  {
    row: 'A1',
    title: 'an authorization request gets the action that says what the frontend does next',
    async check({ service }) {
      const at = await service()
      const client = await at.client()
      const actionOf = async (more: Record<string, string>) =>
        (await authorize(at, client, more)).action
      expect(await actionOf({})).toBe('INTERACTION')
      expect(await actionOf({ prompt: 'none' })).toBe('NO_INTERACTION')
      expect(await actionOf({ prompt: 'unknown' })).toBe('LOCATION')
      expect(await actionOf({ prompt: 'unknown', response_mode: 'form_post' })).toBe('FORM')
      expect(await actionOf({ client_id: '1' })).toBe('BAD_REQUEST')
    },
  },
  {
    row: 'A2',
    title: 'an authorization request works the same by GET and as a form by POST',
    async check({ frontend }) {
      const { url, service } = await frontend()
      const client = await service.client()
      const query = authorizationRequest(client)
      const got = await createFormBrowser().open(`${url}/authorize?${query}`)
      const fields = Object.fromEntries(new URLSearchParams(query))
      const posted = await createFormBrowser().post(`${url}/authorize`, fields)
      for (const page of [got, posted]) {
        expect(page.status).toBe(200)
        expect(page.text).toContain('id="password"')
      }
    },
  },
  {
    row: 'A3',
    title: 'a client_id is the number of the client or its alias',
    async check({ service }) {
      const at = await service()
      const client = await at.client({ clientIdAlias: 'shop', clientIdAliasEnabled: true })
      const byNumber = await authorize(at, client)
      const byAlias = await authorize(at, client, { client_id: 'shop' })
      expect(byAlias.client.clientId).toBe(byNumber.client.clientId)
      expect([byNumber.clientIdAliasUsed, byAlias.clientIdAliasUsed]).toEqual([false, true])
    },
  },
  {
    row: 'A4',
    title: 'each response type returns exactly the code and tokens that it names',
    async check({ service }) {
      const at = await service()
      const client = await at.client()
      const names = { code: 'code', token: 'access_token', id_token: 'id_token' }
      const types = ['code', 'id_token', 'token', 'id_token token', 'code id_token', 'code token']
      for (const response_type of [...types, 'code id_token token']) {
        const response = responseOf(await respond(at, client, { response_type }))
        const words = response_type.split(' ')
        for (const [word, name] of Object.entries(names))
          expect([response_type, word, name in response]).toEqual([
            ...[response_type, word, words.includes(word)],
          ])
      }
      const codeOnly = await service({ supportedResponseTypes: ['CODE'] })
      const refused = await authorize(codeOnly, await codeOnly.client(), { response_type: 'token' })
      expect(refusalOf(refused)).toBe('LOCATION unsupported_response_type')
    },
  },
  {
    row: 'A5',
    title: 'a client cannot use a response type that it has not registered',
    async check({ service }) {
      const at = await service()
      const client = await at.client({ responseTypes: ['CODE'] })
      expect((await authorize(at, client)).action).toBe('INTERACTION')
      const refused = await authorize(at, client, { response_type: 'id_token token' })
      expect(refusalOf(refused)).toBe('LOCATION unauthorized_client')
    },
  },
  {
    row: 'A6',
    title:
      'a service can require scope; the scope openid is optional, and without it there is no ID Token',
    async check({ service }) {
      const at = await service({ scopeRequired: true })
      const client = await at.client()
      const refused = await authorize(at, client, { scope: undefined })
      expect(refusalOf(refused)).toBe('LOCATION invalid_scope')
      expect((await obtainTokens(at, client, { scope: 'openid' })).idToken).toBeTypeOf('string')
      const plain = await obtainTokens(at, client, { scope: 'profile' })
      expect(plain).toMatchObject({ action: 'OK', scopes: ['profile'] })
      expect(plain.idToken).toBeUndefined()
    },
  },
  {
    row: 'A7',
    title: 'a redirect URI must be registered, unless the client is in test mode',
    async check({ service }) {
      const elsewhere = 'https://preview.example.net/callback'
      const at = await service({ 'ext.test_mode.allowed': 'true' })
      const tested = await at.client({ 'ext.test_mode': 'true' })
      const actionOf = async (by: Json, of = at, redirect_uri = elsewhere) =>
        (await authorize(of, by, { redirect_uri })).action
      expect(await actionOf(await at.client())).toBe('BAD_REQUEST')
      expect(await actionOf(tested)).toBe('INTERACTION')
      expect(await actionOf(tested, at, 'http://localhost:3000/callback')).toBe('INTERACTION')
      expect(await actionOf(tested, at, 'http://preview.example.net/')).toBe('BAD_REQUEST')
      const code = await obtainCode(at, tested, { redirect_uri: elsewhere })
      const { accessToken } = await redeem(at, tested, code, { redirect_uri: elsewhere })
      expect((await introspect(at, accessToken)).test).toBe(true)
      const registered = await obtainTokens(at, tested)
      expect((await introspect(at, registered.accessToken)).test).toBeUndefined()
      const strict = await service()
      expect(await actionOf(await strict.client({ 'ext.test_mode': 'true' }), strict)).toBe(
        'BAD_REQUEST',
      )
      const ended = { 'ext.test_mode.until': new Date(at.system.clock()).toISOString() }
      const late = await service({ 'ext.test_mode.allowed': 'true', ...ended })
      expect(await actionOf(await late.client({ 'ext.test_mode': 'true' }), late)).toBe(
        'BAD_REQUEST',
      )
    },
  },
  {
    row: 'A8',
    title: 'a request without state is refused where the service or the client demands it',
    async check({ service }) {
      const strict = await service({ 'ext.state.required': 'true' })
      const any = await strict.client()
      expect(refusalOf(await authorize(strict, any, { state: undefined }))).toBe(
        'LOCATION invalid_request',
      )
      expect((await authorize(strict, any)).action).toBe('INTERACTION')
      const at = await service()
      const careful = await at.client({ 'ext.state.required': 'true' })
      expect(refusalOf(await authorize(at, careful, { state: undefined }))).toBe(
        'LOCATION invalid_request',
      )
      const other = await at.client()
      expect((await authorize(at, other, { state: undefined })).action).toBe('INTERACTION')
    },
  },
  {
    row: 'A9',
    title:
      'a response goes into the query for code and into the fragment otherwise, unless response_mode says more',
    async check({ service }) {
      const at = await service()
      const client = await at.client({ responseModes: ['QUERY', 'FRAGMENT'] })
      const placeOf = async (more: Record<string, string>) =>
        responseOf(await respond(at, client, more)).in
      expect(await placeOf({})).toBe('query')
      expect(await placeOf({ response_mode: 'fragment' })).toBe('fragment')
      expect(await placeOf({ response_type: 'token' })).toBe('fragment')
      expect(await placeOf({ response_type: 'code id_token' })).toBe('fragment')
      const unsafe = { response_type: 'token', response_mode: 'query' }
      expect(refusalOf(await authorize(at, client, unsafe))).toBe('LOCATION invalid_request')
      const unregistered = await authorize(at, client, { response_mode: 'form_post' })
      expect(refusalOf(unregistered)).toBe('FORM invalid_request')
    },
  },
  {
    row: 'A10',
    title: 'the nonce of a request is in each ID Token of its responses',
    async check({ service }) {
      const at = await service()
      const client = await at.client()
      const request = { response_type: 'code id_token', nonce: 'n-0S6_WzA2Mj' }
      const { code, id_token } = responseOf(await respond(at, client, request))
      const tokens = await redeem(at, client, code)
      expect(decodeJwt(id_token)['nonce']).toBe(request.nonce)
      expect(decodeJwt(tokens.idToken)['nonce']).toBe(request.nonce)
    },
  },
  {
    row: 'A11',
    title: 'the frontend learns display, also a value of its own such as modal',
    async check({ service }) {
      const at = await service({ supportedDisplays: ['PAGE', 'POPUP'] })
      const client = await at.client()
      const displayOf = async (display?: string) => {
        const { display: known, rawDisplay } = await authorize(at, client, { display })
        return [known, rawDisplay]
      }
      expect(await displayOf()).toEqual(['PAGE', undefined])
      expect(await displayOf('popup')).toEqual(['POPUP', 'popup'])
      expect(await displayOf('modal')).toEqual(['PAGE', 'modal'])
    },
  },
  {
    row: 'A12',
    title: 'prompt=none gets tokens without a page, or the error that says which page is needed',
    async check({ service }) {
      const at = await service()
      const client = await at.client()
      expect((await authorize(at, client, { prompt: 'login consent' })).prompts).toEqual([
        ...['LOGIN', 'CONSENT'],
      ])
      const fail = async (reason: string) => {
        const { action, ticket } = await authorize(at, client, { prompt: 'none' })
        expect(action).toBe('NO_INTERACTION')
        return refusalOf(await at.api('/auth/authorization/fail', { ticket, reason }))
      }
      expect(await fail('NOT_LOGGED_IN')).toBe('LOCATION login_required')
      expect(await fail('CONSENT_REQUIRED')).toBe('LOCATION consent_required')
      expect(responseOf(await respond(at, client, { prompt: 'none' })).code).toBeTypeOf('string')
    },
  },
  {
    row: 'A13',
    title: 'max_age reaches the frontend, and auth_time of the ID Token answers it',
    async check({ service }) {
      const at = await service()
      const client = await at.client()
      const asked = await authorize(at, client, { max_age: '600' })
      expect(asked.maxAge).toBe(600)
      const { ticket } = asked
      const failed = await at.api('/auth/authorization/fail', { ticket, reason: 'EXCEEDS_MAX_AGE' })
      expect(refusalOf(failed)).toBe('LOCATION login_required')
      const authTime = Math.floor(at.system.clock() / 1000) - 60
      const tokens = await obtainTokens(at, client, { max_age: '600' }, { authTime })
      expect(decodeJwt(tokens.idToken)['auth_time']).toBe(authTime)
    },
  },
  {
    row: 'A14',
    title: 'ui_locales is accepted and changes nothing but what the frontend is told',
    async check({ service }) {
      const at = await service()
      const client = await at.client()
      const asked = await authorize(at, client, { ui_locales: 'nl de-CH xx' })
      expect(asked).toMatchObject({ action: 'INTERACTION', uiLocales: ['nl', 'de-CH', 'xx'] })
      expect((await obtainTokens(at, client, { ui_locales: 'xx' })).action).toBe('OK')
    },
  },
]
