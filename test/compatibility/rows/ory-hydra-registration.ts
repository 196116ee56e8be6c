/** H: registration of clients at Ory Hydra, and the members of its clients. */
import { decodeJwt, type JWK } from 'jose'
import { expect } from 'vitest'
import {
  authorize,
  form,
  obtainCode,
  obtainTokens,
  redirectUri,
  requestToken,
  verifier,
} from '../../support/flows.ts'
import { clientKey, publicKey, serviceKeys } from '../../support/keys.ts'
import type { Json } from '../../support/server.ts'
import { assertionFor, requestObjectFor } from '../../support/signing-client.ts'
import {
  app,
  bodyOf,
  clientOf,
  manage,
  ownTokens,
  type Row,
  read,
  refusalOf,
  register,
  registered,
  registering,
  relayed,
  userInfo,
  works,
} from './world.ts'

const registration: Row[] = [
  {
    row: 'H1',
    title: 'anyone may register a client where the service lets them, without any token',
    async check({ service }) {
      const at = await service(registering)
      const relay = await relayed(at, '/client/registration', { json: JSON.stringify(app) })
      expect([relay.status, JSON.parse(relay.body).client_name]).toEqual([201, 'App'])
    },
  },
  {
    row: 'H2',
    title: 'registration is off by default, and then the frontend has no such page',
    async check({ service, frontend }) {
      const at = await service()
      expect(refusalOf(await register(at))).toBe('BAD_REQUEST invalid_request')
      const statusOf = async (more: Json) => {
        const { url } = await frontend(more)
        const init = { method: 'POST', body: JSON.stringify(app) }
        const headers = { 'Content-Type': 'application/json' }
        return (await fetch(`${url}/register`, { ...init, headers })).status
      }
      expect(await statusOf({})).toBe(404)
      expect(await statusOf({ dynamicRegistrationSupported: true })).toBe(201)
    },
  },
  {
    row: 'H3',
    title: 'a client that registers itself cannot choose its client_id and client_secret',
    async check({ service }) {
      const at = await service(registering)
      const chosen = { client_id: '12345', client_secret: 'chosen-by-the-client-itself' }
      for (const token_endpoint_auth_method of ['client_secret_basic', 'client_secret_post']) {
        const client = await registered(at, { ...app, ...chosen, token_endpoint_auth_method })
        expect(client.client_id).not.toBe(chosen.client_id)
        expect(client.client_secret).not.toBe(chosen.client_secret)
        expect(client.client_secret.length).toBeGreaterThan(30)
      }
      const open = await registered(at, { ...app, ...chosen, token_endpoint_auth_method: 'none' })
      expect(open.client_secret).toBeUndefined()
    },
  },
  {
    row: 'H5',
    title: 'a client that registers without scope may request the default scopes only',
    async check({ service }) {
      const at = await service({ ...registering, 'ext.dcr.default_scopes': 'openid read' })
      const client = await registered(at)
      expect(client.scope).toBe('openid read')
      const { scopes } = await authorize(at, clientOf(client), { scope: 'openid read write' })
      expect(scopes.map(({ name }: Json) => name)).toEqual(['openid', 'read'])
    },
  },
  {
    row: 'H6',
    title:
      'a registration cannot set what belongs to the operator: metadata, skipped consents and the format of tokens',
    async check({ service }) {
      const own = { metadata: { plan: 'gold' }, skip_consent: true, skip_logout_consent: true }
      const at = await service({ ...registering, supportedCustomClientMetadata: ['team'] })
      const strategy = { access_token_strategy: 'jwt', attributes: [{ key: 'ext.x', value: 'y' }] }
      const answer = await register(at, { ...app, ...own, ...strategy, team: 'blue' })
      expect(answer.client.attributes).toBeUndefined()
      expect(JSON.parse(answer.client.customMetadata)).toEqual({ team: 'blue' })
      const names = Object.keys(bodyOf(answer))
      for (const name of [...Object.keys(own), ...Object.keys(strategy)])
        expect(names).not.toContain(name)
    },
  },
  {
    row: 'H7',
    title: 'a client manages its registration by its secret where the service allows it',
    async check({ service }) {
      const by = async (at: Awaited<ReturnType<typeof service>>, wrong = '') => {
        const { client_id: clientId, client_secret } = await registered(at)
        const clientSecret = client_secret + wrong
        return (await at.api('/client/registration/get', { clientId, clientSecret })).action
      }
      const lenient = { ...registering, 'ext.dcr.client_auth': 'client_secret_basic' }
      expect(await by(await service(lenient))).toBe('OK')
      expect(await by(await service(lenient), 'x')).toBe('UNAUTHORIZED')
      expect(await by(await service(registering))).toBe('UNAUTHORIZED')
    },
  },
  {
    row: 'H8',
    title:
      'a registration access token lives for ever, unless the service limits it or replaces it at each use',
    async check({ service }) {
      const at = await service(registering)
      const kept = await registered(at)
      const brief = await service({ ...registering, 'ext.dcr.rat.ttl': '60' })
      const expiring = await registered(brief)
      at.system.clock.advance(61_000)
      expect((await manage(at, 'get', kept)).action).toBe('OK')
      expect((await manage(at, 'get', kept)).action).toBe('OK')
      expect((await manage(brief, 'get', expiring)).action).toBe('UNAUTHORIZED')
      const rotating = await service({ ...registering, 'ext.dcr.rat.rotate_on_use': 'true' })
      const first = await registered(rotating)
      const second = bodyOf(await manage(rotating, 'get', first))
      expect((await manage(rotating, 'get', first)).action).toBe('UNAUTHORIZED')
      expect((await manage(rotating, 'get', second)).action).toBe('OK')
    },
  },
  {
    row: 'H9',
    title:
      'an update keeps the secret and returns it, and sets another where the service allows it',
    async check({ service }) {
      const at = await service(registering)
      const client = await registered(at)
      const update = (of: typeof at, by: Json, more: Json = {}) =>
        manage(of, 'update', by, { json: JSON.stringify({ ...app, ...more }) })
      expect(bodyOf(await update(at, client)).client_secret).toBe(client.client_secret)
      const client_secret = 'Kz8vQ2mXw5LrT9pYb3NdH6sJc1FgVe4A'
      expect((await update(at, client, { client_secret })).action).toBe('BAD_REQUEST')
      const settable = await service({ ...registering, 'ext.dcr.secret_settable': 'true' })
      const other = await registered(settable)
      const answer = bodyOf(await update(settable, other, { client_secret }))
      expect(answer.client_secret).toBe(client_secret)
      const ask = (by: Json) => obtainTokens(settable, clientOf(by))
      expect((await ask(answer)).action).toBe('OK')
      expect((await ask(other)).action).toBe('INVALID_CLIENT')
    },
  },
  {
    row: 'H10',
    title: 'a client that is deleted gets no content with status 204, and its tokens end with it',
    async check({ service }) {
      const at = await service(registering)
      const client = await registered(at)
      const { accessToken } = await obtainTokens(at, clientOf(client))
      const { client_id: clientId, registration_access_token: token } = client
      const relay = await relayed(at, '/client/registration/delete', { clientId, token })
      expect([relay.status, relay.body]).toEqual([204, undefined])
      expect(await works(at, accessToken)).toBe(false)
    },
  },
  {
    row: 'H31',
    title: 'a registration tells its access token and the URL where it is managed',
    async check({ service }) {
      const registrationManagementEndpoint = 'https://as.example.com/clients'
      const at = await service({ ...registering, registrationManagementEndpoint })
      const client = await registered(at)
      const uri = `${registrationManagementEndpoint}/${client.client_id}`
      expect(client.registration_client_uri).toBe(uri)
      expect((await manage(at, 'get', client)).action).toBe('OK')
    },
  },
  {
    row: 'H32',
    title: 'a registration has its scopes as one text, and the API has them as a list',
    async check({ service }) {
      const at = await service({ ...registering, dcrScopeUsedAsRequestable: true })
      const answer = await register(at, { ...app, scope: 'openid read' })
      expect(bodyOf(answer).scope).toBe('openid read')
      expect(answer.client.extension.requestableScopes).toEqual(['openid', 'read'])
    },
  },
]

const clients: Row[] = [
  {
    row: 'H26',
    title: 'a client gets tokens for the audiences on its list only',
    async check({ service }) {
      const [mine, other] = ['https://api.example.com/a', 'https://api.example.com/b']
      const at = await service()
      const client = await at.client({ 'ext.resources.allowed': mine })
      const any = await at.client()
      const ask = (by: Json, resource: string) =>
        requestToken(at, by, { grant_type: 'client_credentials', scope: 'read', resource })
      expect(await ask(client, mine)).toMatchObject({ action: 'OK', resources: [mine] })
      expect(refusalOf(await ask(client, other))).toBe('BAD_REQUEST invalid_target')
      expect((await ask(any, other)).action).toBe('OK')
      const strict = await service({ 'ext.resources.allowed': mine })
      const refused = await authorize(strict, await strict.client(), { resource: other })
      expect(refusalOf(refused)).toBe('LOCATION invalid_target')
    },
  },
  {
    row: 'H27',
    title: 'notes about a client reach the frontend, and its owner finds it in the list',
    async check({ service }) {
      const at = await service()
      const attributes = [{ key: 'plan', value: 'gold' }]
      const client = await at.client({ attributes, developer: 'team-a' })
      await at.client({ developer: 'team-b' })
      expect((await authorize(at, client)).clientAttributes).toEqual(attributes)
      expect((await ownTokens(at, client, 'read')).clientAttributes).toEqual(attributes)
      const { clients: listed } = await read(at, '/client/get/list?developer=team-a')
      expect(listed.map(({ clientId }: Json) => clientId)).toEqual([client.clientId])
    },
  },
  {
    row: 'H29',
    title:
      'the keys, algorithms, subject type and pages of a registration are what the client then uses',
    async check({ service }) {
      const at = await service({ ...registering, pairwiseSubjectSalt: 'salt' })
      const sector_identifier_uri = 'https://app.example.com/sector.json'
      at.system.fetch.answer(sector_identifier_uri, { body: app.redirect_uris })
      const metadata = {
        ...{ ...app, client_uri: 'https://app.example.com/', logo_uri: `${redirectUri}/logo` },
        ...{ policy_uri: `${redirectUri}/policy`, tos_uri: `${redirectUri}/tos` },
        ...{ sector_identifier_uri, subject_type: 'pairwise' },
        ...{ jwks: { keys: [publicKey(clientKey)] }, request_uris: [`${redirectUri}/request`] },
        ...{ request_object_signing_alg: 'ES256', userinfo_signed_response_alg: 'RS256' },
        token_endpoint_auth_method: 'private_key_jwt',
        token_endpoint_auth_signing_alg: 'ES256',
      }
      const client = await registered(at, metadata)
      expect(client).toMatchObject(metadata)
      const owner = clientOf(client)
      const signed = { response_type: 'code', redirect_uri: redirectUri, scope: 'openid' }
      const request = await requestObjectFor(at, owner, signed)
      expect((await authorize(at, owner, { request })).action).toBe('INTERACTION')
      const other = await requestObjectFor(at, owner, signed, { key: serviceKeys[0] as JWK })
      expect(refusalOf(await authorize(at, owner, { request: other }))).toBe(
        'LOCATION invalid_request_object',
      )
      const assertion = await assertionFor(at, owner)
      const code = await obtainCode(at, owner)
      const parameters = form({
        ...{ grant_type: 'authorization_code', code, code_verifier: verifier },
        redirect_uri: redirectUri,
        ...assertion,
      })
      const tokens = await at.api('/auth/token', { parameters })
      expect(tokens.action).toBe('OK')
      expect(decodeJwt(tokens.idToken).sub).not.toBe('alice')
      expect((await userInfo(at, tokens.accessToken)).action).toBe('JWT')
    },
  },
]

export const hydraRegistration: readonly Row[] = [...registration, ...clients]
