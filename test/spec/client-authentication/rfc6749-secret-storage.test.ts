/** Client secrets of which only hashes are stored: `ext.client_secret.storage` `hashed`. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  authorize,
  createService,
  form,
  issuer,
  obtainCode,
  redeem,
  redirectUri,
  type TestService,
} from '../../support/flows.ts'
import type { Json } from '../../support/server.ts'
import { assertionFor, requestObjectFor } from '../../support/signing-client.ts'

const storage = (value: string) => ({ attributes: [{ key: 'ext.client_secret.storage', value }] })
const metadata = { redirect_uris: [redirectUri], grant_types: ['client_credentials'] }
const registering = {
  dynamicRegistrationSupported: true,
  registrationEndpoint: `${issuer}/register`,
}

let hashed: TestService
beforeAll(async () => {
  hashed = await createService({ ...registering, ...storage('hashed') })
})
afterAll(() => hashed.close())

/** A service that stores its secrets encrypted, so far. */
const encrypting = () => createService(registering, hashed)
const path = (at: TestService, operation: string, { clientId }: Json) =>
  `/api/${at.serviceId}/client/${operation}/${clientId}`
const get = (at: TestService, client: Json): Promise<Json> => at.get(path(at, 'get', client))
const refresh = (at: TestService, client: Json, query = ''): Promise<Json> =>
  at.get(path(at, 'secret/refresh', client) + query)
const stored = async (at: TestService, { clientId }: Json): Promise<Json> =>
  (await at.store.clients.find(at.serviceId, clientId))?.secrets

const ask = async (at: TestService, { clientId, clientSecret }: Json): Promise<string> => {
  const parameters = form({ grant_type: 'client_credentials', scope: 'read' })
  const body = { parameters, clientId: String(clientId), clientSecret }
  const { action, resultCode } = await at.api('/auth/token', body)
  return action === 'OK' ? action : resultCode
}
const withSecret = (client: Json, clientSecret: string) => ({ ...client, clientSecret })
const onlyHash = { secretState: { hash: expect.stringMatching(/^[\w-]{22}\.[\w-]{43}$/) } }

describe('hashed client secret', () => {
  it('is shown when it is made, and never again', async () => {
    const client = await hashed.client()
    expect(client.clientSecret).toMatch(/^[\w-]{86}$/)
    expect(client).not.toHaveProperty('secretState')
    const list = await hashed.get(`/api/${hashed.serviceId}/client/get/list?end=1000`)
    const shown = await get(hashed, client)
    const updated = await hashed.post(path(hashed, 'update', client), { ...shown, clientName: 'x' })
    for (const answer of [shown, updated, ...list.clients]) {
      expect(answer).not.toHaveProperty('clientSecret')
      expect(answer).not.toHaveProperty('secretState')
    }
    expect(updated.clientName).toBe('x')
    expect(await ask(hashed, client)).toBe('OK')
    const { newClientSecret, ...answer } = await refresh(hashed, client)
    expect(answer).not.toHaveProperty('oldClientSecret')
    expect(await ask(hashed, client)).toBe('P010005')
    expect(await ask(hashed, withSecret(client, newClientSecret))).toBe('OK')
    const chosen = { clientSecret: 'chosen' }
    expect(await hashed.post(path(hashed, 'secret/update', client), chosen)).toMatchObject({
      newClientSecret: 'chosen',
    })
    expect(await ask(hashed, withSecret(client, 'chosen'))).toBe('OK')
    expect(await ask(hashed, withSecret(client, 'wrong'))).toBe('P010005')
  })

  it('is not stored, and equal ones of two clients have different hashes', async () => {
    const clients = [await hashed.client(), await hashed.client()]
    expect(await stored(hashed, clients[0])).toEqual(onlyHash)
    for (const client of clients) {
      const chosen = { clientSecret: 'the-same-secret-of-two-clients' }
      await hashed.post(path(hashed, 'secret/update', client), chosen)
    }
    const [one, another] = await Promise.all(clients.map((client) => stored(hashed, client)))
    expect([one, another]).toEqual([onlyHash, onlyHash])
    expect(one).not.toEqual(another)
  })

  it('can be rotated with a grace period', async () => {
    const client = await hashed.client()
    const { newClientSecret } = await refresh(hashed, client, '?graceSeconds=60')
    const both = [client, withSecret(client, newClientSecret)]
    expect(await Promise.all(both.map((each) => ask(hashed, each)))).toEqual(['OK', 'OK'])
    const text = JSON.stringify(await stored(hashed, client))
    for (const { clientSecret } of both) expect(text).not.toContain(clientSecret)
    hashed.system.clock.advance(60_000)
    expect(await Promise.all(both.map((each) => ask(hashed, each)))).toEqual(['P010005', 'OK'])
  })

  it('is told a client that registers itself once (RFC 7591 §3.2.1)', async () => {
    const settings = [
      ...storage('hashed').attributes,
      { key: 'ext.dcr.secret_settable', value: 'true' },
      { key: 'ext.dcr.client_auth', value: 'client_secret_basic' },
    ]
    const at = await createService({ ...registering, attributes: settings }, hashed)
    const bodyOf = ({ responseContent }: Json): Json => JSON.parse(responseContent)
    const made = await at.api('/client/registration', { json: JSON.stringify(metadata) })
    const { client_id: clientId, client_secret: clientSecret, ...rest } = bodyOf(made)
    expect(made.client.clientSecret).toBe(clientSecret)
    expect(rest.client_secret_expires_at).toBe(0)
    expect(await ask(at, { clientId, clientSecret })).toBe('OK')
    const presents = { clientId, token: rest.registration_access_token }
    for (const by of [presents, { clientId, clientSecret }]) {
      const read = await at.api('/client/registration/get', by)
      expect(read.action).toBe('OK')
      for (const answer of [read.client, bodyOf(read)]) {
        expect(JSON.stringify(answer)).not.toMatch(/[sS]ecret"/)
      }
    }
    const update = async (client_secret: string) =>
      at.api('/client/registration/update', {
        ...presents,
        json: JSON.stringify({ ...metadata, client_secret }),
      })
    expect(bodyOf(await update(clientSecret))).not.toHaveProperty('client_secret')
    expect(await ask(at, { clientId, clientSecret })).toBe('OK')
    const chosen = 'a-secret-0123456789-that-the-client-chose'
    expect(bodyOf(await update(chosen)).client_secret).toBe(chosen)
    expect(await ask(at, { clientId, clientSecret: chosen })).toBe('OK')
    expect(await ask(at, { clientId, clientSecret })).toBe('P010005')
  })
})

const needing: [string, Json][] = [
  ['tokenAuthMethod', { tokenAuthMethod: 'CLIENT_SECRET_JWT' }],
  ['attributes', { attributes: [{ key: 'ext.auth_methods', value: 'client_secret_jwt' }] }],
  ['tokenAuthSignAlg', { tokenAuthSignAlg: 'HS256' }],
  ['idTokenSignAlg', { idTokenSignAlg: 'HS256' }],
  ['userInfoSignAlg', { userInfoSignAlg: 'HS384' }],
  ['requestSignAlg', { requestSignAlg: 'HS512' }],
  ['authorizationSignAlg', { authorizationSignAlg: 'HS256' }],
  ['idTokenEncryptionAlg', { idTokenEncryptionAlg: 'DIR', idTokenEncryptionEnc: 'A128GCM' }],
  ['userInfoEncryptionAlg', { userInfoEncryptionAlg: 'A128KW' }],
  ['requestEncryptionAlg', { requestEncryptionAlg: 'PBES2_HS256_A128KW' }],
]

describe('settings by which a client secret is a key', () => {
  it.each(needing)('are refused with hashed secrets: %s', async (property, document) => {
    const refused = await hashed.client(document)
    expect(refused).toMatchObject({ resultCode: 'P000206' })
    expect(refused.resultMessage).toMatch(new RegExp(`${property}.*stores only its hash`))
    const plain = await encrypting()
    expect(await plain.client(document)).toHaveProperty('clientSecret')
  })

  it('are refused with hashed secrets when a client registers itself (RFC 7591 §3.2.2)', async () => {
    const json = JSON.stringify({ ...metadata, id_token_signed_response_alg: 'HS256' })
    const refused = await hashed.api('/client/registration', { json })
    expect(refused).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P088005' })
    expect((await (await encrypting()).api('/client/registration', { json })).action).toBe(
      'CREATED',
    )
  })

  it('are not in the metadata of a service with hashed secrets (RFC 8414 §2)', async () => {
    const metadataOf = async (at: TestService) =>
      (await at.call('GET', `/api/${at.serviceId}/service/configuration`)).text
    const keyed = /"client_secret_jwt"|"dir"|"A128KW"|PBES2/
    expect(await metadataOf(await encrypting())).toMatch(keyed)
    const members = JSON.parse(await metadataOf(hashed))
    const own = Object.entries(members).filter(([name]) => !name.startsWith('introspection'))
    expect(JSON.stringify(own)).not.toMatch(keyed)
    expect(JSON.stringify(own)).not.toMatch(/"HS\d+"/)
  })
})

describe('service that begins to store hashes', () => {
  it('is warned, shows no secret any longer, and stores the hash when the client authenticates', async () => {
    const at = await encrypting()
    const client = await at.client()
    const { newClientSecret } = await refresh(at, client, '?graceSeconds=600')
    const current = withSecret(client, newClientSecret)
    expect((await get(at, client)).clientSecret).toBe(current.clientSecret)
    const { warnings } = await at.configure(storage('hashed'))
    expect(warnings).toContainEqual(expect.objectContaining({ code: 'secret-hashed' }))
    expect(await at.configure(storage('hashed'))).not.toHaveProperty('warnings')
    expect(await get(at, client)).not.toHaveProperty('clientSecret')
    expect((await stored(at, client)).clientSecret).toBe(current.clientSecret)
    const { modifiedAt } = await get(at, client)
    expect(await ask(at, current)).toBe('OK')
    const kept = JSON.stringify(await stored(at, client))
    for (const { clientSecret } of [client, current]) expect(kept).not.toContain(clientSecret)
    expect((await get(at, client)).modifiedAt).toBe(modifiedAt)
    for (const each of [client, current]) expect(await ask(at, each)).toBe('OK')
  })

  it('stores the hash when the client is changed, and keeps it without the attribute', async () => {
    const at = await encrypting()
    const client = await at.client()
    await at.configure(storage('hashed'))
    await at.post(path(at, 'lock_flag/update', client), { clientLocked: false })
    expect(await stored(at, client)).toEqual(onlyHash)
    await at.configure(storage('encrypted'))
    expect(await get(at, client)).not.toHaveProperty('clientSecret')
    expect(await ask(at, client)).toBe('OK')
    const { newClientSecret } = await refresh(at, client)
    expect((await get(at, client)).clientSecret).toBe(newClientSecret)
  })

  it('hashes once if many requests come at the same time', async () => {
    const at = await encrypting()
    const client = await at.client()
    await at.configure(storage('hashed'))
    const asked = await Promise.all(Array.from({ length: 20 }, () => ask(at, client)))
    expect(new Set(asked)).toEqual(new Set(['OK']))
    const row = await at.store.clients.find(at.serviceId, client.clientId)
    expect({ secrets: row?.secrets, version: row?.version }).toEqual({
      secrets: onlyHash,
      version: 2,
    })
  })

  it('keeps the expiry of a client that registered itself', async () => {
    const at = await encrypting()
    const json = JSON.stringify(metadata)
    const { client } = await at.api('/client/registration', { json })
    await at.configure(storage('hashed'))
    const expiry = async () =>
      (await at.store.clients.find(at.serviceId, client.clientId))?.expiresAt
    const before = await expiry()
    expect(await ask(at, client)).toBe('OK')
    expect(await stored(at, client)).toEqual(onlyHash)
    expect(await expiry()).toBe(before)
  })

  it('does not verify client_secret_jwt any longer (OIDC Core §9)', async () => {
    const at = await encrypting()
    const client = await at.client({ tokenAuthMethod: 'CLIENT_SECRET_JWT' })
    const sign = async () => {
      const k = Buffer.from(client.clientSecret).toString('base64url')
      const signed = { key: { kty: 'oct', k }, header: { alg: 'HS256' } }
      const assertion = await assertionFor(at, client, {}, signed)
      return at.api('/auth/token', {
        parameters: form({ grant_type: 'client_credentials', ...assertion }),
      })
    }
    expect((await sign()).action).toBe('OK')
    await at.configure(storage('hashed'))
    expect(await sign()).toMatchObject({ action: 'INVALID_CLIENT', resultCode: 'P100002' })
    await at.configure(storage('encrypted'))
    expect((await sign()).action).toBe('OK')
  })

  it.each([
    ['signed', { idTokenSignAlg: 'HS256' }, 'P100004'],
    ['encrypted', { idTokenEncryptionAlg: 'A128KW' }, 'P100005'],
  ])(
    'issues no ID Tokens that are %s with the secret (OIDC Core §10)',
    async (_, document, code) => {
      const at = await encrypting()
      const client = await at.client(document)
      await at.configure(storage('hashed'))
      const answer = await redeem(at, client, await obtainCode(at, client))
      expect(answer).toMatchObject({ action: 'INTERNAL_SERVER_ERROR', resultCode: code })
      const logout = { clientIdentifier: String(client.clientId), subject: 'alice' }
      await at.configure({ ...storage('hashed'), backchannelLogoutSupported: true })
      const { status } = await at.call(
        'POST',
        `/api/${at.serviceId}/backchannel/logout/token`,
        logout,
      )
      expect(status).toBeLessThan(500)
    },
  )

  it('verifies no request objects with the secret (OIDC Core §6.1)', async () => {
    const at = await encrypting()
    const client = await at.client()
    const request = async () => {
      const k = Buffer.from(client.clientSecret).toString('base64url')
      const signed = { key: { kty: 'oct', k }, header: { alg: 'HS256' } }
      const members = { response_type: 'code', scope: 'openid', redirect_uri: redirectUri }
      const parameters = form({
        client_id: String(client.clientId),
        request: await requestObjectFor(at, client, members, signed),
      })
      return at.api('/auth/authorization', { parameters })
    }
    expect((await request()).action).toBe('INTERACTION')
    await at.configure(storage('hashed'))
    expect(await request()).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P100003' })
    expect((await authorize(at, client)).action).toBe('INTERACTION')
  })

  it('warns about a client that needs its secret as a key after hashing has ended', async () => {
    const at = await createService(storage('hashed'), hashed)
    const client = await at.client()
    await at.configure(storage('encrypted'))
    const document = { ...(await get(at, client)), idTokenSignAlg: 'HS256' }
    const { warnings } = await at.post(path(at, 'update', client), document)
    expect(warnings).toContainEqual(
      expect.objectContaining({ code: 'secret-hashed', property: 'idTokenSignAlg' }),
    )
    const answer = await redeem(at, client, await obtainCode(at, client))
    expect(answer).toMatchObject({ action: 'INTERNAL_SERVER_ERROR', resultCode: 'P100004' })
    const { newClientSecret } = await refresh(at, client)
    const again = withSecret(client, newClientSecret)
    expect((await redeem(at, again, await obtainCode(at, again))).action).toBe('OK')
  })
})
