/** Credential requests: what the wallet asks for, and what its token may obtain, OpenID4VCI §8. */
import { calculateJwkThumbprint } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  createIssuer,
  credentialRequest,
  endpointOf,
  fetchNonce,
  makeKeyAttestation,
  makeProof,
  obtainCredentialToken,
  type WalletKey,
  walletKey,
} from '../../support/credentials.ts'
import { dpopKey, proof as dpopProof } from '../../support/dpop.ts'
import { obtainTokens, requestToken, type TestService } from '../../support/flows.ts'
import { detailsFor, issuableIn } from '../../support/offers.ts'
import type { Json } from '../../support/server.ts'

let service: TestService
let client: Json
let key: WalletKey
let attester: WalletKey
let accessToken: string
beforeAll(async () => {
  service = await createIssuer()
  client = await service.client()
  key = await walletKey()
  attester = await walletKey()
  accessToken = await obtainCredentialToken(service, client)
})
afterAll(() => service.close())

const newProof = async (more: { key?: WalletKey; nonce?: string } = {}): Promise<string> =>
  makeProof(more.key ?? key, client.clientId, {
    now: service.system.clock(),
    nonce: more.nonce ?? (await fetchNonce(service)),
  })

/** A key attestation by the key of the client, for one key. */
const attested = async () => ({
  attestation: await makeKeyAttestation([key.publicJwk], attester, {
    now: service.system.clock(),
    nonce: await fetchNonce(service),
  }),
})

const parse = (requestContent: unknown, more: Record<string, unknown> = {}): Promise<Json> =>
  service.api('/vci/single/parse', { accessToken, requestContent, ...more })

/** The error that the wallet gets. */
const errorOf = ({ responseContent }: Json): string => JSON.parse(responseContent).error

describe('credential request', () => {
  it('is accepted with its configuration and a proof, and is described (OpenID4VCI §8.2)', async () => {
    const content = credentialRequest([await newProof()], { unknown_member: { a: [1] } })
    const { action, info, responseContent } = await parse(content)
    expect({ action, responseContent }).toEqual({ action: 'OK', responseContent: undefined })
    expect(info.identifier).toMatch(/^[\w-]{43}$/)
    const { kty, crv, x, y } = key.publicJwk
    expect(JSON.parse(info.bindingKey)).toEqual({ kty, crv, x, y })
    expect(info).toMatchObject({
      format: 'dc+sd-jwt',
      credentialConfigurationId: 'diploma',
      subject: 'alice',
      bindingKeys: [info.bindingKey],
    })
    expect(JSON.parse(info.details)).toEqual({
      credential_configuration_id: 'diploma',
      unknown_member: { a: [1] },
    })
  })
})

/** Requests that are refused: what is wrong, the content, the error, the code of the rule. */
const refused: [string, () => string | Promise<string>, string, string][] = [
  ['is no JSON', () => '{"a":', 'invalid_credential_request', 'P125005'],
  ['is a list', () => '[]', 'invalid_credential_request', 'P125005'],
  ['is empty', () => '', 'invalid_credential_request', 'P125005'],
  [
    'is longer than 128 KB',
    () => credentialRequest([], { more: 'x'.repeat(128 * 1024) }),
    'invalid_credential_request',
    'P125004',
  ],
  [
    'has more than 16 levels',
    () => `{"a":${'['.repeat(16)}${']'.repeat(16)}}`,
    'invalid_credential_request',
    'P125006',
  ],
  [
    'repeats a parameter',
    () => '{"credential_configuration_id":"diploma","credential_configuration_\\u0069d":"mdl"}',
    'invalid_credential_request',
    'P125007',
  ],
  [
    'repeats a member of an inner object',
    () => '{"credential_configuration_id":"diploma","proofs":{"jwt":[],"jwt":["a"]}}',
    'invalid_credential_request',
    'P125007',
  ],
  [
    'has an identifier that is no text',
    () => '{"credential_identifier":7}',
    'invalid_credential_request',
    'P125008',
  ],
  [
    'is of draft ID1',
    () => '{"format":"vc+sd-jwt","vct":"diploma"}',
    'invalid_credential_request',
    'P125009',
  ],
  ['names no credential', () => '{}', 'invalid_credential_request', 'P125010'],
  [
    'names a configuration and a dataset',
    () => credentialRequest([], { credential_identifier: 'diploma' }),
    'invalid_credential_request',
    'P125010',
  ],
  [
    'names an unknown configuration',
    () => '{"credential_configuration_id":"passport"}',
    'unknown_credential_configuration',
    'P125011',
  ],
  [
    'names a member of every object as its configuration',
    () => '{"credential_configuration_id":"constructor"}',
    'unknown_credential_configuration',
    'P125011',
  ],
  [
    'names an unknown dataset',
    () => '{"credential_identifier":"passport"}',
    'unknown_credential_identifier',
    'P125012',
  ],
  ['contains a NUL', () => `{"a":"\0"}`, 'invalid_credential_request', 'P076001'],
]

describe('refused credential request', () => {
  it.each(refused)('%s (OpenID4VCI §8.3.1.2)', async (_, content, error, code) => {
    const answer = await parse(await content())
    expect(answer).toMatchObject({ action: 'BAD_REQUEST', resultCode: code })
    expect(errorOf(answer)).toBe(error)
    expect(answer.responseContent).toMatch(/^[\x20-\x7e]+$/)
    expect(JSON.parse(answer.responseContent).error_description).not.toMatch(/["\\]/)
    expect(answer.info).toBeUndefined()
  })

  it('is one that the token does not allow: 403, insufficient_scope (§8.3.1.1)', async () => {
    const narrow = await obtainCredentialToken(service, client, { scopes: ['mdl'] })
    for (const content of [credentialRequest([]), '{"credential_identifier":"diploma"}']) {
      const answer = await parse(content, { accessToken: narrow })
      expect(answer).toMatchObject({ action: 'FORBIDDEN', resultCode: 'P125013' })
      expect(errorOf(answer)).toBe('insufficient_scope')
    }
  })
})

describe('access token of a credential request', () => {
  it('is required, known and of this service (RFC 6750 §3)', async () => {
    const other = await createIssuer({}, {}, service)
    const theirs = await obtainCredentialToken(other, await other.client())
    for (const [token, code] of [
      [undefined, 'P125003'],
      ['', 'P125003'],
      ['unknown', 'P040002'],
      [theirs, 'P040002'],
    ]) {
      const answer = await parse(credentialRequest([]), { accessToken: token })
      expect(answer).toMatchObject({ action: 'UNAUTHORIZED', resultCode: code })
      expect(answer.responseContent).toMatch(/^Bearer error="invalid_token"/)
    }
  })

  it('is refused if its client is locked', async () => {
    const locked = await service.client()
    const token = await obtainCredentialToken(service, locked)
    await service.api(`/client/lock_flag/update/${locked.clientId}`, { clientLocked: true })
    const answer = await parse(credentialRequest([]), { accessToken: token })
    expect(answer).toMatchObject({ action: 'UNAUTHORIZED', resultCode: 'P040003' })
  })

  it('that is bound to a key needs a DPoP proof if the call tells of the sender (RFC 9449 §7)', async () => {
    const sender = await dpopKey()
    const bound = await obtainCredentialToken(service, client, {
      dpopKeyThumbprint: await calculateJwkThumbprint(sender.publicJwk),
    })
    const htu = endpointOf('credential')
    const now = service.system.clock()
    const content = async () => credentialRequest([await newProof()])
    expect(await parse(await content(), { accessToken: bound })).toMatchObject({ action: 'OK' })
    const without = await parse(await content(), { accessToken: bound, htm: 'POST', htu })
    expect(without.action).toBe('UNAUTHORIZED')
    expect(without.responseContent).toMatch(/^DPoP error="invalid_token"/)
    const dpop = await dpopProof(sender, { htu, now, accessToken: bound })
    expect(await parse(await content(), { accessToken: bound, dpop })).toMatchObject({
      action: 'OK',
    })
    const again = await parse(await content(), { accessToken: bound, dpop })
    expect(again).toMatchObject({ action: 'UNAUTHORIZED' })
    const nonceless = await dpopProof(sender, { htu, now, accessToken: bound })
    const more = { accessToken: bound, dpop: nonceless, dpopNonceRequired: true }
    const challenged = await parse(await content(), more)
    expect(challenged).toMatchObject({ action: 'UNAUTHORIZED' })
    expect(challenged.responseContent).toContain('use_dpop_nonce')
    expect(challenged.dpopNonce).toEqual(expect.any(String))
  })

  it('that has no user is described without one, and obtains a credential (OpenID4VCI §5)', async () => {
    const machine = await service.client({ grantTypes: ['CLIENT_CREDENTIALS'] })
    const grant = { grant_type: 'client_credentials', scope: 'diploma' }
    const { accessToken: own } = await requestToken(service, machine, grant)
    const introspected = await service.api('/auth/introspection', { token: own })
    expect(introspected.action).toBe('OK')
    expect(introspected).not.toHaveProperty('subject')
    expect(Object.keys(issuableIn(introspected))).toEqual(['diploma'])
    const proof = await makeProof(key, machine.clientId, {
      now: service.system.clock(),
      nonce: await fetchNonce(service),
    })
    const parsed = await parse(credentialRequest([proof]), { accessToken: own })
    expect(parsed).toMatchObject({ action: 'OK', info: { format: 'dc+sd-jwt' } })
    expect(parsed.info).not.toHaveProperty('subject')
    const requestIdentifier = parsed.info.identifier
    const issued = await service.api('/vci/single/issue', {
      accessToken: own,
      order: { requestIdentifier, credentialPayload: '{"calibrated":true}' },
    })
    expect(issued).toMatchObject({ action: 'OK' })
    const listed = await service.api('/vci/credential/list', {
      clientIdentifier: String(machine.clientId),
    })
    expect(listed.credentials).toHaveLength(1)
    expect(listed.credentials[0]).not.toHaveProperty('subject')
  })

  it('that is deleted while its request is checked leaves no request behind', async () => {
    const jwksUri = 'https://wallet.example.com/jwks'
    const doomed = await service.client({ jwksUri })
    const token = await obtainCredentialToken(service, doomed)
    service.system.fetch.answer(jwksUri, async () => {
      await service.call('DELETE', `/api/${service.serviceId}/client/delete/${doomed.clientId}`)
      return { body: { keys: [attester.publicJwk] } }
    })
    const { attestation } = await attested()
    const content = credentialRequest([], { proofs: { attestation: [attestation] } })
    const answer = await parse(content, { accessToken: token })
    expect(answer).toMatchObject({ action: 'UNAUTHORIZED', resultCode: 'P125016' })
  })
})

describe('service that does not issue credentials', () => {
  it('answers FORBIDDEN', async () => {
    const disabled = await createIssuer({ verifiableCredentialsEnabled: false }, {}, service)
    const answer = await disabled.api('/vci/single/parse', {})
    expect(answer).toMatchObject({ action: 'FORBIDDEN', resultCode: 'P125001' })
  })

  it('is one of draft ID1, too; all names of version 1.0 are the same', async () => {
    for (const [oid4vciVersion, code] of [
      ['1.0-ID1', 'P125002'],
      ['1.0-Final', 'P125003'],
      ['1.0', 'P125003'],
    ]) {
      const versioned = await createIssuer({ oid4vciVersion }, {}, service)
      expect(await versioned.api('/vci/single/parse', {})).toMatchObject({ resultCode: code })
    }
  })
})

describe('dataset of a credential request', () => {
  const details = { authorization_details: detailsFor('diploma', 'mdl') }
  const named = (...identifiers: string[]) => ({
    credentialIdentifiers: [{ credentialConfigurationId: 'diploma', identifiers }],
  })
  const settings = { supportedAuthorizationDetailsTypes: ['openid_credential'] }

  /** What is answered to a request with a token for the datasets. */
  async function ask(
    at: TestService,
    wallet: Json,
    [parameters, datasets]: [Record<string, string>, Record<string, unknown>],
    request: Record<string, unknown>,
    before?: () => Promise<void>,
  ): Promise<Json> {
    const tokens = await obtainTokens(at, wallet, parameters, datasets)
    await before?.()
    const proof = await makeProof(key, wallet.clientId, {
      now: at.system.clock(),
      nonce: await fetchNonce(at),
    })
    return at.api('/vci/single/parse', {
      accessToken: tokens.accessToken,
      requestContent: JSON.stringify({ ...request, proofs: { jwt: [proof] } }),
    })
  }
  const byConfiguration = { credential_configuration_id: 'diploma' }

  it('is named by the request, if the token response named it (OpenID4VCI §8.2)', async () => {
    const at = await createIssuer(settings, {}, service)
    const wallet = await at.client()
    const twice = named('ba-2021', 'ma-2023')
    for (const credential_identifier of ['ba-2021', 'ma-2023', 'mdl']) {
      const answer = await ask(at, wallet, [details, twice], { credential_identifier })
      expect(answer).toMatchObject({
        action: 'OK',
        info: {
          credentialIdentifier: credential_identifier,
          credentialConfigurationId: credential_identifier === 'mdl' ? 'mdl' : 'diploma',
        },
      })
    }
    const unknown = await ask(at, wallet, [details, twice], { credential_identifier: 'phd' })
    expect(unknown).toMatchObject({ resultCode: 'P125012' })
  })

  it('is the only one of a configuration, for wallets that name the configuration', async () => {
    const at = await createIssuer(settings, {}, service)
    const wallet = await at.client()
    const only = await ask(at, wallet, [details, named('ba-2021')], byConfiguration)
    expect(only).toMatchObject({ action: 'OK', info: { credentialIdentifier: 'ba-2021' } })
    const scope = { scope: 'diploma' }
    const scoped = await ask(at, wallet, [scope, named('ba-2021')], byConfiguration)
    expect(scoped).toMatchObject({ action: 'OK', info: { credentialIdentifier: 'ba-2021' } })
    const own = await ask(at, wallet, [scope, {}], byConfiguration)
    expect(own).toMatchObject({ action: 'OK' })
    expect(own.info).not.toHaveProperty('credentialIdentifier')
    const twice = named('ba-2021', 'ma-2023')
    const ambiguous = await ask(at, wallet, [details, twice], byConfiguration)
    expect(ambiguous).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P125014' })
    expect(errorOf(ambiguous)).toBe('invalid_credential_request')
  })

  it('is named if, and only if, the token response named it, under HAIP', async () => {
    const at = await createIssuer(settings, {}, service)
    const wallet = await at.client()
    const profile = async (haipVersion: string | undefined) => {
      const path = `/client/update/${wallet.clientId}`
      expect(await at.api(path, { ...wallet, haipVersion })).toHaveProperty('clientId')
    }
    const only: [Record<string, string>, Record<string, unknown>] = [details, named('ba-2021')]
    const byScope: [Record<string, string>, Record<string, unknown>] = [{ scope: 'diploma' }, {}]
    const unnamed = { credential_identifier: 'diploma' }
    const under = () => profile('1.0')
    const refused = await ask(at, wallet, only, byConfiguration, under)
    expect(refused).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P125015' })
    await profile(undefined)
    const accepted = await ask(at, wallet, only, { credential_identifier: 'ba-2021' }, under)
    expect(accepted).toMatchObject({ action: 'OK' })
    await profile(undefined)
    const scoped = await ask(at, wallet, byScope, unnamed, under)
    expect(scoped).toMatchObject({ action: 'FORBIDDEN', resultCode: 'P125013' })
    await profile(undefined)
    expect(await ask(at, wallet, byScope, unnamed)).toMatchObject({ action: 'OK' })
  })

  it('follows HAIP where a scope of the token selects it', async () => {
    const attributes = [{ key: 'haip', value: 'true' }]
    const scopes = [{ name: 'openid' }, { name: 'diploma', attributes }, { name: 'mdl' }]
    const at = await createIssuer({ supportedScopes: scopes }, {}, service)
    const wallet = await at.client()
    for (const [scope, expected] of [
      ['diploma', 'FORBIDDEN'],
      ['mdl', 'OK'],
    ] as const) {
      const proof = await makeProof(key, wallet.clientId, {
        now: at.system.clock(),
        nonce: await fetchNonce(at),
      })
      const answer = await at.api('/vci/single/parse', {
        accessToken: await obtainCredentialToken(at, wallet, { scopes: [scope] }),
        requestContent: JSON.stringify({ credential_identifier: scope, proofs: { jwt: [proof] } }),
      })
      expect(answer).toMatchObject({ action: expected })
    }
  })
})
