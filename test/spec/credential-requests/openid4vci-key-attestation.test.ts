/** Key attestations, by themselves and in proofs of possession: OpenID4VCI §D.1, HAIP §4.5.1. */
import { generateKeyPairSync } from 'node:crypto'
import { exportJWK } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { authority, certificate } from '../../support/certificates.ts'
import {
  configurations,
  createIssuer,
  credentialRequest,
  fetchNonce,
  issuerMetadata,
  makeKeyAttestation,
  makeProof,
  obtainCredentialToken,
  type WalletKey,
  walletKey,
} from '../../support/credentials.ts'
import { issuer, type TestService } from '../../support/flows.ts'
import { jwksOf } from '../../support/keys.ts'
import type { Json } from '../../support/server.ts'
import { sharedStore } from '../../support/stores.ts'

type Options = Partial<Parameters<typeof makeKeyAttestation>[2]>
type Attester = Parameters<typeof makeKeyAttestation>[1]

const store = sharedStore()
const root = authority('Attester root')
const between = authority('Attester between', { issuer: root })
const leaf = certificate({ subject: [['CN', 'Wallet provider']], issuer: between })
const x5c = [leaf.base64, between.base64]
const attestation = {
  proof_signing_alg_values_supported: ['ES256'],
  key_attestations_required: {
    key_storage: ['iso_18045_high', 'iso_18045_moderate'],
    user_authentication: ['iso_18045_high'],
  },
}
const required = { ...configurations['diploma'], scope: 'diploma' }
const credentialsSupported = JSON.stringify({
  ...configurations,
  strong: { ...required, proof_types_supported: { jwt: attestation, attestation } },
})
const roots = { keyAttesterRootsEnabled: true, keyAttesterRoots: [root.pem] }

let service: TestService
let client: Json
let registered: WalletKey
let keys: WalletKey[]
let accessToken: string
beforeAll(async () => {
  service = await createIssuer(roots, { credentialsSupported }, { on: store() })
  registered = await walletKey()
  client = await service.client({ jwks: jwksOf({ ...registered.publicJwk, kid: 'provider' }) })
  keys = await Promise.all(Array.from({ length: 3 }, () => walletKey()))
  accessToken = await obtainCredentialToken(service, client)
})
afterAll(() => service.close())

const now = () => service.system.clock()
const seconds = () => Math.floor(now() / 1000)
const publicKeys = () => keys.map(({ publicJwk }) => publicJwk)

/** A good attestation of three keys by the leaf, with a new nonce, but for the options. */
async function attest(options: Options = {}, by?: Attester, at = service): Promise<string> {
  const { header = {}, ...more } = options
  return makeKeyAttestation(publicKeys(), by ?? { privateKey: leaf.privateKey }, {
    now: now(),
    nonce: 'nonce' in more ? more.nonce : await fetchNonce(at),
    ...more,
    header: { x5c, ...header },
  })
}

const parse = (requestContent: string, at = service, token = accessToken): Promise<Json> =>
  at.api('/vci/single/parse', { accessToken: token, requestContent })

/** A request with an attestation by itself. */
const alone = async (text: string | Promise<string>, id = 'diploma') =>
  credentialRequest([], {
    credential_configuration_id: id,
    proofs: { attestation: [await text] },
  })

/** A request with a proof of possession that has an attestation, by the first of the keys. */
async function proven(
  text: string | undefined | Promise<string>,
  header: Record<string, unknown> = {},
  id = 'diploma',
): Promise<string> {
  const proof = await makeProof(keys[0] as WalletKey, client.clientId, {
    now: now(),
    nonce: await fetchNonce(service),
    header: { key_attestation: await text, ...header },
  })
  return credentialRequest([proof], { credential_configuration_id: id })
}

const boundTo = ({ info }: Json): (string | undefined)[] =>
  info.bindingKeys.map((text: string) => JSON.parse(text).x)
const all = () => publicKeys().map(({ x }) => x)

describe('key attestation', () => {
  it('binds a credential to each of its keys (OpenID4VCI §F.3)', async () => {
    const claims = {
      iss: 'https://provider.example.com',
      key_storage: ['iso_18045_high'],
      user_authentication: ['iso_18045_basic'],
      certification: 'https://provider.example.com/certificate',
      status: { status_list: { idx: 1, uri: 'https://provider.example.com/status' } },
    }
    const answer = await parse(await alone(attest({ claims: { ...claims, more: 1 } })))
    expect(answer).toMatchObject({ action: 'OK' })
    expect(boundTo(answer)).toEqual(all())
    expect(JSON.parse(answer.info.keyAttestation)).toEqual(claims)
  })

  it('needs no exp by itself', async () => {
    const answer = await parse(await alone(attest({ claims: { exp: undefined } })))
    expect(answer).toMatchObject({ action: 'OK' })
  })

  it('in a proof binds to all of its keys, named by kid or place (OpenID4VCI §F.1)', async () => {
    const named = publicKeys().map((jwk, index) => ({ ...jwk, kid: `key-${index}` }))
    for (const header of [{}, { jwk: undefined, kid: '0' }, { jwk: undefined, kid: 'key-0' }]) {
      const answer = await parse(await proven(attest({ claims: { attested_keys: named } }), header))
      expect(answer).toMatchObject({ action: 'OK' })
      expect(boundTo(answer)).toEqual(all())
      expect(answer.info.keyAttestation).toBe('{}')
    }
  })

  it('in several proofs binds to the key of each', async () => {
    const nonce = await fetchNonce(service)
    const text = await attest({ nonce })
    const proofs = await Promise.all(
      keys.slice(0, 2).map((each) =>
        makeProof(each, client.clientId, {
          now: now(),
          nonce,
          header: { key_attestation: text },
        }),
      ),
    )
    const answer = await parse(credentialRequest(proofs))
    expect(answer).toMatchObject({ action: 'OK' })
    expect(boundTo(answer)).toEqual(all().slice(0, 2))
  })

  it('may be signed with a key of the client, unless roots are required', async () => {
    const header = { x5c: undefined, kid: 'provider' }
    const text = () => attest({ header }, registered)
    expect(await parse(await alone(text()))).toMatchObject({ action: 'OK' })
    await service.configure({ ...roots, keyAttesterRootsOnly: true })
    expect(await parse(await alone(text()))).toMatchObject({ resultCode: 'P127004' })
    await service.configure({ keyAttesterRootsEnabled: false })
    // Without trusted roots, certificates are ignored.
    expect(await parse(await alone(attest()))).toMatchObject({ resultCode: 'P127007' })
    await service.configure({})
  })

  it('of the right resistance satisfies a configuration that requires it', async () => {
    const claims = {
      key_storage: ['iso_18045_moderate', 'other'],
      user_authentication: ['iso_18045_high'],
    }
    const contents = [
      await alone(attest({ claims }), 'strong'),
      await proven(attest({ claims }), {}, 'strong'),
    ]
    for (const content of contents) expect(await parse(content)).toMatchObject({ action: 'OK' })
  })
})

const having = (options: Options) => () => alone(attest(options))
const claiming = (claims: Record<string, unknown>) => having({ claims })
const certified = (chain: unknown) => having({ header: { x5c: chain } })
const expired = certificate({ issuer: root, from: Date.UTC(2020, 0, 1), to: Date.UTC(2021, 0, 1) })
const stranger = authority('Stranger')

/** Refused requests: what is wrong, the content, and the code of the rule. */
const refused: [string, () => Promise<string>, string][] = [
  ['that is no JWT', () => alone('attestation'), 'P127001'],
  ['of another typ', having({ header: { typ: 'keyattestation+jwt' } }), 'P127001'],
  ['in a proof, that is no text', () => proven(undefined, { key_attestation: {} }), 'P127001'],
  [
    'with an algorithm that is not listed',
    async () => alone(attest({}, await walletKey('ES384'))),
    'P127002',
  ],
  ['with an empty x5c', certified([]), 'P127003'],
  ['with x5c that is no text', certified([1]), 'P127003'],
  ['with x5c that is no certificate', certified(['AA==']), 'P127003'],
  ['with six certificates', certified(Array(6).fill(leaf.base64)), 'P127003'],
  ['with certificates of a stranger', certified([stranger.base64]), 'P127005'],
  ['with certificates that miss one', certified([leaf.base64]), 'P127005'],
  [
    'with an expired certificate',
    () => alone(attest({ header: { x5c: [expired.base64] } }, { privateKey: expired.privateKey })),
    'P127005',
  ],
  ['signed by another key', async () => alone(attest({}, await walletKey())), 'P127007'],
  [
    'of a key that the client does not have',
    async () => alone(attest({ header: { x5c: undefined } }, await walletKey())),
    'P127007',
  ],
  ['without iat', claiming({ iat: undefined }), 'P127008'],
  ['from the future', claiming({ iat: 4_000_000_000 }), 'P127008'],
  ['in a proof, without exp', () => proven(attest({ claims: { exp: undefined } })), 'P127009'],
  ['that has expired', claiming({ exp: 1 }), 'P127010'],
  ['with an exp that is a text', claiming({ exp: '4000000000' }), 'P127010'],
  ['without keys', claiming({ attested_keys: [] }), 'P127011'],
  ['with keys that are an object', claiming({ attested_keys: {} }), 'P127011'],
  ['with a key that is none', claiming({ attested_keys: [{ kty: 'EC' }] }), 'P127013'],
  ['with a key that is no object', claiming({ attested_keys: ['key'] }), 'P127013'],
  [
    'with a private key',
    async () => {
      const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
      return claiming({ attested_keys: [await exportJWK(pair.privateKey)] })()
    },
    'P127013',
  ],
  [
    'with eleven keys',
    async () => claiming({ attested_keys: Array(11).fill((await walletKey()).publicJwk) })(),
    'P127012',
  ],
  [
    'with one key twice',
    async () => claiming({ attested_keys: Array(2).fill((await walletKey()).publicJwk) })(),
    'P126202',
  ],
  [
    'of a storage that is not enough',
    () => alone(attest({ claims: { key_storage: ['iso_18045_basic'] } }), 'strong'),
    'P127014',
  ],
  ['that states no storage', () => alone(attest(), 'strong'), 'P127014'],
  [
    'of a user authentication that is not enough',
    () =>
      proven(
        attest({
          claims: { key_storage: ['iso_18045_high'], user_authentication: ['iso_18045_basic'] },
        }),
        {},
        'strong',
      ),
    'P127015',
  ],
  ['without a nonce', having({ nonce: undefined }), 'P126201'],
  ['in a proof, without a nonce', () => proven(attest({ nonce: undefined })), 'P126201'],
  ['with an unknown nonce', having({ nonce: 'unknown' }), 'P121001'],
  [
    'in a proof by a key that it does not attest',
    async () => proven(attest({ claims: { attested_keys: publicKeys().slice(1) } })),
    'P126107',
  ],
  [
    'in a proof whose kid it does not have',
    () => proven(attest(), { jwk: undefined, kid: '3' }),
    'P126106',
  ],
  [
    'that is missing from a proof, although it is required',
    () => proven(undefined, {}, 'strong'),
    'P126108',
  ],
]

describe('refused key attestation', () => {
  it.each(refused)('is one %s', async (_, content, code) => {
    const answer = await parse(await content())
    expect(answer).toMatchObject({ action: 'BAD_REQUEST', resultCode: code })
    const error = code.startsWith('P121') ? 'invalid_nonce' : 'invalid_proof'
    expect(JSON.parse(answer.responseContent).error).toBe(error)
  })

  it('is one whose nonce another request has used (OpenID4VCI §13.8)', async () => {
    const nonce = await fetchNonce(service)
    const contents = [await alone(attest({ nonce })), await alone(attest({ nonce }))]
    const answers = await Promise.all(contents.map((content) => parse(content)))
    expect(answers.map(({ action }) => action).sort()).toEqual(['BAD_REQUEST', 'OK'])
  })
})

describe('service without a nonce endpoint', () => {
  it('accepts an attestation again until it expires', async () => {
    const metadata = issuerMetadata({ nonceEndpoint: undefined })
    const plain = await createIssuer({ ...roots, credentialIssuerMetadata: metadata }, {}, service)
    const token = await obtainCredentialToken(plain, await plain.client())
    const content = await alone(attest({ nonce: undefined, claims: { exp: seconds() + 60 } }))
    for (const _ of [1, 2]) {
      expect(await parse(content, plain, token)).toMatchObject({ action: 'OK' })
    }
    service.system.clock.advance(71_000)
    expect(await parse(content, plain, token)).toMatchObject({ resultCode: 'P127010' })
  })
})

describe('high assurance profile', () => {
  it.each(['service', 'client'])(
    'of the %s requires x5c without a trust anchor and with a leaf that is not self-signed (HAIP §4.5.1)',
    async (owner) => {
      const version = { haipVersion: '1.0' }
      const pushed = { pushedAuthReqEndpoint: `${issuer}/par` }
      const own = authority('Self-signed', {})
      const settings = { ...roots, keyAttesterRoots: [root.pem, own.pem] }
      const at = await createIssuer(
        { ...settings, ...pushed, ...(owner === 'service' ? version : {}) },
        {},
        service,
      )
      const wallet = await at.client(owner === 'client' ? version : {})
      const token = await obtainCredentialToken(at, wallet)
      const ask = async (header: Record<string, unknown>, by?: Attester) =>
        parse(await alone(attest({ header }, by, at)), at, token)
      expect(await ask({})).toMatchObject({ action: 'OK' })
      expect(await ask({ x5c: undefined })).toMatchObject({ resultCode: 'P127004' })
      const whole = await ask({ x5c: [...x5c, root.base64] })
      expect(whole).toMatchObject({ resultCode: 'P127006' })
      const selfSigned = await ask({ x5c: [own.base64] }, { privateKey: own.privateKey })
      expect(selfSigned).toMatchObject({ resultCode: 'P127006' })
    },
  )

  it('does not apply to other services', async () => {
    const answer = await parse(await alone(attest({ header: { x5c: [...x5c, root.base64] } })))
    expect(answer).toMatchObject({ action: 'OK' })
  })
})
