/**
 * Mixed load that remembers what was acknowledged, and compares it afterwards with what is there.
 * A call that got no answer, or 503, may have had its effect or not: either is right, half is not.
 */
import { setTimeout as wait } from 'node:timers/promises'
import { authorizationParameters, type Caller, form, redirectUri, verifier } from './caller.ts'

interface Family {
  access: string
  refresh: string
  /** Access tokens that were replaced. */
  dead: string[]
}

/** Of `redeeming`, `refreshing`, `revoking` and `repeated` the latest outcome is not known. */
type State =
  | { is: 'issued'; code: string }
  | { is: 'redeeming'; code: string }
  | ({ is: 'live' | 'repeated' | 'refreshing' | 'revoking' | 'revoked' } & Family)
  | { is: 'client' | 'deleting client' | 'deleted client'; clientId: number }

export interface History {
  /** Loads the server until `stop` is called; resolves once nothing is under way any more. */
  load(workers: number): { stop(): Promise<void> }
  /** Compares what was acknowledged with what is there; says what is wrong. */
  check(): Promise<void>
  /** What went wrong, in words. */
  readonly wrong: string[]
  /** How many facts were compared so far. */
  checked(): number
}

/** Lets workers do something again and again. */
export const loadOf =
  (flow: () => Promise<void>, failing: () => boolean): History['load'] =>
  (workers) => {
    let stopped = false
    const work = async () => {
      while (!stopped) {
        await flow()
        // What fails at once is not tried a thousand times a second.
        if (failing()) await wait(20)
      }
    }
    const working = Promise.all(Array.from({ length: workers }, work))
    return {
      async stop() {
        stopped = true
        await working
      },
    }
  }

type Random = () => number
type Known = NonNullable<Awaited<ReturnType<Caller['api']>>>

const told = (answer: Known | undefined) => JSON.stringify(answer?.body).slice(0, 300)

/** The code was used again, later than a retry: what it gave is revoked. RFC 6749 §4.1.2 */
const replayed = 'P020007'
/** Within this time no second use of a code is a replay; a little less than Postern's own bound. */
const retryMilliseconds = 950

/** `name` begins the name of every user, so that two histories never share one. */
export function createHistory(name: string, caller: Caller, random: Random): History {
  const wrong: string[] = []
  const states = new Map<string, State>()
  /** Revoked families and deleted clients of earlier rounds: they stay so. */
  const ended: { family?: Family; clientId?: number }[] = []
  let flows = 0
  let checked = 0

  const { api, client } = caller
  const token = (parameters: Record<string, string>) =>
    api('/auth/token', {
      parameters: form(parameters),
      clientId: String(client.clientId),
      clientSecret: client.clientSecret,
    })
  const redeem = (code: string) =>
    token({
      grant_type: 'authorization_code',
      code,
      redirect_uri: redirectUri,
      code_verifier: verifier,
    })
  const refresh = (value: string) => token({ grant_type: 'refresh_token', refresh_token: value })

  /** Whether it is known to have been done. A refusal is wrong: all of this is there, and live. */
  function definite(
    subject: string,
    what: string,
    answer: Known | undefined,
    expected: string | number,
  ): answer is Known {
    if (!answer) return false
    const isDone = expected === answer.body.action || expected === answer.status
    if (!isDone) wrong.push(`${subject}: ${what} was refused: ${told(answer)}`)
    return isDone
  }

  async function flow(): Promise<void> {
    flows += 1
    const subject = `${name}-${flows}`
    if (random() < 0.1) return clientFlow(subject)
    const authorized = await api('/auth/authorization', {
      parameters: authorizationParameters(client),
    })
    if (!definite(subject, 'an authorization request', authorized, 'INTERACTION')) return undefined
    const { ticket } = authorized.body
    const issued = await api('/auth/authorization/issue', { ticket, subject })
    if (!definite(subject, 'a ticket', issued, 'LOCATION')) return undefined
    const code: string = issued.body.authorizationCode
    states.set(subject, { is: 'issued', code })
    if (random() < 0.1) return undefined
    states.set(subject, { is: 'redeeming', code })
    const family = await redeemed(subject, code)
    return family && use(subject, family)
  }

  /** By one request or by three at once; the family where it is surely live. */
  async function redeemed(subject: string, code: string): Promise<Family | undefined> {
    const started = performance.now()
    const answers = await Promise.all(
      Array.from({ length: random() < 0.2 ? 3 : 1 }, () => redeem(code)),
    )
    const lasted = performance.now() - started
    const winners = answers.filter((answer) => answer?.body.action === 'OK')
    const isUnclear = answers.includes(undefined)
    if (winners.length > 1) wrong.push(`${subject}: one code gave tokens ${winners.length} times`)
    const [winner] = winners
    if (!winner) {
      if (!isUnclear) wrong.push(`${subject}: a code was refused: ${told(answers[0])}`)
      return undefined
    }
    const { accessToken, refreshToken } = winner.body
    const family: Family = { access: accessToken, refresh: refreshToken, dead: [] }
    if (answers.some((answer) => answer?.body.resultCode === replayed)) {
      states.set(subject, { is: 'revoked', ...family })
      return undefined
    }
    // Who got no answer to a second use for so long may have made a replay of it.
    const isRepeated = isUnclear && lasted > retryMilliseconds
    states.set(subject, { is: isRepeated ? 'repeated' : 'live', ...family })
    return isRepeated ? undefined : family
  }

  async function use(subject: string, received: Family): Promise<void> {
    let family = received
    for (let times = Math.floor(random() * 4); times > 0; times--) {
      states.set(subject, { is: 'refreshing', ...family })
      const refreshed = await refresh(family.refresh)
      if (!definite(subject, 'a refresh token', refreshed, 'OK')) return
      const { accessToken, refreshToken } = refreshed.body
      const dead = [...family.dead, family.access]
      family = { access: accessToken, refresh: refreshToken, dead }
      states.set(subject, { is: 'live', ...family })
    }
    if (random() < 0.6) return
    states.set(subject, { is: 'revoking', ...family })
    const revoked = await api('/auth/revocation', {
      parameters: form({ token: family.refresh, token_type_hint: 'refresh_token' }),
      clientId: String(client.clientId),
      clientSecret: client.clientSecret,
    })
    if (definite(subject, 'a revocation', revoked, 'OK')) {
      states.set(subject, { is: 'revoked', ...family })
    }
  }

  async function clientFlow(name: string): Promise<void> {
    const made = await api('/client/create', { clientName: name })
    if (!definite(name, 'a new client', made, 200)) return
    const { clientId } = made.body
    states.set(name, { is: 'client', clientId })
    if (random() < 0.5) return
    states.set(name, { is: 'deleting client', clientId })
    const deleted = await api(`/client/delete/${clientId}`, undefined, 'DELETE')
    if (definite(name, 'a deletion', deleted, 204)) {
      states.set(name, { is: 'deleted client', clientId })
    }
  }

  /** An answer that has to be there. */
  async function sure(answer: ReturnType<Caller['api']>) {
    const known = await answer
    if (known && known.status < 500) return known
    throw new Error(`no answer when all is well: ${JSON.stringify(known)}`)
  }
  const isGood = async (value: string) =>
    (await sure(api('/auth/introspection', { token: value }))).body.action === 'OK'
  const isOk = async (answer: ReturnType<Caller['api']>) =>
    (await sure(answer)).body.action === 'OK'
  const exists = async (clientId: number) =>
    (await sure(api(`/client/get/${clientId}`, undefined, 'GET'))).status === 200
  const countOf = async (subject: string) =>
    (await sure(api(`/auth/token/get/list?subject=${subject}`, undefined, 'GET'))).body.totalCount

  function compare(subject: string, what: string, expected: unknown, found: unknown): void {
    checked += 1
    if (expected !== found) wrong.push(`${subject}: ${what} is ${found}, not ${expected}`)
  }

  async function checkOne(subject: string, state: State): Promise<void> {
    const tell = (what: string, expected: unknown, found: unknown) =>
      compare(subject, `[${state.is}] ${what}`, expected, found)
    if (state.is === 'issued') return tell('an issued code', true, await isOk(redeem(state.code)))
    if (state.is === 'redeeming') {
      const tokens = await countOf(subject)
      if (tokens > 1) tell('the number of tokens', 1, tokens)
      return tell('the code', tokens === 0, await isOk(redeem(state.code)))
    }
    if ('clientId' in state) {
      const { is, clientId } = state
      if (is === 'client') tell('a client', true, await exists(clientId))
      if (is !== 'deleted client') return undefined
      ended.push({ clientId })
      return tell('a deleted client', false, await exists(clientId))
    }
    for (const value of state.dead) tell('a replaced token', false, await isGood(value))
    const good = await isGood(state.access)
    if (state.is === 'revoked') ended.push({ family: state })
    if (state.is === 'live' || state.is === 'revoked') {
      tell('the access token', state.is === 'live', good)
    }
    // After a whole change or none, both tokens tell the same.
    return tell('the refresh token', good, await isOk(refresh(state.refresh)))
  }

  async function check(): Promise<void> {
    const all = [...states]
    states.clear()
    const workers = Array.from({ length: 8 }, async () => {
      for (let next = all.pop(); next; next = all.pop()) await checkOne(...next)
    })
    await Promise.all(workers)
    // The latest hundred, and some of the older ones.
    const older = ended.slice(0, -100).filter(() => random() < 50 / ended.length)
    for (const { family, clientId } of [...older, ...ended.slice(-100)]) {
      if (clientId) compare('earlier', 'a deleted client', false, await exists(clientId))
      if (!family) continue
      compare('earlier', 'a revoked access token', false, await isGood(family.access))
      compare('earlier', 'a revoked refresh token', false, await isOk(refresh(family.refresh)))
    }
  }

  return { load: loadOf(flow, caller.failing), check, wrong, checked: () => checked }
}
