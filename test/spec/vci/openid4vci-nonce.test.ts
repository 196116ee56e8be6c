/** The nonce endpoint of a credential issuer, OpenID4VCI §7. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createService, type TestService } from '../../support/flows.ts'

let service: TestService
const issuing = { verifiableCredentialsEnabled: true }
beforeAll(async () => {
  service = await createService(issuing)
})
afterAll(() => service.close())

describe('nonce for proofs of credentials', () => {
  it('is returned as c_nonce, and must not be cached (OpenID4VCI §7.2)', async () => {
    const { relay, ...answer } = await service.api('/vci/nonce', {}, { Prefer: 'relay' })
    expect(answer).toMatchObject({ action: 'OK', resultCode: 'P121901' })
    expect(answer).not.toHaveProperty('dpopNonce')
    expect(JSON.parse(answer.responseContent)).toEqual({ c_nonce: answer.cnonce })
    expect(relay).toMatchObject({ status: 200, headers: { 'Cache-Control': 'no-store' } })
  })

  it('is another one in each response, without a body in the call', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => service.api('/vci/nonce', undefined)),
    )
    expect(new Set(answers.map(({ cnonce }) => cnonce)).size).toBe(20)
  })

  it('comes with a DPoP nonce if those are required (OpenID4VCI §7.2)', async () => {
    expect(await service.api('/vci/nonce', { dpopNonceRequired: true })).toMatchObject({
      ...{ action: 'OK', dpopNonce: expect.any(String) },
    })
    await service.configure({ dpopNonceRequired: true })
    const { relay, dpopNonce } = await service.api('/vci/nonce', {}, { Prefer: 'relay' })
    expect(relay.headers['DPoP-Nonce']).toBe(dpopNonce)
    await service.configure({})
  })

  it('is not made by a service that does not issue credentials', async () => {
    await service.configure({ verifiableCredentialsEnabled: false })
    const refused = await service.api('/vci/nonce', {})
    expect(refused).toMatchObject({ action: 'INTERNAL_SERVER_ERROR', resultCode: 'P125001' })
    expect(refused).not.toHaveProperty('cnonce')
    await service.configure({})
  })

  it('is not made by a service of draft ID1, which says so', async () => {
    await service.configure({ oid4vciVersion: '1.0-ID1' })
    const refused = await service.api('/vci/nonce', {})
    expect(refused).toMatchObject({ action: 'INTERNAL_SERVER_ERROR', resultCode: 'P125002' })
    expect(refused.resultMessage).toContain('1.0 Final')
    for (const oid4vciVersion of ['1.0', '1.0-Final']) {
      await service.configure({ oid4vciVersion })
      expect(await service.api('/vci/nonce', {})).toMatchObject({ action: 'OK' })
    }
    await service.configure({})
  })
})
