/** A client that registers itself, manages its registration, and then runs the code flow. */
import * as openid from 'openid-client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { callApi } from '../../examples/demo/seed.ts'
import { callback, createUser, redeem, requestOf, startWorld, type World } from './world.ts'

const initialAccessToken = 'whoever-has-this-may-register'

let world: World

beforeAll(async () => {
  world = await startWorld({ initialAccessToken })
})
afterAll(() => world?.close())

const metadata = { redirect_uris: [callback], client_name: 'Coffee Shop' }

const register = (token = initialAccessToken) =>
  openid.dynamicClientRegistration(new URL(world.issuer), metadata, openid.ClientSecretBasic(), {
    ...{ initialAccessToken: token, execute: [openid.allowInsecureRequests] },
  })

/** Calls of a client to its registration_client_uri, RFC 7592 §2. */
async function manage(client: openid.ClientMetadata, method: string, more: object = {}) {
  const uri = client['registration_client_uri']
  const token = client['registration_access_token']
  const { body, token: other = token } = more as { body?: object; token?: string }
  const response = await fetch(String(uri), {
    method,
    headers: { Authorization: `Bearer ${other}`, 'Content-Type': 'application/json' },
    ...(body ? { body: JSON.stringify(body) } : {}),
  })
  const text = await response.text()
  return { status: response.status, headers: response.headers, body: text && JSON.parse(text) }
}

describe('self-registered client', () => {
  it('completes the code flow', async () => {
    const configuration = await register()
    const request = await requestOf(configuration)
    const walked = await createUser().walk(request.url)
    expect(walked.shown).toEqual(['login', 'consent'])
    const tokens = await redeem(configuration, request, walked.url)
    expect(tokens.claims()?.aud).toEqual([configuration.clientMetadata().client_id])
  })

  it('reads, changes and deletes itself (RFC 7592 §2)', async () => {
    const configuration = await register()
    const client = configuration.clientMetadata()
    expect(client['registration_client_uri']).toBe(`${world.issuer}/register/${client.client_id}`)
    const read = await manage(client, 'GET')
    expect(read).toMatchObject({ status: 200, body: { client_name: 'Coffee Shop' } })

    const { client_id } = client
    const body = { ...metadata, client_id, client_name: 'Cocoa Shop' }
    const updated = await manage(client, 'PUT', { body })
    expect(updated).toMatchObject({ status: 200, body: { client_name: 'Cocoa Shop' } })
    const { url } = await requestOf(configuration)
    expect((await createUser().browser.open(url.href)).text).toContain('Cocoa Shop')

    expect(await manage(client, 'DELETE')).toMatchObject({ status: 204, body: '' })
    expect((await manage(client, 'GET')).status).toBe(401)
    expect((await createUser().walk(url)).shown).toEqual(['error 400'])
  })

  it('is accessible by its own registration access token only (RFC 7592 §2)', async () => {
    const [one, two] = [await register(), await register()].map((each) => each.clientMetadata())
    const token = String(two?.['registration_access_token'])
    for (const method of ['GET', 'DELETE'])
      for (const wrong of ['wrong', token]) {
        const refused = await manage(one ?? { client_id: '' }, method, { token: wrong })
        expect(refused.status).toBe(401)
        expect(refused.headers.get('www-authenticate')).toMatch(/^Bearer/)
      }
  })

  it('gets an error that describes its invalid metadata (RFC 7591 §3.2.2)', async () => {
    const response = await fetch(`${world.issuer}/register`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${initialAccessToken}` },
      body: JSON.stringify({ redirect_uris: ['not a uri'] }),
    })
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ error: 'invalid_redirect_uri' })
  })
})

it('registration requires the initial access token if one is set (RFC 7591 §3)', async () => {
  await expect(register('wrong')).rejects.toThrow()
  const bare = await fetch(`${world.issuer}/register`, {
    ...{ method: 'POST', body: JSON.stringify(metadata) },
  })
  expect(bare.status).toBe(401)
  expect(bare.headers.get('www-authenticate')).toBe('Bearer')
})

it('registration is open if no initial access token is set', async () => {
  const open = await startWorld()
  const body = JSON.stringify(metadata)
  const response = await fetch(`${open.issuer}/register`, { method: 'POST', body })
  expect(response.status).toBe(201)
  await open.close()
})

it('registration answers 404 if the service does not support it', async () => {
  const closed = await startWorld({ service: { dynamicRegistrationSupported: false } })
  const body = JSON.stringify(metadata)
  const response = await fetch(`${closed.issuer}/register`, { method: 'POST', body })
  expect(response.status).toBe(404)
  for (const method of ['GET', 'PUT', 'DELETE']) {
    const sent = method === 'PUT' ? { method, body } : { method }
    expect((await fetch(`${closed.issuer}/register/1`, sent)).status).toBe(404)
  }
  await closed.close()
})

it('a registration is managed by the secret if the service accepts it (RFC 7592 §3)', async () => {
  const attributes = [{ key: 'ext.dcr.client_auth', value: 'client_secret_basic' }]
  const lenient = await startWorld({ service: { attributes } })
  const body = JSON.stringify(metadata)
  const created = await fetch(`${lenient.issuer}/register`, { method: 'POST', body })
  const { client_id: id, client_secret: secret } = await created.json()
  const readWith = (password: string) => {
    const headers = { Authorization: `Basic ${btoa(`${id}:${password}`)}` }
    return fetch(`${lenient.issuer}/register/${id}`, { headers })
  }
  const read = await readWith(secret)
  expect([read.status, (await read.json()).client_name]).toEqual([200, 'Coffee Shop'])
  const refused = await readWith('wrong')
  expect(refused.status).toBe(401)
  expect(refused.headers.get('www-authenticate')).toBe('Basic realm="registration"')
  const bare = await fetch(`${lenient.issuer}/register/${id}`)
  expect(bare.headers.get('www-authenticate')).toMatch(/^Bearer .*, Basic realm="registration"$/)
  await lenient.close()
})

it('registration requires an access token if the service requires scopes (RFC 7591 §3)', async () => {
  const attributes = [{ key: 'ext.dcr.required_scopes', value: 'profile' }]
  const guarded = await startWorld({ service: { attributes } })
  const registerWith = (headers: Record<string, string>) =>
    fetch(`${guarded.issuer}/register`, {
      ...{ method: 'POST', headers, body: JSON.stringify(metadata) },
    })
  const bare = await registerWith({})
  expect(bare.status).toBe(401)
  expect(bare.headers.get('www-authenticate')).toMatch(/^Bearer/)
  const { clientId } = await guarded.client()
  const { accessToken } = await callApi(guarded.api, `${guarded.serviceId}/auth/token/create`, {
    ...{ grantType: 'AUTHORIZATION_CODE', clientId: Number(clientId), subject: 'alice' },
    scopes: ['profile'],
  })
  expect((await registerWith({ Authorization: `Bearer ${accessToken}` })).status).toBe(201)
  await guarded.close()
})
