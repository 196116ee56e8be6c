/** HTTP message signatures, RFC 9421, of requests to protected resources and UserInfo responses. */
import {
  constants,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  sign,
  verify,
} from 'node:crypto'
import { httpbis } from 'http-message-signatures'
import { exportJWK, generateKeyPair, type JWK } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseKeySet } from '../../../src/jose/key-set.ts'
import {
  contentDigest,
  isDigestOf,
  signatureInputs,
  verifyMessageSignature,
} from '../../../src/jose/message-signature.ts'
import { dpopKey, proof } from '../../support/dpop.ts'
import { createService, issuer, obtainTokens, type TestService } from '../../support/flows.ts'
import { clientKey, jwksOf, publicKey, serviceKeys } from '../../support/keys.ts'
import type { Json } from '../../support/server.ts'

type Members = Record<string, unknown>

const resource = 'https://rs.example.com/things?id=1'

/** The parameters of Node for each signature algorithm of JOSE. */
const schemes: Record<string, { hash: string | null; salt?: number; pkcs1?: boolean }> = {
  RS256: { hash: 'sha256', pkcs1: true },
  PS256: { hash: 'sha256', salt: 32 },
  PS384: { hash: 'sha384', salt: 48 },
  PS512: { hash: 'sha512', salt: 64 },
  ES256: { hash: 'sha256' },
  ES384: { hash: 'sha384' },
  ES512: { hash: 'sha512' },
  EdDSA: { hash: null },
}
const optionsOf = (alg: string) => {
  const { salt, pkcs1 } = schemes[alg] ?? {}
  return {
    dsaEncoding: 'ieee-p1363' as const,
    ...(pkcs1 ? { padding: constants.RSA_PKCS1_PADDING } : {}),
    ...(salt ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: salt } : {}),
  }
}

async function keyFor(alg: string, kid: string): Promise<JWK> {
  const { privateKey } = await generateKeyPair(alg, { extractable: true })
  return { ...(await exportJWK(privateKey)), kid, alg }
}

let service: TestService
let keys: JWK[]
let client: Json
let token: string
beforeAll(async () => {
  service = await createService()
  const algorithms = Object.keys(schemes).filter((alg) => alg !== 'ES256')
  keys = [clientKey, ...(await Promise.all(algorithms.map((alg) => keyFor(alg, alg))))]
  client = await service.client({ rsRequestSigned: true, jwks: jwksOf(...keys.map(publicKey)) })
  token = (await obtainTokens(service, client)).accessToken
})
afterAll(() => service.close())

interface Signing {
  key?: JWK
  method?: string
  url?: string
  headers?: Record<string, string>
  fields?: string[]
  /** Parameters of the signature; `null` omits one. */
  parameters?: Record<string, string | number | null>
  label?: string
}

const now = () => Math.floor(service.system.clock() / 1000)

/** The header fields of a signed request. */
async function signed(signing: Signing = {}): Promise<Record<string, string>> {
  const { key = clientKey, method = 'GET', url = resource, label = 'sig1' } = signing
  const { fields = ['@method', '@target-uri', 'authorization'], parameters = {} } = signing
  const headers = { Authorization: `Bearer ${token}`, ...signing.headers }
  const all = { created: now(), keyid: key.kid ?? '', tag: 'fapi-2-request', ...parameters }
  const given = Object.entries(all).filter(([, value]) => value !== null)
  const toDate = (name: string, value: unknown) =>
    name === 'created' || name === 'expires' ? new Date(Number(value) * 1000) : value
  const alg = key.alg ?? ''
  const { hash = null } = schemes[alg] ?? {}
  const privateKey = createPrivateKey({ key: key as Members, format: 'jwk' })
  const message = await httpbis.signMessage(
    {
      key: { sign: async (data) => sign(hash, data, { key: privateKey, ...optionsOf(alg) }) },
      ...{ name: label, fields, params: given.map(([name]) => name) },
      paramValues: Object.fromEntries(
        given.map(([name, value]) => [name, toDate(name, value)]),
      ) as Record<string, string>,
    },
    { method, url, headers },
  )
  return message.headers as Record<string, string>
}

const pairs = (headers: Record<string, string>) =>
  Object.entries(headers).map(([key, value]) => ({ key, value }))

const introspect = (headers: Record<string, string>, more: Members = {}): Promise<Json> =>
  service.api('/auth/introspection', {
    ...{ token, htm: 'GET', targetUri: resource, headers: pairs(headers) },
    ...more,
  })

const ok = { action: 'OK' }
const refusedBy = (resultCode: string, action = 'UNAUTHORIZED') => ({ action, resultCode })

describe('signed HTTP request of a client', () => {
  it('is accepted with a valid signature (FAPI 2.0 Message Signing ID1 §5.6)', async () => {
    expect(await introspect(await signed())).toMatchObject(ok)
  })

  it.each(Object.keys(schemes))('can be signed by %s (RFC 9421 §3.3.7)', async (alg) => {
    const key = keys.find((each) => each.alg === alg)
    expect(await introspect(await signed({ ...(key ? { key } : {}) }))).toMatchObject(ok)
  })

  it('can have an alg parameter that matches the key (RFC 9421 §3.2)', async () => {
    const rightly = await signed({ parameters: { alg: 'ecdsa-p256-sha256' } })
    expect(await introspect(rightly)).toMatchObject(ok)
    for (const alg of ['rsa-pss-sha512', 'hmac-sha256', 'none', 'ES256']) {
      const wrongly = await signed({ parameters: { alg } })
      expect(await introspect(wrongly)).toMatchObject(refusedBy('P004805'))
    }
  })

  it('can have other signatures, which are ignored (RFC 9421 §4.3)', async () => {
    const headers = await signed({ parameters: { tag: 'other' }, label: 'other' })
    expect(await introspect(await signed({ headers }))).toMatchObject(ok)
  })

  it('must have the right Content-Digest if it covers the body (RFC 9530 §2)', async () => {
    const message = '{"amount": 1}'
    const digest = { 'Content-Digest': contentDigest(message) }
    const fields = ['@method', '@target-uri', 'authorization', 'content-digest']
    const post = { method: 'POST', headers: digest, fields }
    const about = { htm: 'POST', message, requestBodyContained: true }
    expect(await introspect(await signed(post), about)).toMatchObject(ok)
    const other = { ...about, message: '{"amount": 2}' }
    expect(await introspect(await signed(post), other)).toMatchObject(refusedBy('P004807'))
    const uncovered = await signed({ method: 'POST', headers: digest })
    expect(await introspect(uncovered, about)).toMatchObject(refusedBy('P004803'))
    const untold = { htm: 'POST', requestBodyContained: true }
    expect(await introspect(uncovered, untold)).toMatchObject(refusedBy('P004803'))
  })

  it('must cover the DPoP proof that it uses', async () => {
    const key = await dpopKey()
    const at = { htm: 'GET', htu: resource, now: service.system.clock(), accessToken: token }
    const [dpop, other] = [await proof(key, at), await proof(key, at)]
    const fields = ['@method', '@target-uri', 'authorization', 'dpop']
    const headers = await signed({ headers: { DPoP: dpop }, fields })
    expect(await introspect(headers, { dpop })).toMatchObject(ok)
    expect(await introspect(headers, { dpop: other })).toMatchObject(refusedBy('P004808'))
    const uncovered = await signed({ headers: { DPoP: dpop } })
    expect(await introspect(uncovered, { dpop })).toMatchObject(refusedBy('P004803'))
  })

  it.each<[string, string, Signing]>([
    ['another tag', 'P004801', { parameters: { tag: 'other' } }],
    ['no tag', 'P004801', { parameters: { tag: null } }],
    ['no method', 'P004803', { fields: ['@target-uri', 'authorization'] }],
    ['no URL', 'P004803', { fields: ['@method', 'authorization'] }],
    ['no access token', 'P004803', { fields: ['@method', '@target-uri'] }],
    ['no created', 'P004804', { parameters: { created: null } }],
    ['another URL', 'P004806', { url: 'https://rs.example.com/others' }],
    ['another method', 'P004806', { method: 'DELETE' }],
    ['an unknown key', 'P004805', { parameters: { keyid: 'unknown' } }],
    ['the key of another algorithm', 'P004806', { parameters: { keyid: 'EdDSA' } }],
    ['another token', 'P004808', { headers: { Authorization: 'Bearer x' } }],
  ])('is rejected with %s', async (_what, resultCode, signing) => {
    const refused = await introspect(await signed(signing))
    expect(refused).toMatchObject(refusedBy(resultCode))
    expect(refused.responseContent).toContain('error="invalid_token"')
  })

  it.each<[string, number, number | null, string]>([
    ['was made too long ago', -61, null, 'P004804'],
    ['was made in the future', 61, null, 'P004804'],
    ['has expired', -20, -10, 'P004804'],
  ])('is rejected if the signature %s (RFC 9421 §2.3)', async (_what, made, ends, code) => {
    const expires = ends === null ? null : now() + ends
    const headers = await signed({ parameters: { created: now() + made, expires } })
    expect(await introspect(headers)).toMatchObject(refusedBy(code))
  })

  it('is rejected without a signature, or with one of the two fields', async () => {
    const { Signature, 'Signature-Input': input, ...rest } = await signed()
    expect(await introspect({})).toMatchObject(refusedBy('P004801'))
    for (const half of [{ Signature }, { 'Signature-Input': input }]) {
      expect(await introspect({ ...rest, ...half } as typeof rest)).toMatchObject(
        refusedBy('P004801'),
      )
    }
  })

  it.each<[string, Record<string, string>]>([
    ['a Signature-Input that is no dictionary', { 'Signature-Input': '(((' }],
    ['a Signature-Input without components', { 'Signature-Input': 'sig1=1;tag="fapi-2-request"' }],
    [
      'a Signature-Input that is too long',
      { 'Signature-Input': `sig1=("x");n="${'x'.repeat(9_000)}"` },
    ],
    ['a signature that is too long', { Signature: `sig1=:${'A'.repeat(9_000)}:` }],
    ['a signature of another label', { Signature: 'sig2=:AAAA:' }],
    ['a signature that is a string', { Signature: 'sig1="AAAA"' }],
  ])('is rejected with %s (RFC 9421 §4)', async (_what, broken) => {
    expect(await introspect({ ...(await signed()), ...broken })).toMatchObject(refusedBy('P004802'))
  })

  it.each([
    ['twice', '("@method" "@method" "@target-uri" "authorization")'],
    ['of a response', '("@method" "@target-uri" "authorization" "@status")'],
    ['that is missing', '("@method" "@target-uri" "authorization" "x-none")'],
    ['of another request', '("@method" "@target-uri" "authorization" "x";req)'],
    ['without a name', '("@method" "@target-uri" "authorization" 7)'],
  ])('is rejected with a component %s (RFC 9421 §2)', async (_what, components) => {
    const parameters = `created=${now()};keyid="client-es256";tag="fapi-2-request"`
    const broken = { 'Signature-Input': `sig1=${components};${parameters}` }
    expect(await introspect({ ...(await signed()), ...broken })).toMatchObject(refusedBy('P004802'))
  })

  it('is rejected with a line break in a field (RFC 9110 §5.5)', async () => {
    const headers = { ...(await signed()), 'X-Other': 'a\nb' }
    expect(await introspect(headers)).toMatchObject(refusedBy('P004811', 'BAD_REQUEST'))
  })

  it('is rejected with two signatures of the tag, also if one is valid', async () => {
    const headers = await signed({ label: 'first' })
    expect(await introspect(await signed({ headers }))).toMatchObject(refusedBy('P004802'))
  })

  it.each<[string, () => string]>([
    ['zeros', () => Buffer.alloc(64).toString('base64')],
    ['empty', () => ''],
    ['that of another key', () => sign('sha256', Buffer.from('x'), otherKey()).toString('base64')],
  ])('is rejected if the signature is %s (RFC 9421 §3.2)', async (_what, make) => {
    const headers = { ...(await signed()), Signature: `sig1=:${make()}:` }
    expect(await introspect(headers)).toMatchObject(refusedBy('P004806'))
  })

  it('is rejected if the request URL is unknown', async () => {
    for (const targetUri of ['', 'not a URL', 'https://rs.example.com/a b']) {
      expect(await introspect(await signed(), { targetUri })).toMatchObject(refusedBy('P004809'))
    }
    const byHtu = await introspect(await signed(), { targetUri: undefined, htu: resource })
    expect(byHtu).toMatchObject(ok)
  })
})

const otherKey = () =>
  ({
    key: createPrivateKey({ key: serviceKeys[1] as Members, format: 'jwk' }),
    dsaEncoding: 'ieee-p1363',
  }) as const

describe('signature key of a client', () => {
  it('is the one with rsSignedRequestKeyId if it is registered', async () => {
    const by = await service.client({
      ...{ rsRequestSigned: true, jwks: jwksOf(...keys.map(publicKey)) },
      rsSignedRequestKeyId: 'EdDSA',
    })
    const { accessToken } = await obtainTokens(service, by)
    const headers = { Authorization: `Bearer ${accessToken}` }
    const ask = (signing: Signing) =>
      signed({ headers, ...signing }).then((all) => introspect(all, { token: accessToken }))
    const key = keys.find(({ kid }) => kid === 'EdDSA') ?? clientKey
    expect(await ask({ key })).toMatchObject(ok)
    expect(await ask({ key, parameters: { keyid: null } })).toMatchObject(ok)
    expect(await ask({})).toMatchObject(refusedBy('P004805'))
  })

  it('is fetched again from jwksUri if it is unknown', async () => {
    const jwksUri = 'https://app.example.com/jwks'
    let published = [publicKey(serviceKeys[0] ?? clientKey)]
    service.system.fetch.answer(jwksUri, () => ({ body: { keys: published } }))
    const by = await service.client({ rsRequestSigned: true, jwksUri })
    const { accessToken } = await obtainTokens(service, by)
    const headers = { Authorization: `Bearer ${accessToken}` }
    const ask = async () => introspect(await signed({ headers }), { token: accessToken })
    expect(await ask()).toMatchObject(refusedBy('P004805'))
    published = [publicKey(clientKey)]
    service.system.clock.advance(6_000)
    expect(await ask()).toMatchObject(ok)
  })

  it('is never an encryption key or a short key (RFC 8725 §3.5)', async () => {
    const forEncryption = { ...publicKey(clientKey), use: 'enc' }
    const input = signatureInputs({ 'signature-input': ['sig1=("@method")'] })?.[0]
    const request = { method: 'GET', url: resource, fields: { signature: ['sig1=:AAAA:'] } }
    const short = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({
      format: 'jwk',
    })
    for (const key of [forEncryption, { ...short, alg: 'PS256' }, { ...short }]) {
      const set = parseKeySet(JSON.stringify({ keys: [key] }))
      const outcome = input && (await verifyMessageSignature(request, input, set, undefined))
      expect(outcome).toEqual({ failure: 'key' })
    }
  })
})

describe('caller of message signatures', () => {
  it('can require a signature of any client, and its components', async () => {
    const by = await service.client({ jwks: jwksOf(publicKey(clientKey)) })
    const { accessToken } = await obtainTokens(service, by)
    const headers = { Authorization: `Bearer ${accessToken}`, 'X-Id': '7' }
    const about = { token: accessToken }
    const demanding = { ...about, requiredComponents: ['"@method"', 'x-id'] }
    expect(await introspect({}, about)).toMatchObject(ok)
    expect(await introspect({}, demanding)).toMatchObject(refusedBy('P004801'))
    const covered = await signed({ headers, fields: ['@method', 'x-id'] })
    expect(await introspect(covered, demanding)).toMatchObject(ok)
    const uncovered = await signed({ headers, fields: ['@method'] })
    expect(await introspect(uncovered, demanding)).toMatchObject(refusedBy('P004803'))
  })

  it('gets responseSigningRequired of the service', async () => {
    expect(await introspect(await signed())).toMatchObject({ responseSigningRequired: false })
    await service.configure({ rsResponseSigned: true })
    expect(await introspect(await signed())).toMatchObject({ responseSigningRequired: true })
    await service.configure({})
  })
})

describe('UserInfo endpoint with message signatures', () => {
  const userinfo = `${issuer}/userinfo`

  it('requires the signature, and verifies it for its own URL', async () => {
    const headers = pairs(await signed({ url: userinfo }))
    expect(await service.api('/auth/userinfo', { token, headers })).toMatchObject(ok)
    const bare = await service.api('/auth/userinfo', { token })
    expect(bare).toMatchObject(refusedBy('P004801'))
  })

  const issue = (more: Members = {}, headers = {}): Promise<Json> =>
    service.api('/auth/userinfo/issue', { token, ...more }, headers)

  /** Whether a response, as the client receives it, is signed by a key of the service. */
  const isGood = async (answer: Json, request: Record<string, string>, alg = 'RS256') => {
    const jwk = serviceKeys.find((key) => key.alg === alg)
    const key = createPublicKey({ key: publicKey(jwk ?? {}) as Members, format: 'jwk' })
    const options = { key, ...optionsOf(alg) }
    return httpbis.verifyMessage(
      {
        tolerance: Number.POSITIVE_INFINITY,
        keyLookup: async () => ({
          verify: async (data, value) => verify(schemes[alg]?.hash ?? null, data, options, value),
        }),
      },
      {
        status: 200,
        headers: {
          ...{ Signature: answer.signature, 'Signature-Input': answer.signatureInput },
          'Content-Digest': answer.contentDigest,
        },
      },
      { method: 'GET', url: userinfo, headers: request },
    )
  }

  it('does not sign responses unless rsResponseSigned is set', async () => {
    const answer = await issue()
    expect(answer.action).toBe('JSON')
    for (const name of ['signature', 'signatureInput', 'contentDigest']) {
      expect(answer).not.toHaveProperty(name)
    }
  })

  it('signs status and body with the request (FAPI 2.0 Message Signing ID1 §5.6)', async () => {
    await service.configure({ rsResponseSigned: true })
    const request = await signed({ url: userinfo })
    const headers = [...pairs(request), { key: '@method', value: 'GET' }]
    const answer = await issue({ headers })
    expect(answer.action).toBe('JSON')
    expect(isDigestOf(answer.contentDigest, answer.responseContent)).toBe(true)
    expect(answer.signatureInput).toBe(
      'sig=("@method";req "@target-uri";req "signature";req "signature-input";req "@status" ' +
        `"content-digest");created=${now()};keyid="rs256";tag="fapi-2-response"`,
    )
    expect(await isGood(answer, request)).toBe(true)
    const other = await signed({ url: userinfo, parameters: { nonce: 'other' } })
    expect(await isGood(answer, other)).toBe(false)
  })

  it('signs by the key resourceSignatureKeyId, also JWT responses', async () => {
    await service.configure({ rsResponseSigned: true, resourceSignatureKeyId: 'ps256' })
    const by = await service.client({ userInfoSignAlg: 'ES256' })
    const { accessToken } = await obtainTokens(service, by)
    const answer = await issue({ token: accessToken, requestSignature: 'sig1=:AAAA:' })
    expect(answer.action).toBe('JWT')
    expect(answer.signatureInput).toContain('"signature";req "@status"')
    expect(answer.signatureInput).toContain('keyid="ps256"')
    expect(await isGood(answer, { Signature: 'sig1=:AAAA:' }, 'PS256')).toBe(true)
  })

  it('relays Signature, Signature-Input and Content-Digest', async () => {
    await service.configure({ rsResponseSigned: true })
    const { relay, ...answer } = await issue({}, { Prefer: 'relay' })
    expect(relay.headers).toMatchObject({
      ...{ Signature: answer.signature, 'Signature-Input': answer.signatureInput },
      'Content-Digest': answer.contentDigest,
    })
  })

  it('rejects a request signature that is no field value', async () => {
    await service.configure({ rsResponseSigned: true })
    const refused = await issue({ requestSignature: 'sig1=:AA:\n"@status": 500' })
    expect(refused).toMatchObject(refusedBy('P004811', 'BAD_REQUEST'))
  })

  it('is INTERNAL_SERVER_ERROR if the service has no key', async () => {
    const keyless = await createService({ rsResponseSigned: true, jwks: undefined })
    const by = await keyless.client({ idTokenSignAlg: 'HS256' })
    const { accessToken } = await obtainTokens(keyless, by)
    const refused = await keyless.api('/auth/userinfo/issue', { token: accessToken })
    expect(refused).toMatchObject(refusedBy('P004810', 'INTERNAL_SERVER_ERROR'))
    await keyless.close()
  })
})

describe('test vectors of RFC 9421', () => {
  const digest =
    'sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:'
  const fields = {
    ...{ host: ['example.com'], date: ['Tue, 20 Apr 2021 02:07:55 GMT'] },
    ...{ 'content-type': ['application/json'], 'content-length': ['18'] },
    'content-digest': [digest],
  }
  const rsa = {
    ...{ kty: 'RSA', alg: 'PS512', kid: 'test-key-rsa-pss', e: 'AQAB' },
    n: 'r4tmm3r20Wd_PbqvP1s2-QEtvpuRaV8Yq40gjUR8y2Rjxa6dpG2GXHbPfvMs8ct-Lh1GH45x28Rw3Ry53mm-oAXjyQ86OnDkZ5N8lYbggD4O3w6M6pAvLkhk95AndTrifbIFPNU8PPMO7OyrFAHqgDsznjPFmTOtCEcN2Z1FpWgchwuYLPL-Wokqltd11nqqzi-bJ9cvSKADYdUAAN5WUtzdpiy6LbTgSxP7ociU4Tn0g5I6aDZJ7A8Lzo0KSyZYoA485mqcO0GVAdVw9lq4aOT9v6d-nb4bnNkQVklLQ3fVAvJm-xdDOp9LCNCN48V2pnDOkFV6-U9nV5oyc6XI2w',
  }
  const ed25519 = {
    ...{ kty: 'OKP', crv: 'Ed25519', kid: 'test-key-ed25519' },
    x: 'JrQLj5P_89iXES9-vFgrIy29clF9CC_oPPsw3c5D0bs',
  }

  const verifyVector = async (input: string, signature: string) => {
    const all = { ...fields, 'signature-input': [input], signature: [signature] }
    const request = { method: 'POST', url: 'https://example.com/foo?param=Value&Pet=dog' }
    const [parsed] = signatureInputs(all) ?? []
    const set = parseKeySet(JSON.stringify({ keys: [rsa, ed25519] }))
    if (!parsed) throw new Error('The input cannot be read')
    return verifyMessageSignature(
      { ...request, fields: all },
      { ...parsed },
      set,
      String(parsed.keyId),
    )
  }

  it.each([
    [
      'rsa-pss-sha512 (RFC 9421 §B.2.1)',
      'sig-b21=();created=1618884473;keyid="test-key-rsa-pss";nonce="b3k2pp5k7z-50gnwp.yemd"',
      'sig-b21=:d2pmTvmbncD3xQm8E9ZV2828BjQWGgiwAaw5bAkgibUopemLJcWDy/lkbbHAve4cRAtx31Iq786U7it++wgGxbtRxf8Udx7zFZsckzXaJMkA7ChG52eSkFxykJeNqsrWH5S+oxNFlD4dzVuwe8DhTSja8xxbR/Z2cOGdCbzR72rgFWhzx2VjBqJzsPLMIQKhO4DGezXehhWwE56YCE+O6c0mKZsfxVrogUvA4HELjVKWmAvtl6UnCh8jYzuVG5WSb/QEVPnP5TmcAnLH1g+s++v6d4s8m0gCw1fV5/SITLq9mhho8K3+7EPYTU8IU1bLhdxO5Nyt8C8ssinQ98Xw9Q==:',
    ],
    [
      'ed25519 (RFC 9421 §B.2.6)',
      'sig-b26=("date" "@method" "@path" "@authority" "content-type" "content-length");created=1618884473;keyid="test-key-ed25519"',
      'sig-b26=:wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==:',
    ],
  ])('are verified: %s', async (_what, input, signature) => {
    expect(await verifyVector(input, signature)).toEqual({ verified: true })
    const later = input.replace('1618884473', '1618884474')
    expect(await verifyVector(later, signature)).toEqual({ failure: 'signature' })
  })

  it('are verified for the digest of a body (RFC 9421 §B.2)', () => {
    expect(isDigestOf(digest, '{"hello": "world"}')).toBe(true)
    expect(isDigestOf(digest, '{"hello": "World"}')).toBe(false)
    expect(isDigestOf('md5=:AAAA:', '{"hello": "world"}')).toBe(false)
    expect(isDigestOf(':::', '')).toBe(false)
    const both = `${digest}, ${contentDigest('{"hello": "World"}')}`
    expect(isDigestOf(both, '{"hello": "world"}')).toBe(false)
  })
})
