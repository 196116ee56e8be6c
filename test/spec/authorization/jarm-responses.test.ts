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

describe('a JWT response', () => {
  it.each([
    ['jwt', 'code', /\?response=/],
    ['query.jwt', 'code', /\?response=/],
    ['fragment.jwt', 'code', /#response=/],
    ['form_post.jwt', 'code', /<form method="post"/],
    ['jwt', 'code id_token', /#response=/],
  ])(
    'a JWT response of mode %s for %s is signed and complete (JARM §2.3)',
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

  it('carries errors too, before and after the user was asked (JARM §2.3)', async () => {
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

  it('is refused in a query where it would carry tokens', async () => {
    const more = { response_mode: 'query.jwt', response_type: 'code id_token' }
    expect(await authorize(service, client, more)).toMatchObject({ resultCode: 'P005008' })
  })

  it('needs a key: without one the request cannot be answered', async () => {
    const keyless = await service.client({ authorizationSignAlg: 'ES512' })
    expect(await authorize(service, keyless, { response_mode: 'jwt', prompt: 'x' })).toMatchObject({
      action: 'INTERNAL_SERVER_ERROR',
      resultCode: 'P008001',
    })
  })

  it('lives as long as the service says, and is for the client by the name it used', async () => {
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
