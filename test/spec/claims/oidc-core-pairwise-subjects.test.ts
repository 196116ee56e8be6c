/** Pairwise subjects, OIDC Core §8, computed by Postern or passed by the caller. */
import { decodeJwt, decodeProtectedHeader } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  authorize,
  createService,
  form,
  obtainTokens,
  redirectUri,
  refresh,
  type TestService,
} from '../../support/flows.ts'
import type { Json } from '../../support/server.ts'

let service: TestService
beforeAll(async () => {
  service = await createService()
})
afterAll(() => service.close())

const subOf = async (client: Json, issue: Record<string, unknown> = {}) =>
  decodeJwt((await obtainTokens(service, client, {}, issue)).idToken).sub

const introspect = async (token: string) =>
  JSON.parse(
    (await service.api('/auth/introspection/standard', { parameters: form({ token }) }))
      .responseContent,
  )

const other = { redirectUris: ['https://other.example.com/callback', redirectUri] }

describe('pairwise subject', () => {
  it('depends on the user and the sector identifier only (OIDC Core §8.1)', async () => {
    const one = await service.client({ subjectType: 'PAIRWISE' })
    const same = await service.client({ subjectType: 'PAIRWISE' })
    const list = other.redirectUris
    service.system.fetch.answer('https://sector.example.com/list.json', { body: list })
    const sectorIdentifierUri = 'https://sector.example.com/list.json'
    const far = await service.client({ subjectType: 'PAIRWISE', ...other, sectorIdentifierUri })
    const sub = await subOf(one)
    expect(sub).toMatch(/^[\w-]{43}$/)
    expect(await subOf(one)).toBe(sub)
    expect(await subOf(same)).toBe(sub)
    expect(await subOf(far)).not.toBe(sub)
    expect(await subOf(one, { subject: 'bob' })).not.toBe(sub)
    expect(await subOf(await service.client())).toBe('alice')
  })

  it('is the sub of UserInfo and of refreshed ID Tokens (OIDC Core §5.3.2, §12.2)', async () => {
    const client = await service.client({ subjectType: 'PAIRWISE' })
    const tokens = await obtainTokens(service, client)
    const { sub } = decodeJwt(tokens.idToken)
    const info = await service.api('/auth/userinfo/issue', { token: tokens.accessToken })
    expect(JSON.parse(info.responseContent).sub).toBe(sub)
    const { idToken } = await refresh(service, client, tokens.refreshToken)
    expect(decodeJwt(idToken).sub).toBe(sub)
  })

  it('is replaced by a sub that the caller passes', async () => {
    const client = await service.client({ subjectType: 'PAIRWISE' })
    expect(await subOf(client, { sub: 'chosen' })).toBe('chosen')
  })

  it('is the default if ext.subject.default is pairwise (OIDC Core §8)', async () => {
    const client = await service.client()
    expect(await subOf(client)).toBe('alice')
    await service.configure({ attributes: [{ key: 'ext.subject.default', value: 'pairwise' }] })
    expect(await subOf(client)).toMatch(/^[\w-]{43}$/)
    const apart = await service.client(other)
    expect(await subOf(apart)).not.toBe(await subOf(await service.client(other)))
    await service.configure({})
  })

  it('is introspected by resource servers if the service is set so (OIDC Core §8)', async () => {
    const client = await service.client({ subjectType: 'PAIRWISE' })
    const tokens = await obtainTokens(service, client)
    const { sub } = decodeJwt(tokens.idToken)
    expect((await introspect(tokens.accessToken)).sub).toBe('alice')
    const attributes = [{ key: 'ext.subject.in_access_token', value: 'pairwise' }]
    await service.configure({ attributes, accessTokenSignAlg: 'ES256' })
    const { accessToken } = await obtainTokens(service, client)
    expect(decodeJwt(accessToken).sub).toBe(sub)
    expect((await introspect(accessToken)).sub).toBe(sub)
    expect((await service.api('/auth/introspection', { token: accessToken })).subject).toBe('alice')
    await service.configure({})
  })

  it('in an id_token_hint must be that of the logged-in user (OIDC Core §3.1.2.1)', async () => {
    const client = await service.client({ subjectType: 'PAIRWISE' })
    const { idToken } = await obtainTokens(service, client)
    const issue = async (subject: string) => {
      const { ticket } = await authorize(service, client, { id_token_hint: idToken })
      return service.api('/auth/authorization/issue', { ticket, subject })
    }
    expect((await issue('alice')).authorizationCode).toBeTruthy()
    expect((await issue('bob')).responseContent).toContain('login_required')
  })

  it('in an id_token_hint gives the caller the account (OIDC Core §3.1.2.1)', async () => {
    const client = await service.client({ subjectType: 'PAIRWISE' })
    for (const subject of ['alice', 'ä'.repeat(50), 'x'.repeat(64)]) {
      const { idToken } = await obtainTokens(service, client, {}, { subject })
      const asked = await authorize(service, client, { prompt: 'none', id_token_hint: idToken })
      expect(asked).toMatchObject({ action: 'NO_INTERACTION', subject })
    }
    const chosen = await obtainTokens(service, client, {}, { sub: 'chosen' })
    expect(await authorize(service, client, { id_token_hint: chosen.idToken })).toMatchObject({
      subject: 'chosen',
    })
    const before = await obtainTokens(service, client)
    await service.configure({ pairwiseSubjectSalt: 'yet another' })
    const asked = await authorize(service, client, { id_token_hint: before.idToken })
    expect(asked.subject).toBe(decodeJwt(before.idToken).sub)
  })

  it('is sealed with the account so that only this server reads it (OIDC Core §8.1)', async () => {
    const client = await service.client({ subjectType: 'PAIRWISE' })
    const sealedFor = async (subject: string, by = client): Promise<string> => {
      const { idToken } = await obtainTokens(service, by, {}, { subject })
      return String(decodeProtectedHeader(idToken)['postern_account'])
    }
    const sealed = [await sealedFor('alice'), await sealedFor('alice'), await sealedFor('robert')]
    const other = await sealedFor('alice', await service.client({ subjectType: 'PAIRWISE' }))
    expect(new Set([...sealed, other]).size).toBe(4)
    expect(new Set([...sealed, other].map(({ length }) => length)).size).toBe(1)
    expect(Buffer.from(sealed[0] ?? '', 'base64url').toString('latin1')).not.toContain('alice')
    expect(await sealedFor('alice', await service.client())).toBe('undefined')
  })

  it('uses a salt that updates keep and that only managers of the service can read', async () => {
    const client = await service.client({ subjectType: 'PAIRWISE' })
    const sub = await subOf(client)
    const { pairwiseSubjectSalt, ...document } = await service.get(
      `/api/${service.serviceId}/service/get`,
    )
    expect(pairwiseSubjectSalt).toBeTruthy()
    const updated = await service.post(`/api/${service.serviceId}/service/update`, document)
    expect(updated.pairwiseSubjectSalt).toBe(pairwiseSubjectSalt)
    expect(await subOf(client)).toBe(sub)
    const token = await service.tokenFor(service.serviceId, ['view_service'])
    const seen = await service.get(`/api/${service.serviceId}/service/get`, { token })
    expect(seen.pairwiseSubjectSalt).toBeUndefined()
    await service.configure({ pairwiseSubjectSalt: 'another' })
    expect(await subOf(client)).not.toBe(sub)
  })
})
