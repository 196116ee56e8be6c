/** The keys that a service used before in a federation, OpenID Federation §8.7. */
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { createMemoryProvider } from '../../../src/system/providers/memory-provider.ts'
import {
  createEntity,
  documentOf,
  entityKeys,
  entitySettings,
  verified,
} from '../../support/entity.ts'
import { issuer, type TestService } from '../../support/flows.ts'
import { jwksOf, publicKey } from '../../support/keys.ts'
import type { Json } from '../../support/server.ts'
import { testSystem } from '../../support/system.ts'

const day = 86_400_000
const system = testSystem({ keyProviders: new Map([['box', createMemoryProvider('box')]]) })

let server: TestService
let service: TestService
beforeAll(async () => {
  server = await createEntity({}, { system })
})
beforeEach(async () => {
  service = await createEntity({}, server)
})
afterAll(() => server.close())

const seconds = () => Math.floor(system.clock() / 1000)
const rotate = (operation: string, more: object = {}) =>
  service.api('/service/keys/rotate', { set: 'federation', alg: 'ES256', operation, ...more })
const published = async (): Promise<Json[]> => {
  const jwt = await documentOf(service, 'configuration')
  return JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString()).jwks.keys
}
const read = async () =>
  verified(service, await documentOf(service, 'historical-keys'), (await published()) as never)
const keys = async (): Promise<Json[]> => (await read()).claims.keys

/** The kid of a new key that is current at once. */
async function replace(): Promise<string> {
  const begun = await rotate('begin', { immediately: true, reason: 'superseded' })
  return begun.keys.find(({ state }: Json) => state === 'CURRENT').kid
}

describe(`historical keys on ${inject('dialect')}`, () => {
  it('are none before the first rotation, in a typed JWT (OpenID Federation §8.7.2)', async () => {
    const { header, claims } = await read()
    expect(header).toEqual({ alg: 'ES256', kid: 'entity-es256', typ: 'jwk-set+jwt' })
    // Without sub, it cannot pass for the signed key set of the provider.
    expect(claims).toEqual({ iss: issuer, iat: seconds(), keys: [] })
  })

  it('are the retired ones with the time of their use, not those that verify', async () => {
    const issuedAt = seconds()
    system.clock.advance(day)
    const next = await replace()
    expect(await keys()).toEqual([])
    system.clock.advance(10 * day)
    const [first] = entityKeys
    const historical = await keys()
    expect(historical).toEqual([
      { ...publicKey(first ?? {}), iat: issuedAt, exp: expect.any(Number) },
    ])
    expect(historical[0]?.['exp']).toBeGreaterThan(issuedAt + 2 * 86_400)
    expect(historical[0]?.['exp']).toBeLessThanOrEqual(seconds())
    expect((await published()).map(({ kid }) => kid)).toEqual([next, 'entity-rs256'])
  })

  it('stay after they were erased, or a caller wrote the set without them', async () => {
    const next = await replace()
    system.clock.advance(100 * day)
    const federationJwks = jwksOf(...entityKeys.slice(1))
    await service.configure({ federationJwks })
    expect((await keys()).map(({ kid }) => kid)).toEqual(['entity-es256', next])
  })

  it('tell when and why they were revoked (OpenID Federation §8.7.3)', async () => {
    const revokedAt = seconds()
    await rotate('revoke', { kid: 'entity-es256', reason: 'compromised' })
    expect(await keys()).toMatchObject([
      {
        kid: 'entity-es256',
        exp: revokedAt,
        revoked: { revoked_at: revokedAt, reason: 'compromised' },
      },
    ])
    await rotate('revoke', { alg: 'RS256', kid: 'entity-rs256', reason: 'unspecified' })
    const second = (await keys()).find(({ kid }) => kid === 'entity-rs256')
    expect(second?.['revoked']).toEqual({ revoked_at: revokedAt })
  })

  it('lack a key that was cancelled before it signed', async () => {
    const { keys: begun } = await rotate('begin')
    const next = begun.find(({ state }: Json) => state === 'NEXT').kid
    await rotate('cancel')
    system.clock.advance(day)
    expect((await keys()).map(({ kid }) => kid)).not.toContain(next)
  })

  it('contain keys of modules that were deleted, and no private members', async () => {
    await service.configure({ hsmEnabled: true })
    const given = { kty: 'EC', use: 'sig', alg: 'ES384', hsmName: 'box', set: 'federation' }
    const { hsk } = await service.api('/hsk/create', given)
    system.clock.advance(day)
    await service.configure({ hsmEnabled: false })
    expect(await keys()).toEqual([])
    await service.configure({ hsmEnabled: true })
    const path = `/api/${service.serviceId}/hsk/delete/${hsk.handle}?force=true`
    expect((await service.call('DELETE', path)).status).toBe(204)
    const historical = await keys()
    expect(historical).toMatchObject([{ kid: hsk.kid, crv: 'P-384', exp: seconds() }])
    expect(JSON.stringify(historical)).not.toMatch(/"(d|p|q|k)":/)
  })

  it('are of the federation only, and of one service', async () => {
    const ofProtocol = { set: 'protocol', kid: 'es256', reason: 'compromised' }
    expect((await rotate('revoke', ofProtocol)).action).toBe('OK')
    expect(await keys()).toEqual([])
    await rotate('revoke', { kid: 'entity-es256', reason: 'compromised' })
    const other = await createEntity({ issuer: 'https://other.example.com' }, server)
    const jwt = await documentOf(other, 'historical-keys')
    const { claims } = await verified(other, jwt, entityKeys.map(publicKey))
    expect(claims.keys).toEqual([])
  })

  it('INTERNAL_SERVER_ERROR: no key signs any longer', async () => {
    await service.configure({ ...entitySettings, federationJwks: undefined })
    const answer = await service.api('/federation/historical-keys', {})
    expect(answer).toMatchObject({ action: 'INTERNAL_SERVER_ERROR', resultCode: 'P134005' })
  })

  it('NOT_FOUND: the service takes part in no federation', async () => {
    await service.configure({ federationEnabled: false })
    const { relay, ...answer } = await service.api(
      '/federation/historical-keys',
      {},
      { Prefer: 'relay' },
    )
    expect(answer).toMatchObject({ action: 'NOT_FOUND', resultCode: 'P134001' })
    expect(relay).toMatchObject({ status: 404, body: answer.responseContent })
  })
})
