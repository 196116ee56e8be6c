/**
 * JWTs at a resource server that follows revocations, beside a call of introspection for each
 * request, and how soon a revocation counts: `npm run build && npx tsx test/bench/edge.ts`. Postern
 * is a process of its own with a SQLite file; the resource server is this process.
 */
import { setTimeout as wait } from 'node:timers/promises'
import { createClient } from '../../client/src/index.ts'
import {
  createResourceServer,
  type ResourceServer,
  type ResourceServerOptions,
} from '../../client/src/resource-server.ts'
import { openStore } from '../../src/store/open.ts'
import { createSealer } from '../../src/system/sealer.ts'
import { form, issuer } from '../support/flows.ts'
import { openPlaces } from './places.ts'
import { median, table } from './report.ts'
import { adminToken, masterKey, seed } from './seed.ts'
import { launchPostern, type Server } from './servers.ts'

const rounds = 7
const roundMilliseconds = 600
const revocations = 200
const inFlight = 8

const places = openPlaces(1)
const url = places.sqlite('edge')
const { jwtServiceId: serviceId, clientId, clientSecret } = await seed(url, 1)
const store = await openStore(url, createSealer(masterKey))
// The log is complete for tokens from the last minute on, so that the run need not wait.
await store.commit(store.revocations.begin(serviceId, Date.now() - 60_000))
await store.close()
const server = await launchPostern(url)
places.closing.push(server.stop)

const postern = createClient({ baseUrl: server.url, serviceId, token: adminToken })
const resourceServer = (more: Partial<ResourceServerOptions>) =>
  createResourceServer({
    ...{ issuer, audience: issuer, origin: 'https://api.example.com', postern },
    fetch: async () => Response.json(await postern.get('/service/jwks/get')),
    ...more,
  })
const following = { jwksUri: `${issuer}/jwks`, revocations: {} }
const ways: Record<string, ResourceServer> = {
  'followed revocations, remembered signatures': resourceServer(following),
  'followed revocations, each signature verified': resourceServer({
    ...following,
    verifiedTokens: 0,
  }),
  introspection: resourceServer({}),
}

async function newToken(): Promise<string> {
  const { accessToken = '' } = await postern.post('/auth/token/create', {
    ...{ grantType: 'CLIENT_CREDENTIALS', clientId, scopes: ['read'] },
  })
  return accessToken
}
const verify = (by: ResourceServer, token: string) =>
  by.verify({
    ...{ authorization: `Bearer ${token}`, method: 'GET' },
    url: 'https://api.example.com/orders',
  })

async function settle(by: ResourceServer, token: string): Promise<void> {
  for (let tries = 0; tries < 500; tries += 1) {
    if ((await verify(by, token)).verifiedBy !== 'introspection') return
    await wait(10)
  }
  throw new Error('The resource server does not follow revocations.')
}

/** Microseconds of processor time for each request, of both processes. */
async function costOf(by: ResourceServer, tokens: string[], { processorTime }: Server) {
  const [own, theirs] = [process.cpuUsage(), processorTime()]
  const end = performance.now() + roundMilliseconds
  let requests = 0
  const work = async () => {
    while (performance.now() < end) {
      for (let each = 0; each < 20; each += 1) {
        await verify(by, tokens[requests % tokens.length] ?? '')
        requests += 1
      }
      // Calls of the log get their turn.
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
  await Promise.all(Array.from({ length: inFlight }, work))
  const { user, system } = process.cpuUsage(own)
  return (user + system + (processorTime() - theirs) * 1_000) / requests
}

const tokens = await Promise.all(Array.from({ length: 100 }, newToken))
const costs = new Map<string, number[]>(Object.keys(ways).map((name) => [name, []]))
for (let round = 0; round <= rounds; round += 1) {
  for (const [name, by] of Object.entries(ways)) {
    if (name !== 'introspection') await settle(by, tokens[0] ?? '')
    const cost = await costOf(by, tokens, server)
    // The first round warms up.
    if (round > 0) costs.get(name)?.push(cost)
  }
}
const introspection = costs.get('introspection') ?? []
const figures = [...costs].map(([name, each]) => {
  const ratios = each.map((cost, round) => (introspection[round] ?? 0) / cost)
  const perCore = Math.round(1e6 / median(each)).toLocaleString('en')
  return [name, `${median(each).toFixed(1)} µs`, perCore, `${median(ratios).toFixed(1)} ×`]
})
const head = [
  'Verified by',
  'Processor time',
  'Requests per second and core',
  'Introspection costs',
]

const [followed] = Object.values(ways)
const latencies: number[] = []
for (let each = 0; followed && each < revocations; each += 1) {
  const token = await newToken()
  await settle(followed, token)
  await wait((each * 37) % 250)
  const credentials = { clientId: String(clientId), clientSecret }
  await postern.post('/auth/revocation', { parameters: form({ token }), ...credentials })
  const acknowledged = performance.now()
  while (await verify(followed, token).catch(() => undefined)) await wait(1)
  latencies.push(performance.now() - acknowledged)
}
latencies.sort((one, other) => one - other)
const percentile = (share: number) =>
  `${Math.round(latencies[Math.floor(share * (latencies.length - 1))] ?? 0)} ms`
const rows = [[0.5, 0.99, 1].map(percentile)]
process.stdout.write(`${table([head, ...figures])}\n\n`)
process.stdout.write(`${table([['Refused: half after', '99 % after', 'all after'], ...rows])}\n`)
await places.close()
