/** Credentials of UserInfo by draft 00, which Ory Hydra has: UserInfo VC §5 and §6. */
import { decodeProtectedHeader, importJWK, jwtVerify, SignJWT } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { credentialKey, type WalletKey, walletKey } from '../../support/credentials.ts'
import { dpopKey, proof as dpopProof } from '../../support/dpop.ts'
import {
  createService,
  issuer,
  obtainCode,
  obtainTokens,
  redirectUri,
  refresh,
  requestToken,
  type TestService,
  verifier,
} from '../../support/flows.ts'
import { jwksOf, publicKey, serviceKeys } from '../../support/keys.ts'
import type { Json } from '../../support/server.ts'

const endpoint = `${issuer}/credentials`
const scope = 'openid userinfo_credential_draft_00'
const supportedScopes = [...scope.split(' '), 'read'].map((name) => ({ name }))
const attributes = [
  { key: 'ext.userinfo_vc', value: 'draft00' },
  { key: 'ext.userinfo_vc.endpoint', value: endpoint },
]
const on = { supportedScopes, attributes }

let service: TestService
let client: Json
let wallet: WalletKey
beforeAll(async () => {
  service = await createService()
  await service.configure(on)
  client = await service.client()
  wallet = await walletKey()
})
beforeEach(() => service.configure(on))
afterAll(() => service.close())

interface Obtained {
  token: string
  body: Json
  nonce: string
  refreshToken: string
}
async function obtain(more: Record<string, string> = {}): Promise<Obtained> {
  const tokens = await obtainTokens(service, client, { scope, ...more })
  const body = JSON.parse(tokens.responseContent)
  const { accessToken: token, refreshToken } = tokens
  return { token, body, nonce: body.c_nonce_draft_00, refreshToken }
}

const proof = (nonce: unknown, claims = {}, header = {}, by = wallet): Promise<string> =>
  new SignJWT({ nonce, aud: issuer, ...claims } as Record<string, string>)
    .setProtectedHeader({ alg: by.alg, jwk: by.publicJwk, ...header })
    .sign(by.privateKey)

const requestOf = (jwt: string | undefined, more: object = {}): string =>
  JSON.stringify({
    format: 'jwt_vc_json',
    types: ['VerifiableCredential', 'UserInfoCredential'],
    ...(jwt === undefined ? {} : { proof: { proof_type: 'jwt', jwt } }),
    ...more,
  })

const parse = (token: string, requestContent: string | undefined, more: object = {}) =>
  service.api('/userinfovc/parse', { token, requestContent, ...more })

async function ticketFor(): Promise<{ ticket: string; subject: string; jwk: string }> {
  const { token, nonce } = await obtain()
  const parsed = await parse(token, requestOf(await proof(nonce)))
  expect(parsed).toMatchObject({ action: 'OK', resultCode: 'P132901' })
  return parsed
}

describe('token response for a credential of UserInfo', () => {
  it('has a nonce, also after a refresh (UserInfo VC §5)', async () => {
    const { body, refreshToken } = await obtain()
    const expected = { c_nonce_draft_00: expect.any(String), c_nonce_expires_in_draft_00: 300 }
    expect(body).toMatchObject(expected)
    const refreshed = JSON.parse((await refresh(service, client, refreshToken)).responseContent)
    expect(refreshed).toMatchObject(expected)
    expect(refreshed.c_nonce_draft_00).not.toBe(body.c_nonce_draft_00)
  })

  it('has none without the scopes, or without the attribute', async () => {
    expect((await obtain({ scope: 'openid' })).body).not.toHaveProperty('c_nonce_draft_00')
    const alone = { scope: 'userinfo_credential_draft_00' }
    expect((await obtain(alone)).body).not.toHaveProperty('c_nonce_draft_00')
    await service.configure({ supportedScopes })
    expect((await obtain()).body).not.toHaveProperty('c_nonce_draft_00')
  })
})

describe('metadata about credentials of UserInfo', () => {
  const document = () => service.get(`/api/${service.serviceId}/service/configuration`)

  it('list the endpoint and the credential (UserInfo VC §5)', async () => {
    expect(await document()).toMatchObject({
      credentials_endpoint_draft_00: endpoint,
      credentials_supported_draft_00: [
        {
          format: 'jwt_vc_json',
          types: ['VerifiableCredential', 'UserInfoCredential'],
          cryptographic_binding_methods_supported: ['jwk'],
          cryptographic_suites_supported: expect.arrayContaining(['ES256', 'EdDSA']),
        },
      ],
    })
  })

  it('have no such member without the attribute', async () => {
    await service.configure({ supportedScopes })
    const names = Object.keys(await document())
    expect(names.filter((name) => name.endsWith('draft_00'))).toEqual([])
  })

  it('have a URL only: another value is refused', async () => {
    const wrong = [{ key: 'ext.userinfo_vc.endpoint', value: 'javascript:1' }]
    expect(await service.configure({ attributes: wrong })).not.toHaveProperty('apiKey')
    const unknown = [{ key: 'ext.userinfo_vc', value: 'draft01' }]
    expect(await service.configure({ attributes: unknown })).not.toHaveProperty('apiKey')
  })
})

describe('request for a credential of UserInfo', () => {
  it('is accepted with a proof for the nonce of the token (UserInfo VC §6)', async () => {
    const { subject, jwk } = await ticketFor()
    expect(subject).toBe('alice')
    expect(JSON.parse(jwk)).toEqual(wallet.publicJwk)
  })

  it('names the claims of its scopes and of the claims parameter (OIDC Core §5.4)', async () => {
    const supportedClaims = ['name', 'email', 'email_verified', 'nickname']
    const known = [...supportedScopes, { name: 'email' }]
    await service.configure({ ...on, supportedScopes: known, supportedClaims })
    const { token, nonce } = await obtain({
      scope: `${scope} email`,
      claims: JSON.stringify({ userinfo: { nickname: null } }),
    })
    const { claims } = await parse(token, requestOf(await proof(nonce)))
    expect(claims.sort()).toEqual(['email', 'email_verified', 'nickname'])
  })

  it('gets a nonce if it has no proof, which the next request may use', async () => {
    const { token } = await obtain()
    const asked = await parse(token, requestOf(undefined))
    expect(asked).toMatchObject({ action: 'NONCE', resultCode: 'P132003' })
    const body = JSON.parse(asked.responseContent)
    expect(body).toMatchObject({ error: 'missing_proof', c_nonce_expires_in: 300 })
    expect(await parse(token, requestOf(await proof(body.c_nonce)))).toMatchObject({ action: 'OK' })
  })

  it('gets a nonce if its own is unknown, expired, of another token, or used', async () => {
    const { token, nonce } = await obtain()
    const other = await obtain()
    for (const wrong of ['unknown', undefined, 1, other.nonce]) {
      expect(await parse(token, requestOf(await proof(wrong)))).toMatchObject({
        ...{ action: 'NONCE', resultCode: 'P132006' },
      })
    }
    expect(await parse(token, requestOf(await proof(nonce)))).toMatchObject({ action: 'OK' })
    const again = await parse(token, requestOf(await proof(nonce)))
    expect(again).toMatchObject({ action: 'NONCE', resultCode: 'P132007' })
    service.system.clock.advance(301_000)
    expect(await parse(other.token, requestOf(await proof(other.nonce)))).toMatchObject({
      ...{ action: 'NONCE', resultCode: 'P132006' },
    })
  })

  it('is accepted once of twenty at a time', async () => {
    const { token, nonce } = await obtain()
    const content = requestOf(await proof(nonce))
    const answers = await Promise.all(Array.from({ length: 20 }, () => parse(token, content)))
    expect(answers.filter(({ action }) => action === 'OK')).toHaveLength(1)
  })

  it.each<[string, string | undefined]>([
    ['no body', undefined],
    ['no JSON', '{'],
    ['a list', '[]'],
    ['another format', requestOf('a', { format: 'ldp_vc' })],
    ['other types', requestOf('a', { types: ['VerifiableCredential'] })],
    ['another type of proof', requestOf(undefined, { proof: { proof_type: 'cwt' } })],
    ['a proof that is no object', requestOf(undefined, { proof: [] })],
    ['a proof that is no text', requestOf(undefined, { proof: { proof_type: 'jwt', jwt: 1 } })],
  ])('is refused with %s', async (_what, content) => {
    const { token } = await obtain()
    const refused = await parse(token, content)
    expect(refused).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P132002' })
  })

  it('is refused with a proof that its key does not verify, or for another issuer', async () => {
    const { token, nonce } = await obtain()
    const other = await walletKey()
    const ask = async (jwt: string) => parse(token, requestOf(jwt))
    const bad = { action: 'BAD_REQUEST', resultCode: 'P132004' }
    expect(await ask(await proof(nonce, {}, { jwk: other.publicJwk }))).toMatchObject(bad)
    expect(await ask(await proof(nonce, {}, { jwk: undefined }))).toMatchObject(bad)
    expect(await ask(await proof(nonce, {}, { jwk: serviceKeys[1] }))).toMatchObject(bad)
    expect(await ask('a.b.c')).toMatchObject(bad)
    const elsewhere = await proof(nonce, { aud: 'https://other.example.com' })
    expect(await ask(elsewhere)).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P132005' })
  })

  it('is refused with a wrong token, without the scopes, and without the attribute', async () => {
    const content = requestOf(undefined)
    expect(await parse('unknown', content)).toMatchObject({ action: 'UNAUTHORIZED' })
    const { token } = await obtain({ scope: 'openid' })
    expect(await parse(token, content)).toMatchObject({ action: 'FORBIDDEN' })
    await service.configure({ supportedScopes })
    const disabled = { action: 'FORBIDDEN', resultCode: 'P132001' }
    expect(await parse(token, content)).toMatchObject(disabled)
    expect(await service.api('/userinfovc/issue', { ticket: 'a' })).toMatchObject({
      ...{ action: 'CALLER_ERROR', resultCode: 'P132001' },
    })
  })

  it('requires the proof of possession of a bound token (RFC 9449 §7.1)', async () => {
    const key = await dpopKey()
    const now = service.system.clock()
    const code = await obtainCode(service, client, { scope })
    const { accessToken: token } = await requestToken(
      service,
      client,
      {
        ...{ grant_type: 'authorization_code', code },
        ...{ redirect_uri: redirectUri, code_verifier: verifier },
      },
      { dpop: await dpopProof(key, { htu: `${issuer}/token`, now }) },
    )
    expect(await parse(token, requestOf(undefined))).toMatchObject({ action: 'UNAUTHORIZED' })
    const dpop = await dpopProof(key, { htm: 'POST', htu: endpoint, now, accessToken: token })
    expect(await parse(token, requestOf(undefined), { dpop })).toMatchObject({ action: 'NONCE' })
  })
})

describe('credential of UserInfo', () => {
  const issue = (ticket: string, more: object = {}) =>
    service.api('/userinfovc/issue', { ticket, ...more })

  async function verified(answer: Json, key = serviceKeys[0]): Promise<Json> {
    const { format, credential_draft_00: jwt } = JSON.parse(answer.responseContent)
    expect(format).toBe('jwt_vc_json')
    const currentDate = new Date(service.system.clock())
    const by = await importJWK(publicKey(key as Json), decodeProtectedHeader(jwt).alg)
    return (await jwtVerify(jwt, by, { currentDate })).payload
  }

  it('has the claims of the caller, for the key of the wallet (UserInfo VC §4)', async () => {
    const { ticket } = await ticketFor()
    const claims = { name: 'Alice', sub: 'mallory', id: 'did:other', address: { country: 'DE' } }
    const answer = await issue(ticket, { claims: JSON.stringify(claims) })
    expect(answer).toMatchObject({ action: 'OK', resultCode: 'P132902' })
    const id = `did:jwk:${Buffer.from(JSON.stringify(wallet.publicJwk)).toString('base64url')}`
    const payload = await verified(answer)
    const iat = Math.floor(service.system.clock() / 1000)
    expect(payload).toMatchObject({ iss: issuer, iat, nbf: iat, exp: iat + 3_600 })
    expect(payload.jti).toEqual(expect.any(String))
    const [, encoded = ''] = payload.sub.split('did:jwk:')
    expect(JSON.parse(Buffer.from(encoded, 'base64url').toString())).toEqual(wallet.publicJwk)
    expect(id.length).toBe(payload.sub.length)
    expect(payload.vc).toEqual({
      '@context': ['https://www.w3.org/2018/credentials/v1'],
      type: ['VerifiableCredential', 'UserInfoCredential'],
      credentialSubject: {
        ...{ name: 'Alice', address: { country: 'DE' }, sub: 'alice', id: payload.sub },
      },
    })
  })

  it('is signed with a credential key, for the duration of the caller', async () => {
    const { ticket } = await ticketFor()
    await service.configure({ ...on, credentialJwks: jwksOf(credentialKey) })
    const { iat, exp } = await verified(await issue(ticket, { duration: 60 }), credentialKey)
    expect(exp - iat).toBe(60)
  })

  it('is issued once for a ticket, also of twenty calls at a time', async () => {
    const { ticket } = await ticketFor()
    const answers = await Promise.all(Array.from({ length: 20 }, () => issue(ticket)))
    expect(answers.filter(({ action }) => action === 'OK')).toHaveLength(1)
    expect(await issue(ticket)).toMatchObject({ action: 'CALLER_ERROR', resultCode: 'P132009' })
  })

  it('is not issued for a ticket that is unknown, expired, or of another service', async () => {
    const { ticket } = await ticketFor()
    const unknown = { action: 'CALLER_ERROR', resultCode: 'P132008' }
    expect(await issue('unknown')).toMatchObject(unknown)
    expect(await issue('')).toMatchObject(unknown)
    const other = await createService(on, service)
    expect(await other.api('/userinfovc/issue', { ticket })).toMatchObject(unknown)
    service.system.clock.advance(600_000)
    expect(await issue(ticket)).toMatchObject(unknown)
  })
})
