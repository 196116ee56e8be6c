/** Credentials that keys in hardware security modules sign. */
import type { JWK } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { guardProvider } from '../../../src/system/guarded-provider.ts'
import { type KeyProvider, KeyProviderError } from '../../../src/system/key-provider.ts'
import { createMemoryProvider } from '../../../src/system/memory-provider.ts'
import { createPkcs11Provider } from '../../../src/system/pkcs11/provider.ts'
import { readSdJwt } from '../../support/credential-readers.ts'
import {
  createIssuing,
  credentialsOf,
  type Issuing,
  issuedRows,
  keepRequest,
} from '../../support/credential-requests.ts'
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
    await made.issuing.service.close()
    await provider.close()
    hsm.remove()
  })

  it('signs credentials', () => expectSigned(made.issuing, made.key))
})
