/** The lint operations, called by their paths. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createService, type TestService } from '../support/flows.ts'

let service: TestService
beforeAll(async () => {
  service = await createService()
})
afterAll(() => service.close())

const codes = ({ findings }: { findings: { code: string }[] }) => findings.map(({ code }) => code)

describe('lint of a service', () => {
  it('reports the findings and the profiles of the stored settings', async () => {
    const report = await service.api('/service/lint', {})
    expect(report.conforms).toMatchObject({ 'oidc-op': true, rfc9700: false })
    const pkce = report.findings.find(({ code }: { code: string }) => code === 'L1003')
    expect(pkce).toMatchObject({
      level: 'error',
      path: 'pkceRequired',
      fix: { pkceRequired: true, pkceS256Required: true },
    })
  })

  it('looks at settings that are not saved, and saves none', async () => {
    const stored = await service.get(`/api/${service.serviceId}/service/get`)
    const asked = { profiles: ['rfc9700'], service: { ...stored, pkceRequired: true } }
    expect(codes(await service.api('/service/lint', asked))).not.toContain('L1003')
    expect(codes(await service.api('/service/lint', {}))).toContain('L1003')
  })

  it('knows the private keys of settings that were read without them', async () => {
    const token = await service.tokenFor(service.serviceId, ['view_service'])
    const path = `/api/${service.serviceId}/service`
    const shown = await service.get(`${path}/get`, { token })
    const report = await service.post(`${path}/lint`, { service: shown }, { token })
    expect(codes(report)).not.toContain('L1105')
    const { jwks: _, ...without } = shown
    const bare = await service.post(`${path}/lint`, { service: without }, { token })
    expect(codes(bare)).toContain('L1105')
  })

  it('refuses unknown profiles', async () => {
    const path = `/api/${service.serviceId}/service/lint`
    const reply = await service.call('POST', path, { profiles: ['fapi3'] })
    expect(reply.status).toBe(400)
  })
})

describe('lint of clients', () => {
  it('reports the findings of one client, stored or not saved', async () => {
    const client = await service.client({ redirectUris: ['http://app.example.com/cb'] })
    const path = `/client/lint/${client.clientId}`
    expect(codes(await service.api(path, {}))).toContain('L2001')
    const better = { ...client, redirectUris: ['https://app.example.com/cb'] }
    expect(codes(await service.api(path, { client: better }))).not.toContain('L2001')
    expect(await service.api('/client/lint/99', {})).toMatchObject({ resultCode: 'P060001' })
  })

  it('goes through all clients page by page', async () => {
    const own = await createService({ pkceRequired: true, pkceS256Required: true })
    try {
      for (let made = 0; made < 5; made++) await own.client({ grantTypes: ['PASSWORD'] })
      const good = await own.client({ grantTypes: ['AUTHORIZATION_CODE'] })
      const ask = (start: number) =>
        own.api('/client/lint', { profiles: ['oauth-2.1'], start, limit: 4 })
      const first = await ask(0)
      expect(first).toMatchObject({ checked: 4, totalCount: 6, next: 4 })
      expect(first.clients).toHaveLength(4)
      const last = await ask(first.next)
      expect(last).toMatchObject({ checked: 2, totalCount: 6 })
      expect(last).not.toHaveProperty('next')
      const named = last.clients.map(({ clientId }: { clientId: number }) => clientId)
      expect(named).not.toContain(good.clientId)
      expect(await ask(6)).toMatchObject({ clients: [], checked: 0 })
    } finally {
      await own.close()
    }
  })
})
