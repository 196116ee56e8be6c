/** The system of a test: settable clock, seeded randomness, prepared responses, recorded log. */
import { createHash } from 'node:crypto'
import type { Clock } from '../../src/system/clock.ts'
import { type Fetch, FetchError, type FetchOptions } from '../../src/system/fetch.ts'
import type { KeyProviders } from '../../src/system/key-provider.ts'
import { createLog, type Log } from '../../src/system/log.ts'
import { createRandom, type Random } from '../../src/system/random.ts'
import type { System } from '../../src/system/system.ts'

export interface TestClock extends Clock {
  advance(milliseconds: number): void
  set(at: number): void
}

/** A prepared response: JSON for an object, text for a string. A status beyond 2xx fails. */
interface Answer {
  readonly status?: number
  readonly contentType?: string
  readonly cacheControl?: string
  /** In seconds, as in the header of an error. */
  readonly retryAfter?: number
  readonly body?: string | object
}

type Told = Answer | FetchError
type Answers = Told | ((options: FetchOptions) => Told | Promise<Told>)

interface TestFetch extends Fetch {
  /** Prepares the response of a URL. Every other URL fails like an unreachable server. */
  answer(url: string, answer: Answers): void
  /** The requests so far, in order. */
  readonly asked: { readonly url: string; readonly options: FetchOptions }[]
}

export interface TestLog extends Log {
  /** The written entries, with redacted secrets. */
  readonly entries: Readonly<Record<string, unknown>>[]
}

export interface TestSystem extends System {
  readonly clock: TestClock
  readonly fetch: TestFetch
  readonly log: TestLog
}

const startAt = Date.UTC(2026, 0, 1)

export function testClock(startsAt = startAt): TestClock {
  let now = startsAt
  return Object.assign(() => now, {
    advance: (milliseconds: number) => {
      now += milliseconds
    },
    set: (at: number) => {
      now = at
    },
  })
}

/** Reproducible bytes: the hashes of a counter. */
export function seededRandom(seed: string | number = 'postern'): Random {
  let block = 0
  let rest = Buffer.alloc(0)
  return createRandom((count) => {
    while (rest.length < count) {
      const next = createHash('sha256').update(`${seed} ${block}`).digest()
      rest = Buffer.concat([rest, next])
      block += 1
    }
    const taken = Buffer.from(rest.subarray(0, count))
    rest = rest.subarray(count)
    return taken
  })
}

function testFetch(): TestFetch {
  const answers = new Map<string, Answers>()
  const asked: { url: string; options: FetchOptions }[] = []

  const fetch: Fetch = async (url, options) => {
    asked.push({ url, options })
    const told = answers.get(url)
    const answer = typeof told === 'function' ? await told(options) : told
    const { purpose } = options
    if (answer === undefined)
      throw new FetchError('network', { purpose, origin: new URL(url).origin })
    if (answer instanceof FetchError) throw answer
    const { status = 200, body = '', retryAfter } = answer
    if (status < 200 || status > 299) {
      const redirects = status >= 300 && status < 400
      throw new FetchError(redirects ? 'redirect' : 'status', { purpose, status, retryAfter })
    }
    const json = typeof body === 'object'
    return {
      status,
      contentType: answer.contentType ?? (json ? 'application/json' : 'text/plain'),
      cacheControl: answer.cacheControl ?? '',
      body: json ? JSON.stringify(body) : body,
    }
  }

  return Object.assign(fetch, {
    asked,
    answer: (url: string, answer: Answers) => {
      answers.set(url, answer)
    },
  })
}

export function testLog(clock: Clock): TestLog {
  const entries: Record<string, unknown>[] = []
  const destination = { write: (line: string) => entries.push(JSON.parse(line)) }
  return Object.assign(createLog({ level: 'trace', clock }, destination), { entries })
}

export function testSystem(
  options: {
    now?: number | undefined
    seed?: string | number | undefined
    keyProviders?: KeyProviders
  } = {},
): TestSystem {
  const clock = testClock(options.now)
  const { seed, keyProviders = new Map() } = options
  const random = seededRandom(seed)
  return { clock, random, fetch: testFetch(), log: testLog(clock), keyProviders }
}
