/** Attestation-based client authentication, draft-ietf-oauth-attestation-based-client-auth-07. */
import { type CryptoKey, importJWK, type JWK, type KeyObject, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { authority, certificate, type TestCertificate } from '../../support/certificates.ts'
import {
  authorizationRequest,
  createService,
  form,
  issuer,
  obtainCode,
  redirectUri,
  type TestService,
  verifier,
} from '../../support/flows.ts'
import { clientKey, jwksOf, publicKey, serviceKeys } from '../../support/keys.ts'
import type { Json } from '../../support/server.ts'

const [rsaKey, instanceKey] = serviceKeys as [JWK, JWK]
const attesterKey = clientKey
const root = authority('Attester root')
const attester = certificate({ subject: [['CN', 'attester']], issuer: root })

let service: TestService
let client: Json
let made = 0
beforeAll(async () => {
  service = await createService()
  client = await service.client({
    tokenAuthMethod: 'ATTEST_JWT_CLIENT_AUTH',
    jwks: jwksOf(publicKey(attesterKey)),
  })
})
afterAll(() => service.close())

interface Made {
  claims?: Record<string, unknown>
  header?: Record<string, unknown>
  key?: JWK
  certificate?: TestCertificate
}
const seconds = () => Math.floor(service.system.clock() / 1000)

async function signed(claims: object, header: object, by: JWK | KeyObject | Uint8Array) {
  const alg = 'kty' in by ? (by.alg ?? 'ES256') : by instanceof Uint8Array ? 'HS256' : 'ES256'
  const key = 'kty' in by ? ((await importJWK(by, alg)) as CryptoKey) : by
  return new SignJWT({ ...claims }).setProtectedHeader({ alg, ...header }).sign(key)
}

/** The client attestation, signed by the attester. */
const attestation = ({ claims = {}, header = {}, key, certificate: by }: Made = {}) =>
  signed(
    {
      ...{ iss: 'https://attester.example.com', sub: String(client.clientId) },
      ...{ iat: seconds(), exp: seconds() + 3_600 },
      ...{ cnf: { jwk: publicKey(instanceKey) }, ...claims },
    },
    { typ: 'oauth-client-attestation+jwt', ...(by ? { x5c: [by.base64] } : {}), ...header },
    by?.privateKey ?? key ?? attesterKey,
  )

/** The proof of possession, signed by the client instance. */
function proof({ claims = {}, header = {}, key = instanceKey }: Made = {}) {
  made += 1
  const own = { iss: String(client.clientId), aud: issuer, jti: `jti-${made}`, iat: seconds() }
  const type = { typ: 'oauth-client-attestation-pop+jwt' }
  return signed({ ...own, ...claims }, { ...type, ...header }, key)
}

const headers = async (of: Made = {}, by: Made = {}) => ({
  oauthClientAttestation: await attestation(of),
  oauthClientAttestationPop: await proof(by),
})

const ask = (attested: object, more: Record<string, string> = {}, body: object = {}) =>
  service.api('/auth/token', {
    parameters: form({ grant_type: 'client_credentials', scope: 'read', ...more }),
    ...attested,
    ...body,
  })

const push = (attested: object) =>
  service.api('/pushed_auth_req', { parameters: authorizationRequest(client), ...attested })

describe('attested client instance', () => {
  it('is authenticated at every endpoint (Client Attestation §6)', async () => {
    expect(await ask(await headers())).toMatchObject({
      action: 'OK',
      clientAuthMethod: 'ATTEST_JWT_CLIENT_AUTH',
      attestationChallenge: expect.any(String),
    })
    expect(await push(await headers())).toMatchObject({
      action: 'CREATED',
      clientAuthMethod: 'ATTEST_JWT_CLIENT_AUTH',
      attestationChallenge: expect.any(String),
    })
    const parameters = form({ token: 'x', client_id: String(client.clientId) })
    expect(
      await service.api('/auth/revocation', { parameters, ...(await headers()) }),
    ).toMatchObject({ action: 'OK', attestationChallenge: expect.any(String) })
  })

  it('is authenticated at the backchannel authentication endpoint (CIBA §7.1)', async () => {
    await service.configure({ supportedBackchannelTokenDeliveryModes: ['POLL'] })
    const own = await service.client({
      ...{ tokenAuthMethod: 'ATTEST_JWT_CLIENT_AUTH', bcDeliveryMode: 'POLL' },
      ...{ jwks: jwksOf(publicKey(attesterKey)), grantTypes: ['CIBA'] },
    })
    const ofOwn = { sub: String(own.clientId) }
    const request = async (challenge?: string) => {
      const by = { claims: { iss: String(own.clientId), ...(challenge ? { challenge } : {}) } }
      const parameters = form({ scope: 'openid', login_hint: 'alice' })
      const attested = await headers({ claims: ofOwn }, by)
      return service.api('/backchannel/authentication', { parameters, ...attested })
    }
    expect(await request()).toMatchObject({
      ...{ action: 'USER_IDENTIFICATION', clientAuthMethod: 'ATTEST_JWT_CLIENT_AUTH' },
      attestationChallenge: expect.any(String),
    })
    expect(await request('not one of ours')).toMatchObject({
      ...{ action: 'BAD_REQUEST', resultCode: 'P010213' },
      attestationChallenge: expect.any(String),
    })
    await service.configure({})
  })

  it('can reuse its attestation, but not a proof (Client Attestation §12.1)', async () => {
    const oauthClientAttestation = await attestation()
    const attested = async () => ({
      oauthClientAttestation,
      oauthClientAttestationPop: await proof(),
    })
    expect(await ask(await attested())).toMatchObject({ action: 'OK' })
    const once = await attested()
    const answers = await Promise.all(Array.from({ length: 10 }, () => ask(once)))
    expect(answers.filter(({ action }) => action === 'OK')).toHaveLength(1)
    expect(answers.filter(({ resultCode }) => resultCode === 'P010212')).toHaveLength(9)
  })

  it('is authenticated by a proof without iss, or with several audiences', async () => {
    const claims = { iss: undefined, aud: ['https://other.example.com', issuer] }
    expect(await ask(await headers({}, { claims }))).toMatchObject({ action: 'OK' })
  })
})

describe('client attestation', () => {
  const privateKey = { cnf: { jwk: instanceKey } }
  const secretKey = { cnf: { jwk: { kty: 'oct', k: 'AAAA' } } }
  const weakKey = { cnf: { jwk: { kty: 'EC', crv: 'secp256k1', x: 'A', y: 'A' } } }

  it.each<[string, string, Made]>([
    ['of another type', 'P010201', { header: { typ: 'JWT' } }],
    ['without a type', 'P010201', { header: { typ: undefined } }],
    ['by a key that is not registered', 'P010202', { key: rsaKey }],
    ['by the instance key', 'P010202', { key: instanceKey }],
    ['by a certificate without configured roots', 'P010202', { certificate: attester }],
    ['for another client', 'P010203', { claims: { sub: 'other' } }],
    ['without a sub', 'P010203', { claims: { sub: undefined } }],
    ['that expired', 'P010204', { claims: { exp: 1 } }],
    ['without exp', 'P010204', { claims: { exp: undefined } }],
    ['with a string as exp', 'P010204', { claims: { exp: '9999999999' } }],
    ['that is not valid yet', 'P010204', { claims: { nbf: 9_999_999_999 } }],
    ['issued in the future', 'P010204', { claims: { iat: 9_999_999_999 } }],
    ['without cnf', 'P010205', { claims: { cnf: undefined } }],
    ['with a string as cnf', 'P010205', { claims: { cnf: 'x' } }],
    ['with a thumbprint instead of a key', 'P010205', { claims: { cnf: { jkt: 'x' } } }],
    ['with a private key', 'P010205', { claims: privateKey }],
    ['with a secret key', 'P010205', { claims: secretKey }],
    ['with a key of an unsupported type', 'P010205', { claims: weakKey }],
  ])('%s is rejected at PAR and token (Client Attestation §5.1)', async (_what, resultCode, of) => {
    const named = { client_id: String(client.clientId) }
    expect(await ask(await headers(of), named)).toMatchObject({
      action: 'INVALID_CLIENT',
      resultCode,
      responseContent: expect.stringContaining('"invalid_client"'),
    })
    expect(await push(await headers(of))).toMatchObject({ action: 'UNAUTHORIZED', resultCode })
  })

  it('is rejected if keys or algorithms are confused (RFC 8725)', async () => {
    const { oauthClientAttestation: good, oauthClientAttestationPop } = await headers()
    const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const typ = 'oauth-client-attestation+jwt'
    const [, payload = '', signature = ''] = good.split('.')
    const secret = new TextEncoder().encode(client.clientSecret)
    const hostile = [
      `${encode({ alg: 'none', typ })}.${payload}.`,
      `${encode({ alg: 'ES384', typ })}.${payload}.${signature}`,
      `${encode({ alg: 'ES256', typ })}.${payload}.${'A'.repeat(86)}`,
      await signed({ sub: String(client.clientId) }, { typ }, secret),
      ...['nonsense', `${good}.x`, 'x'.repeat(40_000), ''],
    ]
    for (const oauthClientAttestation of hostile) {
      const attested = { oauthClientAttestation, oauthClientAttestationPop }
      const answer = await ask(attested, { client_id: String(client.clientId) })
      expect(answer, oauthClientAttestation).toMatchObject({ action: 'INVALID_CLIENT' })
    }
    const unnamed = { oauthClientAttestation: 'nonsense', oauthClientAttestationPop }
    expect(await ask(unnamed)).toMatchObject({ resultCode: 'P010201' })
  })

  it('is rejected with another method, or for a client that did not register it', async () => {
    const secret = await service.client()
    const header = { clientId: String(secret.clientId), clientSecret: secret.clientSecret }
    expect(await ask({ ...(await headers()), ...header })).toMatchObject({ resultCode: 'P010002' })
    const type = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
    const asserting = { client_assertion: 'x', client_assertion_type: type }
    expect(await ask(await headers(), asserting)).toMatchObject({ resultCode: 'P010002' })
    const named = { client_id: String(secret.clientId) }
    expect(await ask(await headers(), named)).toMatchObject({ resultCode: 'P010006' })
    const parameters = { client_id: String(client.clientId) }
    expect(await ask({}, parameters)).toMatchObject({ resultCode: 'P010006' })
  })
})

describe('client attestation proof', () => {
  it.each<[string, string, Made]>([
    ['of another type', 'P010206', { header: { typ: 'oauth-client-attestation+jwt' } }],
    ['by another key', 'P010207', { key: attesterKey }],
    [
      'by another key in its jwk header',
      'P010207',
      { key: rsaKey, header: { jwk: publicKey(rsaKey) } },
    ],
    ['of another client', 'P010208', { claims: { iss: 'other' } }],
    ['for another server', 'P010209', { claims: { aud: 'https://other.example.com' } }],
    ['for the token endpoint', 'P010209', { claims: { aud: `${issuer}/token` } }],
    ['without aud', 'P010209', { claims: { aud: undefined } }],
    ['without iat', 'P010210', { claims: { iat: undefined } }],
    ['that is old', 'P010210', { claims: { iat: 1 } }],
    ['issued in the future', 'P010210', { claims: { iat: 9_999_999_999 } }],
    ['that expired', 'P010210', { claims: { exp: 1 } }],
    ['that is not valid yet', 'P010210', { claims: { nbf: 9_999_999_999 } }],
    ['without jti', 'P010211', { claims: { jti: undefined } }],
    ['with a jti that is a number', 'P010211', { claims: { jti: 1 } }],
  ])('%s is rejected at PAR and token (Client Attestation §9)', async (_what, resultCode, by) => {
    expect(await ask(await headers({}, by))).toMatchObject({
      action: 'INVALID_CLIENT',
      resultCode,
    })
    expect(await push(await headers({}, by))).toMatchObject({ action: 'UNAUTHORIZED', resultCode })
  })

  it('is required with the attestation, and rejected without it', async () => {
    const { oauthClientAttestation, oauthClientAttestationPop } = await headers()
    expect(await ask({ oauthClientAttestation })).toMatchObject({ resultCode: 'P010206' })
    const named = { client_id: String(client.clientId) }
    expect(await ask({ oauthClientAttestationPop }, named)).toMatchObject({
      resultCode: 'P010201',
    })
  })
})

describe('client attester with certificates', () => {
  const trusted = { clientAttesterRootsEnabled: true, clientAttesterRoots: [root.pem] }
  afterAll(() => service.configure({}))

  it('is trusted by the roots of the service or by a registered key', async () => {
    await service.configure(trusted)
    expect(await ask(await headers({ certificate: attester }))).toMatchObject({ action: 'OK' })
    expect(await ask(await headers())).toMatchObject({ action: 'OK' })
    const kid = { header: { kid: 'any' }, certificate: attester }
    expect(await ask(await headers(kid))).toMatchObject({ action: 'OK' })
  })

  it('is trusted by the roots only if clientAttesterRootsOnly is set', async () => {
    await service.configure({ ...trusted, clientAttesterRootsOnly: true })
    expect(await ask(await headers({ certificate: attester }))).toMatchObject({ action: 'OK' })
    expect(await ask(await headers())).toMatchObject({ resultCode: 'P010202' })
  })

  it.each<[string, string, () => Made]>([
    [
      'another root',
      'P010202',
      () => ({ certificate: certificate({ issuer: authority('Attester root') }) }),
    ],
    ['a self-signed certificate', 'P010202', () => ({ certificate: certificate() })],
    [
      'an expired certificate',
      'P010202',
      () => ({ certificate: certificate({ issuer: root, to: Date.UTC(2025, 6, 1) }) }),
    ],
    [
      'the certificate of another key',
      'P010202',
      () => ({ header: { x5c: [attester.base64] }, key: attesterKey }),
    ],
    ['no certificate', 'P010201', () => ({ header: { x5c: [] } })],
    ['a malformed certificate', 'P010201', () => ({ header: { x5c: ['AAAA'] } })],
    ['a value that is no string', 'P010201', () => ({ header: { x5c: [{}] } })],
    [
      'too many certificates',
      'P010201',
      () => ({ certificate: attester, header: { x5c: Array(11).fill(attester.base64) } }),
    ],
  ])('is not trusted by x5c with %s (RFC 7515 §4.1.6)', async (_what, resultCode, of) => {
    await service.configure(trusted)
    expect(await ask(await headers(of()))).toMatchObject({ action: 'INVALID_CLIENT', resultCode })
  })
})

describe('attestation challenge', () => {
  const challengeEndpoint = 'https://as.example.com/challenge'
  const fresh = async () => (await service.api('/attestation/challenge', {})).attestationChallenge
  const answering = async (challenge: unknown) => headers({}, { claims: { challenge } })
  afterAll(() => service.configure({}))

  it('is returned by the challenge endpoint (Client Attestation §8)', async () => {
    const answer = await service.api('/attestation/challenge', undefined)
    expect(answer).toMatchObject({ action: 'OK', resultCode: 'P010301' })
    expect(JSON.parse(answer.responseContent)).toEqual({
      attestation_challenge: answer.attestationChallenge,
    })
  })

  it('is required if the service has a challenge endpoint (Client Attestation §8)', async () => {
    await service.configure({ challengeEndpoint })
    const refused = await ask(await headers())
    expect(refused).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P010213' })
    expect(JSON.parse(refused.responseContent).error).toBe('use_attestation_challenge')
    expect(await ask(await answering(refused.attestationChallenge))).toMatchObject({ action: 'OK' })
    const pushed = await push(await headers())
    expect(pushed).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P010213' })
    expect(await push(await answering(pushed.attestationChallenge))).toMatchObject({
      action: 'CREATED',
    })
    const parameters = form({ token: 'x' })
    const revoked = await service.api('/auth/revocation', { parameters, ...(await headers()) })
    expect(revoked).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P010213' })
  })

  it('is returned in a header of the relayed response (Client Attestation §8.1)', async () => {
    await service.configure({ challengeEndpoint })
    const parameters = form({ grant_type: 'client_credentials', scope: 'read' })
    const body = { parameters, ...(await headers()) }
    const { relay, attestationChallenge } = await service.api('/auth/token', body, {
      Prefer: 'relay',
    })
    expect(relay.headers['OAuth-Client-Attestation-Challenge']).toBe(attestationChallenge)
  })

  it('must be a recent one of this service, also if no challenge is required', async () => {
    const other = await service.post('/api/service/create', { serviceName: 'Other', issuer })
    const place = `/api/${other.apiKey}/attestation/challenge`
    const { attestationChallenge } = await service.post(place, {})
    for (const settings of [{}, { challengeEndpoint, attestationChallengeTimeWindow: 60 }]) {
      await service.configure(settings)
      const good = await fresh()
      expect(await ask(await answering(good))).toMatchObject({ action: 'OK' })
      for (const challenge of [attestationChallenge, 'x', 1, '', null, `${good}x`]) {
        expect(await ask(await answering(challenge))).toMatchObject({ resultCode: 'P010213' })
      }
    }
    const late = await fresh()
    service.system.clock.advance(61_000)
    expect(await ask(await answering(late))).toMatchObject({ resultCode: 'P010213' })
  })
})

describe('refresh token of an attested client', () => {
  const code = (value: string) => ({
    ...{ grant_type: 'authorization_code', code: value, redirect_uri: redirectUri },
    ...{ code_verifier: verifier, scope: '' },
  })
  const refreshing = (refresh_token: string) => ({
    ...{ grant_type: 'refresh_token', refresh_token, scope: '' },
  })

  it('is bound to the client instance (Client Attestation §10.3)', async () => {
    const first = await ask(await headers(), code(await obtainCode(service, client)))
    expect(first).toMatchObject({ action: 'OK' })
    const other = { claims: { cnf: { jwk: publicKey(rsaKey) } } }
    const stolen = await headers(other, { key: rsaKey })
    expect(await ask(stolen, refreshing(first.refreshToken))).toMatchObject({
      action: 'INVALID_CLIENT',
      resultCode: 'P010214',
    })
    const next = await ask(await headers(), refreshing(first.refreshToken))
    expect(next).toMatchObject({ action: 'OK' })
  })

  it('is bound to the instance by the password grant (Client Attestation §10.3)', async () => {
    const password = { grant_type: 'password', username: 'alice', password: 'secret' }
    const { ticket } = await ask(await headers(), password)
    const first = await service.api('/auth/token/issue', { ticket, subject: 'alice' })
    const other = { claims: { cnf: { jwk: publicKey(rsaKey) } } }
    const stolen = await headers(other, { key: rsaKey })
    const refused = { action: 'INVALID_CLIENT', resultCode: 'P010214' }
    expect(await ask(stolen, refreshing(first.refreshToken))).toMatchObject(refused)
    expect(await ask(await headers(), refreshing(first.refreshToken))).toMatchObject({
      action: 'OK',
    })
  })

  it('is not returned to a retry of another client instance', async () => {
    await service.configure({ refreshTokenIdempotent: true })
    const first = await ask(await headers(), code(await obtainCode(service, client)))
    const next = await ask(await headers(), refreshing(first.refreshToken))
    const other = { claims: { cnf: { jwk: publicKey(rsaKey) } } }
    const stolen = await headers(other, { key: rsaKey })
    expect(await ask(stolen, refreshing(first.refreshToken))).toMatchObject({
      resultCode: 'P010214',
    })
    const again = await ask(await headers(), refreshing(first.refreshToken))
    expect(again).toMatchObject({ action: 'OK', refreshToken: next.refreshToken })
    await service.configure({})
  })
})
