/** A service whose tokens are signed in SoftHSM, and whose requests are encrypted for it. */
import { CompactEncrypt, createLocalJWKSet, importJWK, jwtVerify } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { guardProvider } from '../../src/system/guarded-provider.ts'
import { createPkcs11Provider, type Pkcs11Provider } from '../../src/system/pkcs11/provider.ts'
import {
  createService,
  issuer,
  obtainCode,
  obtainTokens,
  redeem,
  type TestService,
} from '../support/flows.ts'
import type { Json } from '../support/server.ts'
import { createSoftHsm, hasSoftHsm, type SoftHsm } from '../support/softhsm.ts'
import { testSystem } from '../support/system.ts'

describe.skipIf(!hasSoftHsm)('service with its keys in SoftHSM only', () => {
  let hsm: SoftHsm
  let provider: Pkcs11Provider
  let service: TestService
  let client: Json
  let keys: Json[]
  beforeAll(async () => {
    hsm = createSoftHsm()
    provider = createPkcs11Provider('soft', { ...hsm, sessions: 1, environment: process.env })
    const keyProviders = new Map([['soft', guardProvider(provider)]])
    const system = testSystem({ keyProviders })
    const settings = { hsmEnabled: true, jwks: undefined, accessTokenSignAlg: 'ES256' }
    service = await createService(settings, { system })
    for (const [kty, use, alg] of [
      ['EC', 'sig', 'ES256'],
      ['RSA', 'enc', 'RSA-OAEP'],
    ]) {
      const { action } = await service.api('/hsk/create', { kty, use, alg, hsmName: 'soft' })
      expect(action).toBe('SUCCESS')
    }
    client = await service.client({ idTokenSignAlg: 'ES256' })
    keys = (await service.call('GET', `/api/${service.serviceId}/service/jwks/get`)).body.keys
  })
  afterAll(async () => {
    await service.close()
    await provider.close()
    hsm.remove()
  })

  it('signs ID Tokens and access tokens that its key set verifies', async () => {
    const { idToken, jwtAccessToken } = await obtainTokens(service, client)
    const currentDate = new Date(service.system.clock())
    for (const token of [idToken, jwtAccessToken]) {
      await jwtVerify(token, createLocalJWKSet({ keys }), { issuer, currentDate })
    }
  })

  it('decrypts and verifies what was signed and encrypted with its keys', async () => {
    const { idToken } = await obtainTokens(service, client)
    const key = keys.find(({ use }) => use === 'enc')
    const jose = await new CompactEncrypt(Buffer.from(idToken))
      .setProtectedHeader({ alg: 'RSA-OAEP', enc: 'A256GCM', kid: key.kid, cty: 'JWT' })
      .encrypt(await importJWK(key, 'RSA-OAEP'))
    const answer = await service.api('/jose/verify', { jose })
    expect(answer).toMatchObject({ valid: true, signatureValid: true })
  })

  it('redeems a code after the process of the module was killed', async () => {
    const code = await obtainCode(service, client)
    provider.restart()
    const outcomes: string[] = []
    while (outcomes.at(-1) !== 'OK' && outcomes.length < 100) {
      outcomes.push((await redeem(service, client, code)).action)
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    expect(new Set(outcomes)).toEqual(new Set(['INTERNAL_SERVER_ERROR', 'OK']))
  })
})
