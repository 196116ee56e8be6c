/** HAIP §4: the profile of a service, of a client, or of a scope. */
import { importJWK, type JWK, SignJWT } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { policyOf } from '../../../src/oauth/policy.ts'
import { authority, certificate, selfSigned } from '../../support/certificates.ts'
import {
  configurations,
  createIssuer,
  credentialKey,
  issuerMetadata,
} from '../../support/credentials.ts'
import { type DpopKey, dpopKey, proof } from '../../support/dpop.ts'
import {
  challenge,
  createService,
  form,
  issuer,
  redirectUri,
  type TestService,
  verifier,
} from '../../support/flows.ts'
import { clientKey, jwksOf, publicKey, serviceKeys } from '../../support/keys.ts'
import { clientWith, serviceWith } from '../../support/rules.ts'
import type { Json } from '../../support/server.ts'
import { assertionFor } from '../../support/signing-client.ts'

const pushedAuthReqEndpoint = `${issuer}/par`
const haip = { haipVersion: '1.0', pushedAuthReqEndpoint }
const haipScope = { name: 'diploma', attributes: [{ key: 'haip', value: 'true' }] }

describe('policy of HAIP', () => {
  const demands = {
    clientAuthMethods: [
      ...['PRIVATE_KEY_JWT', 'TLS_CLIENT_AUTH', 'SELF_SIGNED_TLS_CLIENT_AUTH'],
      'ATTEST_JWT_CLIENT_AUTH',
    ],
    algorithms: ['PS256', 'ES256', 'EdDSA'],
    issuerAudienceOnly: true,
    senderConstraint: 'dpop',
    ...{ pkceRequired: true, pkceS256Required: true, parRequired: true },
    ...{ responses: 'code', redirectUriRequired: true, issSuppressed: false },
    ...{ codeSecondsLimit: 60, pushedSecondsLimit: 599, refreshTokenKept: true },
    highAssurance: true,
  }
  const plain = serviceWith({ issSuppressed: true })
  const byScope = serviceWith({ supportedScopes: [haipScope, { name: 'read' }] })

  it.each([
    ['the service', policyOf(serviceWith({ ...haip, issSuppressed: true }))],
    ['the client', policyOf(plain, clientWith({ haipVersion: '1.0-Final' }))],
    ['a scope', policyOf(byScope, clientWith(), ['read', 'diploma'])],
    [
      'the service, with a mode of FAPI 2.0',
      policyOf(serviceWith({ ...haip, fapiModes: ['FAPI2_SECURITY'] })),
    ],
  ])('is the security profile of FAPI 2.0 with DPoP, selected by %s', (_by, policy) => {
    expect(policy).toMatchObject(demands)
  })

  it('does not apply to other clients and scopes', () => {
    for (const policy of [
      policyOf(plain, clientWith()),
      policyOf(byScope, clientWith(), ['read']),
    ]) {
      expect(policy).toMatchObject({ highAssurance: false, parRequired: false })
      expect(policy.senderConstraint).toBeUndefined()
    }
    const other = { name: 'diploma', attributes: [{ key: 'haip', value: 'false' }] }
    const service = serviceWith({ supportedScopes: [other] })
    expect(policyOf(service, clientWith(), ['diploma']).highAssurance).toBe(false)
  })
})

let service: TestService
let client: Json
let key: DpopKey
beforeAll(async () => {
  service = await createService()
  key = await dpopKey()
  client = await service.client({
    tokenAuthMethod: 'PRIVATE_KEY_JWT',
    jwks: jwksOf(publicKey(clientKey)),
  })
})
beforeEach(() => service.configure(haip))
afterAll(() => service.close())

const request = (more: Record<string, string | undefined> = {}) => ({
  ...{ response_type: 'code', redirect_uri: redirectUri, scope: 'read', state: 'some-state' },
  ...{ code_challenge: challenge, code_challenge_method: 'S256', ...more },
})

async function push(more: Record<string, string | undefined> = {}): Promise<Json> {
  const by = await assertionFor(service, client)
  return service.api('/pushed_auth_req', { parameters: form({ ...by, ...request(more) }) })
}

async function obtainCode(): Promise<{ code: string; location: string }> {
  const { requestUri } = await push()
  const { ticket } = await service.api('/auth/authorization', {
    parameters: form({ client_id: String(client.clientId), request_uri: requestUri }),
  })
  const issued = await service.api('/auth/authorization/issue', { ticket, subject: 'alice' })
  return { code: issued.authorizationCode, location: issued.responseContent }
}

async function redeem(code: string, more: Record<string, unknown> = {}): Promise<Json> {
  const redeemed = { code, redirect_uri: redirectUri, code_verifier: verifier }
  return service.api('/auth/token', {
    parameters: form({
      ...(await assertionFor(service, client)),
      ...{ grant_type: 'authorization_code', ...redeemed },
    }),
    ...more,
  })
}
const dpop = () => proof(key, { htu: `${issuer}/token`, now: service.system.clock() })

describe('request under HAIP', () => {
  it('is pushed, has PKCE with S256, and gets a code with iss and a bound token (HAIP §4)', async () => {
    const { code, location } = await obtainCode()
    expect(new URL(location).searchParams.get('iss')).toBe(issuer)
    const tokens = await redeem(code, { dpop: await dpop() })
    expect(tokens).toMatchObject({ action: 'OK' })
    expect(JSON.parse(tokens.responseContent).token_type).toBe('DPoP')
  })

  it('is refused if it is not pushed, or has PKCE without S256 (HAIP §4.2)', async () => {
    const parameters = form({ client_id: String(client.clientId), ...request() })
    const direct = await service.api('/auth/authorization', { parameters })
    expect(direct.action).not.toBe('INTERACTION')
    const plain = await push({ code_challenge: verifier, code_challenge_method: 'plain' })
    expect(plain).toMatchObject({ action: 'BAD_REQUEST' })
  })

  it('is refused without a DPoP proof, also with a certificate (HAIP §4)', async () => {
    const { code } = await obtainCode()
    const refused = { action: 'BAD_REQUEST', resultCode: 'P133001' }
    expect(await redeem(code)).toMatchObject(refused)
    const clientCertificate = selfSigned('/CN=wallet')
    expect(await redeem(code, { clientCertificate })).toMatchObject(refused)
  })

  it('is refused of a client with a secret, and of a public one (HAIP §4.4)', async () => {
    const ask = async ({ clientId, clientSecret }: Json) =>
      service.api('/pushed_auth_req', {
        parameters: form({ client_id: String(clientId), ...request() }),
        ...(clientSecret ? { clientId: String(clientId), clientSecret } : {}),
      })
    for (const by of [await service.client(), await service.publicClient()]) {
      expect((await ask(by)).action).toMatch(/UNAUTHORIZED|BAD_REQUEST|FORBIDDEN/)
    }
  })

  it('is under the profile by a scope, for clients without it (HAIP §4)', async () => {
    const supportedScopes = [haipScope, { name: 'read' }]
    await service.configure({ pushedAuthReqEndpoint, supportedScopes })
    const { clientId, clientSecret } = await service.client()
    const ask = async (scope: string) =>
      service.api('/pushed_auth_req', {
        parameters: form({ client_id: String(clientId), ...request({ scope }) }),
        ...{ clientId: String(clientId), clientSecret },
      })
    expect(await ask('read')).toMatchObject({ action: 'CREATED' })
    expect((await ask('diploma')).action).not.toBe('CREATED')
  })
})

describe('client attestation under HAIP', () => {
  const root = authority('Attester root')
  const attester = certificate({ subject: [['CN', 'attester']], issuer: root })
  const instanceKey = serviceKeys[1] as JWK
  let wallet: Json
  let made = 0
  beforeEach(async () => {
    const clientAttesterRoots = [root.pem]
    await service.configure({ ...haip, clientAttesterRoots, clientAttesterRootsEnabled: true })
    wallet ??= await service.client({
      tokenAuthMethod: 'ATTEST_JWT_CLIENT_AUTH',
      jwks: jwksOf(publicKey(clientKey)),
    })
  })

  async function ask(x5c: string[] | undefined, by: Parameters<SignJWT['sign']>[0]): Promise<Json> {
    made += 1
    const iat = Math.floor(service.system.clock() / 1000)
    const id = String(wallet.clientId)
    const claims = { sub: id, iat, exp: iat + 600, cnf: { jwk: publicKey(instanceKey) } }
    const header = { alg: 'ES256', typ: 'oauth-client-attestation+jwt', ...(x5c ? { x5c } : {}) }
    const pop = { iss: id, aud: issuer, jti: `jti-${made}`, iat }
    const popHeader = { alg: 'ES256', typ: 'oauth-client-attestation-pop+jwt' }
    return service.api('/pushed_auth_req', {
      parameters: form({ client_id: id, ...request() }),
      oauthClientAttestation: await new SignJWT(claims).setProtectedHeader(header).sign(by),
      oauthClientAttestationPop: await new SignJWT(pop)
        .setProtectedHeader(popHeader)
        .sign(await importJWK(instanceKey, 'ES256')),
    })
  }

  it('authenticates a wallet by the certificate of the attester (HAIP §4.4.1)', async () => {
    expect(await ask([attester.base64], attester.privateKey)).toMatchObject({
      ...{ action: 'CREATED', clientAuthMethod: 'ATTEST_JWT_CLIENT_AUTH' },
    })
  })

  it('is refused without x5c, with a trust anchor, or self-signed (HAIP §4.4.1)', async () => {
    const own = await importJWK(clientKey, 'ES256')
    const alone = certificate({ subject: [['CN', 'alone']] })
    const refused = { resultCode: 'P133002' }
    expect(await ask(undefined, own)).toMatchObject(refused)
    expect(await ask([attester.base64, root.base64], attester.privateKey)).toMatchObject(refused)
    expect(await ask([alone.base64], alone.privateKey)).toMatchObject(refused)
    expect(await ask(['AAAA'], alone.privateKey)).toMatchObject(refused)
  })

  it('needs no x5c without the profile (Client Attestation §5.1)', async () => {
    await service.configure({ pushedAuthReqEndpoint })
    const own = await importJWK(clientKey, 'ES256')
    expect(await ask(undefined, own)).toMatchObject({ action: 'CREATED' })
  })
})

describe('authorization server metadata of a credential issuer', () => {
  const anonymous = 'pre-authorized_grant_anonymous_access_supported'
  const document = () => service.get(`/api/${service.serviceId}/service/configuration`)

  it('state the profile of the service (HAIP §4)', async () => {
    const found = await document()
    expect(found).toMatchObject({
      require_pushed_authorization_requests: true,
      code_challenge_methods_supported: ['S256'],
      authorization_response_iss_parameter_supported: true,
    })
    expect(found.token_endpoint_auth_methods_supported).toContain('attest_jwt_client_auth')
    expect(found.token_endpoint_auth_methods_supported).not.toContain('client_secret_basic')
    expect(found.dpop_signing_alg_values_supported).toContain('ES256')
    expect(found).not.toHaveProperty('tls_client_certificate_bound_access_tokens')
  })

  it('tell of anonymous wallets, which HAIP excludes (OpenID4VCI §12.3)', async () => {
    const settings = {
      verifiableCredentialsEnabled: true,
      preAuthorizedGrantAnonymousAccessSupported: true,
    }
    expect(await document()).not.toMatchObject({ [anonymous]: true })
    await service.configure(settings)
    expect(await document()).toMatchObject({ [anonymous]: true })
    await service.configure({ ...settings, ...haip })
    expect(await document()).not.toMatchObject({ [anonymous]: true })
    await service.configure({ ...settings, verifiableCredentialsEnabled: false })
    expect(await document()).not.toMatchObject({ [anonymous]: true })
  })
})

describe('wallet without a client under HAIP', () => {
  it('redeems no pre-authorized code (HAIP §4.4)', async () => {
    const settings = {
      verifiableCredentialsEnabled: true,
      preAuthorizedGrantAnonymousAccessSupported: true,
    }
    const grant_type = 'urn:ietf:params:oauth:grant-type:pre-authorized_code'
    const parameters = form({ grant_type, 'pre-authorized_code': 'unknown' })
    await service.configure(settings)
    const { responseContent } = await service.api('/auth/token', { parameters })
    expect(JSON.parse(responseContent).error).toBe('invalid_grant')
    await service.configure({ ...settings, ...haip })
    expect(await service.api('/auth/token', { parameters })).toMatchObject({
      action: 'INVALID_CLIENT',
    })
  })
})

describe('setting of HAIP', () => {
  let own: TestService
  beforeAll(async () => {
    own = await createIssuer()
  })
  afterAll(() => own.close())
  const alone = certificate({ subject: [['CN', 'alone']] })
  const aloneKey = {
    ...(alone.privateKey.export({ format: 'jwk' }) as JWK),
    ...{ kid: 'alone', alg: 'ES256', x5c: [alone.base64] },
  }
  const { scope: _, ...unscoped } = configurations['diploma']

  it('is accepted with all that the profile demands (HAIP §4)', async () => {
    for (const haipVersion of ['1.0', '1.0-Final']) {
      expect(await own.configure({ ...haip, haipVersion })).toMatchObject({ haipVersion })
      expect(await own.client({ haipVersion })).toMatchObject({ haipVersion })
    }
  })

  it.each<[string, string, object]>([
    ['haipVersion', 'an unknown version', { haipVersion: '2.0' }],
    ['haipVersion', 'a mode of FAPI 1.0', { fapiModes: ['FAPI1_ADVANCED'] }],
    ['accessTokenSignAlg', 'a weak algorithm', { accessTokenSignAlg: 'RS256' }],
    [
      'credentialsSupported',
      'a configuration without scope',
      {
        credentialIssuerMetadata: issuerMetadata({
          credentialsSupported: JSON.stringify({ unscoped }),
        }),
      },
    ],
    [
      'nonceEndpoint',
      'no nonce endpoint',
      { credentialIssuerMetadata: issuerMetadata({ nonceEndpoint: undefined }) },
    ],
    ['pushedAuthReqEndpoint', 'no such endpoint', { pushedAuthReqEndpoint: undefined }],
    ['credentialJwks', 'no key', { credentialJwks: undefined }],
    ['credentialJwks', 'a key without x5c', { credentialJwks: jwksOf(clientKey) }],
    ['credentialJwks', 'a self-signed certificate', { credentialJwks: jwksOf(aloneKey) }],
    ['credentialJwks', 'a public key', { credentialJwks: jwksOf(publicKey(credentialKey)) }],
  ])('is refused at %s with %s', async (property, _what, more) => {
    const refused = await own.configure({ ...haip, ...more })
    expect(refused.resultMessage).toContain(property)
    expect(refused).not.toHaveProperty('apiKey')
  })

  it('is refused of a client with an unknown version, or a mode of FAPI 1.0', async () => {
    const path = `/api/${own.serviceId}/client/create`
    for (const more of [
      { haipVersion: '3' },
      { haipVersion: '1.0', fapiModes: ['FAPI1_BASELINE'] },
    ]) {
      const refused = await own.post(path, { redirectUris: [redirectUri], ...more })
      expect(refused.resultMessage).toContain('haipVersion')
    }
  })
})
