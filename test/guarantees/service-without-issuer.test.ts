/** A service without an issuer accepts no JWT as addressed to it or issued by it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createService, form, issuer, redirectUri, type TestService } from '../support/flows.ts'
import { clientKey, jwksOf, publicKey } from '../support/keys.ts'
import { assertionFor, requestObjectFor, signJwt } from '../support/signing-client.ts'

let service: TestService
beforeAll(async () => {
  service = await createService({
    issuer: undefined,
    backchannelAuthenticationEndpoint: `${issuer}/backchannel`,
    supportedBackchannelTokenDeliveryModes: ['POLL'],
  })
})
afterAll(() => service.close())

const audiences: [string, unknown][] = [
  ['empty', ''],
  ['a list of an empty text', ['']],
  ['a list of nothing', []],
]

describe('service without an issuer', () => {
  it.each(audiences)('rejects a client assertion whose aud is %s (RFC 7523 §3)', async (_, aud) => {
    const client = await service.client({
      ...{ tokenAuthMethod: 'PRIVATE_KEY_JWT', jwks: jwksOf(publicKey(clientKey)) },
    })
    const grant = { grant_type: 'client_credentials' }
    for (const clientAssertionAudRestrictedToIssuer of [false, true]) {
      await service.configure({ issuer: undefined, clientAssertionAudRestrictedToIssuer })
      const assertion = await assertionFor(service, client, { aud })
      const parameters = form({ ...grant, ...assertion })
      expect(await service.api('/auth/token', { parameters })).toMatchObject({
        action: 'INVALID_CLIENT',
      })
    }
  })

  it.each(audiences)('rejects a request object whose aud is %s (RFC 9101 §4)', async (_, aud) => {
    const client = await service.client({
      ...{ requestSignAlg: 'ES256', jwks: jwksOf(publicKey(clientKey)) },
    })
    const request = await requestObjectFor(service, client, {
      ...{ aud, response_type: 'code', redirect_uri: redirectUri, scope: 'openid' },
    })
    const parameters = form({ client_id: String(client.clientId), request })
    expect(await service.api('/auth/authorization', { parameters })).not.toHaveProperty('ticket')
  })

  it('rejects a JWT bearer assertion with an empty aud, iss or sub (RFC 7523 §3)', async () => {
    const client = await service.client()
    const seconds = Math.floor(service.system.clock() / 1000)
    const whole = { iss: 'https://idp.example', sub: 'alice', aud: `${issuer}/token` }
    const ask = async (claims: object) => {
      const assertion = await signJwt({ ...whole, exp: seconds + 60, ...claims })
      return service.api('/auth/token', {
        parameters: form({
          grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
          assertion,
        }),
        clientId: String(client.clientId),
        clientSecret: client.clientSecret,
      })
    }
    expect(await ask({})).toMatchObject({ action: 'JWT_BEARER' })
    for (const claims of [{ aud: '' }, { aud: [''] }, { iss: '' }, { sub: '' }]) {
      expect(await ask(claims)).toMatchObject({ action: 'BAD_REQUEST' })
    }
  })
})
