/**
 * Defaults are effective values: what a service or client leaves out, or sets to 0, is read as 0,
 * and the default applies where it is used. Tools that compare what they set with what they read,
 * such as Terraform, find no difference.
 */
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ClientDocument } from '../../src/model/client/client.ts'
import { ServiceDocument } from '../../src/model/service/service.ts'
import {
  challenge,
  createService,
  form,
  issuer,
  obtainCode,
  redeem,
  redirectUri,
  type TestService,
} from '../support/flows.ts'
import type { Json } from '../support/server.ts'

const settings = {
  pushedAuthReqEndpoint: `${issuer}/par`,
  deviceVerificationUri: `${issuer}/device`,
  supportedBackchannelTokenDeliveryModes: ['POLL'],
}

let service: TestService
let client: Json
beforeAll(async () => {
  service = await createService(settings)
  client = await service.client({ bcDeliveryMode: 'POLL' })
})
afterAll(() => service.close())

const numbers = Object.entries(ServiceDocument.shape)
  .filter(([, schema]) => ServiceDocument.shape && innermost(schema) === 'number')
  .map(([name]) => name)

/** The properties whose value is one of a list. */
const choicesOf = ({ shape }: { shape: Record<string, { _zod: { def: unknown } }> }) =>
  Object.entries(shape)
    .filter(([, schema]) => innermost(schema) === 'enum')
    .map(([name]) => name)
const emptied = (names: string[]) => Object.fromEntries(names.map((name) => [name, '']))

function innermost(schema: { _zod: { def: unknown } }): string {
  const { type, innerType } = schema._zod.def as { type: string; innerType?: typeof schema }
  return innerType ? innermost(innerType) : type
}

const credentials = () => ({
  clientId: String(client.clientId),
  clientSecret: client.clientSecret,
})
const parameters = (more: Record<string, string> = {}) =>
  form({
    ...{ response_type: 'code', client_id: String(client.clientId), redirect_uri: redirectUri },
    ...{ scope: 'openid', code_challenge: challenge, code_challenge_method: 'S256', ...more },
  })

describe('unset number of a service', () => {
  it('is returned as 0, also after the returned document was written back', async () => {
    expect(numbers.length).toBeGreaterThan(20)
    const made = await service.post('/api/service/create', { serviceName: 'Bare' })
    const own = `/api/${made.apiKey}/service`
    const read = await service.get(`${own}/get`)
    const updated = await service.post(`${own}/update`, read)
    for (const document of [made, read, updated]) {
      expect(numbers.filter((name) => document[name] !== 0)).toEqual([])
    }
    const { warnings: _, ...stored } = updated
    expect({ ...stored, modifiedAt: 0 }).toEqual({ ...read, modifiedAt: 0 })
  })
})

describe('empty text for an enumeration', () => {
  it('unsets each of a service, as Terraform does', async () => {
    const names = choicesOf(ServiceDocument)
    expect(names).toEqual(expect.arrayContaining(['userCodeCharset', 'accessTokenSignAlg']))
    const made = await service.post('/api/service/create', { userCodeCharset: 'NUMERIC' })
    const own = `/api/${made.apiKey}/service`
    const sent = { ...(await service.get(`${own}/get`)), ...emptied(names) }
    const { status, body } = await service.call('POST', `${own}/update`, sent)
    expect([status, names.filter((name) => body[name] === '')]).toEqual([200, []])
    expect(await service.get(`${own}/get`)).not.toHaveProperty('userCodeCharset')
  })

  it('unsets each of a client, and gives the client those that it cannot do without', async () => {
    const names = choicesOf(ClientDocument)
    expect(names).toEqual(expect.arrayContaining(['tokenAuthMethod', 'bcRequestSignAlg']))
    const bare = await service.api('/client/create', {})
    const own = await service.api('/client/create', { idTokenSignAlg: 'ES256' })
    const path = `/api/${service.serviceId}/client/update/${own.clientId}`
    const { status, body } = await service.call('POST', path, { ...own, ...emptied(names) })
    expect(status).toBe(200)
    for (const name of names) expect([name, body[name]]).toEqual([name, bare[name]])
  })

  it('counts as absent at creation, also in the document of another member', async () => {
    const document = { serviceName: 'By Terraform', userCodeCharset: '', accessTokenSignAlg: '' }
    const ids = { apiServerId: 1, organizationId: 1 }
    const { status, body } = await service.call('POST', '/api/service', {
      ...ids,
      service: document,
    })
    expect([status, body.serviceName]).toEqual([200, 'By Terraform'])
    expect(body).not.toHaveProperty('userCodeCharset')
  })

  it.each([
    ['an unknown value', { userCodeCharset: 'base20' }, 'userCodeCharset'],
    ['an empty text in a list', { supportedDisplays: [''] }, 'supportedDisplays.0'],
  ])('is no excuse for %s', async (_what, document, where) => {
    const { status, body } = await service.call('POST', '/api/service/create', document)
    expect([status, body.resultCode]).toEqual([400, 'P000206'])
    expect(body.resultMessage).toContain(`${where}: `)
  })

  it('is refused in other requests, which would do more without the value', async () => {
    const path = `/api/${service.serviceId}/clients?clientType=`
    expect((await service.call('GET', path)).status).toBe(400)
  })

  it('is refused if the value is required', async () => {
    const path = `/api/${service.serviceId}/device/complete`
    const document = { userCode: 'BCDFGHJK', result: '' }
    const { status, body } = await service.call('POST', path, document)
    expect([status, body.resultCode]).toEqual([400, 'P000206'])
    expect(body.resultMessage).toContain('result: ')
  })
})

describe('alias that is the own id of a client', () => {
  it('removes the alias, as Terraform does', async () => {
    const own = await service.client({ clientIdAlias: 'app', clientIdAliasEnabled: true })
    const path = `/api/${service.serviceId}/client`
    const sent = { ...own, clientIdAlias: String(own.clientId) }
    const { status, body } = await service.call('POST', `${path}/update/${own.clientId}`, sent)
    expect([status, body.clientIdAlias]).toEqual([200, undefined])
    expect((await service.call('GET', `${path}/get/app`)).status).toBe(404)
  })

  it('is refused if it is the id of another client', async () => {
    const [own, other] = [await service.client({}), await service.client({})]
    const { status, body } = await service.call(
      'POST',
      `/api/${service.serviceId}/client/update/${own.clientId}`,
      { ...own, clientIdAlias: String(other.clientId) },
    )
    expect([status, body.resultCode]).toEqual([400, 'P000206'])
  })
})

describe.each([
  ['absent', {}],
  ['0', Object.fromEntries(numbers.map((name) => [name, 0]))],
])('numbers of a service that are %s', (_what, zeros) => {
  it('mean one day for access tokens and ID Tokens, ten days for refresh tokens', async () => {
    await service.configure(zeros)
    const redeemed = await redeem(service, client, await obtainCode(service, client))
    expect(redeemed).toMatchObject({
      ...{ accessTokenDuration: 86_400, refreshTokenDuration: 864_000 },
    })
    const { iat = 0, exp = 0 } = decodeJwt(redeemed.idToken)
    expect(exp - iat).toBe(86_400)
  })

  it('mean ten minutes for pushed requests, device codes and CIBA requests', async () => {
    await service.configure(zeros)
    const pushed = await service.api('/pushed_auth_req', {
      ...{ parameters: parameters(), ...credentials() },
    })
    expect(JSON.parse(pushed.responseContent).expires_in).toBe(600)
    const device = await service.api('/device/authorization', {
      ...{ parameters: 'scope=read', ...credentials() },
    })
    expect(JSON.parse(device.responseContent)).toMatchObject({ expires_in: 600, interval: 5 })
  })

  it('mean ten minutes for authorization codes and JWT responses (JARM §2.1)', async () => {
    await service.configure(zeros)
    const late = await obtainCode(service, client)
    service.system.clock.advance(601_000)
    expect((await redeem(service, client, late)).action).toBe('BAD_REQUEST')
    const { ticket } = await service.api('/auth/authorization', {
      parameters: parameters({ response_mode: 'query.jwt', nonce: 'n' }),
    })
    const issued = await service.api('/auth/authorization/issue', { ticket, subject: 'alice' })
    const response = new URL(issued.responseContent).searchParams.get('response') ?? ''
    const now = Math.floor(service.system.clock() / 1000)
    expect(decodeJwt(response).exp).toBe(now + 600)
  })

  it('mean five seconds between two polls of a CIBA client (CIBA §7.3)', async () => {
    await service.configure(zeros)
    const asked = await service.api('/backchannel/authentication', {
      parameters: form({ scope: 'openid', login_hint: 'alice' }),
      ...credentials(),
    })
    const issued = await service.api('/backchannel/authentication/issue', { ticket: asked.ticket })
    expect(issued).toMatchObject({ action: 'OK', interval: 5, expiresIn: 600 })
  })
})
