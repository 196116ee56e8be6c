/**
 * Random sequences of operations by several clients of two services, beside a small model that says
 * what has to come of them. `POSTERN_SIMULATIONS` and `POSTERN_SEED` make it long, or repeat one.
 */
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { seeded } from './faults/findings.ts'
import { ask as askBackchannel, complete as decideBackchannel, poll } from './support/ciba.ts'
import {
  createService,
  form,
  issuer,
  obtainCode,
  redeem,
  refresh,
  requestToken,
  type TestService,
} from './support/flows.ts'
import type { Json } from './support/server.ts'

const simulations = Number(process.env['POSTERN_SIMULATIONS'] ?? 4)
const firstSeed = Number(process.env['POSTERN_SEED'] ?? 1)
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
}

let service: TestService
let other: TestService
beforeAll(async () => {
  const settings = {
    backchannelAuthenticationEndpoint: `${issuer}/backchannel`,
    supportedBackchannelTokenDeliveryModes: ['POLL'],
    deviceAuthorizationEndpoint: `${issuer}/device`,
    deviceVerificationUri: `${issuer}/activate`,
    accessTokenDuration: 86_400,
    refreshTokenDuration: 86_400,
  }
  service = await createService(settings)
  // Another service of the same server: what is of one is nothing to the other.
  const made = await service.post('/api/service/create', settings)
  other = {
    ...service,
    serviceId: made.apiKey,
    api: (operation, body) => service.post(`/api/${made.apiKey}${operation}`, body),
  }
})
afterAll(() => service.close())

async function simulate(seed: number): Promise<void> {
  const random = seeded(seed)
  const below = (count: number) => Math.floor(random() * count)
  const pick = <T>(among: readonly T[]): T | undefined => among[below(among.length)]
  const some = (among: readonly string[]) => among.filter(() => random() < 0.6)
  const actors: Actor[] = []
  const artefacts: Artefact[] = []
  const families: Family[] = []
  const done: string[] = []
  let users = 0

  async function join(): Promise<void> {
    const client = await service.client({ bcDeliveryMode: 'POLL', clientName: `of ${seed}` })
    actors.push({ client, state: 'open', requestable: scopes })
  }

  const tell = (what: string) => `seed ${seed}, step ${done.length} (${done.at(-1)}): ${what}`
  const must = (what: string, holds: boolean, seen?: Json) =>
    expect(holds, tell(`${what} ${seen ? JSON.stringify(seen).slice(0, 400) : ''}`)).toBe(true)

  const end = (family: Family) => {
    for (const token of [...family.access, ...family.refresh]) token.life = 'dead'
  }
  const blur = (family: Family) => {
    for (const token of [...family.access, ...family.refresh]) {
      if (token.life === 'live') token.life = 'maybe'
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
      users += 1
      const subject = `user-${seed}-${users}`
      const asked = ['openid', ...some(scopes.slice(1))].filter((scope) =>
        actor.requestable.includes(scope),
      )
      if (!asked.includes('openid')) return
      const code = await obtainCode(service, actor.client, { scope: asked.join(' ') }, { subject })
      must('a code', typeof code === 'string')
      const use = (by: Json) => redeem(service, by, code)
      artefacts.push({ kind: 'code', actor, subject, asked, use })
    },
    async backchannel() {
      const actor = pick(actors.filter(({ state }) => state === 'open'))
      if (!actor) return
      users += 1
      const subject = `user-${seed}-${users}`
      const asked = ['openid', 'read'].filter((scope) => actor.requestable.includes(scope))
      if (!asked.includes('openid')) return
      const { ticket } = await askBackchannel(service, actor.client, { scope: asked.join(' ') })
      const issued = await service.api('/backchannel/authentication/issue', { ticket })
      const isGranted = random() < 0.8
      const result = isGranted ? 'AUTHORIZED' : 'ACCESS_DENIED'
      await decideBackchannel(service, ticket, { result, subject })
      const use = (by: Json) => poll(service, by, issued.authReqId)
      artefacts.push({
        ...{ kind: 'backchannel', actor, subject, asked, use },
        ...(isGranted ? {} : { used: 'burnt' }),
      })
    },
    async device() {
      const actor = pick(actors.filter(({ state }) => state === 'open'))
      if (!actor) return
      users += 1
      const subject = `user-${seed}-${users}`
      const asked = ['openid', 'write'].filter((scope) => actor.requestable.includes(scope))
      if (!asked.includes('openid')) return
      const { client } = actor
      const { deviceCode, userCode } = await service.api('/device/authorization', {
        parameters: form({ scope: asked.join(' ') }),
        ...{ clientId: String(client.clientId), clientSecret: client.clientSecret },
      })
      const isGranted = random() < 0.8
      const result = isGranted ? 'AUTHORIZED' : 'ACCESS_DENIED'
      await service.api('/device/complete', { userCode, result, subject })
      const use = (by: Json) =>
        requestToken(service, by, { grant_type: deviceGrant, device_code: deviceCode })
      artefacts.push({
        ...{ kind: 'device', actor, subject, asked, use },
        ...(isGranted ? {} : { used: 'burnt' }),
      })
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
        if (artefact.kind === 'code' && actor.state === 'open') end(used)
        else blur(used)
        return
      }
      if (!winner) {
        const isFull = asked.every((scope) => actor.requestable.includes(scope))
        const isExcused =
          actor.state !== 'open' || !isFull || times > 1 || artefact.isDoubtful === true
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
        must('not refreshed', !mustWork, answer)
        const isReplaced = token !== family.refresh[0]
        if (isReplaced && actor.state === 'open') end(family)
        else if (!isReplaced) blur(family)
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
      must('not revoked', answer.action === 'OK', answer)
      end(family)
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
      await service.api(path, { clientLocked })
      actor.state = clientLocked ? 'locked' : 'open'
    },
    async remove() {
      const actor = pick(actors)
      if (!actor || random() < 0.6 || actor.state === 'deleted') return
      const path = `/api/${service.serviceId}/client/delete/${actor.client.clientId}`
      must('not deleted', (await service.call('DELETE', path)).status === 204)
      actor.state = 'deleted'
      for (const family of families) if (family.actor === actor) end(family)
      await join()
    },
    async narrow() {
      const actor = pick(actors.filter(({ state }) => state !== 'deleted'))
      if (!actor) return
      const requestable = random() < 0.5 ? scopes : ['openid', ...some(scopes.slice(1))]
      const path = `/client/extension/requestable_scopes/update/${actor.client.clientId}`
      const reply = await service.call('PUT', `/api/${service.serviceId}${path}`, {
        requestableScopes: requestable,
      })
      must('scopes not changed', reply.status === 200, reply.body)
      actor.requestable = requestable
      for (const family of families) if (family.actor === actor) blur(family)
    },
  }

  const menu = Object.entries({
    ...{ authorize: 6, backchannel: 2, device: 2, redeem: 10, steal: 1, refresh: 8, revoke: 2 },
    ...{ introspect: 8, lock: 2, remove: 1, narrow: 1 },
  }).flatMap(([name, weight]) => Array.from({ length: weight }, () => name))

  await Promise.all([join(), join(), join()])
  for (let step = 0; step < steps; step++) {
    const name = pick(menu) ?? 'authorize'
    done.push(name)
    service.system.clock.advance(2_000)
    await operations[name]?.()
  }
  // What died stays dead, to the last one.
  done.push('the end')
  for (const { value, life } of families.flatMap(({ access }) => access)) {
    if (life !== 'dead') continue
    const answer = await service.api('/auth/introspection', { token: value })
    must('a dead token lives', answer.action !== 'OK', answer)
  }
}

describe(`a simulation on ${inject('dialect')}`, () => {
  const seeds = Array.from({ length: simulations }, (_, index) => firstSeed + index)
  it.each(seeds)(
    'of seed %i redeems once, never widens, and revives nothing',
    async (seed) => {
      await simulate(seed)
      await wait(0)
    },
    120_000,
  )
})
