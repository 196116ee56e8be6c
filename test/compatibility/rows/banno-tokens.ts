import { expect } from 'vitest'
import {
  issuer,
  obtainCode,
  obtainTokens,
  redeem,
  redirectUri,
  refresh,
  verifier,
} from '../../support/flows.ts'
import { clientKey, jwksOf, publicKey, serviceKeys } from '../../support/keys.ts'
import type { Json } from '../../support/server.ts'
import { assertionFor } from '../../support/signing-client.ts'
import { bodyOf, discovery, ownTokens, type Row, refusalOf, relayed } from './world.ts'

export const bannoTokens: readonly Row[] = [
  {
    row: 'B6',
    title: 'the token endpoint takes a form',
    async check({ service }) {
      const at = await service()
      const client = await at.client()
      const code = await obtainCode(at, client)
      expect((await redeem(at, client, code)).action).toBe('OK')
      const twice = { parameters: 'grant_type=authorization_code&code=a&code=b' }
      const { clientId, clientSecret } = client
      const refused = await at.api('/auth/token', { ...twice, clientId, clientSecret })
      expect(refusalOf(refused)).toBe('BAD_REQUEST invalid_request')
    },
  },
  {
    row: 'B7',
    title: 'a service can have the grant types authorization_code and client_credentials alone',
    async check({ service }) {
      const supportedGrantTypes = ['AUTHORIZATION_CODE', 'CLIENT_CREDENTIALS']
      const at = await service({ supportedGrantTypes })
      const client = await at.client()
      const first = await obtainTokens(at, client)
      expect([first.action, first.refreshToken]).toEqual(['OK', undefined])
      expect((await ownTokens(at, client, 'read')).action).toBe('OK')
      expect(refusalOf(await refresh(at, client, 'any'))).toBe('BAD_REQUEST unsupported_grant_type')
      expect((await discovery(at)).grant_types_supported).toEqual([
        ...['authorization_code', 'client_credentials'],
      ])
    },
  },
  {
    row: 'B8',
    title: 'a client authenticates by a signed assertion, which is enough to tell who it is',
    async check({ service }) {
      const at = await service({ clientAssertionAudRestrictedToIssuer: true })
      const jwks = jwksOf(publicKey(clientKey))
      const client = await at.client({ tokenAuthMethod: 'PRIVATE_KEY_JWT', jwks })
      const ask = async (aud: string) => {
        const assertion = await assertionFor(at, client, { aud })
        const parameters = { grant_type: 'client_credentials', scope: 'read', ...assertion }
        return at.api('/auth/token', { parameters: new URLSearchParams(parameters).toString() })
      }
      expect(await ask(issuer)).toMatchObject({ action: 'OK', clientId: client.clientId })
      expect((await ask(`${issuer}/token`)).action).toBe('INVALID_CLIENT')
    },
  },
  {
    row: 'B9',
    title:
      'the scope openid of client_credentials is ignored, or refused where the service says so',
    async check({ service }) {
      const at = await service()
      const ignored = await ownTokens(at, await at.client(), 'openid read')
      expect(ignored).toMatchObject({ action: 'OK', scopes: ['read'] })
      expect(ignored.idToken).toBeUndefined()
      const strict = await service({ 'ext.cc.openid': 'reject' })
      const refused = await ownTokens(strict, await strict.client(), 'openid read')
      expect(refusalOf(refused)).toBe('BAD_REQUEST invalid_scope')
    },
  },
  {
    row: 'B10',
    title: 'a code works once, with the redirect_uri and the code_verifier of its request only',
    async check({ service }) {
      const at = await service()
      const client = await at.client({ redirectUris: [redirectUri, `${redirectUri}/other`] })
      const code = await obtainCode(at, client)
      const attempt = async (wrong: Record<string, string | undefined>) =>
        refusalOf(await redeem(at, client, code, wrong))
      const other = { redirect_uri: `${redirectUri}/other` }
      expect(await attempt(other)).toBe('BAD_REQUEST invalid_grant')
      expect(await attempt({ redirect_uri: undefined })).toBe('BAD_REQUEST invalid_request')
      expect(await attempt({ code_verifier: 'x'.repeat(43) })).toBe('BAD_REQUEST invalid_grant')
      const right = { redirect_uri: redirectUri, code_verifier: verifier }
      expect((await redeem(at, client, code, right)).action).toBe('OK')
      expect(refusalOf(await redeem(at, client, code, right))).toBe('BAD_REQUEST invalid_grant')
    },
  },
  {
    row: 'B11',
    title: 'a token response has access_token, token_type and refresh_token',
    async check({ service }) {
      const at = await service({ refreshTokenDuration: 3600 })
      const issued = await obtainTokens(at, await at.client())
      expect(bodyOf(issued)).toMatchObject({
        ...{ access_token: expect.any(String), token_type: 'Bearer' },
        refresh_token: expect.any(String),
      })
      expect(issued.refreshTokenDuration).toBe(3600)
    },
  },
  {
    row: 'B12',
    title: 'expires_in of a token response is a number',
    async check({ service }) {
      const at = await service({ accessTokenDuration: 600 })
      expect(bodyOf(await obtainTokens(at, await at.client())).expires_in).toBe(600)
    },
  },
  {
    row: 'B13',
    title:
      'a refused request gets status 400 with error and, unless it is omitted, error_description',
    async check({ service }) {
      const errorAt = async (more: Json) => {
        const at = await service(more)
        const { clientId, clientSecret } = await at.client()
        const parameters = 'grant_type=authorization_code&code=unknown'
        return relayed(at, '/auth/token', { parameters, clientId, clientSecret })
      }
      const told = await errorAt({})
      expect(told.status).toBe(400)
      expect(told.headers['Content-Type']).toContain('application/json')
      expect(JSON.parse(told.body)).toMatchObject({
        ...{ error: 'invalid_grant', error_description: expect.any(String) },
      })
      const omitted = JSON.parse((await errorAt({ errorDescriptionOmitted: true })).body)
      expect(Object.keys(omitted)).not.toContain('error_description')
    },
  },
  {
    row: 'B14',
    title: 'a client that fails to authenticate gets status 401 with invalid_client as JSON',
    async check({ service }) {
      const at = await service()
      const { clientId } = await at.client()
      const parameters = 'grant_type=client_credentials'
      const body = { parameters, clientId, clientSecret: 'wrong' }
      expect((await at.api('/auth/token', body)).action).toBe('INVALID_CLIENT')
      const relay = await relayed(at, '/auth/token', body)
      expect(relay.status).toBe(401)
      expect(JSON.parse(relay.body).error).toBe('invalid_client')
    },
  },
  {
    row: 'B15',
    title: 'a fault of the service, such as a missing signing key, ends with status 500 as JSON',
    async check({ service }) {
      const at = await service()
      const client = await at.client({ idTokenSignAlg: 'ES256' })
      const code = await obtainCode(at, client)
      await at.configure({ jwks: jwksOf(...serviceKeys.filter(({ alg }) => alg !== 'ES256')) })
      const { clientId, clientSecret } = client
      const parameters = new URLSearchParams({
        ...{ grant_type: 'authorization_code', code },
        ...{ redirect_uri: redirectUri, code_verifier: verifier },
      }).toString()
      const body = { parameters, clientId, clientSecret }
      const relay = await relayed(at, '/auth/token', body)
      expect([relay.status, JSON.parse(relay.body).error]).toEqual([500, 'server_error'])
    },
  },
]
