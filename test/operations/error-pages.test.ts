/** `errorPage`: what a frontend shows if the error cannot be sent to a client. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { authorize, createService, issuer, type TestService } from '../support/flows.ts'
import type { Json } from '../support/server.ts'

let service: TestService
let client: Json
beforeAll(async () => {
  service = await createService({ endSessionEndpoint: `${issuer}/logout` })
  client = await service.client()
})
afterAll(() => service.close())

const badRequest = (description: unknown) => ({
  action: 'BAD_REQUEST',
  errorPage: { title: 'This request cannot go on', code: 'invalid_request', description },
})

describe('errorPage', () => {
  it('describes an authorization request without a valid redirect URI (RFC 6749 §4.1.2.1)', async () => {
    const answer = await authorize(service, client, { redirect_uri: 'https://other.example' })
    const { error, error_description } = JSON.parse(answer.responseContent)
    expect(answer).toMatchObject(badRequest(expect.stringMatching(/^The redirect_uri does not/)))
    expect(answer.errorPage.code).toBe(error)
    expect(error_description).toContain(answer.errorPage.description)
  })

  it.each([
    ['/auth/authorization/issue', { subject: 'alice' }],
    ['/auth/authorization/fail', { reason: 'DENIED' }],
    ['/logout/issue', {}],
    ['/logout/fail', {}],
  ])('describes an unknown ticket to %s', async (operation, more) => {
    const answer = await service.api(operation, { ticket: 'unknown', ...more })
    expect(answer).toMatchObject(badRequest(expect.stringContaining('ticket')))
  })

  it('describes a malformed logout request', async () => {
    const parameters = 'client_id=1&client_id=2'
    expect(await service.api('/logout', { parameters })).toMatchObject(
      badRequest(expect.any(String)),
    )
  })

  it('describes an error of the server (RFC 6749 §4.1.2.1)', async () => {
    await service.configure({ jwks: undefined, endSessionEndpoint: undefined })
    const signed = { response_mode: 'jwt', response_type: 'unknown' }
    const answer = await authorize(service, client, signed)
    expect(answer).toMatchObject({
      action: 'INTERNAL_SERVER_ERROR',
      errorPage: { title: 'Something went wrong', code: 'server_error' },
    })
    await service.configure({})
  })

  it('is absent if the client is told, or there is no error', async () => {
    const told = await authorize(service, client, { response_type: 'unknown' })
    const fine = await authorize(service, client)
    expect([told.action, fine.action]).toEqual(['LOCATION', 'INTERACTION'])
    expect([told.errorPage, fine.errorPage]).toEqual([undefined, undefined])
  })
})
