/** An independent client obtains a credential of UserInfo from the frontend: UserInfo VC §6. */
import {
  createRemoteJWKSet,
  exportJWK,
  generateKeyPair,
  type JWTVerifyResult,
  jwtVerify,
  SignJWT,
} from 'jose'
import type * as openid from 'openid-client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { scopes } from '../../../examples/demo/seed.ts'
import { callback, configure, createUser, redeem, requestOf, type World } from '../world.ts'
import { startIssuer } from './issuer-world.ts'

const scope = 'openid profile email userinfo_credential_draft_00'

let world: World
let configuration: openid.Configuration
beforeAll(async () => {
  const supportedScopes = [...scopes, { name: 'userinfo_credential_draft_00' }]
  const attributes = [{ key: 'ext.userinfo_vc', value: 'draft00' }]
  world = await startIssuer({}, { supportedScopes }, attributes)
  const { clientId, clientSecret } = await world.client()
  configuration = await configure(world, clientId, clientSecret)
})
afterAll(() => world?.close())

async function tokens() {
  const request = await requestOf(configuration, { scope })
  const { url } = await createUser().walk(request.url)
  expect(url).toContain(callback)
  return redeem(configuration, request, url)
}

/** What a wallet sends; without a nonce, it sends no proof. */
async function ask(accessToken: string, nonce?: unknown, key?: Awaited<ReturnType<typeof newKey>>) {
  const jwt =
    nonce === undefined || !key
      ? undefined
      : await new SignJWT({ nonce: String(nonce), aud: world.issuer })
          .setProtectedHeader({ alg: 'ES256', jwk: key.jwk })
          .sign(key.privateKey)
  const response = await fetch(`${world.issuer}/credentials`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${accessToken}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({
      format: 'jwt_vc_json',
      types: ['VerifiableCredential', 'UserInfoCredential'],
      ...(jwt === undefined ? {} : { proof: { proof_type: 'jwt', jwt } }),
    }),
  })
  return { status: response.status, body: await response.json() }
}

async function newKey() {
  const { privateKey, publicKey } = await generateKeyPair('ES256')
  return { privateKey, jwk: await exportJWK(publicKey) }
}

/** The credential is signed by a key of the service: of those for credentials, if it has any. */
async function verified(credential: string): Promise<JWTVerifyResult> {
  const keys = createRemoteJWKSet(new URL(`${world.issuer}/vci/jwks`))
  return jwtVerify(credential, keys, { issuer: world.issuer, typ: 'JWT' })
}

describe('credential of UserInfo', () => {
  it('has the claims of the scopes, for the key of the wallet (UserInfo VC §4)', async () => {
    const { access_token: accessToken, ...more } = await tokens()
    const key = await newKey()
    const { status, body } = await ask(accessToken, more['c_nonce_draft_00'], key)
    expect([status, body.format]).toEqual([200, 'jwt_vc_json'])
    const { payload } = await verified(body.credential_draft_00)
    const { credentialSubject, type } = payload['vc'] as Record<string, Record<string, unknown>>
    expect(type).toEqual(['VerifiableCredential', 'UserInfoCredential'])
    expect(credentialSubject).toMatchObject({
      ...{ sub: 'alice', id: payload.sub, name: 'Alice Marie Ashdown' },
      email: expect.stringContaining('@'),
    })
    expect(credentialSubject).not.toHaveProperty('phone_number')
    const [, encoded = ''] = payload.sub?.split('did:jwk:') ?? []
    expect(JSON.parse(Buffer.from(encoded, 'base64url').toString())).toEqual(key.jwk)
  })

  it('is refused without a proof, and issued once for a nonce (UserInfo VC §6)', async () => {
    const { access_token: accessToken } = await tokens()
    const refused = await ask(accessToken)
    expect(refused).toMatchObject({ status: 400, body: { error: 'missing_proof' } })
    const key = await newKey()
    const { c_nonce: nonce } = refused.body
    expect(await ask(accessToken, nonce, key)).toMatchObject({ status: 200 })
    const again = await ask(accessToken, nonce, key)
    expect(again).toMatchObject({ status: 400, body: { error: 'missing_proof' } })
  })
})
