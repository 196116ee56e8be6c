/** Access tokens that are bound to a client certificate, RFC 8705 §3. */
import { createHash, X509Certificate } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { selfSigned } from '../support/certificates.ts'
import { createService, requestToken, type TestService } from '../support/flows.ts'
import type { Json } from '../support/server.ts'

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

describe('a client whose tokens are bound', () => {
  it('gets tokens with the thumbprint of its certificate (RFC 8705 §3.1)', async () => {
    const { accessToken: token } = await request({ clientCertificate: certificate })
    const good = await service.api('/auth/introspection', { token, clientCertificate: certificate })
    expect(good).toMatchObject({ action: 'OK', certificateThumbprint: thumbprint })
    const described = await service.api('/auth/introspection/standard', {
      parameters: `token=${token}`,
    })
    expect(JSON.parse(described.responseContent).cnf).toEqual({ 'x5t#S256': thumbprint })
  })

  it('may hand the certificate over as a proxy encodes it', async () => {
    const clientCertificate = encodeURIComponent(certificate)
    expect(await request({ clientCertificate })).toMatchObject({ action: 'OK' })
  })

  it('is refused without a certificate, and with one that cannot be read', async () => {
    expect(await request()).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P017002' })
    for (const clientCertificate of ['nonsense', '%zz%41', '-----BEGIN CERTIFICATE-----']) {
      expect(await request({ clientCertificate })).toMatchObject({ resultCode: 'P017001' })
    }
  })

  it('cannot use its token over a connection of another certificate, or of none', async () => {
    const { accessToken: token } = await request({ clientCertificate: certificate })
    for (const clientCertificate of [other, undefined]) {
      expect(await service.api('/auth/introspection', { token, clientCertificate })).toMatchObject({
        action: 'UNAUTHORIZED',
        resultCode: 'P017003',
      })
    }
  })
})
