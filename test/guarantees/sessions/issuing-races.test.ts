/**
 * What is issued in a session while it ends: either it was issued first, and is deleted and its
 * client told, or it is refused. OIDC Back-Channel Logout §2.1, §2.7
 */
import { beforeAll, describe, expect, it } from 'vitest'
import {
  authorize,
  obtainCode,
  obtainTokens,
  redeem,
  refresh,
  type TestService,
} from '../../support/flows.ts'
import { type Rivals, requireFirst, rivals, rounds } from '../../support/rivals.ts'
import type { Json } from '../../support/server.ts'
import {
  issuedIn,
  loggedOutUri,
  nothing,
  openSession,
  toldOf,
  withSessions,
} from '../../support/sessions.ts'

const opened = rivals(withSessions())
let race: Rivals['race']
let service: TestService
let client: Json
beforeAll(async () => {
  ;({ race, service } = opened())
  client = await service.client({ backchannelLogoutUri: loggedOutUri })
})

const end = (sessionId: string) => (by: TestService) =>
  by.api('/session/delete', { sessionId }) as Promise<Json>
const isGood = async (token: string) =>
  (await service.api('/auth/introspection', { token })).action === 'OK'
const errorOf = ({ responseContent }: Json): string =>
  URL.canParse(responseContent)
    ? (new URL(responseContent).searchParams.get('error') ?? '')
    : JSON.parse(responseContent).error
const offline = { scope: 'openid offline_access', prompt: 'consent' }

const embedding = {
  supportedTrustFrameworks: ['gold'],
  supportedEvidence: ['document'],
  supportedVerifiedClaims: ['given_name'],
  supportedAttachments: ['EXTERNAL'],
  supportedDigestAlgorithms: ['sha-256'],
  accessTokenForExternalAttachmentEmbedded: true,
}
const wished = {
  verified_claims: {
    verification: {
      trust_framework: null,
      evidence: [{ type: { value: 'document' }, attachments: null }],
    },
    claims: { given_name: null },
  },
}
const attachment = {
  url: 'https://files.example.com/1',
  digest: { alg: 'sha-256', value: 'abc' },
}
const verified = JSON.stringify({
  verified_claims: {
    verification: {
      trust_framework: 'gold',
      evidence: [{ type: 'document', attachments: [attachment] }],
    },
    claims: { given_name: 'Sarah' },
  },
})

/** Nothing bound to the session is left, and each client that took part is told once. */
async function requireEnded(sessionId: string, ended: Json, clients: number[]) {
  expect(ended).toMatchObject({ action: 'OK', count: 1 })
  expect(await issuedIn(service, sessionId)).toEqual(nothing)
  expect(await toldOf(service, sessionId)).toEqual(clients)
}

describe('end of a session', () => {
  it('and a response of the authorization endpoint: no code survives, or none is issued', async () => {
    for (const round of rounds) {
      const { subject, sessionId } = await openSession(service)
      const responseType = round % 2 ? 'code' : 'code token'
      const { ticket } = await authorize(service, client, { response_type: responseType })
      const [issued, ended] = await race(
        round,
        (by) => by.api('/auth/authorization/issue', { ticket, subject, sessionId }),
        end(sessionId),
      )
      expect(issued.action).toBe('LOCATION')
      requireFirst(round, issued.authorizationCode !== undefined)
      const code: string | undefined = issued.authorizationCode
      if (code === undefined) expect(issued.resultCode).toBe('P089001')
      else expect(errorOf(await redeem(service, client, code))).toBe('invalid_grant')
      if (issued.accessToken) expect(await isGood(issued.accessToken)).toBe(false)
      await requireEnded(sessionId, ended, code === undefined ? [] : [client.clientId])
    }
  })

  it('and the redemption of a code: its tokens are deleted, or it is refused', async () => {
    for (const round of rounds) {
      const session = await openSession(service)
      const code = await obtainCode(service, client, {}, session)
      const [redeemed, ended] = await race(
        round,
        (by) => redeem(by, client, code),
        end(session.sessionId),
      )
      requireFirst(round, redeemed.action === 'OK')
      if (redeemed.action === 'OK') expect(await isGood(redeemed.accessToken)).toBe(false)
      else expect(errorOf(redeemed)).toBe('invalid_grant')
      await requireEnded(session.sessionId, ended, [client.clientId])
    }
  })

  it('and the redemption of a code with offline_access: its tokens live without it', async () => {
    for (const round of rounds) {
      const session = await openSession(service)
      const code = await obtainCode(service, client, offline, session)
      const [redeemed, ended] = await race(
        round,
        (by) => redeem(by, client, code),
        end(session.sessionId),
      )
      requireFirst(round, redeemed.action === 'OK')
      if (redeemed.action !== 'OK') expect(errorOf(redeemed)).toBe('invalid_grant')
      else expect((await refresh(service, client, redeemed.refreshToken)).action).toBe('OK')
      await requireEnded(session.sessionId, ended, [client.clientId])
    }
  })

  it('and a refresh: the new tokens are deleted, or it is refused', async () => {
    for (const round of rounds) {
      const session = await openSession(service)
      const tokens = await obtainTokens(service, client, {}, session)
      const [refreshed, ended] = await race(
        round,
        (by) => refresh(by, client, tokens.refreshToken),
        end(session.sessionId),
      )
      requireFirst(round, refreshed.action === 'OK')
      if (refreshed.action === 'OK') {
        expect(await isGood(refreshed.accessToken)).toBe(false)
        expect(errorOf(await refresh(service, client, refreshed.refreshToken))).toBe(
          'invalid_grant',
        )
      } else expect(errorOf(refreshed)).toBe('invalid_grant')
      await requireEnded(session.sessionId, ended, [client.clientId])
    }
  })

  it('and a refresh with offline_access: both succeed, and no token stays in the session', async () => {
    for (const round of rounds) {
      const session = await openSession(service)
      const tokens = await obtainTokens(service, client, offline, session)
      const [refreshed, ended] = await race(
        round,
        (by) => refresh(by, client, tokens.refreshToken),
        end(session.sessionId),
      )
      expect(refreshed.action).toBe('OK')
      expect(await isGood(refreshed.accessToken)).toBe(true)
      await requireEnded(session.sessionId, ended, [client.clientId])
      expect((await refresh(service, client, refreshed.refreshToken)).action).toBe('OK')
    }
  })

  it('and a repeated refresh: afterwards the former response is not given again', async () => {
    await service.configure({ ...withSessions(), refreshTokenIdempotent: true })
    for (const round of rounds) {
      const session = await openSession(service)
      const { refreshToken } = await obtainTokens(service, client, {}, session)
      await refresh(service, client, refreshToken)
      const [again, ended] = await race(
        round,
        (by) => refresh(by, client, refreshToken),
        end(session.sessionId),
      )
      if (again.action !== 'OK') expect(errorOf(again)).toBe('invalid_grant')
      expect(errorOf(await refresh(service, client, refreshToken))).toBe('invalid_grant')
      await requireEnded(session.sessionId, ended, [client.clientId])
    }
    await service.configure(withSessions())
  })

  it('and a refresh that is bound to the session: it is refused, or its tokens deleted', async () => {
    await service.configure(withSessions({ 'ext.session.refresh': 'bound' }))
    for (const round of rounds) {
      const session = await openSession(service)
      const tokens = await obtainTokens(service, client, {}, session)
      const [refreshed, ended] = await race(
        round,
        (by) => refresh(by, client, tokens.refreshToken),
        end(session.sessionId),
      )
      requireFirst(round, refreshed.action === 'OK')
      if (refreshed.action === 'OK') expect(await isGood(refreshed.accessToken)).toBe(false)
      else expect(errorOf(refreshed)).toBe('invalid_grant')
      await requireEnded(session.sessionId, ended, [client.clientId])
    }
    await service.configure(withSessions())
  })

  it('and tokens that the caller creates: they are deleted, or refused', async () => {
    for (const round of rounds) {
      const { subject, sessionId } = await openSession(service)
      const body = {
        grantType: 'AUTHORIZATION_CODE',
        clientId: client.clientId,
        subject,
        sessionId,
      }
      const [created, ended] = await race(
        round,
        (by) => by.api('/auth/token/create', body),
        end(sessionId),
      )
      const isCreated = created.action === 'OK'
      requireFirst(round, isCreated)
      if (isCreated) expect(await isGood(created.accessToken)).toBe(false)
      else expect(created.resultCode).toBe('P089001')
      await requireEnded(sessionId, ended, isCreated ? [client.clientId] : [])
    }
  })

  it('and a token for attachments in UserInfo: it is deleted, or not issued', async () => {
    let given = 0
    await service.configure({ ...withSessions(), ...embedding })
    for (const round of rounds) {
      const session = await openSession(service)
      const asked = { claims: JSON.stringify({ userinfo: wished }) }
      const { accessToken } = await obtainTokens(service, client, asked, session)
      const [info, ended] = await race(
        round,
        (by) => by.api('/auth/userinfo/issue', { token: accessToken, claims: verified }),
        end(session.sessionId),
      )
      const [token] = /(?<="access_token":")[^"]*/.exec(info.responseContent) ?? []
      if (token) expect(await isGood(token)).toBe(false)
      given += token ? 1 : 0
      await requireEnded(session.sessionId, ended, [client.clientId])
    }
    expect(given).toBeGreaterThan(rounds.length / 5)
    await service.configure(withSessions())
  })
})
