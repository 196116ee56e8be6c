/** The key of the service that signs for one client, RFC 7515 §4.1.4. */
import { decodeProtectedHeader, exportJWK, generateKeyPair, type JWK } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  authorize,
  createService,
  form,
  obtainTokens,
  requestToken,
  type TestService,
} from '../../support/flows.ts'
import { jwksOf, serviceKeys } from '../../support/keys.ts'
import type { Json } from '../../support/server.ts'

let service: TestService
let second: JWK
beforeAll(async () => {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true })
  second = { ...(await exportJWK(privateKey)), kid: 'second', alg: 'RS256', use: 'sig' }
  service = await createService()
})
afterAll(() => service.close())
beforeEach(() => configure())

const configure = (more: Json = {}) =>
  service.configure({ jwks: jwksOf(...serviceKeys, second), ...more })
const attributes = (pairs: Record<string, string>) => ({
  attributes: Object.entries(pairs).map(([key, value]) => ({ key, value })),
})
const signing = (kid: string, more: Json = {}) =>
  service.client({ ...attributes({ 'ext.sign_kid': kid }), ...more })
const kidOf = (jwt: string) => decodeProtectedHeader(jwt).kid

const responses = {
  authorizationSignAlg: 'RS256',
  userInfoSignAlg: 'RS256',
  backchannelLogoutUri: 'https://app.example.com/logout',
}

/** The kid of each JWT that the service signs in a login of the client. */
async function kidsOf(client: Json): Promise<Record<string, string | undefined>> {
  const { accessToken, idToken } = await obtainTokens(service, client)
  const { ticket } = await authorize(service, client, { response_mode: 'jwt' })
  const issued = await service.api('/auth/authorization/issue', { ticket, subject: 'alice' })
  const response = new URL(issued.responseContent).searchParams.get('response') ?? ''
  const info = await service.api('/auth/userinfo/issue', { token: accessToken, claims: '{}' })
  const logout = await service.api('/backchannel/logout/token', {
    ...{ clientIdentifier: String(client.clientId), subject: 'alice' },
  })
  return {
    accessToken: accessToken.includes('.') ? kidOf(accessToken) : 'opaque',
    idToken: kidOf(idToken),
    response: kidOf(response),
    userInfo: kidOf(info.responseContent),
    logoutToken: kidOf(logout.logoutToken),
  }
}
const each = (kid: string) => ({
  ...{ accessToken: kid, idToken: kid, response: kid, userInfo: kid, logoutToken: kid },
})

describe('ext.sign_kid of a client', () => {
  it('names the key that signs for the client, before the keys that the service names', async () => {
    await configure({ accessTokenSignAlg: 'RS256', idTokenSignatureKeyId: 'rs256' })
    expect(await kidsOf(await signing('second', responses))).toEqual(each('second'))
    expect(await kidsOf(await service.client(responses))).toEqual(each('rs256'))
  })

  it('does not sign with another algorithm than the registered one', async () => {
    const mixed = { ...responses, idTokenSignAlg: 'ES256', authorizationSignAlg: 'PS256' }
    const found = await kidsOf(await signing('second', mixed))
    expect(found).toEqual({
      ...{ accessToken: 'opaque', idToken: 'es256', response: 'ps256' },
      ...{ userInfo: 'second', logoutToken: 'es256' },
    })
  })

  it('chooses the algorithm of JWT access tokens if the service does not', async () => {
    const client = await service.client(
      attributes({ 'ext.sign_kid': 'es256', 'ext.access_token.format': 'jwt' }),
    )
    const request = { grant_type: 'client_credentials', scope: 'read' }
    const { accessToken } = await requestToken(service, client, request)
    expect(decodeProtectedHeader(accessToken)).toMatchObject({ alg: 'ES256', kid: 'es256' })
    await configure({ accessTokenSignAlg: 'PS256' })
    const again = await requestToken(service, client, request)
    expect(kidOf(again.accessToken)).toBe('ps256')
  })

  it('leaves introspection responses to the service, as they are for resource servers', async () => {
    const client = await signing('second')
    const { accessToken } = await obtainTokens(service, client)
    const shown = await service.api('/auth/introspection/standard', {
      parameters: form({ token: accessToken }),
      rsUri: 'https://rs.example.com',
      httpAcceptHeader: 'application/token-introspection+jwt',
    })
    expect(kidOf(shown.responseContent)).toBe('rs256')
  })

  it('is refused when it is saved with a key that the service does not have', async () => {
    const path = `/api/${service.serviceId}/client/create`
    for (const kid of ['unknown', '']) {
      const body = { clientType: 'PUBLIC', ...attributes({ 'ext.sign_kid': kid }) }
      const reply = await service.call('POST', path, body)
      expect([reply.status, reply.body.resultMessage]).toEqual([
        400,
        expect.stringContaining('ext.sign_kid'),
      ])
    }
  })

  it('warns if the key fits none of the algorithms of the client', async () => {
    const client = await signing('es256')
    expect(client.warnings).toEqual([
      expect.objectContaining({ code: 'signing-key-missing', property: 'attributes' }),
    ])
    expect((await signing('second')).warnings).toBeUndefined()
  })

  it('has no effect after the service lost the key, so that logins go on', async () => {
    const client = await signing('second', responses)
    await configure({ jwks: jwksOf(...serviceKeys) })
    expect(await kidsOf(client)).toEqual({ ...each('rs256'), accessToken: 'opaque' })
    const path = `/api/${service.serviceId}/client/update/${client.clientId}`
    const updated = await service.call('POST', path, { ...client, clientName: 'Renamed' })
    expect([updated.status, updated.body.warnings?.length]).toEqual([200, 1])
  })
})
