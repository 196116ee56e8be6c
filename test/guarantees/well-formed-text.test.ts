/** Text that a database cannot store is rejected by a clear error, in every input. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { authorize, createService, form, issuer, type TestService } from '../support/flows.ts'

let service: TestService
beforeAll(async () => {
  service = await createService()
})
afterAll(() => service.close())

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')

describe('text with a NUL or half a surrogate pair', () => {
  it.each(['a\u0000b', '\ud800', 'x\udfff'])('%j is rejected in a body', async (text) => {
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

  it('is rejected in a path or a query', async () => {
    for (const path of ['client/get/%00', 'client/authorization/get/list?subject=%00']) {
      const { status, body } = await service.call('GET', `/api/${service.serviceId}/${path}`)
      expect({ status, code: body.resultCode }).toEqual({ status: 400, code: 'P000208' })
    }
  })

  it('is an invalid request in a request parameter (RFC 6749 §A)', async () => {
    const client = await service.client()
    expect(await authorize(service, client, { state: 'a\u0000b' })).toMatchObject({
      action: 'BAD_REQUEST',
      resultCode: 'P001004',
    })
  })

  it.each(['a\\u0000b', '\\ud800'])(
    'as %s is an invalid request in the claims parameter (OIDC Core §5.5)',
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

  it('is an invalid request in a request object (RFC 9101 §4)', async () => {
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

  it('is rejected in the sub of a client assertion (RFC 7523 §3)', async () => {
    const client_assertion = `${encode({ alg: 'ES256' })}.${encode({ sub: '\u0000' })}.AAAA`
    const type = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
    const parameters = { grant_type: 'client_credentials', client_assertion }
    const answer = await service.api('/auth/token', {
      parameters: new URLSearchParams({ ...parameters, client_assertion_type: type }).toString(),
    })
    expect(answer).toMatchObject({ action: 'INVALID_CLIENT', resultCode: 'P010005' })
  })
})
