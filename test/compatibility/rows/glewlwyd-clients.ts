/** G: registration of clients at Glewlwyd, introspection and revocation. */
import { decodeJwt } from 'jose'
import { expect } from 'vitest'
import { form, issuer, obtainTokens, requestToken } from '../../support/flows.ts'
import { clientKey, jwksOf, publicKey } from '../../support/keys.ts'
import type { Json } from '../../support/server.ts'
import { assertionFor } from '../../support/signing-client.ts'
import {
  app,
  bodyOf,
  clientOf,
  credentialsOf,
  discovery,
  introspect,
  ownTokens,
  type Row,
  refusalOf,
  register,
  registered,
  registering,
  userInfo,
  works,
} from './world.ts'

const revoke = (
  at: { api: (path: string, body: unknown) => Promise<Json> },
  by: Json,
  token: string,
) => at.api('/auth/revocation', { parameters: form({ token }), ...credentialsOf(by) })

const tokens: Row[] = [
  {
    row: 'G39',
    title: 'introspection and revocation are offered where the service has their endpoints',
    async check({ service }) {
      const endpointsOf = async (more: Json) => {
        const { introspection_endpoint, revocation_endpoint } = await discovery(await service(more))
        return [introspection_endpoint, revocation_endpoint]
      }
      const none = { introspectionEndpoint: undefined, revocationEndpoint: undefined }
      expect(await endpointsOf({})).toEqual([`${issuer}/introspect`, `${issuer}/revoke`])
      expect(await endpointsOf(none)).toEqual([undefined, undefined])
      const at = await service()
      const client = await at.client()
      const { accessToken } = await obtainTokens(at, client)
      expect((await introspect(at, accessToken)).active).toBe(true)
      expect((await revoke(at, client, accessToken)).action).toBe('OK')
      expect((await introspect(at, accessToken)).active).toBe(false)
    },
  },
  {
    row: 'G41',
    title: 'a caller may introspect by an access token with the required scopes',
    async check({ service }) {
      const at = await service()
      const client = await at.client()
      const { accessToken } = await obtainTokens(at, client)
      const by = async (scope: string) => {
        const { accessToken: token } = await ownTokens(at, client, scope)
        return (await at.api('/auth/introspection', { token, scopes: ['write'] })).action
      }
      expect(await by('read')).toBe('FORBIDDEN')
      expect(await by('read write')).toBe('OK')
      expect((await introspect(at, accessToken)).active).toBe(true)
    },
  },
  {
    row: 'G44',
    title:
      'introspection tells the user, the client, the audience, the times and the scopes of a token',
    async check({ service }) {
      const at = await service({ accessTokenDuration: 600 })
      const client = await at.client()
      const properties = [
        { key: 'username', value: 'alice.doe' },
        { key: 'note', value: 'secret', hidden: true },
      ]
      const request = { resource: 'https://api.example.com/' }
      const { accessToken } = await obtainTokens(at, client, request, { properties })
      const now = Math.floor(at.system.clock() / 1000)
      expect(await introspect(at, accessToken)).toMatchObject({
        ...{ active: true, sub: 'alice', username: 'alice.doe', aud: [request.resource] },
        ...{ client_id: String(client.clientId), token_type: 'Bearer', scope: 'openid profile' },
        ...{ iat: now, nbf: now, exp: now + 600 },
      })
      expect((await introspect(at, accessToken)).note).toBeUndefined()
      const all = await introspect(at, accessToken, { withHiddenProperties: true })
      expect(all.note).toBe('secret')
    },
  },
  {
    row: 'G45',
    title: 'a revoked access token is useless everywhere, also if it is a JWT',
    async check({ service }) {
      const at = await service({ accessTokenSignAlg: 'ES256' })
      const client = await at.client()
      const { accessToken } = await obtainTokens(at, client)
      expect(decodeJwt(accessToken).sub).toBe('alice')
      expect(await works(at, accessToken)).toBe(true)
      await revoke(at, client, accessToken)
      expect(await works(at, accessToken)).toBe(false)
      expect((await introspect(at, accessToken)).active).toBe(false)
      expect((await userInfo(at, accessToken)).action).toBe('UNAUTHORIZED')
    },
  },
]

const registration: Row[] = [
  {
    row: 'G46',
    title: 'registration can require an access token with given scopes',
    async check({ service }) {
      const at = await service({ ...registering, 'ext.dcr.required_scopes': 'write' })
      const client = await at.client()
      const by = async (scope: string) => {
        const { accessToken: token } = await ownTokens(at, client, scope)
        return (await register(at, app, { token })).action
      }
      expect((await register(at)).action).toBe('UNAUTHORIZED')
      expect(await by('read')).toBe('UNAUTHORIZED')
      expect(await by('read write')).toBe('CREATED')
    },
  },
  {
    row: 'G47',
    title: 'new clients get the scopes of the service for their own tokens, and no others',
    async check({ service }) {
      const at = await service({ ...registering, 'ext.dcr.default_scopes': 'read' })
      const grant_types = ['authorization_code', 'client_credentials']
      const client = clientOf(await registered(at, { ...app, grant_types }))
      expect((await ownTokens(at, client, 'read')).scopes).toEqual(['read'])
      expect((await ownTokens(at, client, 'read write')).scopes).toEqual(['read'])
    },
  },
  {
    row: 'G48',
    title:
      'a registration takes names, contacts, pages, local redirect URIs, one of jwks and jwks_uri, and a public client',
    async check({ service }) {
      const at = await service({ ...registering, 'ext.dcr.lenient_types': 'true' })
      const jwks = { keys: [publicKey(clientKey)] }
      const metadata = {
        ...{ client_name: 'App', application_type: 'native', contacts: ['dev@example.com'] },
        ...{ redirect_uris: ['http://localhost/callback'], client_uri: 'https://app.example.com/' },
        ...{ logo_uri: 'https://app.example.com/logo', policy_uri: 'https://app.example.com/p' },
        ...{ tos_uri: 'https://app.example.com/tos', jwks },
      }
      expect(await registered(at, metadata)).toMatchObject(metadata)
      const both = { ...metadata, jwks_uri: 'https://app.example.com/jwks' }
      expect(refusalOf(await register(at, both))).toBe('BAD_REQUEST invalid_client_metadata')
      const types = ['code', 'password', 'client_credentials', 'refresh_token', 'delete_token']
      const mixed = await registered(at, { ...app, response_types: types })
      expect(mixed.response_types).toEqual(['code'])
      expect(mixed.grant_types).toEqual(
        expect.arrayContaining(['password', 'client_credentials', 'refresh_token']),
      )
      const open = await registered(at, { ...app, client_confidential: false })
      expect([open.token_endpoint_auth_method, open.client_secret]).toEqual(['none', undefined])
      const plain = {
        ...{ redirect_uris: ['http://app.example.com/callback'], response_types: ['id_token'] },
      }
      expect((await register(at, plain)).action).toBe('BAD_REQUEST')
    },
  },
  {
    row: 'G49',
    title: 'a client that names no types gets code, with refresh tokens where the service says so',
    async check({ service }) {
      const typesAt = async (more: Json) => {
        const { response_types, grant_types } = await registered(await service(more))
        return [response_types, grant_types]
      }
      expect(await typesAt(registering)).toEqual([['code'], ['authorization_code']])
      expect(await typesAt({ ...registering, 'ext.dcr.default_refresh': 'true' })).toEqual([
        ...[['code'], ['authorization_code', 'refresh_token']],
      ])
    },
  },
  {
    row: 'G50',
    title:
      'a registration tells when the client_id was issued, and that the secret does not expire',
    async check({ service }) {
      const at = await service(registering)
      const now = Math.floor(at.system.clock() / 1000)
      expect(await registered(at)).toMatchObject({
        ...{ client_id_issued_at: now, client_secret_expires_at: 0 },
      })
    },
  },
  {
    row: 'G51',
    title: 'registration has an endpoint of its own: introspection takes no client metadata',
    async check({ service }) {
      const at = await service(registering)
      const { registration_endpoint, introspection_endpoint } = await discovery(at)
      expect(registration_endpoint).toBe(registering.registrationEndpoint)
      expect(introspection_endpoint).toBe(`${issuer}/introspect`)
      const parameters = JSON.stringify(app)
      const answer = await at.api('/auth/introspection/standard', { parameters })
      expect(refusalOf(answer)).toBe('BAD_REQUEST invalid_request')
      expect(bodyOf(await at.api('/client/registration/list', {}))).toEqual([])
    },
  },
  {
    row: 'G53',
    title: 'endpoints can have a prefix, which discovery shows and client assertions name',
    async check({ service }) {
      const base = `${issuer}/api/oidc`
      const endpoints = { authorizationEndpoint: `${base}/auth`, tokenEndpoint: `${base}/token` }
      const at = await service(endpoints)
      expect(await discovery(at)).toMatchObject({
        ...{ authorization_endpoint: `${base}/auth`, token_endpoint: `${base}/token` },
      })
      const jwks = jwksOf(publicKey(clientKey))
      const client = await at.client({ tokenAuthMethod: 'PRIVATE_KEY_JWT', jwks })
      const actionFor = async (aud: string) => {
        const assertion = await assertionFor(at, client, { aud })
        const noSecret = { clientId: undefined, clientSecret: undefined }
        const parameters = { grant_type: 'client_credentials', scope: 'read', ...assertion }
        return (await requestToken(at, client, parameters, noSecret)).action
      }
      expect(await actionFor(`${base}/token`)).toBe('OK')
      expect(await actionFor(`${issuer}/token`)).toBe('INVALID_CLIENT')
    },
  },
]

export const glewlwydClients: readonly Row[] = [...tokens, ...registration]
