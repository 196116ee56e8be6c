/**
 * Decisions on another device, and apps of one vendor, while the session ends: what they give is
 * deleted with it, or they are refused. CIBA §11, RFC 8628 §3.5, OIDC Native SSO §4
 */
import { beforeAll, describe, expect, it } from 'vitest'
import { begin, cibaClient, complete, type Mode, poll } from '../../support/ciba.ts'
import { form, issuer, obtainTokens, requestToken, type TestService } from '../../support/flows.ts'
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

const settings = {
  nativeSsoSupported: true,
  supportedScopes: ['openid', 'profile', 'device_sso'].map((name) => ({ name })),
  supportedBackchannelTokenDeliveryModes: ['POLL', 'PUSH'],
  backchannelAuthenticationEndpoint: `${issuer}/backchannel`,
  deviceAuthorizationEndpoint: `${issuer}/device`,
  deviceVerificationUri: `${issuer}/activate`,
}
const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code'

const opened = rivals({ ...withSessions(), ...settings })
let race: Rivals['race']
let service: TestService
let client: Json
let pushed: Json
beforeAll(async () => {
  ;({ race, service } = opened())
  const tell = { backchannelLogoutUri: loggedOutUri }
  client = await cibaClient(service, 'POLL', tell)
  pushed = await cibaClient(service, 'PUSH', tell)
})

const end = (sessionId: string) => (by: TestService) =>
  by.api('/session/delete', { sessionId }) as Promise<Json>
const isGood = async (token: string) =>
  (await service.api('/auth/introspection', { token })).action === 'OK'

async function requireEnded(sessionId: string, ended: Json, clients: number[]) {
  expect(ended).toMatchObject({ action: 'OK', count: 1 })
  expect(await issuedIn(service, sessionId)).toEqual(nothing)
  expect(await toldOf(service, sessionId)).toEqual(clients)
}

async function device() {
  const answer = await service.api('/device/authorization', {
    parameters: form({ scope: 'openid' }),
    clientId: String(client.clientId),
    clientSecret: client.clientSecret,
  })
  const redeem = (by: TestService) =>
    requestToken(by, client, { grant_type: deviceGrant, device_code: answer.deviceCode })
  return { userCode: answer.userCode as string, redeem }
}

describe('end of a session', () => {
  it('and the decision about a device: no device gets tokens of it', async () => {
    for (const round of rounds) {
      const session = await openSession(service)
      const { userCode, redeem } = await device()
      const decision = { userCode, result: 'AUTHORIZED', ...session }
      const [decided, ended] = await race(
        round,
        (by) => by.api('/device/complete', decision),
        end(session.sessionId),
      )
      const isDecided = decided.action === 'SUCCESS'
      requireFirst(round, isDecided)
      if (!isDecided) expect(decided.resultCode).toBe('P089001')
      expect((await redeem(service)).action).toBe('BAD_REQUEST')
      await requireEnded(session.sessionId, ended, isDecided ? [client.clientId] : [])
    }
  })

  it('and the redemption of a device code: its tokens are deleted, or it is refused', async () => {
    for (const round of rounds) {
      const session = await openSession(service)
      const { userCode, redeem } = await device()
      await service.api('/device/complete', { userCode, result: 'AUTHORIZED', ...session })
      const [redeemed, ended] = await race(round, redeem, end(session.sessionId))
      requireFirst(round, redeemed.action === 'OK')
      if (redeemed.action === 'OK') expect(await isGood(redeemed.accessToken)).toBe(false)
      else expect(JSON.parse(redeemed.responseContent).error).toMatch(/expired_token|invalid_grant/)
      await requireEnded(session.sessionId, ended, [client.clientId])
    }
  })

  it.each(['POLL', 'PUSH'] as Mode[])(
    'and the decision about a backchannel request with %s: no token of it lives',
    async (mode) => {
      const asking = mode === 'POLL' ? client : pushed
      for (const round of rounds) {
        const session = await openSession(service)
        const { ticket } = await begin(service, asking, { scope: 'openid' })
        const [decided, ended] = await race(
          round,
          (by) => complete(by, ticket, session),
          end(session.sessionId),
        )
        requireFirst(round, decided.resultCode !== 'P089001')
        if (decided.accessToken) expect(await isGood(decided.accessToken)).toBe(false)
        expect(await toldOf(service, session.sessionId)).toHaveLength(
          decided.resultCode === 'P089001' ? 0 : 1,
        )
        expect(ended.count).toBe(1)
        expect(await issuedIn(service, session.sessionId)).toEqual(nothing)
      }
    },
  )

  it('and the redemption of a backchannel request: its tokens are deleted, or refused', async () => {
    for (const round of rounds) {
      const session = await openSession(service)
      const { ticket, authReqId } = await begin(service, client, { scope: 'openid' })
      await complete(service, ticket, session)
      const [redeemed, ended] = await race(
        round,
        (by) => poll(by, client, authReqId),
        end(session.sessionId),
      )
      requireFirst(round, redeemed.action === 'OK')
      if (redeemed.action === 'OK') expect(await isGood(redeemed.accessToken)).toBe(false)
      else expect(JSON.parse(redeemed.responseContent).error).toMatch(/expired_token|invalid_grant/)
      await requireEnded(session.sessionId, ended, [client.clientId])
    }
  })
})

const deviceSecret = 'a-device-secret-that-the-frontend-made'

/** An app of the vendor has tokens and a device secret of the session. */
async function shared(app: Json, session: { subject: string; sessionId: string }) {
  const scope = 'openid device_sso'
  const issue = { ...session, authTime: 1_700_000_000 }
  const first = await obtainTokens(service, app, { scope }, issue)
  const { accessToken, refreshToken } = first
  const { idToken } = await service.api('/nativesso', { accessToken, refreshToken, deviceSecret })
  return (other: Json) => (by: TestService) =>
    requestToken(by, other, {
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      scope,
      subject_token: idToken,
      subject_token_type: 'urn:ietf:params:oauth:token-type:id_token',
      actor_token: deviceSecret,
      actor_token_type: 'urn:openid:params:token-type:device-secret',
    }) as Promise<Json>
}

describe('exchange of Native SSO', () => {
  const grantTypes = ['AUTHORIZATION_CODE', 'REFRESH_TOKEN', 'TOKEN_EXCHANGE']

  it('and the end of the session: its tokens are deleted, or it is refused', async () => {
    const tell = { backchannelLogoutUri: loggedOutUri, grantTypes }
    const [app, other] = [await service.client(tell), await service.client(tell)]
    for (const round of rounds) {
      const session = await openSession(service)
      const exchanging = (await shared(app, session))(other)
      const [exchanged, ended] = await race(round, exchanging, end(session.sessionId))
      const isOk = exchanged.action === 'NATIVE_SSO'
      requireFirst(round, isOk)
      if (isOk) expect(await isGood(exchanged.accessToken)).toBe(false)
      else expect(exchanged.action).toBe('BAD_REQUEST')
      const told = isOk ? [app.clientId, other.clientId].sort() : [app.clientId]
      await requireEnded(session.sessionId, ended, told)
    }
  })

  it('and the logout of a session that is a label: alike', async () => {
    await service.configure({ ...settings, attributes: [] })
    const [app, other] = [
      await service.client({ grantTypes }),
      await service.client({ grantTypes }),
    ]
    for (const round of rounds) {
      const session = { subject: 'alice', sessionId: `label-${round}` }
      const exchanging = (await shared(app, session))(other)
      const [exchanged] = await race(
        round,
        exchanging,
        (by) => by.api('/nativesso/logout', { sessionId: session.sessionId }) as Promise<Json>,
      )
      requireFirst(round, exchanged.action === 'NATIVE_SSO')
      if (exchanged.action === 'NATIVE_SSO') expect(await isGood(exchanged.accessToken)).toBe(false)
      else expect(exchanged.action).toBe('BAD_REQUEST')
      expect(await issuedIn(service, session.sessionId)).toEqual(nothing)
    }
  })
})
