/** Logout requests of clients: OpenID Connect RP-Initiated Logout 1.0. */
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createService, form, obtainTokens, type TestService } from '../../support/flows.ts'
import type { Json } from '../../support/server.ts'

const returnUri = 'https://app.example.com/after-logout'
const settings = {
  backchannelLogoutSupported: true,
  frontchannelLogoutSupported: true,
  endSessionEndpoint: 'https://as.example.com/logout',
}
const on = (more: Record<string, string> = {}) =>
  Object.entries({ 'ext.session.registry': 'on', ...more }).map(([key, value]) => ({ key, value }))

let service: TestService
let client: Json
let users = 0
let subject = ''
let sessionId = ''
let hint = ''
beforeAll(async () => {
  service = await createService({ ...settings, attributes: on() })
  client = await service.client({ postLogoutRedirectUris: [returnUri, `${returnUri}?keep=1`] })
})
afterAll(() => service.close())
beforeEach(async () => {
  await service.configure({ ...settings, attributes: on() })
  users += 1
  subject = `user-${users}`
  ;({ sessionId, hint } = await login(client))
})

/** A session of the user, in which a client got an ID Token. */
async function login(at: Json, of = subject) {
  const { session } = await service.api('/session/create', { subject: of })
  const tokens = await obtainTokens(service, at, {}, { subject: of, sessionId: session.sessionId })
  return { sessionId: session.sessionId as string, hint: tokens.idToken as string, tokens }
}
const request = (parameters: Record<string, string | undefined>, more: Json = {}): Promise<Json> =>
  service.api('/logout', { parameters: form(parameters), ...more })
const isLive = async (id: string): Promise<boolean> =>
  (await service.api('/session/get', { sessionId: id })).action === 'OK'

describe('logout request with an ID Token of the browser’s session', () => {
  it('ends the session and goes to the registered URI with the state (§3)', async () => {
    const state = 'a b+c&d=é/'
    const answer = await request(
      { id_token_hint: hint, post_logout_redirect_uri: returnUri, state },
      { sessionId },
    )
    expect(answer).toMatchObject({
      action: 'LOCATION',
      resultCode: 'P094902',
      count: 1,
      current: true,
    })
    expect(answer.responseContent).toBe(`${returnUri}?${new URLSearchParams({ state })}`)
    expect(answer.browserState).toMatch(/^[\w-]{22}$/)
    expect(await isLive(sessionId)).toBe(false)
  })

  it('adds the state to the query of the registered URI', async () => {
    const uri = `${returnUri}?keep=1`
    const answer = await request(
      { id_token_hint: hint, post_logout_redirect_uri: uri, state: 's' },
      { sessionId },
    )
    expect(answer.responseContent).toBe(`${uri}&state=s`)
  })

  it('ends the session where the request has no URI', async () => {
    const answer = await request({ id_token_hint: hint, state: 's' }, { sessionId })
    expect(answer).toMatchObject({ action: 'OK', resultCode: 'P094904', count: 1 })
    expect(answer.responseContent).toBeUndefined()
  })

  it('is no error the second time: there is nothing to end', async () => {
    const parameters = { id_token_hint: hint, post_logout_redirect_uri: returnUri }
    await request(parameters, { sessionId })
    expect(await request(parameters, { sessionId })).toMatchObject({ action: 'LOCATION', count: 0 })
    expect(await request(parameters)).toMatchObject({ action: 'LOCATION', count: 0 })
  })

  it('is accepted after the ID Token has expired (§2)', async () => {
    await service.api('/session/update', { sessionId, durationSeconds: 2_592_000 })
    service.system.clock.advance(86_400_000 * 7)
    const answer = await request({ id_token_hint: hint }, { sessionId })
    expect(answer).toMatchObject({ action: 'OK', count: 1 })
  })

  it('asks the user all the same where the service or the caller wants it', async () => {
    const asked = await request({ id_token_hint: hint }, { sessionId, confirm: true })
    expect(asked).toMatchObject({ action: 'INTERACTION', reasons: ['POLICY'] })
    await service.configure({
      ...settings,
      attributes: on({ 'ext.logout.confirmation': 'always' }),
    })
    const always = await request({ id_token_hint: hint }, { sessionId })
    expect(always).toMatchObject({ action: 'INTERACTION', reasons: ['POLICY'] })
    const skipping = await service.client({
      attributes: [{ key: 'ext.logout.skip_consent', value: 'true' }],
    })
    const other = await login(skipping)
    const skipped = await request({ id_token_hint: other.hint }, { sessionId: other.sessionId })
    expect(skipped).toMatchObject({ action: 'OK', count: 1 })
  })
})

describe('logout request that does not vouch for the browser’s session', () => {
  it.each([
    ['no parameters', {}, 'NO_HINT'],
    ['only a state', { state: 's' }, 'NO_HINT'],
    ['a malformed hint', { id_token_hint: 'not-a-jwt' }, 'HINT_INVALID'],
  ])('asks the user: %s (§2)', async (_, parameters, reason) => {
    const asked = await request(parameters, { sessionId })
    expect(asked).toMatchObject({
      action: 'INTERACTION',
      resultCode: 'P094901',
      reasons: [reason],
      subject,
      sessionId,
      current: true,
    })
    expect(asked.clients).toEqual([expect.objectContaining({ clientId: client.clientId })])
    expect(asked.expiresIn).toBeGreaterThan(0)
    expect(await isLive(sessionId)).toBe(true)
    const done = await service.api('/logout/issue', { ticket: asked.ticket })
    expect(done).toMatchObject({ action: 'OK', resultCode: 'P095903', count: 1, current: true })
    expect(await isLive(sessionId)).toBe(false)
  })

  it('never redirects with a modified hint, whose URI is refused', async () => {
    const [header, , signature] = hint.split('.')
    const claims = Buffer.from(JSON.stringify({ ...decodeJwt(hint), sub: 'other' }))
    const modified = [header, claims.toString('base64url'), signature].join('.')
    const unsigned = Buffer.from('{"alg":"none"}').toString('base64url')
    for (const id_token_hint of [modified, `${unsigned}.${hint.split('.')[1]}.`]) {
      const asked = await request(
        { id_token_hint, post_logout_redirect_uri: returnUri },
        { sessionId },
      )
      expect(asked.reasons).toEqual(['HINT_INVALID', 'REDIRECT_REFUSED'])
      expect(asked.redirectRefused.resultCode).toBe('P094005')
      const done = await service.api('/logout/issue', { ticket: asked.ticket })
      expect([done.action, done.responseContent]).toEqual(['OK', undefined])
      ;({ sessionId, hint } = await login(client))
    }
  })

  it.each([
    `${returnUri}?query=added`,
    `${returnUri}/`,
    'https://APP.example.com/after-logout',
    'https://evil.example.com/',
    'javascript:alert(1)',
  ])('asks, and never goes to a URI that is not registered: %s', async (uri) => {
    const asked = await request(
      { id_token_hint: hint, post_logout_redirect_uri: uri },
      { sessionId },
    )
    expect(asked).toMatchObject({
      action: 'INTERACTION',
      reasons: ['REDIRECT_REFUSED'],
      redirectRefused: { resultCode: 'P094004' },
    })
    expect(asked.postLogoutRedirectUri).toBeUndefined()
    const done = await service.api('/logout/issue', { ticket: asked.ticket })
    expect([done.action, done.responseContent]).toEqual(['OK', undefined])
  })

  it('goes to the URI of a client without a hint after the user has confirmed', async () => {
    const client_id = String(client.clientId)
    const parameters = { client_id, post_logout_redirect_uri: returnUri, state: 's' }
    const asked = await request(parameters, { sessionId })
    expect(asked).toMatchObject({ reasons: ['NO_HINT'], postLogoutRedirectUri: returnUri })
    const done = await service.api('/logout/issue', { ticket: asked.ticket })
    expect(done).toMatchObject({ action: 'LOCATION', responseContent: `${returnUri}?state=s` })
    expect(await request(parameters)).toMatchObject({ action: 'LOCATION', count: 0 })
  })

  it('does not redirect where no client is known', async () => {
    const answer = await request({ post_logout_redirect_uri: returnUri })
    expect(answer).toMatchObject({ action: 'OK', redirectRefused: { resultCode: 'P094003' } })
  })

  it('asks about the session of the hint where the browser has none, and tells no user', async () => {
    const asked = await request({ id_token_hint: hint })
    expect(asked).toMatchObject({
      action: 'INTERACTION',
      reasons: ['OTHER_SESSION'],
      current: false,
      sessionId,
    })
    expect([asked.subject, asked.clients]).toEqual([undefined, undefined])
    const done = await service.api('/logout/issue', { ticket: asked.ticket })
    expect(done).toMatchObject({ count: 1, current: false })
    expect(await isLive(sessionId)).toBe(false)
  })

  it('asks where the hint is of another session, and ends both of the same user', async () => {
    const other = await login(client)
    const asked = await request({ id_token_hint: other.hint }, { sessionId })
    expect(asked.reasons).toEqual(['OTHER_SESSION'])
    await service.api('/logout/issue', { ticket: asked.ticket })
    expect([await isLive(sessionId), await isLive(other.sessionId)]).toEqual([false, false])
  })

  it('asks where the hint is of another user, and ends only the session of the browser', async () => {
    const other = await login(client, `${subject}-other`)
    const asked = await request({ id_token_hint: other.hint }, { sessionId })
    expect(asked.reasons).toEqual(['OTHER_SUBJECT'])
    await service.api('/logout/issue', { ticket: asked.ticket })
    expect([await isLive(sessionId), await isLive(other.sessionId)]).toEqual([false, true])
  })
})

describe('logout request that is refused', () => {
  it.each([
    ['a repeated parameter', 'state=a&state=b', 'P094001'],
    ['a state of more than 8,192 characters', `state=${'x'.repeat(8_193)}`, 'P094001'],
    ['more than 64 KB', `unknown=${'x'.repeat(66_000)}`, 'P094001'],
  ])('has %s', async (_, parameters, code) => {
    const answer = await service.api('/logout', { parameters, sessionId })
    expect([answer.action, answer.resultCode]).toEqual(['BAD_REQUEST', code])
    expect(JSON.parse(answer.responseContent).error).toBe('invalid_request')
    expect(await isLive(sessionId)).toBe(true)
  })

  it('has a client_id other than the client of the hint (§2)', async () => {
    const other = await service.client()
    const answer = await request(
      { id_token_hint: hint, client_id: String(other.clientId) },
      { sessionId },
    )
    expect([answer.action, answer.resultCode]).toEqual(['BAD_REQUEST', 'P094002'])
  })
})

describe('decision of the user about a logout', () => {
  const ask = () => request({ client_id: String(client.clientId) }, { sessionId })

  it('counts once: the ticket is used up', async () => {
    const { ticket } = await ask()
    const both = await Promise.all([
      service.api('/logout/issue', { ticket }),
      service.api('/logout/issue', { ticket }),
    ])
    expect(both.map(({ action }) => action).sort()).toEqual(['BAD_REQUEST', 'OK'])
    const again = await service.api('/logout/fail', { ticket })
    expect([again.action, again.resultCode]).toEqual(['BAD_REQUEST', 'P095001'])
  })

  it('is refused after the ticket has expired', async () => {
    const { ticket, expiresIn } = await ask()
    service.system.clock.advance(expiresIn * 1_000)
    expect((await service.api('/logout/issue', { ticket })).action).toBe('BAD_REQUEST')
  })

  it('is to stay: no session ends, and the browser goes back where the caller wants it', async () => {
    const { ticket } = await ask()
    expect(await service.api('/logout/fail', { ticket, redirect: true })).toMatchObject({
      action: 'OK',
      resultCode: 'P095912',
    })
    const parameters = { client_id: String(client.clientId), post_logout_redirect_uri: returnUri }
    const asked = await request(parameters, { sessionId })
    const back = await service.api('/logout/fail', { ticket: asked.ticket, redirect: true })
    expect(back).toMatchObject({ action: 'LOCATION', responseContent: returnUri })
    expect(await isLive(sessionId)).toBe(true)
  })

  it('ends every session of the user with the scope SUBJECT', async () => {
    const other = await login(client)
    const { ticket } = await ask()
    const done = await service.api('/logout/issue', { ticket, scope: 'SUBJECT' })
    expect(done).toMatchObject({ action: 'OK', count: 2 })
    expect(await isLive(other.sessionId)).toBe(false)
  })

  it('ends only the part of the client with the scope CLIENT', async () => {
    const other = await service.client()
    const theirs = await obtainTokens(service, other, {}, { subject, sessionId })
    const { ticket } = await ask()
    const done = await service.api('/logout/issue', { ticket, scope: 'CLIENT' })
    expect(done).toMatchObject({ action: 'OK', count: 0, current: false })
    expect(await isLive(sessionId)).toBe(true)
    const { action } = await service.api('/auth/introspection', { token: theirs.accessToken })
    expect(action).toBe('OK')
  })

  it('is refused with the scope CLIENT where no client is known', async () => {
    const { ticket } = await request({}, { sessionId })
    const path = `/api/${service.serviceId}/logout/issue`
    const reply = await service.call('POST', path, { ticket, scope: 'CLIENT' })
    expect([reply.status, reply.body.resultCode]).toEqual([400, 'P095002'])
  })
})

describe('logout of clients that are told by the browser', () => {
  it('returns a page with an iframe for each, which goes on to the client', async () => {
    const told = await service.client({
      frontchannelLogoutUri: 'https://app.example.com/front?x=1',
      postLogoutRedirectUris: [returnUri],
    })
    const { sessionId: id, hint: token } = await login(told)
    const parameters = form({ id_token_hint: token, post_logout_redirect_uri: returnUri })
    const path = `/api/${service.serviceId}/logout`
    const { body } = await service.call(
      'POST',
      path,
      { parameters, sessionId: id },
      { headers: { Prefer: 'relay' } },
    )
    expect(body.action).toBe('PAGE')
    const uri = `https://app.example.com/front?x=1&${form({ iss: 'https://as.example.com', sid: id })}`
    expect(body.frontchannelLogoutUris).toEqual([uri])
    expect(body.responseContent).toContain(`src="${uri.replaceAll('&', '&amp;')}"`)
    expect(body.responseContent).toContain(`data-target="${returnUri}"`)
    expect(body.relay).toMatchObject({
      status: 200,
      headers: {
        'Content-Security-Policy': body.contentSecurityPolicy,
        'Referrer-Policy': 'no-referrer',
        'Cache-Control': 'no-store',
      },
    })
  })
})

describe('logout of a service that keeps no sessions', () => {
  beforeEach(async () => {
    await service.configure({ ...settings, attributes: [] })
  })

  it('ends the tokens of the session that the caller and the hint name', async () => {
    const teller = await service.client({ backchannelLogoutUri: 'https://app.example.com/back' })
    const label = `label-${subject}`
    const tokens = await obtainTokens(service, teller, {}, { subject, sessionId: label })
    const answer = await request({ id_token_hint: tokens.idToken }, { sessionId: label, subject })
    expect(answer).toMatchObject({ action: 'OK', count: 1, deliveries: [] })
    const { action } = await service.api('/auth/introspection', { token: tokens.accessToken })
    expect(action).toBe('UNAUTHORIZED')
  })

  it('asks where the hint is of another session, and refuses the scope SUBJECT', async () => {
    const asked = await request({}, { sessionId: 'label', subject })
    expect(asked).toMatchObject({ action: 'INTERACTION', reasons: ['NO_HINT'], subject })
    const path = `/api/${service.serviceId}/logout/issue`
    const body = { ticket: asked.ticket, scope: 'SUBJECT' }
    const reply = await service.call('POST', path, body)
    expect([reply.status, reply.body.resultCode]).toEqual([400, 'P089004'])
  })

  it('cannot end all sessions of a user that the request did not name', async () => {
    const { ticket } = await request({}, { sessionId: 'label-without-a-user' })
    await service.configure({ ...settings, attributes: on() })
    const path = `/api/${service.serviceId}/logout/issue`
    const reply = await service.call('POST', path, { ticket, scope: 'SUBJECT' })
    expect([reply.status, reply.body.resultCode]).toEqual([400, 'P095003'])
  })
})
