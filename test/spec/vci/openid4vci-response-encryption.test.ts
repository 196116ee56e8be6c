/** Encrypted credential responses, OpenID4VCI §10. */
import { compactDecrypt, exportJWK, generateKeyPair, type JWK } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  createIssuing,
  type Issuing,
  issuedRows,
  keepRequest,
} from '../../support/credential-requests.ts'

let issuing: Issuing

beforeAll(async () => {
  issuing = await createIssuing()
})
afterAll(() => issuing.service.close())

async function receiver(alg: string, options = {}) {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true, ...options })
  const jwk: JWK = { ...(await exportJWK(publicKey)), alg, kid: 'wallet', use: 'enc' }
  return { jwk, privateKey }
}

const switchedOff = { attributes: [{ key: 'ext.vci.jwt_actions', value: 'off' }] }

describe('encrypted credential response', () => {
  it.each([
    ['ECDH-ES', 'A128GCM', { crv: 'P-256' }],
    ['ECDH-ES', 'A256GCM', { crv: 'X25519' }],
    ['ECDH-ES+A256KW', 'A128CBC-HS256', { crv: 'P-384' }],
    ['RSA-OAEP-256', 'A256GCM', {}],
  ])('is for the key of the wallet: %s, %s, %j', async (alg, enc, options) => {
    const { jwk, privateKey } = await receiver(alg, options)
    const answer = await issuing.issue({}, { encryption: { jwk, enc } })
    expect(answer).toMatchObject({
      action: 'OK_JWT',
      resultCode: 'P128902',
      contentType: 'application/jwt',
    })
    const { plaintext, protectedHeader } = await compactDecrypt(answer.responseContent, privateKey)
    expect(protectedHeader).toMatchObject({ alg, enc, kid: 'wallet' })
    expect(protectedHeader).not.toHaveProperty('zip')
    const { credentials } = JSON.parse(new TextDecoder().decode(plaintext))
    expect(credentials[0].credential).toMatch(/~$/)
  })

  it('is compressed if the wallet asked for it', async () => {
    const { jwk, privateKey } = await receiver('ECDH-ES')
    const credentialPayload = JSON.stringify({ a: 'x'.repeat(10_000) })
    const encryption = { jwk, enc: 'A256GCM', zip: 'DEF' as const }
    const answer = await issuing.issue({ credentialPayload }, { encryption })
    expect(answer.responseContent.length).toBeLessThan(5_000)
    const { plaintext, protectedHeader } = await compactDecrypt(answer.responseContent, privateKey)
    expect(protectedHeader.zip).toBe('DEF')
    expect(plaintext.length).toBeGreaterThan(10_000)
  })

  it('is relayed as application/jwt', async () => {
    const { jwk } = await receiver('ECDH-ES')
    const { service, accessToken } = issuing
    const relayOf = async (more: Record<string, unknown>) => {
      const encryption = { jwk, enc: 'A256GCM' }
      const requestIdentifier = await keepRequest(service, accessToken, { encryption })
      const order = { requestIdentifier, credentialPayload: '{"a":1}', ...more }
      const body = { accessToken, order }
      return (await service.api('/vci/single/issue', body, { Prefer: 'relay' })).relay
    }
    const headers = { 'Content-Type': 'application/jwt' }
    expect(await relayOf({})).toMatchObject({ status: 200, headers })
    expect(await relayOf({ issuanceDeferred: true })).toMatchObject({ status: 202, headers })
  })

  it('of a deferral has the action ACCEPTED_JWT, also the second time', async () => {
    const { jwk, privateKey } = await receiver('ECDH-ES')
    const encryption = { jwk, enc: 'A256GCM' }
    const first = await issuing.issue({ issuanceDeferred: true }, { encryption })
    expect(first).toMatchObject({ action: 'ACCEPTED_JWT', resultCode: 'P128904' })
    const { plaintext } = await compactDecrypt(first.responseContent, privateKey)
    const { transactionId: requestIdentifier } = first
    expect(JSON.parse(new TextDecoder().decode(plaintext)).transaction_id).toBe(requestIdentifier)
    const decide = (order: Record<string, unknown>) =>
      issuing.service.api('/vci/deferred/issue', { order: { requestIdentifier, ...order } })
    expect(await decide({ issuanceDeferred: true })).toMatchObject({
      action: 'ACCEPTED_JWT',
      resultCode: 'P128914',
    })
    expect(await decide({ credentialPayload: '{"a":1}' })).toMatchObject({
      action: 'OK_JWT',
      resultCode: 'P128912',
    })
  })

  it('has no action of its own if the service says so (ext.vci.jwt_actions)', async () => {
    const { issue } = await createIssuing(switchedOff, {}, issuing.service)
    const { jwk } = await receiver('ECDH-ES')
    const kept = { encryption: { jwk, enc: 'A256GCM' } }
    const contentType = 'application/jwt'
    expect(await issue({}, kept)).toMatchObject({ action: 'OK', contentType })
    expect(await issue({ issuanceDeferred: true }, kept)).toMatchObject({
      action: 'ACCEPTED',
      contentType,
    })
  })

  it('is not needed to deny a request, which is never encrypted (OpenID4VCI §8.3.1.2)', async () => {
    const { jwk } = await receiver('ECDH-ES')
    const answer = await issuing.issue({ denied: true }, { encryption: { jwk, enc: 'A256GCM' } })
    expect(answer.action).toBe('BAD_REQUEST')
    expect(JSON.parse(answer.responseContent).error).toBe('credential_request_denied')
  })

  it('is refused for a key with which no secret can be agreed on, and nothing is issued', async () => {
    const other = await createIssuing({}, {}, issuing.service)
    const jwk = { kty: 'OKP', crv: 'X25519', x: 'A'.repeat(43), alg: 'ECDH-ES' }
    const answer = await other.issue({}, { encryption: { jwk, enc: 'A256GCM' } })
    expect(answer).toMatchObject({ action: 'INTERNAL_SERVER_ERROR', resultCode: 'P128013' })
    expect(await issuedRows(other.service)).toEqual([])
  })
})
