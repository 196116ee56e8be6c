/** Rotation: what each operation does to the states of keys, and what clients see of it. */
import { createLocalJWKSet, decodeProtectedHeader, jwtVerify } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { createMemoryProvider } from '../../../src/system/providers/memory-provider.ts'
import { createService, issuer, obtainTokens, type TestService } from '../../support/flows.ts'
import { jwksOf, serviceKeys } from '../../support/keys.ts'
import type { Json } from '../../support/server.ts'
import { testSystem } from '../../support/system.ts'

const day = 86_400_000
const keyProviders = new Map([['box', createMemoryProvider('box')]])
const system = testSystem({ keyProviders })

let server: TestService
let service: TestService
let client: Json
beforeAll(async () => {
  server = await createService({}, { system })
})
beforeEach(async () => {
  service = await createService({ hsmEnabled: true }, { on: server, system })
  client = await service.client({ idTokenSignAlg: 'ES256' })
})
afterAll(() => server.close())

const rotate = (operation: string, more: object = {}): Promise<Json> =>
  service.api('/service/keys/rotate', { alg: 'ES256', operation, ...more })
const generate = (more: object = {}): Promise<Json> =>
  service.api('/service/keys/generate', { alg: 'ES256', ...more })
const published = async (): Promise<Json[]> =>
  (await service.call('GET', `/api/${service.serviceId}/service/jwks/get`)).body.keys
const settings = async (): Promise<Json> =>
  (await service.call('GET', `/api/${service.serviceId}/service/get`)).body

/** The states of the keys of ES256 by kid. */
async function states(): Promise<Record<string, string>> {
  const { keys } = await service.api('/service/keys/list', {})
  const ofAlgorithm = keys.filter(({ alg }: Json) => alg === 'ES256')
  return Object.fromEntries(ofAlgorithm.map(({ kid, state }: Json) => [kid, state]))
}

const idToken = async (): Promise<string> =>
  (await obtainTokens(service, client, { scope: 'openid' })).idToken
const signer = async () => decodeProtectedHeader(await idToken()).kid
const verifies = async (jwt: string, keys: Json[]): Promise<boolean> =>
  jwtVerify(jwt, createLocalJWKSet({ keys }), { issuer, currentDate: new Date(system.clock()) })
    .then(() => true)
    .catch(() => false)

async function begun(): Promise<string> {
  const { action, keys } = await rotate('begin')
  expect(action).toBe('OK')
  return keys.find(({ state }: Json) => state === 'NEXT').kid
}

describe(`rotation on ${inject('dialect')}`, () => {
  it('begins with a NEXT key of the kind of the current one', async () => {
    const { keys } = await rotate('begin', { alg: 'PS256' })
    expect(keys).toMatchObject([{ state: 'NEXT', alg: 'PS256', kty: 'RSA' }])
    const [mine, theirs] = (await published()).filter(({ alg }) => alg === 'PS256')
    expect(mine.n.length).toBe(theirs.n.length)
  })

  it('has one winner of twenty concurrent beginnings', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => rotate('begin')))
    const codes = answers.map(({ resultCode }) => resultCode)
    expect(codes.filter((code) => code === 'P112901')).toHaveLength(1)
    expect(codes.filter((code) => code === 'P112004')).toHaveLength(19)
    expect(Object.values(await states()).sort()).toEqual(['CURRENT', 'NEXT'])
  })

  it('makes the next key current in time, and follows with the pinned kid', async () => {
    await service.configure({ hsmEnabled: true, idTokenSignatureKeyId: 'es256' })
    const next = await begun()
    expect(await signer()).toBe('es256')
    const old = await idToken()
    system.clock.advance(day)
    expect(await signer()).toBe(next)
    expect(await states()).toEqual({ es256: 'PREVIOUS', [next]: 'CURRENT' })
    expect((await settings()).idTokenSignatureKeyId).toBe(next)
    const { keys } = await service.api('/service/keys/list', { states: ['CURRENT'] })
    expect(keys.find(({ kid }: Json) => kid === next).pinnedBy).toEqual(['idTokenSignatureKeyId'])
    const introspected = await service.api('/auth/userinfo', { token: old })
    expect(introspected.action).toBe('UNAUTHORIZED')
    expect(await verifies(await idToken(), await published())).toBe(true)
  })

  it('follows with federationSignatureKeyId in the set of the federation', async () => {
    const set = 'federation'
    const federationJwks = jwksOf(...serviceKeys)
    const pinned = { federationEnabled: true, federationSignatureKeyId: 'es256' }
    await service.configure({ hsmEnabled: true, federationJwks, ...pinned })
    const begun = await rotate('begin', { set })
    const next = begun.keys.find(({ state }: Json) => state === 'NEXT').kid
    expect((await settings()).federationSignatureKeyId).toBe('es256')
    system.clock.advance(day)
    expect((await settings()).federationSignatureKeyId).toBe(next)
    const { keys } = await service.api('/service/keys/list', { set, states: ['CURRENT'] })
    const named = keys.filter(({ pinnedBy }: Json) => pinnedBy.length > 0)
    expect(named).toMatchObject([{ kid: next, set, pinnedBy: ['federationSignatureKeyId'] }])
  })

  it('activates early with a reason only', async () => {
    const next = await begun()
    expect(await rotate('activate')).toMatchObject({ resultCode: 'P112013' })
    expect(await rotate('activate', { immediately: true })).toMatchObject({
      action: 'CALLER_ERROR',
      resultCode: 'P112013',
    })
    const answer = await rotate('activate', { immediately: true, reason: 'superseded' })
    expect(answer.action).toBe('OK')
    expect(await states()).toEqual({ es256: 'PREVIOUS', [next]: 'CURRENT' })
    expect(await rotate('begin', { immediately: true })).toMatchObject({ resultCode: 'P112013' })
    const again = await rotate('begin', { immediately: true, reason: 'compromised' })
    expect(again.keys.find(({ state }: Json) => state === 'CURRENT')).toMatchObject({
      reason: 'compromised',
    })
  })

  it('cancels a next key, whose predecessor then has no end', async () => {
    const next = await begun()
    expect((await rotate('cancel')).action).toBe('OK')
    expect(await states()).toEqual({ es256: 'CURRENT', [next]: 'RETIRED' })
    expect((await published()).map(({ kid }) => kid)).not.toContain(next)
    system.clock.advance(30 * day)
    expect(await signer()).toBe('es256')
    expect(await rotate('cancel')).toMatchObject({ action: 'NOT_FOUND', resultCode: 'P112011' })
  })

  it('rolls back to the previous key', async () => {
    const next = await begun()
    system.clock.advance(day)
    const token = await idToken()
    expect((await rotate('rollback')).action).toBe('OK')
    expect(await states()).toEqual({ es256: 'CURRENT', [next]: 'PREVIOUS' })
    expect(await signer()).toBe('es256')
    expect(await verifies(token, await published())).toBe(true)
    system.clock.advance(3 * day)
    expect(await states()).toEqual({ es256: 'CURRENT', [next]: 'RETIRED' })
  })

  it('retires a key while its tokens may live for a reason only', async () => {
    const next = await begun()
    expect(await rotate('retire', { kid: next })).toMatchObject({ resultCode: 'P112014' })
    system.clock.advance(day)
    expect(await rotate('retire')).toMatchObject({ resultCode: 'P112015' })
    const dry = { reason: 'superseded', dryRun: true }
    expect((await rotate('retire', dry)).keys).toMatchObject([{ kid: 'es256', state: 'RETIRED' }])
    expect(await states()).toEqual({ es256: 'PREVIOUS', [next]: 'CURRENT' })
    expect((await rotate('retire', { reason: 'superseded' })).action).toBe('OK')
    expect(await states()).toEqual({ es256: 'RETIRED', [next]: 'CURRENT' })
    expect((await published()).map(({ kid }) => kid)).not.toContain('es256')
  })

  it('retires a key without a reason once its tokens have ended', async () => {
    await begun()
    system.clock.advance(2 * day + 10_000)
    expect((await rotate('retire')).action).toBe('OK')
  })

  it('revokes the current key, and a new one signs at once', async () => {
    await service.configure({ hsmEnabled: true, idTokenSignatureKeyId: 'es256' })
    const token = await idToken()
    const answer = await rotate('revoke', { kid: 'es256', reason: 'compromised' })
    expect(answer.keys).toContainEqual(
      expect.objectContaining({ kid: 'es256', state: 'REVOKED', reason: 'compromised' }),
    )
    const now = await signer()
    expect(await states()).toEqual({ es256: 'REVOKED', [now ?? '']: 'CURRENT' })
    expect(await verifies(token, await published())).toBe(false)
    expect((await settings()).jwks).not.toContain('"es256"')
    expect(await rotate('revoke', { kid: 'es256' })).toMatchObject({ resultCode: 'P112014' })
    expect(await rotate('revoke', { kid: 'other' })).toMatchObject({ action: 'NOT_FOUND' })
  })

  it('revokes the current key in favour of the next one', async () => {
    const next = await begun()
    await rotate('revoke', { kid: 'es256' })
    expect(await states()).toEqual({ es256: 'REVOKED', [next]: 'CURRENT' })
  })

  it('is to be sent again if another call made the key that is revoked the current one', async () => {
    const next = await begun()
    const [made, revoked] = await Promise.all([
      rotate('activate', { immediately: true, reason: 'compromised' }),
      rotate('revoke', { kid: next }),
    ])
    expect(made.action).toBe('OK')
    expect(revoked).toMatchObject({ action: 'CALLER_ERROR', resultCode: 'P112006' })
    expect(await states()).toMatchObject({ [next]: 'CURRENT' })
    expect((await rotate('revoke', { kid: next })).action).toBe('OK')
    expect(await states()).toMatchObject({ [next]: 'REVOKED' })
  })

  it('does not let a caller write a revoked key again', async () => {
    await rotate('revoke', { kid: 'es256' })
    const before = await signer()
    await service.configure({ hsmEnabled: true })
    expect((await states())['es256']).toBe('REVOKED')
    expect((await published()).map(({ kid }) => kid)).not.toContain('es256')
    expect(before).not.toBe('es256')
  })

  it('asks for the kid where several keys are in a state', async () => {
    for (let count = 0; count < 2; count++) await generate({ activate: 'current' })
    expect(await rotate('rollback')).toMatchObject({ resultCode: 'P112012' })
    expect((await rotate('rollback', { kid: 'es256' })).action).toBe('OK')
    expect(await signer()).toBe('es256')
  })

  it.each([['__proto__'], ['\u202e'], ['k'.repeat(10_000)], ['']])(
    'finds no key of the kid %j',
    async (kid) => {
      expect((await rotate('revoke', { kid })).action).toBe('NOT_FOUND')
    },
  )

  it('moves between local keys and keys in modules', async () => {
    const { keys } = await generate({ hsmName: 'box' })
    expect(keys[0]).toMatchObject({ state: 'NEXT', hsmName: 'box', handle: expect.any(String) })
    expect(await signer()).toBe('es256')
    system.clock.advance(day)
    expect(await signer()).toBe(keys[0].kid)
    const next = await begun()
    const listed = await service.api('/service/keys/list', { states: ['NEXT'] })
    expect(listed.keys).toMatchObject([{ kid: next, hsmName: 'box' }])
    expect((await rotate('cancel')).action).toBe('OK')
    const { hsks } = await settings()
    expect(hsks.map(({ kid }: Json) => kid)).toEqual([keys[0].kid])
    expect((await rotate('rollback')).action).toBe('OK')
    expect(await signer()).toBe('es256')
  })

  it('makes no key in an unknown module', async () => {
    expect(await generate({ hsmName: 'other' })).toMatchObject({ resultCode: 'P112021' })
  })

  it('keeps a former key for decryption without publishing it', async () => {
    const wanted = { alg: 'ECDH-ES', kid: 'first' }
    await generate(wanted)
    await generate({ ...wanted, kid: 'second' })
    const kids = (await published()).map(({ kid }) => kid)
    expect(kids).toContain('second')
    expect(kids).not.toContain('first')
    const { keys } = await service.api('/service/keys/list', { states: ['PREVIOUS'] })
    expect(keys).toMatchObject([{ kid: 'first', retireAt: system.clock() + day + 3_610_000 }])
  })

  it('leaves keys of other algorithms as they were written', async () => {
    await begun()
    const texts = JSON.parse((await settings()).jwks)
    expect(texts.keys.slice(0, 3)).toEqual(serviceKeys)
  })
})
