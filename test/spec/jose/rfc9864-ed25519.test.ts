/** The algorithm name Ed25519 of RFC 9864, besides the older name EdDSA of RFC 8037. */
import { decodeProtectedHeader, type JWK } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { dpopKey, proof } from '../../support/dpop.ts'
import {
  authorize,
  createService,
  form,
  issuer,
  obtainTokens,
  redirectUri,
  requestToken,
  type TestService,
} from '../../support/flows.ts'
import { encryptionPair, jwksOf, publicKey, serviceKeys } from '../../support/keys.ts'
import { assertionFor, requestObjectFor } from '../../support/signing-client.ts'

let service: TestService
let key: JWK
beforeAll(async () => {
  service = await createService()
  const { use: _, ...pair } = await encryptionPair('Ed25519', 'ed')
  key = { ...pair, use: 'sig' } as JWK
})
afterAll(() => service.close())

const names = ['EdDSA', 'Ed25519']
const cc = { grant_type: 'client_credentials' }

describe.each(names)('signature algorithm %s', (alg) => {
  it.each([undefined, ...names])(
    'signs a DPoP proof (RFC 9864 §2.2) if the alg of the key is %s',
    async (own) => {
      const { privateKey, publicJwk } = await dpopKey('Ed25519')
      const jwk = own === undefined ? publicJwk : { ...publicJwk, alg: own }
      const now = service.system.clock()
      const dpop = await proof({ privateKey, publicJwk: jwk }, { htu: `${issuer}/token`, now, alg })
      expect((await requestToken(service, await service.client(), cc, { dpop })).action).toBe('OK')
    },
  )

  it('signs an assertion of a client that registered EdDSA (RFC 9864 §2.2)', async () => {
    const client = await service.client({
      tokenAuthMethod: 'PRIVATE_KEY_JWT',
      tokenAuthSignAlg: 'EdDSA',
      jwks: jwksOf(publicKey(key)),
    })
    const by = await assertionFor(service, client, {}, { key, header: { alg } })
    const answer = await service.api('/auth/token', { parameters: form({ ...cc, ...by }) })
    expect(answer.action).toBe('OK')
  })

  it('signs a request object of a client that registered EdDSA (RFC 9864 §2.2)', async () => {
    const client = await service.client({ requestSignAlg: 'EdDSA', jwks: jwksOf(publicKey(key)) })
    const parameters = { response_type: 'code', redirect_uri: redirectUri, scope: 'openid' }
    const signed = { key, header: { alg } }
    const request = await requestObjectFor(service, client, parameters, signed)
    expect((await authorize(service, client, { request })).action).toBe('INTERACTION')
  })

  it('is the alg of ID Tokens if the service key has it (RFC 9864 §4.1)', async () => {
    const jwks = jwksOf({ ...key, alg }, ...serviceKeys)
    const other = await createService({ jwks })
    const client = await other.client({ idTokenSignAlg: 'EdDSA' })
    const { idToken } = await obtainTokens(other, client)
    expect(decodeProtectedHeader(idToken)).toMatchObject({ alg, kid: 'ed' })
    expect(await other.api('/jose/verify', { jose: idToken })).toMatchObject({ valid: true })
    const metadata = await other.get(`/api/${other.serviceId}/service/configuration`)
    const signed = metadata.id_token_signing_alg_values_supported as string[]
    expect(signed.filter((each) => names.includes(each))).toEqual([alg])
    await other.close()
  })
})

it('EdDSA and Ed25519 are both in the metadata of client signatures (RFC 9864 §4.1)', async () => {
  const metadata = await service.get(`/api/${service.serviceId}/service/configuration`)
  for (const member of [
    'dpop_signing_alg_values_supported',
    'token_endpoint_auth_signing_alg_values_supported',
    'request_object_signing_alg_values_supported',
  ]) {
    expect(metadata[member], member).toEqual(expect.arrayContaining(names))
  }
})

it('Ed25519 is registered as EdDSA (RFC 9864 §2.2)', async () => {
  const other = await createService({
    dynamicRegistrationSupported: true,
    registrationEndpoint: `${issuer}/register`,
    jwks: jwksOf(key),
  })
  const json = JSON.stringify({
    redirect_uris: ['https://app.example.com/callback'],
    id_token_signed_response_alg: 'Ed25519',
  })
  const { action, client } = await other.api('/client/registration', { json })
  expect(action).toBe('CREATED')
  expect(client.idTokenSignAlg).toBe('EdDSA')
  await other.close()
})
