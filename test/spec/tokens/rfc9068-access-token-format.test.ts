/** The format of access tokens by client: opaque, or a JWT of RFC 9068. */
import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  authorize,
  createService,
  form,
  issuer,
  obtainCode,
  obtainTokens,
  redeem,
  refresh,
  requestToken,
  type TestService,
} from '../../support/flows.ts'
import { jwksOf, publicKey, serviceKeys } from '../../support/keys.ts'
import type { Json } from '../../support/server.ts'

let service: TestService
beforeAll(async () => {
  service = await createService()
})
afterAll(() => service.close())
beforeEach(() => service.configure({}))

const format = (value: string) => ({
  attributes: [{ key: 'ext.access_token.format', value }],
})
const isJwt = (token: string) => token.split('.').length === 3
const credentials = { grant_type: 'client_credentials', scope: 'read' }
const algorithmOf = async (client: Json) => {
  const { accessToken } = await requestToken(service, client, credentials)
  return isJwt(accessToken) ? decodeProtectedHeader(accessToken).alg : 'opaque'
}

describe('ext.access_token.format of a client', () => {
  it('decides the format before accessTokenSignAlg of the service (RFC 9068 §2.1)', async () => {
    const [jwt, opaque] = [
      await service.client(format('jwt')),
      await service.client(format('opaque')),
    ]
    const plain = await service.client()
    const formats = async () => [
      await algorithmOf(jwt),
      await algorithmOf(opaque),
      await algorithmOf(plain),
    ]
    expect(await formats()).toEqual(['RS256', 'opaque', 'opaque'])
    const preview = async ({ clientId }: Json) => {
      const asked = { clientIdentifier: String(clientId), subject: 'alice', scopes: ['read'] }
      return (await service.api('/claims/preview', asked)).accessToken
    }
    expect([await preview(jwt), await preview(opaque)]).toEqual(['{"sub":"alice"}', undefined])
    await service.configure({ accessTokenSignAlg: 'ES256' })
    expect(await formats()).toEqual(['ES256', 'opaque', 'ES256'])
  })

  it('signs with the key that the service names, or the first one that can sign', async () => {
    const client = await service.client(format('jwt'))
    await service.configure({ accessTokenSignatureKeyId: 'ps256' })
    expect(await algorithmOf(client)).toBe('PS256')
    await service.configure({ jwks: jwksOf(...serviceKeys.slice(1)) })
    expect(await algorithmOf(client)).toBe('PS256')
    await service.configure({ fapiModes: [], jwks: jwksOf(...serviceKeys.slice(1, 2)) })
    expect(await algorithmOf(client)).toBe('ES256')
  })

  it.each(['jwt', 'opaque'])(
    '%s tokens are verified, shown, refreshed and revoked',
    async (value) => {
      await service.configure({ accessTokenSignAlg: value === 'opaque' ? 'RS256' : undefined })
      const client = await service.client(format(value))
      const first = await obtainTokens(service, client, { scope: 'openid read' })
      const tokens = await refresh(service, client, first.refreshToken)
      const { accessToken } = tokens
      expect([isJwt(accessToken), tokens.jwtAccessToken]).toEqual(
        value === 'jwt' ? [true, accessToken] : [false, undefined],
      )
      if (value === 'jwt') {
        const keys = createLocalJWKSet({ keys: serviceKeys.map(publicKey) })
        const { payload } = await jwtVerify(accessToken, keys, {
          ...{ issuer, typ: 'at+jwt', currentDate: new Date(service.system.clock()) },
        })
        expect(payload).toMatchObject({ sub: 'alice', scope: 'openid read' })
      }
      const shown = async () =>
        JSON.parse(
          (
            await service.api('/auth/introspection/standard', {
              parameters: form({ token: accessToken }),
            })
          ).responseContent,
        ).active
      expect(await shown()).toBe(true)
      const info = await service.api('/auth/userinfo', { token: accessToken })
      expect(info).toMatchObject({ action: 'OK', subject: 'alice' })
      const own = { clientId: String(client.clientId), clientSecret: client.clientSecret }
      const revoking = { parameters: form({ token: accessToken }), ...own }
      expect((await service.api('/auth/revocation', revoking)).action).toBe('OK')
      expect(await shown()).toBe(false)
      expect((await service.api('/auth/userinfo', { token: accessToken })).action).toBe(
        'UNAUTHORIZED',
      )
    },
  )

  it('is refused when it is saved for a service without a signing key', async () => {
    await service.configure({ jwks: jwksOf(...serviceKeys.map(publicKey)) })
    const path = `/api/${service.serviceId}/client/create`
    const saved = (value: string) =>
      service.call('POST', path, { clientType: 'PUBLIC', ...format(value) })
    const refused = await saved('jwt')
    expect([refused.status, refused.body.resultMessage]).toEqual([
      400,
      expect.stringContaining('has no private key that can sign access tokens'),
    ])
    expect((await saved('opaque')).status).toBe(200)
    await service.configure({})
    expect((await saved('jwt')).status).toBe(200)
    expect((await saved('reference')).status).toBe(400)
  })

  it('refuses each grant after the service lost the key, and consumes no code', async () => {
    const client = await service.client(format('jwt'))
    const code = await obtainCode(service, client, { scope: 'read' })
    const { refreshToken } = await obtainTokens(service, client)
    const implicit = await authorize(service, client, { response_type: 'token', scope: 'read' })
    await service.configure({ jwks: undefined })
    const denied = async (answer: Promise<Json>) => {
      const { action, resultCode } = await answer
      return [action, resultCode]
    }
    const { ticket } = implicit
    const { clientId } = client
    const created = { grantType: 'CLIENT_CREDENTIALS', clientId }
    expect([
      await denied(redeem(service, client, code)),
      await denied(refresh(service, client, refreshToken)),
      await denied(service.api('/auth/authorization/issue', { ticket, subject: 'alice' })),
      await denied(service.api('/auth/token/create', created)),
    ]).toEqual([
      ['BAD_REQUEST', 'P101001'],
      ['BAD_REQUEST', 'P101001'],
      ['LOCATION', 'P101001'],
      ['BAD_REQUEST', 'P101001'],
    ])
    await service.configure({})
    expect((await redeem(service, client, code)).action).toBe('OK')
    expect((await refresh(service, client, refreshToken)).action).toBe('OK')
  })

  it('refuses tokens after the service lost the key, and warns at each update', async () => {
    const client = await service.client({ ...format('jwt'), responseTypes: ['TOKEN'] })
    const withoutKeys = { jwks: undefined }
    await service.configure(withoutKeys)
    const refused = await requestToken(service, client, credentials)
    expect([refused.action, refused.resultCode]).toEqual(['BAD_REQUEST', 'P101001'])
    expect(JSON.parse(refused.responseContent).error).toBe('unauthorized_client')
    await service.configure({ ...withoutKeys, accessTokenSignAlg: 'ES256' })
    expect((await requestToken(service, client, credentials)).resultCode).toBe('P101001')
    const path = `/api/${service.serviceId}/client/update/${client.clientId}`
    const updated = await service.call('POST', path, { ...client, clientName: 'Renamed' })
    expect([updated.status, updated.body.clientName]).toEqual([200, 'Renamed'])
    expect(updated.body.warnings).toContainEqual(
      expect.objectContaining({ code: 'signing-key-missing', property: 'attributes' }),
    )
  })
})

describe('ext.at.preset of a service', () => {
  const payloadOf = async (value: string | undefined, accessTokenSignAlg?: string) => {
    const attributes = value === undefined ? [] : [{ key: 'ext.at.preset', value }]
    await service.configure({ attributes, accessTokenSignAlg })
    const client = await service.client()
    const { accessToken } = await obtainTokens(service, client, { scope: 'openid read' })
    const parameters = form({ token: accessToken })
    const shown = await service.api('/auth/introspection/standard', { parameters })
    expect(JSON.parse(shown.responseContent)).toMatchObject({ active: true, sub: 'alice' })
    return { client, payload: isJwt(accessToken) ? decodeJwt(accessToken) : undefined }
  }

  it('adds the claims of the former server to signed tokens (RFC 9068 §2.2)', async () => {
    const glewlwyd = await payloadOf('glewlwyd', 'RS256')
    expect(glewlwyd.payload).toMatchObject({
      ...{ sub: 'alice', aud: String(glewlwyd.client.clientId), username: 'alice' },
      ...{ type: 'access_token', scope: 'openid read' },
    })
    const hydra = await payloadOf('hydra', 'RS256')
    expect(hydra.payload).toMatchObject({ aud: [issuer], scp: ['openid', 'read'], ext: {} })
    const plain = await payloadOf(undefined, 'RS256')
    expect(Object.keys(plain.payload ?? {}).sort()).toEqual(
      ['aud', 'client_id', 'exp', 'iat', 'iss', 'jti', 'scope', 'sub'].sort(),
    )
  })

  it('leaves opaque tokens alone, and refuses an unknown server', async () => {
    expect((await payloadOf('hydra')).payload).toBeUndefined()
    const body = { attributes: [{ key: 'ext.at.preset', value: 'other' }] }
    const path = `/api/${service.serviceId}/service/update`
    expect((await service.call('POST', path, body)).status).toBe(400)
  })
})
