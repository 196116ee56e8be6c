/** The signed key set of a service, OpenID Federation §5.2.1. */
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { attributes, createEntity, documentOf, entityKeys, verified } from '../../support/entity.ts'
import { issuer, type TestService } from '../../support/flows.ts'
import { jwksOf, publicKey, serviceKeys } from '../../support/keys.ts'

let service: TestService
beforeAll(async () => {
  service = await createEntity()
})
afterAll(() => service.close())

const ask = (headers: Record<string, string> = {}) => service.api('/federation/jwks', {}, headers)
const read = async () =>
  verified(service, await documentOf(service, 'jwks'), entityKeys.map(publicKey))

describe(`signed key set of a service on ${inject('dialect')}`, () => {
  it('has the protocol keys, signed with a key of the federation (§5.2.1)', async () => {
    const { header, claims } = await read()
    expect(header).toEqual({ alg: 'ES256', kid: 'entity-es256', typ: 'jwk-set+jwt' })
    const iat = Math.floor(service.system.clock() / 1000)
    expect(claims).toEqual({
      ...{ iss: issuer, sub: issuer, iat, exp: iat + 86_400 },
      keys: serviceKeys.map(publicKey),
    })
    const { keys } = await service.get(`/api/${service.serviceId}/service/jwks/get`)
    expect(claims.keys).toEqual(keys)
  })

  it('is relayed with its media type, and may be cached', async () => {
    const { relay } = await ask({ Prefer: 'relay' })
    expect(relay).toMatchObject({
      status: 200,
      headers: {
        'Content-Type': 'application/jwk-set+jwt',
        'Cache-Control': 'public, max-age=8640',
      },
    })
  })

  it('is signed once for all who ask within a minute', async () => {
    const first = await documentOf(service, 'jwks')
    service.system.clock.advance(30_000)
    expect(await documentOf(service, 'jwks')).toBe(first)
    service.system.clock.advance(30_000)
    expect(await documentOf(service, 'jwks')).not.toBe(first)
  })

  it('has the keys that the service has now', async () => {
    const [first] = serviceKeys.slice(1)
    await service.configure({ jwks: jwksOf(...(first ? [first] : [])) })
    expect((await read()).claims.keys).toMatchObject([{ kid: 'es256' }])
  })

  it('INTERNAL_SERVER_ERROR: the service has no key of a federation', async () => {
    await service.configure({ federationJwks: undefined })
    expect(await ask()).toMatchObject({ action: 'INTERNAL_SERVER_ERROR', resultCode: 'P134005' })
  })

  it('NOT_FOUND: the service takes part in no federation', async () => {
    await service.configure({ federationEnabled: false })
    expect(await ask()).toMatchObject({ action: 'NOT_FOUND', resultCode: 'P134001' })
  })

  it('NOT_FOUND: the service publishes no keys by ext.jwks.published', async () => {
    await service.configure({
      signedJwksUri: `${issuer}/signed-jwks`,
      ...attributes({ 'ext.jwks.published': 'false' }),
    })
    expect(await ask()).toMatchObject({ action: 'NOT_FOUND', resultCode: 'P134003' })
    const document = await service.get(`/api/${service.serviceId}/service/configuration`)
    expect(document).not.toHaveProperty('signed_jwks_uri')
  })
})
