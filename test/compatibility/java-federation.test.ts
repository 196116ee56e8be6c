/**
 * The calls of java-oauth-server at its endpoints of a federation, with the members that its library
 * (authlete-java-common 4.46) sends, and what its handlers make of the actions.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { credentialKey, issuerMetadata } from '../support/credentials.ts'
import { createEntity } from '../support/entity.ts'
import type { TestService } from '../support/flows.ts'
import { jwksOf } from '../support/keys.ts'
import type { Json } from '../support/server.ts'

let service: TestService
beforeAll(async () => {
  service = await createEntity()
})
afterAll(() => service.close())

/** Its handler throws for actions that it does not know. */
const statuses: Record<string, [number, string]> = {
  OK: [200, 'application/entity-statement+jwt'],
  NOT_FOUND: [404, 'application/json'],
  INTERNAL_SERVER_ERROR: [500, 'application/json'],
}

/** FederationConfigurationEndpoint: GET /.well-known/openid-federation. */
async function entityConfiguration(body: Json) {
  const { action, responseContent } = await service.api('/federation/configuration', body)
  const [status, type] = statuses[action] ?? [0, '']
  return { status, type, content: String(responseContent) }
}

const rolesIn = (jwt: string): string[] => {
  const { metadata } = JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString())
  return Object.keys(metadata)
}

describe('java-oauth-server in a federation', () => {
  const ofEndpoint = { entityTypes: ['OPENID_PROVIDER', 'OPENID_CREDENTIAL_ISSUER'] }

  it('publishes the entity configuration, for credentials only if they are enabled', async () => {
    const provider = await entityConfiguration(ofEndpoint)
    expect(provider).toMatchObject({ status: 200, type: 'application/entity-statement+jwt' })
    expect(rolesIn(provider.content)).toEqual(['openid_provider'])
    await service.configure({
      verifiableCredentialsEnabled: true,
      credentialJwks: jwksOf(credentialKey),
      credentialIssuerMetadata: issuerMetadata(),
    })
    const both = await entityConfiguration(ofEndpoint)
    expect(rolesIn(both.content)).toEqual(['openid_provider', 'openid_credential_issuer'])
  })

  it.each([
    [{}],
    [{ entityTypes: null }],
    [{ entityTypes: [] }],
    [{ entityTypes: ['OAUTH_CLIENT'] }],
  ])('publishes that of the provider for the request %j', async (body) => {
    await service.configure({})
    expect(rolesIn((await entityConfiguration(body)).content)).toEqual(['openid_provider'])
  })

  it('answers 404 without a federation, and 500 without superiors', async () => {
    await service.configure({ federationEnabled: false })
    expect(await entityConfiguration(ofEndpoint)).toMatchObject({ status: 404 })
    await service.configure({ authorityHints: null })
    expect(await entityConfiguration(ofEndpoint)).toMatchObject({ status: 500 })
  })
})
