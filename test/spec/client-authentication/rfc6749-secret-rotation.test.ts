/** Rotation of client secrets: two are accepted for a while, so that a client has no outage. */
import { jwtVerify } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  createService,
  form,
  issuer,
  obtainTokens,
  redirectUri,
  type TestService,
} from '../../support/flows.ts'
import type { Json } from '../../support/server.ts'
import { assertionFor, requestObjectFor } from '../../support/signing-client.ts'

let service: TestService
beforeAll(async () => {
  service = await createService()
})
afterAll(() => service.close())

const path = (operation: string, { clientId }: Json) =>
  `/api/${service.serviceId}/client/${operation}/${clientId}`
const refresh = (client: Json, graceSeconds?: number | string): Promise<Json> => {
  const query = graceSeconds === undefined ? '' : `?graceSeconds=${graceSeconds}`
  return service.get(path('secret/refresh', client) + query)
}
const update = (client: Json, body: Json): Promise<Json> =>
  service.post(path('secret/update', client), body)
const endFormer = async (client: Json): Promise<Json> =>
  (await service.call('DELETE', path('secret/rotated/delete', client))).body
const shown = (client: Json): Promise<Json> => service.get(path('get', client))

const codeWith = async ({ clientId }: Json, clientSecret: string): Promise<string> => {
  const parameters = form({ grant_type: 'client_credentials', scope: 'read' })
  const body = { parameters, clientId: String(clientId), clientSecret }
  const { action, resultCode } = await service.api('/auth/token', body)
  return action === 'OK' ? 'OK' : resultCode
}
const wrong = 'P010005'
/** What each secret leads to, in order. */
const outcomes = (client: Json, ...secrets: string[]) =>
  Promise.all(secrets.map((secret) => codeWith(client, secret)))

describe('graceSeconds', () => {
  it('keeps the former secret valid until its end, and not a millisecond longer', async () => {
    const client = await service.client()
    const { newClientSecret, ...answer } = await refresh(client, 60)
    const until = service.system.clock() + 60_000
    expect(answer).toMatchObject({
      oldClientSecret: client.clientSecret,
      rotatedClientSecretExpiresAt: until,
    })
    const both = [client.clientSecret, newClientSecret]
    expect(await outcomes(client, ...both)).toEqual(['OK', 'OK'])
    expect(await shown(client)).toMatchObject({
      clientSecret: newClientSecret,
      rotatedClientSecretExpiresAt: until,
    })
    service.system.clock.advance(59_999)
    expect(await outcomes(client, ...both)).toEqual(['OK', 'OK'])
    service.system.clock.advance(1)
    expect(await outcomes(client, ...both)).toEqual([wrong, 'OK'])
    expect(await shown(client)).not.toHaveProperty('rotatedClientSecretExpiresAt')
  })

  it('is optional: without it, and with 0, the former secret is refused immediately', async () => {
    const client = await service.client()
    const first = await refresh(client)
    expect(first).not.toHaveProperty('rotatedClientSecretExpiresAt')
    const second = await refresh(client, 0)
    const secrets = [client.clientSecret, first.newClientSecret, second.newClientSecret]
    expect(await outcomes(client, ...secrets)).toEqual([wrong, wrong, 'OK'])
    const row = await service.store.clients.find(service.serviceId, client.clientId)
    expect(row?.secrets).toEqual({ clientSecret: second.newClientSecret })
  })

  it('applies to chosen secrets, also in a form', async () => {
    const client = await service.client()
    const chosen = 'chosen-by-the-caller-of-the-operation-1'
    await update(client, { clientSecret: chosen, graceSeconds: 60 })
    expect(await outcomes(client, client.clientSecret, chosen)).toEqual(['OK', 'OK'])
    const another = 'chosen-by-the-caller-of-the-operation-2'
    const body = form({ clientSecret: another, graceSeconds: '60' })
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded' }
    await service.call('POST', path('secret/update', client), body, { headers })
    const secrets = [client.clientSecret, chosen, another]
    expect(await outcomes(client, ...secrets)).toEqual([wrong, 'OK', 'OK'])
  })

  it('is at most 30 days, and a whole number', async () => {
    const client = await service.client()
    for (const graceSeconds of [-1, 1.5, 2_592_001, 'soon']) {
      expect((await refresh(client, graceSeconds)).resultCode).toBe('P000206')
      const body = { clientSecret: 'a-secret-that-is-not-set', graceSeconds }
      expect((await update(client, body)).resultCode).toBe('P000206')
    }
    expect(await outcomes(client, client.clientSecret)).toEqual(['OK'])
    expect((await refresh(client, 2_592_000)).newClientSecret).toMatch(/^[\w-]{86}$/)
  })

  it('does not keep a secret from before the former one', async () => {
    const client = await service.client()
    const first = await refresh(client, 600)
    const second = await refresh(client, 600)
    const secrets = [client.clientSecret, first.newClientSecret, second.newClientSecret]
    expect(await outcomes(client, ...secrets)).toEqual([wrong, 'OK', 'OK'])
  })

  it('leaves both secrets alone when the client is changed', async () => {
    const client = await service.client()
    const { newClientSecret } = await refresh(client, 600)
    await service.post(path('update', client), { ...(await shown(client)), clientName: 'renamed' })
    await service.post(path('lock_flag/update', client), { clientLocked: false })
    expect(await outcomes(client, client.clientSecret, newClientSecret)).toEqual(['OK', 'OK'])
  })
})

describe('client/secret/rotated/delete', () => {
  it('refuses the former secret at once, and keeps the current one', async () => {
    const client = await service.client()
    const { newClientSecret } = await refresh(client, 600)
    expect(await endFormer(client)).toMatchObject({ action: 'OK', resultCode: 'P100901' })
    expect(await outcomes(client, client.clientSecret, newClientSecret)).toEqual([wrong, 'OK'])
    expect(await shown(client)).not.toHaveProperty('rotatedClientSecretExpiresAt')
    expect(await endFormer(client)).toMatchObject({ action: 'OK' })
    expect(await outcomes(client, newClientSecret)).toEqual(['OK'])
  })

  it('answers 404 for an unknown client', async () => {
    const unknown = path('secret/rotated/delete', { clientId: 1 })
    expect((await service.call('DELETE', unknown)).status).toBe(404)
  })
})

describe('former secret', () => {
  it('is removed when the client authenticates after its end', async () => {
    const client = await service.client()
    const { newClientSecret } = await refresh(client, 60)
    service.system.clock.advance(60_000)
    const stored = async () =>
      JSON.stringify(await service.store.clients.find(service.serviceId, client.clientId))
    expect(await stored()).toContain(client.clientSecret)
    const { modifiedAt } = await shown(client)
    expect(await outcomes(client, newClientSecret)).toEqual(['OK'])
    expect(await stored()).not.toContain(client.clientSecret)
    expect((await shown(client)).modifiedAt).toBe(modifiedAt)
  })

  it('counts as a guess when it is over', async () => {
    const client = await service.client()
    await refresh(client, 60)
    service.system.clock.advance(60_000)
    const secrets = Array.from({ length: 21 }, () => client.clientSecret)
    expect((await outcomes(client, ...secrets)).filter((code) => code === 'P077001')).toHaveLength(
      1,
    )
    service.system.clock.advance(60_001)
  })

  it('verifies assertions until its end (OIDC Core §9)', async () => {
    const client = await service.client({ tokenAuthMethod: 'CLIENT_SECRET_JWT' })
    const { newClientSecret } = await refresh(client, 60)
    const ask = async (secret: string) => {
      const key = { kty: 'oct', k: Buffer.from(secret).toString('base64url') }
      const assertion = await assertionFor(service, client, {}, { key, header: { alg: 'HS256' } })
      const parameters = form({ grant_type: 'client_credentials', ...assertion })
      const { action, resultCode } = await service.api('/auth/token', { parameters })
      return action === 'OK' ? action : resultCode
    }
    expect(await ask(client.clientSecret)).toBe('OK')
    expect(await ask(newClientSecret)).toBe('OK')
    expect(await ask(`${newClientSecret}x`)).toBe('P011002')
    service.system.clock.advance(60_000)
    expect(await ask(client.clientSecret)).toBe('P011002')
    expect(await ask(newClientSecret)).toBe('OK')
    const row = await service.store.clients.find(service.serviceId, client.clientId)
    expect(JSON.stringify(row)).not.toContain(client.clientSecret)
  })

  it('verifies request objects, while ID Tokens are signed with the current one', async () => {
    const client = await service.client({ idTokenSignAlg: 'HS256', requestSignAlg: 'HS256' })
    const { newClientSecret } = await refresh(client, 60)
    const { idToken } = await obtainTokens(service, { ...client, clientSecret: newClientSecret })
    const verifiedBy = (secret: string) =>
      jwtVerify(idToken, Buffer.from(secret), { currentDate: new Date(service.system.clock()) })
    expect((await verifiedBy(newClientSecret)).payload.iss).toBe(issuer)
    await expect(verifiedBy(client.clientSecret)).rejects.toThrow('signature')
    const request = async (secret: string) => {
      const key = { kty: 'oct', k: Buffer.from(secret).toString('base64url') }
      const members = { response_type: 'code', scope: 'openid', redirect_uri: redirectUri }
      const signed = { key, header: { alg: 'HS256' } }
      const parameters = form({
        client_id: String(client.clientId),
        request: await requestObjectFor(service, client, members, signed),
      })
      const { action, resultCode } = await service.api('/auth/authorization', { parameters })
      return action === 'INTERACTION' ? action : resultCode
    }
    expect(await request(client.clientSecret)).toBe('INTERACTION')
    expect(await request(newClientSecret)).toBe('INTERACTION')
    service.system.clock.advance(60_000)
    expect(await request(client.clientSecret)).toMatch(/^P03/)
    expect(await request(newClientSecret)).toBe('INTERACTION')
  })
})
