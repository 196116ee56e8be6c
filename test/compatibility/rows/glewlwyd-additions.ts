/** G: what Glewlwyd added after its first OpenID Connect plugin. */
import { decodeJwt, decodeProtectedHeader } from 'jose'
import { expect } from 'vitest'
import { selfSigned } from '../../support/certificates.ts'
import { ask, cibaClient } from '../../support/ciba.ts'
import { dpopKey, proof } from '../../support/dpop.ts'
import {
  authorizationRequest,
  authorize,
  form,
  issuer,
  obtainTokens,
  refresh,
  requestToken,
  type TestService,
} from '../../support/flows.ts'
import { jwksOf, serviceKeys } from '../../support/keys.ts'
import type { Json } from '../../support/server.ts'
import { credentialsOf, introspect, type Row, refusalOf, type World, works } from './world.ts'

const own = { grant_type: 'client_credentials', scope: 'read' }

/** Refresh tokens are replaced or kept by client, and a replay revokes what came of the grant. */
async function rotates({ service }: World): Promise<void> {
  const at = await service()
  const always = await at.client({ 'ext.refresh.rotation': 'always' })
  const never = await at.client({ 'ext.refresh.rotation': 'never' })
  const kept = await obtainTokens(at, never)
  expect((await refresh(at, never, kept.refreshToken)).refreshToken).toBe(kept.refreshToken)
  const first = await obtainTokens(at, always)
  const second = await refresh(at, always, first.refreshToken)
  expect(second.refreshToken).not.toBe(first.refreshToken)
  at.system.clock.advance(60_000)
  const replayed = await refresh(at, always, first.refreshToken)
  expect(refusalOf(replayed)).toBe('BAD_REQUEST invalid_grant')
  expect(await works(at, second.accessToken)).toBe(false)
  expect((await refresh(at, always, second.refreshToken)).action).toBe('BAD_REQUEST')
}

async function grantsDevices({ service }: World): Promise<void> {
  const at = await service({
    ...{ deviceAuthorizationEndpoint: `${issuer}/device`, deviceVerificationUri: `${issuer}/go` },
  })
  const client = await at.client()
  const parameters = form({ scope: 'openid' })
  const device = await at.api('/device/authorization', { parameters, ...credentialsOf(client) })
  const { userCode, deviceCode } = device
  const poll = () =>
    requestToken(at, client, {
      grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
      device_code: deviceCode,
    })
  expect(refusalOf(await poll())).toBe('BAD_REQUEST authorization_pending')
  expect((await at.api('/device/verification', { userCode })).action).toBe('VALID')
  await at.api('/device/complete', { userCode, result: 'AUTHORIZED', subject: 'alice' })
  at.system.clock.advance(6_000)
  expect(decodeJwt((await poll()).idToken).sub).toBe('alice')
}

/** Tokens are bound to a certificate or a key, and work with it only. */
async function bindsTokens({ service }: World): Promise<void> {
  const bound = { tlsClientCertificateBoundAccessTokens: true }
  const at = await service(bound)
  const clientCertificate = selfSigned('/CN=client')
  const byCertificate = await requestToken(at, await at.client(bound), own, { clientCertificate })
  expect(await works(at, byCertificate.accessToken, { clientCertificate })).toBe(true)
  expect(await works(at, byCertificate.accessToken)).toBe(false)
  const key = await dpopKey()
  const now = at.system.clock()
  const dpop = await proof(key, { htu: `${issuer}/token`, now })
  const { accessToken } = await requestToken(at, await at.client(), own, { dpop })
  const [htm, htu] = ['GET', 'https://api.example.com/']
  const again = await proof(key, { htm, htu, now, accessToken })
  expect(await works(at, accessToken, { dpop: again, htm, htu })).toBe(true)
  expect(await works(at, accessToken)).toBe(false)
}

/** Pushed and rich authorization requests. */
async function takesRequests({ service }: World): Promise<void> {
  const at = await service({
    ...{ pushedAuthReqEndpoint: `${issuer}/par`, supportedAuthorizationDetailsTypes: ['payment'] },
  })
  const client = await at.client()
  const details = [{ type: 'payment', actions: ['initiate'] }]
  const { requestUri } = await at.api('/pushed_auth_req', {
    parameters: authorizationRequest(client, { authorization_details: JSON.stringify(details) }),
    ...credentialsOf(client),
  })
  const parameters = form({ client_id: String(client.clientId), request_uri: requestUri })
  const asked = await at.api('/auth/authorization', { parameters })
  expect(asked.authorizationDetails.elements[0]).toMatchObject({ type: 'payment' })
  const unknown = { authorization_details: JSON.stringify([{ type: 'other' }]) }
  expect(refusalOf(await authorize(at, client, unknown))).toBe(
    'LOCATION invalid_authorization_details',
  )
}

async function asksByEmail({ service }: World): Promise<void> {
  const supportedBackchannelTokenDeliveryModes = ['POLL']
  const at = await service({ supportedBackchannelTokenDeliveryModes })
  const asked = await ask(at, await cibaClient(at, 'POLL'), { login_hint: 'alice@example.com' })
  expect([asked.action, asked.hint]).toEqual(['USER_IDENTIFICATION', 'alice@example.com'])
}

/** Audiences of tokens, and the scopes of a client. */
async function limitsTokens({ service }: World): Promise<void> {
  const at: TestService = await service()
  const extension = { requestableScopesEnabled: true, requestableScopes: ['openid', 'read'] }
  const client = await at.client({ extension })
  const resource = 'https://api.example.com/'
  const { accessToken } = await requestToken(at, client, { ...own, resource })
  expect((await introspect(at, accessToken)).aud).toEqual([resource])
  const { scopes } = await authorize(at, client, { scope: 'openid read write' })
  expect(scopes.map(({ name }: Json) => name)).toEqual(['openid', 'read'])
}

/** A client is signed for with a key of its own. */
async function signsByKey({ service }: World): Promise<void> {
  const second = { ...serviceKeys[1], kid: 'second' }
  const at = await service({ jwks: jwksOf(...serviceKeys, second) })
  const kidFor = async (more: Json) => {
    const client = await at.client({ idTokenSignAlg: 'ES256', ...more })
    return decodeProtectedHeader((await obtainTokens(at, client)).idToken).kid
  }
  expect(await kidFor({})).toBe('es256')
  expect(await kidFor({ 'ext.sign_kid': 'second' })).toBe('second')
}

export const glewlwydAdditions: readonly Row[] = [
  {
    row: 'G79',
    title:
      'rotation by client, devices, bound tokens, pushed and rich requests, CIBA by e-mail, audiences, scopes and the signing key of a client work',
    async check(world) {
      await rotates(world)
      await grantsDevices(world)
      await bindsTokens(world)
      await takesRequests(world)
      await asksByEmail(world)
      await limitsTokens(world)
      await signsByKey(world)
    },
  },
]
