/** Client authentication methods: by endpoint, in the metadata, and at registration. */
import { type CryptoKey, importJWK, SignJWT } from 'jose'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { certificate } from '../../support/certificates.ts'
import {
  authorizationRequest,
  createService,
  form,
  issuer,
  type TestService,
} from '../../support/flows.ts'
import { clientKey, jwksOf, publicKey } from '../../support/keys.ts'
import type { Json } from '../../support/server.ts'

/** The only root certificate that the service trusts. */
const presented = certificate({ authority: true })

let service: TestService
let made = 0
beforeAll(async () => {
  service = await createService({ trustedRootCertificates: [presented.pem] })
})
afterEach(() => service.configure({}))
afterAll(() => service.close())

const metadata = () => service.get(`/api/${service.serviceId}/service/configuration`)

describe('client authentication methods of an endpoint', () => {
  const subject = { tokenAuthMethod: 'TLS_CLIENT_AUTH', tlsClientAuthSubjectDn: 'CN=client' }
  const body = (client: Json, parameters: string) => ({
    parameters: `${parameters}&client_id=${client.clientId}`,
    clientCertificate: presented.pem,
  })

  it('are those of the service; PAR has those of the token endpoint (RFC 9126 §2)', async () => {
    const client = await service.client(subject)
    const actions = async () => {
      const token = body(client, 'grant_type=client_credentials&scope=read')
      const request = authorizationRequest(client)
      const pushed = { parameters: request, clientCertificate: presented.pem }
      const answers = [
        await service.api('/auth/token', token),
        await service.api('/pushed_auth_req', pushed),
        await service.api('/auth/revocation', body(client, 'token=x')),
      ]
      return answers.map(({ action, resultCode }) => (resultCode === 'P010007' ? 'no' : action))
    }
    expect(await actions()).toEqual(['OK', 'CREATED', 'OK'])
    await service.configure({ supportedTokenAuthMethods: ['PRIVATE_KEY_JWT'] })
    expect(await actions()).toEqual(['no', 'no', 'OK'])
    await service.configure({ supportedRevocationAuthMethods: ['SELF_SIGNED_TLS_CLIENT_AUTH'] })
    expect(await actions()).toEqual(['OK', 'CREATED', 'no'])
    await service.configure({ supportedTokenAuthMethods: ['TLS_CLIENT_AUTH'] })
    expect(await actions()).toEqual(['OK', 'CREATED', 'OK'])
  })

  it('exclude each other, but a certificate can bind tokens (RFC 8705 §3)', async () => {
    await service.configure({ tlsClientCertificateBoundAccessTokens: true })
    const client = await service.client({
      ...{ tokenAuthMethod: 'PRIVATE_KEY_JWT', tlsClientCertificateBoundAccessTokens: true },
      jwks: jwksOf(publicKey(clientKey)),
    })
    const parameters = form({ grant_type: 'client_credentials', ...(await asserting(client)) })
    const clientCertificate = presented.pem
    const bound = await service.api('/auth/token', { parameters, clientCertificate })
    expect(bound).toMatchObject({ action: 'OK', clientAuthMethod: 'PRIVATE_KEY_JWT' })
    const unbound = { token: bound.accessToken }
    expect(await service.api('/auth/introspection', unbound)).toMatchObject({
      resultCode: 'P017003',
    })
  })
})

const client_assertion_type = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

async function asserting(client: Json, aud = issuer) {
  made += 1
  const id = String(client.clientId)
  const exp = Math.floor(service.system.clock() / 1000) + 60
  const key = (await importJWK(clientKey)) as CryptoKey
  const client_assertion = await new SignJWT({ iss: id, sub: id, aud, jti: `jti-${made}`, exp })
    .setProtectedHeader({ alg: 'ES256' })
    .sign(key)
  return { client_assertion, client_assertion_type }
}

describe('mutual TLS endpoint aliases', () => {
  const mtlsEndpointAliases = [
    { name: 'token_endpoint', uri: 'https://mtls.example.com/token' },
    { name: 'revocation_endpoint', uri: 'https://mtls.example.com/revoke' },
    { name: 'authorization_endpoint', uri: 'https://mtls.example.com/authorize' },
    { name: 'end_session_endpoint', uri: 'https://mtls.example.com/end' },
    { name: 'jwks_uri', uri: 'https://mtls.example.com/jwks' },
    { name: 'constructor', uri: 'https://mtls.example.com/x' },
  ]

  it('are in the metadata for endpoints that exist (RFC 8705 §5)', async () => {
    expect(await metadata()).not.toHaveProperty('mtls_endpoint_aliases')
    await service.configure({ mtlsEndpointAliases })
    expect((await metadata()).mtls_endpoint_aliases).toEqual({
      token_endpoint: 'https://mtls.example.com/token',
      revocation_endpoint: 'https://mtls.example.com/revoke',
    })
  })

  it('are accepted as aud of an assertion unless only the issuer is allowed', async () => {
    const jwks = jwksOf(publicKey(clientKey))
    const client = await service.client({ tokenAuthMethod: 'PRIVATE_KEY_JWT', jwks })
    const ask = async (aud: string) => {
      const assertion = await asserting(client, aud)
      const parameters = form({ grant_type: 'client_credentials', ...assertion })
      return (await service.api('/auth/token', { parameters })).resultCode
    }
    expect(await ask('https://mtls.example.com/token')).toBe('P011004')
    await service.configure({ mtlsEndpointAliases })
    expect(await ask('https://mtls.example.com/token')).toBe('P035901')
    expect(await ask('https://mtls.example.com/jwks')).toBe('P011004')
    await service.configure({ mtlsEndpointAliases, clientAssertionAudRestrictedToIssuer: true })
    expect(await ask('https://mtls.example.com/token')).toBe('P011004')
  })
})

describe('metadata of client authentication', () => {
  it('lists the methods of the service and the algorithms of attestations', async () => {
    const supportedTokenAuthMethods = [
      ...['TLS_CLIENT_AUTH', 'SELF_SIGNED_TLS_CLIENT_AUTH', 'ATTEST_JWT_CLIENT_AUTH', 'SPIFFE_JWT'],
    ]
    await service.configure({
      supportedTokenAuthMethods,
      supportedRevocationAuthMethods: ['TLS_CLIENT_AUTH'],
      supportedIntrospectionAuthMethods: ['PRIVATE_KEY_JWT'],
      challengeEndpoint: `${issuer}/challenge`,
    })
    const document = await metadata()
    expect(document).toMatchObject({
      token_endpoint_auth_methods_supported: [
        ...['tls_client_auth', 'self_signed_tls_client_auth', 'attest_jwt_client_auth'],
        'spiffe_jwt',
      ],
      revocation_endpoint_auth_methods_supported: ['tls_client_auth'],
      introspection_endpoint_auth_methods_supported: ['private_key_jwt'],
      client_attestation_signing_alg_values_supported: expect.arrayContaining(['ES256']),
      client_attestation_pop_signing_alg_values_supported: expect.arrayContaining(['ES256']),
      challenge_endpoint: `${issuer}/challenge`,
    })
    expect(document).not.toHaveProperty('token_endpoint_auth_signing_alg_values_supported')
    await service.configure({ supportedTokenAuthMethods: ['TLS_CLIENT_AUTH'] })
    const without = await metadata()
    expect(without).not.toHaveProperty('client_attestation_signing_alg_values_supported')
  })
})

describe('registration of client authentication methods', () => {
  const create = (document: Json) => service.client(document)
  const tls = (more: object) => ({ tokenAuthMethod: 'TLS_CLIENT_AUTH', ...more })
  const spiffe = (more: object) => ({
    ...{ tokenAuthMethod: 'SPIFFE_JWT', spiffeId: 'spiffe://example.org/a' },
    ...{ spiffeBundleEndpoint: 'https://spire.example.org/', ...more },
  })

  it.each<[string, Json]>([
    ['no subject name', tls({})],
    ['two subject names', tls({ tlsClientAuthSanDns: 'a.example', tlsClientAuthSanIp: '::1' })],
    ['no distinguished name', tls({ tlsClientAuthSubjectDn: 'client' })],
    ['an unknown attribute type', tls({ tlsClientAuthSubjectDn: 'WHAT=client' })],
    ['a wrong escape', tls({ tlsClientAuthSubjectDn: 'CN=a\\x' })],
    ['a wrong encoding', tls({ tlsClientAuthSubjectDn: 'CN=#0cff61' })],
    ['a wildcard', tls({ tlsClientAuthSanDns: '*.example.com' })],
    ['a host for an address', tls({ tlsClientAuthSanIp: 'example.com' })],
    ['a malformed address', tls({ tlsClientAuthSanIp: '300.0.0.1' })],
    ['a relative URI', tls({ tlsClientAuthSanUri: '/a' })],
    ['a host for an e-mail address', tls({ tlsClientAuthSanEmail: 'example.com' })],
    ['no key set', { tokenAuthMethod: 'SELF_SIGNED_TLS_CLIENT_AUTH' }],
    ['no SPIFFE ID', spiffe({ spiffeId: undefined })],
    ['no bundle', spiffe({ spiffeBundleEndpoint: undefined })],
    ['a bundle without TLS', spiffe({ spiffeBundleEndpoint: 'http://spire.example.org/' })],
    ['a URL for a SPIFFE ID', spiffe({ spiffeId: 'https://example.org/a' })],
    ['a SPIFFE ID with a wildcard', spiffe({ spiffeId: 'spiffe://example.org/a/*' })],
    ['a trust domain alone', spiffe({ spiffeId: 'spiffe://example.org' })],
    ['a SPIFFE ID with dot segments', spiffe({ spiffeId: 'spiffe://example.org/a/../b' })],
  ])('refuses %s', async (_what, document) => {
    expect(await create(document)).toMatchObject({ resultCode: expect.stringMatching(/^P/) })
    expect(await create(document)).not.toHaveProperty('clientId')
  })

  it('accepts the properties that the methods require', async () => {
    const documents = [
      tls({ tlsClientAuthSubjectDn: 'CN=a+OU=b,2.5.4.10=c' }),
      tls({ tlsClientAuthSanIp: '2001:db8::1' }),
      tls({ tlsClientAuthSanEmail: 'me@example.com' }),
      spiffe({}),
      { tokenAuthMethod: 'SELF_SIGNED_TLS_CLIENT_AUTH', jwksUri: 'https://a.example.com/jwks' },
      { tokenAuthMethod: 'ATTEST_JWT_CLIENT_AUTH' },
    ]
    for (const document of documents) expect(await create(document)).toHaveProperty('clientId')
  })
})
