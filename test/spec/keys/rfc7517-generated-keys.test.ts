/** Keys that a service generates, and their states as a function of time. */
import { createLocalJWKSet, jwtVerify } from 'jose'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { createService, issuer, obtainTokens, type TestService } from '../../support/flows.ts'
import type { Json } from '../../support/server.ts'
import { testSystem } from '../../support/system.ts'

const day = 86_400_000
const system = testSystem()

let service: TestService
let client: Json
beforeAll(async () => {
  service = await createService({}, { system })
  client = await service.client({ idTokenSignAlg: 'ES256' })
})
afterAll(() => service.close())

const generate = (more: object, of = service): Promise<Json> =>
  of.api('/service/keys/generate', { alg: 'ES384', ...more })
const list = (more: object = {}, of = service): Promise<Json> => of.api('/service/keys/list', more)
const published = async (of = service): Promise<Json[]> =>
  (await of.call('GET', `/api/${of.serviceId}/service/jwks/get`)).body.keys
const metadata = async (of = service): Promise<Json> =>
  (await of.call('GET', `/api/${of.serviceId}/service/configuration`)).body

async function signer(): Promise<Json> {
  const { idToken } = await obtainTokens(service, client, { scope: 'openid' })
  const keys = createLocalJWKSet({ keys: await published() })
  const at = { issuer, currentDate: new Date(system.clock()) }
  return (await jwtVerify(idToken, keys, at)).protectedHeader.kid
}

describe(`generated keys on ${inject('dialect')}`, () => {
  it.each([
    ['RS256', { modulusBits: 2048 }, { kty: 'RSA', use: 'sig' }],
    ['PS512', { modulusBits: 2048 }, { kty: 'RSA', use: 'sig' }],
    ['ES512', {}, { kty: 'EC', crv: 'P-521', use: 'sig' }],
    ['EdDSA', {}, { kty: 'OKP', crv: 'Ed25519', use: 'sig' }],
    ['RSA-OAEP-256', { modulusBits: 2048 }, { kty: 'RSA', use: 'enc' }],
    ['ECDH-ES+A256KW', {}, { kty: 'EC', crv: 'P-256', use: 'enc' }],
    ['ECDH-ES', { crv: 'X25519' }, { kty: 'OKP', crv: 'X25519', use: 'enc' }],
  ])('have the type of %s, and no private member in responses', async (alg, more, expected) => {
    const { action, keys } = await generate({ alg, ...more })
    expect(action).toBe('CREATED')
    expect(keys).toHaveLength(1)
    expect(keys[0]).toMatchObject({ ...expected, alg, set: 'protocol', managed: true })
    expect(keys[0].kid).toBe(keys[0].thumbprint)
    expect(JSON.stringify(keys)).not.toMatch(/"(d|k|p|q)":/)
    const known = (await list()).keys.find(({ kid }: Json) => kid === keys[0].kid)
    expect(known).toEqual(keys[0])
  })

  it('sign at once if they are the first of their algorithm', async () => {
    const other = await createService({ jwks: undefined }, { on: service, system })
    const { keys } = await generate({ alg: 'ES256' }, other)
    expect(keys[0].state).toBe('CURRENT')
    expect((await published(other)).map(({ kid }) => kid)).toEqual([keys[0].kid])
  })

  it('are published a day before they sign, and the former key verifies after that', async () => {
    const { keys } = await generate({ alg: 'ES256', kid: 'second' })
    expect(keys[0]).toMatchObject({ state: 'NEXT', activeFrom: system.clock() + day })
    expect((await published()).map(({ kid }) => kid)).toContain('second')
    expect(await signer()).toBe('es256')
    system.clock.advance(day - 1)
    expect(await signer()).toBe('es256')
    system.clock.advance(1)
    expect(await signer()).toBe('second')
    const ofAlgorithm = ({ alg }: Json) => alg === 'ES256'
    const former = (await list({ states: ['PREVIOUS'] })).keys.filter(ofAlgorithm)
    expect(former).toMatchObject([{ kid: 'es256', retireAt: system.clock() + 2 * day + 10_000 }])
    expect((await published()).map(({ kid }) => kid)).toContain('es256')
    const at = system.clock() + 3 * day
    expect((await list({ at, states: ['RETIRED'] })).keys).toContainEqual(
      expect.objectContaining({ kid: 'es256', state: 'RETIRED' }),
    )
    system.clock.advance(2 * day + 10_000)
    expect((await published()).map(({ kid }) => kid)).not.toContain('es256')
    expect(await signer()).toBe('second')
  })

  it('go back to their former state if the clock does', async () => {
    const other = await createService({}, { on: service, system })
    await generate({ alg: 'ES256', kid: 'later' }, other)
    const stateOf = async () =>
      (await list({}, other)).keys.find(({ kid }: Json) => kid === 'later').state
    system.clock.advance(day)
    const [first] = (await published(other)).filter(({ alg }) => alg === 'ES256')
    expect([first.kid, await stateOf()]).toEqual(['later', 'CURRENT'])
    system.clock.advance(-1)
    const [again] = (await published(other)).filter(({ alg }) => alg === 'ES256')
    expect([again.kid, await stateOf()]).toEqual(['es256', 'NEXT'])
  })

  it('are not advertised in metadata before they sign', async () => {
    const other = await createService({}, { on: service, system })
    await generate({ alg: 'ES512', activate: 'next' }, other)
    const name = 'id_token_signing_alg_values_supported'
    expect((await metadata(other))[name]).not.toContain('ES512')
    system.clock.advance(day)
    expect((await metadata(other))[name]).toContain('ES512')
  })

  it('sign access tokens with a symmetric key that is never published (RFC 7518 §3.2)', async () => {
    const attributes = [{ key: 'ext.at.symmetric', value: 'true' }]
    const other = await createService({ attributes }, { on: service, system })
    const { action, keys } = await generate({ alg: 'HS256' }, other)
    expect(action).toBe('CREATED')
    expect(keys[0]).toMatchObject({ kty: 'oct', alg: 'HS256', state: 'CURRENT' })
    expect(keys[0].thumbprint).toBeUndefined()
    expect((await published(other)).map(({ kty }) => kty)).not.toContain('oct')
  })

  it.each([
    [{ alg: 'ES256K' }, 'P113001'],
    [{ alg: 'RSA1_5' }, 'P113001'],
    [{ alg: '__proto__' }, 'P113001'],
    [{ alg: 'ES256', use: 'enc' }, 'P113002'],
    [{ alg: 'ES256', crv: 'P-384' }, 'P113003'],
    [{ alg: 'RS256', modulusBits: 1024 }, 'P113004'],
    [{ alg: 'HS256' }, 'P113005'],
    [{ kid: '' }, 'P113006'],
    [{ kid: '__proto__' }, 'P113006'],
    [{ kid: 'a b' }, 'P113006'],
    [{ kid: 'k'.repeat(10_000) }, 'P113006'],
    [{ kid: 'rs256' }, 'P112001'],
    [{ alg: 'ES256', activate: 'next', dryRun: true }, 'P112004'],
  ])('are refused with %o', async (more, resultCode) => {
    if (resultCode === 'P112004') await generate({ alg: 'ES256' })
    expect(await generate(more)).toMatchObject({ action: 'CALLER_ERROR', resultCode })
  })

  it('are not added by a dry run', async () => {
    const before = (await list()).keys
    const answer = await generate({ alg: 'EdDSA', activate: 'current', dryRun: true })
    expect(answer).toMatchObject({ action: 'CREATED', keys: [{ alg: 'EdDSA' }] })
    expect((await list()).keys).toEqual(before)
  })

  it('are at most fifty in a set, of which concurrent calls each add one', async () => {
    const other = await createService({ jwks: undefined }, { on: service, system })
    const make = () => generate({ alg: 'ES256', activate: 'current' }, other)
    const answers = await Promise.all(Array.from({ length: 60 }, make))
    const refused = answers.filter(({ resultCode }) => resultCode === 'P112003')
    expect(answers.filter(({ action }) => action === 'CREATED')).toHaveLength(50)
    expect(refused).toHaveLength(10)
    expect((await list({}, other)).keys).toHaveLength(50)
    const current = (await list({ states: ['CURRENT'] }, other)).keys
    expect(current).toHaveLength(1)
  })
})
