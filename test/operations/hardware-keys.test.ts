/** Keys of a service in a hardware security module: here one in memory, which a test can break. */
import { createPublicKey } from 'node:crypto'
import {
  CompactEncrypt,
  createLocalJWKSet,
  decodeProtectedHeader,
  exportJWK,
  generateKeyPair,
  importJWK,
  jwtVerify,
  SignJWT,
} from 'jose'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { destroyLeftoverKeys } from '../../src/process/keys/leftover.ts'
import { type KeyProvider, KeyProviderError } from '../../src/system/key-provider.ts'
import { createMemoryProvider } from '../../src/system/providers/memory-provider.ts'
import {
  authorizationRequest,
  createService,
  form,
  issuer,
  obtainCode,
  obtainTokens,
  redeem,
  type TestService,
} from '../support/flows.ts'
import { clientKey, jwksOf, publicKey, serviceKeys } from '../support/keys.ts'
import type { Json } from '../support/server.ts'
import { testSystem } from '../support/system.ts'

let isBroken = false
let signsOtherData = false
let isTrusted = false
/** Handles that the module has. */
const made = new Set<string>()
const memory = createMemoryProvider('box')
const provider: KeyProvider = {
  ...memory,
  get verify() {
    return !isTrusted
  },
  algorithms: async () => (await memory.algorithms()).filter((alg) => alg !== 'PS384'),
  async create(handle, wanted) {
    made.add(handle)
    const created = await memory.create(handle, wanted)
    if (isBroken) throw new KeyProviderError('unavailable', 'broken')
    return created
  },
  async sign(...given) {
    if (isBroken) throw new KeyProviderError('unavailable', 'broken')
    const [reference, alg, data] = given
    return memory.sign(reference, alg, signsOtherData ? Buffer.from('other data') : data)
  },
  async agree(...given) {
    if (isBroken) throw new KeyProviderError('unavailable', 'broken')
    return memory.agree(...given)
  },
  async destroy(reference) {
    made.delete(reference)
    await memory.destroy(reference)
  },
}

const slow: KeyProvider = { ...provider, name: 'slow', destroyAfterDays: 30 }
const quick: KeyProvider = { ...provider, name: 'quick', destroyAfterDays: 0 }
const providers = [provider, slow, quick].map((each) => [each.name, each] as const)
const system = testSystem({ keyProviders: new Map(providers) })
const wanted = { kty: 'EC', use: 'sig', alg: 'ES256', hsmName: 'box' }
const day = 86_400_000

let service: TestService
beforeAll(async () => {
  service = await createService({ hsmEnabled: true }, { system })
})
afterAll(() => service.close())

const path = (name: string) => `/hsk/${name}`
const create = (more: object = {}) => service.api(path('create'), { ...wanted, ...more })
const fetched = (name: string) => service.call('GET', `/api/${service.serviceId}${name}`)
const remove = (handle: string, query = '') =>
  service.call('DELETE', `/api/${service.serviceId}/hsk/delete/${handle}${query}`)
const sweep = () => destroyLeftoverKeys(service, new AbortController().signal)

describe(`keys in modules on ${inject('dialect')}`, () => {
  it('are created, shown and listed with their public half only', async () => {
    const { action, hsk } = await create({ kid: 'shown' })
    expect(action).toBe('SUCCESS')
    expect(hsk).toMatchObject({ ...wanted, kid: 'shown', set: 'protocol' })
    expect(hsk.handle).toMatch(/^[\w-]{43}$/)
    expect(hsk.publicKey).toContain('-----BEGIN PUBLIC KEY-----')
    expect((await fetched(path(`get/${hsk.handle}`))).body).toMatchObject({ action, hsk })
    expect((await fetched(path('get/list'))).body.hsks).toContainEqual(hsk)
    expect((await fetched('/service/get')).body.hsks).toContainEqual(hsk)
  })

  it('get the thumbprint as kid where the call has none (RFC 7638)', async () => {
    const { hsk } = await create()
    expect(hsk.kid).toMatch(/^[\w-]{43}$/)
  })

  it('sign before the keys of jwks, and are published', async () => {
    const client = await service.client({ idTokenSignAlg: 'ES384' })
    const { hsk } = await create({ alg: 'ES384' })
    const { keys } = (await fetched('/service/jwks/get')).body
    expect(keys.find((key: Json) => key.kid === hsk.kid)).toMatchObject({
      alg: 'ES384',
      use: 'sig',
    })
    const { idToken } = await obtainTokens(service, client, { scope: 'openid' })
    const verified = await jwtVerify(idToken, createLocalJWKSet({ keys }), {
      issuer,
      currentDate: new Date(system.clock()),
    })
    expect(verified.protectedHeader).toMatchObject({ alg: 'ES384', kid: hsk.kid })
    const metadata = (await fetched('/service/configuration')).body
    expect(metadata.id_token_signing_alg_values_supported).toContain('ES384')
  })

  it('can be named as the keys that sign', async () => {
    const own = await createService({ hsmEnabled: true }, { on: service, system })
    const first = await own.api(path('create'), { ...wanted, alg: 'ES384' })
    const named = { hsmEnabled: true, idTokenSignatureKeyId: first.hsk.kid }
    expect(await own.configure(named)).toMatchObject(named)
    const client = await own.client({ idTokenSignAlg: 'ES384' })
    const { idToken } = await obtainTokens(own, client, { scope: 'openid' })
    expect(decodeProtectedHeader(idToken).kid).toBe(first.hsk.kid)
    const ofOtherSet = { federationEnabled: true, federationJwks: jwksOf(...serviceKeys) }
    for (const wrong of [
      { ...named, hsmEnabled: false },
      { hsmEnabled: true, ...ofOtherSet, federationSignatureKeyId: first.hsk.kid },
    ]) {
      expect((await own.configure(wrong)).resultCode).toBe('P000206')
    }
  })

  it('fail the request, without consuming the code, while the module is broken', async () => {
    const client = await service.client({ idTokenSignAlg: 'ES512' })
    await create({ alg: 'ES512' })
    const code = await obtainCode(service, client, { scope: 'openid' })
    isBroken = true
    const answer = await redeem(service, client, code)
    isBroken = false
    expect(answer).toMatchObject({ action: 'INTERNAL_SERVER_ERROR', resultCode: 'P110001' })
    expect((await redeem(service, client, code)).action).toBe('OK')
  })

  it('fail the request if the module makes a wrong signature', async () => {
    const client = await service.client({ idTokenSignAlg: 'ES512' })
    const code = await obtainCode(service, client, { scope: 'openid' })
    signsOtherData = true
    const answer = await redeem(service, client, code)
    signsOtherData = false
    expect(answer).toMatchObject({ action: 'INTERNAL_SERVER_ERROR', resultCode: 'P110002' })
    expect((await redeem(service, client, code)).action).toBe('OK')
  })

  it('are not verified if the operator trusts the module', async () => {
    const client = await service.client({ idTokenSignAlg: 'ES512' })
    const code = await obtainCode(service, client, { scope: 'openid' })
    signsOtherData = true
    isTrusted = true
    const { action, idToken } = await redeem(service, client, code)
    signsOtherData = false
    isTrusted = false
    expect(action).toBe('OK')
    const { keys } = (await fetched('/service/jwks/get')).body
    const currentDate = new Date(system.clock())
    await expect(jwtVerify(idToken, createLocalJWKSet({ keys }), { currentDate })).rejects.toThrow(
      'signature verification failed',
    )
  })

  it.each([
    [{ kty: undefined }, 'P111002'],
    [{ hsmName: undefined }, 'P111002'],
    [{ use: 'wrap' }, 'P111003'],
    [{ use: 'enc' }, 'P111004'],
    [{ alg: 'ECDH-ES' }, 'P111004'],
    [{ alg: 'RS256' }, 'P111004'],
    [{ kty: 'oct', alg: 'HS256' }, 'P111004'],
    [{ kty: '__proto__' }, 'P111004'],
    [{ kid: 'shown' }, 'P111006'],
    [{ kid: '__proto__' }, 'P113006'],
    [{ kid: 'two words' }, 'P113006'],
    [{ kid: 'line\nbreak' }, 'P113006'],
    [{ kid: serviceKeys[0]?.kid }, 'P111006'],
  ])('are refused with %o', async (more, resultCode) => {
    expect(await create(more)).toMatchObject({ action: 'INVALID_REQUEST', resultCode })
  })

  it('are refused with an algorithm that the module does not have', async () => {
    expect(await create({ kty: 'RSA', alg: 'PS384' })).toMatchObject({
      action: 'INVALID_REQUEST',
      resultCode: 'P111005',
    })
  })

  it('are not found in unknown modules, by unknown handles, or in other services', async () => {
    expect((await create({ hsmName: 'other' })).action).toBe('NOT_FOUND')
    const unknown = 'A'.repeat(43)
    expect((await fetched(path(`get/${unknown}`))).body.action).toBe('NOT_FOUND')
    expect((await remove(unknown)).body.action).toBe('NOT_FOUND')
    const { hsk } = await create()
    const other = await createService({ hsmEnabled: true }, { on: service, system })
    const there = `/api/${other.serviceId}/hsk/get/${hsk.handle}`
    expect((await other.call('GET', there)).body.action).toBe('NOT_FOUND')
  })

  it('cannot be written by an update of the service', async () => {
    const before = (await fetched('/service/get')).body
    const foreign = { ...before.hsks[0], kid: 'smuggled', handle: 'x' }
    const after = await service.configure({ hsks: [foreign] })
    expect(after.hsks).toEqual(before.hsks)
    expect((await fetched('/service/get')).body.hsks).toEqual(before.hsks)
  })

  it('have one of ten concurrent keys with the same kid', async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => create({ kid: 'race' })))
    expect(answers.filter(({ action }) => action === 'SUCCESS')).toHaveLength(1)
    const { hsks } = (await fetched(path('get/list'))).body
    expect(hsks.filter(({ kid }: Json) => kid === 'race')).toHaveLength(1)
  })

  it('are at most fifty of a service', async () => {
    const other = await createService({ hsmEnabled: true }, { on: service, system })
    for (let count = 0; count < 50; count++) {
      expect((await other.api(path('create'), wanted)).action).toBe('SUCCESS')
    }
    expect(await other.api(path('create'), wanted)).toMatchObject({
      action: 'INVALID_REQUEST',
      resultCode: 'P111007',
    })
  })

  it('are deleted at once for the service, and destroyed in the module after seven days', async () => {
    const { hsk } = await create({ kid: 'deleted' })
    const answer = await remove(hsk.handle)
    expect([answer.status, answer.text]).toEqual([204, ''])
    expect((await fetched(path(`get/${hsk.handle}`))).body.action).toBe('NOT_FOUND')
    const { keys } = (await fetched('/service/jwks/get')).body
    expect(keys.map(({ kid }: Json) => kid)).not.toContain('deleted')
    system.clock.advance(6 * day)
    await sweep()
    expect(made).toContain(hsk.handle)
    system.clock.advance(day)
    await sweep()
    expect(made).not.toContain(hsk.handle)
  })

  it('are destroyed after the days that the configuration of their module says', async () => {
    const slowly = (await create({ hsmName: 'slow' })).hsk.handle
    const quickly = (await create({ hsmName: 'quick' })).hsk.handle
    for (const handle of [slowly, quickly]) expect((await remove(handle)).status).toBe(204)
    await sweep()
    expect([made.has(slowly), made.has(quickly)]).toEqual([true, false])
    system.clock.advance(30 * day - 1)
    await sweep()
    expect(made).toContain(slowly)
    system.clock.advance(1)
    await sweep()
    expect(made).not.toContain(slowly)
  })

  it('are deleted by GET too, with the key in the response', async () => {
    const { hsk } = await create()
    const answer = await fetched(path(`delete/${hsk.handle}`))
    expect(answer.body).toMatchObject({ action: 'SUCCESS', hsk })
  })

  it('are kept if they are the only key of their algorithm, unless the call insists', async () => {
    const { hsk } = await create({ kty: 'RSA', alg: 'RS512' })
    expect((await remove(hsk.handle)).body).toMatchObject({
      action: 'INVALID_REQUEST',
      resultCode: 'P111008',
    })
    expect((await remove(hsk.handle, '?force=true')).status).toBe(204)
  })

  it('leave nothing in the module if the answer of the module is lost', async () => {
    isBroken = true
    const before = made.size
    expect(await create()).toMatchObject({ action: 'SERVER_ERROR', resultCode: 'P110001' })
    isBroken = false
    expect(made.size).toBe(before + 1)
    system.clock.advance(600_001)
    await sweep()
    expect(made.size).toBe(before)
  })

  it.each([
    ['RSA', 'RSA-OAEP', 'A256GCM'],
    ['RSA', 'RSA-OAEP-256', 'A128CBC-HS256'],
    ['EC', 'ECDH-ES', 'A128GCM'],
    ['EC', 'ECDH-ES+A256KW', 'A256CBC-HS512'],
  ])('of the type %s decrypt request objects by %s and %s', async (kty, alg, enc) => {
    const { hsk } = await create({ kty, use: 'enc', alg })
    expect(hsk).toMatchObject({ kty, use: 'enc', alg })
    const metadata = (await fetched('/service/configuration')).body
    expect(metadata.request_object_encryption_alg_values_supported).toContain(alg)
    const published = (await fetched('/service/jwks/get')).body.keys
    const jwk = published.find(({ kid }: Json) => kid === hsk.kid)
    const client = await service.client({ jwks: jwksOf(publicKey(clientKey)) })
    const encrypted = async (to: Json, kid?: string) => {
      const now = Math.floor(system.clock() / 1_000)
      const claims = Object.fromEntries(new URLSearchParams(authorizationRequest(client)))
      const signed = await new SignJWT({ ...claims, aud: issuer, iat: now, exp: now + 60 })
        .setProtectedHeader({ alg: 'ES256', kid: clientKey.kid ?? '' })
        .setIssuer(String(client.clientId))
        .sign(await importJWK(clientKey, 'ES256'))
      return new CompactEncrypt(Buffer.from(signed))
        .setProtectedHeader({ alg, enc, cty: 'JWT', ...(kid === undefined ? {} : { kid }) })
        .encrypt(await importJWK(to, alg))
    }
    const ask = (request: string) =>
      service.api('/auth/authorization', {
        parameters: form({ client_id: String(client.clientId), request }),
      })
    expect((await ask(await encrypted(jwk, hsk.kid))).action).toBe('INTERACTION')
    expect((await ask(await encrypted(jwk))).action).toBe('INTERACTION')
    const { publicKey: other } = await generateKeyPair(alg, { extractable: true, crv: 'P-256' })
    const forOther = await ask(await encrypted(await exportJWK(other), hsk.kid))
    expect(forOther).toMatchObject({ action: 'BAD_REQUEST' })
    expect(forOther.responseContent).toContain('invalid_request_object')
  })

  it('for encryption fail the request, and say so, while the module is broken', async () => {
    const { hsk } = await create({ use: 'enc', alg: 'ECDH-ES' })
    const client = await service.client({ jwks: jwksOf(publicKey(clientKey)) })
    const jwe = await new CompactEncrypt(Buffer.from('{}'))
      .setProtectedHeader({ alg: 'ECDH-ES', enc: 'A128GCM', kid: hsk.kid })
      .encrypt(createPublicKey(hsk.publicKey))
    isBroken = true
    const answer = await service.api('/auth/authorization', {
      parameters: form({ client_id: String(client.clientId), request: jwe }),
    })
    isBroken = false
    expect(answer).toMatchObject({ action: 'INTERNAL_SERVER_ERROR', resultCode: 'P110001' })
  })

  it('are neither used nor published while hsmEnabled is false', async () => {
    const other = await createService(
      { hsmEnabled: true, jwks: jwksOf(...serviceKeys) },
      { on: service, system },
    )
    const { hsk } = await other.api(path('create'), wanted)
    await other.configure({ hsmEnabled: false })
    const client = await other.client({ idTokenSignAlg: 'ES256' })
    const keys = (await other.call('GET', `/api/${other.serviceId}/service/jwks/get`)).body.keys
    expect(keys.map(({ kid }: Json) => kid)).not.toContain(hsk.kid)
    const { idToken } = await obtainTokens(other, client, { scope: 'openid' })
    await jwtVerify(idToken, createLocalJWKSet({ keys }), {
      currentDate: new Date(system.clock()),
    })
    expect(await other.api(path('create'), wanted)).toMatchObject({
      action: 'INVALID_REQUEST',
      resultCode: 'P111001',
    })
  })

  it('are destroyed in the module when their service is deleted', async () => {
    const other = await createService({ hsmEnabled: true }, { on: service, system })
    const { hsk } = await other.api(path('create'), wanted)
    await other.call('DELETE', `/api/${other.serviceId}/service/delete`)
    await sweep()
    expect(made).not.toContain(hsk.handle)
  })
})
