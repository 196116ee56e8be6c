/** `/vci/batch/issue`: several credential requests in one, as in former drafts of OpenID4VCI. */
import { compactDecrypt, exportJWK, generateKeyPair } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  createIssuing,
  diplomaPayload,
  type Issuing,
  issuedRows,
  keepRequest,
  licencePayload,
} from '../../support/credential-requests.ts'
import { endpointOf, walletKey } from '../../support/credentials.ts'
import type { Json } from '../../support/server.ts'

const withEndpoint = { batchCredentialEndpoint: endpointOf('batch_credential') }
const accepted = { attributes: [{ key: 'ext.vci.batch.accepted', value: 'true' }] }
let issuing: Issuing

beforeAll(async () => {
  issuing = await createIssuing({}, withEndpoint)
})
afterAll(() => issuing.service.close())

/** The orders of a batch of a diploma and a licence. */
async function orders({ service, accessToken }: Issuing, more: Record<string, unknown> = {}) {
  const batch = { id: service.system.random.token(128), size: 2 }
  const keys = [(await walletKey()).publicJwk]
  const kept = { batch, ...more }
  return [
    {
      requestIdentifier: await keepRequest(service, accessToken, kept),
      credentialPayload: diplomaPayload,
    },
    {
      requestIdentifier: await keepRequest(service, accessToken, {
        ...kept,
        ...{ configurationId: 'mdl', keys },
      }),
      credentialPayload: licencePayload,
    },
  ] as [Json, Json]
}

const issue = ({ service, accessToken }: Issuing, given: Json): Promise<Json> =>
  service.api('/vci/batch/issue', { accessToken, orders: given })

describe('batch of credentials', () => {
  it('is issued once, with a response for each request', async () => {
    const other = await createIssuing({}, withEndpoint, issuing.service)
    const given = await orders(other)
    const answer = await issue(other, given)
    expect(answer).toMatchObject({ action: 'OK', resultCode: 'P128921' })
    const { credential_responses: responses } = JSON.parse(answer.responseContent)
    expect(responses).toHaveLength(2)
    expect(responses[0].credentials[0].credential).toMatch(/~$/)
    expect(responses[1].credentials[0].credential).toMatch(/^[\w-]+$/)
    const rows = await issuedRows(other.service)
    expect(rows.map(({ configurationId }) => configurationId).sort()).toEqual(['diploma', 'mdl'])
    expect(await issue(other, given)).toMatchObject({ action: 'CALLER_ERROR' })
  })

  it('can be a single request, which came alone', async () => {
    const { service, accessToken } = issuing
    const requestIdentifier = await keepRequest(service, accessToken)
    const answer = await issue(issuing, [{ requestIdentifier, credentialPayload: '{"a":1}' }])
    expect(JSON.parse(answer.responseContent).credential_responses).toHaveLength(1)
  })

  it('can be deferred in part or as a whole', async () => {
    const [first, second] = await orders(issuing)
    const answer = await issue(issuing, [{ ...first, issuanceDeferred: true }, second])
    expect(answer.action).toBe('OK')
    const { credential_responses: responses } = JSON.parse(answer.responseContent)
    expect(responses[0]).toEqual({ transaction_id: first.requestIdentifier, interval: 60 })
    expect(responses[1].credentials).toHaveLength(1)
    const whole = (await orders(issuing)).map((order) => ({ ...order, issuanceDeferred: true }))
    expect(await issue(issuing, whole)).toMatchObject({ action: 'OK' })
  })

  it('has the action ACCEPTED where all is deferred, if the service says so (ext.vci.batch.accepted)', async () => {
    const other = await createIssuing(accepted, withEndpoint, issuing.service)
    const deferred = async (more = {}) =>
      (await orders(other, more)).map((order) => ({ ...order, issuanceDeferred: true }))
    expect(await issue(other, await deferred())).toMatchObject({
      action: 'ACCEPTED',
      resultCode: 'P128923',
    })
    const [first, second] = await orders(other)
    expect(await issue(other, [{ ...first, issuanceDeferred: true }, second])).toMatchObject({
      action: 'OK',
    })
    const { publicKey } = await generateKeyPair('ECDH-ES', { extractable: true })
    const jwk = { ...(await exportJWK(publicKey)), alg: 'ECDH-ES' }
    const encryption = { jwk, enc: 'A256GCM' }
    expect(await issue(other, await deferred({ encryption }))).toMatchObject({
      action: 'ACCEPTED_JWT',
      resultCode: 'P128924',
    })
  })

  it('is encrypted as a whole', async () => {
    const { publicKey, privateKey } = await generateKeyPair('ECDH-ES', { extractable: true })
    const jwk = { ...(await exportJWK(publicKey)), alg: 'ECDH-ES' }
    const encryption = { jwk, enc: 'A256GCM' }
    const answer = await issue(issuing, await orders(issuing, { encryption }))
    expect(answer).toMatchObject({ action: 'OK_JWT', resultCode: 'P128922' })
    const { plaintext } = await compactDecrypt(answer.responseContent, privateKey)
    expect(JSON.parse(new TextDecoder().decode(plaintext)).credential_responses).toHaveLength(2)
  })

  it('is denied as a whole', async () => {
    const other = await createIssuing({}, withEndpoint, issuing.service)
    const [first, second] = await orders(other)
    const denied = await issue(other, [first, { ...second, denied: true }])
    expect(denied).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P128010' })
    expect(await issuedRows(other.service)).toEqual([])
    expect(await issue(other, [first, second])).toMatchObject({ resultCode: 'P128006' })
  })

  it('is issued as a whole or not at all', async () => {
    const other = await createIssuing({}, withEndpoint, issuing.service)
    const [first, second] = await orders(other)
    const wrong = await issue(other, [first, { ...second, credentialPayload: '{}' }])
    expect(wrong).toMatchObject({ action: 'CALLER_ERROR', resultCode: 'P129012' })
    expect(await issuedRows(other.service)).toEqual([])
    expect(await issue(other, [first, second])).toMatchObject({ action: 'OK' })
  })
})

describe('orders of a batch', () => {
  it.each([
    ['are missing', () => undefined],
    ['are none', () => []],
    ['leave out a request', ([first]: Json) => [first]],
    ['name a request twice', ([first]: Json) => [first, first]],
    ['name requests of two batches', async ([first]: Json) => [first, (await orders(issuing))[1]]],
  ])('are refused if they %s', async (_what, chosen) => {
    const answer = await issue(issuing, await chosen(await orders(issuing)))
    expect(answer).toMatchObject({ action: 'CALLER_ERROR', resultCode: 'P128014' })
  })

  it('are FORBIDDEN without a batch credential endpoint', async () => {
    const other = await createIssuing({}, {}, issuing.service)
    const answer = await issue(other, await orders(other))
    expect(answer).toMatchObject({ action: 'FORBIDDEN', resultCode: 'P125201' })
  })

  it('are UNAUTHORIZED without a token', async () => {
    const answer = await issuing.service.api('/vci/batch/issue', { orders: [] })
    expect(answer).toMatchObject({ action: 'UNAUTHORIZED', resultCode: 'P125003' })
  })
})
