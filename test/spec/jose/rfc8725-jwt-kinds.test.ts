/**
 * A JWT of one kind is not accepted as another (RFC 8725 §3.11): every kind that the service signs,
 * and every typ, at every endpoint that accepts a JWT.
 */
import { importJWK, type JWK, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  authorizationRequest,
  createService,
  form,
  issuer,
  obtainTokens,
  redirectUri,
  type TestService,
} from '../../support/flows.ts'
import { clientKey, jwksOf, publicKey, serviceKeys } from '../../support/keys.ts'
import type { Json } from '../../support/server.ts'

const serviceKey = serviceKeys.find(({ alg }) => alg === 'ES256') ?? clientKey
const requestUri = 'https://app.example.com/request.jwt'
const type = (name: string) => `urn:ietf:params:oauth:token-type:${name}`
const jwtBearer = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

let service: TestService
/** The client has the keys of the service, so that signatures do not distinguish kinds. */
let client: Json
let asserting: Json
let attested: Json
let spiffe: Json
let opaque: string
let made = 0
beforeAll(async () => {
  service = await createService({
    ...{
      accessTokenSignAlg: 'ES256',
      dynamicRegistrationSupported: true,
      nativeSsoSupported: true,
    },
    ...{ pushedAuthReqEndpoint: `${issuer}/par`, trustAnchors },
    backchannelAuthenticationEndpoint: `${issuer}/backchannel`,
    supportedBackchannelTokenDeliveryModes: ['POLL'],
  })
  const jwks = jwksOf(publicKey(serviceKey), publicKey(clientKey))
  const signs = { idTokenSignAlg: 'ES256', userInfoSignAlg: 'ES256', authorizationSignAlg: 'ES256' }
  client = await service.client({
    jwks,
    ...signs,
    bcDeliveryMode: 'POLL',
    requestUris: [requestUri],
  })
  asserting = await service.client({ jwks, tokenAuthMethod: 'PRIVATE_KEY_JWT' })
  attested = await service.client({ jwks, tokenAuthMethod: 'ATTEST_JWT_CLIENT_AUTH' })
  spiffe = await service.client({
    ...{ tokenAuthMethod: 'SPIFFE_JWT', spiffeId: 'spiffe://example.org/a' },
    spiffeBundleEndpoint: 'https://spire.example.org/',
  })
  const bundle = [serviceKey, clientKey].map((key) => ({ ...publicKey(key), use: 'jwt-svid' }))
  service.system.fetch.answer('https://spire.example.org/', { body: { keys: bundle } })
  opaque = (await obtainTokens(service, client)).accessToken
})
afterAll(() => service.close())

const anchor = 'https://trust.example.com'
const trustAnchors = [{ entityId: anchor, jwks: jwksOf(publicKey(clientKey)) }]
const seconds = () => Math.floor(service.system.clock() / 1000)
const id = () => String(client.clientId)
const unique = () => {
  made += 1
  return `kind-${made}`
}

/** The JWTs that the service signs, made alike except for their kind. */
const signed: Record<string, () => Promise<string>> = {
  'access token': async () => (await obtainTokens(service, client)).accessToken,
  'access token of the client itself': async () => {
    const parameters = form({ grant_type: 'client_credentials', scope: 'read' })
    return (await service.api('/auth/token', { parameters, ...secret(client) })).accessToken
  },
  'ID Token': async () => (await obtainTokens(service, client)).idToken,
  'signed UserInfo': async () => {
    const { accessToken } = await obtainTokens(service, client)
    // A user can have claims named like metadata members or exp.
    const claims = JSON.stringify({ name: 'Alice', exp: seconds() + 600, iat: seconds() })
    const answer = await service.api('/auth/userinfo/issue', { token: accessToken, claims })
    return answer.responseContent
  },
  'JARM response': async () => responseOf(await issue('query.jwt')),
  'JARM error': async () => {
    const { ticket } = await asked('query.jwt')
    const failing = { ticket, reason: 'DENIED' }
    return responseOf(await service.api('/auth/authorization/fail', failing))
  },
  'introspection response': async () => {
    const { accessToken } = await obtainTokens(service, client)
    const answer = await service.api('/auth/introspection/standard', {
      ...{ parameters: form({ token: accessToken }), rsUri: issuer },
      ...{ httpAcceptHeader: 'application/token-introspection+jwt' },
      introspectionSignAlg: 'ES256',
    })
    return answer.responseContent
  },
}

const secret = (by: Json) => ({ clientId: String(by.clientId), clientSecret: by.clientSecret })
const asked = (response_mode: string): Promise<Json> =>
  service.api('/auth/authorization', {
    parameters: authorizationRequest(client, { response_mode }),
  })
async function issue(mode: string): Promise<Json> {
  const { ticket } = await asked(mode)
  return service.api('/auth/authorization/issue', { ticket, subject: 'alice' })
}
const responseOf = ({ responseContent }: Json): string =>
  new URL(responseContent).searchParams.get('response') ?? ''

interface Place {
  present(jwt: string): Promise<Json>
  /** Whether the response of the endpoint accepts the JWT. */
  accepts: (answer: Json) => boolean
  /** Claims and key of a JWT that it accepts, unless only the service itself can sign it. */
  honest?: () => { claims: Json; key: JWK; header?: Json }
  /** Values of typ that it accepts, besides an absent typ and generic ones. */
  types?: string[]
  /** Whether unknown values of typ are accepted. */
  open?: boolean
}

const action =
  (...names: string[]) =>
  (answer: Json) =>
    names.includes(answer.action)

const grant = (parameters: Record<string, string>, more = secret(client)) =>
  service.api('/auth/token', { parameters: form(parameters), ...more })

const exchanged = (part: 'subject' | 'actor', name: string): Place => ({
  present: (jwt) =>
    grant({
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token: opaque,
      subject_token_type: type('access_token'),
      [`${part}_token`]: jwt,
      [`${part}_token_type`]: type(name),
    }),
  accepts: action('TOKEN_EXCHANGE'),
})

const requested = () => ({
  ...{ response_type: 'code', client_id: id(), redirect_uri: redirectUri, scope: 'openid' },
})
const requestObject = () => ({
  claims: { iss: id(), aud: issuer, ...requested() },
  key: clientKey,
})
const idTokenOf = (iss: string) => () => ({
  claims: { iss, sub: 'bob', aud: [id()], iat: seconds(), exp: seconds() + 60 },
  key: iss === issuer ? serviceKey : clientKey,
})

const places: Record<string, Place> = {
  'a request object by value': {
    present: (request) => {
      const parameters = form({ ...requested(), request })
      return service.api('/auth/authorization', { parameters })
    },
    accepts: action('INTERACTION', 'NO_INTERACTION'),
    honest: requestObject,
    types: ['oauth-authz-req+jwt'],
  },
  'a request object by reference': {
    present: (body) => {
      service.system.fetch.answer(requestUri, { body })
      const parameters = form({ ...requested(), request_uri: requestUri })
      return service.api('/auth/authorization', { parameters })
    },
    accepts: action('INTERACTION', 'NO_INTERACTION'),
    honest: requestObject,
    types: ['oauth-authz-req+jwt'],
  },
  'a pushed request object': {
    present: (request) =>
      service.api('/pushed_auth_req', {
        ...{ parameters: form({ client_id: id(), request }), ...secret(client) },
      }),
    accepts: action('CREATED'),
    honest: requestObject,
    types: ['oauth-authz-req+jwt'],
  },
  'a backchannel request': {
    present: (request) =>
      service.api('/backchannel/authentication', {
        ...{ parameters: form({ request }), ...secret(client) },
      }),
    accepts: action('USER_IDENTIFICATION'),
    honest: () => ({
      claims: {
        ...{ iss: id(), aud: issuer, jti: unique(), scope: 'openid', login_hint: 'alice' },
        ...{ iat: seconds(), nbf: seconds(), exp: seconds() + 60 },
      },
      key: clientKey,
    }),
    types: ['oauth-authz-req+jwt'],
  },
  'a client assertion': {
    present: (client_assertion) =>
      service.api('/auth/token', {
        parameters: form({
          ...{ grant_type: 'client_credentials', client_id: String(asserting.clientId) },
          ...{ scope: 'read', client_assertion_type: jwtBearer, client_assertion },
        }),
      }),
    accepts: action('OK'),
    honest: () => {
      const own = String(asserting.clientId)
      const claims = { iss: own, sub: own, aud: issuer, jti: unique(), exp: seconds() + 60 }
      return { claims, key: clientKey }
    },
    types: ['client-authentication+jwt'],
  },
  'a JWT-SVID': {
    present: (client_assertion) =>
      service.api('/auth/token', {
        parameters: form({
          ...{ grant_type: 'client_credentials', client_id: String(spiffe.clientId) },
          ...{ scope: 'read', client_assertion },
          client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-spiffe',
        }),
      }),
    accepts: action('OK'),
    honest: () => ({
      claims: { sub: 'spiffe://example.org/a', aud: issuer, exp: seconds() + 60 },
      key: clientKey,
    }),
  },
  'a client attestation': {
    present: (jwt) =>
      service.api('/auth/token', {
        parameters: form({
          ...{ grant_type: 'client_credentials', client_id: String(attested.clientId) },
          scope: 'read',
        }),
        ...{ oauthClientAttestation: jwt, oauthClientAttestationPop: jwt },
      }),
    accepts: action('OK'),
  },
  'a software statement': {
    present: (software_statement) =>
      service.api('/client/registration', {
        json: JSON.stringify({ redirect_uris: [redirectUri], software_statement }),
      }),
    accepts: action('CREATED'),
    honest: () => ({ claims: { iss: anchor, software_id: unique() }, key: clientKey }),
    open: true,
  },
  'an ID Token hint': {
    present: (id_token_hint) =>
      service.api('/auth/authorization', {
        parameters: authorizationRequest(client, { id_token_hint }),
      }),
    accepts: action('INTERACTION'),
    honest: idTokenOf(issuer),
    open: true,
  },
  'an ID Token hint of a backchannel request': {
    present: (id_token_hint) =>
      service.api('/backchannel/authentication', {
        ...{ parameters: form({ scope: 'openid', id_token_hint }), ...secret(client) },
      }),
    accepts: action('USER_IDENTIFICATION'),
    honest: idTokenOf(issuer),
    open: true,
  },
  'a login hint token': {
    present: (login_hint_token) =>
      service.api('/backchannel/authentication', {
        ...{ parameters: form({ scope: 'openid', login_hint_token }), ...secret(client) },
      }),
    accepts: action('USER_IDENTIFICATION'),
    honest: idTokenOf('https://other.example.com'),
    open: true,
  },
  'a subject token as an ID Token': {
    ...exchanged('subject', 'id_token'),
    honest: idTokenOf(issuer),
    open: true,
  },
  'a subject token as a JWT': {
    ...exchanged('subject', 'jwt'),
    honest: idTokenOf('https://other.example.com'),
    types: ['at+jwt'],
    open: true,
  },
  'a subject token as an access token': exchanged('subject', 'access_token'),
  'a subject token as a refresh token': exchanged('subject', 'refresh_token'),
  'an actor token as an ID Token': {
    ...exchanged('actor', 'id_token'),
    honest: idTokenOf(issuer),
    open: true,
  },
  'an actor token as a JWT': {
    ...exchanged('actor', 'jwt'),
    honest: idTokenOf('https://other.example.com'),
    types: ['at+jwt'],
    open: true,
  },
  'an actor token as an access token': exchanged('actor', 'access_token'),
  'an actor token as a refresh token': exchanged('actor', 'refresh_token'),
  'an ID Token of Native SSO': {
    present: (subject_token) =>
      grant({
        ...{ grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange', subject_token },
        ...{ subject_token_type: type('id_token'), actor_token: 'secret' },
        actor_token_type: 'urn:openid:params:token-type:device-secret',
      }),
    accepts: action('NATIVE_SSO'),
  },
  'an assertion of the JWT bearer grant': {
    present: (assertion) =>
      grant({ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion }),
    accepts: action('JWT_BEARER'),
    honest: () => ({
      claims: { iss: 'https://other.example.com', sub: 'bob', aud: issuer, exp: seconds() + 60 },
      key: clientKey,
    }),
    types: ['authorization-grant+jwt', 'oauth-id-jag+jwt'],
    open: true,
  },
  'a DPoP proof': {
    present: (dpop) =>
      service.api('/auth/token', {
        parameters: form({ grant_type: 'client_credentials', scope: 'read' }),
        ...{ ...secret(client), dpop },
      }),
    accepts: action('OK'),
  },
  'a refresh token': {
    present: (refresh_token) => grant({ grant_type: 'refresh_token', refresh_token }),
    accepts: action('OK'),
  },
  'a code': {
    present: (code) => grant({ grant_type: 'authorization_code', code, redirect_uri: redirectUri }),
    accepts: action('OK'),
  },
  'an access token at introspection': {
    present: (token) => service.api('/auth/introspection', { token }),
    accepts: action('OK'),
  },
  'an access token at UserInfo': {
    present: (token) => service.api('/auth/userinfo', { token }),
    accepts: action('OK'),
  },
  'a JWT of a client to verify': {
    present: (jose) =>
      service.api('/jose/verify', {
        ...{ jose, signedByClient: true, clientIdentifier: String(attested.clientId) },
        mandatoryClaims: ['jti', 'nbf'],
      }),
    accepts: ({ valid }) => valid,
  },
  'a JWT of the service to verify': {
    present: (jose) => service.api('/jose/verify', { jose }),
    accepts: ({ valid }) => valid,
  },
}

/** The kinds that each endpoint accepts. */
const right: Record<string, string[]> = {
  'an ID Token hint': ['ID Token'],
  'an ID Token hint of a backchannel request': ['ID Token'],
  'a login hint token': ['ID Token'],
  'a subject token as an ID Token': ['ID Token'],
  'an actor token as an ID Token': ['ID Token'],
  // An ID Token is a JWT, too (RFC 8693 §3).
  'a subject token as a JWT': ['ID Token'],
  'an actor token as a JWT': ['ID Token'],
  'a subject token as an access token': ['access token', 'access token of the client itself'],
  'an actor token as an access token': ['access token', 'access token of the client itself'],
  'an access token at introspection': ['access token', 'access token of the client itself'],
  'an access token at UserInfo': ['access token'],
  'a JWT of the service to verify': Object.keys(signed),
}

describe.each(Object.entries(signed))('JWT that the service signs: %s', (kind, make) => {
  it.each(Object.entries(places))('%s (RFC 8725 §3.11)', async (name, { present, accepts }) => {
    const jwt = await make()
    expect(jwt.split('.')).toHaveLength(3)
    const answer = await present(jwt)
    const isRight = right[name]?.includes(kind) ?? false
    expect({ accepted: accepts(answer), answer }).toMatchObject({ accepted: isRight })
    const broken = ['INTERNAL_SERVER_ERROR', 'SERVER_ERROR']
    expect(broken).not.toContain(answer.action)
  })
})

const sign = async (
  { claims, key, header }: { claims: Json; key: JWK; header?: Json },
  typ: unknown,
) =>
  new SignJWT(claims)
    .setProtectedHeader({ alg: 'ES256', kid: String(key.kid), ...header, typ: typ as string })
    .sign(await importJWK(key, 'ES256'))

const saysNothing = [undefined, 'JWT', 'jwt', 'JOSE', 'application/jwt']
const ofKinds = [
  ...['at+jwt', 'token-introspection+jwt', 'oauth-authz-req+jwt', 'dpop+jwt', 'logout+jwt'],
  ...['secevent+jwt', 'oauth-client-attestation+jwt', 'oauth-client-attestation-pop+jwt'],
  ...['jwk-set+jwt', 'entity-statement+jwt', 'client-authentication+jwt', 'dc+sd-jwt'],
  ...['authorization-grant+jwt', 'oauth-id-jag+jwt', 'openid4vci-proof+jwt', 'txntoken+jwt'],
]
const spelled = ofKinds.flatMap((typ) => [typ, `application/${typ}`, typ.toUpperCase()])
const nonsense = [null, 1, {}, ['at+jwt']]

const open = Object.entries(places).flatMap(([name, place]) =>
  place.honest ? [[name, place, place.honest] as const] : [],
)
describe.each(open)('typ of %s', (_name, { present, accepts, types = [], open }, honest) => {
  it.each(saysNothing)('can be absent or generic: %j (RFC 8725 §3.11)', async (typ) => {
    const answer = await present(await sign(honest(), typ))
    expect({ accepted: accepts(answer), answer }).toMatchObject({ accepted: true })
  })

  it('must be its own typ: that of every other kind is rejected (RFC 8725 §3.11)', async () => {
    for (const typ of [...spelled, ...nonsense]) {
      const bare = typeof typ === 'string' ? typ.toLowerCase().replace('application/', '') : ''
      const answer = await present(await sign(honest(), typ))
      expect({ typ, accepted: accepts(answer), answer }).toMatchObject({
        accepted: types.includes(bare),
      })
    }
  })

  it('is rejected if it is unknown, except for kinds with free types', async () => {
    const answer = await present(await sign(honest(), 'example+jwt'))
    expect({ accepted: accepts(answer), answer }).toMatchObject({ accepted: open ?? false })
  })
})

describe('kinds of JWTs', () => {
  it('have distinct audiences: a client alias cannot be the issuer or an endpoint', async () => {
    for (const clientIdAlias of [issuer, `${issuer}/token`]) {
      const refused = await service.client({ clientIdAlias, clientIdAliasEnabled: true })
      expect(refused).toMatchObject({ resultCode: 'P000206' })
    }
  })

  it('keep a client assertion from being a request object (RFC 9101 §10.8)', async () => {
    await service.configure({ traditionalRequestObjectProcessingApplied: true })
    const claims = { iss: id(), sub: id(), aud: issuer, jti: unique(), exp: seconds() + 60 }
    const request = await sign({ claims, key: clientKey }, undefined)
    const parameters = form({ ...requested(), request })
    const answer = await service.api('/auth/authorization', { parameters })
    expect(answer).toMatchObject({ action: 'LOCATION', resultCode: 'P031020' })
    await service.configure({})
  })

  it('keep a request object from being a backchannel request (RFC 8725 §3.12)', async () => {
    const place = places['a backchannel request']
    const { claims, key } = place?.honest?.() ?? requestObject()
    const jwt = await sign({ claims: { ...claims, response_type: 'code' }, key }, undefined)
    expect(await place?.present(jwt)).toMatchObject({ resultCode: 'P070117' })
  })

  it('keep the caller from setting the typ of another kind in an ID Token', async () => {
    const typed = async (typ: string) => {
      const { idToken } = await obtainTokens(
        service,
        client,
        {},
        {
          idtHeaderParams: JSON.stringify({ typ, x: 1 }),
        },
      )
      return JSON.parse(Buffer.from(idToken.split('.')[0], 'base64url').toString())
    }
    expect(await typed('at+jwt')).not.toHaveProperty('typ')
    expect(await typed('application/AT+jwt')).not.toHaveProperty('typ')
    expect(await typed('example+jwt')).toMatchObject({ typ: 'example+jwt', x: 1 })
  })

  it('are distinct for signed UserInfo, which has no exp (OIDC Core §5.3.2)', async () => {
    const jwt = (await signed['signed UserInfo']?.()) ?? ''
    const claims = JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString())
    expect(claims).toMatchObject({ name: 'Alice', sub: 'alice' })
    expect(claims).not.toHaveProperty('exp')
  })
})
