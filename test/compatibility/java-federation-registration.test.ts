/**
 * The calls of java-oauth-server at its federation endpoints, with the members that its library
 * (authlete-java-common 4.46) sends: what is not set is null.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { explicitStage, type Stage, statementOf } from '../support/explicit-registration.ts'

let stage: Stage
beforeAll(async () => {
  stage = await explicitStage({})
})
afterAll(() => stage.service.close())

/** Like the actions of its library: others would throw there. */
const known = ['OK', 'BAD_REQUEST', 'NOT_FOUND', 'INTERNAL_SERVER_ERROR']

async function call(operation: string, body: Record<string, unknown>) {
  const answer = await stage.service.api(`/federation/${operation}`, body)
  expect(known).toContain(answer.action)
  expect(answer.responseContent).toEqual(expect.any(String))
  return answer
}

describe('federation endpoints of java-oauth-server', () => {
  it('serve the entity configuration', async () => {
    const entityTypes = ['OPENID_PROVIDER', 'OPENID_CREDENTIAL_ISSUER']
    expect(await call('configuration', { entityTypes })).toMatchObject({ action: 'OK' })
    expect(await call('configuration', { entityTypes: null })).toMatchObject({ action: 'OK' })
  })

  it('register a relying party by application/entity-statement+jwt', async () => {
    const entityConfiguration = await stage.chained()
    const answer = await call('registration', { entityConfiguration, trustChain: null })
    expect(answer).toMatchObject({ action: 'OK', client: { clientId: expect.any(Number) } })
    expect((await statementOf(stage.service, answer)).claims.aud).toBe(stage.party.id)
  })

  it('register a relying party by application/trust-chain+json', async () => {
    const [, ...above] = await stage.federation.chain(stage.party)
    const trustChain = JSON.stringify([await stage.request(), ...above])
    const answer = await call('registration', { entityConfiguration: null, trustChain })
    expect(answer).toMatchObject({ action: 'OK', client: { entityId: stage.party.id } })
  })

  it.each([
    { entityConfiguration: '', trustChain: null },
    { entityConfiguration: null, trustChain: '' },
    { entityConfiguration: 'not a JWT', trustChain: null },
  ])('relay an error for %j', async (body) => {
    const { action, responseContent } = await call('registration', body)
    expect(action).toBe('BAD_REQUEST')
    expect(JSON.parse(responseContent)).toHaveProperty('error')
  })
})
