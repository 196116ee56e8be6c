/** Mutual TLS client authentication, RFC 8705 §2. */
import type { JWK } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  authority,
  type CertificateOptions,
  certificate,
  type Subject,
  type TestCertificate,
} from '../../support/certificates.ts'
import { sequence, utf8 } from '../../support/der.ts'
import { createService, form, type TestService } from '../../support/flows.ts'
import { jwksOf } from '../../support/keys.ts'
import { within } from '../../support/pace.ts'
import type { Json } from '../../support/server.ts'

const root = authority('Root')
const issuing = authority('Issuing', { issuer: root })
const subject: Subject = [
  ['C', 'US'],
  ['O', 'Foo, Inc.'],
  ['CN', 'client'],
]
const subjectDn = 'CN=client,O=Foo\\, Inc.,C=US'

let service: TestService
beforeAll(async () => {
  service = await createService({
    mutualTlsValidatePkiCertChain: true,
    trustedRootCertificates: [root.pem],
    revocationEndpoint: 'https://as.example.com/revoke',
  })
})
afterAll(() => service.close())

const leaf = (more: CertificateOptions = {}) => certificate({ subject, issuer: issuing, ...more })
const tlsClient = (more: object = { tlsClientAuthSubjectDn: subjectDn }) =>
  service.client({ tokenAuthMethod: 'TLS_CLIENT_AUTH', ...more })

const ask = (
  client: Json,
  presented: TestCertificate | string | undefined,
  more: Record<string, unknown> = {},
) =>
  service.api('/auth/token', {
    parameters: form({
      ...{ grant_type: 'client_credentials', scope: 'read' },
      client_id: String(client.clientId),
    }),
    clientCertificate: typeof presented === 'object' ? presented.pem : presented,
    clientCertificatePath: [issuing.pem],
    ...more,
  })

describe('tls_client_auth', () => {
  it('finds no root in a cycle of certificates (RFC 5280 §6.1)', async () => {
    const [one, two] = ['One', 'Two'].map((name) => authority(name))
    const cross = (of: TestCertificate | undefined, issuer: TestCertificate | undefined) =>
      certificate({ subject: of?.subject ?? [], issuer, authority: true, ...(of && { key: of }) })
    const circle = Array.from({ length: 4 }, () => [cross(one, two), cross(two, one)]).flat()
    const client = await tlsClient()
    const started = performance.now()
    const answer = await ask(client, leaf({ issuer: one }), {
      clientCertificatePath: circle.map(({ pem }) => pem),
    })
    expect(answer).toMatchObject({ action: 'INVALID_CLIENT', resultCode: 'P010103' })
    expect(performance.now() - started).toBeLessThan(within(5_000))
  })

  it('finds the one valid path among cross-certificates (RFC 5280 §6.1)', async () => {
    const [one, two] = ['One', 'Two'].map((name) => authority(name))
    const cross = (of: TestCertificate | undefined, issuer: TestCertificate | undefined) =>
      certificate({ subject: of?.subject ?? [], issuer, authority: true, ...(of && { key: of }) })
    const path = [cross(one, two), cross(two, one), cross(two, issuing), issuing]
    const answer = await ask(await tlsClient(), leaf({ issuer: one }), {
      clientCertificatePath: path.map(({ pem }) => pem),
    })
    expect(answer).toMatchObject({ action: 'OK', clientAuthMethod: 'TLS_CLIENT_AUTH' })
  })

  it('authenticates the client by the subject of its certificate (RFC 8705 §2.1.2)', async () => {
    const client = await tlsClient()
    expect(await ask(client, leaf())).toMatchObject({
      action: 'OK',
      clientAuthMethod: 'TLS_CLIENT_AUTH',
    })
    const encoded = encodeURIComponent(leaf().pem)
    expect(await ask(client, encoded)).toMatchObject({ action: 'OK' })
    expect(await ask(client, leaf().base64)).toMatchObject({ action: 'OK' })
  })

  it('accepts the fields Client-Cert and Client-Cert-Chain (RFC 9440 §2)', async () => {
    const client = await tlsClient()
    const { base64 } = leaf()
    const chain = `:${issuing.base64}:, :${root.base64}:`
    const more = { clientCertificatePath: [chain] }
    expect(await ask(client, `:${base64}:`, more)).toMatchObject({ action: 'OK' })
    expect(await ask(client, encodeURIComponent(` :${base64}: `), more)).toMatchObject({
      action: 'OK',
    })
    const bare = { clientCertificatePath: [`${issuing.base64},${root.base64}`] }
    expect(await ask(client, `${base64},${issuing.base64}`, bare)).toMatchObject({ action: 'OK' })
    for (const wrong of [`:${base64}`, `${base64}:`, `::${base64}::`, `:${base64}:;:`, ':'])
      expect(await ask(client, wrong, more), wrong.slice(0, 20)).toMatchObject({
        action: 'INVALID_CLIENT',
      })
  })

  it('authenticates at pushed requests and revocation too (RFC 9126 §2)', async () => {
    const client = await tlsClient()
    const more = { clientCertificate: leaf().pem, clientCertificatePath: [issuing.pem] }
    const request = { client_id: String(client.clientId), response_type: 'code' }
    const pushed = { parameters: form({ ...request, redirect_uri: client.redirectUris[0] }) }
    expect(await service.api('/pushed_auth_req', { ...pushed, ...more })).toMatchObject({
      action: 'CREATED',
      clientAuthMethod: 'TLS_CLIENT_AUTH',
    })
    const other = { ...more, clientCertificate: leaf({ subject: [['CN', 'other']] }).pem }
    expect(await service.api('/pushed_auth_req', { ...pushed, ...other })).toMatchObject({
      action: 'UNAUTHORIZED',
      resultCode: 'P010104',
    })
    const revoked = { parameters: form({ ...request, token: 'x' }) }
    expect(await service.api('/auth/revocation', { ...revoked, ...more })).toMatchObject({
      action: 'OK',
    })
    expect(await service.api('/auth/revocation', { ...revoked, ...other })).toMatchObject({
      action: 'INVALID_CLIENT',
    })
  })

  it.each<[string, string]>([
    ['spaces around its separators', 'CN = client , O = Foo\\, Inc. , C = US'],
    ['other case, and spaces that repeat', 'cn=CLIENT,o=foo\\,  INC.,c=us'],
    ['attribute types by number', '2.5.4.3=client,2.5.4.10=Foo\\, Inc.,2.5.4.6=US'],
    ['long names of attribute types', 'commonName=client,organizationName=Foo\\2C Inc.,C=US'],
    ['hexadecimal escapes', 'CN=\\63lient,O=Foo\\2c\\20Inc.,C=US'],
    ['values in their encoding', 'CN=#0c06636c69656e74,O=Foo\\, Inc.,C=US'],
  ])('matches a subject that is registered with %s (RFC 4514 §3)', async (_what, registered) => {
    const client = await tlsClient({ tlsClientAuthSubjectDn: registered })
    expect(await ask(client, leaf())).toMatchObject({ action: 'OK' })
  })

  it('matches non-ASCII characters and the attribute types of eIDAS (RFC 4514 §2.4)', async () => {
    const own: Subject = [
      ['organizationIdentifier', 'PSDFI-FINFSA-1234567-8'],
      ['serialNumber', '1#2+3'],
      ['CN', 'Käsekrämer "3"'],
    ]
    const registered =
      'CN=K\\C3\\A4sekrämer \\"3\\",serialNumber=1#2\\+3,organizationIdentifier=PSDFI-FINFSA-1234567-8'
    const client = await tlsClient({ tlsClientAuthSubjectDn: registered })
    expect(await ask(client, leaf({ subject: own }))).toMatchObject({ action: 'OK' })
  })

  it.each<[string, Subject]>([
    ['another name', [...subject.slice(0, 2), ['CN', 'client2']] as Subject],
    ['the names in another order', [...subject].reverse() as Subject],
    ['fewer names', subject.slice(1)],
    ['more names', [...subject, ['OU', 'more']]],
    ['all names in one value', [['CN', subjectDn]]],
    [
      'a separator in a value',
      [
        ['C', 'US'],
        ['O', 'Foo'],
        ['CN', 'client,O=Foo, Inc.'],
      ],
    ],
    ['a NUL and more in a value', [...subject.slice(0, 2), ['CN', 'client\0.evil']] as Subject],
    ['letters that look alike', [...subject.slice(0, 2), ['CN', 'сlient']] as Subject],
    ['wide letters', [...subject.slice(0, 2), ['CN', 'ｃlient']] as Subject],
    ['the value under another type', [...subject.slice(0, 2), ['OU', 'client']] as Subject],
    ['no names', []],
  ])('rejects a subject with %s (RFC 8705 §2.1.2)', async (_what, other) => {
    const client = await tlsClient()
    expect(await ask(client, leaf({ subject: other }))).toMatchObject({
      action: 'INVALID_CLIENT',
      resultCode: 'P010104',
    })
  })

  it.each<[string, string, CertificateOptions['names']]>([
    ['tlsClientAuthSanDns', 'Client.example.com', { dns: ['a.example.com', 'client.Example.com'] }],
    ['tlsClientAuthSanUri', 'spiffe://a/b', { uri: ['spiffe://a/b'] }],
    ['tlsClientAuthSanIp', '192.0.2.7', { ip: ['c0000207'] }],
    ['tlsClientAuthSanIp', '2001:DB8:0:0::1', { ip: ['20010db8000000000000000000000001'] }],
    ['tlsClientAuthSanIp', '::ffff:192.0.2.7', { ip: ['00000000000000000000ffffc0000207'] }],
    ['tlsClientAuthSanEmail', 'me@Example.com', { email: ['me@example.com'] }],
  ])('authenticates by %s %s (RFC 8705 §2.1.2)', async (property, value, names) => {
    const client = await tlsClient({ [property]: value })
    expect(await ask(client, leaf({ names: names ?? {} }))).toMatchObject({ action: 'OK' })
  })

  it.each<[string, string, CertificateOptions['names']]>([
    ['tlsClientAuthSanDns', 'client.example.com', { dns: ['*.example.com'] }],
    ['tlsClientAuthSanDns', 'client.example.com', { dns: ['client.example.com.evil.com'] }],
    ['tlsClientAuthSanDns', 'client.example.com', { dns: ['xclient.example.com'] }],
    ['tlsClientAuthSanDns', 'client.example.com', { dns: ['client.example.com\0.evil.com'] }],
    ['tlsClientAuthSanDns', 'client.example.com', { dns: ['client.example.com, DNS:x'] }],
    ['tlsClientAuthSanDns', 'client.example.com', { uri: ['client.example.com'] }],
    ['tlsClientAuthSanDns', 'client.example.com', { email: ['client.example.com'] }],
    ['tlsClientAuthSanDns', 'client.example.com', {}],
    ['tlsClientAuthSanUri', 'https://a.example.com/', { uri: ['https://a.example.com'] }],
    ['tlsClientAuthSanUri', 'https://a.example.com/a', { uri: ['https://a.example.com/A'] }],
    ['tlsClientAuthSanIp', '192.0.2.7', { ip: ['c0000208', 'c000020700000000'] }],
    ['tlsClientAuthSanIp', '192.0.2.7', { ip: ['00000000000000000000ffffc0000207'] }],
    ['tlsClientAuthSanIp', '192.0.2.7', { dns: ['192.0.2.7'] }],
    ['tlsClientAuthSanEmail', 'me@example.com', { email: ['ME@example.com'] }],
    ['tlsClientAuthSanEmail', 'me@example.com', { email: ['me@example.com@evil.com'] }],
  ])(
    'rejects for %s %s a certificate with %j (RFC 8705 §2.1.2)',
    async (property, value, names) => {
      const client = await tlsClient({ [property]: value })
      // The common name is never compared with an alternative name.
      const presented = leaf({ subject: [['CN', value]], names: names ?? {} })
      expect(await ask(client, presented)).toMatchObject({
        action: 'INVALID_CLIENT',
        resultCode: 'P010104',
      })
    },
  )

  it('matches the certificate against the named client only (RFC 8705 §2)', async () => {
    const client = await tlsClient()
    const other = await tlsClient({ tlsClientAuthSubjectDn: 'CN=other' })
    expect(await ask(other, leaf())).toMatchObject({ resultCode: 'P010104' })
    const parameters = form({ grant_type: 'client_credentials' })
    expect(await ask(client, leaf(), { parameters })).toMatchObject({ resultCode: 'P010001' })
    expect(await ask(client, undefined)).toMatchObject({ resultCode: 'P010006' })
  })

  it('is rejected for a client with another method, whose tokens it can bind', async () => {
    const secret = await service.client({ tokenAuthMethod: 'CLIENT_SECRET_POST' })
    expect(await ask(secret, leaf())).toMatchObject({ resultCode: 'P010006' })
    const both = { grant_type: 'client_credentials', client_id: String(secret.clientId) }
    const parameters = form({ ...both, client_secret: secret.clientSecret })
    expect(await ask(secret, leaf(), { parameters })).toMatchObject({
      action: 'OK',
      clientAuthMethod: 'CLIENT_SECRET_POST',
    })
    const open = await service.publicClient({
      tokenAuthMethod: 'TLS_CLIENT_AUTH',
      tlsClientAuthSubjectDn: subjectDn,
    })
    expect(await ask(open, leaf())).toMatchObject({ resultCode: 'P022001' })
  })
})

describe('certificate chain', () => {
  const nameConstraints = ['2.5.29.30', true, sequence()] as [string, boolean, Uint8Array]
  const evil = authority('Root')
  const narrow = authority('Narrow', { issuer: root, authority: { pathLength: 0 } })
  const old = authority('Old', { issuer: root, to: Date.UTC(2025, 6, 1) })
  const constrained = authority('Constrained', { issuer: root, extensions: [nameConstraints] })
  const noAuthority = certificate({ subject: [['CN', 'Issuing']], issuer: root })
  const below = authority('Below', { issuer: narrow })
  const signOnly = authority('Sign only', {
    issuer: root,
    extensions: [['2.5.29.15', true, Buffer.from([0x03, 0x02, 0x07, 0x80])]],
  })

  const lower = authority('Lower', { issuer: issuing })

  it.each<[string, TestCertificate, TestCertificate[]]>([
    ['a root alone', leaf({ issuer: root }), []],
    ['an authority', leaf(), [issuing]],
    ['authorities in any order', leaf({ issuer: lower }), [root, issuing, lower]],
    ['an authority of path length 0', leaf({ issuer: narrow }), [narrow]],
  ])('is accepted with %s (RFC 5280 §6.1)', async (_what, presented, path) => {
    const client = await tlsClient()
    const clientCertificatePath = path.map(({ pem }) => pem)
    expect(await ask(client, presented, { clientCertificatePath })).toMatchObject({ action: 'OK' })
  })

  it.each<[string, TestCertificate, TestCertificate[]]>([
    ['a root of the same name', leaf({ issuer: evil }), [evil]],
    ['a self-signed certificate', certificate({ subject }), []],
    ['a missing authority', leaf(), []],
    ['an expired authority', leaf({ issuer: old }), [old]],
    ['a certificate that is no authority', leaf({ issuer: noAuthority }), [noAuthority]],
    ['more authorities than the path length', leaf({ issuer: below }), [below, narrow]],
    ['an unknown critical constraint', leaf({ issuer: constrained }), [constrained]],
    ['an authority without keyCertSign', leaf({ issuer: signOnly }), [signOnly]],
    ['an unknown critical extension', leaf({ extensions: [['1.2.3', true, utf8('')]] }), [issuing]],
  ])('is rejected with %s (RFC 5280 §6.1)', async (_what, presented, path) => {
    const client = await tlsClient()
    const clientCertificatePath = path.map(({ pem }) => pem)
    expect(await ask(client, presented, { clientCertificatePath })).toMatchObject({
      action: 'INVALID_CLIENT',
      resultCode: 'P010103',
    })
  })

  const terminator = 'ext.mtls.chain_verified_by_terminator'
  const byTerminator = {
    mutualTlsValidatePkiCertChain: false,
    attributes: [{ key: terminator, value: 'true' }],
  }

  it('is not verified if the TLS terminator is set to verify it (RFC 8705 §2.1)', async () => {
    const client = await tlsClient()
    await service.configure({ ...byTerminator, trustedRootCertificates: undefined })
    expect(await ask(client, leaf({ issuer: evil }))).toMatchObject({ action: 'OK' })
    const refused = await ask(client, leaf({ subject: [['CN', 'other']] }))
    expect(refused).toMatchObject({ resultCode: 'P010104' })
    expect(await tlsClient()).toHaveProperty('clientId')
    await service.configure({})
  })

  it('is verified by default, and fails without root certificates (RFC 8705 §2.1)', async () => {
    const client = await tlsClient()
    const denied = { attributes: [{ key: terminator, value: 'false' }] }
    const unsaid = [{ attributes: undefined }, denied]
    for (const more of unsaid) {
      const trusting = { mutualTlsValidatePkiCertChain: false, ...more }
      await service.configure(trusting)
      expect(await ask(client, leaf())).toMatchObject({ action: 'OK' })
      const forged = await ask(client, leaf({ issuer: evil }))
      expect(forged).toMatchObject({ action: 'INVALID_CLIENT', resultCode: 'P010103' })
      await service.configure({ ...trusting, fapiModes: ['FAPI2_SECURITY'] })
      expect(await ask(client, leaf({ issuer: evil }))).toMatchObject({ resultCode: 'P010103' })
    }
    for (const trustedRootCertificates of [undefined, [], ['nonsense']]) {
      for (const mutualTlsValidatePkiCertChain of [true, false]) {
        await service.configure({ trustedRootCertificates, mutualTlsValidatePkiCertChain })
        for (const presented of [leaf(), certificate({ subject })]) {
          expect(await ask(client, presented)).toMatchObject({
            ...{ action: 'INVALID_CLIENT', resultCode: 'P010106' },
          })
        }
      }
    }
    await service.configure({})
  })

  it('is required to be verified by service or terminator (RFC 8705 §2.1)', async () => {
    await service.configure({
      ...{ trustedRootCertificates: undefined, dynamicRegistrationSupported: true },
    })
    const refused = await tlsClient()
    expect(refused).toMatchObject({ resultCode: 'P000206' })
    expect(refused.resultMessage).toContain('trustedRootCertificates')
    const other = await service.client()
    const path = `/client/update/${other.clientId}`
    const changes = { tokenAuthMethod: 'TLS_CLIENT_AUTH', tlsClientAuthSubjectDn: subjectDn }
    expect(await service.api(path, { ...other, ...changes })).toMatchObject({
      resultCode: 'P000206',
    })
    const metadata = {
      ...{ token_endpoint_auth_method: 'tls_client_auth', tls_client_auth_subject_dn: subjectDn },
      redirect_uris: ['https://app.example.com/callback'],
    }
    const registered = () => service.api('/client/registration', { json: JSON.stringify(metadata) })
    expect(await registered()).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P088005' })
    const document = () => service.get(`/api/${service.serviceId}/service/configuration`)
    const methods = 'token_endpoint_auth_methods_supported'
    expect((await document())[methods]).not.toContain('tls_client_auth')
    expect((await document())[methods]).toContain('self_signed_tls_client_auth')
    await service.configure({ dynamicRegistrationSupported: true })
    expect(await registered()).toMatchObject({ action: 'CREATED' })
    expect((await document())[methods]).toContain('tls_client_auth')
    await service.configure({})
  })

  it.each<[string, object]>([
    ['neither true nor false', { value: 'yes' }],
    ['true beside a check by the roots', { value: 'true', mutualTlsValidatePkiCertChain: true }],
  ])('cannot be left to the terminator by a value that is %s', async (_what, given) => {
    const { value, ...more } = given as { value: string }
    const attributes = [{ key: terminator, value }]
    const refused = await service.configure({ ...byTerminator, ...more, attributes })
    expect(refused).toMatchObject({ resultCode: 'P000206' })
  })

  it('is rejected if a certificate is malformed, or if it is too long', async () => {
    const client = await tlsClient()
    const refused = { action: 'INVALID_CLIENT', resultCode: 'P010101' }
    const whole = leaf().pem
    const hostile = [
      ...['nonsense', '%zz%41', '-----BEGIN CERTIFICATE-----', 'AAAA', 'x'.repeat(100_000)],
      whole.replaceAll('A', '!'),
      whole.slice(0, 200),
      whole.replace(/\n(?=[^-])/, `\n${'A'.repeat(60_000)}\n`),
      whole.replaceAll('CERTIFICATE', 'PRIVATE KEY'),
    ]
    for (const presented of hostile) {
      expect(await ask(client, presented), presented.slice(0, 99)).toMatchObject(refused)
    }
    const eleven = Array.from({ length: 11 }, () => issuing.pem)
    for (const clientCertificatePath of [eleven, ['nonsense'], [issuing.pem, '']]) {
      expect(await ask(client, leaf(), { clientCertificatePath })).toMatchObject(refused)
    }
  })

  it('is verified in bounded time with many authorities of one name', async () => {
    const key = authority('Loop')
    const loops = Array.from({ length: 10 }, () => authority('Loop', { issuer: key, key }))
    const client = await tlsClient()
    const path = { clientCertificatePath: loops.map(({ pem }) => pem) }
    expect(await ask(client, leaf({ issuer: key }), path)).toMatchObject({ resultCode: 'P010103' })
  })

  it('is rejected if the client certificate is not valid now (RFC 5280 §4.1.2.5)', async () => {
    const client = await tlsClient()
    const expired = leaf({ to: service.system.clock() - 1_000 })
    const early = leaf({ from: service.system.clock() + 1_000 })
    for (const presented of [expired, early]) {
      expect(await ask(client, presented)).toMatchObject({
        action: 'INVALID_CLIENT',
        resultCode: 'P010102',
      })
    }
  })
})

describe('self_signed_tls_client_auth', () => {
  const own = certificate({ subject: [['CN', 'own']] })
  const keyOf = ({ publicKey }: TestCertificate, more: object = {}): JWK => ({
    ...(publicKey.export({ format: 'jwk' }) as JWK),
    ...more,
  })
  const withCertificate = keyOf(own, { kid: 'one', x5c: [own.base64] })
  const selfSignedClient = (more: object) =>
    service.client({ tokenAuthMethod: 'SELF_SIGNED_TLS_CLIENT_AUTH', ...more })

  it('authenticates by the registered certificate (RFC 8705 §2.2)', async () => {
    const client = await selfSignedClient({ jwks: jwksOf(withCertificate) })
    expect(await ask(client, own)).toMatchObject({
      action: 'OK',
      clientAuthMethod: 'SELF_SIGNED_TLS_CLIENT_AUTH',
    })
    const renewed = certificate({ subject: [['CN', 'own']], key: own })
    for (const other of [renewed, certificate({ subject: [['CN', 'own']] }), leaf()]) {
      expect(await ask(client, other)).toMatchObject({
        action: 'INVALID_CLIENT',
        resultCode: 'P010105',
      })
    }
  })

  it('authenticates by the registered key without a certificate (RFC 8705 §2.2)', async () => {
    const client = await selfSignedClient({ jwks: jwksOf(keyOf(own, { kid: 'one' })) })
    expect(await ask(client, own)).toMatchObject({ action: 'OK' })
    expect(await ask(client, certificate())).toMatchObject({ resultCode: 'P010105' })
  })

  it('uses selfSignedCertificateKeyId if it is set, and only signature keys', async () => {
    const keys = jwksOf(withCertificate, keyOf(leaf(), { kid: 'two' }))
    const narrowed = { jwks: keys, selfSignedCertificateKeyId: 'two' }
    expect(await ask(await selfSignedClient(narrowed), own)).toMatchObject({
      resultCode: 'P010105',
    })
    const named = { jwks: keys, selfSignedCertificateKeyId: 'one' }
    expect(await ask(await selfSignedClient(named), own)).toMatchObject({ action: 'OK' })
    const encrypting = { jwks: jwksOf(keyOf(own, { use: 'enc' })) }
    expect(await ask(await selfSignedClient(encrypting), own)).toMatchObject({
      resultCode: 'P010105',
    })
  })

  it('rejects an expired certificate, and the certificate of another client', async () => {
    const late = certificate({ to: Date.UTC(2025, 6, 1) })
    const expired = await selfSignedClient({ jwks: jwksOf(keyOf(late)) })
    expect(await ask(expired, late)).toMatchObject({ resultCode: 'P010102' })
    const other = await selfSignedClient({ jwks: jwksOf(keyOf(certificate())) })
    expect(await ask(other, own)).toMatchObject({ resultCode: 'P010105' })
  })

  it('finds the certificate at jwksUri, and fetches again if it is not there', async () => {
    const jwksUri = 'https://client.example.com/certificates'
    const client = await selfSignedClient({ jwksUri })
    service.system.fetch.answer(jwksUri, { body: { keys: [keyOf(leaf())] } })
    expect(await ask(client, own)).toMatchObject({ resultCode: 'P010105' })
    service.system.fetch.answer(jwksUri, { body: { keys: [withCertificate] } })
    service.system.clock.advance(6_000)
    expect(await ask(client, own)).toMatchObject({ action: 'OK' })
  })
})
