/** `postern shadow` between two Posterns: it finds what differs, and nothing else. */
import { afterEach, describe, expect, it } from 'vitest'
import { form, redirectUri } from '../support/flows.ts'
import type { Json } from '../support/server.ts'
import { clientCredentials, code, mixed, type Played, refused } from './flows.ts'
import { clientSettings, shadowSettings, startTwo, throughProxy } from './two.ts'

/** How many calls are mixed; 10,000 in a long run. */
const calls = Number(process.env['POSTERN_SHADOW_CALLS'] ?? 400)

let close: () => Promise<void> = async () => {}
afterEach(() => close())

/** What is different at the secondary, by the service that has it. */
const planted: Record<string, { both?: Json; different?: Json }> = {
  same: { different: { supportedAcrs: ['silver', 'bronze', 'gold'] } },
  sameWithJwts: { both: { accessTokenSignAlg: 'ES256' } },
  scope: {
    different: {
      supportedScopes: shadowSettings.supportedScopes.filter(({ name }) => name !== 'write'),
    },
  },
  lifetime: { different: { accessTokenDuration: 60 } },
  claim: {},
  error: { different: { supportedGrantTypes: ['AUTHORIZATION_CODE', 'CLIENT_CREDENTIALS'] } },
  action: { different: { pkceRequired: true } },
  member: {},
  redirect: { different: { issSuppressed: true } },
  header: {
    both: { accessTokenSignAlg: 'PS256' },
    different: { accessTokenSignAlg: 'ES256' },
  },
  list: { different: { supportedAcrs: ['gold', 'silver', 'copper'] } },
  challenge: {},
}

async function start() {
  const two = await startTwo(planted)
  close = two.close
  const played: Record<string, Played> = {}
  for (const [name, pair] of Object.entries(two.pairs)) {
    const api = throughProxy(two, pair)
    played[name] = { api, client: await api('/client/create', clientSettings) }
  }
  const change = async (name: string, more: Json) => {
    const { secondary } = two.pairs[name] ?? {}
    const { clients } = await two.second.api.get<Json>(`${secondary}/client/get/list`)
    const [client] = clients
    await two.second.api.post(`${secondary}/client/update/${client.clientId}`, {
      ...{ ...client, ...more },
    })
  }
  return { two, played, change }
}

/** Claims without one of them. */
function withoutName(part: string): string {
  const { name: _, ...claims } = JSON.parse(Buffer.from(part, 'base64url').toString())
  return Buffer.from(JSON.stringify(claims)).toString('base64url')
}

/** The calls that meet each planted difference. */
const meet: Record<string, (played: Played) => Promise<unknown>> = {
  scope: (played) => clientCredentials(played, 'read write'),
  lifetime: (played) => clientCredentials(played, 'read'),
  claim: (played) => code(played),
  error: ({ api, client }) =>
    api('/auth/token', {
      parameters: form({ grant_type: 'refresh_token', refresh_token: '' }),
      ...{ clientId: String(client.clientId), clientSecret: client.clientSecret },
    }),
  action: ({ api, client }) =>
    api('/auth/authorization', {
      parameters: form({
        ...{ response_type: 'code', client_id: String(client.clientId) },
        redirect_uri: redirectUri,
      }),
    }),
  member: (played) => code(played, { scope: 'openid offline_access' }),
  redirect: refused,
  header: (played) => clientCredentials(played, 'read'),
  list: ({ api }) => api('/service/configuration'),
  challenge: (played) => clientCredentials(played, 'read'),
}

/** Fractions of a seed, so that a run can be repeated. */
function randomOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return state / 2_147_483_648
  }
}

describe('postern shadow', () => {
  it(`finds each of ten differences among ${calls} mixed calls, and no other`, async () => {
    const { two, played, change } = await start()
    await change('member', { grantTypes: ['AUTHORIZATION_CODE'] })
    const isOf = (path: string, name: string) =>
      path.startsWith(`/api/${two.pairs[name]?.secondary}/`)
    two.rewrite = (path, text) => {
      if (isOf(path, 'challenge'))
        return text.replace('Bearer error', 'Bearer realm=\\"other\\",error')
      return isOf(path, 'claim') ? text.replace(/(?<=\.)eyJ[\w-]+(?=\.)/g, withoutName) : undefined
    }
    const random = randomOf(7)
    const flows = async (name: string) => {
      const same = played[name] as Played
      await same.api('/service/configuration')
      await same.api('/service/jwks/get')
      while (two.shadow.summary().calls < calls) {
        await mixed[Math.floor(random() * mixed.length)]?.(same)
      }
    }
    await Promise.all(['same', 'same', 'sameWithJwts', 'sameWithJwts'].map(flows))
    for (const [name, play] of Object.entries(meet)) await play(played[name] as Played)
    await two.shadow.settled()

    const summary = two.shadow.summary()
    const found: Record<string, Set<string>> = {}
    for (const line of two.lines.map((each) => JSON.parse(each))) {
      const named = Object.entries(two.pairs).find(
        ([, { primary }]) => String(primary) === line.service,
      )
      const name = named?.[0] ?? ''
      const causes = found[name] ?? new Set()
      found[name] = causes
      for (const { cause } of line.differences) causes.add(`${line.operation} ${cause}`)
    }
    const shown = Object.fromEntries(
      Object.entries(found).map(([name, causes]) => [name, [...causes].sort()]),
    )
    expect(shown).toEqual(expected)
    expect(summary.skipped).toEqual({})
    expect(summary.unknown).toBe(0)
    expect(summary.compared).toBe(summary.calls)
  }, 3_600_000)
})

const expected: Record<string, string[]> = {
  scope: [
    '/auth/introspection entries scopes',
    '/auth/introspection missing scopeDetails[]',
    '/auth/token entries scopes',
    '/auth/token value responseContent.scope',
  ],
  lifetime: [
    '/auth/introspection value expiresAt',
    '/auth/token value accessTokenDuration',
    '/auth/token value accessTokenExpiresAt',
    '/auth/token value responseContent.expires_in',
  ],
  claim: [
    '/auth/token missing idToken.claims.name',
    '/auth/token missing responseContent.id_token.claims.name',
  ],
  error: ['/auth/token value responseContent.error'],
  action: ['/auth/authorization action'],
  member: [
    '/auth/token missing refreshToken',
    '/auth/token missing refreshTokenDuration',
    '/auth/token missing refreshTokenExpiresAt',
    '/auth/token missing responseContent.refresh_token',
  ],
  redirect: ['/auth/authorization/fail missing responseContent.fields.iss'],
  header: [
    '/auth/token value accessToken.header.alg',
    '/auth/token value jwtAccessToken.header.alg',
    '/auth/token value responseContent.access_token.header.alg',
  ],
  list: ['GET /service/configuration entries acr_values_supported'],
  challenge: ['/auth/introspection extra responseContent.Bearer.realm'],
}
