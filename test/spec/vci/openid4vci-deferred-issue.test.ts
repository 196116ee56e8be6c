/** Deferred issuance: `/vci/single/issue` and `/vci/deferred/issue`, OpenID4VCI §9. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  createIssuing,
  credentialsOf,
  type Issuing,
  issuedRows,
  keepRequest,
} from '../../support/credential-requests.ts'
import { issuerMetadata } from '../../support/credentials.ts'

const day = 86_400_000
let issuing: Issuing

beforeAll(async () => {
  issuing = await createIssuing()
})
afterAll(() => issuing.service.close())

const attribute = (name: string, value: string) => ({ attributes: [{ key: name, value }] })
const fresh = (...[settings]: Parameters<typeof createIssuing>) =>
  createIssuing(settings, {}, issuing.service)

/** The decision about a deferred request. */
const decide = ({ service }: Issuing, requestIdentifier: string, order = {}) =>
  service.api('/vci/deferred/issue', {
    order: { requestIdentifier, credentialPayload: '{"a":1}', ...order },
  })

describe('ACCEPTED', () => {
  it('is the response to an order that defers, with a transaction_id (OpenID4VCI §8.3)', async () => {
    const answer = await issuing.issue({ issuanceDeferred: true, credentialPayload: undefined })
    expect(answer).toMatchObject({ action: 'ACCEPTED', resultCode: 'P128903' })
    const { transactionId, responseContent } = answer
    expect(JSON.parse(responseContent)).toEqual({ transaction_id: transactionId, interval: 60 })
    expect(transactionId).toMatch(/^\w{43}$/)
    expect(await decide(issuing, transactionId)).toMatchObject({ action: 'OK' })
  })

  it('has the interval of the order, else of the service (ext.vci.deferred.interval)', async () => {
    const intervalOf = async ({ issue }: Issuing, interval?: number) =>
      JSON.parse((await issue({ issuanceDeferred: true, interval })).responseContent).interval
    const slow = await fresh(attribute('ext.vci.deferred.interval', '300'))
    expect(await intervalOf(slow)).toBe(300)
    expect(await intervalOf(slow, 5)).toBe(5)
    expect(await intervalOf(issuing)).toBe(60)
  })

  it('is the response to the same order again, with the same transaction_id', async () => {
    const { transactionId } = await issuing.issue({ issuanceDeferred: true })
    const again = await decide(issuing, transactionId, { issuanceDeferred: true, interval: 7 })
    expect(again).toMatchObject({ action: 'ACCEPTED', resultCode: 'P128913', transactionId })
    const content = { transaction_id: transactionId, interval: 7 }
    expect(JSON.parse(again.responseContent)).toEqual(content)
    expect(await decide(issuing, transactionId)).toMatchObject({ action: 'OK' })
  })

  it('is relayed with status 202', async () => {
    const { service, accessToken } = issuing
    const requestIdentifier = await keepRequest(service, accessToken)
    const order = { requestIdentifier, issuanceDeferred: true }
    const headers = { Prefer: 'relay' }
    const answer = await service.api('/vci/single/issue', { accessToken, order }, headers)
    expect(answer.relay.status).toBe(202)
  })
})

describe('deferred credential', () => {
  it('is issued once, without an access token', async () => {
    const other = await fresh()
    const { transactionId } = await other.issue({ issuanceDeferred: true })
    expect(await issuedRows(other.service)).toEqual([])
    const issued = await decide(other, transactionId)
    expect(issued).toMatchObject({ action: 'OK', resultCode: 'P128911' })
    expect(credentialsOf(issued)).toHaveLength(1)
    expect(await issuedRows(other.service)).toHaveLength(1)
    const again = await decide(other, transactionId)
    expect(again).toMatchObject({ action: 'CALLER_ERROR', resultCode: 'P128006' })
    expect(again.responseContent).toBeUndefined()
  })

  it('can be issued until the transaction ends (credentialTransactionDuration)', async () => {
    const late = async (settings: Record<string, unknown>, milliseconds: number) => {
      const other = await fresh(settings)
      const { transactionId } = await other.issue({ issuanceDeferred: true })
      const { clock } = other.service.system
      clock.advance(milliseconds)
      const { action } = await decide(other, transactionId)
      clock.advance(-milliseconds)
      return action
    }
    expect(await late({}, day - 1)).toBe('OK')
    expect(await late({}, day)).toBe('CALLER_ERROR')
    expect(await late({ credentialTransactionDuration: 60 }, 59_999)).toBe('OK')
    expect(await late({ credentialTransactionDuration: 60 }, 60_000)).toBe('CALLER_ERROR')
  })

  it('can be denied, which ends the transaction', async () => {
    const { transactionId } = await issuing.issue({ issuanceDeferred: true })
    const denied = await decide(issuing, transactionId, { denied: true })
    expect(denied).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P128010' })
    expect(JSON.parse(denied.responseContent).error).toBe('credential_request_denied')
    expect(await decide(issuing, transactionId)).toMatchObject({ resultCode: 'P128006' })
  })

  it('is no longer known after its client was deleted', async () => {
    const other = await fresh()
    const { transactionId } = await other.issue({ issuanceDeferred: true })
    const { serviceId, call } = other.service
    await call('DELETE', `/api/${serviceId}/client/delete/${other.client.clientId}`)
    expect(await decide(other, transactionId)).toMatchObject({ resultCode: 'P128006' })
  })
})

describe('deferred issue', () => {
  it('refuses a request that waits for its first decision', async () => {
    const identifier = await keepRequest(issuing.service, issuing.accessToken)
    expect(await decide(issuing, identifier)).toMatchObject({
      action: 'CALLER_ERROR',
      resultCode: 'P128006',
    })
  })

  it('refuses to defer again if the service says so (ext.vci.deferred.accepted)', async () => {
    const other = await fresh(attribute('ext.vci.deferred.accepted', 'false'))
    const { transactionId } = await other.issue({ issuanceDeferred: true })
    const again = await decide(other, transactionId, { issuanceDeferred: true })
    expect(again).toMatchObject({ action: 'CALLER_ERROR', resultCode: 'P128011' })
    expect(await decide(other, transactionId)).toMatchObject({ action: 'OK' })
  })

  it('requires an order', async () => {
    const answer = await issuing.service.api('/vci/deferred/issue', {})
    expect(answer).toMatchObject({ action: 'CALLER_ERROR', resultCode: 'P128005' })
  })

  it('is FORBIDDEN for a service that issues no credentials', async () => {
    const other = await fresh()
    const { transactionId } = await other.issue({ issuanceDeferred: true })
    await other.service.configure({
      verifiableCredentialsEnabled: false,
      credentialIssuerMetadata: issuerMetadata(),
    })
    const answer = await decide(other, transactionId)
    expect(answer).toMatchObject({ action: 'FORBIDDEN', resultCode: 'P125001' })
  })

  it('has INTERNAL_SERVER_ERROR for an mdoc that is bound to no key', async () => {
    const { service, accessToken } = issuing
    const kept = { configurationId: 'mdl', status: 'DEFERRED' } as const
    const identifier = await keepRequest(service, accessToken, kept)
    const credentialPayload = '{"claims":{"n":{"a":1}}}'
    const answer = await decide(issuing, identifier, { credentialPayload })
    expect(answer).toMatchObject({ action: 'INTERNAL_SERVER_ERROR', resultCode: 'P128009' })
  })
})
