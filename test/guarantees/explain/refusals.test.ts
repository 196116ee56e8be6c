/** The refusals that people meet most often explain themselves: Prefer: explain. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createService, type TestService } from '../../support/flows.ts'
import { type CommonRefusal, commonRefusals } from '../../support/refusals.ts'
import type { Json } from '../../support/server.ts'
import { sharedStore } from '../../support/stores.ts'

const store = sharedStore()
let service: TestService
let refusals: CommonRefusal[]
let client: Json
beforeEach(async () => {
  service = await createService({}, { on: store() })
  client = await service.client()
  refusals = commonRefusals(service, client)
})
afterEach(() => service.close())

const names = [
  'a redirect URI that is not registered',
  'a verifier that does not match',
  'a code that has expired',
  'a refresh token that is used again',
  'a wrong client secret',
  'a request that was not pushed',
  'a DPoP proof for another URL',
]

describe('explanation of a refusal', () => {
  it.each(names)('shows the setting, the given and the expected value of %s', async (name) => {
    const { operation, request, code, evidence, secrets = [] } = find(name)
    const answer = await service.api(operation, await request(), { Prefer: 'explain' })
    const { refusedBy, trace } = answer.explanation
    expect(refusedBy).toMatchObject({ code, page: `/docs/codes/${code}` })
    expect(refusedBy.fix).toMatch(/\.$/)
    expect(refusedBy.evidence).toMatchObject(asMatchers(evidence) as object)
    expect(trace.at(-1).refused).toBe(code)
    for (const secret of [...secrets, client.clientSecret]) {
      expect(JSON.stringify(answer.explanation)).not.toContain(secret)
    }
  })

  it('covers all of them', () => {
    expect(refusals.map(({ name }) => name)).toEqual(names)
  })

  it('tells why PKCE is required', async () => {
    const strict = await service.client({ fapiModes: ['FAPI2_SECURITY'] })
    const parameters = `client_id=${strict.clientId}&response_type=code`
    const answer = await service.api('/auth/authorization', { parameters }, { Prefer: 'explain' })
    const facts = answer.explanation.trace.map(({ facts: each = {} }: Json) => each.policy)
    expect(facts.find((policy: Json) => policy)).toMatchObject({
      pkceRequired: { value: true, because: 'client.fapiModes=FAPI2_SECURITY' },
    })
  })

  it('has personal claims of a JWT only if the caller prefers them', async () => {
    const jwt = (claims: object) =>
      [{ alg: 'RS256', typ: 'JWT' }, claims, 'x']
        .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
        .join('.')
    const parameters = new URLSearchParams({
      ...{ grant_type: 'client_credentials', client_assertion: jwt({ sub: 7, iss: 'alice-app' }) },
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    }).toString()
    const ask = (Prefer: string) => service.api('/auth/token', { parameters }, { Prefer })
    const { evidence } = (await ask('explain')).explanation.refusedBy
    expect(evidence.given).toMatchObject({
      header: { alg: 'RS256', typ: 'JWT' },
      claims: { iss: 'alice-app' },
    })
    expect(evidence.given.claims).not.toHaveProperty('sub')
    const told = (await ask('explain; subject')).explanation.refusedBy.evidence
    expect(told.given.claims).toMatchObject({ sub: 7 })
  })
})

function find(name: string): CommonRefusal {
  const found = refusals.find((each) => each.name === name)
  if (!found) throw new Error(`no case ${name}`)
  return found
}

/** Patterns match texts. */
const asMatchers = (value: unknown): unknown =>
  value instanceof RegExp
    ? expect.stringMatching(value)
    : typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).map(([name, each]) => [name, asMatchers(each)]))
      : value
