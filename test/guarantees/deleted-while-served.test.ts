/** A client or service that is deleted during a call leaves no rows behind. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { countRows } from '../store/rows.ts'
import { cibaClient, createCibaService } from '../support/ciba.ts'
import { form, issuer, redirectUri, type TestService } from '../support/flows.ts'
import { clientKey, publicKey } from '../support/keys.ts'
import type { Json } from '../support/server.ts'
import { assertionFor, requestObjectFor } from '../support/signing-client.ts'

let service: TestService
beforeAll(async () => {
  service = await createCibaService({
    pushedAuthReqEndpoint: `${issuer}/par`,
    deviceAuthorizationEndpoint: `${issuer}/device`,
    deviceVerificationUri: `${issuer}/activate`,
  })
})
afterAll(() => service.close())

let made = 0
/** A client that is deleted while its keys are fetched. */
async function doomedClient(more: Json = {}): Promise<Json> {
  made += 1
  const jwksUri = `https://app.example.com/jwks/${made}`
  const client = await cibaClient(service, 'POLL', {
    ...{ tokenAuthMethod: 'PRIVATE_KEY_JWT', jwksUri, requestSignAlg: 'ES256', ...more },
  })
  service.system.fetch.answer(jwksUri, async () => {
    const path = `/api/${service.serviceId}/client/delete/${client.clientId}`
    expect((await service.call('DELETE', path)).status).toBe(204)
    return { body: { keys: [publicKey(clientKey)] } }
  })
  return client
}

async function rowsOfDeleted(): Promise<string[]> {
  const counted = await countRows(service.engine, service.serviceId)
  const isKept = ([name, rows]: [string, number]) =>
    rows > 0 && !['services', 'counters', 'replays', 'audit', 'revisions'].includes(name)
  return Object.entries(counted)
    .filter(isKept)
    .map(([name]) => name)
}

const request = { response_type: 'code', redirect_uri: redirectUri, scope: 'openid' }

describe('client that is deleted while its request is processed', () => {
  it.each<[string, string, (client: Json) => Promise<Record<string, string>>]>([
    [
      'a token request',
      '/auth/token',
      async (client) => ({
        grant_type: 'client_credentials',
        ...(await assertionFor(service, client)),
      }),
    ],
    [
      'a token exchange',
      '/auth/token',
      async (client) => ({
        grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
        subject_token: 'x',
        subject_token_type: 'urn:ietf:params:oauth:token-type:saml2',
        ...(await assertionFor(service, client)),
      }),
    ],
    [
      'a pushed authorization request',
      '/pushed_auth_req',
      async (client) => ({ ...request, ...(await assertionFor(service, client)) }),
    ],
    [
      'a device authorization request',
      '/device/authorization',
      async (client) => ({ scope: 'openid', ...(await assertionFor(service, client)) }),
    ],
    [
      'a backchannel authentication request',
      '/backchannel/authentication',
      async (client) => ({
        ...{ scope: 'openid', login_hint: 'alice' },
        ...(await assertionFor(service, client)),
      }),
    ],
    [
      'an authorization request',
      '/auth/authorization',
      async (client) => ({
        ...{ client_id: String(client.clientId), ...request },
        request: await requestObjectFor(service, client, request),
      }),
    ],
  ])(
    'gets an error, and no row is left of %s (RFC 6749 §5.2)',
    async (_, operation, parameters) => {
      const client = await doomedClient()
      const answer = await service.api(operation, { parameters: form(await parameters(client)) })
      expect(answer).toMatchObject({ resultCode: 'P010009' })
      expect(answer.responseContent).toContain('unauthorized_client')
      expect(await rowsOfDeleted()).toEqual([])
    },
  )
})

describe('service that is deleted while a client is created', () => {
  it('is unknown and has no client afterwards', async () => {
    const other = await service.post('/api/service/create', { issuer })
    const sectorIdentifierUri = 'https://sector.example.com/uris.json'
    service.system.fetch.answer(sectorIdentifierUri, async () => {
      await service.call('DELETE', `/api/${other.apiKey}/service/delete`)
      return { body: [redirectUri] }
    })
    const path = `/api/${other.apiKey}/client/create`
    const created = await service.call('POST', path, {
      ...{ redirectUris: [redirectUri], sectorIdentifierUri },
    })
    expect(created).toMatchObject({ status: 404, body: { resultCode: 'P000301' } })
    const { audit, ...counted } = await countRows(service.engine, other.apiKey)
    expect(Object.values(counted).every((rows) => rows === 0)).toBe(true)
    // The service was created and deleted, and the client never was.
    expect(audit).toBe(2)
  })
})
