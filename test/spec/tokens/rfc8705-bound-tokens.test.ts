/** Access tokens that are bound to a client certificate, RFC 8705 §3. */
import { createHash, X509Certificate } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { selfSigned } from '../../support/certificates.ts'
import { dpopKey, proof } from '../../support/dpop.ts'
import {
  createService,
  issuer,
  obtainCode,
  redirectUri,
  requestToken,
  type TestService,
  verifier,
} from '../../support/flows.ts'
import type { Json } from '../../support/server.ts'

const certificate = selfSigned('/CN=client')
const other = selfSigned('/CN=other')
const thumbprint = createHash('sha256')
  .update(new X509Certificate(certificate).raw)
  .digest('base64url')

let service: TestService
let client: Json
beforeAll(async () => {
  service = await createService({ tlsClientCertificateBoundAccessTokens: true })
  client = await service.client({ tlsClientCertificateBoundAccessTokens: true })
})
afterAll(() => service.close())

const request = (more = {}) =>
  requestToken(service, client, { grant_type: 'client_credentials', scope: 'read' }, more)

describe('client with certificate-bound access tokens', () => {
  it('gets tokens with the thumbprint of its certificate (RFC 8705 §3.1)', async () => {
    const { accessToken: token } = await request({ clientCertificate: certificate })
    const good = await service.api('/auth/introspection', { token, clientCertificate: certificate })
    expect(good).toMatchObject({ action: 'OK', certificateThumbprint: thumbprint })
    const described = await service.api('/auth/introspection/standard', {
      parameters: `token=${token}`,
    })
    expect(JSON.parse(described.responseContent).cnf).toEqual({ 'x5t#S256': thumbprint })
  })

  it('can send the certificate URL-encoded by a proxy', async () => {
    const clientCertificate = encodeURIComponent(certificate)
    expect(await request({ clientCertificate })).toMatchObject({ action: 'OK' })
  })

  it('is rejected without a certificate, or with a malformed one', async () => {
    expect(await request()).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P017002' })
    for (const clientCertificate of ['nonsense', '%zz%41', '-----BEGIN CERTIFICATE-----']) {
      expect(await request({ clientCertificate })).toMatchObject({ resultCode: 'P017001' })
    }
  })

  it('cannot use its token with another certificate or without one (RFC 8705 §3)', async () => {
    const { accessToken: token } = await request({ clientCertificate: certificate })
    for (const clientCertificate of [other, undefined]) {
      expect(await service.api('/auth/introspection', { token, clientCertificate })).toMatchObject({
        action: 'UNAUTHORIZED',
        resultCode: 'P017003',
      })
    }
  })
})

describe('certificate-bound refresh token of a public client', () => {
  const bound = { tlsClientCertificateBoundAccessTokens: true }
  const refreshWith = (by: Json, refreshToken: string, more: object) =>
    requestToken(
      service,
      by,
      { grant_type: 'refresh_token', refresh_token: refreshToken },
      more as Record<string, unknown>,
    )
  const boundTokens = async (by: Json) => {
    const code = await obtainCode(service, by)
    return requestToken(
      service,
      by,
      {
        grant_type: 'authorization_code',
        code,
        redirect_uri: redirectUri,
        code_verifier: verifier,
      },
      { clientCertificate: certificate },
    )
  }

  it('is rejected with another certificate without being consumed (RFC 8705 §4)', async () => {
    const open = await service.publicClient(bound)
    const { refreshToken } = await boundTokens(open)
    expect(await refreshWith(open, refreshToken, { clientCertificate: other })).toMatchObject({
      action: 'BAD_REQUEST',
      resultCode: 'P017004',
      responseContent: expect.stringContaining('"invalid_grant"'),
    })
    const good = await refreshWith(open, refreshToken, { clientCertificate: certificate })
    expect(good).toMatchObject({ action: 'OK' })
    const told = await service.api('/auth/introspection', {
      ...{ token: good.accessToken, clientCertificate: certificate },
    })
    expect(told).toMatchObject({ action: 'OK', certificateThumbprint: thumbprint })
  })

  it('is rejected with another certificate in an idempotent retry (RFC 8705 §4)', async () => {
    await service.configure({ refreshTokenIdempotent: true })
    const open = await service.publicClient(bound)
    const { refreshToken } = await boundTokens(open)
    await refreshWith(open, refreshToken, { clientCertificate: certificate })
    expect(await refreshWith(open, refreshToken, { clientCertificate: other })).toMatchObject({
      resultCode: 'P017004',
    })
    const again = await refreshWith(open, refreshToken, { clientCertificate: certificate })
    expect(again).toMatchObject({ action: 'OK', previousRefreshTokenUsed: true })
    await service.configure({})
  })

  it('stays bound after a change of the settings (RFC 8705 §4)', async () => {
    const open = await service.publicClient(bound)
    const { refreshToken } = await boundTokens(open)
    await service.configure({ tlsClientCertificateBoundAccessTokens: false })
    const refusal = { action: 'BAD_REQUEST', resultCode: 'P017004' }
    const key = await dpopKey()
    const now = service.system.clock()
    const dpop = await proof(key, { htu: `${issuer}/token`, now })
    for (const more of [{}, { clientCertificate: other }, { dpop }]) {
      expect(await refreshWith(open, refreshToken, more)).toMatchObject(refusal)
    }
    const good = await refreshWith(open, refreshToken, { clientCertificate: certificate })
    await service.configure({})
    const told = await service.api('/auth/introspection', {
      ...{ token: good.accessToken, clientCertificate: certificate },
    })
    expect(told).toMatchObject({ action: 'OK', certificateThumbprint: thumbprint })
  })

  it('is unbound for a confidential client, which authenticates (RFC 8705 §7.1)', async () => {
    const tokens = await boundTokens(client)
    const refreshed = await refreshWith(client, tokens.refreshToken, { clientCertificate: other })
    expect(refreshed).toMatchObject({ action: 'OK' })
  })
})
