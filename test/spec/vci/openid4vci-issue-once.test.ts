/** A credential request is decided once, by concurrent calls, too: OpenID4VCI §8.3, §9.2. */
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { assemble } from '../../../src/store/open.ts'
import { issuedRows, keepRequest } from '../../support/credential-requests.ts'
import {
  createIssuer,
  credentialKey,
  endpointOf,
  issuerMetadata,
  obtainCredentialToken,
} from '../../support/credentials.ts'
import type { TestService } from '../../support/flows.ts'
import { jwksOf } from '../../support/keys.ts'
import { rivals, rounds } from '../../support/rivals.ts'
import type { Json } from '../../support/server.ts'
import { openTestStore, sealer, type TestStore } from '../../support/stores.ts'

const settings = {
  verifiableCredentialsEnabled: true,
  credentialJwks: jwksOf(credentialKey),
  credentialIssuerMetadata: issuerMetadata({
    batchCredentialEndpoint: endpointOf('batch_credential'),
  }),
  supportedScopes: [{ name: 'diploma' }],
}
const opened = rivals(settings)

const scopes = ['diploma']
const orderOf = (requestIdentifier: string, more: Record<string, unknown> = {}) => ({
  ...{ requestIdentifier, credentialPayload: '{"a":1}' },
  ...more,
})
const issueSingle = (accessToken: string, order: Json) => (at: TestService) =>
  at.api('/vci/single/issue', { accessToken, order })
const issueBatch = (accessToken: string, order: Json) => (at: TestService) =>
  at.api('/vci/batch/issue', { accessToken, orders: [order] })
const issueDeferred = (_accessToken: string, order: Json) => (at: TestService) =>
  at.api('/vci/deferred/issue', { order })

/** A token, and a request that was checked with it. */
async function prepare(service: TestService, status: 'PARSED' | 'DEFERRED' = 'PARSED') {
  const client = await service.client()
  const accessToken = await obtainCredentialToken(service, client, { scopes })
  return { client, accessToken, identifier: await keepRequest(service, accessToken, { status }) }
}

/** How many credentials the service issued to a client. */
const countOf = async (service: TestService, { clientId }: Json) =>
  (await issuedRows(service)).filter(({ issuedTo }) => issuedTo === clientId).length

describe(`credential request on ${inject('dialect')}`, () => {
  it.each([
    ['/vci/single/issue', issueSingle, 'PARSED'],
    ['/vci/batch/issue', issueBatch, 'PARSED'],
    ['/vci/deferred/issue', issueDeferred, 'DEFERRED'],
  ] as const)('is issued by one of fifty calls of %s', async (_path, issue, status) => {
    const { service } = opened()
    const { client, accessToken, identifier } = await prepare(service, status)
    const call = issue(accessToken, orderOf(identifier))
    const answers = await Promise.all(Array.from({ length: 50 }, () => call(service)))
    const codes = answers.map(({ action, resultCode }) => `${action} ${resultCode}`)
    expect(codes.filter((code) => code.startsWith('OK'))).toHaveLength(1)
    expect(codes.filter((code) => code === 'CALLER_ERROR P128006')).toHaveLength(49)
    expect(await countOf(service, client)).toBe(1)
  })

  it('is issued or denied by two processes, not both', async () => {
    const { service, race } = opened()
    for (const round of rounds) {
      const { client, accessToken, identifier } = await prepare(service)
      const [issued, denied] = await race(
        round,
        issueSingle(accessToken, orderOf(identifier)),
        issueSingle(accessToken, orderOf(identifier, { denied: true })),
      )
      const actions = [issued.action, denied.action].join()
      expect(['OK,CALLER_ERROR', 'CALLER_ERROR,BAD_REQUEST']).toContain(actions)
      expect(await countOf(service, client)).toBe(issued.action === 'OK' ? 1 : 0)
    }
  })

  it('is not issued once its token was revoked, or its client deleted', async () => {
    const { service, race } = opened()
    for (const round of rounds) {
      const { client, accessToken, identifier } = await prepare(service)
      const [issued] = await race(
        round,
        issueSingle(accessToken, orderOf(identifier)),
        async (at) =>
          round < rounds.length / 2
            ? at.api('/auth/token/revoke', { accessTokenIdentifier: accessToken })
            : at.call('DELETE', `/api/${at.serviceId}/client/delete/${client.clientId}`),
      )
      expect(['OK', 'UNAUTHORIZED', 'CALLER_ERROR']).toContain(issued.action)
      // In these rounds the call waited with its commit until the token was gone.
      if (round % 3 === 1) expect(issued.action).not.toBe('OK')
      expect(await countOf(service, client)).toBe(issued.action === 'OK' ? 1 : 0)
    }
  })
})

describe('process that ends between the signature and the commit', () => {
  let store: TestStore
  let isEnding = false
  beforeAll(async () => {
    store = await openTestStore()
  })
  afterAll(() => store.close())

  it('leaves no issued credential, and the request open', async () => {
    const engine: TestStore['engine'] = {
      ...store.engine,
      commit: (...writes) =>
        isEnding ? Promise.reject(new Error('ended')) : store.engine.commit(...writes),
    }
    const on = { engine, store: assemble(engine, sealer), close: async () => {} }
    const service = await createIssuer({}, {}, { on })
    const { accessToken, identifier } = await prepare(service)
    const body = { accessToken, order: orderOf(identifier) }
    const issue = () => service.call('POST', `/api/${service.serviceId}/vci/single/issue`, body)
    isEnding = true
    expect((await issue()).status).toBe(500)
    isEnding = false
    expect(await issuedRows(service)).toEqual([])
    expect((await issue()).body.action).toBe('OK')
    expect(await issuedRows(service)).toHaveLength(1)
    await service.close()
  })
})
