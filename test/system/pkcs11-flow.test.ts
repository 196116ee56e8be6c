/** A service whose tokens are signed in SoftHSM, and whose requests are encrypted for it. */
import { CompactEncrypt, createLocalJWKSet, importJWK, jwtVerify } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createPkcs11Provider, type Pkcs11Provider } from '../../src/system/pkcs11/provider.ts'
import { guardProvider } from '../../src/system/providers/guarded-provider.ts'
import { createService, issuer, obtainTokens, type TestService } from '../support/flows.ts'
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
      ['EC', 'enc', 'ECDH-ES'],
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

  const keyFor = (alg: string) => keys.find((key) => key.alg === alg) ?? {}
  const encrypted = async (text: string, alg: string) =>
    new CompactEncrypt(Buffer.from(text))
      .setProtectedHeader({ alg, enc: 'A256GCM', kid: keyFor(alg).kid, cty: 'JWT' })
      .encrypt(await importJWK(keyFor(alg), alg))
  const verify = (jose: string) => service.api('/jose/verify', { jose })

  it.each(['RSA-OAEP', 'ECDH-ES'])(
    'decrypts by %s and verifies what was signed and encrypted with its keys',
    async (alg) => {
      const { idToken } = await obtainTokens(service, client)
      const answer = await verify(await encrypted(idToken, alg))
      expect(answer).toMatchObject({ valid: true, signatureValid: true })
    },
  )

  /** What no module can decrypt, in more forms than failures open the breaker. */
  const hostile: [string, string, (jwe: string[]) => string[]][] = [
    ['a wrong key', 'RSA-OAEP', ([head = '', , ...rest]) => [head, 'A'.repeat(512), ...rest]],
    ['a key of zeros', 'RSA-OAEP', ([head = '', , ...rest]) => [head, 'A'.repeat(342), ...rest]],
    ['a short key', 'RSA-OAEP', ([head = '', , ...rest]) => [head, 'AA', ...rest]],
    ...[
      undefined,
      null,
      7,
      { kty: 'EC', crv: 'P-256', x: 7 },
      { kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA' },
      { kty: 'EC', crv: 'P-256', x: 'A'.repeat(43), y: 'A'.repeat(43) },
      { kty: 'RSA', n: 'AQAB', e: 'AQAB' },
    ].map((epk): [string, string, (jwe: string[]) => string[]] => [
      `the epk ${JSON.stringify(epk)}`,
      'ECDH-ES',
      ([head = '', ...rest]) => {
        const header = JSON.parse(Buffer.from(head, 'base64url').toString())
        const changed = Buffer.from(JSON.stringify({ ...header, epk }))
        return [changed.toString('base64url'), ...rest]
      },
    ]),
  ]

  it.each(hostile)('keeps signing after a message with %s (RFC 7516 §11.5)', async (...given) => {
    const [, alg, change] = given
    const { idToken } = await obtainTokens(service, client)
    const good = await encrypted(idToken, alg)
    const bad = change(good.split('.')).join('.')
    for (let count = 0; count < 6; count++) {
      expect(await verify(bad)).toMatchObject({ valid: false })
    }
    expect(await verify(good)).toMatchObject({ valid: true })
    expect((await obtainTokens(service, client)).action).toBe('OK')
  })
})
