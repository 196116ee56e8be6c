/** Exchange of tokens, assertions and device secrets by the policy of the example frontend. */
import { decodeJwt, generateKeyPair, SignJWT } from 'jose'
import * as openid from 'openid-client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createFormBrowser } from '../../examples/demo/form-browser.ts'
import { demoResourceServers } from '../../examples/frontend/users.ts'
import { signingKey } from './fapi.ts'
import { fetchWith, serverTls } from './tls.ts'
import {
  callback,
  configure,
  createUser,
  redeem,
  requestOf,
  resourceServer,
  startWorld,
  type World,
} from './world.ts'

const tokenType = (name: string) => `urn:ietf:params:oauth:token-type:${name}`
const exchangeGrant = 'urn:ietf:params:oauth:grant-type:token-exchange'
const target = 'https://api.example.com'

/** The error of a token request, or a note that it succeeded. */
const errorOf = (granted: Promise<unknown>) =>
  granted.then(
    () => 'granted',
    ({ error }) => error,
  )

let world: World
let gateway: openid.Configuration
let subjectToken: string
const partner = 'https://partner.example.com'
const partnerKey = await signingKey('ES256')

beforeAll(async () => {
  const trustedIssuers = { [partner]: { keys: [partnerKey.publicJwk] } }
  const { [resourceServer.id]: { secretHash } = { secretHash: '' } } = demoResourceServers
  const resourceServers = { ...demoResourceServers, [target]: { secretHash } }
  world = await startWorld({ trustedIssuers, resourceServers })
  const shop = await world.client()
  const configuration = await configure(world, shop.clientId, shop.clientSecret)
  const request = await requestOf(configuration, { scope: 'openid profile email' })
  const { url } = await createUser().walk(request.url)
  subjectToken = (await redeem(configuration, request, url)).access_token
  const grantTypes = ['TOKEN_EXCHANGE', 'JWT_BEARER', 'CLIENT_CREDENTIALS']
  const { clientId, clientSecret } = await world.client({ clientName: 'Gateway', grantTypes })
  gateway = await configure(world, clientId, clientSecret)
})
afterAll(() => world?.close())

describe('access token in a token exchange', () => {
  const exchange = (more: Record<string, string> = {}, dpop?: openid.DPoPHandle) =>
    openid.genericGrantRequest(
      gateway,
      exchangeGrant,
      { subject_token: subjectToken, subject_token_type: tokenType('access_token'), ...more },
      dpop ? { DPoP: dpop } : {},
    )
  const exchangeOf = (token: string, DPoP: openid.DPoPHandle) =>
    exchange({ subject_token: token }, DPoP)
  const introspect = async (token: string, by = resourceServer.id) => {
    const api = await configure(world, by, resourceServer.secret)
    return openid.tokenIntrospection(api, token)
  }

  it('is exchanged for one with another audience and fewer scopes (RFC 8693 §2.2)', async () => {
    const answer = await exchange({ scope: 'email', audience: target })
    expect(answer).toMatchObject({
      ...{ issued_token_type: tokenType('access_token'), token_type: 'bearer', scope: 'email' },
    })
    expect(answer).not.toHaveProperty('refresh_token')
    const seen = await introspect(answer.access_token, target)
    expect(seen).toMatchObject({ active: true, sub: 'alice', scope: 'email' })
    expect([seen.aud].flat()).toEqual([target])
    expect(await introspect(answer.access_token)).toEqual({ active: false })
    expect(seen.client_id).toBe(gateway.clientMetadata().client_id)
  })

  it('keeps its scopes by default, and its lifetime at most (RFC 8693 §2.2.1)', async () => {
    const answer = await exchange()
    expect(String(answer.scope).split(' ').sort()).toEqual(['email', 'openid', 'profile'])
    const [before, after] = [await introspect(subjectToken), await introspect(answer.access_token)]
    expect(after.exp).toBeLessThanOrEqual(Number(before.exp))
  })

  it('is exchanged for one bound to the DPoP key of the client (RFC 9449 §5)', async () => {
    const keys = await generateKeyPair('ES256')
    const answer = await exchange({}, openid.getDPoPHandle(gateway, keys))
    expect(answer.token_type).toBe('dpop')
    expect((await introspect(answer.access_token))['cnf']).toHaveProperty('jkt')
  })

  it('stays bound to its DPoP key, or is not exchanged (RFC 9449 §7.1)', async () => {
    const DPoP = openid.getDPoPHandle(gateway, await generateKeyPair('ES256'))
    const bound = await exchangeOf(subjectToken, DPoP)
    expect(await errorOf(exchange({ subject_token: bound.access_token }))).toBe('invalid_request')
    const again = await exchangeOf(bound.access_token, DPoP)
    expect(again.token_type).toBe('dpop')
    const [before, after] = [
      await introspect(bound.access_token),
      await introspect(again.access_token),
    ]
    expect(after['cnf']).toEqual(before['cnf'])
  })

  it.each<[string, string, Record<string, string>]>([
    ['more scope', 'invalid_scope', { scope: 'email phone' }],
    ['an audience that is not known', 'invalid_target', { audience: 'https://evil.example' }],
    ['a resource that is not known', 'invalid_target', { resource: 'https://evil.example/' }],
    [
      'a refresh token',
      'unauthorized_client',
      { requested_token_type: tokenType('refresh_token') },
    ],
    ['an actor', 'unauthorized_client', { actor_token: 'x', actor_token_type: tokenType('saml2') }],
    ['a SAML assertion', 'unauthorized_client', { subject_token_type: tokenType('saml2') }],
    ['an unknown token', 'invalid_request', { subject_token: 'x' }],
  ])('is not exchanged for or with %s: %s (RFC 8693 §2.2.2)', async (_, error, more) => {
    expect(await errorOf(exchange(more))).toBe(error)
  })

  it('is not exchanged without a user (RFC 8693 §2.2.2)', async () => {
    const own = await openid.clientCredentialsGrant(gateway, { scope: 'email' })
    const error = await errorOf(exchange({ subject_token: own.access_token }))
    expect(error).toBe('unauthorized_client')
  })
})

describe('JWT bearer assertion', () => {
  const assertion = (claims: object = {}, key = partnerKey.key) =>
    new SignJWT({ sub: 'bob@example.com', iss: partner, aud: world.issuer, ...claims })
      .setProtectedHeader({ alg: 'ES256', kid: partnerKey.kid })
      .setExpirationTime('1m')
      .sign(key)
  const bring = async (text: string | Promise<string>) =>
    openid.genericGrantRequest(gateway, 'urn:ietf:params:oauth:grant-type:jwt-bearer', {
      ...{ assertion: await text, scope: 'profile' },
    })

  it('of a trusted issuer is exchanged for a token of its subject (RFC 7523 §2.1)', async () => {
    const tokens = await bring(assertion())
    expect(tokens).toMatchObject({ scope: 'profile', expires_in: expect.any(Number) })
    const headers = { Authorization: `Bearer ${tokens.access_token}` }
    const resource = await fetch(`${world.issuer}/resource`, { headers })
    expect(await resource.json()).toEqual({ subject: 'bob' })
  })

  it('is rejected with another issuer or key, or without sub (RFC 7523 §3.1)', async () => {
    const { key } = await signingKey('ES256')
    const refused = [
      assertion({ iss: 'https://elsewhere.example' }),
      assertion({ iss: 'constructor' }),
      assertion({ sub: 'mallory' }),
      assertion({}, key),
    ]
    for (const each of refused) expect(await errorOf(bring(each))).toBe('invalid_grant')
  })

  it('is rejected by default, since no issuer is trusted', async () => {
    const other = await startWorld()
    const { clientId, clientSecret } = await other.client({ grantTypes: ['JWT_BEARER'] })
    const client = await configure(other, clientId, clientSecret)
    const grant = 'urn:ietf:params:oauth:grant-type:jwt-bearer'
    const text = await assertion({ aud: other.issuer })
    const granted = openid.genericGrantRequest(client, grant, { assertion: text })
    expect(await errorOf(granted)).toBe('invalid_grant')
    await other.close()
  })
})

describe('device secret (OIDC Native SSO §3.2)', () => {
  const send = fetchWith()
  let sso: World
  beforeAll(async () => {
    const supportedScopes = ['openid', 'device_sso', 'offline_access'].map((name) => ({ name }))
    const service = { nativeSsoSupported: true, supportedScopes }
    sso = await startWorld({ tls: serverTls, service })
  })
  afterAll(() => sso?.close())

  const app = async () => {
    const { clientId, clientSecret } = await sso.client({
      ...{ applicationType: 'NATIVE', redirectUris: [callback] },
      grantTypes: ['AUTHORIZATION_CODE', 'REFRESH_TOKEN', 'TOKEN_EXCHANGE'],
    })
    const auth = openid.ClientSecretBasic(clientSecret)
    return openid.discovery(new URL(sso.issuer), clientId, clientSecret, auth, {
      [openid.customFetch]: send as openid.CustomFetch,
    })
  }

  it('shares the session of the first app with the next (OIDC Native SSO §4.3)', async () => {
    const [first, second] = [await app(), await app()]
    const request = await requestOf(first, { scope: 'openid device_sso' })
    const user = createUser(undefined, createFormBrowser(callback, send))
    const tokens = await redeem(first, request, (await user.walk(request.url)).url)
    const secret = String(tokens['device_secret'])
    const { sid, ds_hash } = decodeJwt(tokens.id_token ?? '')
    expect({ sid, ds_hash }).toEqual({ sid: expect.any(String), ds_hash: expect.any(String) })

    const exchange = (actor_token: string) =>
      openid.genericGrantRequest(second, exchangeGrant, {
        ...{ subject_token: tokens.id_token ?? '', actor_token, scope: 'openid' },
        subject_token_type: tokenType('id_token'),
        actor_token_type: 'urn:openid:params:token-type:device-secret',
      })
    const shared = await exchange(secret)
    expect(shared).toMatchObject({ device_secret: secret, token_type: 'bearer' })
    expect(decodeJwt(String(shared.id_token))).toMatchObject({ sub: 'alice', sid })

    const asked = sso.asked.length
    expect(await errorOf(exchange('guessed'))).toBe('invalid_grant')
    const operations = sso.asked.slice(asked).map(({ operation }) => operation)
    expect(operations).toEqual(['auth/token', 'auth/token/revoke'])
  })
})
