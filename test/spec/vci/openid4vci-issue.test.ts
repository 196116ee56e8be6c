/** `/vci/single/issue`: the credential response, OpenID4VCI §8.3. */
import { calculateJwkThumbprint, type JWK } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { tokenHash } from '../../../src/oauth/tokens/access-token.ts'
import { readMdoc, readSdJwt } from '../../support/credential-readers.ts'
import {
  createIssuing,
  credentialsOf,
  type Issuing,
  issuedRows,
  keepRequest,
  licencePayload,
} from '../../support/credential-requests.ts'
import {
  configurations,
  credentialIssuer,
  credentialKey,
  diplomaType,
  endpointOf,
  issuerMetadata,
  licenceType,
  obtainCredentialToken,
  walletKey,
} from '../../support/credentials.ts'
import { jwksOf, publicKey } from '../../support/keys.ts'
import type { Json } from '../../support/server.ts'

const hour = 3_600
let issuing: Issuing
let keys: JWK[]
let seconds: number

beforeAll(async () => {
  issuing = await createIssuing()
  seconds = issuing.service.system.clock() / 1000
  keys = await Promise.all([walletKey(), walletKey()].map(async (key) => (await key).publicJwk))
})
afterAll(() => issuing.service.close())

const read = (credential: string) =>
  readSdJwt(credential, publicKey(credentialKey), issuing.service.system.clock() / 1000)
const readFirst = async (answer: Json) => read(credentialsOf(answer)[0] ?? '')

describe('SD-JWT VC', () => {
  it('is bound to the key of the request, and has the claims of the order', async () => {
    const [key = {}] = keys
    const answer = await issuing.issue({}, { keys: [{ ...key, kid: 'wallet', alg: 'ES256' }] })
    expect(answer).toMatchObject({ action: 'OK', resultCode: 'P128901' })
    expect(answer.contentType).toBeUndefined()
    const { header, claims, payload, disclosures } = await readFirst(answer)
    expect(header).toEqual({
      ...{ alg: 'ES256', typ: 'dc+sd-jwt', kid: 'credential-es256' },
      x5c: [credentialKey.x5c?.[0]],
    })
    expect(claims).toMatchObject({
      ...{ iss: credentialIssuer, vct: diplomaType, degree: 'Master of Arts' },
      address: { locality: 'Berlin', country: 'DE' },
      nationalities: ['DE', 'FR'],
    })
    const { kty, crv, x, y } = key
    expect(payload.cnf).toEqual({ jwk: { kty, crv, x, y } })
    expect(Object.keys(payload).sort()).toEqual(
      ['_sd', '_sd_alg', 'address', 'cnf', 'iat', 'iss', 'vct'].sort(),
    )
    expect(disclosures).toHaveLength(4)
  })

  it('is one for each key, with salts of its own', async () => {
    const read = await Promise.all(
      credentialsOf(await issuing.issue({}, { keys })).map((each) =>
        readSdJwt(each, publicKey(credentialKey), seconds),
      ),
    )
    const thumbprint = (key: JWK) => calculateJwkThumbprint(key)
    expect(await Promise.all(read.map(({ payload }) => thumbprint(payload.cnf.jwk)))).toEqual(
      await Promise.all(keys.map(thumbprint)),
    )
    const salts = read.flatMap(({ disclosures }) => disclosures.map(([salt]) => salt))
    expect(new Set(salts).size).toBe(8)
  })

  it('is bound to no key if the request had no proof', async () => {
    const { payload } = await readFirst(await issuing.issue())
    expect(payload.cnf).toBeUndefined()
  })

  it('has the issuer, time and key of the engine, and other claims of the caller', async () => {
    const own = { iss: 'https://other.example', iat: 1, cnf: { jwk: {} } }
    const kept = { nbf: 5, sub: 'alice', status: { own: 1 } }
    const credentialPayload = JSON.stringify({ ...own, ...kept, exp: seconds + 60 })
    const answer = await issuing.issue({ credentialPayload }, { keys: keys.slice(0, 1) })
    const { claims, payload } = await readFirst(answer)
    expect(claims).toMatchObject({
      iss: credentialIssuer,
      iat: seconds,
      exp: seconds + 60,
      sub: 'alice',
    })
    expect(payload).toMatchObject({ nbf: 5, status: kept.status })
    expect(payload.cnf.jwk.kty).toBe('EC')
  })

  it('discloses by the frame of the order', async () => {
    const disclosureFrame = JSON.stringify({ nationalities: { _sd: [1] } })
    const { payload, disclosures } = await readFirst(await issuing.issue({ disclosureFrame }))
    expect(payload).toMatchObject({
      degree: 'Master of Arts',
      nationalities: ['DE', { '...': expect.any(String) }],
    })
    expect(disclosures.map(([, value]) => value)).toEqual(['FR'])
  })
})

describe('mdoc', () => {
  it('is bound to the key of the request, and has the elements of the order', async () => {
    const order = { credentialPayload: licencePayload, credentialDuration: 10 * hour }
    const answer = await issuing.issue(order, { configurationId: 'mdl', keys })
    const credentials = credentialsOf(answer)
    expect(credentials).toHaveLength(2)
    for (const [at, credential] of credentials.entries()) {
      const { elements, mso, chain, alg } = await readMdoc(credential, licenceType)
      expect(elements['org.iso.18013.5.1']?.['family_name']).toBe('Doe')
      expect(mso.docType).toBe(licenceType)
      expect(mso.validityInfo.validUntil).toEqual(new Date((seconds + 10 * hour) * 1000))
      const x = Buffer.from(mso.deviceKeyInfo.deviceKey.get(-2)).toString('base64url')
      expect(x).toBe(keys[at]?.x)
      expect(chain.map(({ subject }) => subject)).toEqual(['CN=Credential issuer'])
      expect(alg).toBe('ES256')
    }
  })

  it('without a lifetime ends with the certificate of its signing key', async () => {
    const kept = { configurationId: 'mdl', keys: keys.slice(0, 1) }
    const answer = await issuing.issue({ credentialPayload: licencePayload }, kept)
    const { mso } = await readMdoc(credentialsOf(answer)[0] ?? '', licenceType)
    expect(mso.validityInfo).toMatchObject({
      signed: new Date(seconds * 1000),
      validFrom: new Date(seconds * 1000),
      validUntil: new Date(Date.UTC(2027, 0, 1)),
    })
  })
})

describe('response', () => {
  it('has a notification_id if there is a notification endpoint (OpenID4VCI §8.3)', async () => {
    const metadata = { notificationEndpoint: endpointOf('notification') }
    const other = await createIssuing({}, metadata, issuing.service)
    const answer = await other.issue({ credentialDuration: hour }, { keys })
    const { notification_id: id } = JSON.parse(answer.responseContent)
    expect(id).toMatch(/^\w{43}$/)
    const rows = await issuedRows(other.service)
    const issuedAt = other.service.system.clock()
    const row = {
      ...{ configurationId: 'diploma', subject: 'alice', issuedTo: other.client.clientId },
      ...{ notificationHash: tokenHash(id), status: 0, issuedAt, data: {} },
      validUntil: issuedAt + hour * 1000,
      keptUntil: issuedAt + hour * 1000 + 30 * 86_400_000,
    }
    expect(rows).toMatchObject([row, row])
    expect(rows[0].credentialId).not.toBe(rows[1].credentialId)
  })

  it('has none otherwise', async () => {
    const answer = await issuing.issue()
    expect(Object.keys(JSON.parse(answer.responseContent))).toEqual(['credentials'])
  })

  it('is relayed as JSON that is not stored', async () => {
    const { service, accessToken } = issuing
    const requestIdentifier = await keepRequest(service, accessToken)
    const order = { requestIdentifier, credentialPayload: '{"a":1}' }
    const answer = await service.api(
      '/vci/single/issue',
      { accessToken, order },
      { Prefer: 'relay' },
    )
    expect(answer.relay).toMatchObject({
      status: 200,
      headers: { 'Content-Type': 'application/json;charset=utf-8', 'Cache-Control': 'no-store' },
      body: answer.responseContent,
    })
  })
})

describe('lifetime of a credential', () => {
  const expiryWith = async (settings: Record<string, unknown>, credentialDuration?: number) => {
    const other = await createIssuing(settings, {}, issuing.service)
    const { payload } = await readFirst(await other.issue({ credentialDuration }))
    return [payload.iat - seconds, payload.exp === undefined ? undefined : payload.exp - seconds]
  }
  const rounded = (value: string) => [{ key: 'ext.vci.time_rounding', value }]

  it.each<[string, number, number | undefined, number | undefined]>([
    ['unlimited without any', 0, undefined, undefined],
    ['that of the service', 4 * hour, undefined, 4 * hour],
    ['that of the service for 0', 4 * hour, 0, 4 * hour],
    ['that of the order', 4 * hour, 5 * hour, 5 * hour],
    ['unlimited for a negative one', 4 * hour, -1, undefined],
    ['rounded up to the hour', 0, 4 * hour + 1, 5 * hour],
    ['not rounded below two hours', 0, 2 * hour - 1, 2 * hour - 1],
  ])('is %s', async (_what, credentialDuration, ordered, expected) => {
    expect(await expiryWith({ credentialDuration }, ordered)).toEqual([0, expected])
  })

  it('begins with the hour, or the day, or the second (ext.vci.time_rounding)', async () => {
    const { clock } = issuing.service.system
    clock.advance(1_801_000)
    try {
      expect(await expiryWith({}, 3 * hour)).toEqual([0, 4 * hour])
      const byDay = { attributes: rounded('day') }
      expect(await expiryWith(byDay, 30 * hour)).toEqual([1_801, 1_801 + 30 * hour])
      expect(await expiryWith(byDay, 50 * hour)).toEqual([0, 72 * hour])
      const exact = { attributes: rounded('none') }
      expect(await expiryWith(exact, 3 * hour)).toEqual([1_801, 1_801 + 3 * hour])
    } finally {
      clock.advance(-1_801_000)
    }
  })

  it('is within that of the certificate of an mdoc (ISO 18013-5 §9.3.1)', async () => {
    const kept = { configurationId: 'mdl', keys: keys.slice(0, 1) }
    const order = { credentialPayload: licencePayload, credentialDuration: 367 * 24 * hour }
    expect(await issuing.issue(order, kept)).toMatchObject({
      action: 'CALLER_ERROR',
      resultCode: 'P128002',
    })
  })

  it('ends before the year 10000', async () => {
    const answer = await issuing.issue({ credentialDuration: Number.MAX_SAFE_INTEGER })
    expect(answer).toMatchObject({ action: 'CALLER_ERROR', resultCode: 'P128001' })
  })
})

describe('signing key', () => {
  const second = async () => ({ ...(await keyPairOf('ES384')), kid: 'second' })

  async function keyPairOf(alg: string): Promise<JWK> {
    const { exportJWK, generateKeyPair } = await import('jose')
    const { privateKey } = await generateKeyPair(alg, { extractable: true })
    return { ...(await exportJWK(privateKey)), alg, use: 'sig' }
  }

  it('is the one of the order, with an algorithm of the configuration', async () => {
    const other = await keyPairOf('ES256')
    const credentialJwks = jwksOf(credentialKey, { ...other, kid: 'other' }, await second())
    const { issue } = await createIssuing({ credentialJwks }, {}, issuing.service)
    const credential = credentialsOf(await issue({ signingKeyId: 'other' }))[0] ?? ''
    const { header } = await readSdJwt(credential, publicKey(other), seconds)
    expect(header).toEqual({ alg: 'ES256', typ: 'dc+sd-jwt', kid: 'other' })
    for (const signingKeyId of ['second', 'unknown']) {
      expect(await issue({ signingKeyId })).toMatchObject({
        action: 'CALLER_ERROR',
        resultCode: 'P128003',
      })
    }
  })

  it('must be there', async () => {
    const credentialJwks = jwksOf(await second())
    const { issue } = await createIssuing({ credentialJwks }, {}, issuing.service)
    expect(await issue()).toMatchObject({ action: 'CALLER_ERROR', resultCode: 'P128003' })
  })

  it('of an mdoc has a certificate', async () => {
    const { x5c: _, ...bare } = credentialKey
    const { issue } = await createIssuing({ credentialJwks: jwksOf(bare) }, {}, issuing.service)
    const order = { credentialPayload: licencePayload }
    const answer = await issue(order, { configurationId: 'mdl', keys })
    expect(answer).toMatchObject({ action: 'INTERNAL_SERVER_ERROR', resultCode: 'P128004' })
    expect(JSON.parse(answer.responseContent).error).toBe('server_error')
  })

  it('is the first one for a configuration that lists no algorithm', async () => {
    const { credential_signing_alg_values_supported: _, ...diploma } = configurations['diploma']
    const { credential_signing_alg_values_supported: _mdl, ...mdl } = configurations['mdl']
    const credentialsSupported = JSON.stringify({ diploma, mdl })
    const { issue } = await createIssuing({}, { credentialsSupported }, issuing.service)
    expect(await issue()).toMatchObject({ action: 'OK' })
    const answer = await issue(
      { credentialPayload: licencePayload },
      { configurationId: 'mdl', keys },
    )
    expect(answer).toMatchObject({ action: 'OK' })
  })
})

describe('CALLER_ERROR', () => {
  it.each([
    ['no payload', { credentialPayload: undefined }, 'P129001'],
    ['a broken payload', { credentialPayload: '[' }, 'P129003'],
    ['a reserved name', { credentialPayload: '{"constructor":1}' }, 'P129004'],
    ['another vct', { credentialPayload: '{"vct":"other"}' }, 'P129009'],
    ['a text as exp', { credentialPayload: '{"exp":"x"}' }, 'P129010'],
    ['a broken frame', { disclosureFrame: '[]' }, 'P129006'],
    ['a frame of an unknown claim', { disclosureFrame: '{"_sd":["x"]}' }, 'P129007'],
    ['a frame of a visible claim', { disclosureFrame: '{"_sd":["vct"]}' }, 'P129008'],
    ['no identifier', { requestIdentifier: undefined }, 'P128005'],
    ['an unknown identifier', { requestIdentifier: 'unknown' }, 'P128006'],
  ])('is the response to %s, and the request stays open', async (_what, order, resultCode) => {
    const { service, accessToken } = issuing
    const requestIdentifier = await keepRequest(service, accessToken)
    const valid = { requestIdentifier, credentialPayload: '{"a":1}' }
    const issue = (body: unknown) => service.api('/vci/single/issue', { accessToken, order: body })
    const refused = await issue({ ...valid, ...order })
    expect(refused).toMatchObject({ action: 'CALLER_ERROR', resultCode })
    expect(refused.responseContent).toBeUndefined()
    expect(await issue(valid)).toMatchObject({ action: 'OK' })
  })

  it.each([
    ['a long payload', { a: 'x'.repeat(262_144) }, 'P129002'],
    ['many elements', { a: Array(2_000).fill(1) }, 'P129005'],
  ])('is the response to %s', async (_what, payload, resultCode) => {
    const answer = await issuing.issue({ credentialPayload: JSON.stringify(payload) })
    expect(answer).toMatchObject({ action: 'CALLER_ERROR', resultCode })
  })

  it.each([
    ['another doctype', '{"doctype":"other","claims":{"n":{"a":1}}}', 'P129011'],
    ['no claims', '{}', 'P129012'],
    ['a broken notation', '{"claims":{"n":{"a":"cbor:("}}}', 'P129013'],
    ['an integer of 65 bits', '{"claims":{"n":{"a":36893488147419103232}}}', 'P129014'],
  ])('is the response to %s in an mdoc', async (_what, credentialPayload, resultCode) => {
    const answer = await issuing.issue({ credentialPayload }, { configurationId: 'mdl', keys })
    expect(answer).toMatchObject({ action: 'CALLER_ERROR', resultCode })
  })

  it('is the response to the access token of another request', async () => {
    const { service, client, accessToken } = issuing
    const requestIdentifier = await keepRequest(service, accessToken)
    const body = {
      accessToken: await obtainCredentialToken(service, client),
      order: { requestIdentifier, credentialPayload: '{"a":1}' },
    }
    expect(await service.api('/vci/single/issue', body)).toMatchObject({
      action: 'CALLER_ERROR',
      resultCode: 'P128007',
    })
  })

  it('is the response to the request of another service', async () => {
    const other = await createIssuing({}, {}, issuing.service)
    const requestIdentifier = await keepRequest(other.service, other.accessToken)
    const { service, accessToken } = issuing
    const order = { requestIdentifier, credentialPayload: '{"a":1}' }
    const answer = await service.api('/vci/single/issue', { accessToken, order })
    expect(answer).toMatchObject({ action: 'CALLER_ERROR', resultCode: 'P128006' })
  })

  it('is the response to an expired request', async () => {
    const expiresAt = issuing.service.system.clock()
    expect(await issuing.issue({}, { expiresAt })).toMatchObject({ resultCode: 'P128006' })
  })

  it('is the response to a removed configuration', async () => {
    const answer = await issuing.issue({}, { configurationId: 'removed' })
    expect(answer).toMatchObject({ action: 'CALLER_ERROR', resultCode: 'P128008' })
  })

  it('is the response to credentials that are too large together', async () => {
    const credentialPayload = JSON.stringify({ portrait: 'x'.repeat(250_000) })
    const answer = await issuing.issue({ credentialPayload }, { keys: Array(40).fill(keys[0]) })
    expect(answer).toMatchObject({ action: 'CALLER_ERROR', resultCode: 'P128012' })
  })

  it('is the response to the second order of a request', async () => {
    const { service, accessToken } = issuing
    const requestIdentifier = await keepRequest(service, accessToken)
    const order = { requestIdentifier, credentialPayload: '{"a":1}' }
    const issue = () => service.api('/vci/single/issue', { accessToken, order })
    expect(await issue()).toMatchObject({ action: 'OK' })
    expect(await issue()).toMatchObject({ action: 'CALLER_ERROR', resultCode: 'P128006' })
  })
})

describe('other actions', () => {
  it('UNAUTHORIZED is the response to an unknown, a missing and a revoked token', async () => {
    const { service, client } = issuing
    for (const accessToken of [undefined, 'unknown']) {
      const answer = await service.api('/vci/single/issue', { accessToken, order: {} })
      expect(answer).toMatchObject({ action: 'UNAUTHORIZED' })
      expect(answer.responseContent).toMatch(/^Bearer error="invalid_token"/)
    }
    const accessToken = await obtainCredentialToken(service, client)
    const requestIdentifier = await keepRequest(service, accessToken)
    await service.api('/auth/token/revoke', { accessTokenIdentifier: accessToken })
    const order = { requestIdentifier, credentialPayload: '{"a":1}' }
    const answer = await service.api('/vci/single/issue', { accessToken, order })
    expect(answer).toMatchObject({ action: 'UNAUTHORIZED' })
  })

  it('FORBIDDEN is the response of a service that issues no credentials', async () => {
    const { service, accessToken } = await createIssuing()
    await service.configure({
      verifiableCredentialsEnabled: false,
      credentialIssuerMetadata: issuerMetadata(),
    })
    const answer = await service.api('/vci/single/issue', { accessToken, order: {} })
    expect(answer).toMatchObject({ action: 'FORBIDDEN', resultCode: 'P125001' })
    await service.close()
  })

  it('BAD_REQUEST denies the request (OpenID4VCI §8.3.1.2)', async () => {
    const { service, accessToken } = issuing
    const requestIdentifier = await keepRequest(service, accessToken)
    const order = { requestIdentifier, denied: true }
    const deny = () => service.api('/vci/single/issue', { accessToken, order })
    const denied = await deny()
    expect(denied).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P128010' })
    expect(JSON.parse(denied.responseContent).error).toBe('credential_request_denied')
    expect(await deny()).toMatchObject({ action: 'CALLER_ERROR', resultCode: 'P128006' })
  })

  it('INTERNAL_SERVER_ERROR is the response for an mdoc that is bound to no key', async () => {
    const order = { credentialPayload: licencePayload }
    const answer = await issuing.issue(order, { configurationId: 'mdl' })
    expect(answer).toMatchObject({ action: 'INTERNAL_SERVER_ERROR', resultCode: 'P128009' })
  })

  it('INTERNAL_SERVER_ERROR is the response for an mdoc that is bound to an RSA key', async () => {
    const rsa = { kty: 'RSA', n: 'AQAB', e: 'AQAB' }
    const order = { credentialPayload: licencePayload }
    const answer = await issuing.issue(order, { configurationId: 'mdl', keys: [rsa] })
    expect(answer).toMatchObject({ action: 'INTERNAL_SERVER_ERROR', resultCode: 'P129015' })
  })
})

describe('iss of an SD-JWT VC', () => {
  it('is left out if the service says so (ext.vci.sd_jwt.iss)', async () => {
    const attributes = [{ key: 'ext.vci.sd_jwt.iss', value: 'omit' }]
    const other = await createIssuing({ attributes }, {}, issuing.service)
    const { payload } = await readFirst(await other.issue())
    expect(payload).not.toHaveProperty('iss')
    expect((await readFirst(await issuing.issue())).payload.iss).toBe(credentialIssuer)
  })
})
