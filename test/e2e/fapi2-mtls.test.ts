/** FAPI 2.0 with certificate-bound tokens, RFC 8705, over the TLS listener of the frontend. */
import { createPublicKey } from 'node:crypto'
import { connect } from 'node:tls'
import * as oauth from 'oauth4webapi'
import * as openid from 'openid-client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  algs,
  callResource,
  fapi2Service,
  obtainCode,
  type Party,
  redeem,
  refresh,
  refusalOf,
  register,
  startFapiWorld,
} from './fapi.ts'
import { certify, fetchWith, type KeyPair, serverTls, thumbprintOf } from './tls.ts'
import { resourceServer, type World } from './world.ts'

const certificate = certify('/CN=client')
const otherCertificate = certify('/CN=other')

let world: World
let party: Party
beforeAll(async () => {
  world = await startFapiWorld({
    ...{ ...fapi2Service, tlsClientCertificateBoundAccessTokens: true },
    trustedRootCertificates: [certificate.cert, otherCertificate.cert],
  })
  party = await register(world, { certificate })
})
afterAll(() => world?.close())

/** The party on a connection with another certificate, or without one. */
const over = (own: KeyPair | undefined, by = party): Party => ({
  ...by,
  sending: { [oauth.customFetch]: fetchWith(own) },
})

const tokensOf = async (by = party) => redeem(by, await obtainCode(by))

describe('FAPI 2.0 client with a certificate', () => {
  it.each(algs)('gets, uses and refreshes bound tokens by %s', async (alg) => {
    const client = await register(world, { certificate, alg })
    const granted = await obtainCode(client)
    expect(granted.answer.get('iss')).toBe(world.issuer)
    const tokens = await redeem(client, granted)
    expect(tokens.token_type).toBe('bearer')
    expect((await callResource(client, tokens.access_token)).status).toBe(200)

    const refreshed = await refresh(client, tokens.refresh_token)
    const response = await callResource(client, refreshed.access_token, 'POST')
    expect(await response.json()).toEqual({ subject: 'alice' })
    await expect(confirmationOf(refreshed.access_token)).resolves.toEqual({
      'x5t#S256': thumbprintOf(certificate),
    })
    await oauth.processRevocationResponse(await revoke(client, refreshed.access_token))
    await expect(callResource(client, refreshed.access_token)).rejects.toMatchObject({
      status: 401,
    })
  })

  it('gets UserInfo with openid-client', async () => {
    const { client, signing, sending } = party
    const configuration = await openid.discovery(
      new URL(world.issuer),
      client.client_id,
      { id_token_signed_response_alg: 'ES256' },
      openid.PrivateKeyJwt(signing),
      { [openid.customFetch]: sending[oauth.customFetch] },
    )
    const { access_token } = await tokensOf()
    const info = await openid.fetchUserInfo(configuration, access_token, 'alice')
    expect(info.sub).toBe('alice')
  })
})

const revoke = ({ as, client, auth, sending }: Party, token: string) =>
  oauth.revocationRequest(as, client, auth, token, sending)

/** The `cnf` of a token, as introspection returns it (RFC 7662). */
async function confirmationOf(token: string) {
  const client = { client_id: resourceServer.id }
  const auth = oauth.ClientSecretBasic(resourceServer.secret)
  const response = await oauth.introspectionRequest(party.as, client, auth, token, party.sending)
  return (await oauth.processIntrospectionResponse(party.as, client, response)).cnf
}

describe('certificate-bound token', () => {
  let token: string
  let refreshToken: string | undefined
  beforeAll(async () => {
    const tokens = await tokensOf()
    token = tokens.access_token
    refreshToken = tokens.refresh_token
  })

  it.each([
    ['another certificate', otherCertificate],
    ['no certificate', undefined],
  ])('is rejected by the resource server and UserInfo with %s (RFC 8705 §3)', async (_, own) => {
    const stolen = over(own)
    await expect(callResource(stolen, token)).rejects.toMatchObject({
      status: 401,
      cause: [{ scheme: 'bearer', parameters: { error: 'invalid_token' } }],
    })
    const { as, client, sending } = stolen
    const response = await oauth.userInfoRequest(as, client, token, sending)
    expect(response.status).toBe(401)
  })

  it('is not issued without a certificate, and the code stays valid (RFC 8705 §3)', async () => {
    const granted = await obtainCode(party)
    expect(await refusalOf(redeem(over(undefined), granted))).toMatchObject({
      error: expect.stringMatching(/^invalid_(request|client|grant)$/),
    })
    await expect(redeem(party, granted)).resolves.toMatchObject({ token_type: 'bearer' })
  })

  it('is not refreshed without a certificate (RFC 8705 §4)', async () => {
    expect(await refusalOf(refresh(over(undefined), refreshToken))).toMatchObject({
      error: expect.stringMatching(/^invalid_(request|client|grant)$/),
    })
  })
})

describe('TLS listener of the frontend', () => {
  it('passes the certificate and its chain to Postern at every endpoint', async () => {
    const root = certify('/CN=root')
    const leaf = certify('/CN=leaf', { issuer: root })
    const chained = over({ key: leaf.key, cert: leaf.cert + root.cert })
    const before = world.asked.length
    const { access_token } = await tokensOf(chained)
    await callResource(chained, access_token)
    await revoke(chained, access_token)
    const asked = world.asked
      .slice(before)
      .filter(({ operation }) => !/^(auth\/authorization|session)/.test(operation))
    expect(asked.map(({ operation }) => operation)).toEqual([
      ...['pushed_auth_req', 'auth/token', 'auth/introspection', 'auth/revocation'],
    ])
    for (const { operation, body } of asked) {
      const path = operation === 'auth/introspection' ? undefined : [root.cert]
      expect(body['clientCertificate']).toBe(leaf.cert)
      expect(body['clientCertificatePath']).toEqual(path)
    }
  })

  const handshake = (options: object) =>
    new Promise<string | null>((resolve, reject) => {
      const { hostname: host, port } = new URL(world.issuer)
      const settings = { host, port: Number(port), rejectUnauthorized: false, ...options }
      const socket = connect(settings, () => {
        resolve(`${socket.getProtocol()} ${socket.getCipher().name}`)
        socket.destroy()
      }).once('error', reject)
    })

  it.each([
    ['TLSv1.3', undefined, /^TLSv1.3 TLS_AES/],
    ['TLSv1.2', 'ECDHE-RSA-AES128-GCM-SHA256', /^TLSv1.2 ECDHE-RSA-AES128-GCM-SHA256$/],
    ['TLSv1.2', 'ECDHE-RSA-AES256-GCM-SHA384', /^TLSv1.2 ECDHE-RSA-AES256-GCM-SHA384$/],
  ])('accepts %s with %s (FAPI 2.0 §5.2.1)', async (version, ciphers, spoken) => {
    const options = { minVersion: version, maxVersion: version, ...(ciphers ? { ciphers } : {}) }
    expect(await handshake(options)).toMatch(spoken)
  })

  it.each([
    ['TLSv1', 'DEFAULT@SECLEVEL=0'],
    ['TLSv1.1', 'DEFAULT@SECLEVEL=0'],
    ['TLSv1.2', 'ECDHE-RSA-AES128-SHA256'],
    ['TLSv1.2', 'ECDHE-RSA-AES256-SHA384'],
    ['TLSv1.2', 'ECDHE-RSA-CHACHA20-POLY1305'],
    ['TLSv1.2', 'AES128-GCM-SHA256'],
  ])('rejects %s with %s (FAPI 2.0 §5.2.1)', async (version, ciphers) => {
    const options = { minVersion: version, maxVersion: version, ciphers }
    await expect(handshake(options)).rejects.toThrow()
  })
})

describe('FAPI 2.0 client with mutual TLS authentication', () => {
  const byCertificate = async (own: KeyPair, more: Record<string, unknown>): Promise<Party> => {
    const known = await register(world, { certificate: own, more })
    return { ...known, auth: oauth.TlsClientAuth() }
  }

  it('authenticates by the subject of its certificate only (RFC 8705 §2.1)', async () => {
    const known = await byCertificate(certificate, {
      ...{ tokenAuthMethod: 'TLS_CLIENT_AUTH', tlsClientAuthSubjectDn: 'CN=client' },
    })
    const tokens = await tokensOf(known)
    expect((await callResource(known, tokens.access_token)).status).toBe(200)
    for (const own of [otherCertificate, undefined]) {
      const refused = await refusalOf(tokensOf(over(own, known)))
      expect(refused).toMatchObject({ error: 'invalid_client' })
    }
  })

  it('authenticates by its registered self-signed certificate (RFC 8705 §2.2)', async () => {
    const der = (pem: string) => pem.replace(/-----[^-]+-----|\s/g, '')
    const publicJwk = createPublicKey(certificate.cert).export({ format: 'jwk' })
    const jwks = JSON.stringify({ keys: [{ ...publicJwk, x5c: [der(certificate.cert)] }] })
    const known = await byCertificate(certificate, {
      ...{ tokenAuthMethod: 'SELF_SIGNED_TLS_CLIENT_AUTH', jwks },
    })
    expect((await tokensOf(known)).token_type).toBe('bearer')
    const refused = await refusalOf(tokensOf(over(otherCertificate, known)))
    expect(refused).toMatchObject({ error: 'invalid_client' })
  })
})

describe('TLS listener that verifies client certificates', () => {
  const root = certify('/CN=root')
  const issued = certify('/CN=client', { issuer: root })
  let verifying: World
  beforeAll(async () => {
    const attributes = [{ key: 'ext.mtls.chain_verified_by_terminator', value: 'true' }]
    verifying = await startFapiWorld(
      { ...fapi2Service, tlsClientCertificateBoundAccessTokens: true, attributes },
      { tls: { ...serverTls, ca: root.cert }, verifiedCertificatesOnly: true },
    )
  })
  afterAll(() => verifying?.close())

  it('passes verified certificates only (RFC 8705 §2.1)', async () => {
    const registered = await register(verifying, {
      certificate: issued,
      more: { tokenAuthMethod: 'TLS_CLIENT_AUTH', tlsClientAuthSubjectDn: 'CN=client' },
    })
    const known = { ...registered, auth: oauth.TlsClientAuth() }
    expect((await tokensOf(known)).token_type).toBe('bearer')
    for (const own of [certificate, certify('/CN=client', { issuer: certify('/CN=root') })]) {
      const refused = await refusalOf(tokensOf(over(own, known)))
      expect(refused).toMatchObject({ error: 'invalid_client' })
    }
  })
})
