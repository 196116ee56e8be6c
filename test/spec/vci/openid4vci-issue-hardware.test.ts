/** Credentials that keys in hardware security modules sign. */
import { createPublicKey, type JsonWebKey, X509Certificate } from 'node:crypto'
import { importX509, type JWK, jwtVerify } from 'jose'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type KeyProvider, KeyProviderError } from '../../../src/system/key-provider.ts'
import { createPkcs11Provider } from '../../../src/system/pkcs11/provider.ts'
import { guardProvider } from '../../../src/system/providers/guarded-provider.ts'
import { createMemoryProvider } from '../../../src/system/providers/memory-provider.ts'
import { certificate } from '../../support/certificates.ts'
import { readMdoc, readSdJwt } from '../../support/credential-readers.ts'
import {
  createIssuing,
  credentialsOf,
  type Issuing,
  issuedRows,
  keepRequest,
  licencePayload,
} from '../../support/credential-requests.ts'
import { issuerRoot, licenceType, walletKey } from '../../support/credentials.ts'
import { issuer } from '../../support/flows.ts'
import { createSoftHsm, hasSoftHsm, type SoftHsm } from '../../support/softhsm.ts'
import { testSystem } from '../../support/system.ts'

const wanted = { kty: 'EC', use: 'sig', alg: 'ES256', set: 'credential' }

/** An issuer whose only key is in a module; returns its public half. */
async function issuerWith(provider: KeyProvider): Promise<{ issuing: Issuing; key: JWK }> {
  const keyProviders = new Map([[provider.name, provider]])
  const settings = { hsmEnabled: true, credentialJwks: undefined }
  const issuing = await createIssuing(settings, {}, { system: testSystem({ keyProviders }) })
  const { service } = issuing
  const created = await service.api('/hsk/create', { ...wanted, hsmName: provider.name })
  expect(created.action).toBe('SUCCESS')
  const { responseContent } = await service.api('/vci/jwks', {})
  return { issuing, key: JSON.parse(responseContent).keys[0] }
}

async function expectSigned({ service, issue }: Issuing, key: JWK): Promise<void> {
  const [credential = ''] = credentialsOf(await issue())
  const { header, claims } = await readSdJwt(credential, key, service.system.clock() / 1000)
  expect(header).toEqual({ alg: 'ES256', typ: 'dc+sd-jwt', kid: key.kid })
  expect(claims.degree).toBe('Master of Arts')
}

/** Attaches a certificate of the root of the issuer, and the root itself; returns the former. */
async function certify(
  { service }: Issuing,
  key: JWK,
  set = 'credential',
): Promise<X509Certificate> {
  const publicKey = createPublicKey({ key: key as JsonWebKey, format: 'jwk' })
  // The root signs; the private key of the certificate stays in the module.
  const held = { ...issuerRoot, publicKey }
  const names = { dns: ['issuer.example.com'] }
  const { base64, pem } = certificate({ issuer: issuerRoot, names, key: held })
  const order = { set, kid: key.kid, x5c: [base64, issuerRoot.base64] }
  const answer = await service.api('/service/keys/import', order)
  expect(answer).toMatchObject({ action: 'CREATED', keys: [{ certificate: { chainLength: 2 } }] })
  return new X509Certificate(pem)
}

/** Both formats present the certificate without the trust anchor, and it verifies them. */
async function expectCertified(issuing: Issuing, leaf: X509Certificate): Promise<void> {
  const { service, issue } = issuing
  const [credential = ''] = credentialsOf(await issue())
  const [jwt = ''] = credential.split('~')
  const by = await importX509(leaf.toString(), 'ES256')
  const currentDate = new Date(service.system.clock())
  const { protectedHeader } = await jwtVerify(jwt, by, { currentDate, clockTolerance: 3_600 })
  expect(protectedHeader.x5c).toEqual([leaf.raw.toString('base64')])
  const kept = { configurationId: 'mdl', keys: [(await walletKey()).publicJwk] }
  const answer = await issue({ credentialPayload: licencePayload }, kept)
  const { chain, alg, elements } = await readMdoc(credentialsOf(answer)[0] ?? '', licenceType)
  expect(alg).toBe('ES256')
  expect(elements).toMatchObject({ 'org.iso.18013.5.1': { family_name: 'Doe' } })
  expect(chain.map(({ raw }) => raw.toString('base64'))).toEqual([leaf.raw.toString('base64')])
  expect(leaf.verify(issuerRoot.publicKey)).toBe(true)
}

describe('key in a module', () => {
  let isBroken = false
  let made: { issuing: Issuing; key: JWK }
  beforeAll(async () => {
    const memory = createMemoryProvider('box')
    made = await issuerWith({
      ...memory,
      async sign(...given) {
        if (isBroken) throw new KeyProviderError('unavailable', 'broken')
        return memory.sign(...given)
      },
    })
  })
  afterAll(() => made.issuing.service.close())

  it('signs credentials', () => expectSigned(made.issuing, made.key))

  it('that cannot be used leaves the request open, and no issued credential', async () => {
    const { service, accessToken } = made.issuing
    const before = await issuedRows(service)
    const requestIdentifier = await keepRequest(service, accessToken)
    const order = { requestIdentifier, credentialPayload: '{"a":1}' }
    const issue = () => service.api('/vci/single/issue', { accessToken, order })
    isBroken = true
    const answer = await issue()
    isBroken = false
    expect(answer).toMatchObject({ action: 'INTERNAL_SERVER_ERROR', resultCode: 'P110001' })
    expect(await issuedRows(service)).toEqual(before)
    expect(await issue()).toMatchObject({ action: 'OK' })
  })
})

describe('key in a module, certified', () => {
  const provider = createMemoryProvider('box')
  let issuing: Issuing
  let key: JWK
  beforeEach(async () => {
    const made = await issuerWith(provider)
    issuing = made.issuing
    key = made.key
  })
  afterEach(() => issuing.service.close())

  it('is required for an mdoc (ISO 18013-5 §9.1.2.4)', async () => {
    const kept = { configurationId: 'mdl', keys: [(await walletKey()).publicJwk] }
    const refused = await issuing.issue({ credentialPayload: licencePayload }, kept)
    expect(refused).toMatchObject({ resultCode: 'P128004' })
    await expectCertified(issuing, await certify(issuing, key))
  })

  it('makes a service fit for HAIP, unless it is disabled (HAIP §6.1.1)', async () => {
    const { service } = issuing
    const profile = { haipVersion: '1.0-Final', pushedAuthReqEndpoint: `${issuer}/par` }
    const settings = { hsmEnabled: true, ...profile }
    const problem = 'HAIP requires a private key with x5c'
    expect((await service.configure(settings)).resultMessage).toContain(problem)
    await certify(issuing, key)
    expect((await service.configure({ ...settings, hsmEnabled: false })).resultMessage).toContain(
      problem,
    )
    expect(await service.configure(settings)).toMatchObject({ haipVersion: '1.0-Final' })
  })

  it('does not make a service fit for HAIP by a key of another set', async () => {
    const { service } = issuing
    const profile = { haipVersion: '1.0-Final', pushedAuthReqEndpoint: `${issuer}/par` }
    const held = { ...wanted, set: 'protocol', hsmName: 'box' }
    expect((await service.api('/hsk/create', held)).action).toBe('SUCCESS')
    const { keys } = await service.get(`/api/${service.serviceId}/service/jwks/get`)
    await certify(issuing, keys.at(-1), 'protocol')
    const refused = await service.configure({ hsmEnabled: true, ...profile })
    expect(refused.resultMessage).toContain('HAIP requires a private key with x5c')
  })
})

describe.skipIf(!hasSoftHsm)('key in SoftHSM', () => {
  let hsm: SoftHsm
  let provider: ReturnType<typeof createPkcs11Provider>
  let made: { issuing: Issuing; key: JWK }
  beforeAll(async () => {
    hsm = createSoftHsm()
    provider = createPkcs11Provider('soft', { ...hsm, sessions: 1, environment: process.env })
    made = await issuerWith(guardProvider(provider, { guard: { timeoutMs: 20_000 } }))
  })
  afterAll(async () => {
    await made?.issuing.service.close()
    await provider.close()
    hsm.remove()
  })

  it('signs credentials', () => expectSigned(made.issuing, made.key))

  it('signs an mdoc and an SD-JWT VC with its certificate (ISO 18013-5 §9.1.2.4)', async () =>
    expectCertified(made.issuing, await certify(made.issuing, made.key)))
})
