/** Deferred credential requests: the request of a transaction, OpenID4VCI §9. */
import { CompactEncrypt, importJWK, type JWK } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { tokenHash } from '../../../src/oauth/tokens/access-token.ts'
import {
  createIssuer,
  credentialRequest,
  fetchNonce,
  makeProof,
  obtainCredentialToken,
  type WalletKey,
  walletKey,
} from '../../support/credentials.ts'
import type { TestService } from '../../support/flows.ts'
import { encryptionPair, jwksOf, publicKey } from '../../support/keys.ts'
import type { Json } from '../../support/server.ts'
import { sharedStore } from '../../support/stores.ts'

const store = sharedStore()
const issuerKey: JWK = { ...(await encryptionPair('ECDH-ES', 'request')), alg: 'ECDH-ES' }
const walletEncryption: JWK = { ...(await encryptionPair('ECDH-ES', 'wallet')), alg: 'ECDH-ES' }
const encrypted = {
  credentialRequestEncryptionJwks: jwksOf(issuerKey),
  credentialRequestEncryptionEncValuesSupported: ['A128GCM'],
  credentialResponseEncryptionAlgValuesSupported: ['ECDH_ES'],
  credentialResponseEncryptionEncValuesSupported: ['A256GCM'],
}

let service: TestService
let client: Json
let key: WalletKey
let accessToken: string
beforeAll(async () => {
  service = await createIssuer({}, encrypted, { on: store() })
  client = await service.client()
  key = await walletKey()
  accessToken = await obtainCredentialToken(service, client)
})
afterAll(() => service.close())

async function encrypt(content: unknown): Promise<string> {
  return new CompactEncrypt(new TextEncoder().encode(JSON.stringify(content)))
    .setProtectedHeader({ alg: 'ECDH-ES', enc: 'A128GCM', kid: 'request' })
    .encrypt(await importJWK(publicKey(issuerKey), 'ECDH-ES'))
}

const wanted = { jwk: publicKey(walletEncryption), enc: 'A256GCM' }

/** The identifier of a request that is deferred for a while. */
async function deferred(
  more: { token?: string; content?: Record<string, unknown>; seconds?: number } = {},
): Promise<string> {
  const { token = accessToken, content = {}, seconds = 3_600 } = more
  const now = service.system.clock()
  const proof = await makeProof(key, client.clientId, { now, nonce: await fetchNonce(service) })
  const request = JSON.parse(credentialRequest([proof], content))
  const { info, resultMessage } = await service.api('/vci/single/parse', {
    accessToken: token,
    requestContent: await encrypt(request),
  })
  expect(info, resultMessage).toBeDefined()
  const row = await rowOf(info.identifier)
  const change = { from: 'PARSED', to: 'DEFERRED', expiresAt: now + seconds * 1000 } as const
  await service.store.commit(service.store.credentialRequests.move({ ...row, ...change, now }))
  return info.identifier
}

async function rowOf(identifier: string) {
  const hash = tokenHash(identifier)
  const row = await service.store.credentialRequests.find(service.serviceId, hash)
  if (!row) throw new Error('The request is not kept.')
  return row
}

const parse = (content: unknown, token = accessToken): Promise<Json> =>
  service.api('/vci/deferred/parse', {
    accessToken: token,
    requestContent: typeof content === 'string' ? content : JSON.stringify(content),
  })

describe('deferred credential request', () => {
  it('finds the request of its transaction, as often as the wallet asks (OpenID4VCI §9.1)', async () => {
    const transaction = await deferred()
    for (const _ of [1, 2]) {
      const { action, info } = await parse({ transaction_id: transaction, unknown_member: 1 })
      expect(action).toBe('OK')
      expect(info).toMatchObject({
        identifier: transaction,
        format: 'dc+sd-jwt',
        credentialConfigurationId: 'diploma',
        subject: 'alice',
        details: '{"credential_configuration_id":"diploma"}',
      })
      expect(JSON.parse(info.bindingKey)).toMatchObject({ x: key.publicJwk.x })
    }
  })

  it('may come with another token of the same client and user', async () => {
    const transaction = await deferred()
    const other = await obtainCredentialToken(service, client, { scopes: ['diploma'] })
    expect(await parse({ transaction_id: transaction }, other)).toMatchObject({ action: 'OK' })
  })

  it('states how the response is encrypted, whatever was stated before (§9.1)', async () => {
    const plain = await deferred()
    const content = await encrypt({ transaction_id: plain, credential_response_encryption: wanted })
    expect(await parse(content)).toMatchObject({ action: 'OK' })
    const { data } = await rowOf(plain)
    expect(data.encryption).toMatchObject({
      enc: 'A256GCM',
      jwk: { alg: 'ECDH-ES', kid: 'wallet' },
    })
    expect(await parse({ transaction_id: plain })).toMatchObject({ action: 'OK' })
    expect((await rowOf(plain)).data).not.toHaveProperty('encryption')
    const before = await deferred({ content: { credential_response_encryption: wanted } })
    expect((await rowOf(before)).data).toHaveProperty('encryption')
    expect(await parse({ transaction_id: before })).toMatchObject({ action: 'OK' })
    expect((await rowOf(before)).data).not.toHaveProperty('encryption')
  })

  it('without transaction_id is refused', async () => {
    for (const content of [{}, { transaction_id: 1 }, { transaction_id: '' }]) {
      const answer = await parse(content)
      expect(answer).toMatchObject({ action: 'BAD_REQUEST' })
      expect(JSON.parse(answer.responseContent).error).toBe('invalid_credential_request')
    }
    expect(await parse({})).toMatchObject({ resultCode: 'P125301' })
  })

  it('of a transaction that is unknown, over, late or of others is refused (§9.3)', async () => {
    const { info } = await service.api('/vci/single/parse', {
      accessToken,
      requestContent: credentialRequest([
        await makeProof(key, client.clientId, {
          now: service.system.clock(),
          nonce: await fetchNonce(service),
        }),
      ]),
    })
    const transaction = await deferred()
    const bob = await obtainCredentialToken(service, client, { subject: 'bob' })
    const otherClient = await obtainCredentialToken(service, await service.client())
    const over = await deferred()
    const now = service.system.clock()
    const end = { from: 'DEFERRED', to: 'ISSUED', now } as const
    await service.store.commit(
      service.store.credentialRequests.move({ ...(await rowOf(over)), ...end }),
    )
    const short = await deferred({ seconds: 1 })
    service.system.clock.advance(1_000)
    for (const [identifier, token] of [
      ['unknown', accessToken],
      // It was not deferred.
      [info.identifier, accessToken],
      [transaction, bob],
      [transaction, otherClient],
      [over, accessToken],
      [short, accessToken],
    ]) {
      const answer = await parse({ transaction_id: identifier }, token)
      expect(answer).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P125302' })
      expect(JSON.parse(answer.responseContent).error).toBe('invalid_transaction_id')
    }
  })

  it('of another service is unknown', async () => {
    const transaction = await deferred()
    const other = await createIssuer({}, {}, service)
    const answer = await other.api('/vci/deferred/parse', {
      accessToken: await obtainCredentialToken(other, await other.client()),
      requestContent: JSON.stringify({ transaction_id: transaction }),
    })
    expect(answer).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P125302' })
  })

  it('without a user needs a token of the same authorization', async () => {
    const grant = { grantType: 'CLIENT_CREDENTIALS', subject: undefined, scopes: ['diploma'] }
    const [token, other] = [
      await obtainCredentialToken(service, client, grant),
      await obtainCredentialToken(service, client, grant),
    ]
    const transaction = await deferred({ token })
    expect(await parse({ transaction_id: transaction }, token)).toMatchObject({ action: 'OK' })
    const answer = await parse({ transaction_id: transaction }, other)
    expect(answer).toMatchObject({ resultCode: 'P125302' })
  })

  it('needs a token that may obtain the credential: 403 (OpenID4VCI §9)', async () => {
    const transaction = await deferred()
    const narrow = await obtainCredentialToken(service, client, { scopes: ['mdl'] })
    const answer = await parse({ transaction_id: transaction }, narrow)
    expect(answer).toMatchObject({ action: 'FORBIDDEN', resultCode: 'P125303' })
    expect(JSON.parse(answer.responseContent).error).toBe('insufficient_scope')
  })
})
