/** The pre-authorized code grant, OpenID4VCI §6: one offer, one token. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { guesses } from '../../../src/refusal.ts'
import { createIssuer } from '../../support/credentials.ts'
import { dpopKey, proof } from '../../support/dpop.ts'
import { form, issuer, refresh, type TestService } from '../../support/flows.ts'
import { createOffer, preAuthorized, redeemOffer } from '../../support/offers.ts'
import type { Json } from '../../support/server.ts'

const anonymousAllowed = { preAuthorizedGrantAnonymousAccessSupported: true }

let service: TestService
let wallet: Json
beforeAll(async () => {
  service = await createIssuer(anonymousAllowed)
  wallet = await service.publicClient({ clientName: 'Wallet' })
})
afterAll(() => service.close())

const offer = (more: Record<string, unknown> = {}, of = service): Promise<Json> =>
  createOffer(of, more)
const redeem = (
  info: Json,
  parameters: Record<string, string | undefined> = {},
  more: Record<string, unknown> = {},
  of = service,
): Promise<Json> => redeemOffer(of, info, parameters, more)
const byWallet = (more: Record<string, string | undefined> = {}) => ({
  client_id: String(wallet.clientId),
  ...more,
})
const introspect = (token: string, of = service): Promise<Json> =>
  of.api('/auth/introspection', { token })
const outcomes = (answers: Json[]) => answers.map(({ resultCode }) => resultCode)
const errorOf = ({ responseContent }: Json): string => JSON.parse(responseContent).error

describe('pre-authorized code', () => {
  it('is redeemed by a client for the tokens of the offer (OpenID4VCI §6.1)', async () => {
    const info = await offer({
      ...{ authTime: 1_700_000_000, acr: 'high', properties: [{ key: 'desk', value: '3' }] },
    })
    const answer = await redeem(info, byWallet())
    expect(answer).toMatchObject({
      ...{ action: 'OK', subject: 'alice', grantType: 'PRE_AUTHORIZED_CODE' },
      clientId: wallet.clientId,
      properties: [{ key: 'desk', value: '3', hidden: false }],
    })
    expect(JSON.parse(answer.responseContent)).toMatchObject({
      ...{ access_token: answer.accessToken, refresh_token: answer.refreshToken, desk: '3' },
    })
    expect(await introspect(answer.accessToken)).toMatchObject({
      ...{ action: 'OK', subject: 'alice', acr: 'high', authTime: 1_700_000_000 },
      grantType: 'PRE_AUTHORIZED_CODE',
    })
    expect(await refresh(service, wallet, answer.refreshToken)).toMatchObject({ action: 'OK' })
  })

  it('is redeemed once; the offer is gone after that (OpenID4VCI §13.6.1)', async () => {
    const info = await offer()
    expect(await redeem(info, byWallet())).toMatchObject({ action: 'OK' })
    const again = await redeem(info, byWallet())
    expect(again).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P124002' })
    expect(errorOf(again)).toBe('invalid_grant')
    const read = await service.api('/vci/offer/info', { identifier: info.identifier })
    expect(read).toMatchObject({ action: 'NOT_FOUND' })
  })

  it('gives one of fifty concurrent requests a token', async () => {
    const info = await offer()
    const answers = await Promise.all(Array.from({ length: 50 }, () => redeem(info, byWallet())))
    const granted = answers.filter(({ action }) => action === 'OK')
    expect(granted).toHaveLength(1)
    expect(new Set(outcomes(answers))).toEqual(new Set(['P035901', 'P124002']))
    expect(await introspect(granted[0].accessToken)).toMatchObject({ action: 'OK' })
  })

  it('is unknown if it is missing, made up, expired, or of another service', async () => {
    expect(await redeem({}, byWallet())).toMatchObject({ resultCode: 'P124001' })
    expect(await redeem({ preAuthorizedCode: 'made up' }, byWallet())).toMatchObject({
      ...{ action: 'BAD_REQUEST', resultCode: 'P124002' },
    })
    const other = await createIssuer(anonymousAllowed, {}, service)
    const info = await offer({ duration: 60 })
    expect(await redeem(info, {}, {}, other)).toMatchObject({ resultCode: 'P124002' })
    service.system.clock.advance(60_000)
    expect(await redeem(info, byWallet())).toMatchObject({ resultCode: 'P124002' })
  })

  it('requires that service and client may use the grant (RFC 6749 §5.2)', async () => {
    const of = await createIssuer({ supportedGrantTypes: ['PRE_AUTHORIZED_CODE'] }, {}, service)
    const info = await offer({}, of)
    await of.configure({ verifiableCredentialsEnabled: false })
    const client = await of.client()
    const id = { clientId: String(client.clientId), clientSecret: client.clientSecret }
    expect(await redeem(info, {}, id, of)).toMatchObject({ resultCode: 'P013003' })
    const limited = await service.publicClient({ grantTypes: ['AUTHORIZATION_CODE'] })
    const named = { client_id: String(limited.clientId) }
    expect(await redeem(await offer(), named)).toMatchObject({ resultCode: 'P013004' })
  })

  it('grants credentials where the service requires scopes', async () => {
    const of = await createIssuer({ ...anonymousAllowed, scopeRequired: true }, {}, service)
    expect(await redeem(await offer({}, of), {}, {}, of)).toMatchObject({ action: 'OK' })
  })
})

describe('token request with a pre-authorized code and no client', () => {
  it('gets an access token that belongs to no client (OpenID4VCI §6.1)', async () => {
    const answer = await redeem(await offer())
    expect(answer).toMatchObject({ action: 'OK', subject: 'alice', clientId: 0 })
    expect(answer).not.toHaveProperty('refreshToken')
    expect(JSON.parse(answer.responseContent)).not.toHaveProperty('refresh_token')
    expect(await introspect(answer.accessToken)).toMatchObject({
      ...{ action: 'OK', subject: 'alice', clientId: 0, refreshable: false },
    })
    const parameters = form({ token: answer.accessToken })
    const standard = await service.api('/auth/introspection/standard', { parameters })
    expect(JSON.parse(standard.responseContent)).toMatchObject({ active: true, sub: 'alice' })
  })

  it('is refused if the service does not allow that (OpenID4VCI §6.3)', async () => {
    const of = await createIssuer({}, {}, service)
    const answer = await redeem(await offer({}, of), {}, {}, of)
    expect(answer).toMatchObject({ action: 'INVALID_CLIENT', resultCode: 'P010001' })
    expect(errorOf(answer)).toBe('invalid_client')
  })

  it('uses a client that no management operation finds', async () => {
    await redeem(await offer())
    const path = `/api/${service.serviceId}/client`
    expect((await service.call('GET', `${path}/get/0`)).status).toBe(404)
    expect((await service.call('DELETE', `${path}/delete/0`)).status).toBe(404)
    const { clients } = await service.get(`${path}/get/list`)
    expect(clients.map(({ clientId }: Json) => clientId)).not.toContain(0)
    const named = await redeem(await offer(), { client_id: '0' })
    expect(named).toMatchObject({ action: 'INVALID_CLIENT' })
  })

  it('gets a token that the caller can list, update and delete', async () => {
    const of = await createIssuer(anonymousAllowed, {}, service)
    const { accessToken } = await redeem(await offer({}, of), {}, {}, of)
    const path = `/api/${of.serviceId}/auth/token`
    const { accessTokens } = await of.get(`${path}/get/list?subject=alice`)
    expect(accessTokens).toMatchObject([{ clientId: 0, subject: 'alice' }])
    const properties = [{ key: 'k', value: 'v' }]
    const updated = await of.api('/auth/token/update', { accessToken, properties })
    expect(updated).toMatchObject({ action: 'OK' })
    expect(await introspect(accessToken, of)).toMatchObject({ properties: [{ key: 'k' }] })
    expect((await of.call('DELETE', `${path}/delete/${accessToken}`)).status).toBe(204)
    expect(await introspect(accessToken, of)).toMatchObject({ action: 'UNAUTHORIZED' })
  })

  it('gets a JWT of the client 0 if the service signs access tokens (RFC 9068 §2.2)', async () => {
    const of = await createIssuer({ ...anonymousAllowed, accessTokenSignAlg: 'ES256' }, {}, service)
    const { accessToken } = await redeem(await offer({}, of), {}, {}, of)
    const [, payload = ''] = accessToken.split('.')
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString())
    expect(claims).toMatchObject({ sub: 'alice', client_id: '0' })
    expect(await introspect(accessToken, of)).toMatchObject({ action: 'OK', clientId: 0 })
  })

  it('can be bound to a DPoP key (RFC 9449 §5)', async () => {
    const key = await dpopKey()
    const now = service.system.clock()
    const dpop = await proof(key, { htu: `${issuer}/token`, now })
    const answer = await redeem(await offer(), {}, { dpop })
    expect(JSON.parse(answer.responseContent)).toMatchObject({ token_type: 'DPoP' })
    expect(await introspect(answer.accessToken)).toMatchObject({ action: 'UNAUTHORIZED' })
  })

  it('leaves no token if the service is deleted', async () => {
    const of = await createIssuer(anonymousAllowed, {}, service)
    const { accessToken } = await redeem(await offer({}, of), {}, {}, of)
    expect(accessToken).toEqual(expect.any(String))
    await service.call('DELETE', `/api/service/delete/${of.serviceId}`)
    const { accessTokens, credentialOffers } = service.engine.tables
    for (const table of [accessTokens, credentialOffers]) {
      const rows = await service.engine.read.select().from(table)
      expect(rows.filter(({ serviceId }) => serviceId === of.serviceId)).toEqual([])
    }
  })
})

describe('transaction code', () => {
  const txCode = '493536'

  it('is required where the offer has one, and refused where it has none (OpenID4VCI §6.3)', async () => {
    const info = await offer({ txCode })
    const missing = await redeem(info)
    expect(missing).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P124003' })
    expect(errorOf(missing)).toBe('invalid_request')
    const plain = await offer()
    const unexpected = await redeem(plain, { tx_code: txCode })
    expect(unexpected).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P124004' })
    expect(errorOf(unexpected)).toBe('invalid_request')
    expect(await redeem(info, { tx_code: txCode })).toMatchObject({ action: 'OK' })
    expect(await redeem(plain)).toMatchObject({ action: 'OK' })
  })

  it('does not burn the pre-authorized code if it is wrong (OpenID4VCI §6.3)', async () => {
    const info = await offer({ txCode })
    for (const wrong of ['493537', '4935', 'äöü']) {
      const answer = await redeem(info, { tx_code: wrong })
      expect(answer).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P124005' })
      expect(errorOf(answer)).toBe('invalid_grant')
    }
    expect(await redeem(info, { tx_code: txCode })).toMatchObject({ action: 'OK' })
  })

  it('is compared five times: the right one comes too late after that', async () => {
    const info = await offer({ txCode })
    for (let made = 0; made < 5; made += 1) {
      expect(await redeem(info, { tx_code: '000000' })).toMatchObject({ resultCode: 'P124005' })
    }
    const late = await redeem(info, { tx_code: txCode })
    expect(late).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P124007' })
    expect(errorOf(late)).toBe('invalid_grant')
  })

  it('is counted by the metric of wrong credentials if it is wrong', async () => {
    const counted: unknown[] = []
    const note = (guess: unknown) => counted.push(guess)
    const attributes = [{ key: 'ext.vci.tx_code.attempts', value: '2' }]
    const of = await createIssuer({ ...anonymousAllowed, attributes }, {}, service)
    const info = await offer({ txCode }, of)
    guesses.subscribe(note)
    for (const tx_code of ['000000', '000000', txCode]) await redeem(info, { tx_code }, {}, of)
    await redeem(await offer({ txCode }, of), { tx_code: txCode }, {}, of)
    guesses.unsubscribe(note)
    expect(counted).toEqual([
      { kind: 'tx_code', throttled: false },
      { kind: 'tx_code', throttled: false },
      { kind: 'tx_code', throttled: true },
    ])
  })

  it('is compared five times at most if a hundred guesses are concurrent', async () => {
    const info = await offer({ txCode })
    const guesses = Array.from({ length: 100 }, (_, index) => String(100_000 + index))
    const answers = await Promise.all(guesses.map((tx_code) => redeem(info, { tx_code })))
    const compared = outcomes(answers).filter((code) => code === 'P124005')
    expect(compared.length).toBeLessThanOrEqual(5)
    expect(compared.length).toBeGreaterThan(0)
    expect(new Set(outcomes(answers))).toEqual(new Set(['P124005', 'P124007']))
  })

  it('gives one of twenty concurrent requests with the right one a token', async () => {
    const info = await offer({ txCode })
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => redeem(info, { tx_code: txCode })),
    )
    expect(answers.filter(({ action }) => action === 'OK')).toHaveLength(1)
    const others = new Set(outcomes(answers.filter(({ action }) => action !== 'OK')))
    expect([...others].filter((code) => !['P124002', 'P124007'].includes(code))).toEqual([])
  })

  it('is compared as often as ext.vci.tx_code.attempts says', async () => {
    const attributes = [{ key: 'ext.vci.tx_code.attempts', value: '1' }]
    const of = await createIssuer({ ...anonymousAllowed, attributes }, {}, service)
    const info = await offer({ txCode }, of)
    const attempt = (tx_code: string) => redeem(info, { tx_code }, {}, of)
    expect(await attempt('000000')).toMatchObject({ resultCode: 'P124005' })
    expect(await attempt(txCode)).toMatchObject({ resultCode: 'P124007' })
  })

  it('has the error of version 1.1 while attempts are left, with ext.vci.tx_code.error', async () => {
    const attributes = [
      { key: 'ext.vci.tx_code.error', value: '1.1' },
      { key: 'ext.vci.tx_code.attempts', value: '2' },
    ]
    const of = await createIssuer({ ...anonymousAllowed, attributes }, {}, service)
    const info = await offer({ txCode }, of)
    const attempt = () => redeem(info, { tx_code: '000000' }, {}, of)
    const first = await attempt()
    expect(first).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P124006' })
    expect(errorOf(first)).toBe('invalid_tx_code')
    expect(errorOf(await attempt())).toBe('invalid_grant')
  })

  it('rejects attributes of another form when the service is saved', async () => {
    for (const [key, value] of [
      ['ext.vci.tx_code.attempts', '11'],
      ['ext.vci.tx_code.error', '2.0'],
      ['ext.vci.bearer.long', 'yes'],
    ]) {
      const path = `/api/${service.serviceId}/service/update`
      const saved = await service.call('POST', path, { attributes: [{ key, value }] })
      expect([key, saved.status]).toEqual([key, 400])
    }
  })
})

describe('access token for credentials', () => {
  const lifetime = async (more = {}, of = service, proven: Record<string, unknown> = {}) =>
    (await redeem(await offer(more, of), {}, proven, of)).accessTokenDuration

  it('lives for five minutes if it is bound to nothing (OpenID4VCI §13.10)', async () => {
    expect(await lifetime()).toBe(300)
    const dpop = await proof(await dpopKey(), {
      ...{ htu: `${issuer}/token`, now: service.system.clock() },
    })
    expect(await lifetime({}, service, { dpop })).toBe(86_400)
  })

  it('lives as long as others with ext.vci.bearer.long, or if that is shorter', async () => {
    const attributes = [{ key: 'ext.vci.bearer.long', value: 'true' }]
    const long = await createIssuer({ ...anonymousAllowed, attributes }, {}, service)
    expect(await lifetime({}, long)).toBe(86_400)
    const short = { ...anonymousAllowed, accessTokenDuration: 60 }
    expect(await lifetime({}, await createIssuer(short, {}, service))).toBe(60)
  })

  it('of a scope lives for five minutes; one without any is not limited', async () => {
    const client = await service.client()
    const request = (scope: string) =>
      service.api('/auth/token', {
        parameters: form({ grant_type: 'client_credentials', scope }),
        ...{ clientId: String(client.clientId), clientSecret: client.clientSecret },
      })
    expect((await request('diploma')).accessTokenDuration).toBe(300)
    expect((await request('read')).accessTokenDuration).toBe(86_400)
  })
})

describe('metadata of the authorization server', () => {
  const metadata = async (of: TestService): Promise<Json> =>
    JSON.parse((await of.call('GET', `/api/${of.serviceId}/service/configuration`)).text)

  it('has the grant type where the service issues credentials (OpenID4VCI §12.3)', async () => {
    const document = await metadata(service)
    expect(document.grant_types_supported).toContain(preAuthorized)
    expect(document['pre-authorized_grant_anonymous_access_supported']).toBe(true)
  })

  it('lacks the grant type where the service issues none', async () => {
    const settings = { ...anonymousAllowed, verifiableCredentialsEnabled: false }
    const without = await metadata(await createIssuer(settings, {}, service))
    expect(without.grant_types_supported).not.toContain(preAuthorized)
    expect(without).not.toHaveProperty('pre-authorized_grant_anonymous_access_supported')
    const unlisted = { supportedGrantTypes: ['AUTHORIZATION_CODE'] }
    const limited = await metadata(await createIssuer(unlisted, {}, service))
    expect(limited.grant_types_supported).toEqual(['authorization_code'])
  })
})
