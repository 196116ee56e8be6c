/** Text that no database can hold is refused clearly, wherever it comes from. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { authorize, createService, form, issuer, type TestService } from '../support/flows.ts'

let service: TestService
beforeAll(async () => {
  service = await createService()
})
afterAll(() => service.close())

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')

describe('a NUL or half a surrogate pair', () => {
  it.each(['a\u0000b', '\ud800', 'x\udfff'])('%j in a body is a malformed call', async (text) => {
    for (const body of [
      { clientName: text },
      { contacts: [text] },
      { attributes: [{ key: text }] },
    ]) {
      const path = `/api/${service.serviceId}/client/create`
      expect(await service.call('POST', path, body)).toMatchObject({
        status: 400,
        body: { resultCode: 'P000208' },
      })
    }
  })

  it('a NUL or half a surrogate pair in a path or a query is a malformed call', async () => {
    for (const path of ['client/get/%00', 'client/authorization/get/list?subject=%00']) {
      const { status, body } = await service.call('GET', `/api/${service.serviceId}/${path}`)
      expect({ status, code: body.resultCode }).toEqual({ status: 400, code: 'P000208' })
    }
  })

  it('a NUL or half a surrogate pair in a request parameter is an invalid request (RFC 6749 §A)', async () => {
    const client = await service.client()
    expect(await authorize(service, client, { state: 'a\u0000b' })).toMatchObject({
      action: 'BAD_REQUEST',
      resultCode: 'P001004',
    })
  })

  it.each(['a\\u0000b', '\\ud800'])(
    'as %s in the claims parameter is an invalid request (OIDC Core §5.5)',
    async (escaped) => {
      const client = await service.client()
      for (const claims of [
        `{"id_token":{"${escaped}":null}}`,
        `{"id_token":{"acr":{"essential":true,"values":["${escaped}"]}}}`,
        `{"userinfo":{"sub":{"value":"${escaped}"}}}`,
      ]) {
        expect(await authorize(service, client, { claims })).toMatchObject({
          action: 'LOCATION',
          resultCode: 'P007004',
        })
      }
    },
  )

  it('a NUL or half a surrogate pair in a member of a request object is an invalid request (RFC 9101 §4)', async () => {
    const client = await service.client({ requestSignAlg: 'NONE' })
    for (const text of ['\u0000', '\ud800']) {
      const claims = { client_id: String(client.clientId), response_type: 'code', state: text }
      const request = `${encode({ alg: 'none' })}.${encode({ ...claims, aud: issuer })}.`
      const parameters = form({ client_id: String(client.clientId), request })
      expect(await service.api('/auth/authorization', { parameters })).toMatchObject({
        action: 'BAD_REQUEST',
        resultCode: 'P001004',
      })
    }
  })

  it('rejects a client assertion whose sub contains a NUL or half a surrogate pair', async () => {
    const client_assertion = `${encode({ alg: 'ES256' })}.${encode({ sub: '\u0000' })}.AAAA`
    const type = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
    const parameters = { grant_type: 'client_credentials', client_assertion }
    const answer = await service.api('/auth/token', {
      parameters: new URLSearchParams({ ...parameters, client_assertion_type: type }).toString(),
    })
    expect(answer).toMatchObject({ action: 'INVALID_CLIENT', resultCode: 'P010005' })
  })
})
