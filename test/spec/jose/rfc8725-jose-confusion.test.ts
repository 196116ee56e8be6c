/**
 * Hostile JWTs at every endpoint that accepts one: confused algorithms and keys, broken signatures,
 * unknown extensions, loose encodings, and sizes (RFC 8725).
 */
import {
  createHmac,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  sign,
} from 'node:crypto'
import type { JWK } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  challenge,
  createService,
  form,
  issuer,
  redirectUri,
  type TestService,
} from '../../support/flows.ts'
import { clientKey, jwksOf, publicKey, serviceKeys } from '../../support/keys.ts'
import type { Json, Reply } from '../../support/server.ts'

type Members = Record<string, unknown>

/** A valid JWT for an endpoint, signed by ES256. */
interface Honest {
  header: Members
  claims: Members
  key: JWK
}

interface Place {
  /** The error of the endpoint; `/jose/verify` has no OAuth error. */
  error: string
  honest(): Honest
  present(jwt: string): Promise<Reply>
}

const elliptic = (namedCurve: string): JWK => ({
  ...(generateKeyPairSync('ec', { namedCurve }).privateKey.export({ format: 'jwk' }) as JWK),
  kid: namedCurve,
})
const p384 = elliptic('P-384')
const secp256k1 = elliptic('secp256k1')
const otherP256 = elliptic('P-256')
const shortRsa: JWK = {
  ...(generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey.export({
    format: 'jwk',
  }) as JWK),
  kid: 'short',
}
const oct: JWK = { kty: 'oct', kid: 'oct', k: Buffer.alloc(32, 7).toString('base64url') }
const serviceKey = serviceKeys.find(({ alg }) => alg === 'ES256') ?? clientKey
const jwksUri = 'https://app.example.com/jwks'

let service: TestService
let signing: Json
let plain: Json
let made = 0
beforeAll(async () => {
  service = await createService({ jwks: jwksOf(...serviceKeys, p384) })
  // A client that registered no request object algorithm may send unsigned ones.
  const registered = { tokenAuthMethod: 'PRIVATE_KEY_JWT', requestSignAlg: 'ES256' }
  signing = await service.client({ ...registered, jwksUri })
  plain = await service.client({ idTokenSignAlg: 'ES256' })
  // A published key set can contain any key.
  const published = [clientKey, p384, secp256k1, shortRsa].map(publicKey)
  service.system.fetch.answer(jwksUri, { body: { keys: [...published, oct] } })
})
afterAll(() => service.close())

const seconds = () => Math.floor(service.system.clock() / 1000)
const post = (operation: string, body: Members): Promise<Reply> =>
  service.call('POST', `/api/${service.serviceId}${operation}`, body)
const kidOf = ({ kid = '' }: JWK) => ({ alg: 'ES256', kid })
const unique = () => {
  made += 1
  return `jti-${made}`
}

const authorizationMembers = (by: Json) => ({
  ...{ client_id: String(by.clientId), response_type: 'code', redirect_uri: redirectUri },
  ...{ scope: 'openid', code_challenge: challenge, code_challenge_method: 'S256' },
})

const places: Record<string, Place> = {
  'a client assertion': {
    error: 'invalid_client',
    honest: () => ({
      header: kidOf(clientKey),
      claims: {
        ...{ iss: String(signing.clientId), sub: String(signing.clientId), aud: issuer },
        ...{ exp: seconds() + 60, jti: unique() },
      },
      key: clientKey,
    }),
    present: (jwt) =>
      post('/auth/token', {
        parameters: form({
          ...{ grant_type: 'client_credentials', scope: 'read', client_assertion: jwt },
          client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        }),
      }),
  },
  'a request object': {
    error: 'invalid_request_object',
    honest: () => ({
      header: kidOf(clientKey),
      claims: { iss: String(signing.clientId), aud: issuer, ...authorizationMembers(signing) },
      key: clientKey,
    }),
    present: (jwt) =>
      post('/auth/authorization', {
        parameters: form({ client_id: String(signing.clientId), request: jwt }),
      }),
  },
  'a DPoP proof': {
    error: 'invalid_dpop_proof',
    honest: () => ({
      header: { alg: 'ES256', typ: 'dpop+jwt', jwk: publicKey(clientKey) },
      claims: { htm: 'POST', htu: `${issuer}/token`, iat: seconds(), jti: unique() },
      key: clientKey,
    }),
    present: (jwt) =>
      post('/auth/token', {
        parameters: form({ grant_type: 'client_credentials', scope: 'read' }),
        ...{ clientId: String(plain.clientId), clientSecret: plain.clientSecret, dpop: jwt },
      }),
  },
  'an ID Token hint': {
    error: 'invalid_request',
    honest: () => ({
      header: kidOf(serviceKey),
      claims: { iss: issuer, aud: String(plain.clientId), sub: 'alice', exp: seconds() + 60 },
      key: serviceKey,
    }),
    present: (jwt) =>
      post('/auth/authorization', {
        parameters: form({ ...authorizationMembers(plain), id_token_hint: jwt }),
      }),
  },
  'a JWT to verify': {
    error: 'not valid',
    honest: () => ({
      header: kidOf(clientKey),
      claims: { iss: String(signing.clientId), exp: seconds() + 60 },
      key: clientKey,
    }),
    present: (jose) =>
      post('/jose/verify', {
        ...{ jose, signedByClient: true, clientIdentifier: String(signing.clientId) },
      }),
  },
}

/** The error of an endpoint, or undefined if it accepted the JWT. */
function errorOf({ status, body }: Reply): string | undefined {
  if (status !== 200) return `HTTP ${status}`
  if (body.action === undefined) return body.valid ? undefined : 'not valid'
  if (['OK', 'INTERACTION'].includes(body.action)) return undefined
  if (body.action !== 'LOCATION') return JSON.parse(body.responseContent).error
  return new URL(body.responseContent).searchParams.get('error') ?? undefined
}

const text = (value: unknown): Buffer =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value))
const encode = (value: unknown): string => text(value).toString('base64url')

/** Signs with the given header, however invalid. */
function signedBy(key: JWK, data: string, hash = 'sha256', dsaEncoding = 'ieee-p1363'): Buffer {
  const imported = createPrivateKey({ key: key as Members, format: 'jwk' })
  return sign(hash, Buffer.from(data), {
    key: imported,
    dsaEncoding: dsaEncoding as 'der' | 'ieee-p1363',
  })
}

const assemble = (header: unknown, claims: unknown, by: (data: string) => Buffer | string) => {
  const data = `${encode(header)}.${encode(claims)}`
  return `${data}.${Buffer.from(by(data)).toString('base64url')}`
}

/** A valid JWT except for some members of its header and claims. */
const but = ({ header, claims, key }: Honest, more: Members, moreClaims: Members = {}) =>
  assemble({ ...header, ...more }, { ...claims, ...moreClaims }, (data) => signedBy(key, data))

/** Another key, by kid or jwk as the endpoint expects it. */
const withKey = ({ header, claims }: Honest, key: JWK, alg: string, hash = 'sha256') => {
  const named = 'jwk' in header ? { jwk: publicKey(key) } : { kid: key.kid }
  return assemble({ ...header, ...named, alg }, claims, (data) => signedBy(key, data, hash))
}

const unsigned = ({ header, claims }: Honest, alg: unknown, signature: Buffer | string = '') =>
  assemble({ ...header, alg }, claims, () => signature)

/** The public key as an HMAC secret, in each encoding that a careless library could use. */
const secretsOf = (key: JWK): Record<string, Buffer> => {
  const imported = createPublicKey({ key: publicKey(key) as Members, format: 'jwk' })
  const pem = imported.export({ type: 'spki', format: 'pem' }).toString()
  return {
    'in PEM': Buffer.from(pem),
    'in PEM without its last line break': Buffer.from(pem.trimEnd()),
    'in DER': imported.export({ type: 'spki', format: 'der' }),
    'as a JWK': text(publicKey(key)),
    'as a coordinate': Buffer.from(String(key.x), 'base64url'),
  }
}

const byHmac = ({ header, claims }: Honest, secret: Buffer, alg = 'HS256', more: Members = {}) =>
  assemble({ ...header, ...more, alg }, claims, (data) =>
    createHmac(`sha${alg.slice(2)}`, secret)
      .update(data)
      .digest(),
  )

const honestSignature = ({ header, claims, key }: Honest) =>
  signedBy(key, `${encode(header)}.${encode(claims)}`)

/** A valid JWT with its text changed. */
const rewritten = (change: (header: string, claims: string, signature: string) => string) => {
  return (honest: Honest) => {
    const [header = '', claims = '', signature = ''] = but(honest, {}).split('.')
    return change(header, claims, signature)
  }
}

const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`
const order = Buffer.from('ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551', 'hex')
const one = Buffer.concat([Buffer.alloc(31), Buffer.from([1])])

type Rows = Record<string, (honest: Honest) => string>

const algorithms: Rows = Object.fromEntries([
  ...['none', 'None', 'NONE', 'nOnE', ' none', 'none\0'].flatMap((alg) => [
    [`${JSON.stringify(alg)} without a signature`, (h: Honest) => unsigned(h, alg)],
    [
      `${JSON.stringify(alg)} with a signature`,
      (h: Honest) => unsigned(h, alg, honestSignature(h)),
    ],
  ]),
  ...[undefined, null, 0, true, '', ['ES256'], ['none'], { alg: 'ES256' }, 'es256', 'ES256 '].map(
    (alg) => [`${JSON.stringify(alg)}`, (h: Honest) => but(h, { alg })],
  ),
  ...['ES256K', 'RS1', 'HS1', 'dir', 'RSA-OAEP', 'A128KW', 'toString', '__proto__'].map((alg) => [
    `${alg}, which is not supported`,
    (h: Honest) => but(h, { alg }),
  ]),
  ...['RS256', 'PS256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'].map((alg) => [
    `${alg} for a key of ES256`,
    (h: Honest) => but(h, { alg }),
  ]),
])

const keys: Rows = {
  ...Object.fromEntries(
    Object.keys(secretsOf(clientKey)).flatMap((form) =>
      ['HS256', 'HS384', 'HS512'].map((alg) => [
        `${alg} by the public key ${form}`,
        (h: Honest) => byHmac(h, secretsOf(h.key)[form] ?? Buffer.alloc(0), alg),
      ]),
    ),
  ),
  'HS256 by an empty key': (h) => byHmac(h, Buffer.alloc(0)),
  'HS256 by zeros': (h) => byHmac(h, Buffer.alloc(32)),
  'HS256 by a symmetric key of the key set': (h) =>
    byHmac(h, Buffer.alloc(32, 7), 'HS256', 'jwk' in h.header ? { jwk: oct } : { kid: 'oct' }),
  'another key of the same kid': (h) =>
    assemble(h.header, h.claims, (data) => signedBy(otherP256, data)),
  'a key of P-384 for ES256': (h) => withKey(h, p384, 'ES256'),
  'a key of P-384 for ES512': (h) => withKey(h, p384, 'ES512', 'sha512'),
  'a key of secp256k1 for ES256': (h) => withKey(h, secp256k1, 'ES256'),
  'a key of secp256k1 for ES256K': (h) => withKey(h, secp256k1, 'ES256K'),
  'a key of secp256k1 labelled P-256': (h) =>
    withKey(h, secp256k1, 'ES256').replace(/^[^.]+/, (header) =>
      encode(
        Buffer.from(header, 'base64url').toString().replace('"crv":"secp256k1"', '"crv":"P-256"'),
      ),
    ),
  'an RSA key of 1024 bits for RS256': (h) => withKey(h, shortRsa, 'RS256'),
  'an RSA key for ES256': (h) => withKey(h, serviceKeys[0] ?? shortRsa, 'ES256'),
  'an unknown kid': (h) => but(h, 'jwk' in h.header ? { jwk: {} } : { kid: 'unknown' }),
  'a kid that is a path': (h) =>
    but(h, 'jwk' in h.header ? { jwk: 'x' } : { kid: '../../../dev/null' }),
  'a kid that is an object': (h) => but(h, 'jwk' in h.header ? { jwk: [] } : { kid: {} }),
  'the key in its jwk header': (h) =>
    assemble(
      { ...h.header, kid: undefined, jwk: publicKey('jwk' in h.header ? clientKey : otherP256) },
      h.claims,
      (data) => signedBy(otherP256, data),
    ),
  'the private key in its jwk header': (h) =>
    assemble({ ...h.header, kid: undefined, jwk: otherP256 }, h.claims, (data) =>
      signedBy(otherP256, data),
    ),
  'the key at its jku or x5u header': (h) =>
    assemble(
      { ...h.header, kid: 'x', jku: 'https://evil.example/jwks', x5u: 'https://evil.example/x5u' },
      h.claims,
      (data) => signedBy(otherP256, data),
    ),
}

const signatures: Rows = {
  'no signature': (h) => unsigned(h, 'ES256'),
  'a signature of zeros': (h) => unsigned(h, 'ES256', Buffer.alloc(64)),
  'a signature of r = n, s = n': (h) => unsigned(h, 'ES256', Buffer.concat([order, order])),
  'a signature of r = 0, s = 1': (h) =>
    unsigned(h, 'ES256', Buffer.concat([Buffer.alloc(32), one])),
  'a signature of r = 1, s = 0': (h) =>
    unsigned(h, 'ES256', Buffer.concat([one, Buffer.alloc(32)])),
  'a signature in DER': (h) =>
    assemble(h.header, h.claims, (data) => signedBy(h.key, data, 'sha256', 'der')),
  'a signature by SHA-512': (h) =>
    assemble(h.header, h.claims, (data) => signedBy(h.key, data, 'sha512')),
  'a truncated signature': (h) => unsigned(h, 'ES256', honestSignature(h).subarray(0, 63)),
  'an extended signature': (h) =>
    unsigned(h, 'ES256', Buffer.concat([honestSignature(h), Buffer.alloc(1)])),
  'a signature of other claims': (h) => {
    const [header, , signature] = but(h, {}).split('.')
    return `${header}.${encode({ ...h.claims, extra: true })}.${signature}`
  },
  'a signature of another header': (h) => {
    const [, claims, signature] = but(h, {}).split('.')
    return `${encode({ ...h.header, extra: true })}.${claims}.${signature}`
  },
}

const extensions: Rows = {
  'an unknown critical extension': (h) => but(h, { crit: ['x'], x: 1 }),
  'an absent critical extension': (h) => but(h, { crit: ['x'] }),
  'an empty crit': (h) => but(h, { crit: [] }),
  'a string as crit': (h) => but(h, { crit: 'exp', exp: 1 }),
  'a crit of numbers': (h) => but(h, { crit: [1] }),
  'a crit of registered names': (h) => but(h, { crit: ['alg'] }),
  'an unencoded payload': ({ header, claims, key }) => {
    const data = `${encode({ ...header, b64: false, crit: ['b64'] })}.${JSON.stringify(claims)}`
    return `${data}.${signedBy(key, data).toString('base64url')}`
  },
}

const encodings: Rows = {
  'padding in the header': rewritten((h, c, s) => `${h}=.${c}.${s}`),
  'padding in the claims': rewritten((h, c, s) => `${h}.${c}==.${s}`),
  'padding in the signature': rewritten((h, c, s) => `${h}.${c}.${s}==`),
  'a space before it': rewritten((h, c, s) => ` ${h}.${c}.${s}`),
  'a space after it': rewritten((h, c, s) => `${h}.${c}.${s} `),
  'a line break after it': rewritten((h, c, s) => `${h}.${c}.${s}\n`),
  'a line break in it': rewritten((h, c, s) => `${h}.${c}.${s.slice(0, 20)}\r\n${s.slice(20)}`),
  'a tab in it': rewritten((h, c, s) => `${h}.${c.slice(0, 9)}\t${c.slice(9)}.${s}`),
  'the base64 alphabet': (h) => `${but(h, {}).replace(/.{4}$/, '++//')}`,
  'letters that are none': rewritten((h, c, s) => `${h}.${c}.${s.slice(0, -2)}é!`),
  'bits that are left over': rewritten((h, c, s) => `${h}.${c}.${s.slice(0, -1)}${next(s)}`),
  'a header that is no JSON': ({ claims }) => assemble('{', claims, () => 'x'),
  'a header that is a list': ({ claims }) => assemble([], claims, () => 'x'),
  'a header that is null': ({ claims }) => assemble('null', claims, () => 'x'),
  'a header in UTF-16': ({ header, claims }) =>
    `${Buffer.from(JSON.stringify(header), 'utf16le').toString('base64url')}.${encode(claims)}.eA`,
  'claims that are no JSON': ({ header, key }) => assemble(header, '{', (d) => signedBy(key, d)),
  'claims that are a list': ({ header, key }) => assemble(header, [], (d) => signedBy(key, d)),
  'claims that are null': ({ header, key }) => assemble(header, 'null', (d) => signedBy(key, d)),
  'claims that are text': ({ header, key }) => assemble(header, '"x"', (d) => signedBy(key, d)),
  'claims that are no text': ({ header, key }) => {
    const data = `${encode(header)}.${Buffer.from([0x7b, 0xff, 0x7d]).toString('base64url')}`
    return `${data}.${signedBy(key, data).toString('base64url')}`
  },
}

/** The last character of 64 bytes in base64url has four unused bits. */
const next = (signature: string) => {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  return alphabet[alphabet.indexOf(signature.slice(-1)) + 1] ?? ''
}

const shapes: Rows = {
  'one letter': () => 'x',
  'one dot': () => '.',
  'two dots': () => '..',
  'four dots': () => '....',
  'two parts': rewritten((h, c) => `${h}.${c}`),
  'four parts': rewritten((h, c, s) => `${h}.${c}.${s}.${s}`),
  'five parts': rewritten((h, c, s) => `${h}.${c}.${s}.${s}.${s}`),
  'no header': rewritten((_h, c, s) => `.${c}.${s}`),
  'no claims': rewritten((h, _c, s) => `${h}..${s}`),
  'thousands of dots': () => '.'.repeat(20_000),
  'the JSON serialization': rewritten((h, c, s) =>
    JSON.stringify({ payload: c, protected: h, signature: s }),
  ),
  'a deeply nested header': ({ header, claims }) =>
    assemble(`{"alg":"${header['alg']}","x":${nested(5_000)}}`, claims, () => 'x'),
  'claims that are deep': ({ header, claims }) => {
    const deep = JSON.stringify(claims).replace(/\}$/, `,"x":${nested(10_000)}}`)
    return assemble(header, deep, () => 'x')
  },
  'a deeply nested signed header': ({ header, claims, key }) => {
    const deep = JSON.stringify(header).replace(/\}$/, `,"x":${nested(11_000)}}`)
    return assemble(deep, claims, (data) => signedBy(key, data))
  },
  'signed claims that are deep': ({ header, claims, key }) => {
    const deep = JSON.stringify(claims).replace(/\}$/, `,"x":${nested(11_000)}}`)
    return assemble(header, deep, (data) => signedBy(key, data))
  },
  'signed claims that are just too deep': ({ header, claims, key }) => {
    const deep = JSON.stringify(claims).replace(/\}$/, `,"x":${nested(64)}}`)
    return assemble(header, deep, (data) => signedBy(key, data))
  },
  'a huge header': (h) => but(h, { x: 'x'.repeat(30_000) }),
  'claims that are huge': (h) => but(h, {}, { x: 'x'.repeat(30_000) }),
  'a huge signature': (h) => unsigned(h, 'ES256', Buffer.alloc(30_000)),
}

const hostile = { ...algorithms, ...keys, ...signatures, ...extensions, ...encodings, ...shapes }

describe.each(Object.entries(places))('%s', (_name, { error, honest, present }) => {
  it('is accepted if it is valid', async () => {
    const reply = await present(but(honest(), {}))
    expect(errorOf(reply), reply.text).toBeUndefined()
  })

  it.each(Object.entries(hostile))('is rejected with its own error: %s', async (_row, make) => {
    const reply = await present(make(honest()))
    expect(errorOf(reply), reply.text).toBe(error)
    expect(reply.body.action).not.toBe('INTERNAL_SERVER_ERROR')
  })
})

describe('client secret as HMAC key', () => {
  it('signs no assertion of a client with a registered key (RFC 8725 §3.1)', async () => {
    const place = places['a client assertion']
    const jwt = place && byHmac(place.honest(), Buffer.from(signing.clientSecret))
    expect(errorOf((await place?.present(jwt ?? '')) as Reply)).toBe('invalid_client')
  })

  it('signs no ID Token of a service that signs by its key (RFC 8725 §3.1)', async () => {
    const place = places['an ID Token hint']
    const jwt = place && byHmac(place.honest(), Buffer.from(plain.clientSecret))
    expect(errorOf((await place?.present(jwt ?? '')) as Reply)).toBe('invalid_request')
  })
})
