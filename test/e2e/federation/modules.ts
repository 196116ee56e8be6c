/**
 * The modules of `openid-federation-entity-joined-to-test-federation-op-test-plan`, by the ends of
 * their names: how they send the request object, and what they change.
 */
import { importJWK } from 'jose'
import * as openid from 'openid-client'
import { expect } from 'vitest'
import { createFormBrowser } from '../../../examples/demo/form-browser.ts'
import { entityKey } from '../../support/federation.ts'
import { alice, createUser } from '../world.ts'
import type { BentRequest, FederationWorld } from './federation-world.ts'

type Way = 'GET' | 'POST' | 'PAR'

interface Sent extends BentRequest {
  way?: Way
  /** The chain of the relying party in the header of the request object. */
  isChained?: boolean
  /** The client_id outside of the request object. */
  outside?: string
  /** Changes the signed request object. */
  change?: (text: string) => string
}

type Run = (world: FederationWorld) => Promise<void>

/** Sends the request as a browser does, and returns the page or the redirect that it ends at. */
async function sendRequest(world: FederationWorld, sent: Sent) {
  const { way = 'GET', isChained, outside, change = (text) => text, ...bent } = sent
  const { party, federation, callback, issuer } = world
  const header = isChained ? { trust_chain: await federation.chain(party) } : {}
  const request = change(await world.requestObject({ ...bent, header }))
  const client_id = outside ?? String(bent.claims?.['client_id'] ?? party.id)
  const fields = { client_id, scope: 'openid', response_type: 'code', request }
  const browser = createFormBrowser(callback, world.send)
  const user = createUser(alice, browser)
  const endpoint = `${issuer}/authorize`
  if (way === 'POST') return user.walk(await browser.post(endpoint, fields))
  const query = way === 'PAR' ? await push(world, { client_id, request }) : fields
  return user.walk(`${endpoint}?${new URLSearchParams(query)}`)
}

async function push(world: FederationWorld, fields: Record<string, string>) {
  const body = new URLSearchParams({ ...fields, ...(await world.assertion(world.issuer)) })
  const response = await world.send(`${world.issuer}/par`, { method: 'POST', body })
  expect(response.status).toBe(201)
  expect(response.headers.get('Content-Type')).toMatch(/^application\/json/)
  const { request_uri, expires_in } = (await response.json()) as Record<string, string>
  expect(Number(expires_in)).toBeGreaterThan(0)
  return { client_id: fields['client_id'] ?? '', request_uri: String(request_uri) }
}

/** The user logs in, and the relying party redeems the code by `private_key_jwt`. */
const succeeds =
  (sent: Sent): Run =>
  async (world) => {
    const { issuer, party, send } = world
    const end = await sendRequest(world, sent)
    expect(end.url).toMatch(`${world.callback}?`)
    const { key, kid } = {
      key: (await importJWK(party.protocolKey)) as CryptoKey,
      kid: party.protocolKey.kid ?? '',
    }
    const metadata = { issuer, token_endpoint: `${issuer}/token`, jwks_uri: `${issuer}/jwks` }
    const client = new openid.Configuration(
      metadata,
      party.id,
      { id_token_signed_response_alg: 'RS256' },
      openid.PrivateKeyJwt({ key, kid }),
    )
    client[openid.customFetch] = send as openid.CustomFetch
    const tokens = await openid.authorizationCodeGrant(client, new URL(end.url), {
      idTokenExpected: true,
    })
    const { iss, aud } = tokens.claims() ?? {}
    expect([iss, aud].flat()).toEqual([issuer, party.id])
  }

const wellDefined = /invalid_request|invalid_request_object|invalid_client/

/** An error page, or an error that returns to the relying party without a code. */
const fails =
  (sent: Sent): Run =>
  async (world) => {
    const end = await sendRequest(world, sent)
    const isPage = !end.url.startsWith(world.callback)
    const parameters = new URL(end.url).searchParams
    expect(isPage ? end.text : parameters.get('error')).toMatch(wellDefined)
    expect(parameters.has('code')).toBe(false)
    if (!isPage) expect(parameters.get('iss') ?? world.issuer).toBe(world.issuer)
  }

const bentTo = (claims: (world: FederationWorld) => Record<string, unknown>): Run => {
  return (world) => fails({ claims: claims(world) })(world)
}

/** The second request has the `jti` of the first one. */
async function usesJtiTwice(world: FederationWorld): Promise<void> {
  const claims = { jti: openid.randomState() }
  const first = await sendRequest(world, { claims })
  expect(first.url).toMatch(`${world.callback}?`)
  await fails({ claims })(world)
}

const brokenSignature = (text: string) => {
  const [header, payload, signature = ''] = text.split('.')
  const bytes = Buffer.from(signature, 'base64url')
  bytes[9] = (bytes[9] ?? 0) ^ 0x5a
  return [header, payload, bytes.toString('base64url')].join('.')
}

const past = () => Math.floor(Date.now() / 1_000) - 300

export const modules: [name: string, run: Run][] = [
  ['with-jar-and-get', succeeds({ way: 'GET' })],
  ['with-jar-and-post', succeeds({ way: 'POST' })],
  ['with-par', succeeds({ way: 'PAR' })],
  ['with-jar-and-get-and-trust-chain', succeeds({ way: 'GET', isChained: true })],
  ['with-jar-and-post-and-trust-chain', succeeds({ way: 'POST', isChained: true })],
  ['with-par-and-trust-chain', succeeds({ way: 'PAR', isChained: true })],
  ['with-jar-and-encrypted-request-object', succeeds({ isEncrypted: true })],
  [
    'invalid-client-id-in-request-object',
    bentTo(({ party }) => ({ client_id: `${party.id}/INVALID` })),
  ],
  [
    'invalid-client-id-in-query-parameters',
    (world) => fails({ outside: `${world.party.id}INVALID` })(world),
  ],
  ['invalid-signature-on-request-object', fails({ change: brokenSignature })],
  [
    'invalid-signature-with-other-keys-on-request-object',
    async (world) => fails({ key: await entityKey('other') })(world),
  ],
  ['invalid-request-object-exp', bentTo(() => ({ exp: past() }))],
  ['invalid-request-object-iss', bentTo(({ party }) => ({ iss: `${party.id}/1` }))],
  ['invalid-request-object-aud', bentTo(({ issuer }) => ({ aud: `${issuer}/1` }))],
  ['invalid-request-object-sub', bentTo(({ party }) => ({ sub: party.id }))],
  ['invalid-missing-request-object-jti', bentTo(() => ({ jti: undefined }))],
  ['invalid-missing-request-object-exp', bentTo(() => ({ exp: undefined }))],
  ['invalid-missing-request-object-iss', bentTo(() => ({ iss: undefined }))],
  ['invalid-missing-request-object-aud', bentTo(() => ({ aud: undefined }))],
  ['invalid-duplicate-request-object-jti', usesJtiTwice],
]
