/** The metadata of protected resources, RFC 9728. */
import { createLocalJWKSet, jwtVerify } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createService, issuer, requestToken, type TestService } from '../../support/flows.ts'
import { jwksOf, publicKey, serviceKeys } from '../../support/keys.ts'

const tools = 'https://tools.example/mcp'
const full = {
  resource: tools,
  name: 'Tools',
  scopes: ['read', 'write'],
  documentation: 'https://tools.example/docs#start',
  policyUri: 'https://tools.example/policy',
  tosUri: 'https://tools.example/terms',
  jwksUri: 'https://tools.example/jwks',
  bearerMethodsSupported: ['header'],
  authorizationDetailsTypes: ['payment'],
  dpopRequired: true,
  certificateRequired: true,
}
const describing = (...resources: unknown[]) => ({
  attributes: [{ key: 'ext.resources', value: JSON.stringify(resources) }],
})

let service: TestService
beforeAll(async () => {
  service = await createService()
})
afterAll(() => service.close())
const ask = (resource: string, more = {}) =>
  service.api('/resource/metadata', { resource, ...more })

describe('/resource/metadata', () => {
  it('OK: returns what the description says, and nothing else (RFC 9728 §2)', async () => {
    await service.configure(describing(full, { resource: 'urn:example:files' }))
    const answer = await ask(tools)
    expect(answer).toMatchObject({ action: 'OK', resultCode: 'P161901' })
    expect(JSON.parse(answer.responseContent)).toEqual({
      resource: tools,
      authorization_servers: [issuer],
      jwks_uri: 'https://tools.example/jwks',
      scopes_supported: ['read', 'write'],
      bearer_methods_supported: ['header'],
      resource_name: 'Tools',
      resource_documentation: 'https://tools.example/docs#start',
      resource_policy_uri: 'https://tools.example/policy',
      resource_tos_uri: 'https://tools.example/terms',
      tls_client_certificate_bound_access_tokens: true,
      authorization_details_types_supported: ['payment'],
      dpop_signing_alg_values_supported: expect.arrayContaining(['ES256', 'EdDSA']),
      dpop_bound_access_tokens_required: true,
    })
    const plain = await ask('urn:example:files')
    expect(JSON.parse(plain.responseContent)).toEqual({
      resource: 'urn:example:files',
      authorization_servers: [issuer],
      dpop_signing_alg_values_supported: expect.any(Array),
    })
    expect(plain).not.toHaveProperty('metadataUri')
    expect((await ask(tools, { pretty: true })).responseContent).toContain('\n  "resource"')
  })

  it('OK: names the URL of the document (RFC 9728 §3)', async () => {
    const at = '/.well-known/oauth-protected-resource'
    const urls = {
      'https://tools.example/mcp': `https://tools.example${at}/mcp`,
      'https://tools.example/': `https://tools.example${at}`,
      'https://a.example': `https://a.example${at}`,
      'https://b.example/?q=1': `https://b.example${at}?q=1`,
      'https://b.example/x/?q=1': `https://b.example${at}/x/?q=1`,
      'http://127.0.0.1:8080/mcp': `http://127.0.0.1:8080${at}/mcp`,
    }
    await service.configure(describing(...Object.keys(urls).map((resource) => ({ resource }))))
    for (const [resource, url] of Object.entries(urls))
      expect(await ask(resource)).toMatchObject({ action: 'OK', metadataUri: url })
  })

  it('OK: signs the metadata as the issuer (RFC 9728 §2.2)', async () => {
    await service.configure(describing(full))
    const { signed_metadata, ...document } = JSON.parse(
      (await ask(tools, { signed: true })).responseContent,
    )
    const keys = createLocalJWKSet({ keys: serviceKeys.map(publicKey) })
    const { payload, protectedHeader } = await jwtVerify(signed_metadata, keys, {
      issuer,
      typ: 'oauth-protected-resource+jwt',
      currentDate: new Date(service.system.clock()),
    })
    const { iss: _, iat: _from, exp: _until, ...stated } = payload
    expect(stated).toEqual(document)
    expect(protectedHeader.alg).toBe('RS256')
    const again = JSON.parse((await ask(tools, { signed: true })).responseContent)
    expect(again.signed_metadata).toBe(signed_metadata)
  })

  it('BAD_REQUEST: refuses to sign without a key (RFC 9728 §2.2)', async () => {
    await service.configure({ ...describing(full), jwks: jwksOf() })
    const refused = await ask(tools, { signed: true })
    expect(refused).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P161102' })
    expect(await ask(tools)).toMatchObject({ action: 'OK' })
  })

  it('NOT_FOUND: knows described resources only (RFC 9728 §3.1)', async () => {
    await service.configure(describing(full))
    const found = await ask('HTTPS://Tools.Example:443/mcp')
    expect(JSON.parse(found.responseContent).resource).toBe(tools)
    for (const each of ['https://tools.example/mcp/', 'https://tools.example', 'tools']) {
      expect(await ask(each)).toMatchObject({ action: 'NOT_FOUND', resultCode: 'P161101' })
    }
    expect(await ask('')).not.toHaveProperty('action')
  })
})

describe('metadata of the service', () => {
  it('list its resources, except those that are not listed (RFC 9728 §4)', async () => {
    const metadata = async () => {
      const path = `/api/${service.serviceId}/service/configuration`
      return JSON.parse((await service.call('GET', path)).text)
    }
    await service.configure({})
    expect(await metadata()).not.toHaveProperty('protected_resources')
    await service.configure(describing(full, { resource: 'https://b.example/', listed: false }))
    expect((await metadata()).protected_resources).toEqual([tools])
  })
})

describe('challenge of /auth/introspection', () => {
  const url = 'https://tools.example/.well-known/oauth-protected-resource/mcp'
  const introspect = async (more = {}) =>
    (await service.api('/auth/introspection', { token: 'unknown', ...more })).responseContent

  it('tells where the metadata of the described resource are (RFC 9728 §5.1)', async () => {
    await service.configure(describing(full, { resource: 'urn:example:files' }))
    const told = await introspect({ resources: [tools] })
    expect(told).toMatch(/^Bearer error="invalid_token",.*,resource_metadata="/)
    expect(told).toContain(`resource_metadata="${url}"`)
    expect(await introspect({ token: '', resources: [tools] })).toContain(url)
    const others = [['https://other.example/'], ['urn:example:files'], [tools, 'urn:x:y'], []]
    for (const resources of [...others, undefined])
      expect(await introspect({ resources })).not.toContain('resource_metadata')
  })

  it('names the scopes that the token lacks (RFC 6750 §3)', async () => {
    await service.configure(describing({ resource: tools }))
    const client = await service.client()
    const grant = { grant_type: 'client_credentials', scope: 'read', resource: tools }
    const { accessToken: token } = await requestToken(service, client, grant)
    const refused = await introspect({ token, scopes: ['read', 'write'], resources: [tools] })
    expect(refused).toMatch(/^Bearer error="insufficient_scope",.*,scope="read write",/)
    expect(refused).toContain(`resource_metadata="${url}"`)
    expect(await introspect({ scopes: ['read'] })).not.toContain('scope=')
  })
})
