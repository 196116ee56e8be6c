/** Dynamic scopes contain a value, which the attribute `regex` of the scope entry describes. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { authorize, createService, obtainTokens, type TestService } from '../../support/flows.ts'
import type { Json } from '../../support/server.ts'

const consent = {
  name: 'consent',
  attributes: [
    { key: 'regex', value: '^consent:[0-9a-f]+$' },
    { key: 'access_token.duration', value: '60' },
  ],
}
let service: TestService
let client: Json
beforeAll(async () => {
  service = await createService({ supportedScopes: [{ name: 'openid' }, consent] })
  client = await service.client()
})
afterAll(() => service.close())

describe('dynamic scope', () => {
  it('is returned to the caller by name and value, separate from static scopes', async () => {
    const asked = await authorize(service, client, { scope: 'openid consent:12ab consent:zz' })
    expect(asked.dynamicScopes).toEqual([{ name: 'consent', value: 'consent:12ab' }])
    expect(asked.scopes.map(({ name }: Json) => name)).toEqual(['openid'])
  })

  it('is granted as requested, with the attributes of its scope entry', async () => {
    const tokens = await obtainTokens(service, client, { scope: 'openid consent:12ab consent:zz' })
    expect(JSON.parse(tokens.responseContent)).toMatchObject({
      scope: 'openid consent:12ab',
      expires_in: 60,
    })
    const introspected = await service.api('/auth/introspection', {
      ...{ token: tokens.accessToken, scopes: ['consent:12ab'] },
    })
    expect(introspected).toMatchObject({ action: 'OK', scopes: ['openid', 'consent:12ab'] })
    expect(introspected.scopeDetails.map(({ name }: Json) => name)).toEqual(['openid', 'consent'])
  })

  it('is matched as a whole, in time linear to its length', async () => {
    const slow = { name: 'slow', attributes: [{ key: 'regex', value: '(a+)+(b|c)' }] }
    const other = await service.configure({ supportedScopes: [{ name: 'openid' }, slow] })
    expect(other.apiKey).toBe(service.serviceId)
    const scope = `openid ${'a'.repeat(5_000)} aaabx xaab aac`
    const asked = await authorize(service, client, { scope })
    expect(asked.dynamicScopes).toEqual([{ name: 'slow', value: 'aac' }])
    await service.configure({})
  })

  it('is removed from tokens when the service removes its pattern', async () => {
    const { refreshToken } = await obtainTokens(service, client, { scope: 'openid consent:1' })
    await service.configure({ supportedScopes: [{ name: 'openid' }] })
    const answer = await service.api('/auth/token', {
      parameters: `grant_type=refresh_token&refresh_token=${refreshToken}`,
      ...{ clientId: String(client.clientId), clientSecret: client.clientSecret },
    })
    expect(answer.scopes).toEqual(['openid'])
    await service.configure({})
  })

  it.each(['[', '(?=a)', '\\1', 'a'.repeat(1_001)])(
    'is refused as a setting if its pattern is not RE2 syntax: %s',
    async (value) => {
      const broken = { name: 'consent', attributes: [{ key: 'regex', value }] }
      const answer = await service.configure({ supportedScopes: [broken] })
      expect(answer.resultMessage).toContain('supportedScopes')
    },
  )

  it('is refused as a setting if its pattern is too costly to compile or match', async () => {
    const scope = (value: string, index = 0) => ({
      name: `s${index}`,
      attributes: [{ key: 'regex', value }],
    })
    const many = Array.from({ length: 51 }, (_, index) => scope(`x${index}`, index))
    for (const scopes of [
      [scope('x{1000}'.repeat(30))],
      [scope('(.*){1000}')],
      [scope('x'.repeat(257))],
      [scope('[a-z]{1,1000}'), scope('[0-9]{1,1000}', 1)],
      many,
    ]) {
      const answer = await service.configure({ supportedScopes: scopes })
      expect(answer.resultMessage).toContain('supportedScopes: The attributes regex cost too much')
    }
    expect((await service.configure({ supportedScopes: many.slice(1) })).apiKey).toBeDefined()
    await service.configure({})
  })

  it('is invalid in a request whose scopes take too long to match (RFC 6749 §3.3)', async () => {
    const pattern = { name: 'slow', attributes: [{ key: 'regex', value: '(?:.*a.*b){300}' }] }
    await service.configure({ supportedScopes: [{ name: 'openid' }, pattern] })
    const asked = await authorize(service, client, { scope: `openid ${'ab'.repeat(2_000)}` })
    expect(asked).toMatchObject({ action: 'LOCATION', resultCode: 'P002005' })
    expect(asked.responseContent).toContain('error=invalid_scope')
    await service.configure({})
  })
})
