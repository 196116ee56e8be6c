/** Credential offers, OpenID4VCI §4: what the caller asks for, and what a wallet reads. */
import { Openid4vciClient } from '@openid4vc/openid4vci'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  createIssuer,
  credentialIssuer,
  endpointOf,
  issuerMetadata,
} from '../../support/credentials.ts'
import { issuer, type TestService } from '../../support/flows.ts'
import type { Json } from '../../support/server.ts'

const grantType = 'urn:ietf:params:oauth:grant-type:pre-authorized_code'
const both = { authorizationCodeGrantIncluded: true, preAuthorizedCodeGrantIncluded: true }
const asked = { ...both, issuerStateIncluded: true, subject: 'alice' }

let service: TestService
beforeAll(async () => {
  service = await createIssuer()
})
afterAll(() => service.close())

const create = (more: Record<string, unknown> = {}, of = service): Promise<Json> =>
  of.api('/vci/offer/create', { ...asked, credentialConfigurationIds: ['diploma'], ...more })
const offerOf = ({ info }: Json): Json => JSON.parse(info.credentialOffer)
/** Enough of a wallet to read offers. */
const wallet = new Openid4vciClient({
  callbacks: {
    fetch: () => Promise.reject(new Error('An offer in a link needs no request.')),
    hash: () => new Uint8Array(),
    generateRandom: () => new Uint8Array(32),
    signJwt: () => Promise.reject(new Error('An offer is not signed.')),
    clientAuthentication: () => undefined,
  },
})

describe('new credential offer', () => {
  it('has both grants, and secrets that only the caller gets (OpenID4VCI §4.1.1)', async () => {
    const { action, resultCode, info } = await create({
      ...{ txCode: '493536', txCodeDescription: 'See the letter.', context: 'counter 3' },
      ...{ authTime: 1_700_000_000, acr: 'high', properties: [{ key: 'k', value: 'v' }] },
    })
    expect([action, resultCode]).toEqual(['CREATED', 'P122901'])
    expect(info).toMatchObject({
      ...{ credentialIssuer, subject: 'alice', context: 'counter 3', txCode: '493536' },
      ...{ ...both, issuerStateIncluded: true, authTime: 1_700_000_000, acr: 'high' },
      properties: [{ key: 'k', value: 'v', hidden: false }],
      expiresAt: service.system.clock() + 86_400_000,
      identifier: expect.stringMatching(/^\w{43,}$/),
      issuerState: expect.stringMatching(/^\w{43,}$/),
      preAuthorizedCode: expect.stringMatching(/^\w{43,}$/),
    })
    expect(JSON.parse(info.credentialOffer)).toEqual({
      credential_issuer: credentialIssuer,
      credential_configuration_ids: ['diploma'],
      grants: {
        authorization_code: { issuer_state: info.issuerState },
        [grantType]: {
          'pre-authorized_code': info.preAuthorizedCode,
          tx_code: { length: 6, description: 'See the letter.' },
        },
      },
    })
  })

  it('has only the members that the call includes (OpenID4VCI §4.1.1)', async () => {
    const plain = { preAuthorizedCodeGrantIncluded: false, issuerStateIncluded: false }
    const byCode = await create({ ...plain, subject: undefined })
    expect(offerOf(byCode).grants).toEqual({ authorization_code: {} })
    expect(byCode.info).not.toHaveProperty('preAuthorizedCode')
    const open = { authorizationCodeGrantIncluded: false, issuerStateIncluded: false }
    const preAuthorized = await create({ ...open, txCode: 'a b-c', txCodeInputMode: 'text' })
    expect(offerOf(preAuthorized).grants).toEqual({
      [grantType]: {
        'pre-authorized_code': preAuthorized.info.preAuthorizedCode,
        tx_code: { input_mode: 'text', length: 5 },
      },
    })
  })

  it('names the authorization server if the issuer has several (OpenID4VCI §4.1.1)', async () => {
    const authorizationServers = [issuer, 'https://other.example.com']
    const of = await createIssuer({}, { authorizationServers }, service)
    const { grants } = offerOf(await create({}, of))
    expect(grants.authorization_code.authorization_server).toBe(issuer)
    expect(grants[grantType].authorization_server).toBe(issuer)
  })

  it('lives as long as the call or the service says (OpenID4VCI §4.1)', async () => {
    const of = await createIssuer({ credentialOfferDuration: 60 }, {}, service)
    const lifetime = async (more = {}) =>
      (await create(more, of)).info.expiresAt - service.system.clock()
    expect(await lifetime()).toBe(60_000)
    expect(await lifetime({ duration: 90 })).toBe(90_000)
    expect(await create({ duration: 30 * 86_400 })).toMatchObject({ action: 'CREATED' })
  })

  it('has a transaction code of the length of the service, if the call asks for one', async () => {
    const of = await createIssuer({ userPinLength: 8 }, {}, service)
    const digits = await create({ txCodeGenerated: true }, of)
    expect(digits.info.txCode).toMatch(/^\d{8}$/)
    expect(offerOf(digits).grants[grantType].tx_code).toEqual({ length: 8 })
    const text = await create({ txCodeGenerated: true, txCodeInputMode: 'text' }, of)
    expect(text.info.txCode).toMatch(/^[A-Za-z0-9]{8}$/)
    expect((await create({ txCodeGenerated: true, txCode: '1234' }, of)).info.txCode).toBe('1234')
    expect((await create({}, of)).info).not.toHaveProperty('txCode')
  })

  it('is read by a wallet (OpenID4VCI §4.1.2)', async () => {
    const { info } = await create({ txCode: '493536' })
    const link = `openid-credential-offer://?credential_offer=${encodeURIComponent(info.credentialOffer)}`
    const read = await wallet.resolveCredentialOffer(link)
    expect(read).toMatchObject({
      credential_issuer: credentialIssuer,
      credential_configuration_ids: ['diploma'],
      grants: { [grantType]: { 'pre-authorized_code': info.preAuthorizedCode } },
    })
  })

  it('takes forms, as other operations of the service do', async () => {
    const path = `/api/${service.serviceId}/vci/offer/create`
    const body = 'authorizationCodeGrantIncluded=true&credentialConfigurationIds=mdl'
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded' }
    const reply = await service.call('POST', path, body, { headers })
    expect(reply.body).toMatchObject({ action: 'CREATED' })
  })
})

describe('credential offer that is refused', () => {
  const many = Array.from({ length: 51 }, (_, index) => `c${index}`)
  const wrong: [string, Record<string, unknown>][] = [
    ['P122002', { credentialConfigurationIds: [] }],
    ['P122002', { credentialConfigurationIds: ['diploma', 'diploma'] }],
    ['P122002', { credentialConfigurationIds: ['constructor'] }],
    ['P122002', { credentialConfigurationIds: many }],
    [
      'P122003',
      {
        ...{ authorizationCodeGrantIncluded: false, preAuthorizedCodeGrantIncluded: false },
        issuerStateIncluded: false,
      },
    ],
    ['P122005', { authorizationCodeGrantIncluded: false }],
    ['P122006', { subject: '' }],
    ['P122007', { txCode: '123' }],
    ['P122007', { txCode: '1'.repeat(65) }],
    ['P122007', { txCode: '12a4' }],
    ['P122007', { txCode: 'äöüß', txCodeInputMode: 'text' }],
    ['P122008', { txCode: '1234', txCodeInputMode: 'emoji' }],
    ['P122009', { txCode: '1234', txCodeDescription: 'x'.repeat(301) }],
    ['P122010', { duration: 30 * 86_400 + 1 }],
    ['P122011', { txCodeGenerated: true }],
  ]
  it.each(wrong)('has the result code %s for %j (OpenID4VCI §4.1.1)', async (code, more) => {
    expect(await create(more)).toMatchObject({ action: 'CALLER_ERROR', resultCode: code })
  })

  it('includes a grant that the service does not support (OpenID4VCI §4.1.1)', async () => {
    const of = await createIssuer({ supportedGrantTypes: ['AUTHORIZATION_CODE'] }, {}, service)
    expect(await create({}, of)).toMatchObject({ action: 'CALLER_ERROR', resultCode: 'P122004' })
    const byCode = { preAuthorizedCodeGrantIncluded: false }
    expect(await create(byCode, of)).toMatchObject({ action: 'CREATED' })
  })

  it('is of a service without any issuer (OpenID4VCI §4.1.1)', async () => {
    const metadata = issuerMetadata({ credentialIssuer: undefined })
    const settings = { issuer: undefined, credentialIssuerMetadata: metadata }
    const of = await createIssuer(settings, {}, service)
    expect(await create({}, of)).toMatchObject({ action: 'CALLER_ERROR', resultCode: 'P122001' })
  })

  it('is of a service that issues no credentials', async () => {
    const of = await createIssuer({ verifiableCredentialsEnabled: false }, {}, service)
    expect(await create({}, of)).toMatchObject({ action: 'FORBIDDEN', resultCode: 'P125001' })
    const info = await of.api('/vci/offer/info', { identifier: 'any' })
    expect(info).toMatchObject({ action: 'FORBIDDEN', resultCode: 'P125001' })
  })
})

describe('datasets of an offer', () => {
  const named = (identifiers: string[], id = 'diploma') => ({
    credentialIdentifiers: [{ credentialConfigurationId: id, identifiers }],
  })
  it('are of offered configurations, each named once (OpenID4VCI §6.2)', async () => {
    expect(await create(named(['one', 'two']))).toMatchObject({ action: 'CREATED' })
    expect(await create(named(['one'], 'mdl'))).toMatchObject({ resultCode: 'P123101' })
    expect(await create(named(['one', 'one']))).toMatchObject({ resultCode: 'P123102' })
    const two = { credentialConfigurationIds: ['diploma', 'mdl'] }
    expect(await create({ ...two, ...named(['mdl']) })).toMatchObject({ resultCode: 'P123102' })
  })
})

describe('stored credential offer', () => {
  const read = (identifier: string, of = service): Promise<Json> =>
    of.api('/vci/offer/info', { identifier })

  it('is returned by its identifier until it expires (OpenID4VCI §4.1.3)', async () => {
    const { info } = await create({ txCode: '493536', duration: 60 })
    expect(await read(info.identifier)).toMatchObject({ action: 'OK', info })
    service.system.clock.advance(60_000)
    const expired = await read(info.identifier)
    expect(expired).toMatchObject({ action: 'NOT_FOUND', resultCode: 'P122903' })
    expect(expired).not.toHaveProperty('info')
  })

  it('is unknown by its codes, and to another service', async () => {
    const { info } = await create()
    const other = await createIssuer({}, { credentialIssuer: endpointOf('other') }, service)
    expect(await read(info.preAuthorizedCode)).toMatchObject({ action: 'NOT_FOUND' })
    expect(await read(info.issuerState)).toMatchObject({ action: 'NOT_FOUND' })
    expect(await read(info.identifier, other)).toMatchObject({ action: 'NOT_FOUND' })
    expect(await read(info.identifier)).toMatchObject({ action: 'OK' })
  })
})
