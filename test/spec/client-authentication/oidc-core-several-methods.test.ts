/** Clients with several authentication methods, OIDC Core §9: the attribute `ext.auth_methods`. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { certificate } from '../../support/certificates.ts'
import { authorize, createService, form, type TestService } from '../../support/flows.ts'
import { clientKey, jwksOf, publicKey } from '../../support/keys.ts'
import type { Json } from '../../support/server.ts'
import { assertionFor } from '../../support/signing-client.ts'

let service: TestService
beforeAll(async () => {
  service = await createService()
})
afterAll(() => service.close())

const methods = (value: string) => ({ attributes: [{ key: 'ext.auth_methods', value }] })
const keys = { jwks: jwksOf(publicKey(clientKey)) }
const grant = { grant_type: 'client_credentials', scope: 'read' }

/** One request for each method, by a client that has a secret, a key and a certificate. */
const byMethod = {
  CLIENT_SECRET_BASIC: async (client: Json) => ({
    parameters: form(grant),
    clientId: String(client.clientId),
    clientSecret: client.clientSecret,
  }),
  CLIENT_SECRET_POST: async (client: Json) => ({
    parameters: form({
      ...grant,
      client_id: String(client.clientId),
      client_secret: client.clientSecret,
    }),
  }),
  CLIENT_SECRET_JWT: async (client: Json, at = service) => {
    const key = { kty: 'oct', k: Buffer.from(client.clientSecret).toString('base64url') }
    const signed = { key, header: { alg: 'HS256' } }
    return { parameters: form({ ...grant, ...(await assertionFor(at, client, {}, signed)) }) }
  },
  PRIVATE_KEY_JWT: async (client: Json, at = service) => ({
    parameters: form({ ...grant, ...(await assertionFor(at, client)) }),
  }),
  NONE: async (client: Json) => ({
    parameters: form({ ...grant, client_id: String(client.clientId) }),
  }),
}
type Method = keyof typeof byMethod

const ask = async (client: Json, method: Method, at = service) => {
  const { action, resultCode, clientAuthMethod } = await at.api(
    '/auth/token',
    await byMethod[method](client, at),
  )
  return action === 'OK' ? clientAuthMethod : resultCode
}

describe('ext.auth_methods', () => {
  it('lets a client use each listed method and its registered one (OIDC Core §9)', async () => {
    const client = await service.client({
      ...keys,
      ...methods('client_secret_post client_secret_jwt private_key_jwt'),
    })
    for (const method of [
      'CLIENT_SECRET_BASIC',
      'CLIENT_SECRET_POST',
      'CLIENT_SECRET_JWT',
      'PRIVATE_KEY_JWT',
    ] as const) {
      expect(await ask(client, method)).toBe(method)
    }
    expect(await ask(client, 'NONE')).toBe('P010006')
  })

  it('is needed for any method but the registered one', async () => {
    const client = await service.client(keys)
    expect(await ask(client, 'CLIENT_SECRET_BASIC')).toBe('CLIENT_SECRET_BASIC')
    for (const method of ['CLIENT_SECRET_POST', 'CLIENT_SECRET_JWT', 'PRIVATE_KEY_JWT'] as const) {
      expect(await ask(client, method)).toMatch(/^P01/)
    }
  })

  it('takes one of two methods of a client with an assertion by its algorithm, never a public key as secret', async () => {
    const client = await service.client({
      ...keys,
      tokenAuthMethod: 'PRIVATE_KEY_JWT',
      tokenAuthSignAlg: 'ES256',
      ...methods('client_secret_jwt'),
    })
    expect(await ask(client, 'PRIVATE_KEY_JWT')).toBe('PRIVATE_KEY_JWT')
    expect(await ask(client, 'CLIENT_SECRET_JWT')).toBe('CLIENT_SECRET_JWT')
    for (const clientSecret of [keys.jwks, JSON.stringify(publicKey(clientKey))]) {
      expect(await ask({ ...client, clientSecret }, 'CLIENT_SECRET_JWT')).toBe('P011002')
    }
  })

  it('adds mutual TLS to a client with a secret (RFC 8705 §2.2)', async () => {
    const own = certificate()
    const jwk = own.publicKey.export({ format: 'jwk' })
    const client = await service.client({
      jwks: jwksOf({ ...jwk, kid: 'own', x5c: [own.base64] } as Json),
      ...methods('self_signed_tls_client_auth'),
    })
    const present = (clientCertificate: string) => {
      const parameters = form({ ...grant, client_id: String(client.clientId) })
      return service.api('/auth/token', { parameters, clientCertificate })
    }
    expect(await present(certificate().pem)).toMatchObject({ action: 'INVALID_CLIENT' })
    expect(await present(own.pem)).toMatchObject({
      action: 'OK',
      clientAuthMethod: 'SELF_SIGNED_TLS_CLIENT_AUTH',
    })
    expect(await ask(client, 'CLIENT_SECRET_BASIC')).toBe('CLIENT_SECRET_BASIC')
    expect(await ask(client, 'NONE')).toBe('P010006')
  })

  it('is refused for clients without authentication, unknown names and both methods of mutual TLS', async () => {
    const problems = [
      [{ ...methods('client_secret_basic'), tokenAuthMethod: 'NONE' }, /other than NONE\./],
      [{ ...methods('client_secret_basic'), clientType: 'PUBLIC' }, /other than NONE\./],
      [methods('none'), /names out of/],
      [methods('CLIENT_SECRET_POST'), /names out of/],
      [methods('self_signed_tls_client_auth'), /requires the certificate/],
      [methods('tls_client_auth self_signed_tls_client_auth'), /one method of mutual TLS/],
    ] as const
    for (const [document, message] of problems) {
      const refused = await service.client(document)
      expect(refused.resultCode).toBe('P000206')
      expect(refused.resultMessage).toMatch(message)
    }
  })

  it('leaves each method to the lists of the service and to its metadata (RFC 8414 §2)', async () => {
    const supportedTokenAuthMethods = ['CLIENT_SECRET_BASIC', 'PRIVATE_KEY_JWT']
    const at = await createService({ supportedTokenAuthMethods }, service)
    const listed = async () => {
      const { status, text } = await at.call('GET', `/api/${at.serviceId}/service/configuration`)
      expect(status).toBe(200)
      return JSON.parse(text).token_endpoint_auth_methods_supported
    }
    const before = await listed()
    const client = await at.client({ ...keys, ...methods('client_secret_post private_key_jwt') })
    expect(await ask(client, 'CLIENT_SECRET_POST', at)).toBe('P010007')
    expect(await ask(client, 'CLIENT_SECRET_BASIC', at)).toBe('CLIENT_SECRET_BASIC')
    expect(await ask(client, 'PRIVATE_KEY_JWT', at)).toBe('PRIVATE_KEY_JWT')
    expect(await listed()).toEqual(before)
  })

  it('does not let a client use a weaker method than its profile allows (FAPI 2.0 §5.3.2.1)', async () => {
    const client = await service.client({
      ...keys,
      fapiModes: ['FAPI2_SECURITY'],
      tokenAuthMethod: 'PRIVATE_KEY_JWT',
      ...methods('client_secret_basic'),
    })
    expect(await ask(client, 'CLIENT_SECRET_BASIC')).toBe('P010007')
    const supportedScopes = [{ name: 'pay', attributes: [{ key: 'fapi2', value: 'sp' }] }]
    const at = await createService(
      {
        supportedServiceProfiles: ['FAPI'],
        supportedScopes: [...supportedScopes, { name: 'read' }],
      },
      service,
    )
    const both = await at.client({
      ...keys,
      tokenAuthMethod: 'PRIVATE_KEY_JWT',
      ...methods('client_secret_basic'),
    })
    const parameters = form({ grant_type: 'client_credentials', scope: 'pay' })
    const weak = { clientId: String(both.clientId), clientSecret: both.clientSecret }
    expect(await at.api('/auth/token', { parameters, ...weak })).toMatchObject({
      resultCode: 'P052013',
    })
    expect(await ask(both, 'CLIENT_SECRET_BASIC', at)).toBe('CLIENT_SECRET_BASIC')
    const { resultCode } = await authorize(at, both, { scope: 'pay' })
    expect(resultCode).toMatch(/^P0/)
  })
})
