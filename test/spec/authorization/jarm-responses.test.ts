/** JWT-secured authorization responses, JARM: success and errors, in every mode. */
import { createLocalJWKSet, jwtVerify } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { authorize, createService, issuer, type TestService } from '../../support/flows.ts'
import { publicKey, serviceKeys } from '../../support/keys.ts'
import type { Json } from '../../support/server.ts'

const keys = createLocalJWKSet({ keys: serviceKeys.map(publicKey) })

let service: TestService
let client: Json
beforeAll(async () => {
  service = await createService()
  client = await service.client({ authorizationSignAlg: 'ES256' })
})
afterAll(() => service.close())

const responseOf = (content: string): string =>
  /[?#]response=([^&]+)$/.exec(content)?.[1] ??
  / name="response" value="([^"]+)"/.exec(content)?.[1] ??
  ''

const verify = (content: string, audience = String(client.clientId)) =>
  jwtVerify(responseOf(content), keys, {
    issuer,
    audience,
    algorithms: ['ES256'],
    currentDate: new Date(service.system.clock()),
  })

describe('JWT authorization response', () => {
  it.each([
    ['jwt', 'code', /\?response=/],
    ['query.jwt', 'code', /\?response=/],
    ['fragment.jwt', 'code', /#response=/],
    ['form_post.jwt', 'code', /<form method="post"/],
    ['jwt', 'code id_token', /#response=/],
  ])(
    'is signed and complete in mode %s with response_type=%s (JARM §2.3)',
    async (mode, type, place) => {
      const asked = await authorize(service, client, { response_mode: mode, response_type: type })
      const issued = await service.api('/auth/authorization/issue', {
        ticket: asked.ticket,
        subject: 'alice',
      })
      expect(issued.responseContent).toMatch(place)
      const { payload, protectedHeader } = await verify(issued.responseContent)
      expect(protectedHeader.kid).toBe('es256')
      expect(payload).toMatchObject({ code: issued.authorizationCode, state: 'some-state' })
      expect(payload.exp).toBe(Math.floor(service.system.clock() / 1000) + 600)
    },
  )

  it('contains errors before and after the user interaction (JARM §2.3)', async () => {
    const more = { response_mode: 'jwt' }
    const asked = await authorize(service, client, { ...more, prompt: 'nonsense' })
    expect((await verify(asked.responseContent)).payload).toMatchObject({
      error: 'invalid_request',
      state: 'some-state',
    })
    const { ticket } = await authorize(service, client, more)
    const denied = await service.api('/auth/authorization/fail', { ticket, reason: 'DENIED' })
    expect((await verify(denied.responseContent)).payload['error']).toBe('access_denied')
  })

  it('with tokens is rejected for response_mode=query.jwt (JARM §2.3.1)', async () => {
    const more = { response_mode: 'query.jwt', response_type: 'code id_token' }
    expect(await authorize(service, client, more)).toMatchObject({ resultCode: 'P005008' })
  })

  it('fails as INTERNAL_SERVER_ERROR if the service has no key to sign it', async () => {
    const keyless = await service.client({ authorizationSignAlg: 'ES512' })
    expect(await authorize(service, keyless, { response_mode: 'jwt', prompt: 'x' })).toMatchObject({
      action: 'INTERNAL_SERVER_ERROR',
      resultCode: 'P008001',
    })
  })

  it('has the lifetime of the service and the requested client_id as aud (JARM §2.1)', async () => {
    await service.configure({ authorizationResponseDuration: 60 })
    const aliased = await service.client({
      ...{ clientIdAlias: 'jarm-app', clientIdAliasEnabled: true, authorizationSignAlg: 'ES256' },
    })
    const { ticket } = await authorize(service, aliased, {
      ...{ client_id: 'jarm-app', response_mode: 'jwt' },
    })
    const { responseContent } = await service.api('/auth/authorization/issue', {
      ...{ ticket, subject: 'alice' },
    })
    const { payload } = await verify(responseContent, 'jarm-app')
    expect(payload.exp).toBe(Math.floor(service.system.clock() / 1000) + 60)
  })
})
