/** The attribute `ext.profile` makes a service secure by default: RFC 9700, FAPI 2.0, MCP. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  authorize,
  createService,
  form,
  issuer,
  obtainTokens,
  redirectUri,
  refresh,
  requestToken,
  type TestService,
} from '../../support/flows.ts'
import type { Json } from '../../support/server.ts'

const withProfile = (value: string) => ({ attributes: [{ key: 'ext.profile', value }] })
const createWith = (profile: string | undefined, more: Json = {}) =>
  createService({ ...(profile === undefined ? {} : withProfile(profile)), ...more })
const metadataOf = async (service: TestService) =>
  JSON.parse((await service.call('GET', `/api/${service.serviceId}/service/configuration`)).text)

describe('ext.profile', () => {
  it('must be one of the known profiles', async () => {
    const service = await createWith(undefined)
    for (const value of ['oauth-2.0', '', 'OAuth-2.1', 'constructor', undefined]) {
      const attributes = [{ key: 'ext.profile', value }]
      expect(await service.configure({ attributes })).toMatchObject({ resultCode: 'P000206' })
      const created = await service.post('/api/service/create', { issuer, attributes })
      expect(created).toMatchObject({ resultCode: 'P000206' })
    }
    const both = ['oauth-2.1', 'mcp'].map((value) => ({ key: 'ext.profile', value }))
    expect(await service.configure({ attributes: both })).toMatchObject({ resultCode: 'P000206' })
    const fapi1 = { ...withProfile('fapi-2.0'), fapiModes: ['FAPI1_ADVANCED'] }
    expect(await service.configure(fapi1)).toMatchObject({ resultCode: 'P000206' })
    await service.close()
  })
})

describe.each(['oauth-2.1', 'mcp', 'mcp-2025-11-25', undefined])(
  'service with the profile %s',
  (profile) => {
    const isSafe = profile !== undefined
    const isMcp = profile?.startsWith('mcp') ?? false
    const resource = isMcp ? 'https://rs.example.com/' : undefined
    let service: TestService
    let client: Json
    let app: Json
    beforeAll(async () => {
      service = await createWith(profile, { issSuppressed: true, refreshTokenKept: true })
      client = await service.client({ idTokenSignAlg: 'ES256' })
      app = await service.publicClient({ idTokenSignAlg: 'ES256' })
    })
    afterAll(() => service.close())
    const ask = (more: Record<string, string | undefined>, by = client) =>
      authorize(service, by, { resource, ...more })
    const refusedIf = (isRefused: boolean, answer: Json, error: string) =>
      isRefused
        ? expect(answer.responseContent).toMatch(new RegExp(error))
        : expect(['INTERACTION', 'PASSWORD']).toContain(answer.action)

    it(`${isSafe ? 'requires' : 'does not require'} PKCE (RFC 9700 §2.1.1)`, async () => {
      const none = { code_challenge: undefined, code_challenge_method: undefined }
      for (const by of [client, app]) {
        refusedIf(isSafe, await ask(none, by), 'code_challenge')
        expect(await ask({}, by)).toMatchObject({ action: 'INTERACTION' })
      }
    })

    it(`${isSafe ? 'rejects' : 'accepts'} the PKCE method plain (RFC 9700 §2.1.1)`, async () => {
      const plain = { code_challenge: 'x'.repeat(43), code_challenge_method: 'plain' }
      refusedIf(isSafe, await ask(plain), 'S256')
    })

    it.each(['token', 'id_token', 'id_token token', 'code id_token', 'code token'])(
      `${isSafe ? 'rejects' : 'accepts'} response_type=%s (RFC 9700 §2.1.2)`,
      async (response_type) => {
        refusedIf(isSafe, await ask({ response_type }), 'unsupported_response_type|invalid_request')
      },
    )

    it(`${isSafe ? 'rejects' : 'accepts'} the password grant (RFC 9700 §2.4)`, async () => {
      const parameters = { grant_type: 'password', username: 'alice', password: 'x', resource }
      refusedIf(
        isSafe,
        await requestToken(service, client, parameters),
        'unsupported_grant_type|unauth',
      )
    })

    it(`${isSafe ? 'sends' : 'does not send'} iss in each response (RFC 9207)`, async () => {
      const { ticket } = await ask({})
      const issued = await service.api('/auth/authorization/issue', { ticket, subject: 'alice' })
      expect(issued.action).toBe('LOCATION')
      expect(new URL(issued.responseContent).searchParams.get('iss')).toBe(isSafe ? issuer : null)
    })

    it(`${isSafe ? 'rotates' : 'keeps'} public refresh tokens (RFC 9700 §2.2.2)`, async () => {
      for (const by of [client, app]) {
        const tokens = await obtainTokens(service, by, { resource })
        const refreshed = await refresh(service, by, tokens.refreshToken)
        expect(refreshed.action).toBe('OK')
        const isReplaced = refreshed.refreshToken !== tokens.refreshToken
        expect(isReplaced).toBe(isSafe && by === app)
      }
    })

    it(`${isSafe ? 'refuses' : 'accepts'} unsafe client properties (RFC 9700 §2)`, async () => {
      for (const document of [
        { grantTypes: ['AUTHORIZATION_CODE', 'IMPLICIT'] },
        { grantTypes: ['PASSWORD'] },
        { responseTypes: ['CODE', 'TOKEN'], grantTypes: ['AUTHORIZATION_CODE', 'IMPLICIT'] },
        { idTokenSignAlg: 'NONE' },
        { redirectUris: ['http://app.example.com/cb'], applicationType: 'WEB' },
        { redirectUris: [redirectUri], responseTypes: ['CODE_ID_TOKEN'] },
      ]) {
        const created = await service.client(document)
        const outcome = created.resultCode ?? 'created'
        expect([document, outcome]).toEqual([document, isSafe ? 'P000206' : outcome])
        if (!isSafe && !document.redirectUris) expect(created).toHaveProperty('clientId')
      }
      for (const uri of ['http://127.0.0.1:8080/cb', 'com.example.app:/cb']) {
        expect(await service.publicClient({ redirectUris: [uri] })).toHaveProperty('clientId')
      }
    })

    it('lists only what is allowed in its metadata (RFC 8414 §2)', async () => {
      const metadata = await metadataOf(service)
      const { response_types_supported, grant_types_supported } = metadata
      expect(grant_types_supported.includes('password')).toBe(!isSafe)
      expect(grant_types_supported.includes('implicit')).toBe(!isSafe)
      if (isSafe) expect(response_types_supported).toEqual(['code'])
      expect(metadata.code_challenge_methods_supported).toEqual(
        isSafe ? ['S256'] : ['S256', 'plain'],
      )
      expect(metadata.id_token_signing_alg_values_supported.includes('none')).toBe(!isSafe)
      expect(metadata.request_object_signing_alg_values_supported.includes('none')).toBe(!isSafe)
      expect(metadata.authorization_response_iss_parameter_supported ?? false).toBe(isSafe)
      expect(metadata.client_id_metadata_document_supported).toBe(isMcp ? true : undefined)
    })

    it(`${isMcp ? 'requires' : 'does not require'} resource (RFC 8707 §2)`, async () => {
      refusedIf(isMcp, await ask({ resource: undefined }), 'invalid_target')
      const grant = { grant_type: 'client_credentials' }
      const answer = await requestToken(service, client, grant)
      expect(answer.responseContent.includes('invalid_target')).toBe(isMcp)
      const named = await requestToken(service, client, {
        ...grant,
        resource: 'https://rs.example/',
      })
      expect(named).toMatchObject({ action: 'OK' })
    })
  },
)

describe('resource of a request without the parameter', () => {
  const described = (...names: string[]) => ({
    key: 'ext.resources',
    value: JSON.stringify(names.map((name) => ({ resource: `https://${name}.example/mcp` }))),
  })

  it('is the only described one with the profile of MCP (RFC 8707 §2)', async () => {
    const service = await createWith(undefined)
    const client = await service.client()
    const asked = async (profile: string, resources: object) => {
      const attributes = [...withProfile(profile).attributes, resources]
      await service.configure({ attributes })
      return authorize(service, client)
    }
    const defaulted = await asked('mcp-2025-11-25', described('tools'))
    expect(defaulted).toMatchObject({
      ...{ action: 'INTERACTION', resources: ['https://tools.example/mcp'] },
    })
    const several = await asked('mcp-2025-11-25', described('tools', 'files'))
    expect(several.responseContent).toContain('invalid_target')
    const other = await asked('oauth-2.1', described('tools'))
    expect(other).toMatchObject({ action: 'INTERACTION' })
    expect(other.resources ?? []).toEqual([])
    await service.close()
  })
})

describe('settings from before the profile', () => {
  it('do not weaken the profile: clients, redirect URIs, ID Tokens (RFC 9700 §2)', async () => {
    const service = await createWith(undefined)
    const http = 'http://app.example.com/cb'
    const old = await service.client({
      ...{ redirectUris: [http, redirectUri], idTokenSignAlg: 'NONE' },
      grantTypes: ['AUTHORIZATION_CODE', 'PASSWORD'],
    })
    expect(old).toHaveProperty('clientId')
    const supportedGrantTypes = ['AUTHORIZATION_CODE', 'IMPLICIT', 'PASSWORD']
    await service.configure({ ...withProfile('oauth-2.1'), supportedGrantTypes })
    const insecure = await authorize(service, old, { redirect_uri: http })
    expect(insecure).toMatchObject({ resultCode: 'P077101' })
    const tokens = await obtainTokens(service, old)
    expect(tokens).not.toHaveProperty('idToken')
    expect(tokens.action).not.toBe('OK')
    expect((await metadataOf(service)).grant_types_supported).toEqual(['authorization_code'])
    await service.close()
  })
})

describe('registration in a service with a profile (RFC 7591 §3.2.1)', () => {
  it('omits unsafe grant types, and is rejected if none is left', async () => {
    const service = await createWith('oauth-2.1', {
      ...{ dynamicRegistrationSupported: true, registrationEndpoint: `${issuer}/register` },
    })
    const register = (metadata: object) =>
      service.api('/client/registration', {
        json: JSON.stringify({ redirect_uris: [redirectUri], ...metadata }),
      })
    const narrowed = await register({ grant_types: ['authorization_code', 'implicit', 'password'] })
    expect(narrowed.action).toBe('CREATED')
    expect(JSON.parse(narrowed.responseContent).grant_types).toEqual(['authorization_code'])
    for (const metadata of [
      { grant_types: ['implicit'], response_types: ['token'] },
      { id_token_signed_response_alg: 'none' },
      { redirect_uris: ['http://app.example.com/cb'] },
    ]) {
      expect(await register(metadata)).toMatchObject({ action: 'BAD_REQUEST' })
    }
    await service.close()
  })
})

describe('profile fapi-2.0', () => {
  it('applies the FAPI 2.0 Security Profile to every request (FAPI 2.0 §5.3)', async () => {
    const service = await createWith('fapi-2.0', { pushedAuthReqEndpoint: `${issuer}/par` })
    const client = await service.client()
    expect(await authorize(service, client)).not.toHaveProperty('ticket')
    const metadata = await metadataOf(service)
    expect(metadata).toMatchObject({
      require_pushed_authorization_requests: true,
      response_types_supported: ['code'],
      code_challenge_methods_supported: ['S256'],
      authorization_response_iss_parameter_supported: true,
    })
    expect(metadata.token_endpoint_auth_methods_supported).not.toContain('client_secret_basic')
    expect(metadata.grant_types_supported).not.toContain('password')
    const parameters = form({ grant_type: 'client_credentials' })
    const secret = { clientId: String(client.clientId), clientSecret: client.clientSecret }
    const answer = await service.api('/auth/token', { parameters, ...secret })
    expect(answer.action).not.toBe('OK')
    await service.close()
  })
})
