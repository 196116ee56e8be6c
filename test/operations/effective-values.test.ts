/**
 * Defaults are effective values: what a service or client leaves out, or sets to 0, is read as 0,
 * and the default applies where it is used. Tools that compare what they set with what they read,
 * such as Terraform, find no difference.
 */
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
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
