/** Two tenants: one attacks in one way after the other, and the other is served as usual. */

import { createSocket } from 'node:dgram'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer as createHttpServer } from 'node:http'
import { type AddressInfo, connect, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { type Caller, createCaller, form, redirectUri } from './caller.ts'
import { type Depth, type Finding, percentile, progress } from './findings.ts'
import { adminToken, type ServerProcess, serverProcess } from './server-process.ts'

const secondsOf: Record<Depth, number> = { short: 2, usual: 5, long: 30 }
/** A usual of a few milliseconds is less than what the attacking programs take of the machine. */
const leastBoundMilliseconds = 50

interface Around {
  url: string
  attacker: Caller
  /** A port of this machine that takes connections and never answers. */
  silentPort: number
}

interface Attack {
  name: string
  /** Further attributes of the attacking service. */
  attributes?: { key: string; value: string }[]
  /** Attacks until told to stop. */
  run(around: Around, isOver: () => boolean): Promise<unknown>
}

/** So many callers, each of which calls again and again. */
const repeat = (callers: number, isOver: () => boolean, call: (count: number) => unknown) => {
  let count = 0
  const work = async () => {
    while (!isOver()) {
      await call(count++)
      await wait(5)
    }
  }
  return Promise.all(Array.from({ length: callers }, work))
}

/**
 * Calls that arrive at a rate, whether or not those before have been answered: strangers do not wait
 * for each other. How much of the processor a tenant may use is the subject of `overload`.
 */
async function arrive(perSecond: number, isOver: () => boolean, call: (count: number) => unknown) {
  const calls: unknown[] = []
  const began = performance.now()
  while (!isOver()) {
    const due = ((performance.now() - began) / 1_000) * perSecond
    while (calls.length < due) calls.push(call(calls.length))
    await wait(5)
  }
  await Promise.all(calls)
}

/** Issuers that the attacking service lists, so that their keys are asked for. */
const issuers = 40
const silentIssuer = (port: number, count: number) => `https://127.0.0.1:${port}/${count % issuers}`
const unresolvedIssuer = (count: number) => `https://silent-${count % issuers}.example.test`

const authorization = (client: Caller['client'], more: Record<string, string>) => ({
  parameters: form({
    ...{ response_type: 'code', client_id: String(client.clientId), redirect_uri: redirectUri },
    ...{ scope: 'openid', ...more },
  }),
})

const hostilePattern = Array.from({ length: 140 }, () => 'x{1000}').join('')
const hostileClaims = JSON.stringify({
  transformed_claims: Object.fromEntries(
    Array.from({ length: 38 }, (_, at) => [
      `c${at}`,
      { claim: 'name', fn: [['match', hostilePattern]] },
    ]),
  ),
})
const hostilePatch = JSON.stringify([
  { op: 'add', path: '/hasOwnProperty/call', value: 1 },
  ...Array.from({ length: 40 }, (_, at) => ({ op: 'copy', from: '', path: `/copy${at}` })),
])
const foreignToken = (issuer: string) => {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  return `${part({ alg: 'ES256', typ: 'JWT' })}.${part({ iss: issuer, sub: 'a', exp: 9e9 })}.AAAA`
}
const exchange = ({ api, client }: Caller, issuer: string) =>
  api('/auth/token', {
    parameters: form({
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token_type: 'urn:ietf:params:oauth:token-type:id_token',
      subject_token: foreignToken(issuer),
    }),
    clientId: String(client.clientId),
    clientSecret: client.clientSecret,
  })

function halfSent({ url, attacker }: Around, isOver: () => boolean) {
  const { hostname, port } = new URL(url)
  const head =
    `POST ${attacker.path('/auth/token')} HTTP/1.1\r\nHost: postern\r\n` +
    `Authorization: Bearer ${adminToken}\r\nContent-Type: application/json\r\n` +
    'Content-Length: 1000\r\n\r\n{'
  const hold = async () => {
    while (!isOver()) {
      const socket = connect(Number(port), hostname)
      socket.on('error', () => undefined)
      socket.write(head)
      const closed = new Promise((done) => socket.on('close', done))
      while (!(isOver() || socket.destroyed)) await Promise.race([closed, wait(200)])
      socket.destroy()
      await wait(50)
    }
  }
  return Promise.all(Array.from({ length: 300 }, hold))
}

const quota = 10

const attacks: readonly Attack[] = [
  {
    name: 'ten times as many token requests as its quota of calls allows',
    attributes: [{ key: 'ext.quota.calls_per_second', value: String(quota) }],
    run: ({ attacker }, isOver) => {
      const parameters = 'grant_type=client_credentials'
      const { clientId, clientSecret } = attacker.client
      const sent = { parameters, clientId: String(clientId), clientSecret }
      return arrive(10 * quota, isOver, () => attacker.api('/auth/token', sent))
    },
  },
  {
    name: 'claims with patterns that are costly to compile',
    run: ({ attacker }, isOver) =>
      repeat(2, isOver, () =>
        attacker.api(
          '/auth/authorization',
          authorization(attacker.client, { claims: hostileClaims }),
        ),
      ),
  },
  {
    name: 'JSON patches that reach for prototypes and double their document',
    run: ({ attacker }, isOver) =>
      repeat(2, isOver, () => {
        const query = `?patch=${encodeURIComponent(hostilePatch)}`
        return attacker.api(`/service/configuration${query}`, undefined, 'GET')
      }),
  },
  { name: '300 connections whose bodies never come', run: halfSent },
  {
    name: 'token exchanges whose issuer never answers',
    run: ({ attacker, silentPort }, isOver) =>
      arrive(100, isOver, (count) => exchange(attacker, silentIssuer(silentPort, count))),
  },
  {
    name: 'token exchanges whose issuer has a name that nobody resolves',
    run: ({ attacker }, isOver) =>
      arrive(40, isOver, (count) => exchange(attacker, unresolvedIssuer(count))),
  },
  {
    name: 'notifications to a host that does not answer',
    run: ({ attacker }, isOver) =>
      repeat(4, isOver, () =>
        attacker.api('/auth/token/create/batch', [{ grantType: 'CLIENT_CREDENTIALS' }]),
      ),
  },
  {
    name: 'clients named by the URLs of documents, and tickets that nobody decides',
    run: ({ attacker, silentPort }, isOver) =>
      arrive(100, isOver, (count) => {
        const client_id = `http://127.0.0.1:${silentPort}/client-${count}`
        const filler = { state: 'x'.repeat(4_000) }
        const more = count % 2 === 0 ? { client_id } : filler
        return attacker.api('/auth/authorization', authorization(attacker.client, more))
      }),
  },
]

/** How long the victim's calls take, and its notification, in milliseconds. */
async function serve(victim: Caller, seconds: number, told: () => number) {
  const until = performance.now() + seconds * 1_000
  const parameters = 'grant_type=client_credentials'
  const { clientId, clientSecret } = victim.client
  victim.calls.length = 0
  const notifiedBefore = told()
  await victim.api('/auth/token/create/batch', [{ grantType: 'CLIENT_CREDENTIALS' }])
  const notifying = performance.now()
  let notified = Number.POSITIVE_INFINITY
  const listening = (async () => {
    while (performance.now() < until + 3_000 && notified === Number.POSITIVE_INFINITY) {
      if (told() > notifiedBefore) notified = performance.now() - notifying
      else await wait(20)
    }
  })()
  const work = async () => {
    while (performance.now() < until) {
      await victim.api('/auth/token', { parameters, clientId: String(clientId), clientSecret })
      await victim.api('/auth/introspection', { token: 'unknown' })
      await wait(10)
    }
  }
  await Promise.all([work(), work(), work(), listening])
  const milliseconds = victim.calls.map((call) => call.milliseconds)
  const failed = victim.calls.filter(({ status }) => status !== 200).length
  return { p99: percentile(milliseconds, 0.99), calls: milliseconds.length, failed, notified }
}

async function endure(
  attack: Attack,
  around: Around,
  victim: Caller,
  seconds: number,
  told: () => number,
): Promise<Finding> {
  const usual = await serve(victim, Math.min(seconds, 5), told)
  progress(`tenants: ${attack.name}`)
  let isOver = false
  const attacking = attack.run(around, () => isOver)
  await wait(500)
  const during = await serve(victim, seconds, told)
  isOver = true
  await attacking
  around.attacker.calls.length = 0
  const bound = Math.max(3 * usual.p99, leastBoundMilliseconds)
  const ms = (value: number) => `${Math.round(value)} ms`
  return {
    what: `one tenant: ${attack.name}, for ${seconds} s`,
    target: `another’s p99 below ${ms(bound)}, no call refused, its notification within 3,000 ms`,
    figure:
      `p99 ${ms(during.p99)} (usually ${ms(usual.p99)}) of ${during.calls} calls; ` +
      `${during.failed} refused; notified after ${ms(during.notified)}`,
    pass: during.p99 < bound && during.failed === 0 && during.notified < 3_000,
  }
}

const portOf = (server: Server) => (server.address() as AddressInfo).port
const listening = (server: Server) =>
  new Promise<void>((done) => server.listen(0, '127.0.0.1', done))

async function configured(
  server: ServerProcess,
  endpoint: string,
  silentPort = 0,
  attributes: Attack['attributes'] = [],
) {
  const caller = await createCaller(server.url)
  const service = await caller.api('/service/get', undefined, 'GET')
  const listed = Array.from({ length: issuers }, (_, count) => [
    silentIssuer(silentPort, count),
    unresolvedIssuer(count),
  ]).flat()
  await caller.api('/service/update', {
    ...service?.body,
    supportedGrantTypes: ['AUTHORIZATION_CODE', 'CLIENT_CREDENTIALS', 'TOKEN_EXCHANGE'],
    clientIdMetadataDocumentSupported: true,
    tokenBatchNotificationEndpoint: endpoint,
    attributes: [{ key: 'ext.token_exchange.issuers', value: listed.join(' ') }, ...attributes],
  })
  return caller
}

export async function* tenants(depth: Depth): AsyncGenerator<Finding> {
  const folder = mkdtempSync(join(tmpdir(), 'postern-tenants-'))
  let notifications = 0
  const ear = createHttpServer((_, answer) => {
    notifications += 1
    answer.end()
  })
  const silent = createServer((socket) => socket.on('error', () => undefined).resume())
  const names = createSocket('udp4')
  await Promise.all([listening(ear), listening(silent)])
  await new Promise<void>((done) => names.bind(0, '127.0.0.1', done))
  const server = serverProcess(`file:${join(folder, 'postern.db')}`, {
    POSTERN_OUTBOUND_ALLOW: '127.0.0.1',
    POSTERN_DNS_SERVERS: `127.0.0.1:${names.address().port}`,
  })
  try {
    for (const attack of attacks) {
      // What one attack leaves behind is not held against the next.
      await server.start()
      const silentPort = portOf(silent)
      const silentUrl = `http://127.0.0.1:${silentPort}/`
      const attacker = await configured(server, silentUrl, silentPort, attack.attributes)
      const victim = await configured(server, `http://127.0.0.1:${portOf(ear)}/`)
      const around = { url: server.url(), attacker, silentPort }
      await serve(victim, 2, () => notifications)
      yield await endure(attack, around, victim, secondsOf[depth], () => notifications)
      await server.kill()
    }
  } finally {
    await server.kill()
    names.close()
    for (const each of [ear, silent]) each.close()
    ear.closeAllConnections()
    rmSync(folder, { recursive: true, force: true })
  }
}
