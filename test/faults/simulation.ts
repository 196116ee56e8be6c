/**
 * Random sequences of operations by several clients of two services, beside a small model that says
 * what has to come of them. Two servers on one database take the calls in turn, one of them starts
 * anew at times, and commits fail: before the database hears of them, or after.
 */

import { expireSessions } from '../../src/sessions/expire.ts'
import { openDocuments } from '../../src/store/configuration.ts'
import type { Engine } from '../../src/store/engine.ts'
import { assemble } from '../../src/store/open.ts'
import { ask as askBackchannel, complete as decideBackchannel, poll } from '../support/ciba.ts'
import {
  createService,
  form,
  issuer,
  obtainCode,
  redeem,
  refresh,
  requestToken,
  type TestService,
} from '../support/flows.ts'
import { createServer, type Json, type Reply, type TestServer } from '../support/server.ts'
import { issuedIn, loggedOutUri, withSessions } from '../support/sessions.ts'
import { sealer, type TestStore } from '../support/stores.ts'
import { testSystem } from '../support/system.ts'
import { seeded } from './findings.ts'

const steps = 60
const scopes = ['openid', 'profile', 'email', 'read', 'write']
const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code'

/** `maybe`: something happened to it after which either answer is right. Dead is for ever. */
type Life = 'live' | 'maybe' | 'dead'

interface Family {
  actor: Actor
  granted: readonly string[]
  /** The latest first. */
  access: { value: string; life: Life }[]
  refresh: { value: string; life: Life }[]
}

interface Actor {
  client: Json
  state: 'open' | 'locked' | 'deleted'
  requestable: readonly string[]
}

interface Artefact {
  kind: 'code' | 'backchannel' | 'device'
  actor: Actor
  subject: string
  asked: readonly string[]
  use(by: Json): Promise<Json>
  used?: Family | 'burnt'
  /** It was refused once: it may be good or not. */
  isDoubtful?: boolean
  session?: Session | undefined
}

interface Session {
  sessionId: string
  subject: string
  expiresAt: number
  /** Whether it was ended; what has expired is ended by a sweep. */
  isEnded: boolean
  /** Those that surely were issued something, and take part still. */
  participants: Set<Actor>
  families: Family[]
  artefacts: Artefact[]
}

/** Commits of a database that fail when chance wants it. */
interface Trouble {
  engine: Engine
  /** From now on by this chance; none without. */
  arm(random?: () => number): void
  /** Does what is no part of the simulation. */
  calmly<T>(work: () => Promise<T>): Promise<T>
  /** How many commits failed. */
  struck(): number
}

function troubled(engine: Engine): Trouble {
  let chance: (() => number) | undefined
  let struck = 0
  async function perhaps<T>(work: () => Promise<T>): Promise<T> {
    const drawn = chance?.() ?? 1
    const fails = drawn < 0.06
    // Half of those that fail have happened.
    const result = drawn < 0.03 || !fails ? await work() : undefined
    if (!fails) return result as T
    struck += 1
    throw Object.assign(new Error('the connection was reset'), { code: 'ECONNRESET' })
  }
  return {
    engine: {
      ...engine,
      commit: (...writes) => perhaps(() => engine.commit(...writes)),
      run: (write) => perhaps(() => engine.run(write)),
    },
    arm(random) {
      chance = random
    },
    async calmly(work) {
      const kept = chance
      chance = undefined
      const result = await work()
      chance = kept
      return result
    },
    struck: () => struck,
  }
}

export interface World {
  service: TestService
  /** Another service of the same servers: what is of one is nothing to the other. */
  other: TestService
  trouble: Trouble
  /** Which server takes the next call, by chance; 0 without. */
  turn(random?: () => number): void
  /** One of the servers ends and starts anew: what it kept in memory is gone. */
  restart(which: number): Promise<void>
  /** Ends the sessions that have expired. */
  expire(): Promise<void>
  /** Resolves once no delivery is under way. */
  idle(): Promise<void>
  close(): Promise<void>
}

export async function createWorld(on: Omit<TestStore, 'url'>): Promise<World> {
  const system = testSystem()
  const trouble = troubled(on.engine)
  const store = assemble(trouble.engine, sealer)
  const { engine, close } = on
  const start = () => createServer({ on: { store, engine, close }, system, overHttp: false })
  const servers = [await start(), await start()] as const satisfies TestServer[]
  const current: TestServer[] = [...servers]
  let random: (() => number) | undefined
  const next = () => current[Math.floor((random?.() ?? 0) * 2)] ?? servers[0]
  const either: TestServer = {
    ...servers[0],
    // A token of the API that one server made is known to the other.
    call: (...call) => next().call(...call),
    post: (...call) => next().post(...call),
    get: (...call) => next().get(...call),
  }
  const settings = {
    backchannelAuthenticationEndpoint: `${issuer}/backchannel`,
    supportedBackchannelTokenDeliveryModes: ['POLL'],
    deviceAuthorizationEndpoint: `${issuer}/device`,
    deviceVerificationUri: `${issuer}/activate`,
    accessTokenDuration: 86_400,
    refreshTokenDuration: 86_400,
    ...withSessions({ 'ext.session.expiry': 'logout' }),
  }
  const idle = async () => {
    await Promise.all(current.map(({ outbox }) => outbox.idle()))
  }
  const service = await createService(settings, either)
  const made = await service.post('/api/service/create', settings)
  const other: TestService = {
    ...service,
    serviceId: made.apiKey,
    api: (operation, body) => service.post(`/api/${made.apiKey}${operation}`, body),
  }
  return {
    service,
    other,
    trouble,
    turn(by) {
      random = by
    },
    async restart(which) {
      await idle()
      current[which] = await trouble.calmly(start)
    },
    async expire() {
      const { outbox } = next()
      const expiring = { store, system, outbox, documents: openDocuments(store) }
      await expireSessions(expiring, new AbortController().signal)
    },
    idle,
    async close() {
      await Promise.all(current.map(({ outbox }) => outbox.stop()))
      await on.close()
    },
  }
}

/** Throws where the servers do what the model says they must not; the seed repeats it. */
export async function simulate(world: World, seed: number): Promise<void> {
  const { service, other, trouble } = world
  const random = seeded(seed)
  // Chance of its own, so that what the actors do does not hang on what fails.
  const misfortune = seeded(seed + 1_000_000_007)
  const below = (count: number) => Math.floor(random() * count)
  const pick = <T>(among: readonly T[]): T | undefined => among[below(among.length)]
  const some = (among: readonly string[]) => among.filter(() => random() < 0.6)
  const actors: Actor[] = []
  const artefacts: Artefact[] = []
  const families: Family[] = []
  const sessions: Session[] = []
  const done: string[] = []
  let users = 0

  /** Asks again until it is known what became of it. */
  async function surely(call: () => Promise<Reply>): Promise<Reply & { isRepeated: boolean }> {
    for (let isRepeated = false; ; isRepeated = true) {
      const reply = await call()
      if (reply.status !== 503) return { ...reply, isRepeated }
    }
  }

  async function join(): Promise<void> {
    const client = await service.client({
      bcDeliveryMode: 'POLL',
      clientName: `of ${seed}`,
      backchannelLogoutUri: loggedOutUri,
    })
    if (!client.clientId) return join()
    actors.push({ client, state: 'open', requestable: scopes })
  }

  const tell = (what: string) => `seed ${seed}, step ${done.length} (${done.at(-1)}): ${what}`
  const must = (what: string, holds: boolean, seen?: Json) => {
    if (!holds) throw new Error(tell(`${what} ${JSON.stringify(seen ?? '').slice(0, 600)}`))
  }
  /** Commits that had failed when the step began. */
  let before = 0
  const isStruck = () => trouble.struck() > before

  const end = (family: Family) => {
    for (const token of [...family.access, ...family.refresh]) token.life = 'dead'
  }
  const blur = (family: Family) => {
    for (const token of [...family.access, ...family.refresh]) {
      if (token.life === 'live') token.life = 'maybe'
    }
  }

  const isOpen = ({ isEnded, expiresAt }: Session) => !isEnded && service.system.clock() < expiresAt
  /** A user, with a session or without. */
  function user(): { subject: string; session?: Session | undefined; issue: Json } {
    const session = random() < 0.5 ? pick(sessions) : undefined
    if (session) {
      const { subject, sessionId } = session
      return { subject, session, issue: { subject, sessionId } }
    }
    users += 1
    const subject = `user-${seed}-${users}`
    return { subject, issue: { subject } }
  }
  /** Something was issued to an actor, in a session or without. */
  function record(artefact: Artefact): void {
    artefacts.push(artefact)
    artefact.session?.artefacts.push(artefact)
    artefact.session?.participants.add(artefact.actor)
  }

  /** Nothing that was issued in it lives, and its clients are told. */
  async function requireEnded(session: Session, of: readonly Actor[]): Promise<void> {
    const { sessionId, artefacts: issued, families: bound } = session
    for (const artefact of issued) if (of.includes(artefact.actor)) artefact.used ??= 'burnt'
    for (const family of bound) if (of.includes(family.actor)) end(family)
    if (session.isEnded) {
      const left = await issuedIn(service, sessionId)
      must(
        'an ended session has tokens',
        Object.values(left).every((count) => count === 0),
        left,
      )
    }
    const told = (await service.api('/logout/delivery/list', { sessionId, end: 1_000 })).deliveries
    for (const { client, state } of of) {
      const isTold = told.some(({ clientId }: Json) => clientId === client.clientId)
      must(`nobody tells ${client.clientId}`, isTold || state === 'deleted', told)
    }
  }
  async function requireAllEnded(ended: readonly Session[]): Promise<void> {
    for (const session of ended) {
      session.isEnded = true
      await requireEnded(session, [...session.participants])
    }
  }

  /** What the token endpoint gives is never more than the user granted. RFC 6749 §6 */
  function received(answer: Json, granted: readonly string[], actor: Actor): void {
    const given: string[] = (JSON.parse(answer.responseContent).scope ?? '').split(' ')
    const wide = given.filter((scope) => scope !== '' && !granted.includes(scope))
    must(`scopes widened by ${wide}`, wide.length === 0, answer)
    must('a token for a client that may have none', actor.state === 'open', answer)
  }

  const operations: Record<string, () => Promise<void>> = {
    async authorize() {
      const actor = pick(actors.filter(({ state }) => state === 'open'))
      if (!actor) return
      const { subject, session, issue } = user()
      const asked = ['openid', ...some(scopes.slice(1))].filter((scope) =>
        actor.requestable.includes(scope),
      )
      if (!asked.includes('openid')) return
      const code = await obtainCode(service, actor.client, { scope: asked.join(' ') }, issue)
      if (session && !isOpen(session)) return must('a code in an ended session', !code)
      must('no code', isStruck() || typeof code === 'string')
      if (!code) return
      const use = (by: Json) => redeem(service, by, code)
      record({ kind: 'code', actor, subject, session, asked, use })
    },
    async backchannel() {
      const actor = pick(actors.filter(({ state }) => state === 'open'))
      if (!actor) return
      const { subject, session, issue } = user()
      const asked = ['openid', 'read'].filter((scope) => actor.requestable.includes(scope))
      if (!asked.includes('openid')) return
      const { ticket } = await askBackchannel(service, actor.client, { scope: asked.join(' ') })
      const issued = await service.api('/backchannel/authentication/issue', { ticket })
      const isGranted = random() < 0.8
      const result = isGranted ? 'AUTHORIZED' : 'ACCESS_DENIED'
      await decideBackchannel(service, ticket, { result, ...issue })
      if (isStruck()) return
      const use = (by: Json) => poll(service, by, issued.authReqId)
      const artefact: Artefact = { kind: 'backchannel', actor, subject, asked, use }
      if (isGranted && (!session || isOpen(session))) record({ ...artefact, session })
      else artefacts.push({ ...artefact, used: 'burnt' })
    },
    async device() {
      const actor = pick(actors.filter(({ state }) => state === 'open'))
      if (!actor) return
      const { subject, session, issue } = user()
      const asked = ['openid', 'write'].filter((scope) => actor.requestable.includes(scope))
      if (!asked.includes('openid')) return
      const { client } = actor
      const { deviceCode, userCode } = await service.api('/device/authorization', {
        parameters: form({ scope: asked.join(' ') }),
        ...{ clientId: String(client.clientId), clientSecret: client.clientSecret },
      })
      const isGranted = random() < 0.8
      const result = isGranted ? 'AUTHORIZED' : 'ACCESS_DENIED'
      await service.api('/device/complete', { userCode, result, ...issue })
      if (isStruck()) return
      const use = (by: Json) =>
        requestToken(service, by, { grant_type: deviceGrant, device_code: deviceCode })
      const artefact: Artefact = { kind: 'device', actor, subject, asked, use }
      if (isGranted && (!session || isOpen(session))) record({ ...artefact, session })
      else artefacts.push({ ...artefact, used: 'burnt' })
    },
    async redeem() {
      const artefact = pick(artefacts)
      if (!artefact) return
      const { actor, used, asked } = artefact
      service.system.clock.advance(6_000)
      const times = random() < 0.3 ? 3 : 1
      const answers = await Promise.all(
        Array.from({ length: times }, () => artefact.use(actor.client)),
      )
      const winners = answers.filter(({ action }) => action === 'OK')
      must('redeemed more than once', winners.length <= (used ? 0 : 1), answers)
      const [winner] = winners
      if (used) {
        if (used === 'burnt') return
        // A code that comes again ends what it gave; for the others either is right.
        const isReplay = artefact.kind === 'code' && actor.state === 'open'
        if (isReplay && !isStruck()) end(used)
        else blur(used)
        return
      }
      if (!winner) {
        const isFull = asked.every((scope) => actor.requestable.includes(scope))
        const isExcused =
          actor.state !== 'open' || !isFull || isStruck() || artefact.isDoubtful === true
        must('not redeemed', isExcused, answers)
        artefact.isDoubtful = true
        return
      }
      received(winner, asked, actor)
      const family: Family = {
        actor,
        granted: asked,
        access: [{ value: winner.accessToken, life: 'live' }],
        refresh: [{ value: winner.refreshToken, life: 'live' }],
      }
      artefact.used = family
      families.push(family)
      artefact.session?.families.push(family)
    },
    async steal() {
      const artefact = pick(artefacts.filter(({ used }) => !used))
      const thief = pick(actors.filter((actor) => actor !== artefact?.actor))
      if (!artefact || !thief) return
      service.system.clock.advance(6_000)
      const answer = await artefact.use(thief.client)
      must('another client redeemed', answer.action !== 'OK', answer)
      artefacts.splice(artefacts.indexOf(artefact), 1)
    },
    async refresh() {
      const family = pick(families)
      const token = family && (random() < 0.85 ? family.refresh[0] : pick(family.refresh))
      if (!family || !token) return
      const { actor } = family
      // Sometimes for less, and sometimes for more than was granted.
      const wished = random() < 0.4 ? some(scopes) : []
      const isWider = wished.some((scope) => !family.granted.includes(scope))
      const more = wished.length > 0 ? { scope: wished.join(' ') } : {}
      const answer = await refresh(service, actor.client, token.value, more)
      if (answer.action !== 'OK') {
        const isNarrowed = family.granted.some((scope) => !actor.requestable.includes(scope))
        const mustWork = token.life === 'live' && actor.state === 'open' && !isWider && !isNarrowed
        must('not refreshed', isStruck() || !mustWork, answer)
        const isReplaced = token !== family.refresh[0]
        if (isReplaced && actor.state === 'open' && !isStruck()) end(family)
        else if (!isReplaced || isStruck()) blur(family)
        return
      }
      must('a dead refresh token lived', token.life !== 'dead', answer)
      received(answer, family.granted, actor)
      for (const old of [...family.access, ...family.refresh]) old.life = 'dead'
      family.access.unshift({ value: answer.accessToken, life: 'live' })
      family.refresh.unshift({ value: answer.refreshToken, life: 'live' })
    },
    async revoke() {
      const family = pick(families)
      const [token] = family?.refresh ?? []
      if (!family || !token || family.actor.state !== 'open') return
      const { client } = family.actor
      const answer = await service.api('/auth/revocation', {
        parameters: form({ token: token.value }),
        ...{ clientId: String(client.clientId), clientSecret: client.clientSecret },
      })
      must('not revoked', isStruck() || answer.action === 'OK', answer)
      if (answer.action === 'OK') end(family)
      else blur(family)
    },
    async introspect() {
      const family = pick(families)
      const token = pick(family?.access ?? [])
      if (!family || !token) return
      const answer = await service.api('/auth/introspection', { token: token.value })
      const isGood = answer.action === 'OK'
      must('a dead token lives', token.life !== 'dead' || !isGood, answer)
      const mustBe = token.life === 'live' && family.actor.state === 'open'
      must('a live token is dead', !mustBe || isGood, answer)
      if (isGood) {
        const wide = answer.scopes.filter((scope: string) => !family.granted.includes(scope))
        must(`scopes widened by ${wide}`, wide.length === 0, answer)
      }
      const foreign = await other.api('/auth/introspection', { token: token.value })
      must('another service knows the token', foreign.action !== 'OK', foreign)
    },
    async lock() {
      const actor = pick(actors.filter(({ state }) => state !== 'deleted'))
      if (!actor) return
      const clientLocked = actor.state === 'open'
      const path = `/client/lock_flag/update/${actor.client.clientId}`
      const full = `/api/${service.serviceId}${path}`
      const reply = await surely(() => service.call('POST', full, { clientLocked }))
      must('not locked', reply.status === 200, reply.body)
      actor.state = clientLocked ? 'locked' : 'open'
    },
    async remove() {
      const actor = pick(actors)
      if (!actor || random() < 0.6 || actor.state === 'deleted') return
      const path = `/api/${service.serviceId}/client/delete/${actor.client.clientId}`
      const reply = await surely(() => service.call('DELETE', path))
      const isGone = reply.status === 204 || (reply.isRepeated && reply.status === 404)
      must('not deleted', isGone, reply.body)
      actor.state = 'deleted'
      for (const family of families) if (family.actor === actor) end(family)
      await join()
    },
    async narrow() {
      const actor = pick(actors.filter(({ state }) => state !== 'deleted'))
      if (!actor) return
      const requestable = random() < 0.5 ? scopes : ['openid', ...some(scopes.slice(1))]
      const path = `/client/extension/requestable_scopes/update/${actor.client.clientId}`
      const full = `/api/${service.serviceId}${path}`
      const body = { requestableScopes: requestable }
      const reply = await surely(() => service.call('PUT', full, body))
      must('scopes not changed', reply.status === 200, reply.body)
      actor.requestable = requestable
      for (const family of families) if (family.actor === actor) blur(family)
    },
    restart: () => world.restart(below(2)),
    /** A session of a new user, or one more of a user; some are short. */
    async login() {
      users += 1
      const subject = pick(sessions)?.subject
      const session = {
        sessionId: `session-${seed}-${users}`,
        subject: subject && random() < 0.3 ? subject : `user-${seed}-${users}`,
        durationSeconds: random() < 0.3 ? 100 : 20_000,
      }
      const path = `/api/${service.serviceId}/session/create`
      const { body } = await surely(() => service.call('POST', path, session))
      // One that is created already was created by the call before.
      must('no session', ['CREATED', 'EXISTS'].includes(body.action), body)
      const { sessionId } = session
      const known = await service.api('/session/get', { sessionId })
      sessions.push({
        ...session,
        ...{ expiresAt: known.session.expiresAt, isEnded: false },
        ...{ participants: new Set(), families: [], artefacts: [] },
      })
    },
    /** The end of a session, of all sessions of its user, or of the part of a client. */
    async logout() {
      const session = pick(sessions)
      if (!session) return
      const { sessionId, subject } = session
      const [leaving] = random() < 0.3 ? session.participants : []
      const isOfSubject = !leaving && random() < 0.3
      const path = `/api/${service.serviceId}/session/delete`
      const { body } = await surely(() =>
        service.call('POST', path, {
          ...(isOfSubject ? { subject } : { sessionId }),
          ...(leaving ? { clientIdentifier: String(leaving.client.clientId) } : {}),
        }),
      )
      await world.idle()
      if (leaving?.state === 'deleted') return
      must('not ended', body.action === 'OK', body)
      if (leaving) {
        await requireEnded(session, [leaving])
        session.participants.delete(leaving)
        return
      }
      await requireAllEnded(
        isOfSubject ? sessions.filter((each) => each.subject === subject) : [session],
      )
    },
    async expire() {
      service.system.clock.advance(50_000)
      // A session that could not be ended is left to the next time.
      for (let struck = -1; struck !== trouble.struck(); ) {
        struck = trouble.struck()
        await world.expire().catch((error: unknown) => {
          if (!isStruck()) throw error
        })
      }
      await world.idle()
      await requireAllEnded(sessions.filter((session) => !isOpen(session)))
    },
    async sweep() {
      await service.store.purge(service.system.clock()).catch((error) => {
        if (!isStruck()) throw error
      })
    },
  }

  const menu = Object.entries({
    ...{ authorize: 6, backchannel: 2, device: 2, redeem: 10, steal: 1, refresh: 8, revoke: 2 },
    ...{ introspect: 8, lock: 2, remove: 1, narrow: 1, restart: 1, sweep: 1 },
    ...{ login: 4, logout: 3, expire: 1 },
  }).flatMap(([name, weight]) => Array.from({ length: weight }, () => name))

  trouble.arm(misfortune)
  world.turn(seeded(seed + 2_000_000_011))
  try {
    for (let count = 0; count < 3; count++) await join()
    for (let step = 0; step < steps; step++) {
      const name = pick(menu) ?? 'authorize'
      done.push(name)
      before = trouble.struck()
      service.system.clock.advance(2_000)
      await operations[name]?.()
    }
  } finally {
    trouble.arm()
  }
  // What died stays dead, to the last one, and what lives lives.
  done.push('the end')
  for (const family of families) {
    for (const { value, life } of family.access) {
      const { action } = await service.api('/auth/introspection', { token: value })
      must('a dead token lives', life !== 'dead' || action !== 'OK')
      const mustLive = life === 'live' && family.actor.state === 'open'
      must('a live token is dead', !mustLive || action === 'OK')
    }
  }
  await requireAllEnded(sessions.filter(({ isEnded }) => isEnded))
  // However a grant was redeemed and refreshed, known or not, one token of it is good.
  for (const { subject, used, session } of artefacts) {
    // A user with a session has tokens of several grants.
    if (used === 'burnt' || session) continue
    const path = `/api/${service.serviceId}/auth/token/get/list?subject=${subject}`
    const { accessTokens = [] } = await service.get(path)
    const now = service.system.clock()
    const live = accessTokens.filter((token: Json) => token.accessTokenExpiresAt > now)
    must(`${subject} has several live tokens of one grant`, live.length <= 1, live)
  }
}
