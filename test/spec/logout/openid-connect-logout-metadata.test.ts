/**
 * Properties of logout: published by discovery, registered by clients, kept by updates that do not
 * know them, and read from custom metadata.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  authorizationRequest,
  createService,
  issuer,
  redirectUri,
  type TestService,
} from '../../support/flows.ts'
import type { Json } from '../../support/server.ts'

const origin = new URL(redirectUri).origin
const settings = {
  dynamicRegistrationSupported: true,
  registrationEndpoint: `${issuer}/register`,
  clientIdMetadataDocumentSupported: true,
}
const metadata = {
  post_logout_redirect_uris: [`${origin}/bye`, `${origin}/bye?again`],
  frontchannel_logout_uri: `${origin}/front`,
  frontchannel_logout_session_required: true,
  backchannel_logout_uri: `${origin}/back`,
  backchannel_logout_session_required: true,
}
const properties = {
  postLogoutRedirectUris: metadata.post_logout_redirect_uris,
  frontchannelLogoutUri: metadata.frontchannel_logout_uri,
  frontchannelLogoutSessionRequired: true,
}

let service: TestService
beforeAll(async () => {
  service = await createService(settings)
})
afterAll(() => service.close())
beforeEach(() =>
  service.configure({
    checkSessionIframe: '',
    frontchannelLogoutSupported: false,
    frontchannelLogoutSessionSupported: false,
  }),
)

const stored = (client: Json): Promise<Json> =>
  service.get(`/api/${service.serviceId}/client/get/${client.clientId}`)
const update = (client: Json, body: Json): Promise<Json> =>
  service.api(`/client/update/${client.clientId}`, body)
const discovery = async (): Promise<Json> =>
  service.get(`/api/${service.serviceId}/service/configuration`)

/** The document of a client as a tool sends it that does not know the properties. */
const forgetful = (client: Json): Json =>
  Object.fromEntries(Object.entries(client).filter(([name]) => !Object.hasOwn(properties, name)))

describe('discovery', () => {
  it('publishes the endpoints and mechanisms of logout that the service has (OIDC Front-Channel Logout §3)', async () => {
    await service.configure({
      endSessionEndpoint: `${issuer}/logout`,
      checkSessionIframe: `${issuer}/session`,
      frontchannelLogoutSupported: true,
      frontchannelLogoutSessionSupported: true,
      backchannelLogoutSupported: true,
      backchannelLogoutSessionSupported: true,
    })
    expect(await discovery()).toMatchObject({
      end_session_endpoint: `${issuer}/logout`,
      check_session_iframe: `${issuer}/session`,
      frontchannel_logout_supported: true,
      frontchannel_logout_session_supported: true,
      backchannel_logout_supported: true,
      backchannel_logout_session_supported: true,
    })
  })

  it('leaves out what the service does not have', async () => {
    const names = Object.keys(await discovery())
    expect(names.filter((name) => /logout|end_session|check_session/.test(name))).toEqual([])
  })
})

describe('settings of a service for logout', () => {
  it.each([
    ['https://other.example.com/session', 'must have the origin of issuer'],
    [`${issuer}:8443/session`, 'must have the origin of issuer'],
    ['http://as.example.com/session', 'must have the origin of issuer'],
    [`${issuer}/session#a`, 'must not have a fragment'],
    ['/session', 'Expected an absolute URI'],
  ])('refuse a checkSessionIframe of %s (OIDC Session Management §3.3)', async (uri, message) => {
    const refused = await service.configure({ checkSessionIframe: uri })
    expect(refused).toMatchObject({ resultCode: 'P000206' })
    expect(refused.resultMessage).toContain('checkSessionIframe')
    expect(refused.resultMessage).toContain(message)
  })

  it('are kept by an update that omits them, and removed by an empty string and false', async () => {
    const set = {
      checkSessionIframe: `${issuer}/session`,
      frontchannelLogoutSupported: true,
      frontchannelLogoutSessionSupported: true,
    }
    await service.configure(set)
    expect(await service.configure({ description: 'changed' })).toMatchObject(set)
    const removed = await service.configure({
      checkSessionIframe: '',
      frontchannelLogoutSupported: false,
    })
    expect(removed).not.toHaveProperty('checkSessionIframe')
    expect(removed).not.toHaveProperty('frontchannelLogoutSupported')
    expect(removed).toMatchObject({ frontchannelLogoutSessionSupported: true })
    const read = await service.get(`/api/${service.serviceId}/service/get`)
    expect(read).not.toHaveProperty('checkSessionIframe')
  })
})

describe('properties of a client for logout', () => {
  it('are stored, kept by an update that omits them, and removed one by one', async () => {
    const client = await service.client(properties)
    expect(client).toMatchObject(properties)
    const changed = await update(client, { ...forgetful(client), description: 'changed' })
    expect(changed).toMatchObject({ ...properties, description: 'changed' })
    expect(await stored(client)).toMatchObject(properties)
    const removals = [
      { postLogoutRedirectUris: [] },
      { frontchannelLogoutUri: '' },
      { frontchannelLogoutSessionRequired: false },
    ]
    for (const removal of removals) {
      const [name = ''] = Object.keys(removal)
      expect(await update(client, { ...forgetful(changed), ...removal })).not.toHaveProperty(name)
      expect(await stored(client)).not.toHaveProperty(name)
    }
  })

  it('are replaced by an update that contains them', async () => {
    const client = await service.client(properties)
    const postLogoutRedirectUris = [`${origin}/elsewhere`]
    const changed = await update(client, { ...client, postLogoutRedirectUris })
    expect(changed).toMatchObject({ ...properties, postLogoutRedirectUris })
  })

  it('are refused by name where a URI is wrong', async () => {
    const refused = await service.client({ frontchannelLogoutUri: 'https://other.example.com/' })
    expect(refused).toMatchObject({ resultCode: 'P000206' })
    expect(refused.resultMessage).toContain('frontchannelLogoutUri')
    // A kept URI would no longer have the origin of a redirect URI.
    const client = await service.client(properties)
    const moved = { ...forgetful(client), redirectUris: ['https://moved.example.com/callback'] }
    expect(await update(client, moved)).toMatchObject({ resultCode: 'P000206' })
  })
})

describe('customMetadata of a client', () => {
  const custom = (members: Json) => ({ customMetadata: JSON.stringify(members) })
  const { backchannel_logout_uri: _, backchannel_logout_session_required: __, ...own } = metadata

  it('sets the properties under their names in client metadata, and changes and removes them', async () => {
    const client = await service.client(custom({ ...own, other: 1 }))
    expect(client).toMatchObject(properties)
    const moved = { ...own, frontchannel_logout_uri: `${origin}/moved` }
    expect(await update(client, { ...forgetful(client), ...custom(moved) })).toMatchObject({
      ...properties,
      frontchannelLogoutUri: `${origin}/moved`,
    })
    const without = await update(client, { ...forgetful(client), ...custom({ other: 1 }) })
    for (const name of Object.keys(properties)) expect(without).not.toHaveProperty(name)
  })

  it('gives way to a property, in the same call and afterwards', async () => {
    const frontchannelLogoutUri = `${origin}/property`
    const client = await service.client({ ...custom(own), frontchannelLogoutUri })
    expect(client).toMatchObject({ ...properties, frontchannelLogoutUri })
    const changed = await update(client, { ...forgetful(client), description: 'changed' })
    expect(changed).toMatchObject({ ...properties, frontchannelLogoutUri })
    const removed = await update(client, { ...forgetful(client), frontchannelLogoutUri: '' })
    expect(removed).toMatchObject(properties)
  })

  it.each<[Json, string]>([
    [{ post_logout_redirect_uris: `${origin}/bye` }, 'post_logout_redirect_uris has the wrong'],
    [{ post_logout_redirect_uris: [1] }, 'post_logout_redirect_uris has the wrong type'],
    [{ frontchannel_logout_session_required: 'true' }, 'frontchannel_logout_session_required'],
    [{ post_logout_redirect_uris: ['javascript:a'] }, 'The scheme javascript: is not allowed.'],
    [{ post_logout_redirect_uris: [`${origin}/\u0000`] }, 'Expected an absolute URI.'],
    [{ frontchannel_logout_uri: 'https://other.example.com/' }, 'frontchannelLogoutUri'],
  ])('is refused with a wrong value: %j', async (members, message) => {
    const refused = await service.client(custom(members))
    expect(refused).toMatchObject({ resultCode: 'P000206' })
    expect(refused.resultMessage).toContain(message)
  })

  it('sets the properties in a service that limits custom metadata, too', async () => {
    await service.configure({ supportedCustomClientMetadata: ['listed'] })
    const client = await service.client(custom({ ...own, listed: 1, other: 2 }))
    expect(client).toMatchObject(properties)
    expect(JSON.parse(client.customMetadata)).toEqual({ ...own, listed: 1 })
    await service.configure({})
  })
})

describe('dynamic registration', () => {
  const register = (members: Json) =>
    service.api('/client/registration', {
      json: JSON.stringify({ redirect_uris: [redirectUri], ...members }),
    })
  const bodyOf = ({ responseContent }: Json): Json => JSON.parse(responseContent)

  it('registers the members of logout, returns them, and removes those that an update omits (RFC 7592 §2.2)', async () => {
    const answer = await register(metadata)
    expect(bodyOf(answer)).toMatchObject(metadata)
    expect(answer.client).toMatchObject(properties)
    const told = bodyOf(answer)
    const presents = { clientId: told.client_id, token: told.registration_access_token }
    expect(bodyOf(await service.api('/client/registration/get', presents))).toEqual(told)
    const json = JSON.stringify({ redirect_uris: [redirectUri], backchannel_logout_uri: origin })
    const updated = await service.api('/client/registration/update', { ...presents, json })
    expect(updated.action).toBe('UPDATED')
    const { backchannel_logout_session_required: required, ...rest } = bodyOf(updated)
    expect([rest.backchannel_logout_uri, required]).toEqual([origin, false])
    for (const name of Object.keys(properties)) expect(updated.client).not.toHaveProperty(name)
    expect(rest).not.toHaveProperty('post_logout_redirect_uris')
  })

  it.each<[Json]>([
    [{ post_logout_redirect_uris: ['com.example.app:/out'] }],
    [{ post_logout_redirect_uris: [`${origin}/#fragment`] }],
    [{ post_logout_redirect_uris: origin }],
    [{ frontchannel_logout_uri: 'https://other.example.com/' }],
    [{ frontchannel_logout_session_required: 'yes' }],
    [{ backchannel_logout_uri: `${origin}/#fragment` }],
    [{ backchannel_logout_uri: 'http://app.example.com/', token_endpoint_auth_method: 'none' }],
  ])('refuses %j as invalid_client_metadata (RFC 7591 §3.2.2)', async (members) => {
    const refused = await register(members)
    const [member = ''] = Object.keys(members)
    expect(refused.action).toBe('BAD_REQUEST')
    expect(bodyOf(refused)).toMatchObject({ error: 'invalid_client_metadata' })
    expect(bodyOf(refused).error_description).toContain(member)
  })
})

describe('a client metadata document', () => {
  const url = 'https://app.example.com/logout.json'
  const ask = () =>
    service.api('/auth/authorization', {
      parameters: authorizationRequest({ clientId: url }),
      cimdOptions: { alwaysRetrieved: true },
    })
  const serve = (members: Json) =>
    service.system.fetch.answer(url, {
      body: { client_id: url, redirect_uris: [redirectUri], ...members },
      contentType: 'application/json',
    })

  it('sets the properties of logout, and removes them when it no longer contains them (CIMD §4)', async () => {
    serve(metadata)
    const { client } = await ask()
    expect(await stored(client)).toMatchObject({
      ...properties,
      backchannelLogoutUri: metadata.backchannel_logout_uri,
    })
    serve({})
    await ask()
    for (const name of Object.keys(properties)) {
      expect(await stored(client)).not.toHaveProperty(name)
    }
  })
})
