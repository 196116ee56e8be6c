/** What becomes of a managed key when a caller writes a key set without it, and with it again. */
import { createLocalJWKSet, decodeProtectedHeader, type JWK, jwtVerify } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { doScheduledTasks } from '../../../src/process/keys/scheduled.ts'
import { openDocuments } from '../../../src/store/configuration.ts'
import { createService, issuer, obtainTokens, type TestService } from '../../support/flows.ts'
import { jwksOf } from '../../support/keys.ts'
import type { Json } from '../../support/server.ts'
import { testSystem } from '../../support/system.ts'

const day = 86_400_000
const system = testSystem()

let server: TestService
let service: TestService
let client: Json
beforeAll(async () => {
  server = await createService({}, { system })
})
/** Each service has the managed keys `es256`, which is PREVIOUS, and `second`, which signs. */
beforeEach(async () => {
  service = await createService({}, { on: server, system })
  client = await service.client({ idTokenSignAlg: 'ES256' })
  const key = { alg: 'ES256', kid: 'second' }
  await service.api('/service/keys/generate', key)
  system.clock.advance(day)
})
afterAll(() => server.close())

const settings = (): Promise<Json> => service.get(`/api/${service.serviceId}/service/get`)
const writtenKeys = async (): Promise<JWK[]> => JSON.parse((await settings()).jwks).keys
const published = async (): Promise<JWK[]> =>
  (await service.get(`/api/${service.serviceId}/service/jwks/get`)).keys
const listed = async (): Promise<Json[]> =>
  (await service.api('/service/keys/list', {})).keys.filter(({ alg }: Json) => alg === 'ES256')
const states = async () =>
  Object.fromEntries((await listed()).map(({ kid, state }) => [kid, state]))
const write = (...keys: JWK[]) => service.configure({ jwks: jwksOf(...keys) })
const without = async (...kids: string[]) =>
  (await writtenKeys()).filter(({ kid = '' }) => !kids.includes(kid))
const idToken = async (): Promise<string> =>
  (await obtainTokens(service, client, { scope: 'openid' })).idToken
const signer = async () => decodeProtectedHeader(await idToken()).kid
const sweep = () => {
  const { store } = service
  const documents = openDocuments(store, system.clock)
  return doScheduledTasks({ store, documents, system }, new AbortController().signal)
}

describe(`a key set that is written without a managed key on ${inject('dialect')}`, () => {
  it('retires the key: it neither signs nor verifies, and is not published', async () => {
    expect(await signer()).toBe('second')
    const hint = await idToken()
    await write(...(await without('second')))
    expect(await states()).toEqual({ es256: 'CURRENT', second: 'RETIRED' })
    expect((await published()).map(({ kid }) => kid)).not.toContain('second')
    expect(await signer()).toBe('es256')
    const keys = createLocalJWKSet({ keys: await published() })
    const at = { issuer, currentDate: new Date(system.clock()) }
    await expect(jwtVerify(hint, keys, at)).rejects.toThrow('no applicable key')
    for (const operation of ['rollback', 'retire', 'activate']) {
      const asked = { alg: 'ES256', operation, kid: 'second', reason: 'unspecified' }
      const refused = await service.api('/service/keys/rotate', { ...asked, immediately: true })
      expect(['CALLER_ERROR', 'NOT_FOUND']).toContain(refused.action)
    }
  })

  it('lets other keys sign in its place, and properties name the one that does', async () => {
    await service.configure({ idTokenSignatureKeyId: 'second' })
    const jwks = jwksOf(...(await without('second')))
    const wrong = await service.configure({ jwks, idTokenSignatureKeyId: 'second' })
    expect(wrong.resultCode).toBe('P000206')
    await service.configure({ jwks, idTokenSignatureKeyId: 'es256' })
    const { keys } = await service.api('/service/keys/rotate', { alg: 'ES256', operation: 'begin' })
    const next = keys.find(({ state }: Json) => state === 'NEXT').kid
    expect(await states()).toEqual({ es256: 'CURRENT', second: 'RETIRED', [next]: 'NEXT' })
    system.clock.advance(day)
    expect(await states()).toEqual({ es256: 'PREVIOUS', second: 'RETIRED', [next]: 'CURRENT' })
    expect((await settings()).idTokenSignatureKeyId).toBe(next)
    expect(await signer()).toBe(next)
  })

  it('leaves the successor of a key that was PREVIOUS or NEXT as it was', async () => {
    await service.api('/service/keys/rotate', { alg: 'ES256', operation: 'begin' })
    const next = (await listed()).find(({ state }) => state === 'NEXT')?.kid
    await write(...(await without('es256')))
    expect(await states()).toEqual({ es256: 'RETIRED', second: 'CURRENT', [next]: 'NEXT' })
    await write(...(await without(next)))
    expect(await states()).toEqual({ es256: 'RETIRED', second: 'CURRENT', [next]: 'RETIRED' })
    system.clock.advance(10 * day)
    expect(await states()).toEqual({ es256: 'RETIRED', second: 'CURRENT', [next]: 'RETIRED' })
    expect(await signer()).toBe('second')
  })

  it('leaves no algorithm behind that only the key had, and a new key begins at once', async () => {
    await write(...(await without('es256', 'second')))
    expect(await states()).toEqual({ es256: 'RETIRED', second: 'RETIRED' })
    const metadata = await service.get(`/api/${service.serviceId}/service/configuration`)
    expect(metadata.id_token_signing_alg_values_supported).not.toContain('ES256')
    const third = { alg: 'ES256', kid: 'third' }
    expect((await service.api('/service/keys/generate', third)).action).toBe('CREATED')
    expect(await states()).toEqual({ es256: 'RETIRED', second: 'RETIRED', third: 'CURRENT' })
    expect(await signer()).toBe('third')
  })

  it('is remembered: another key of its kid is refused, and the sweep notes its end', async () => {
    await write(...(await without('second')))
    const again = { alg: 'ES256', kid: 'second' }
    expect(await service.api('/service/keys/generate', again)).toMatchObject({
      action: 'CALLER_ERROR',
      resultCode: 'P112001',
    })
    system.clock.advance(10 * day)
    await sweep()
    const second = (await listed()).find(({ kid }) => kid === 'second')
    expect(second).toMatchObject({ state: 'RETIRED' })
    expect(await signer()).toBe('es256')
  })

  it('can be undone by writing the key again, whose times still hold', async () => {
    const keys = await writtenKeys()
    const second = (await listed()).find(({ kid }) => kid === 'second')
    await write(...(await without('second')))
    await write(...keys)
    expect((await listed()).find(({ kid }) => kid === 'second')).toEqual(second)
    expect(await states()).toEqual({ es256: 'PREVIOUS', second: 'CURRENT' })
    expect(await signer()).toBe('second')
  })

  it('ends at a time that is not in the future, and is erased if it was written again', async () => {
    const keys = await writtenKeys()
    await write(...(await without('es256')))
    const former = async () => (await listed()).find(({ kid }) => kid === 'es256')
    expect((await former())?.retiredAt).toBeUndefined()
    await service.api('/service/keys/generate', { alg: 'ES384' })
    expect((await former())?.retiredAt).toBe(system.clock())
    await write(...keys)
    expect(await former()).toMatchObject({ state: 'PREVIOUS' })
    await service.api('/service/keys/generate', { alg: 'EdDSA' })
    system.clock.advance(10 * day)
    await sweep()
    expect((await writtenKeys()).map(({ kid }) => kid)).not.toContain('es256')
  })

  it('is one of at most a hundred that are remembered of a set', async () => {
    const { services } = service.store
    const row = await services.find(service.serviceId)
    if (!row) throw new Error('The service is gone.')
    const [of = expect.fail()] = row.keys.managed
    const lost = Array.from({ length: 150 }, (_, index) => ({ ...of, kid: `lost-${index}` }))
    const managed = [...lost, ...row.keys.managed]
    const keys = { ...row.keys, managed }
    await service.store.commit(services.updateRing({ ...row, keys, seen: row.version }))
    await service.api('/service/keys/generate', { alg: 'EdDSA' })
    const kids = (await listed()).map(({ kid }) => kid)
    expect(kids.filter((kid) => kid.startsWith('lost-'))).toHaveLength(100)
    expect(kids).toEqual(expect.arrayContaining(['es256', 'second']))
  })
})
