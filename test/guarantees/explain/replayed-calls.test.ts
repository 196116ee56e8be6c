/**
 * Each operation that can be run dry, and each grant: a dry run changes no row, and ends as the
 * call that follows it. A run of all tests with TEST_REPLAY=true does so with all of their calls.
 */
import { importJWK, SignJWT } from 'jose'
import { afterAll, describe, expect, it } from 'vitest'
import { implementedGrantTypes } from '../../../src/grants/index.ts'
import { grantTypeNames } from '../../../src/oauth/grants/grant-type.ts'
import { begin, complete, poll } from '../../support/ciba.ts'
import { createIssuer } from '../../support/credentials.ts'
import {
  issuer,
  obtainCode,
  obtainTokens,
  redeem,
  refresh,
  requestToken,
  type TestService,
} from '../../support/flows.ts'
import { clientKey } from '../../support/keys.ts'
import { createOffer, redeemOffer } from '../../support/offers.ts'
import {
  asksForDevice,
  ciba,
  client,
  configure,
  openRelayed,
  rows,
  service,
} from '../../support/relayed-calls.ts'
import { rehearsable } from '../../support/replay.ts'
import type { Json, ServerOptions } from '../../support/server.ts'

const options: ServerOptions = { replays: true }
openRelayed(options)

const grant = (name: string) => `urn:ietf:params:oauth:grant-type:${name}`
const faultsOf = (of: TestService) => of.replayed?.faults.splice(0)

const firsts = Object.entries(rows).map(([path, actions]) => {
  const [[action, row] = []] = Object.entries(actions)
  return [path, action, row] as const
})

describe('call that is rehearsed before it is made', () => {
  it.each(firsts)('%s changes no row, and ends as rehearsed: %s', async (path, action, row) => {
    const answer = await service.api(path, await row?.ask())
    expect(answer).toHaveProperty('action', action)
    expect(faultsOf(service)).toEqual([])
  })

  it('is there for every operation that can be run dry', () => {
    const rehearsed = Object.keys(service.replayed?.calls ?? {})
    expect(rehearsed.sort()).toEqual([...rehearsable].sort())
  })
})

const granted: string[] = []

const flows: Record<string, () => Promise<Json>> = {
  AUTHORIZATION_CODE: async () => redeem(service, client, await obtainCode(service, client)),
  REFRESH_TOKEN: async () =>
    refresh(service, client, (await obtainTokens(service, client)).refreshToken),
  CLIENT_CREDENTIALS: () => requestToken(service, client, { grant_type: 'client_credentials' }),
  PASSWORD: () =>
    requestToken(service, client, { grant_type: 'password', username: 'u', password: 'p' }),
  DEVICE_CODE: async () => {
    const request = await asksForDevice({ deviceVerificationUri: `${issuer}/activate` })
    const { deviceCode, userCode } = await service.api('/device/authorization', request)
    const decision = { userCode, result: 'AUTHORIZED', subject: 'alice' }
    await service.api('/device/complete', decision)
    return requestToken(service, client, {
      ...{ grant_type: grant('device_code'), device_code: deviceCode },
    })
  },
  CIBA: async () => {
    const { ticket, authReqId } = await begin(service, ciba)
    await complete(service, ticket)
    return poll(service, ciba, authReqId)
  },
  TOKEN_EXCHANGE: async () =>
    requestToken(service, client, {
      grant_type: grant('token-exchange'),
      subject_token: (await obtainTokens(service, client)).accessToken,
      subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    }),
  JWT_BEARER: async () => {
    const exp = Math.floor(service.system.clock() / 1000) + 60
    const assertion = await new SignJWT({ iss: 'https://idp.example.com', sub: 'alice' })
      .setProtectedHeader({ alg: 'ES256' })
      .setAudience(issuer)
      .setExpirationTime(exp)
      .sign(await importJWK(clientKey, 'ES256'))
    return requestToken(service, client, { grant_type: grant('jwt-bearer'), assertion })
  },
  PRE_AUTHORIZED_CODE: async () => {
    const wallets = await createIssuer(
      { preAuthorizedGrantAnonymousAccessSupported: true },
      {},
      options,
    )
    const answer = await redeemOffer(wallets, await createOffer(wallets))
    expect(faultsOf(wallets)).toEqual([])
    granted.push(...Object.keys(wallets.replayed?.grants ?? {}))
    await wallets.close()
    return answer
  },
}

describe('token request that is rehearsed before it is made', () => {
  afterAll(() => configure())

  it.each(Object.entries(flows))('ends as rehearsed: %s', async (_, request) => {
    await configure()
    const { action, resultMessage } = await request()
    expect(action, resultMessage).not.toMatch(/BAD_REQUEST|INVALID_CLIENT|ERROR/)
    expect(faultsOf(service)).toEqual([])
  })

  it('is there for every grant', () => {
    granted.push(...Object.keys(service.replayed?.grants ?? {}))
    const types = granted.map((name) => grantTypeNames[name as keyof typeof grantTypeNames])
    expect([...new Set(types)].sort()).toEqual([...implementedGrantTypes].sort())
  })
})
