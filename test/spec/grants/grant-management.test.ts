/** Grant Management for OAuth 2.0: clients create, merge, replace, query and revoke grants. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { begin, cibaClient, complete, createCibaService, poll } from '../../support/ciba.ts'
import { dpopKey, proof } from '../../support/dpop.ts'
import {
  authorizationRequest,
  authorize,
  createService,
  form,
  issuer,
  obtainCode,
  obtainTokens,
  redeem,
  refresh,
  requestToken,
  type TestService,
} from '../../support/flows.ts'
import type { Json } from '../../support/server.ts'

const endpoint = `${issuer}/grants`
const managing = ['grant_management_query', 'grant_management_revoke']
const settings = {
  grantManagementEndpoint: endpoint,
  supportedScopes: ['openid', 'profile', 'read', 'write', ...managing].map((name) => ({ name })),
}

let service: TestService
let client: Json
let other: Json
beforeAll(async () => {
  service = await createService(settings)
  client = await service.client()
  other = await service.client()
})
afterAll(() => service.close())

const create = { grant_management_action: 'create' }
const change = (action: string, grantId: string, more = {}) => ({
  grant_management_action: action,
  grant_id: grantId,
  ...more,
})

/** Tokens of a new grant. */
const obtainGrant = (more = {}, issue = {}, by = client) =>
  obtainTokens(service, by, { ...create, ...more }, issue)

/** A client credentials token for the grant management endpoint. */
async function managerToken(by = client, scope = managing.join(' ')): Promise<string> {
  const tokens = await requestToken(service, by, { grant_type: 'client_credentials', scope })
  return tokens.accessToken
}

const manage = async (gmAction: string, grantId: string, more: Json = {}) =>
  service.api('/gm', { gmAction, grantId, accessToken: await managerToken(), ...more })

const query = async (grantId: string) =>
  JSON.parse((await manage('QUERY', grantId)).responseContent)

const expectAnswer = (answer: Json, action: string, resultCode: string) =>
  expect({ action: answer.action, resultCode: answer.resultCode }).toEqual({ action, resultCode })

const errorOf = ({ responseContent }: Json) => new URL(responseContent).searchParams.get('error')

const isActive = async (token: string) =>
  (await service.api('/auth/introspection', { token })).action === 'OK'

describe('authorization request with grant_management_action=create', () => {
  it('creates a grant whose ID is in the token response (Grant Management §5.4)', async () => {
    const asked = await authorize(service, client, create)
    expect(asked).toMatchObject({ action: 'INTERACTION', gmAction: 'CREATE' })
    expect(asked).not.toHaveProperty('grantId')
    const tokens = await obtainGrant()
    expect(tokens.grantId).toMatch(/^[\w-]{43}$/)
    expect(JSON.parse(tokens.responseContent).grant_id).toBe(tokens.grantId)
    const refreshed = await refresh(service, client, tokens.refreshToken)
    expect(JSON.parse(refreshed.responseContent).grant_id).toBe(tokens.grantId)
  })

  it('differs from a request without the parameter, which creates no grant', async () => {
    const tokens = await obtainTokens(service, client)
    expect(tokens).not.toHaveProperty('grantId')
    expect(JSON.parse(tokens.responseContent)).not.toHaveProperty('grant_id')
  })

  it('makes introspection return the grant of the token', async () => {
    const resource = 'https://rs.example.com/'
    const consented = { consentedClaims: ['given_name'] }
    const { grantId, accessToken } = await obtainGrant({ scope: 'read', resource }, consented)
    const answer = await service.api('/auth/introspection', { token: accessToken })
    expect(answer).toMatchObject({
      grantId,
      grant: { scopes: [{ scope: 'read', resource: [resource] }], claims: ['given_name'] },
    })
  })

  it('can be pushed (RFC 9126 §2.1)', async () => {
    const pushed = await service.api('/pushed_auth_req', {
      parameters: authorizationRequest(client, create),
      ...{ clientId: String(client.clientId), clientSecret: client.clientSecret },
    })
    const asked = await service.api('/auth/authorization', {
      parameters: form({ client_id: String(client.clientId), request_uri: pushed.requestUri }),
    })
    expect(asked).toMatchObject({ action: 'INTERACTION', gmAction: 'CREATE' })
  })
})

describe('authorization request with a grant_id', () => {
  it('returns the scopes and the subject of the grant to the caller', async () => {
    const { grantId } = await obtainGrant({ scope: 'openid read' })
    const asked = await authorize(service, client, change('merge', grantId))
    expect(asked).toMatchObject({
      ...{ gmAction: 'MERGE', grantId, grantSubject: 'alice' },
      grant: { scopes: [{ scope: 'openid read' }], claims: [] },
    })
  })

  it('merges the consent into the grant (Grant Management §5.2)', async () => {
    const resource = 'https://rs.example.com/'
    const first = await obtainGrant({ scope: 'openid read' }, { consentedClaims: ['name'] })
    const { grantId } = first
    const more = change('merge', grantId, { scope: 'openid write' })
    const second = await obtainTokens(service, client, more, { consentedClaims: ['email'] })
    expect(second.grantId).toBe(grantId)
    expect(second.scopes).toEqual(['openid', 'write'])
    await obtainTokens(service, client, change('merge', grantId, { scope: 'read', resource }))
    expect(await query(grantId)).toEqual({
      scopes: [{ scope: 'openid read write' }, { scope: 'read', resource: [resource] }],
      claims: ['name', 'email'],
      authorization_details: [],
    })
    expect(await isActive(first.accessToken)).toBe(true)
  })

  it('replaces the grant and revokes its former tokens (Grant Management §5.2)', async () => {
    const first = await obtainGrant({ scope: 'openid read' })
    const { grantId } = first
    const second = await obtainTokens(
      service,
      client,
      change('replace', grantId, { scope: 'read' }),
    )
    expect(second.grantId).toBe(grantId)
    expect((await query(grantId)).scopes).toEqual([{ scope: 'read' }])
    expect(await isActive(first.accessToken)).toBe(false)
    expectAnswer(await refresh(service, client, first.refreshToken), 'BAD_REQUEST', 'P021002')
    expect(await isActive(second.accessToken)).toBe(true)
  })

  it('loses no update of concurrent merges: a merge that conflicts is issued again', async () => {
    const { grantId } = await obtainGrant({ scope: 'openid' })
    const issue = (ticket: string) =>
      service.api('/auth/authorization/issue', { ticket, subject: 'alice' })
    const scopes = ['profile', 'read', 'write']
    const tickets = await Promise.all(
      scopes.map(
        async (scope) =>
          (await authorize(service, client, change('merge', grantId, { scope }))).ticket,
      ),
    )
    const answers = await Promise.all(tickets.map(issue))
    const lost = tickets.filter((_, index) => answers[index].action !== 'LOCATION')
    for (const answer of answers.filter(({ action }) => action !== 'LOCATION')) {
      expectAnswer(answer, 'BAD_REQUEST', 'P084008')
    }
    // On a slow machine, the requests may have been processed one after the other.
    for (const ticket of lost) expect((await issue(ticket)).action).toBe('LOCATION')
    const [{ scope }] = (await query(grantId)).scopes
    expect(scope.split(' ').sort()).toEqual(['openid', ...scopes].sort())
  })

  it('is not issued for another user than the subject of the grant', async () => {
    const { grantId } = await obtainGrant()
    const { ticket } = await authorize(service, client, change('merge', grantId))
    const issued = await service.api('/auth/authorization/issue', { ticket, subject: 'bob' })
    expectAnswer(issued, 'LOCATION', 'P084007')
    expect(errorOf(issued)).toBe('access_denied')
  })

  it.each<[string, string, () => Promise<Record<string, string>>]>([
    ['an unknown grant', 'P084006', async () => change('merge', 'unknown')],
    [
      'a grant of another client',
      'P084006',
      async () => change('replace', (await obtainGrant({}, {}, other)).grantId),
    ],
    ['an unknown action', 'P084002', async () => ({ grant_management_action: 'update' })],
    ['an action by the name of a method', 'P084002', async () => change('toString', 'x')],
    ['merge without grant_id', 'P084004', async () => ({ grant_management_action: 'merge' })],
    ['create with grant_id', 'P084005', async () => change('create', 'x')],
    ['grant_id without action', 'P084005', async () => ({ grant_id: 'x' })],
  ])('is rejected with %s (Grant Management §5.3)', async (_what, resultCode, parameters) => {
    const answer = await authorize(service, client, await parameters())
    expectAnswer(answer, 'LOCATION', resultCode)
    const error = resultCode === 'P084006' ? 'invalid_grant_id' : 'invalid_request'
    expect(errorOf(answer)).toBe(error)
  })

  it('is rejected for a public client (Grant Management §5.1)', async () => {
    const answer = await authorize(service, await service.publicClient(), create)
    expectAnswer(answer, 'LOCATION', 'P084003')
  })

  it('must have an action if the service requires one (Grant Management §7.1)', async () => {
    const strict = await createService({ ...settings, grantManagementActionRequired: true })
    const strictClient = await strict.client()
    expectAnswer(await authorize(strict, strictClient), 'LOCATION', 'P084001')
    expect((await authorize(strict, strictClient, create)).action).toBe('INTERACTION')
    await strict.close()
  })
})

describe('grant management endpoint', () => {
  it('answers a query with the content of the grant (Grant Management §6.4)', async () => {
    const claims = JSON.stringify({ userinfo: { given_name: null }, id_token: { email: null } })
    const { grantId } = await obtainGrant({ scope: 'openid read', claims })
    const answer = await manage('QUERY', grantId)
    expectAnswer(answer, 'OK', 'P084901')
    expect(JSON.parse(answer.responseContent)).toEqual({
      scopes: [{ scope: 'openid read' }],
      claims: ['email', 'given_name'],
      authorization_details: [],
    })
  })

  it('revokes a grant with its tokens, and no other tokens (Grant Management §6.5)', async () => {
    const { grantId, ...first } = await obtainGrant()
    const second = await obtainTokens(service, client, change('merge', grantId))
    const apart = await obtainGrant()
    const answer = await manage('REVOKE', grantId)
    expectAnswer(answer, 'NO_CONTENT', 'P084902')
    expect(answer).not.toHaveProperty('responseContent')
    for (const { accessToken, refreshToken } of [first, second]) {
      expect(await isActive(accessToken)).toBe(false)
      expectAnswer(await refresh(service, client, refreshToken), 'BAD_REQUEST', 'P021002')
    }
    expect(await isActive(apart.accessToken)).toBe(true)
    for (const way of ['QUERY', 'REVOKE']) {
      expectAnswer(await manage(way, grantId), 'NOT_FOUND', 'P084011')
    }
  })

  it('revokes the unredeemed codes of the grant', async () => {
    const { grantId } = await obtainGrant()
    const code = await obtainCode(service, client, change('merge', grantId))
    await manage('REVOKE', grantId)
    expectAnswer(await redeem(service, client, code), 'BAD_REQUEST', 'P084009')
    const { ticket } = await authorize(service, client, create)
    expect(ticket).toBeTypeOf('string')
  })

  it('revokes once of ten concurrent calls', async () => {
    const { grantId } = await obtainGrant()
    const answers = await Promise.all(Array.from({ length: 10 }, () => manage('REVOKE', grantId)))
    expect(answers.filter(({ action }) => action === 'NO_CONTENT')).toHaveLength(1)
    expect(answers.filter(({ action }) => action === 'NOT_FOUND')).toHaveLength(9)
  })

  it('requires a token with the scope of the action (Grant Management §6.3)', async () => {
    const { grantId } = await obtainGrant()
    expectAnswer(
      await manage('QUERY', grantId, { accessToken: undefined }),
      'UNAUTHORIZED',
      'P040001',
    )
    expectAnswer(await manage('QUERY', grantId, { accessToken: 'x' }), 'UNAUTHORIZED', 'P040002')
    for (const [way, scope] of [
      ['QUERY', 'grant_management_revoke'],
      ['REVOKE', 'grant_management_query'],
    ] as const) {
      const accessToken = await managerToken(client, scope)
      const answer = await manage(way, grantId, { accessToken })
      expectAnswer(answer, 'FORBIDDEN', 'P040004')
      expect(answer.responseContent).toContain('error="insufficient_scope"')
    }
  })

  it('refuses other clients, and tokens of other users', async () => {
    const { grantId } = await obtainGrant()
    const byOther = await manage('REVOKE', grantId, { accessToken: await managerToken(other) })
    expectAnswer(byOther, 'FORBIDDEN', 'P084010')
    const scope = managing.join(' ')
    const [bob, alice] = await Promise.all(
      ['bob', 'alice'].map((subject) => obtainTokens(service, client, { scope }, { subject })),
    )
    const byBob = await manage('QUERY', grantId, { accessToken: bob.accessToken })
    expectAnswer(byBob, 'FORBIDDEN', 'P084010')
    const byAlice = await manage('QUERY', grantId, { accessToken: alice.accessToken })
    expect(byAlice.action).toBe('OK')
  })

  it('answers CALLER_ERROR to a missing grantId or a missing or wrong gmAction', async () => {
    for (const more of [{ grantId: undefined }, { gmAction: undefined }, { gmAction: 'MERGE' }]) {
      expectAnswer(await manage('QUERY', 'x', more), 'CALLER_ERROR', 'P084012')
    }
  })

  it('requires the DPoP proof of a bound token for the grant URL (RFC 9449 §7.1)', async () => {
    const { grantId } = await obtainGrant()
    const key = await dpopKey()
    const now = service.system.clock()
    const { accessToken } = await requestToken(
      service,
      client,
      { grant_type: 'client_credentials', scope: managing.join(' ') },
      { dpop: await proof(key, { htu: `${issuer}/token`, now }) },
    )
    const url = { htu: `${endpoint}/${grantId}`, now, accessToken }
    const bare = await manage('QUERY', grantId, { accessToken })
    expect(bare.action).toBe('UNAUTHORIZED')
    const elsewhere = await proof(key, { ...url, htm: 'GET', htu: `${endpoint}/x` })
    const wrong = await manage('QUERY', grantId, { accessToken, dpop: elsewhere })
    expect(wrong.action).toBe('UNAUTHORIZED')
    const good = await proof(key, { ...url, htm: 'GET' })
    expect((await manage('QUERY', grantId, { accessToken, dpop: good })).action).toBe('OK')
    const fresh = await proof(key, { ...url, htm: 'DELETE' })
    const nonceless = { accessToken, dpop: fresh, dpopNonceRequired: true }
    const refused = await manage('REVOKE', grantId, nonceless)
    expect(refused).toMatchObject({ action: 'UNAUTHORIZED', dpopNonce: expect.any(String) })
    const claims = { nonce: refused.dpopNonce }
    const dpop = await proof(key, { ...url, htm: 'DELETE', claims })
    const revoked = await manage('REVOKE', grantId, { ...nonceless, dpop })
    expect(revoked).toMatchObject({ action: 'NO_CONTENT', dpopNonce: expect.any(String) })
  })
})

describe('managed grants', () => {
  it('are deleted with the authorization of the client by the user', async () => {
    const owner = await service.client()
    const { grantId } = await obtainGrant({}, { subject: 'carol' }, owner)
    const path = `/api/${service.serviceId}/client/authorization/delete/${owner.clientId}/carol`
    await service.call('DELETE', path)
    const answer = await authorize(service, owner, change('merge', grantId))
    expectAnswer(answer, 'LOCATION', 'P084006')
  })

  it('are in the metadata of a service with an endpoint (Grant Management §7.1)', async () => {
    const metadata = await service.get(`/api/${service.serviceId}/service/configuration`)
    expect(metadata).toMatchObject({
      grant_management_endpoint: endpoint,
      grant_management_actions_supported: ['query', 'revoke', 'create', 'merge', 'replace'],
    })
    expect(metadata).not.toHaveProperty('grant_management_action_required')
    const plain = await createService()
    const own = await plain.get(`/api/${plain.serviceId}/service/configuration`)
    expect(Object.keys(own).filter((name) => name.startsWith('grant_m'))).toEqual([])
    await plain.close()
  })
})

describe('managed grant of a backchannel request', () => {
  it.each(['POLL', 'PUSH'] as const)(
    'is created and replaced in %s mode (CIBA §7.1)',
    async (mode) => {
      const ciba = await createCibaService(settings)
      const asker = await cibaClient(ciba, mode)
      const grant = async (more: Record<string, string>) => {
        const { ticket, authReqId } = await begin(ciba, asker, more)
        const pushed = await complete(ciba, ticket)
        return mode === 'PUSH' ? pushed : poll(ciba, asker, authReqId)
      }
      const idOf = ({ responseContent }: Json) => JSON.parse(responseContent).grant_id
      const isActive = async (token: string) =>
        (await ciba.api('/auth/introspection', { token })).action === 'OK'
      const first = await grant(create)
      expect(idOf(first)).toBeTypeOf('string')
      expect(await isActive(first.accessToken)).toBe(true)
      const second = await grant(change('replace', idOf(first)))
      expect(idOf(second)).toBe(idOf(first))
      expect(await isActive(first.accessToken)).toBe(false)
      expect(await isActive(second.accessToken)).toBe(true)
      await ciba.close()
    },
  )
})
