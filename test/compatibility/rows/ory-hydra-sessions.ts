/** H: discovery, UserInfo, sessions and logout of Ory Hydra. */
import { decodeJwt } from 'jose'
import { expect } from 'vitest'
import { form, issuer, obtainTokens, refresh, type TestService } from '../../support/flows.ts'
import type { Json } from '../../support/server.ts'
import { loggedOutUri, openSession, toldOf, withSessions } from '../../support/sessions.ts'
import {
  bodyOf,
  discovery,
  type Row,
  refusalOf,
  relayed,
  userInfo,
  type World,
  works,
} from './world.ts'

/** A service that keeps sessions and tells clients of logouts in both ways. */
const sessionService = ({ service }: World, more: Record<string, string> = {}) =>
  service({
    ...withSessions(more),
    ...{ frontchannelLogoutSupported: true, endSessionEndpoint: `${issuer}/logout` },
  })

/** A user who is logged in to a client by a session. */
async function logIn(at: TestService, client: Json, of: Json = {}) {
  const session = of.sessionId ? of : await openSession(at)
  const { subject, sessionId } = session
  const tokens = await obtainTokens(at, client, {}, { subject, sessionId })
  return { subject, sessionId, tokens, hint: tokens.idToken as string }
}

const logOut = (at: TestService, parameters: Record<string, string>, more: Json = {}) =>
  at.api('/logout', { parameters: form(parameters), ...more })

const isLive = async (at: TestService, sessionId: string): Promise<boolean> =>
  (await at.api('/session/get', { sessionId })).action === 'OK'

const users: Row[] = [
  {
    row: 'H11',
    title: 'discovery lists what the service supports, and nothing that it does not',
    async check({ service }) {
      const supportedGrantTypes = ['AUTHORIZATION_CODE', 'REFRESH_TOKEN']
      const at = await service({ supportedGrantTypes, supportedAcrs: ['urn:acr:a'] })
      expect(await discovery(at)).toMatchObject({
        ...{ issuer, grant_types_supported: ['authorization_code', 'refresh_token'] },
        ...{ subject_types_supported: ['public', 'pairwise'], acr_values_supported: ['urn:acr:a'] },
        ...{ response_types_supported: ['code', 'none'] },
      })
    },
  },
  {
    row: 'H12',
    title:
      'UserInfo returns the claims of the consent without asking again, and a challenge for a bad token',
    async check({ service }) {
      const at = await service({ 'ext.userinfo.stored_claims': 'true' })
      const client = await at.client()
      const issue = {
        claims: JSON.stringify({ department: 'Research' }),
        userInfoClaims: JSON.stringify({ nickname: 'al' }),
      }
      const first = await obtainTokens(at, client, {}, issue)
      expect(decodeJwt(first.idToken)['department']).toBe('Research')
      expect(bodyOf(await userInfo(at, first.accessToken))).toEqual({
        sub: 'alice',
        nickname: 'al',
      })
      const next = await refresh(at, client, first.refreshToken)
      expect(decodeJwt(next.idToken)['department']).toBe('Research')
      expect(bodyOf(await userInfo(at, next.accessToken))).toMatchObject({ nickname: 'al' })
      const relay = await relayed(at, '/auth/userinfo', { token: 'unknown' })
      expect(relay.status).toBe(401)
      expect(relay.headers['WWW-Authenticate']).toMatch(/^Bearer .*error="invalid_token"/)
    },
  },
  {
    row: 'H22',
    title: 'errors of clients are OAuth errors, and errors of calls have a result code',
    async check({ service }) {
      const at = await service()
      const oauth = bodyOf(await at.api('/auth/token', { parameters: '' }))
      expect(oauth).toMatchObject({
        error: 'invalid_client',
        error_description: expect.any(String),
      })
      const path = `/api/${at.serviceId}/auth/token/revoke`
      const { status, body } = await at.call('POST', path, {})
      expect([status, Object.keys(body)]).toEqual([400, ['resultCode', 'resultMessage']])
    },
  },
]

const logouts: Row[] = [
  {
    row: 'H15',
    title: 'the logout endpoint begins a logout and completes it when the user confirms',
    async check(world) {
      const at = await sessionService(world)
      const client = await at.client()
      expect((await discovery(at)).end_session_endpoint).toBe(`${issuer}/logout`)
      const { sessionId, subject, tokens } = await logIn(at, client)
      const asked = await logOut(at, {}, { sessionId })
      expect(asked).toMatchObject({ action: 'INTERACTION', subject, sessionId })
      const stay = await logOut(at, {}, { sessionId })
      expect((await at.api('/logout/fail', { ticket: stay.ticket })).action).toBe('OK')
      expect(await isLive(at, sessionId)).toBe(true)
      expect((await at.api('/logout/issue', { ticket: asked.ticket })).count).toBe(1)
      expect(await isLive(at, sessionId)).toBe(false)
      expect(await works(at, tokens.accessToken)).toBe(false)
    },
  },
  {
    row: 'H16',
    title: 'a client may log its user out without a question where the operator lets it',
    async check(world) {
      const at = await sessionService(world, { 'ext.logout.confirmation': 'always' })
      const outcomeOf = async (client: Json) => {
        const { hint, sessionId } = await logIn(at, client)
        return (await logOut(at, { id_token_hint: hint }, { sessionId })).action
      }
      expect(await outcomeOf(await at.client())).toBe('INTERACTION')
      expect(await outcomeOf(await at.client({ 'ext.logout.skip_consent': 'true' }))).toBe('OK')
    },
  },
  {
    row: 'H17',
    title: 'a logout goes to a registered URI of the client with its state, and to no other URI',
    async check(world) {
      const at = await sessionService(world)
      const client = await at.client({ postLogoutRedirectUris: [loggedOutUri] })
      const leave = async (post_logout_redirect_uri: string) => {
        const { hint, sessionId } = await logIn(at, client)
        const parameters = { id_token_hint: hint, post_logout_redirect_uri, state: 'a b' }
        return logOut(at, parameters, { sessionId })
      }
      expect(await leave(loggedOutUri)).toMatchObject({
        ...{ action: 'LOCATION', responseContent: `${loggedOutUri}?state=a+b` },
      })
      const other = await leave('https://evil.example.com/')
      expect([other.action, other.postLogoutRedirectUri]).toEqual(['INTERACTION', undefined])
    },
  },
  {
    row: 'H18',
    title: 'a logout returns a page that loads the logout page of each client, with iss and sid',
    async check(world) {
      const at = await sessionService(world)
      const frontchannelLogoutUri = 'https://app.example.com/front'
      const client = await at.client({
        ...{ frontchannelLogoutUri, frontchannelLogoutSessionRequired: true },
      })
      const { hint, sessionId } = await logIn(at, client)
      const page = await logOut(at, { id_token_hint: hint }, { sessionId })
      expect(page.action).toBe('PAGE')
      const { sid = '' } = decodeJwt(hint) as { sid?: string }
      const uri = `${frontchannelLogoutUri}?${form({ iss: issuer, sid })}`
      expect(page.frontchannelLogoutUris).toEqual([uri])
      expect(page.responseContent).toContain(`src="${uri.replaceAll('&', '&amp;')}"`)
    },
  },
  {
    row: 'H19',
    title:
      'a client that does not take its logout token gets another later, and the logout goes on',
    async check(world) {
      const at = await sessionService(world)
      const uri = 'https://flaky.example.com/backchannel'
      const client = await at.client({ backchannelLogoutUri: uri })
      at.system.fetch.answer(uri, { status: 503 })
      const { hint, sessionId } = await logIn(at, client)
      const ended = await logOut(at, { id_token_hint: hint }, { sessionId, waitMs: 2_000 })
      expect([ended.action, ended.count]).toEqual(['OK', 1])
      at.system.fetch.answer(uri, { status: 200 })
      at.system.clock.advance(60_000)
      await at.outbox.begin()
      await at.outbox.idle()
      const sent = at.system.fetch.asked.filter(({ url }) => url === uri)
      const jwtIds = sent.map(({ options }) => {
        const token = new URLSearchParams(options.body).get('logout_token') ?? ''
        return decodeJwt(token).jti
      })
      expect([jwtIds.length, new Set(jwtIds).size]).toEqual([2, 2])
      const { deliveries } = await at.api('/logout/delivery/list', { sessionId })
      expect(deliveries.map(({ status }: Json) => status)).toEqual(['DELIVERED'])
    },
  },
]

const registry: Row[] = [
  {
    row: 'H20',
    title:
      'sessions are kept across clients, listed, and ended with their tokens and notifications',
    async check(world) {
      const at = await sessionService(world)
      const backchannelLogoutUri = 'https://app.example.com/backchannel'
      const clients = [await at.client({ backchannelLogoutUri }), await at.client()]
      const session = await openSession(at, { acr: 'urn:acr:a', amr: ['pwd'] })
      const { subject, sessionId } = session
      const issued = []
      for (const client of clients) issued.push((await logIn(at, client, session)).tokens)
      const got = await at.api('/session/get', { sessionId })
      expect(got.session).toMatchObject({ subject, status: 'LIVE', acr: 'urn:acr:a' })
      const listed = await at.api('/session/list', { subject })
      expect(listed.sessions.map((each: Json) => each.sessionId)).toEqual([sessionId])
      const ended = await at.api('/session/delete', { sessionId })
      expect([ended.action, ended.count]).toEqual(['OK', 1])
      for (const { accessToken } of issued) expect(await works(at, accessToken)).toBe(false)
      expect(await toldOf(at, sessionId)).toEqual([clients[0]?.clientId])
    },
  },
  {
    row: 'H21',
    title: 'an operator revokes what was granted by user, by client and by session',
    async check(world) {
      const at = await sessionService(world)
      const [one, other] = [await at.client(), await at.client()]
      const { subject, sessionId, tokens } = await logIn(at, one)
      const apart = await obtainTokens(at, one, {}, { subject })
      const elsewhere = await obtainTokens(at, other, {}, { subject })
      await at.api('/auth/token/revoke', { sessionId })
      const states = async () =>
        Promise.all([tokens, apart, elsewhere].map(({ accessToken }) => works(at, accessToken)))
      expect(await states()).toEqual([false, true, true])
      expect(await isLive(at, sessionId)).toBe(true)
      const path = `/api/${at.serviceId}/client/authorization/delete/${one.clientId}`
      await at.call('DELETE', `${path}?subject=${subject}`)
      expect(await states()).toEqual([false, false, true])
      await at.api('/auth/token/revoke', { subject })
      expect(await states()).toEqual([false, false, false])
      await at.api('/session/delete', { subject })
      expect(await isLive(at, sessionId)).toBe(false)
      const refused = await refresh(at, one, tokens.refreshToken)
      expect(refusalOf(refused)).toBe('BAD_REQUEST invalid_grant')
    },
  },
]

export const hydraSessions: readonly Row[] = [...users, ...logouts, ...registry]
