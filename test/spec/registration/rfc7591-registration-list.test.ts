/** The list of clients that registered themselves, with metadata as in RFC 7591 §2. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createService, issuer, redirectUri, type TestService } from '../../support/flows.ts'
import { clientKey } from '../../support/keys.ts'
import type { Json } from '../../support/server.ts'

const settings = { dynamicRegistrationSupported: true, registrationEndpoint: `${issuer}/register` }

let service: TestService
beforeAll(async () => {
  service = await createService(settings)
})
afterAll(() => service.close())

const register = async (at: TestService, client_name: string, more: Json = {}): Promise<Json> => {
  const json = JSON.stringify({ client_name, redirect_uris: [redirectUri], ...more })
  return JSON.parse((await at.api('/client/registration', { json })).responseContent)
}
const listOf = (at: TestService, page: Json = {}) => at.api('/client/registration/list', page)
const namesOf = ({ responseContent }: Json) =>
  JSON.parse(responseContent).map(({ client_name }: Json) => client_name)

it('the list of registrations has the metadata of each client without its secrets', async () => {
  const at = await createService(settings, service)
  const registered = await register(at, 'App', { contacts: ['a@example.com'] })
  const answer = await listOf(at)
  expect(answer).toMatchObject({ action: 'OK', resultCode: 'P089901', totalCount: 1 })
  const { client_secret, client_secret_expires_at: _, ...rest } = registered
  const { registration_access_token, registration_client_uri: _uri, ...metadata } = rest
  expect(JSON.parse(answer.responseContent)).toEqual([metadata])
  expect(answer.responseContent).not.toContain(client_secret)
  expect(answer.responseContent).not.toContain(registration_access_token)
})

it('the list of registrations is in pages, of one service, and without other clients', async () => {
  const [at, other] = [
    await createService(settings, service),
    await createService(settings, service),
  ]
  await register(other, 'Elsewhere')
  await at.client({ clientName: 'Of the caller' })
  for (const name of ['A', 'B', 'C']) await register(at, name)
  expect(namesOf(await listOf(at))).toEqual(['A', 'B', 'C'])
  const page = await listOf(at, { start: 1, end: 2 })
  expect(page).toMatchObject({ start: 1, end: 2, totalCount: 3 })
  expect(namesOf(page)).toEqual(['B'])
  expect(namesOf(await listOf(at, { start: 5, end: 9 }))).toEqual([])
})

it('the list of registrations keeps a client that the caller updates', async () => {
  const at = await createService(settings, service)
  const { client_id } = await register(at, 'App')
  const { clients } = await at.get(`/api/${at.serviceId}/client/get/list`)
  const jwks = JSON.stringify({ keys: [clientKey] })
  await at.api(`/client/update/${client_id}`, { ...clients[0], jwks })
  const { responseContent } = await listOf(at)
  expect(namesOf({ responseContent })).toEqual(['App'])
  expect(responseContent).not.toContain(clientKey.d)
})

it('the list of registrations is refused if the service does not allow registration', async () => {
  const closed = await createService({}, service)
  const answer = await listOf(closed)
  expect(answer).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P088001' })
  expect(JSON.parse(answer.responseContent).error).toBe('invalid_request')
})

it('the list of registrations is relayed as JSON', async () => {
  const { relay } = await service.api('/client/registration/list', {}, { Prefer: 'relay' })
  expect(relay).toMatchObject({ status: 200, body: '[]' })
})
