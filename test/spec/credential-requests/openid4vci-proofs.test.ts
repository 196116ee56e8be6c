/** Proofs of possession of the type `jwt`, and what of them is used once: OpenID4VCI §F.1, §13.8. */
import { generateKeyPairSync } from 'node:crypto'
import { CompactSign, exportJWK } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  configurations,
  createIssuer,
  credentialIssuer,
  credentialRequest,
  fetchNonce,
  issuerMetadata,
  makeProof,
  obtainCredentialToken,
  type WalletKey,
  walletKey,
} from '../../support/credentials.ts'
import type { TestService } from '../../support/flows.ts'
import { createOffer, redeemOffer } from '../../support/offers.ts'
import type { Json } from '../../support/server.ts'
import { sharedStore } from '../../support/stores.ts'

type Options = Partial<Parameters<typeof makeProof>[2]> & { key?: WalletKey }

const store = sharedStore()
let service: TestService
let client: Json
let key: WalletKey
let accessToken: string
beforeAll(async () => {
  const did = { cryptographic_binding_methods_supported: ['jwk', 'did:jwk'] }
  const known = {
    ...configurations,
    by_did: { ...configurations['diploma'], ...did, scope: 'diploma' },
    unbound: { format: 'dc+sd-jwt', vct: 'https://credentials.example.com/u', scope: 'diploma' },
  }
  const credentialsSupported = JSON.stringify(known)
  service = await createIssuer({}, { credentialsSupported }, { on: store() })
  client = await service.client()
  key = await walletKey()
  accessToken = await obtainCredentialToken(service, client)
})
afterAll(() => service.close())

const now = () => service.system.clock()
const seconds = () => Math.floor(now() / 1000)

/** A good proof with a new nonce, but for the options. */
const newProof = async ({ key: other = key, ...more }: Options = {}): Promise<string> =>
  makeProof(other, client.clientId, {
    now: now(),
    nonce: 'nonce' in more ? more.nonce : await fetchNonce(service),
    ...more,
  })

const parse = (requestContent: string, at = service, token = accessToken): Promise<Json> =>
  at.api('/vci/single/parse', { accessToken: token, requestContent })

const errorOf = ({ responseContent }: Json): string => JSON.parse(responseContent).error

const didOf = ({ publicJwk }: WalletKey): string =>
  `did:jwk:${Buffer.from(JSON.stringify(publicJwk)).toString('base64url')}#0`

describe('proof of possession', () => {
  it.each(['ES256', 'EdDSA', 'PS256'])('by an %s key binds the credential to it', async (alg) => {
    const other = await walletKey(alg)
    const { action, info } = await parse(credentialRequest([await newProof({ key: other })]))
    expect(action).toBe('OK')
    const { kty, crv, x, y, n, e } = other.publicJwk
    const expected = Object.entries({ kty, crv, x, y, n, e }).filter(([, value]) => value)
    expect(JSON.parse(info.bindingKey)).toEqual(Object.fromEntries(expected))
  })

  it('may leave out iss (OpenID4VCI §F.1)', async () => {
    const proof = await newProof({ claims: { iss: undefined } })
    expect(await parse(credentialRequest([proof]))).toMatchObject({ action: 'OK' })
  })

  it('names its key as did:jwk where the configuration has that method', async () => {
    const header = { jwk: undefined, kid: didOf(key) }
    const content = async (id: string) =>
      credentialRequest([await newProof({ header })], { credential_configuration_id: id })
    const { action, info } = await parse(await content('by_did'))
    expect(action).toBe('OK')
    expect(JSON.parse(info.bindingKey)).toMatchObject({ x: key.publicJwk.x })
    expect(await parse(await content('diploma'))).toMatchObject({ resultCode: 'P126106' })
  })

  it('has no effect where the credential is not bound to a key', async () => {
    const more = { credential_configuration_id: 'unbound' }
    for (const proofs of [[], ['no proof at all']]) {
      const { action, info } = await parse(credentialRequest(proofs, more))
      expect(action).toBe('OK')
      expect(info).not.toHaveProperty('bindingKey')
      expect(info).not.toHaveProperty('bindingKeys')
    }
  })

  it('is one of several, each for a key of its own', async () => {
    const keys = await Promise.all(Array.from({ length: 10 }, () => walletKey()))
    const nonce = await fetchNonce(service)
    const proofs = await Promise.all(keys.map((each) => newProof({ key: each, nonce })))
    const { action, info } = await parse(credentialRequest(proofs))
    expect(action).toBe('OK')
    const bound: Json[] = info.bindingKeys.map((each: string) => JSON.parse(each))
    expect(bound.map(({ x }) => x)).toEqual(keys.map(({ publicJwk }) => publicJwk.x))
    expect(info.bindingKey).toBe(info.bindingKeys[0])
  })
})

const changed = async (change: (parts: string[]) => void) => {
  const parts = (await newProof()).split('.')
  change(parts)
  return parts.join('.')
}
const rsa = async (modulusLength: number): Promise<WalletKey> => {
  const pair = generateKeyPairSync('rsa', { modulusLength })
  return {
    alg: 'PS256',
    privateKey: pair.privateKey as never,
    publicJwk: await exportJWK(pair.publicKey),
  }
}
const one = (options: Options) => async () => credentialRequest([await newProof(options)])
const given = (proofs: unknown) => async () => credentialRequest([], { proofs })

/** Refused requests: what is wrong, the content, the code of the rule, and the error. */
const refused: [string, () => Promise<string>, string, string?][] = [
  ['without proofs', given(undefined), 'P126001'],
  ['with proofs that are a list', given([]), 'P126002'],
  ['with no proof type', given({}), 'P126002'],
  ['with two proof types', given({ jwt: ['a'], attestation: ['b'] }), 'P126002'],
  ['with the type di_vp', given({ di_vp: [{}] }), 'P126003'],
  ['with a type that the configuration lacks', given({ cwt: ['a'] }), 'P126004'],
  ['with the type constructor', given({ constructor: ['a'] }), 'P126004'],
  ['with a proof instead of a list', given({ jwt: 'a' }), 'P126005'],
  ['with an empty list', given({ jwt: [] }), 'P126005'],
  ['with a proof that is no text', given({ jwt: [{}] }), 'P126005'],
  ['with eleven proofs', given({ jwt: Array(11).fill('a') }), 'P126006'],
  ['with two attestations', given({ attestation: ['a', 'b'] }), 'P126007'],
  ['with a proof that is no JWT', given({ jwt: ['a.b'] }), 'P126101'],
  ['with a proof of another typ', one({ header: { typ: 'JWT' } }), 'P126101'],
  [
    'with an algorithm that is not listed',
    async () => {
      const other = await walletKey('ES384')
      return credentialRequest([await newProof({ key: other })])
    },
    'P126102',
  ],
  [
    'with the algorithm none',
    async () => {
      const header = { typ: 'openid4vci-proof+jwt', alg: 'none', jwk: key.publicJwk }
      const first = Buffer.from(JSON.stringify(header)).toString('base64url')
      return credentialRequest([`${first}.e30.`])
    },
    'P126102',
  ],
  ['with x5c', one({ header: { jwk: undefined, x5c: ['AA=='] } }), 'P126103'],
  ['without a key', one({ header: { jwk: undefined } }), 'P126104'],
  ['with jwk and kid', one({ header: { kid: '0' } }), 'P126104'],
  [
    'with a private key',
    async () => {
      const { privateKey, publicJwk } = await walletKey()
      const jwk = await exportJWK(privateKey)
      return credentialRequest([
        await newProof({ key: { alg: 'ES256', privateKey, publicJwk }, header: { jwk } }),
      ])
    },
    'P126105',
  ],
  [
    'with a key of 1,024 bits',
    async () => {
      const short = await rsa(1024)
      // The library of the test refuses to sign with it.
      return credentialRequest([await newProof({ header: { jwk: short.publicJwk } })])
    },
    'P126105',
  ],
  [
    'with a point that is not on its curve',
    async () => {
      const jwk = { ...key.publicJwk, y: key.publicJwk.x }
      return credentialRequest([await newProof({ header: { jwk } })])
    },
    'P126105',
  ],
  [
    'with a key of more than 4 KB',
    async () => {
      const jwk = { ...key.publicJwk, more: 'x'.repeat(4_096) }
      return credentialRequest([await newProof({ header: { jwk } })])
    },
    'P126105',
  ],
  ['with an unknown kid', one({ header: { jwk: undefined, kid: 'key-1' } }), 'P126106'],
  [
    'signed by another key',
    async () => {
      const { publicJwk } = await walletKey()
      return credentialRequest([await newProof({ header: { jwk: publicJwk } })])
    },
    'P126109',
  ],
  [
    'with another payload than was signed',
    async () => {
      const { payload } = { payload: { aud: credentialIssuer, iat: 1 } }
      const proof = await changed((parts) => {
        parts[1] = Buffer.from(JSON.stringify(payload)).toString('base64url')
      })
      return credentialRequest([proof])
    },
    'P126109',
  ],
  [
    'with half a signature',
    async () => {
      const proof = await changed((parts) => {
        parts[2] = Buffer.alloc(32, 7).toString('base64url')
      })
      return credentialRequest([proof])
    },
    'P126109',
  ],
  [
    'with a critical header member that is unknown',
    async () => {
      const known = { typ: 'openid4vci-proof+jwt', alg: key.alg, jwk: key.publicJwk }
      const claims = { aud: credentialIssuer, iat: seconds(), nonce: await fetchNonce(service) }
      const signer = new CompactSign(Buffer.from(JSON.stringify(claims)))
      signer.setProtectedHeader({ ...known, crit: ['unknown'], unknown: 1 })
      return credentialRequest([await signer.sign(key.privateKey, { crit: { unknown: true } })])
    },
    'P126109',
  ],
  [
    'with claims that are no object',
    async () => {
      const known = { typ: 'openid4vci-proof+jwt', alg: key.alg, jwk: key.publicJwk }
      const signer = new CompactSign(Buffer.from('[]')).setProtectedHeader(known)
      return credentialRequest([await signer.sign(key.privateKey)])
    },
    'P126109',
  ],
  ['for another issuer', one({ claims: { aud: 'https://issuer.example.org' } }), 'P126110'],
  ['for a list of issuers', one({ claims: { aud: [credentialIssuer] } }), 'P126110'],
  ['of another client', one({ claims: { iss: 'another' } }), 'P126111'],
  ['without iat', one({ claims: { iat: undefined } }), 'P126112'],
  ['with an iat that is a text', one({ claims: { iat: '1767225600' } }), 'P126112'],
  ['without a nonce', one({ nonce: undefined }), 'P126201'],
  ['with a nonce that is a number', one({ claims: { nonce: 7 } }), 'P126201'],
  ['with an unknown nonce', one({ nonce: 'unknown' }), 'P121001', 'invalid_nonce'],
  [
    'with two proofs for one key',
    async () => {
      const nonce = await fetchNonce(service)
      return credentialRequest([await newProof({ nonce }), await newProof({ nonce })])
    },
    'P126202',
  ],
  [
    'with one good proof and one without a nonce',
    async () => {
      const other = await walletKey()
      return credentialRequest([await newProof(), await newProof({ key: other, nonce: undefined })])
    },
    'P126201',
  ],
]

describe('refused credential request', () => {
  it.each(refused)(
    '%s (OpenID4VCI §8.3.1.2)',
    async (_, content, code, error = 'invalid_proof') => {
      const answer = await parse(await content())
      expect(answer).toMatchObject({ action: 'BAD_REQUEST', resultCode: code })
      expect(errorOf(answer)).toBe(error)
    },
  )

  it('with a wrong signature and a wrong nonce is refused for its signature', async () => {
    const { publicJwk } = await walletKey()
    const proof = await newProof({ header: { jwk: publicJwk }, nonce: 'unknown' })
    expect(errorOf(await parse(credentialRequest([proof])))).toBe('invalid_proof')
  })

  it('does not use its nonce', async () => {
    const nonce = await fetchNonce(service)
    const wrong = await newProof({ nonce, claims: { aud: 'https://issuer.example.org' } })
    expect(await parse(credentialRequest([wrong]))).toMatchObject({ action: 'BAD_REQUEST' })
    const right = await newProof({ nonce })
    expect(await parse(credentialRequest([right]))).toMatchObject({ action: 'OK' })
  })
})

describe('proof for a token without a client', () => {
  it('has no iss (OpenID4VCI §F.1)', async () => {
    const settings = { preAuthorizedGrantAnonymousAccessSupported: true }
    const open = await createIssuer(settings, {}, service)
    const tokens = await redeemOffer(open, await createOffer(open))
    const ask = async (clientId: string | undefined) => {
      const nonce = await fetchNonce(open)
      const proof = await makeProof(key, clientId, { now: now(), nonce })
      return parse(credentialRequest([proof]), open, tokens.accessToken)
    }
    expect(await ask('0')).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P126111' })
    expect(await ask(undefined)).toMatchObject({ action: 'OK' })
  })
})

describe('nonce of proofs', () => {
  it('expires (OpenID4VCI §13.8)', async () => {
    const [first, second] = [await fetchNonce(service), await fetchNonce(service)]
    service.system.clock.advance(300_000)
    expect(await parse(await one({ nonce: first })())).toMatchObject({ action: 'OK' })
    service.system.clock.advance(1)
    const late = await parse(await one({ nonce: second })())
    expect(late).toMatchObject({ resultCode: 'P121001' })
    expect(errorOf(late)).toBe('invalid_nonce')
  })

  it('is one of this service', async () => {
    const other = await createIssuer({}, {}, service)
    const answer = await parse(await one({ nonce: await fetchNonce(other) })())
    expect(answer).toMatchObject({ resultCode: 'P121001' })
  })

  it('tells the age of a proof, whatever its iat is', async () => {
    const proof = one({ claims: { iat: seconds() - 100_000 } })
    expect(await parse(await proof())).toMatchObject({ action: 'OK' })
  })

  it('is used by one of fifty requests at the same time', async () => {
    const nonce = await fetchNonce(service)
    const keys = await Promise.all(Array.from({ length: 50 }, () => walletKey()))
    const contents = await Promise.all(
      keys.map(async (each) => credentialRequest([await newProof({ key: each, nonce })])),
    )
    const answers = await Promise.all(contents.map((content) => parse(content)))
    const accepted = answers.filter(({ action }) => action === 'OK')
    expect(accepted).toHaveLength(1)
    const others = answers.filter(({ action }) => action !== 'OK')
    expect(new Set(others.map(({ resultCode }) => resultCode))).toEqual(new Set(['P121002']))
    expect(errorOf(others[0])).toBe('invalid_nonce')
  })

  it('serves several requests with ext.vci.nonce.use=window, each proof once', async () => {
    const attributes = [{ key: 'ext.vci.nonce.use', value: 'window' }]
    const windowed = await createIssuer({ attributes }, {}, service)
    const wallet = await windowed.client()
    const token = await obtainCredentialToken(windowed, wallet)
    const nonce = await fetchNonce(windowed)
    const proofFor = (id: string, more: Options = {}) =>
      makeProof(key, wallet.clientId, { now: now(), nonce, claims: { for: id }, ...more })
    const ask = async (proof: string) => parse(credentialRequest([proof]), windowed, token)
    const first = await proofFor('diploma')
    expect(await ask(first)).toMatchObject({ action: 'OK' })
    expect(await ask(await proofFor('again'))).toMatchObject({ action: 'OK' })
    const repeated = await ask(first)
    expect(repeated).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P126203' })
    // ES256 has no single signature of a text, so the wallet can sign it once more.
    const [header = '', payload = ''] = first.split('.')
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString())
    const resigned = await makeProof(key, wallet.clientId, { now: now(), claims })
    expect(resigned.startsWith(`${header}.${payload}.`)).toBe(true)
    expect(await ask(resigned)).toMatchObject({ resultCode: 'P126203' })
    const late = await proofFor('late')
    service.system.clock.advance(300_001)
    expect(await ask(late)).toMatchObject({ resultCode: 'P121001' })
  })

  it('has two values of ext.vci.nonce.use only', async () => {
    const attributes = [{ key: 'ext.vci.nonce.use', value: 'twice' }]
    expect(await service.configure({ attributes })).toMatchObject({ resultCode: 'P000206' })
  })
})

describe('service without a nonce endpoint', () => {
  it('accepts each proof once, for five minutes before and after its iat (§13.8)', async () => {
    const metadata = issuerMetadata({ nonceEndpoint: undefined })
    const plain = await createIssuer({ credentialIssuerMetadata: metadata }, {}, service)
    const wallet = await plain.client()
    const token = await obtainCredentialToken(plain, wallet)
    const ask = async (age: number) => {
      const proof = await makeProof(key, wallet.clientId, { now: now() - age * 1000 })
      return [proof, await parse(credentialRequest([proof]), plain, token)] as const
    }
    const [proof, first] = await ask(0)
    expect(first).toMatchObject({ action: 'OK' })
    const again = await parse(credentialRequest([proof]), plain, token)
    expect(again).toMatchObject({ resultCode: 'P126203' })
    for (const age of [300, -300]) expect((await ask(age))[1]).toMatchObject({ action: 'OK' })
    for (const age of [301, -302]) {
      expect((await ask(age))[1]).toMatchObject({ resultCode: 'P126113' })
    }
  })
})

describe('batch size of the issuer', () => {
  it('is one, if the metadata has none', async () => {
    const metadata = issuerMetadata({ batchSize: undefined })
    const single = await createIssuer({ credentialIssuerMetadata: metadata }, {}, service)
    const token = await obtainCredentialToken(single, await single.client())
    const content = credentialRequest(['a', 'b'])
    expect(await parse(content, single, token)).toMatchObject({ resultCode: 'P126006' })
  })

  it('is at most a hundred', async () => {
    const metadata = issuerMetadata({ batchSize: 100 })
    const large = await createIssuer({ credentialIssuerMetadata: metadata }, {}, service)
    const token = await obtainCredentialToken(large, await large.client())
    const content = credentialRequest(Array(101).fill('a'))
    expect(await parse(content, large, token)).toMatchObject({ resultCode: 'P126006' })
    const more = issuerMetadata({ batchSize: 101 })
    expect(await large.configure({ credentialIssuerMetadata: more })).toMatchObject({
      resultCode: 'P000206',
    })
  })
})
