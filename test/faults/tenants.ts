/** Two tenants: one attacks in one way after the other, and the other is served as usual. */

import { createSocket } from 'node:dgram'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer as createHttpServer } from 'node:http'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import {
  type Around,
  type Attack,
  attacks,
  issuers,
  silentIssuer,
  unresolvedIssuer,
} from './attacks.ts'
import { type Caller, createCaller } from './caller.ts'
import { type Depth, type Finding, percentile, progress } from './findings.ts'
import { type ServerProcess, serverProcess } from './server-process.ts'

const secondsOf: Record<Depth, number> = { short: 2, usual: 5, long: 30 }
/** Less is the machine. */
const leastDifferenceMilliseconds = 10
/** A usual of a few milliseconds is less than what the attacking programs take of the machine. */
const leastBoundMilliseconds = 50

/** Windows with an attack, and as many without it: a single one says more of the machine. */
const windows: Record<Depth, number> = { short: 3, usual: 7, long: 15 }
const windowSeconds = 2

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
  const [p50, p99] = [percentile(milliseconds, 0.5), percentile(milliseconds, 0.99)]
  return { p50, p99, calls: milliseconds.length, failed, notified }
}

/** The medians of windows with the attack and with its control, which take turns. */
async function takeTurns(
  attack: Attack,
  control: (isOver: () => boolean) => Promise<unknown>,
  around: Around,
  victim: Caller,
  depth: Depth,
  told: () => number,
): Promise<Finding> {
  const found: Record<'usual' | 'during', Awaited<ReturnType<typeof serve>>[]> = {
    usual: [],
    during: [],
  }
  for (let window = 0; window < windows[depth]; window++) {
    progress(`tenants: ${attack.name}, window ${window + 1} of ${windows[depth]}`)
    for (const of of ['usual', 'during'] as const) {
      let isOver = false
      const attacking = of === 'usual' ? control(() => isOver) : attack.run(around, () => isOver)
      found[of].push(await serve(victim, windowSeconds, told))
      isOver = true
      await attacking
      around.attacker.calls.length = 0
    }
  }
  const median = (of: keyof typeof found, what: 'p99' | 'p50') =>
    percentile(
      found[of].map((each) => each[what]),
      0.5,
    )
  const [usual, during] = [median('usual', 'p99'), median('during', 'p99')]
  const failed = found.during.reduce((sum, each) => sum + each.failed, 0)
  const bound = Math.max(1.1 * usual, usual + leastDifferenceMilliseconds)
  const ms = (value: number) => `${value.toFixed(1)} ms`
  return {
    what: `one tenant: ${attack.name}, ${windows[depth]} windows of ${windowSeconds} s, in turns with as many calls to a server that only answers`,
    target: `another’s p99 no more than a tenth longer (below ${ms(bound)}), no call refused`,
    figure:
      `medians: p99 ${ms(during)} (usually ${ms(usual)}), p50 ${ms(median('during', 'p50'))} ` +
      `(usually ${ms(median('usual', 'p50'))}); ${failed} refused`,
    pass: during <= bound && failed === 0,
  }
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

const urlOf = (server: Server) => `http://127.0.0.1:${portOf(server)}/`
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
      const told = () => notifications
      const { control } = attack
      const calls = control && ((isOver: () => boolean) => control(urlOf(ear), isOver))
      yield calls
        ? await takeTurns(attack, calls, around, victim, depth, told)
        : await endure(attack, around, victim, secondsOf[depth], told)
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
