/** Grants without a user of clients that no caller created: discovered or self-registered ones. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  authorizationRequest,
  createService,
  form,
  redirectUri,
  type TestService,
} from '../../support/flows.ts'
import { clientKey, jwksOf, publicKey } from '../../support/keys.ts'
import type { Json } from '../../support/server.ts'
import { assertionFor } from '../../support/signing-client.ts'
import { sharedStore } from '../../support/stores.ts'

const url = 'https://stranger.example/client'
const enabled = { clientIdMetadataDocumentSupported: true, dynamicRegistrationSupported: true }

const store = sharedStore()
let service: TestService
beforeEach(async () => {
  service = await createService(enabled, { on: store() })
})
afterEach(() => service.close())

const pairs = (origin: string, attributes: Record<string, string>) => ({
  ...enabled,
  attributes: Object.entries(attributes).map(([name, value]) => ({
    key: `ext.${origin}.${name}`,
    value,
  })),
})

const grants: Record<string, Record<string, string>> = {
  client_credentials: {},
  password: { username: 'alice', password: 'secret' },
  'urn:ietf:params:oauth:grant-type:jwt-bearer': { assertion: 'e30.e30.AAAA' },
  'urn:ietf:params:oauth:grant-type:token-exchange': {
    subject_token: 'PHNhbWw',
    subject_token_type: 'urn:ietf:params:oauth:token-type:saml2',
  },
}

describe('client of a metadata document', () => {
  const serve = (more: Json = {}) =>
    service.system.fetch.answer(url, {
      body: {
        ...{ client_id: url, client_name: 'Stranger', redirect_uris: [redirectUri] },
        grant_types: ['authorization_code', ...Object.keys(grants)],
        ...{ token_endpoint_auth_method: 'private_key_jwt', jwks: publicKeys, ...more },
      },
    })
  const publicKeys = JSON.parse(jwksOf(publicKey(clientKey)))
  const ask = async (grantType: string, more: Record<string, string> = {}): Promise<Json> =>
    service.api('/auth/token', {
      parameters: form({
        grant_type: grantType,
        ...grants[grantType],
        ...(await assertionFor(service, { clientId: url })),
        ...more,
      }),
    })

  it.each(Object.keys(grants))(
    'cannot use %s unless the service allows it (CIMD §6.2, RFC 6749 §4.4)',
    async (grantType) => {
      serve()
      const refused = await ask(grantType, { scope: 'read' })
      expect(refused).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P013007' })
      expect(JSON.parse(refused.responseContent).error).toBe('unauthorized_client')
      const others = Object.keys(grants).filter((each) => each !== grantType)
      const listing = { grant_types: others.join(' '), scopes: 'read' }
      await service.configure(pairs('client_id_metadata', listing))
      expect(await ask(grantType)).toMatchObject({ resultCode: 'P013007' })
      await service.configure(
        pairs('client_id_metadata', { grant_types: grantType, scopes: 'read' }),
      )
      expect((await ask(grantType, { scope: 'read' })).resultCode).not.toBe('P013007')
    },
  )

  it('gets only the scopes that the service allows such clients (RFC 6749 §3.3)', async () => {
    serve()
    const listing = { grant_types: 'client_credentials', scopes: 'read' }
    await service.configure(pairs('client_id_metadata', listing))
    const granted = await ask('client_credentials', { scope: 'read write profile' })
    expect(granted).toMatchObject({ action: 'OK', scopes: ['read'] })
    const asked = await service.api('/auth/authorization', {
      parameters: authorizationRequest({ clientId: url }, { scope: 'read write' }),
    })
    expect(asked.scopes.map(({ name }: Json) => name)).toEqual(['read'])
  })

  it('keeps its restrictions after an update by the caller', async () => {
    serve()
    await ask('client_credentials')
    const { clients } = await service.get(`/api/${service.serviceId}/client/get/list`)
    const [client] = clients as [Json]
    const { discoveredByMetadataDocument: _, metadataDocumentLocation: _location, ...rest } = client
    await service.api(`/client/update/${client.clientId}`, rest)
    expect(await ask('client_credentials')).toMatchObject({ resultCode: 'P013007' })
  })
})

describe('self-registered client', () => {
  const register = async (): Promise<Json> => {
    const json = { grant_types: ['authorization_code', 'client_credentials'], scope: 'read write' }
    const answer = await service.api('/client/registration', {
      json: JSON.stringify({ ...json, redirect_uris: [redirectUri] }),
    })
    return JSON.parse(answer.responseContent)
  }
  const ask = ({ client_id: clientId, client_secret: clientSecret }: Json) =>
    service.api('/auth/token', {
      ...{ clientId, clientSecret },
      parameters: form({ grant_type: 'client_credentials', scope: 'read write' }),
    })

  it('gets the allowed grant types for such clients only (RFC 7591 §3.2.1)', async () => {
    const former = await register()
    expect(await ask(former)).toMatchObject({ action: 'OK', scopes: ['read', 'write'] })
    await service.configure({
      ...pairs('dcr', { grant_types: '', scopes: 'read' }),
      dcrScopeUsedAsRequestable: true,
    })
    const narrowed = await register()
    expect(narrowed.grant_types).toEqual(['authorization_code'])
    expect(narrowed.scope).toBe('read')
    expect(await ask(former)).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P013007' })
    const listing = { grant_types: 'client_credentials', scopes: 'read' }
    await service.configure(pairs('dcr', listing))
    expect(await ask(await register())).toMatchObject({ action: 'OK', scopes: ['read'] })
  })
})

describe('former names ext.dynamic_registration.*', () => {
  const limitOf = async (attributes: Record<string, string>) => {
    const pairs = Object.entries(attributes).map(([key, value]) => ({ key, value }))
    const body = { ...enabled, serviceName: 'x', issuer: 'https://as.example.com' }
    const path = `/api/${service.serviceId}/service/update`
    const saved = await service.call('POST', path, { ...body, attributes: pairs })
    const json = JSON.stringify({ redirect_uris: [redirectUri] })
    let registered = 0
    while (registered < 4) {
      const { action } = await service.api('/client/registration', { json })
      if (action !== 'CREATED') break
      registered += 1
    }
    const found = (saved.body.warnings ?? []) as Json[]
    return { saved, registered, warnings: found.filter(({ code }) => /-attribute$/.test(code)) }
  }
  const former = 'ext.dynamic_registration.limit'

  it('still count, and the response to saving them names the new ones', async () => {
    const { saved, registered, warnings } = await limitOf({ [former]: '2' })
    expect(registered).toBe(2)
    expect(saved.body.attributes).toEqual([{ key: former, value: '2' }])
    expect(warnings).toEqual([
      {
        code: 'renamed-attribute',
        property: 'attributes',
        message: expect.stringContaining('is now named ext.dcr.limit.'),
      },
    ])
  })

  it('do not count beside the new ones, which are no reason for a warning', async () => {
    const { registered } = await limitOf({ [former]: '1', 'ext.dcr.limit': '3' })
    expect(registered).toBe(3)
    expect((await limitOf({ 'ext.dcr.limit': '3' })).warnings).toEqual([])
  })

  it('are refused with a value that is not valid', async () => {
    const { saved } = await limitOf({ [former]: 'many' })
    expect(saved.status).toBe(400)
    expect(saved.body.resultMessage).toContain(former)
  })

  it('exist for dynamic registration only', async () => {
    const { warnings } = await limitOf({ 'ext.dynamic_registration.default_scopes': 'read' })
    expect(warnings).toMatchObject([{ code: 'unknown-attribute' }])
  })
})

describe('ext. attributes of self-registered clients and issuers', () => {
  it.each([
    ['ext.client_id_metadata.grant_types', 'authorization_code'],
    ['ext.client_id_metadata.grant_types', 'client_credentials'],
    ['ext.dcr.grant_types', 'CLIENT_CREDENTIALS'],
    ['ext.client_id_metadata.scopes', 'a"b'],
    ['ext.dynamic_registration.grant_types', 'CLIENT_CREDENTIALS'],
    ['ext.dcr.scopes', Array.from({ length: 101 }, (_, at) => `s${at}`).join(' ')],
    ['ext.token_exchange.issuers', 'http://op.example.com'],
    ['ext.token_exchange.issuers', 'https://op.example.com?x'],
    ['ext.token_exchange.issuers', 'https://op@example.com'],
  ])('are refused when they are saved with a bad value: %s is %j', async (key, value) => {
    const { serviceId, call } = service
    const refused = await call('POST', `/api/${serviceId}/service/update`, {
      ...{ serviceName: 'x', issuer: 'https://as.example.com', attributes: [{ key, value }] },
    })
    expect(refused.status).toBe(400)
    expect(refused.body.resultMessage).toContain(key)
  })
})
