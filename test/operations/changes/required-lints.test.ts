/** `ext.lint.require`: changes that break a profile are refused, each with its findings. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createService, issuer, redirectUri, type TestService } from '../../support/flows.ts'
import type { Json } from '../../support/server.ts'

let service: TestService
const requiring = (value: string) => [{ key: 'ext.lint.require', value }]
beforeAll(async () => {
  service = await createService({
    dynamicRegistrationSupported: true,
    registrationEndpoint: `${issuer}/register`,
    pkceRequired: true,
    pkceS256Required: true,
    supportedGrantTypes: ['AUTHORIZATION_CODE', 'REFRESH_TOKEN'],
    supportedResponseTypes: ['CODE'],
    refreshTokenKept: false,
  })
})
afterAll(() => service.close())

const at = (path: string) => `/api/${service.serviceId}${path}`
const patch = (path: string, body: Json) =>
  service.call('PATCH', at(path), JSON.stringify(body), {
    headers: { 'Content-Type': 'application/merge-patch+json' },
  })
const report = async (): Promise<Json> =>
  service.post(at('/service/lint'), { profiles: ['oauth-2.1'] })

describe('a service with ext.lint.require', () => {
  it('is not changed by what breaks the profile, with the findings named', async () => {
    const { findings, conforms } = await report()
    expect([conforms['oauth-2.1'], findings]).toEqual([true, expect.any(Array)])
    expect((await patch('/service', { attributes: requiring('oauth-2.1, rfc9700') })).status).toBe(
      200,
    )
    const broken = await patch('/service', { pkceRequired: false })
    expect([broken.status, broken.body.resultCode]).toEqual([409, 'P151001'])
    expect(broken.body.resultMessage).toMatch(/L1003 pkceRequired/)
    const dry = await patch('/service?dryRun=true', { pkceRequired: false })
    expect(dry.body.resultCode).toBe('P151001')
    expect((await patch('/service', { description: 'good' })).status).toBe(200)
  })

  it('refuses clients that break it, and lets them be locked', async () => {
    const good = await service.post(at('/client/create'), { redirectUris: [redirectUri] })
    expect(good).toHaveProperty('clientId')
    const path = `/clients/${good.clientId}`
    const http = { redirectUris: ['http://shop.example/cb'] }
    const changed = await patch(path, http)
    expect([changed.status, changed.body.resultCode]).toEqual([409, 'P151001'])
    expect(changed.body.resultMessage).toMatch(/L2001 redirectUris/)
    const created = await service.call('POST', at('/client/create'), http)
    expect(created.body.resultCode).toBe('P151001')
    await service.api(`/client/lock_flag/update/${good.clientId}`, { clientLocked: true })
    expect((await service.get(at(`/client/get/${good.clientId}`))).locked).toBe(true)
  })

  it('refuses registrations that break it (RFC 7591 §3.2.2)', async () => {
    const register = (uri: string) =>
      service.api('/client/registration', {
        json: JSON.stringify({ redirect_uris: [uri], token_endpoint_auth_method: 'none' }),
      })
    const refused = await register('http://shop.example/cb')
    expect(refused.action).toBe('BAD_REQUEST')
    expect(refused.responseContent).toContain('L2001')
    expect((await register(redirectUri)).action).toBe('CREATED')
  })

  it('is not required by settings that break it already', async () => {
    const attributes = requiring('fapi2-security')
    const { status, body } = await patch('/service', { attributes })
    expect([status, body.resultCode]).toEqual([409, 'P151001'])
    const made = await service.call('POST', '/api/service/create', { attributes })
    expect(made.body.resultCode).toBe('P151001')
    const unknown = await patch('/service', { attributes: requiring('fapi3') })
    expect(unknown.body.resultCode).toBe('P000206')
  })

  it('accepts everything again without the attribute', async () => {
    expect((await patch('/service', { attributes: null, pkceRequired: false })).status).toBe(200)
    const http = { redirectUris: ['http://shop.example/cb'] }
    expect(await service.post(at('/client/create'), http)).toHaveProperty('clientId')
  })
})

describe('a dry run of a patch', () => {
  it('answers the findings that appear and vanish', async () => {
    const codes = (found: Json[]) => found.map(({ code }) => code)
    const { body } = await patch('/service?dryRun=true', { pkceRequired: true })
    expect(codes(body.lints.vanish)).toContain('L1003')
    expect(body.lints.appear).toEqual([])
    const { clientId } = await service.client({ redirectUris: [redirectUri] })
    const http = { redirectUris: ['http://shop.example/cb'] }
    const dry = await patch(`/clients/${clientId}?dryRun=true`, http)
    expect(codes(dry.body.lints.appear)).toContain('L2001')
    expect((await patch(`/clients/${clientId}`, http)).body).not.toHaveProperty('lints')
  })
})
