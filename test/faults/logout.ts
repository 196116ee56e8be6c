/** Ends of sessions while the process is killed, and while a client does not answer. */
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { decodeJwt } from 'jose'
import { openStore } from '../../src/store/open.ts'
import type { Store } from '../../src/store/store.ts'
import { createSealer } from '../../src/system/sealer.ts'
import {
  authorizationParameters,
  type Caller,
  createCaller,
  form,
  redirectUri,
  verifier,
} from './caller.ts'
import { type Depth, type Finding, percentile, progress, seeded } from './findings.ts'
import { masterKey, type ServerProcess, serverProcess } from './server-process.ts'

const clientsOfSession = 10
const cyclesOf: Record<Depth, number> = { short: 1, usual: 5, long: 10 }
const sessionsOf: Record<Depth, number> = { short: 50, usual: 300, long: 1_000 }
/** Callers that end sessions at the same time. */
const enders = 4
/** What a process that died has left is taken over after this time, at most. */
const takenOverMilliseconds = 30_000

/** Clients that note what they are told. */
interface Clients {
  /** Each notification: which client, which session, by which token, and when. */
  told: { name: string; sid: string; jti: string; at: number }[]
  uri(name: string): string
  close(): Promise<void>
}

async function startClients(): Promise<Clients> {
  const told: Clients['told'] = []
  const listener: RequestListener = (request, response) => {
    let text = ''
    request.setEncoding('utf8').on('data', (chunk) => {
      text += chunk
    })
    request.on('end', () => {
      const name = (request.url ?? '').slice(1)
      // A dead client takes the connection and never answers.
      if (name.startsWith('dead')) return
      const { sid, jti = '' } = decodeJwt(new URLSearchParams(text).get('logout_token') ?? '')
      told.push({ name, sid: String(sid), jti, at: performance.now() })
      setTimeout(() => response.end(), 50)
    })
  }
  const servers: Server[] = []
  for (let index = 0; index < clientsOfSession; index++) {
    const server = createServer(listener)
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
    servers.push(server)
  }
  return {
    told,
    uri(name) {
      const server = servers[Number(name.replace(/\D/g, ''))] as Server
      return `http://127.0.0.1:${(server.address() as AddressInfo).port}/${name}`
    },
    async close() {
      for (const server of servers) {
        server.closeAllConnections()
        await new Promise((closed) => server.close(closed))
      }
    },
  }
}

interface Registry {
  caller: Caller
  serviceId: number
  clientIds: number[]
  /** Sessions with all clients as participants, each of a user of its own. */
  createSessions(names: string[]): Promise<void>
}

/** `names` are those of the clients, each with an origin of its own. */
async function createRegistry(
  server: ServerProcess,
  store: Store,
  clients: Clients,
  names: string[],
): Promise<Registry> {
  const caller = await createCaller(server.url)
  const settings = await caller.api('/service/get', undefined, 'GET')
  await caller.api('/service/update', {
    ...settings?.body,
    backchannelLogoutSupported: true,
    attributes: [{ key: 'ext.session.registry', value: 'on' }],
  })
  const clientIds: number[] = []
  for (const name of names) {
    const made = await caller.api('/client/create', {
      ...{ clientType: 'CONFIDENTIAL', redirectUris: [redirectUri] },
      backchannelLogoutUri: clients.uri(name),
    })
    clientIds.push(made?.body.clientId)
  }
  const serviceId = Number(settings?.body.apiKey)
  async function createSessions(sessionIds: string[]) {
    const now = Date.now()
    const endsAt = now + 3_600_000
    for (const sessionId of sessionIds) {
      await store.commit(
        store.sessions.insert({
          ...{ serviceId, sessionId, subject: `user of ${sessionId}`, createdAt: now, endsAt },
          ...{
            idleMilliseconds: undefined,
            keptUntil: endsAt,
            amr: [],
            device: {},
            properties: [],
          },
        }),
        ...clientIds.map((clientId) =>
          store.sessionClients.join({
            ...{ serviceId, sessionId, clientId, sid: sessionId, sub: 'user', now },
            data: { namedBy: 'id' },
          }),
        ),
      )
    }
  }
  return { caller, serviceId, clientIds, createSessions }
}

const namesOf = (prefix: (index: number) => string) =>
  Array.from({ length: clientsOfSession }, (_, index) => `${prefix(index)}${index}`)
const sessionsNamed = (name: string, count: number) =>
  Array.from({ length: count }, (_, index) => `${name}-${index}`)

/** The process is killed while it ends sessions: all who took part are told, sooner or later. */
async function killed(depth: Depth, seed: number): Promise<Finding> {
  const random = seeded(seed)
  const cycles = cyclesOf[depth]
  let [ended, late, missing] = [0, 0, 0]
  const clients = await startClients()
  await withServer(async (server, store) => {
    const registry = await createRegistry(
      server,
      store,
      clients,
      namesOf(() => 'alive'),
    )
    const { caller } = registry
    for (let cycle = 0; cycle < cycles; cycle++) {
      const sessions = sessionsNamed(`killed-${cycle}`, 40)
      await registry.createSessions(sessions)
      const ends = sessions.map(async (sessionId) => {
        const answer = await caller.api('/session/delete', { sessionId })
        return answer?.body.count === 1 ? sessionId : undefined
      })
      await Promise.race(ends)
      await wait(random() * 300)
      await server.kill()
      const killedAt = performance.now()
      await server.start()
      const acknowledged = (await Promise.all(ends)).filter((id) => id !== undefined)
      const told = (sid: string) => clients.told.filter((each) => each.sid === sid)
      const isTold = (sid: string) => new Set(told(sid).map(({ name }) => name)).size
      const untold = () => acknowledged.filter((sid) => isTold(sid) < clientsOfSession)
      while (untold().length > 0 && performance.now() - killedAt < takenOverMilliseconds) {
        await wait(100)
      }
      ended += acknowledged.length
      missing += untold().length
      late += acknowledged.flatMap(told).filter(({ at }) => at > killedAt).length
      progress(`logout: kill ${cycle + 1}/${cycles}, ${ended} sessions, ${late} told afterwards`)
    }
  }, clients)
  const again = clients.told.length - new Set(clients.told.map(({ jti }) => jti)).size
  return {
    what: `kill -9 while sessions end, ${cycles} times (seed ${seed})`,
    target: 'each client of each session that was acknowledged as ended is told; no jti twice',
    figure:
      `${missing} of ${ended} sessions with a client that was not told, ` +
      `${late} notifications after the kill, ${again} jti twice`,
    pass: missing === 0 && again === 0 && ended > 0 && late > 0,
  }
}

/** The code flow, again and again, while sessions end; how long each flow took. */
async function flows({ api, client }: Caller, isOver: () => boolean): Promise<number[]> {
  const took: number[] = []
  const work = async () => {
    while (!isOver()) {
      const started = performance.now()
      const parameters = authorizationParameters(client)
      const asked = await api('/auth/authorization', { parameters })
      const ticket = asked?.body.ticket
      const issued = await api('/auth/authorization/issue', { ticket, subject: 'alice' })
      const answer = await api('/auth/token', {
        parameters: form({
          ...{ grant_type: 'authorization_code', code: issued?.body.authorizationCode ?? '' },
          ...{ redirect_uri: redirectUri, code_verifier: verifier },
        }),
        ...{ clientId: String(client.clientId), clientSecret: client.clientSecret },
      })
      if (answer?.body.action !== 'OK') throw new Error(JSON.stringify(answer))
      took.push(performance.now() - started)
      await wait(20)
    }
  }
  await Promise.all([work(), work()])
  return took
}

interface Measured {
  /** Of the code flow, in milliseconds. */
  p99: number
  /** From the first end to the last client that answers, in milliseconds. */
  toldAfter: number
  /** Sessions with a client that answers and was not told. */
  missing: number
}

/** Ends many sessions while the code flow runs. */
async function measured(name: string, count: number, names: string[]): Promise<Measured> {
  const clients = await startClients()
  let result: Measured = { p99: 0, toldAfter: 0, missing: count }
  await withServer(async (server, store) => {
    const registry = await createRegistry(server, store, clients, names)
    const alive = names.filter((each) => each.startsWith('alive')).length
    const sessions = sessionsNamed(name, count)
    await registry.createSessions(sessions)
    let isOver = false
    const running = flows(registry.caller, () => isOver)
    const began = performance.now()
    const rest = [...sessions]
    const end = async () => {
      for (let next = rest.shift(); next; next = rest.shift()) {
        // Refused while the machine is overloaded: the caller tries again.
        while (!(await registry.caller.api('/session/delete', { sessionId: next }))) await wait(100)
      }
    }
    await Promise.all(Array.from({ length: enders }, end))
    while (clients.told.length < count * alive && performance.now() - began < 120_000) {
      await wait(50)
      progress(`logout: ${clients.told.length} of ${count * alive} told`)
    }
    isOver = true
    const took = await running
    const told = new Map<string, Set<string>>()
    for (const each of clients.told) {
      told.set(each.sid, (told.get(each.sid) ?? new Set()).add(each.name))
    }
    result = {
      p99: percentile(took, 0.99),
      toldAfter: Math.max(...clients.told.map(({ at }) => at)) - began,
      missing: sessions.filter((sid) => (told.get(sid)?.size ?? 0) < alive).length,
    }
  }, clients)
  return result
}

async function slowed(depth: Depth): Promise<Finding> {
  const count = sessionsOf[depth]
  const usual = await measured(
    'usual',
    count,
    namesOf(() => 'alive'),
  )
  const names = namesOf((index) => (index === 0 ? 'dead' : 'alive'))
  const found = await measured('slowed', count, names)
  const round = (value: number) => Math.round(value)
  return {
    what: `${count} sessions of ${clientsOfSession} clients end while the code flow runs, and one client never answers`,
    target: 'neither the p99 of the code flow nor the time until the others are told doubles',
    figure:
      `p99 ${round(found.p99)} ms, and ${round(usual.p99)} ms where all answer; ` +
      `told in ${round(found.toldAfter)} ms, and ${round(usual.toldAfter)} ms; ` +
      `${found.missing} sessions with a client that was not told`,
    pass:
      found.missing === 0 &&
      found.p99 < usual.p99 * 2 + 50 &&
      found.toldAfter < usual.toldAfter * 2 + 2_000,
  }
}

async function withServer(
  work: (server: ServerProcess, store: Store) => Promise<void>,
  clients: Clients,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'postern-logout-'))
  const database = `file:${join(folder, 'postern.db')}`
  const server = serverProcess(database, { POSTERN_OUTBOUND_ALLOW: '127.0.0.1' })
  let store: Store | undefined
  try {
    await server.start()
    store = await openStore(database, createSealer(Buffer.from(masterKey, 'hex')))
    await work(server, store)
  } finally {
    await store?.close()
    await server.kill()
    await clients.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

export async function* logout(depth: Depth, seed: number): AsyncGenerator<Finding> {
  yield await killed(depth, seed)
  yield await slowed(depth)
}
