/**
 * Random histories: a change by one process, and answers of both. A question that is asked once the
 * change was acknowledged must be answered by what holds since then; one that was asked while it
 * happened, by what held before or since.
 */
import { setImmediate as turn, setTimeout as wait } from 'node:timers/promises'
import { jwksOf, serviceKeys } from '../../support/keys.ts'
import { redirectUri } from '../caller.ts'
import { seeded } from '../findings.ts'
import { attributesOf, type Change, makers, ofService, type Pick } from './changes.ts'
import { type KnownClient, type Model, type Pair, Unclear } from './model.ts'
import { aboutCaller, aboutClient, aboutToken, type Question } from './questions.ts'

/** One step, and the seed of all that is drawn in it: it stays the same where others are left out. */
export interface Step {
  change: string
  seed: number
}

interface Failure {
  /** How many steps had been made. */
  steps: number
  reason: string
}

const names = Object.keys(makers)
/** Nothing comes after the deletion of a service; tokens are what most changes are about. */
const drawn = [
  ...names.filter((name) => name !== 'deleteService'),
  ...['issue', 'issue', 'issue', 'create', 'refresh', 'refresh', 'createCaller'],
]
const mostSteps = 12

export function historyOf(seed: number): Step[] {
  const random = seeded(seed)
  const next = (among: readonly string[]) => among[Math.floor(random() * among.length)] ?? ''
  const seedOfStep = () => Math.floor(random() * 2 ** 31)
  const count = 3 + Math.floor(random() * (mostSteps - 3))
  const steps = Array.from({ length: count }, () => ({ change: next(drawn), seed: seedOfStep() }))
  const begin = ['issue', 'createCaller'].map((change) => ({ change, seed: seedOfStep() }))
  const isEnded = random() < 0.2
  const end = isEnded ? [{ change: 'deleteService', seed: seedOfStep() }] : []
  return [...begin, ...steps, ...end]
}

async function createClient(pair: Pair, serviceId: number): Promise<KnownClient> {
  const { body } = await pair.call(0, 'POST', `/${serviceId}/client/create`, {
    clientType: 'CONFIDENTIAL',
    redirectUris: [redirectUri],
    grantTypes: ['AUTHORIZATION_CODE', 'REFRESH_TOKEN', 'CLIENT_CREDENTIALS'],
    // Whatever keys the service has, this one is among them.
    idTokenSignAlg: 'ES256',
    attributes: attributesOf('m'),
  })
  const { clientId, clientSecret: secret } = body
  return { clientId, secret, isLocked: false, isDeleted: false, hasGrant: true, mark: 'm' }
}

async function createModel(pair: Pair): Promise<Model> {
  const issuer = 'https://as.example.com'
  const { body } = await pair.call(0, 'POST', '/service/create', {
    serviceName: 'Strictness',
    issuer,
    jwks: jwksOf(...serviceKeys),
    supportedScopes: ['openid', 'profile', 'read'].map((name) => ({ name })),
    accessTokenDuration: 1_500,
    refreshTokenDuration: 864_000,
    attributes: attributesOf('m', ofService),
  })
  const serviceId = body.apiKey
  const clients = [await createClient(pair, serviceId), await createClient(pair, serviceId)]
  const sessions: Model['sessions'] = []
  for (const subject of ['alice', 'carol']) {
    const made = await pair.call(0, 'POST', `/${serviceId}/session/create`, { subject })
    sessions.push({ sessionId: made.body.session.sessionId, subject, isEnded: false })
  }
  return {
    pair,
    serviceId,
    mark: 'm',
    durationSeconds: 1_500,
    hasScope: true,
    kids: serviceKeys.map(({ kid = '' }) => kid),
    ahead: 0,
    isDeleted: false,
    clients,
    tokens: [],
    callers: [],
    sessions,
    names: 0,
  }
}

interface Asked {
  question: Question
  at: number
  answer: string
}

const askBoth = (questions: readonly Question[]): Promise<Asked[]> =>
  Promise.all(
    questions.flatMap((question) =>
      [0, 1].map(async (at) => ({ question, at, answer: await question.ask(at) })),
    ),
  )

const told = ({ question: { what }, at, answer }: Asked, expected: string) =>
  `${what} by process ${at} is "${answer}", not "${expected}"`

/** Questions that the change should not matter to, too. */
function others(model: Model, pick: Pick): Question[] {
  const token = pick(model.tokens)
  const caller = pick(model.callers)
  const client = pick(model.clients)
  const all = [
    ...(token ? aboutToken(model, token) : []),
    ...(caller ? aboutCaller(model, caller) : []),
    ...(client ? aboutClient(model, client) : []),
  ]
  const one = pick(all)
  return one ? [one] : []
}

/** What keeps answers keeps them until the change, and some are read as it happens. */
async function keepAsking(questions: readonly Question[], isOver: () => boolean) {
  const all = await askBoth(questions)
  while (!isOver()) all.push(...(await askBoth(questions.slice(0, 2))))
  return all
}

const mostQuestions = 5

/** Some of many questions, by chance. */
function some(questions: readonly Question[], pick: Pick): Question[] {
  const left = [...questions]
  while (left.length > mostQuestions) {
    const one = pick(left)
    if (one) left.splice(left.indexOf(one), 1)
  }
  return left
}

/** What is wrong after a step; undefined if nothing is. */
async function make(model: Model, change: Change, pick: Pick): Promise<string | undefined> {
  const at = pick([0, 1]) ?? 0
  const questions = [...some(change.affected, pick), ...others(model, pick)]
  const before = questions.map((question) => question.expected())
  let isOver = false
  const early = keepAsking(questions, () => isOver)
  early.catch(() => undefined)
  const pause = pick([0, 0, 1, 2, 5, 10]) ?? 0
  await (pause === 0 ? turn() : wait(pause))
  const { status, body } = await change.send(at)
  isOver = true
  if (status >= 300 || change.settle(body) === false) {
    return `it was refused with ${status}: ${JSON.stringify(body).slice(0, 300)}`
  }
  const later = [...questions, ...some(change.revealed?.() ?? [], pick)]
  const after = await askBoth(later)
  for (const asked of after) {
    const expected = asked.question.expected()
    if (asked.answer !== expected) return `once it was acknowledged, ${told(asked, expected)}`
  }
  for (const asked of await early) {
    const { question, answer } = asked
    const expected = [before[questions.indexOf(question)] ?? '', question.expected()]
    if (![...expected, ...(question.between ?? [])].includes(answer)) {
      return `while it happened, ${told(asked, expected.join('" or "'))}`
    }
  }
  return undefined
}

/** Plays a history on a new service. */
export async function play(pair: Pair, steps: readonly Step[]): Promise<Failure | undefined> {
  let done = 0
  try {
    const model = await createModel(pair)
    for (const step of steps) {
      done += 1
      const random = seeded(step.seed)
      const pick: Pick = (among) => among[Math.floor(random() * among.length)]
      const change = await makers[step.change]?.(model, pick)
      const reason = change && (await make(model, change, pick))
      if (reason) return { steps: done, reason }
    }
    return undefined
  } catch (error) {
    if (error instanceof Unclear) return undefined
    return { steps: done, reason: error instanceof Error ? error.message : String(error) }
  }
}

/** What depends on chance fails at times only: a history counts as right after so many plays. */
const plays = 5

/** The shortest history that still fails, by leaving out one step after the other. */
async function shortened(pair: Pair, steps: readonly Step[], failure: Failure) {
  let shortest = steps.slice(0, failure.steps)
  let { reason } = failure
  for (let place = shortest.length - 2; place >= 0; place--) {
    const shorter = shortest.toSpliced(place, 1)
    for (let played = 0; played < plays; played++) {
      const again = await play(pair, shorter)
      if (!again) continue
      shortest = shorter.slice(0, again.steps)
      reason = again.reason
      place = Math.min(place, shortest.length - 1)
      break
    }
  }
  return { shortest, reason }
}

interface Played {
  histories: number
  steps: number
  /** In words, of at most one history. */
  failure?: string
}

/** Plays many histories, some at a time, until one fails. */
export async function playAll(
  pair: Pair,
  { first, count, atOnce }: { first: number; count: number; atOnce: number },
  progress: (done: number) => void = () => {},
): Promise<Played> {
  let next = first
  let steps = 0
  let done = 0
  let found: { seed: number; failure: Failure } | undefined
  const work = async () => {
    while (next < first + count && !found) {
      const seed = next++
      const history = historyOf(seed)
      const failure = await play(pair, history)
      if (failure) found ??= { seed, failure }
      steps += history.length
      progress(++done)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  if (!found) return { histories: done, steps }
  const { seed, failure } = found
  const { shortest, reason } = await shortened(pair, historyOf(seed), failure)
  const words = shortest.map(({ change, seed: of }) => `${change} (${of})`).join(', ')
  const text =
    `seed ${seed}, step ${failure.steps}: ${failure.reason}\n` +
    `shortest, of ${shortest.length} steps: ${words}: ${reason}`
  return { histories: done, steps, failure: text }
}
