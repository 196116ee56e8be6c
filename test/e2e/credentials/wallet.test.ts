/** An independent wallet obtains credentials from the example frontend: OpenID4VCI 1.0. */
import {
  CompactEncrypt,
  compactDecrypt,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JWK,
} from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { callApi } from '../../../examples/demo/seed.ts'
import { statusOf, verifyIdentity, verifyLicence } from '../../../examples/demo/vci/verify.ts'
import { createWallet, readResponse } from '../../../examples/demo/vci/wallet.ts'
import { bob } from '../world.ts'
import { authorize, type IssuerWorld, makeOffer, startIssuer } from './issuer-world.ts'

let world: IssuerWorld
let clientId: string
beforeAll(async () => {
  world = await startIssuer()
  clientId = await world.walletClient()
})
afterAll(() => world?.close())

/** A wallet with a token for the offer of a page. */
async function redeemed(configuration: string, code?: 'yes', id: string | undefined = clientId) {
  const shown = await makeOffer(world, { configuration, ...(code ? { code } : {}) })
  const wallet = createWallet(id)
  const { offer, issuer } = await wallet.resolve(shown.link)
  const accessToken = await wallet.redeem(offer, issuer, shown.code)
  return { wallet, offer, issuer, accessToken, shown, configurationId: configuration }
}

describe('wallet with a pre-authorized code', () => {
  it('obtains an SD-JWT VC after scanning the offer (OpenID4VCI §4.1.3)', async () => {
    const { wallet, shown, ...wanted } = await redeemed('identity')
    expect(shown.svg).toContain('<path')
    expect(shown.code).toBeUndefined()
    const { credentials, keys } = await wallet.obtain(wanted)
    expect(credentials).toHaveLength(1)
    const claims = await verifyIdentity(credentials[0] ?? '', keys[0] ?? {}, world.root)
    expect(claims).toMatchObject({
      ...{ iss: world.issuer, vct: `${world.issuer}/vct/identity` },
      ...{ given_name: 'Alice', nationalities: ['DE', 'IE'], address: { locality: 'Dublin' } },
    })
    const type = await (await fetch(String(claims['vct']))).json()
    expect(type).toMatchObject({ vct: claims['vct'], name: expect.any(String) })
  })

  it('obtains an mDL with a transaction code, and not without it (OpenID4VCI §6.1)', async () => {
    const shown = await makeOffer(world, { configuration: 'mdl', code: 'yes' })
    expect(shown.code).toMatch(/^\d{6}$/)
    const wallet = createWallet(clientId)
    const { offer, issuer } = await wallet.resolve(shown.link)
    await expect(wallet.redeem(offer, issuer, '000')).rejects.toThrow()
    const accessToken = await wallet.redeem(offer, issuer, shown.code)
    const { credentials, keys } = await wallet.obtain({
      ...{ issuer, accessToken, configurationId: 'mdl' },
    })
    const elements = await verifyLicence(credentials[0] ?? '', keys[0] ?? {}, world.root)
    expect(elements).toMatchObject({ family_name: 'Ashdown', un_distinguishing_sign: 'IRL' })
    await expect(wallet.redeem(offer, issuer, shown.code)).rejects.toThrow()
  })

  it('may be anonymous (OpenID4VCI §6.1)', async () => {
    const shown = await makeOffer(world, { configuration: 'identity' })
    const wallet = createWallet()
    const { offer, issuer } = await wallet.resolve(shown.link)
    const accessToken = await wallet.redeem(offer, issuer)
    const wanted = { issuer, accessToken, configurationId: 'identity' }
    expect((await wallet.obtain(wanted)).credentials).toHaveLength(1)
  })

  it('obtains ten credentials for ten keys in one request (OpenID4VCI §8.2)', async () => {
    const { wallet, ...wanted } = await redeemed('identity')
    const { credentials, keys } = await wallet.obtain({ ...wanted, count: 10 })
    const all = await Promise.all(
      credentials.map((each, index) => verifyIdentity(each, keys[index] ?? {}, world.root)),
    )
    expect(all).toHaveLength(10)
    const places = all.map((claims) => claims['status'] as { status_list: { idx: number } })
    expect(new Set(places.map(({ status_list }) => status_list.idx)).size).toBe(10)
  })
})

describe('wallet with an authorization code', () => {
  const offered = async () => {
    const form = { configuration: 'identity', grant: 'authorization_code' } as const
    const { link } = await makeOffer(world, form)
    return { ...(await createWallet(clientId).resolve(link)), clientId }
  }

  it('obtains a credential by its scope (OpenID4VCI §5.1.2)', async () => {
    const known = await offered()
    const { access_token: accessToken } = await authorize(known, { scope: 'identity' })
    const wallet = createWallet(clientId)
    const wanted = { issuer: known.issuer, accessToken, configurationId: 'identity' }
    const { credentials, keys } = await wallet.obtain(wanted)
    await verifyIdentity(credentials[0] ?? '', keys[0] ?? {}, world.root)
  })

  it('obtains a dataset that the token response names (OpenID4VCI §6.2)', async () => {
    const known = await offered()
    const detail = { type: 'openid_credential', credential_configuration_id: 'mdl' }
    const answer = await authorize(known, { authorizationDetails: [detail] })
    const [granted] = answer.authorization_details as { credential_identifiers?: string[] }[]
    const credentialIdentifier = granted?.credential_identifiers?.[0]
    expect(credentialIdentifier).toBeDefined()
    const { access_token: accessToken } = answer
    const { issuer } = known
    const wallet = createWallet(clientId)
    const { proofs, keys } = await wallet.newProofs({
      ...{ issuer, accessToken, configurationId: 'mdl' },
    })
    // The library names configurations only.
    const request = { credential_identifier: credentialIdentifier, proofs: { jwt: proofs } }
    const { credential_endpoint: url } = issuer.credentialIssuer
    const headers = { Authorization: `Bearer ${accessToken}`, 'Content-Type': 'application/json' }
    const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(request) })
    const { credentials } = readResponse(await response.json())
    await verifyLicence(credentials[0] ?? '', keys[0] ?? {}, world.root)
  })
})

describe('wallet with encryption', () => {
  it('sends and receives compressed JWEs (OpenID4VCI §10)', async () => {
    const { wallet, issuer, accessToken } = await redeemed('identity')
    const { proofs, keys } = await wallet.newProofs({
      ...{ issuer, accessToken, configurationId: 'identity' },
    })
    const { publicKey, privateKey } = await generateKeyPair('ECDH-ES', { crv: 'P-256' })
    const jwk = { ...(await exportJWK(publicKey)), kid: 'response-1', alg: 'ECDH-ES' }
    const request = {
      credential_configuration_id: 'identity',
      proofs: { jwt: proofs },
      credential_response_encryption: { jwk, enc: 'A256GCM', zip: 'DEF' },
    }
    const { credential_request_encryption: offered, credential_endpoint } = issuer.credentialIssuer
    const [requestKey] = (offered as { jwks: { keys: JWK[] } }).jwks.keys
    const { alg = '', kid = '' } = requestKey ?? {}
    const body = await new CompactEncrypt(Buffer.from(JSON.stringify(request)))
      .setProtectedHeader({ alg, kid, enc: 'A128GCM', zip: 'DEF' })
      .encrypt(await importJWK(requestKey ?? {}, alg))
    const headers = { Authorization: `Bearer ${accessToken}`, 'Content-Type': 'application/jwt' }
    const response = await fetch(credential_endpoint, { method: 'POST', headers, body })
    expect([response.status, response.headers.get('content-type')]).toEqual([
      ...[200, 'application/jwt'],
    ])
    const { plaintext, protectedHeader } = await compactDecrypt(await response.text(), privateKey)
    expect(protectedHeader).toMatchObject({ enc: 'A256GCM', zip: 'DEF', kid: 'response-1' })
    const { credentials } = readResponse(JSON.parse(Buffer.from(plaintext).toString()))
    await verifyIdentity(credentials[0] ?? '', keys[0] ?? {}, world.root)
  })
})

describe('deferred credential', () => {
  it('is issued when the user is ready, and once (OpenID4VCI §9)', async () => {
    const shown = await makeOffer(world, { configuration: 'identity' }, bob)
    const wallet = createWallet(clientId)
    const { offer, issuer } = await wallet.resolve(shown.link)
    const accessToken = await wallet.redeem(offer, issuer)
    const wanted = { issuer, accessToken, configurationId: 'identity' }
    const { transactionId = '', keys } = await wallet.obtain(wanted)
    expect(transactionId).not.toBe('')
    const ask = async () => {
      const headers = { Authorization: `Bearer ${accessToken}`, 'Content-Type': 'application/json' }
      const body = JSON.stringify({ transaction_id: transactionId })
      const { deferred_credential_endpoint: url = '' } = issuer.credentialIssuer
      const response = await fetch(url, { method: 'POST', headers, body })
      return { status: response.status, body: await response.json() }
    }
    expect(await ask()).toEqual({
      status: 202,
      body: { transaction_id: transactionId, interval: expect.any(Number) },
    })
    const waiting = await shown.user.browser.open(`${world.issuer}/waiting`)
    await shown.user.browser.submit(waiting, {})
    const issued = await ask()
    expect(issued.status).toBe(200)
    const { credentials } = readResponse(issued.body)
    const claims = await verifyIdentity(credentials[0] ?? '', keys[0] ?? {}, world.root)
    expect(claims['given_name']).toBe('Bob')
    expect(await ask()).toMatchObject({ status: 400, body: { error: 'invalid_transaction_id' } })
  })
})

describe('issued credential', () => {
  const called = (operation: string, body: Record<string, unknown>) =>
    callApi(world.api, `${world.serviceId}/${operation}`, body)

  it('is reported as stored by the wallet (OpenID4VCI §11)', async () => {
    const { wallet, issuer, ...wanted } = await redeemed('identity')
    const { notificationId = '' } = await wallet.obtain({ issuer, ...wanted })
    const { accessToken } = wanted
    await wallet.client.sendNotification({
      ...{ issuerMetadata: issuer, accessToken },
      notification: { notificationId, event: 'credential_accepted' },
    })
    const { credentials } = await called('vci/credential/list', { subject: 'alice' })
    const events = (credentials as { event?: string }[]).map(({ event }) => event)
    expect(events.filter((event) => event === 'credential_accepted')).toHaveLength(1)
  })

  it('shows in the status list when it is revoked (Token Status List §8.3)', async () => {
    const { wallet, ...wanted } = await redeemed('identity')
    const { credentials, keys, notificationId } = await wallet.obtain({ ...wanted, count: 2 })
    const [claims = {}, other = {}] = await Promise.all(
      credentials.map((each, index) => verifyIdentity(each, keys[index] ?? {}, world.root)),
    )
    expect(await statusOf(claims)).toBe(0)
    const { status_list: place } = claims['status'] as { status_list: { uri: string; idx: number } }
    await called('vci/status/update', { ...place, status: 'INVALID' })
    expect([await statusOf(claims), await statusOf(other)]).toEqual([1, 0])
    await called('vci/status/update', { notificationId, status: 'SUSPENDED' })
    expect([await statusOf(claims), await statusOf(other)]).toEqual([2, 2])
  })
})
