/** CIBA from the issued auth_req_id to the tokens: issue, fail, complete, poll. CIBA §7.3 to §12 */
import { createHash } from 'node:crypto'
import { decodeJwt, decodeProtectedHeader } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { selfSigned } from '../../support/certificates.ts'
import {
  ask,
  begin,
  cibaClient,
  cibaGrant,
  complete,
  createCibaService,
  type Mode,
  notificationEndpoint,
  notificationToken,
  poll,
} from '../../support/ciba.ts'
import { dpopKey, proof } from '../../support/dpop.ts'
import { form, issuer, obtainTokens, requestToken, type TestService } from '../../support/flows.ts'
import type { Json } from '../../support/server.ts'

let service: TestService
const clients = {} as Record<Mode, Json>
let client: Json
beforeAll(async () => {
  service = await createCibaService()
  for (const mode of ['POLL', 'PING', 'PUSH'] as const) {
    clients[mode] = await cibaClient(service, mode)
  }
  client = clients.POLL
})
afterAll(() => service.close())
beforeEach(() => service.configure({}))

const contentOf = (answer: Json): Json => JSON.parse(answer.responseContent)
const errorOf = (answer: Json): string => contentOf(answer).error
const issue = (ticket: string): Promise<Json> =>
  service.api('/backchannel/authentication/issue', { ticket })
const ticketOf = async (asker = client, more = {}): Promise<string> =>
  (await ask(service, asker, more)).ticket
const seconds = (count: number) => service.system.clock.advance(count * 1000)
const path = '/backchannel/authentication'
const halfHash = (value: string) =>
  createHash('sha256').update(value).digest().subarray(0, 16).toString('base64url')
const claimName = (name: string) => `urn:openid:params:jwt:claim:${name}`

describe('issuing an auth_req_id', () => {
  it.each<[Mode, object]>([
    ['POLL', { interval: 5 }],
    ['PING', { interval: 5 }],
    ['PUSH', {}],
  ])(
    'answers in %s mode with auth_req_id, its lifetime and interval (CIBA §7.3)',
    async (mode, polls) => {
      const answer = await issue(await ticketOf(clients[mode]))
      expect(answer).toEqual({
        action: 'OK',
        resultCode: 'P071901',
        resultMessage: '[P071901] An auth_req_id was issued.',
        authReqId: expect.stringMatching(/^[\w-]{43}$/),
        expiresIn: 600,
        ...polls,
        responseContent: expect.any(String),
      })
      const { authReqId } = answer
      expect(contentOf(answer)).toEqual({ auth_req_id: authReqId, expires_in: 600, ...polls })
    },
  )

  it('accepts a form as well as JSON', async () => {
    const type = { 'Content-Type': 'application/x-www-form-urlencoded' }
    const answer = await service.api(`${path}/issue`, form({ ticket: await ticketOf() }), type)
    expect(answer).toMatchObject({ action: 'OK' })
  })

  it('is INVALID_TICKET without a ticket, and ignores unknown members', async () => {
    const type = { 'Content-Type': 'application/x-www-form-urlencoded' }
    for (const [body, headers] of [
      [{}, {}],
      [{ clientLocked: true }, {}],
      ['clientLocked=true', type],
    ] as const) {
      const url = `/api/${service.serviceId}${path}/issue`
      const reply = await service.call('POST', url, body, { headers })
      expect(reply.status).toBe(200)
      expect(reply.body).toMatchObject({ action: 'INVALID_TICKET', resultCode: 'P071001' })
      expect(errorOf(reply.body)).toBe('server_error')
    }
  })

  it('is relayed as JSON with Cache-Control: no-store (CIBA §7.3)', async () => {
    const prefer = { Prefer: 'relay' }
    const { relay } = await service.api(`${path}/issue`, { ticket: await ticketOf() }, prefer)
    expect(relay).toMatchObject({
      status: 200,
      headers: { 'Content-Type': 'application/json;charset=utf-8', 'Cache-Control': 'no-store' },
    })
  })

  it('never answers INTERNAL_SERVER_ERROR to a malformed ticket', async () => {
    for (const ticket of ['', 'x', '\u2028', 'x'.repeat(4_096)]) {
      expect(await issue(ticket)).toMatchObject({ action: 'INVALID_TICKET' })
    }
  })

  it('is INVALID_TICKET for an unknown, expired, used or foreign ticket', async () => {
    const expired = await ticketOf()
    const failed = await ticketOf()
    await service.api(`${path}/fail`, { ticket: failed, reason: 'ACCESS_DENIED' })
    const parameters = form({ grant_type: 'password', username: 'u', password: 'p' })
    const credentials = { clientId: String(client.clientId), clientSecret: client.clientSecret }
    const { ticket: other } = await service.api('/auth/token', { parameters, ...credentials })
    for (const ticket of ['unknown', failed, other]) {
      expect(await issue(ticket)).toMatchObject({ action: 'INVALID_TICKET' })
    }
    seconds(600)
    expect(await issue(expired)).toMatchObject({ action: 'INVALID_TICKET' })
    const headers = { Prefer: 'relay' }
    const { relay } = await service.api(`${path}/issue`, { ticket: expired }, headers)
    expect(relay.status).toBe(500)
  })

  it('is an HTTP error without an action for a malformed or unauthorized call', async () => {
    const url = `/api/${service.serviceId}${path}/issue`
    const json = { 'Content-Type': 'application/json' }
    const token = await service.tokenFor(service.serviceId, ['view_client'])
    for (const [status, body, options] of [
      [400, '{', { headers: json }],
      [400, { ticket: { a: 1 } }, {}],
      [401, { ticket: 'x' }, { token: 'unknown' }],
      [403, { ticket: 'x' }, { token }],
    ] as const) {
      const reply = await service.call('POST', url, body, options)
      expect(reply.status).toBe(status)
      expect(Object.keys(reply.body).sort()).toEqual(['resultCode', 'resultMessage'])
    }
  })

  it('is 403 with an API token of another service, and finds no ticket of others', async () => {
    const other = await service.post('/api/service/create', { serviceName: 'Other' })
    const token = await service.tokenFor(other.apiKey, ['use_service'])
    const ticket = await ticketOf()
    for (const operation of ['', '/issue', '/fail', '/complete']) {
      const url = `/api/${service.serviceId}${path}${operation}`
      const reply = await service.call('POST', url, { ticket }, { token })
      expect(reply).toMatchObject({ status: 403, body: { resultCode: expect.any(String) } })
    }
    const foreign = await service.post(`/api/${other.apiKey}${path}/issue`, { ticket })
    expect(foreign).toMatchObject({ action: 'INVALID_TICKET' })
  })

  it('returns the same auth_req_id to a retry within ten seconds, and no later', async () => {
    const ticket = await ticketOf()
    const first = await issue(ticket)
    seconds(10)
    expect(await issue(ticket)).toEqual(first)
    seconds(1)
    expect(await issue(ticket)).toMatchObject({ action: 'INVALID_TICKET' })
    expect(await poll(service, client, first.authReqId)).toMatchObject({ resultCode: 'P025005' })
  })

  it('returns one auth_req_id to fifty concurrent calls with one ticket', async () => {
    const ticket = await ticketOf(clients.PING)
    const answers = await Promise.all(Array.from({ length: 50 }, () => issue(ticket)))
    expect(new Set(answers.map(({ action }) => action))).toEqual(new Set(['OK']))
    expect(new Set(answers.map(({ authReqId }) => authReqId)).size).toBe(1)
  })

  it('uses the lifetime and the interval of the service (CIBA §7.3)', async () => {
    await service.configure({ backchannelAuthReqIdDuration: 42, backchannelPollingInterval: 7 })
    expect(await issue(await ticketOf())).toMatchObject({ expiresIn: 42, interval: 7 })
  })
})

describe('failing a backchannel request', () => {
  it.each([
    ['FORBIDDEN', 'ACCESS_DENIED', 'access_denied'],
    ['BAD_REQUEST', 'EXPIRED_LOGIN_HINT_TOKEN', 'expired_login_hint_token'],
    ['BAD_REQUEST', 'INVALID_BINDING_MESSAGE', 'invalid_binding_message'],
    ['BAD_REQUEST', 'INVALID_TARGET', 'invalid_target'],
    ['BAD_REQUEST', 'INVALID_USER_CODE', 'invalid_user_code'],
    ['BAD_REQUEST', 'MISSING_USER_CODE', 'missing_user_code'],
    ['INTERNAL_SERVER_ERROR', 'SERVER_ERROR', 'server_error'],
    ['BAD_REQUEST', 'UNAUTHORIZED_CLIENT', 'unauthorized_client'],
    ['BAD_REQUEST', 'UNKNOWN_USER_ID', 'unknown_user_id'],
  ])('is %s for the reason %s, with the error %s (CIBA §13)', async (action, reason, error) => {
    const answer = await service.api(`${path}/fail`, { ticket: await ticketOf(), reason })
    expect(answer).toMatchObject({ action, resultCode: expect.stringMatching(/^P07200\d$/) })
    expect(errorOf(answer)).toBe(error)
  })

  it('removes characters that error_description must not contain (RFC 6749 §5.2)', async () => {
    const words = { errorDescription: 'Nobody "by\n that" näme', errorUri: 'https://e.example/"1 ' }
    const fail = async () =>
      contentOf(
        await service.api(`${path}/fail`, {
          ...{ ticket: await ticketOf(), reason: 'UNKNOWN_USER_ID', ...words },
        }),
      )
    expect(await fail()).toEqual({
      error: 'unknown_user_id',
      error_description: '[P072009] Nobody by that nme',
      error_uri: 'https://e.example/1',
    })
    await service.configure({ errorUriOmitted: true, errorDescriptionOmitted: true })
    expect(await fail()).toEqual({ error: 'unknown_user_id' })
  })

  it('is INTERNAL_SERVER_ERROR without a valid ticket or without a reason', async () => {
    const fail = (ticket: string) => service.api(`${path}/fail`, { ticket })
    const ticket = await ticketOf()
    expect(await fail(ticket)).toMatchObject({
      ...{ action: 'INTERNAL_SERVER_ERROR', resultCode: 'P072007' },
    })
    const { ticket: issued } = await begin(service, client)
    for (const bad of [ticket, issued, 'unknown']) {
      const answer = await fail(bad)
      expect(answer).toMatchObject({ action: 'INTERNAL_SERVER_ERROR', resultCode: 'P071001' })
    }
  })
})

describe('completing a backchannel request', () => {
  it('is NO_ACTION in poll mode, since the client polls for the tokens (CIBA §10.1)', async () => {
    const { ticket, authReqId } = await begin(service, client)
    expect(await complete(service, ticket)).toEqual({
      action: 'NO_ACTION',
      resultCode: 'P073901',
      resultMessage: '[P073901] The decision is recorded.',
      authReqId,
      deliveryMode: 'POLL',
      clientId: client.clientId,
      clientIdAliasUsed: false,
      clientName: 'The POLL client',
      accessTokenDuration: 0,
      refreshTokenDuration: 0,
      idTokenDuration: 0,
      resources: [],
      clientEntityIdUsed: false,
      metadataDocumentUsed: false,
    })
  })

  it.each(['AUTHORIZED', 'ACCESS_DENIED', 'TRANSACTION_FAILED'])(
    'notifies a client in ping mode of %s with auth_req_id alone (CIBA §10.2)',
    async (result) => {
      const { ticket, authReqId } = await begin(service, clients.PING)
      const answer = await complete(service, ticket, { result })
      expect(answer).toMatchObject({
        action: 'NOTIFICATION',
        deliveryMode: 'PING',
        clientNotificationEndpoint: notificationEndpoint,
        clientNotificationToken: notificationToken,
      })
      expect(contentOf(answer)).toEqual({ auth_req_id: authReqId })
      expect(answer).not.toHaveProperty('accessToken')
    },
  )

  it('pushes tokens that the ID Token binds by at_hash and rt_hash (CIBA §10.3.1)', async () => {
    const { ticket, authReqId } = await begin(service, clients.PUSH)
    const answer = await complete(service, ticket)
    const content = contentOf(answer)
    expect(answer).toMatchObject({
      action: 'NOTIFICATION',
      deliveryMode: 'PUSH',
      clientNotificationEndpoint: notificationEndpoint,
      clientNotificationToken: notificationToken,
      accessToken: content.access_token,
      refreshToken: content.refresh_token,
      idToken: content.id_token,
      accessTokenDuration: 86_400,
      refreshTokenDuration: 864_000,
      idTokenDuration: 86_400,
    })
    expect(content).toEqual({
      auth_req_id: authReqId,
      access_token: expect.any(String),
      token_type: 'Bearer',
      expires_in: 86_400,
      refresh_token: expect.any(String),
      scope: 'openid profile',
      id_token: expect.any(String),
    })
    const claims = decodeJwt(content.id_token)
    expect(claims).toMatchObject({
      iss: issuer,
      sub: 'alice',
      at_hash: halfHash(content.access_token),
      [claimName('auth_req_id')]: authReqId,
      [claimName('rt_hash')]: halfHash(content.refresh_token),
    })
    expect(await service.api('/auth/introspection', { token: content.access_token })).toMatchObject(
      { action: 'OK', subject: 'alice', grantType: 'CIBA' },
    )
  })

  it('pushes an ID Token without rt_hash if there is no refresh token (CIBA §10.3.1)', async () => {
    const grantTypes = ['CIBA']
    const bare = await cibaClient(service, 'PUSH', { grantTypes })
    const { ticket } = await begin(service, bare)
    const { idToken, refreshToken } = await complete(service, ticket, {
      claims: JSON.stringify({ [claimName('rt_hash')]: 'forged', nickname: 'Al' }),
    })
    expect(refreshToken).toBeUndefined()
    expect(decodeJwt(idToken)).not.toHaveProperty([claimName('rt_hash')])
    expect(decodeJwt(idToken)).toMatchObject({ nickname: 'Al' })
  })

  it.each([
    ['ACCESS_DENIED', 'access_denied', 'P073005'],
    ['TRANSACTION_FAILED', 'transaction_failed', 'P073006'],
  ])(
    'notifies a client in push mode of %s with the error %s (CIBA §12)',
    async (result, error, code) => {
      const { ticket, authReqId } = await begin(service, clients.PUSH)
      const words = { errorDescription: 'So it is.', errorUri: 'https://e.example/' }
      const answer = await complete(service, ticket, { result, subject: '', ...words })
      expect(answer).toMatchObject({ action: 'NOTIFICATION', resultCode: code })
      expect(contentOf(answer)).toEqual({
        ...{ auth_req_id: authReqId, error, error_description: `[${code}] So it is.` },
        error_uri: 'https://e.example/',
      })
    },
  )

  it('is SERVER_ERROR for a ticket without an auth_req_id, and for a deleted client', async () => {
    for (const ticket of ['unknown', await ticketOf()]) {
      const answer = await complete(service, ticket)
      expect(answer).toMatchObject({ action: 'SERVER_ERROR', resultCode: 'P073001' })
      expect(errorOf(answer)).toBe('server_error')
    }
    const gone = await cibaClient(service, 'PUSH')
    const { ticket } = await begin(service, gone)
    const url = `/api/${service.serviceId}/client/delete/${gone.clientId}`
    await service.call('DELETE', url)
    expect(await complete(service, ticket)).toMatchObject({ action: 'SERVER_ERROR' })
  })

  it.each(['POLL', 'PING', 'PUSH'] as const)(
    'succeeds once of fifty concurrent completions in %s mode',
    async (mode) => {
      const { ticket, authReqId } = await begin(service, clients[mode])
      const results = Array.from({ length: 50 }, (_, index) =>
        complete(service, ticket, index % 2 ? {} : { result: 'ACCESS_DENIED' }),
      )
      const answers = await Promise.all(results)
      const refused = answers.filter(({ action }) => action === 'SERVER_ERROR')
      expect(refused).toHaveLength(49)
      expect(new Set(refused.map(({ resultCode }) => resultCode))).toEqual(new Set(['P073001']))
      const tokens = answers.flatMap(({ accessToken }) => (accessToken ? [accessToken] : []))
      for (const token of tokens) {
        expect(await service.api('/auth/introspection', { token })).toMatchObject({ action: 'OK' })
      }
      if (mode !== 'PUSH') await poll(service, clients[mode], authReqId)
    },
  )

  it('is SERVER_ERROR without a subject, and decides nothing', async () => {
    const { ticket } = await begin(service, clients.PING)
    const answer = await complete(service, ticket, { subject: '' })
    expect(answer).toMatchObject({ action: 'SERVER_ERROR', resultCode: 'P073002' })
    expect(await complete(service, ticket)).toMatchObject({ action: 'NOTIFICATION' })
  })

  it('requires the user of the id_token_hint (CIBA §7.1, OIDC Core §3.1.2.1)', async () => {
    const hintFor = async (mode: Mode) => {
      const { idToken } = await obtainTokens(service, clients[mode])
      return begin(service, clients[mode], { login_hint: undefined, id_token_hint: idToken })
    }
    const mallory = { subject: 'mallory' }
    const poller = await hintFor('POLL')
    expect(await complete(service, poller.ticket, mallory)).toMatchObject({
      ...{ action: 'SERVER_ERROR', resultCode: 'P073003' },
    })
    const known = { subject: 'account-1', sub: 'alice' }
    expect(await complete(service, poller.ticket, known)).toMatchObject({ action: 'NO_ACTION' })
    const pushed = await hintFor('PUSH')
    const answer = await complete(service, pushed.ticket, mallory)
    expect(answer).toMatchObject({ action: 'NOTIFICATION', resultCode: 'P073003' })
    expect(errorOf(answer)).toBe('transaction_failed')
    const pinged = await hintFor('PING')
    await complete(service, pinged.ticket, mallory)
    expect(await poll(service, clients.PING, pinged.authReqId)).toMatchObject({
      ...{ action: 'BAD_REQUEST', resultCode: 'P025009' },
    })
  })

  it('requires the user of a pairwise id_token_hint (CIBA §7.1, OIDC Core §8.1)', async () => {
    const client = await cibaClient(service, 'POLL', { subjectType: 'PAIRWISE' })
    const { idToken } = await obtainTokens(service, client)
    const asked = await ask(service, client, { login_hint: undefined, id_token_hint: idToken })
    expect(asked).toMatchObject({ action: 'USER_IDENTIFICATION', sub: 'alice' })
    const begun = () => begin(service, client, { login_hint: undefined, id_token_hint: idToken })
    const { ticket } = await begun()
    expect(await complete(service, ticket, { subject: 'mallory' })).toMatchObject({
      resultCode: 'P073003',
    })
    expect(await complete(service, ticket, { subject: 'alice' })).toMatchObject({
      action: 'NO_ACTION',
    })
  })

  it('notifies the client of an expired or failed completion (CIBA §12)', async () => {
    const keyless = await cibaClient(service, 'PUSH', { idTokenSignAlg: 'ES512' })
    const broken = await complete(service, (await begin(service, keyless)).ticket)
    expect(broken).toMatchObject({ action: 'NOTIFICATION', resultCode: 'P008001' })
    expect(contentOf(broken)).toMatchObject({ error: 'transaction_failed' })
    const waiting = await begin(service, clients.PUSH)
    const polling = await begin(service, client)
    seconds(600)
    const late = await complete(service, waiting.ticket)
    expect(late).toMatchObject({ action: 'NOTIFICATION', resultCode: 'P073004' })
    expect(contentOf(late)).toMatchObject({ error: 'expired_token' })
    expect(late).not.toHaveProperty('accessToken')
    expect(await complete(service, polling.ticket)).toMatchObject({ action: 'SERVER_ERROR' })
  })

  it('applies all parameters of the caller to the tokens and the user', async () => {
    const said = {
      sub: 'alice-at-the-client',
      authTime: 1_700_000_000,
      acr: 'urn:acr:1',
      claims: '{"nickname":"Al","iss":"forged"}',
      properties: [
        { key: 'seen', value: '1' },
        { key: 'unseen', value: '2', hidden: true },
      ],
      scopes: ['openid', 'read', 'unheard-of'],
      idtHeaderParams: '{"x-header":"y"}',
      consentedClaims: ['nickname'],
      jwtAtClaims: '{"tenant":"t"}',
      accessTokenDuration: 60,
      refreshTokenDuration: 120,
      idTokenAudType: 'string',
    }
    await service.configure({ accessTokenSignAlg: 'ES256' })
    const polling = await begin(service, client)
    await complete(service, polling.ticket, said)
    const polled = await poll(service, client, polling.authReqId)
    const pushing = await begin(service, clients.PUSH)
    const pushed = await complete(service, pushing.ticket, said)
    for (const tokens of [polled, pushed]) {
      const content = contentOf(tokens)
      expect(content).toMatchObject({ seen: '1', scope: 'openid read', expires_in: 60 })
      expect(content).not.toHaveProperty('unseen')
      expect(tokens).toMatchObject({ accessTokenDuration: 60, refreshTokenDuration: 120 })
      const { id_token, access_token } = content
      expect(decodeProtectedHeader(id_token)).toMatchObject({ 'x-header': 'y' })
      expect(decodeJwt(id_token)).toMatchObject({
        ...{ iss: issuer, sub: said.sub, auth_time: said.authTime, acr: said.acr },
        ...{ nickname: 'Al', aud: expect.any(String) },
      })
      expect(decodeJwt(access_token)).toMatchObject({ tenant: 't', scope: 'openid read' })
      const known = await service.api('/auth/userinfo', { token: access_token })
      expect(known).toMatchObject({ subject: 'alice', consentedClaims: ['nickname'] })
    }
    const { latestGrantedScopes } = await service.get(
      `/api/${service.serviceId}/client/granted_scopes/get/${client.clientId}?subject=alice`,
    )
    expect(latestGrantedScopes).toEqual(['openid', 'read'])
  })

  it('issues the access token value that the caller chose, in push mode', async () => {
    const { ticket } = await begin(service, clients.PUSH)
    const accessToken = 'an-access-token-that-the-caller-chose'
    expect(await complete(service, ticket, { accessToken })).toMatchObject({ accessToken })
    const second = await begin(service, clients.PUSH)
    const taken = await complete(service, second.ticket, { accessToken })
    expect(taken).toMatchObject({ action: 'SERVER_ERROR', resultCode: 'P014002' })
    expect(await complete(service, second.ticket)).toMatchObject({ action: 'NOTIFICATION' })
  })
})

describe('CIBA grant', () => {
  it('issues tokens for a granted request, which can be refreshed (CIBA §10.1)', async () => {
    for (const mode of ['POLL', 'PING'] as const) {
      const { ticket, authReqId } = await begin(service, clients[mode])
      await complete(service, ticket)
      const tokens = await poll(service, clients[mode], authReqId)
      expect(tokens).toMatchObject({ action: 'OK', grantType: 'CIBA', subject: 'alice' })
      const claims = decodeJwt(tokens.idToken)
      expect(claims).toMatchObject({ sub: 'alice', at_hash: halfHash(tokens.accessToken) })
      // Claims of other flows must be absent (CIBA §10.1.1).
      for (const name of ['c_hash', 's_hash', 'nonce', claimName('auth_req_id')]) {
        expect(claims).not.toHaveProperty([name])
      }
      const refreshed = await requestToken(service, clients[mode], {
        ...{ grant_type: 'refresh_token', refresh_token: tokens.refreshToken },
      })
      expect(refreshed).toMatchObject({ action: 'OK', subject: 'alice' })
    }
  })

  it('answers authorization_pending while the user decides (CIBA §11)', async () => {
    const { authReqId } = await begin(service, client)
    for (let polls = 0; polls < 3; polls += 1) {
      const answer = await poll(service, client, authReqId)
      expect(answer).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P025005' })
      expect(errorOf(answer)).toBe('authorization_pending')
      seconds(5)
    }
  })

  it('answers slow_down within the interval, and adds 5 s to the interval (CIBA §11)', async () => {
    const { ticket, authReqId } = await begin(service, client)
    const errorAfter = async (count: number) => {
      seconds(count)
      return errorOf(await poll(service, client, authReqId))
    }
    expect(await errorAfter(0)).toBe('authorization_pending')
    expect(await errorAfter(4)).toBe('slow_down')
    expect(await errorAfter(9)).toBe('slow_down')
    expect(await errorAfter(14)).toBe('slow_down')
    expect(await errorAfter(20)).toBe('authorization_pending')
    expect(await errorAfter(19)).toBe('slow_down')
    // A decided request is answered also if the client polls too fast.
    await complete(service, ticket)
    expect(await poll(service, client, authReqId)).toMatchObject({ action: 'OK' })
  })

  it('answers expired_token after the requested_expiry of 10 s (CIBA §11)', async () => {
    const { ticket, authReqId, expiresIn } = await begin(service, client, {
      requested_expiry: '10',
    })
    expect(expiresIn).toBe(10)
    await complete(service, ticket)
    seconds(10)
    const answer = await poll(service, client, authReqId)
    expect(answer).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P025007' })
    expect(errorOf(answer)).toBe('expired_token')
  })

  it('answers access_denied for a request that the user denied (CIBA §11)', async () => {
    const { ticket, authReqId } = await begin(service, client)
    const words = { errorDescription: 'No, thanks.', errorUri: 'https://e.example/' }
    await complete(service, ticket, { result: 'ACCESS_DENIED', ...words })
    expect(contentOf(await poll(service, client, authReqId))).toEqual({
      error: 'access_denied',
      error_description: '[P025008] No, thanks.',
      error_uri: 'https://e.example/',
    })
  })

  it('answers expired_token for a transaction that failed (CIBA §11)', async () => {
    const { ticket, authReqId } = await begin(service, client)
    await complete(service, ticket, { result: 'TRANSACTION_FAILED', subject: '' })
    const answer = await poll(service, client, authReqId)
    expect(answer).toMatchObject({ resultCode: 'P025009' })
    expect(errorOf(answer)).toBe('expired_token')
  })

  it('rejects an auth_req_id of another client without consuming it (CIBA §11)', async () => {
    const { ticket, authReqId } = await begin(service, client)
    await complete(service, ticket)
    const other = await cibaClient(service, 'POLL')
    for (const asker of [other, clients.PUSH]) {
      const answer = await poll(service, asker, authReqId)
      expect(answer).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P025003' })
      expect(errorOf(answer)).toBe('invalid_grant')
    }
    expect(await poll(service, client, authReqId)).toMatchObject({ action: 'OK' })
  })

  it('rejects an auth_req_id that was used or never issued: invalid_grant (CIBA §11)', async () => {
    const { ticket, authReqId } = await begin(service, client)
    await complete(service, ticket)
    const { accessToken } = await poll(service, client, authReqId)
    const used = await poll(service, client, authReqId)
    expect(used).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P025010' })
    const unknown = await poll(service, client, 'unknown')
    expect(unknown).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P025002' })
    for (const answer of [used, unknown]) expect(errorOf(answer)).toBe('invalid_grant')
    const known = await service.api('/auth/introspection', { token: accessToken })
    expect(known).toMatchObject({ action: 'OK' })
  })

  it('rejects a client whose authentication fails: invalid_client (RFC 6749 §5.2)', async () => {
    const { authReqId } = await begin(service, client)
    const answer = await poll(service, { ...client, clientSecret: 'wrong' }, authReqId)
    expect(answer).toMatchObject({ action: 'INVALID_CLIENT' })
    expect(errorOf(answer)).toBe('invalid_client')
  })

  it('rejects a request without an auth_req_id: invalid_request (CIBA §10.1)', async () => {
    const answer = await requestToken(service, client, { grant_type: cibaGrant })
    expect(answer).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P025001' })
  })

  it('rejects polls of clients in push mode: unauthorized_client (CIBA §11)', async () => {
    const { ticket, authReqId } = await begin(service, clients.PUSH)
    await complete(service, ticket)
    for (const id of [authReqId, 'unknown']) {
      const answer = await poll(service, clients.PUSH, id)
      expect(answer).toMatchObject({ action: 'BAD_REQUEST', resultCode: 'P025004' })
      expect(errorOf(answer)).toBe('unauthorized_client')
    }
  })

  it('narrows resources, and rejects others as invalid_target (RFC 8707 §2.2)', async () => {
    const granted = async () => {
      const { ticket, authReqId } = await begin(service, client, {
        resource: 'https://rs.example.com/',
      })
      await complete(service, ticket)
      return { grant_type: cibaGrant, auth_req_id: authReqId }
    }
    const other = { ...(await granted()), resource: 'https://other.example/' }
    expect(await requestToken(service, client, other)).toMatchObject({ resultCode: 'P012002' })
    const same = { ...(await granted()), resource: 'https://rs.example.com/' }
    expect(await requestToken(service, client, same)).toMatchObject({
      accessTokenResources: ['https://rs.example.com/'],
    })
  })

  it('applies the properties, claims and durations of the token request', async () => {
    const { ticket, authReqId } = await begin(service, client)
    await complete(service, ticket, { properties: [{ key: 'a', value: '1' }] })
    const tokens = await poll(service, client, authReqId, {
      ...{ properties: '[{"key":"b","value":"2"}]', accessTokenDuration: 30 },
      accessToken: 'a-polled-token-that-the-caller-chose',
    })
    expect(contentOf(tokens)).toMatchObject({ a: '1', b: '2', expires_in: 30 })
    expect(tokens.accessToken).toBe('a-polled-token-that-the-caller-chose')
  })
})

describe('tokens of the CIBA grant', () => {
  it('are bound to the DPoP key of the successful poll (RFC 9449 §5)', async () => {
    const bound = await cibaClient(service, 'POLL', { dpopRequired: true })
    const { ticket, authReqId } = await begin(service, bound)
    await complete(service, ticket)
    expect(await poll(service, bound, authReqId)).toMatchObject({ action: 'BAD_REQUEST' })
    const now = service.system.clock()
    const dpop = await proof(await dpopKey(), { htu: `${issuer}/token`, now })
    const tokens = await poll(service, bound, authReqId, { dpop })
    expect(contentOf(tokens)).toMatchObject({ token_type: 'DPoP' })
  })

  it('are bound to the certificate of the poll, or of a push request (RFC 8705 §3)', async () => {
    const certificate = selfSigned('/CN=ciba')
    await service.configure({ tlsClientCertificateBoundAccessTokens: true })
    const binding = { tlsClientCertificateBoundAccessTokens: true }
    const polling = await cibaClient(service, 'POLL', binding)
    const { ticket, authReqId } = await begin(service, polling)
    await complete(service, ticket)
    expect(await poll(service, polling, authReqId)).toMatchObject({ resultCode: 'P017002' })
    const polled = await poll(service, polling, authReqId, { clientCertificate: certificate })
    const pushing = await cibaClient(service, 'PUSH', binding)
    expect(await ask(service, pushing)).toMatchObject({ resultCode: 'P017002' })
    const asked = await service.api(path, {
      parameters: form({
        ...{ scope: 'openid', login_hint: 'a', client_notification_token: 'token' },
      }),
      ...{ clientId: String(pushing.clientId), clientSecret: pushing.clientSecret },
      clientCertificate: certificate,
    })
    await issue(asked.ticket)
    const pushed = await complete(service, asked.ticket)
    for (const { accessToken: token } of [polled, pushed]) {
      const presented = { token, clientCertificate: certificate }
      expect(await service.api('/auth/introspection', presented)).toMatchObject({ action: 'OK' })
      const without = await service.api('/auth/introspection', { token })
      expect(without).toMatchObject({ action: 'UNAUTHORIZED' })
    }
  })
})

describe('a hundred concurrent polls', () => {
  const hundred = (asker: Json, authReqId: string) =>
    Promise.all(Array.from({ length: 100 }, () => poll(service, asker, authReqId)))

  it.each(['POLL', 'PING'] as const)(
    'get tokens once from one grant (CIBA §11, %s)',
    async (mode) => {
      const { ticket, authReqId } = await begin(service, clients[mode])
      await complete(service, ticket)
      const answers = await hundred(clients[mode], authReqId)
      const [winner, ...more] = answers.filter(({ action }) => action === 'OK')
      expect(more).toEqual([])
      const lost = answers.filter((answer) => answer !== winner)
      expect(new Set(lost.map(errorOf))).toEqual(new Set(['invalid_grant']))
      const { totalCount } = await service.get(
        `/api/${service.serviceId}/auth/token/get/list?clientIdentifier=${clients[mode].clientId}`,
      )
      const known = await service.api('/auth/introspection', { token: winner.accessToken })
      expect([known.action, totalCount > 0]).toEqual(['OK', true])
    },
  )

  it('get authorization_pending once, and slow_down otherwise (CIBA §11)', async () => {
    const { authReqId } = await begin(service, client)
    const answers = await hundred(client, authReqId)
    const pending = answers.filter((answer) => errorOf(answer) === 'authorization_pending')
    expect(pending).toHaveLength(1)
    expect(new Set(answers.map(errorOf))).toEqual(new Set(['authorization_pending', 'slow_down']))
  })
})

describe('metadata of CIBA', () => {
  const metadata = () => service.get(`/api/${service.serviceId}/service/configuration`)

  it('lists the endpoint, the delivery modes and the algorithms (CIBA §4)', async () => {
    await service.configure({ backchannelUserCodeParameterSupported: true })
    const document = await metadata()
    expect(document).toMatchObject({
      backchannel_authentication_endpoint: `${issuer}/backchannel`,
      backchannel_token_delivery_modes_supported: ['poll', 'ping', 'push'],
      backchannel_user_code_parameter_supported: true,
      backchannel_authentication_request_signing_alg_values_supported: expect.arrayContaining([
        'ES256',
        'PS256',
      ]),
    })
    expect(document.grant_types_supported).toContain(cibaGrant)
    const algorithms = document.backchannel_authentication_request_signing_alg_values_supported
    expect(algorithms).not.toContain('none')
    expect(algorithms).not.toContain('HS256')
  })

  it('is absent if the service supports no delivery mode (CIBA §4)', async () => {
    await service.configure({ supportedBackchannelTokenDeliveryModes: [] })
    const document = await metadata()
    expect(Object.keys(document).filter((name) => /^backchannel_/.test(name))).toEqual([])
    expect(document.grant_types_supported).not.toContain(cibaGrant)
  })
})

describe('CIBA properties of a client', () => {
  it('are returned as they were set: mode, endpoint, algorithm, user code', async () => {
    const properties = {
      ...{ bcDeliveryMode: 'PING', bcNotificationEndpoint: notificationEndpoint },
      ...{ bcRequestSignAlg: 'PS256', bcUserCodeRequired: true },
    }
    const created = await cibaClient(service, 'PING', properties)
    const url = `/api/${service.serviceId}/client/get/${created.clientId}`
    expect(await service.get(url)).toMatchObject(properties)
  })
})
