/** Rotations while tokens are issued by two processes and verified with key sets of a day ago. */
import { createLocalJWKSet, jwtVerify } from 'jose'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { createService, issuer, type TestService } from '../../support/flows.ts'
import { jwksOf, serviceKeys } from '../../support/keys.ts'
import { createServer, type Json, type TestServer } from '../../support/server.ts'
import { testSystem } from '../../support/system.ts'

const hour = 3_600_000
const day = 24 * hour
const system = testSystem()

let service: TestService
let other: TestServer
let client: Json
beforeAll(async () => {
  const jwks = jwksOf(...serviceKeys.filter(({ kid }) => kid === 'es256'))
  service = await createService({ jwks, accessTokenSignAlg: 'ES256' }, { system })
  const { store, engine } = service
  other = await createServer({ on: { store, engine, close: async () => {} }, system })
  client = await service.client({ grantTypes: ['CLIENT_CREDENTIALS'] })
})
afterAll(async () => {
  await other.close()
  await service.close()
})

const path = (operation: string) => `/api/${service.serviceId}${operation}`

/** A resource server that fetches the key set once a day, whatever tokens it sees. */
function createVerifier(startsAt: number) {
  let fetchedAt = startsAt - day
  let keys: ReturnType<typeof createLocalJWKSet> | undefined
  return async (token: string): Promise<boolean> => {
    const now = system.clock()
    if (!keys || now - fetchedAt >= day) {
      keys = createLocalJWKSet((await service.call('GET', path('/service/jwks/get'))).body)
      // The first fetch does not move the hour of the others.
      if (now - fetchedAt >= day) fetchedAt = now
    }
    const at = { issuer, currentDate: new Date(now) }
    return jwtVerify(token, keys, at).then(
      () => true,
      () => false,
    )
  }
}

async function issue(server: Pick<TestServer, 'post'>): Promise<string> {
  const { action, accessToken, jwtAccessToken } = await server.post(path('/auth/token'), {
    parameters: 'grant_type=client_credentials&scope=read',
    clientId: String(client.clientId),
    clientSecret: client.clientSecret,
  })
  expect(action).toBe('OK')
  return jwtAccessToken ?? accessToken
}

describe(`three rotations under load on ${inject('dialect')}`, () => {
  it('make no token that a resource server with a day-old key set refuses', async () => {
    const now = system.clock()
    // They fetch the key set at different hours of the day.
    const verifiers = [0, 5, 11, 17].map((hours) => createVerifier(now + hours * hour))
    const alive: { token: string; until: number }[] = []
    const signers = new Set<string>()
    let refused = 0
    let verified = 0
    for (let step = 0; step < 72; step++) {
      system.clock.advance(4 * hour)
      const begins = step % 24 === 3
      const [tokens] = await Promise.all([
        Promise.all([service, other, service, other].map(issue)),
        begins
          ? service.api('/service/keys/rotate', { alg: 'ES256', operation: 'begin' })
          : undefined,
      ])
      const at = system.clock()
      for (const token of tokens) {
        alive.push({ token, until: at + day })
        const [header = ''] = token.split('.')
        signers.add(JSON.parse(Buffer.from(header, 'base64url').toString()).kid)
      }
      for (const { token } of alive.filter(({ until }) => at < until)) {
        for (const verify of verifiers) {
          verified += 1
          if (!(await verify(token))) refused += 1
        }
      }
    }
    expect(signers.size).toBe(4)
    expect(verified).toBeGreaterThan(5_000)
    expect(refused).toBe(0)
    const { keys } = await service.api('/service/keys/list', {})
    const states = keys.map(({ state }: Json) => state)
    expect(states.filter((state: string) => state === 'CURRENT')).toHaveLength(1)
  })
})
