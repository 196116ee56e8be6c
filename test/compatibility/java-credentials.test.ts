/**
 * The calls of java-oauth-server at its credential endpoints, in its order and with the members
 * that its library (authlete-java-common 4.46) sends: numbers and flags are never absent, and what
 * is not set is null.
 */
import { calculateJwkThumbprint } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readMdoc, readSdJwt } from '../support/credential-readers.ts'
import {
  createIssuer,
  credentialKey,
  diplomaType,
  endpointOf,
  licenceType,
  makeProof,
  obtainCredentialToken,
  type WalletKey,
  walletKey,
} from '../support/credentials.ts'
import { type DpopKey, dpopKey, proof } from '../support/dpop.ts'
import type { TestService } from '../support/flows.ts'
import type { Json } from '../support/server.ts'

let service: TestService
let client: Json
let key: WalletKey
let dpop: DpopKey
beforeAll(async () => {
  service = await createIssuer({ oid4vciVersion: '1.0-Final' })
  client = await service.client()
  key = await walletKey()
  dpop = await dpopKey()
})
afterAll(() => service.close())

/** Like the actions of its library: others would throw there. */
const known: Record<string, string[]> = {
  'single/parse': ['BAD_REQUEST', 'UNAUTHORIZED', 'FORBIDDEN', 'OK', 'INTERNAL_SERVER_ERROR'],
  'single/issue': ['CALLER_ERROR', 'UNAUTHORIZED', 'FORBIDDEN', 'OK', 'ACCEPTED', 'BAD_REQUEST'],
  'deferred/parse': ['BAD_REQUEST', 'UNAUTHORIZED', 'FORBIDDEN', 'OK', 'INTERNAL_SERVER_ERROR'],
  'deferred/issue': ['CALLER_ERROR', 'FORBIDDEN', 'OK', 'ACCEPTED', 'BAD_REQUEST'],
}
async function call(operation: string, body: Json): Promise<Json> {
  const answer = await service.api(`/vci/${operation}`, body)
  expect(known[operation]).toContain(answer.action)
  return answer
}

/** The token is checked by introspection, with the URL that the metadata name: `htu`. */
async function introspect(token: string, endpoint: string): Promise<Json> {
  const now = service.system.clock()
  const { responseContent } = await service.api('/vci/metadata', { pretty: false })
  const htu = JSON.parse(responseContent)[endpoint]
  const headers = { htu, accessToken: token, now }
  const answer = await service.api('/auth/introspection', {
    ...{ token, scopes: null, subject: null, clientCertificate: null, resources: null },
    ...{ dpop: await proof(dpop, headers), htm: 'POST', htu, acrValues: null, maxAge: 0 },
  })
  expect(answer.action).toBe('OK')
  return answer
}

/** An order processor: what the configuration says decides which claims it collects. */
function orderOf(introspection: Json, info: Json, decision: Json = {}): Json {
  const issuable: Json[] = JSON.parse(introspection.issuableCredentials)
  const claims = { family_name: 'Doe', birth_date: '1971-09-01' }
  const payloads: Record<string, () => Json> = {
    'dc+sd-jwt': () => {
      const { vct } = issuable.find(({ format }) => format === info.format)
      return { vct, sub: introspection.subject, ...claims }
    },
    mso_mdoc: () => {
      const { doctype } = issuable.find(({ format }) => format === info.format)
      const birth_date = `cbor:1004("${claims.birth_date}")`
      const elements = { 'org.iso.18013.5.1': { ...claims, birth_date } }
      return { doctype, claims: elements }
    },
  }
  return {
    requestIdentifier: info.identifier,
    credentialPayload: JSON.stringify(payloads[info.format]?.()),
    ...{ issuanceDeferred: false, credentialDuration: 0, signingKeyId: null },
    ...decision,
  }
}

async function boundToken(): Promise<string> {
  const dpopKeyThumbprint = await calculateJwkThumbprint(dpop.publicJwk)
  return obtainCredentialToken(service, client, { dpopKeyThumbprint })
}

/** What the credential endpoint does with a request of a wallet for the configuration. */
async function credentialEndpoint(configuration: string, more: Json = {}, decision: Json = {}) {
  const accessToken = await boundToken()
  const introspection = await introspect(accessToken, 'credential_endpoint')
  const { cnonce: nonce } = await service.api('/vci/nonce', {})
  const now = service.system.clock()
  const jwt = await makeProof(key, client.clientId, { now, nonce })
  const requestContent = JSON.stringify({
    credential_configuration_id: configuration,
    proofs: { jwt: [jwt] },
  })
  const { action, info } = await call('single/parse', { accessToken, requestContent })
  expect(action).toBe('OK')
  const order = orderOf(introspection, info, decision)
  const answer = await call('single/issue', {
    ...{ accessToken, order, denied: false, interval: 0 },
    ...more,
  })
  return { accessToken, answer, info }
}

const credentialOf = ({ responseContent }: Json): string =>
  JSON.parse(responseContent).credentials[0].credential

describe('java-oauth-server', () => {
  it('finds the order processor by info.format, which is not of the final version', async () => {
    const { info } = await credentialEndpoint('diploma')
    expect(info).toMatchObject({
      ...{ identifier: expect.any(String), format: 'dc+sd-jwt', details: expect.any(String) },
      ...{ bindingKey: expect.any(String), bindingKeys: [info.bindingKey] },
    })
    expect(JSON.parse(info.bindingKey)).toMatchObject({ kty: 'EC', crv: 'P-256' })
  })

  it('reads whole configurations in issuableCredentials', async () => {
    const { issuableCredentials } = await introspect(await boundToken(), 'credential_endpoint')
    expect(JSON.parse(issuableCredentials)).toEqual([
      expect.objectContaining({
        ...{ format: 'dc+sd-jwt', vct: diplomaType, credential_configuration_id: 'diploma' },
        ...{ credential_identifiers: ['diploma'], credential_metadata: expect.any(Object) },
      }),
      expect.objectContaining({ format: 'mso_mdoc', doctype: licenceType }),
    ])
  })

  it('issues an SD-JWT VC of the payload of its order processor', async () => {
    const { answer } = await credentialEndpoint('diploma')
    expect(answer.action).toBe('OK')
    const now = service.system.clock() / 1000
    const { claims } = await readSdJwt(credentialOf(answer), credentialKey, now)
    expect(claims).toMatchObject({ vct: diplomaType, sub: 'alice', family_name: 'Doe' })
  })

  it('issues an mdoc of the payload of its order processor', async () => {
    const { answer } = await credentialEndpoint('mdl')
    expect(answer.action).toBe('OK')
    const { elements } = await readMdoc(credentialOf(answer), licenceType)
    expect(elements['org.iso.18013.5.1']).toMatchObject({ family_name: 'Doe' })
  })

  it('denies a request by `denied` beside the order, which was never ignored', async () => {
    const { answer } = await credentialEndpoint('diploma', { denied: true })
    expect(answer.action).toBe('BAD_REQUEST')
    expect(JSON.parse(answer.responseContent).error).toBe('credential_request_denied')
  })

  it('defers a request, and issues it at the deferred credential endpoint', async () => {
    const deferral = { issuanceDeferred: true, credentialPayload: null }
    const { accessToken, answer } = await credentialEndpoint('diploma', { interval: 9 }, deferral)
    expect(answer.action).toBe('ACCEPTED')
    const { transaction_id, interval } = JSON.parse(answer.responseContent)
    expect(interval).toBe(9)
    const introspection = await introspect(accessToken, 'deferred_credential_endpoint')
    const requestContent = JSON.stringify({ transaction_id })
    const parse = () => call('deferred/parse', { accessToken, requestContent })
    const { info } = await parse()
    const again = await call('deferred/issue', {
      ...{ order: orderOf(introspection, info, deferral), denied: false, interval: 0 },
    })
    expect(again.action).toBe('ACCEPTED')
    expect(JSON.parse(again.responseContent)).toEqual({ transaction_id, interval: 60 })
    const issued = await call('deferred/issue', {
      ...{ order: orderOf(introspection, info), denied: false, interval: -1 },
    })
    expect(issued.action).toBe('OK')
    expect(credentialOf(issued)).toContain('~')
    expect((await parse()).action).toBe('BAD_REQUEST')
  })

  it('denies a deferred request by `denied` beside the order', async () => {
    const { answer } = await credentialEndpoint('diploma', {}, { issuanceDeferred: true })
    const { transaction_id: requestIdentifier } = JSON.parse(answer.responseContent)
    const order = { requestIdentifier, issuanceDeferred: false, credentialDuration: 0 }
    const denied = await call('deferred/issue', { order, denied: true, interval: 0 })
    expect(denied.action).toBe('BAD_REQUEST')
  })

  it('has a token without its proof refused by introspection only', async () => {
    const accessToken = await boundToken()
    const htu = endpointOf('credential')
    const answer = await service.api('/auth/introspection', {
      ...{ token: accessToken, dpop: null, htm: 'POST', htu },
    })
    expect(answer.action).toBe('UNAUTHORIZED')
  })
})
