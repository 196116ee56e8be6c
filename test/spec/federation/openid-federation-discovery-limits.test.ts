/** Limits of the discovery of trust chains against hostile entities, OpenID Federation §18.1. */
import fc from 'fast-check'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Given, resolveChain } from '../../../src/clients/federation/resolve.ts'
import { readStatement } from '../../../src/oauth/federation/entity-statement.ts'
import { type Fetch, FetchError } from '../../../src/system/fetch.ts'
import { holdLimit, holdOf } from '../../support/event-loop.ts'
import {
  type Entity,
  entity,
  entityKey,
  federationOf,
  minute,
  pinned,
} from '../../support/federation.ts'
import { asyncOutcomeOf, serviceWith } from '../../support/rules.ts'
import { type TestSystem, testSystem } from '../../support/system.ts'

const second = 1_000
const wellKnown = '/.well-known/openid-federation'
const missing = new FetchError('status', { purpose: '', status: 404 })

/** One key for all entities: what counts here are the numbers. */
let key: Entity['key']
let anchor: Entity
beforeAll(async () => {
  key = await entityKey('key')
  anchor = { ...(await entity('https://anchor.example')), key }
})

const idOf = (name: number | string) => `https://e${name}.example`

let system: TestSystem
/** The superiors that an entity names. */
let hintsOf: (id: string) => string[]
/** Whether a superior has a statement about an entity. */
let hasStatement: (superior: string, id: string) => boolean
/** What happens before the response to a fetch. */
let before: (url: string) => Promise<void>
let asked: string[]
let running: { now: number; most: number }
beforeEach(() => {
  system = testSystem()
  hintsOf = (id) => (id === anchor.id ? [] : [anchor.id])
  hasStatement = () => true
  before = async () => {}
  asked = []
  running = { now: 0, most: 0 }
})

/** Answers for every entity that there may be. */
const respond: Fetch = async (url) => {
  asked.push(url)
  running.now += 1
  running.most = Math.max(running.most, running.now)
  try {
    await before(url)
    const { origin, pathname, searchParams } = new URL(url)
    const { configuration, about } = federationOf(system)
    const made = { key, superiors: [], metadata: {}, claims: {}, statements: {} }
    const of = { ...made, id: origin, claims: hintsClaim(origin) }
    const subject = { ...made, id: searchParams.get('sub') ?? '' }
    if (pathname !== wellKnown && !hasStatement(origin, subject.id)) throw missing
    const body = await (pathname === wellKnown ? configuration(of) : about(of, subject))
    return { status: 200, contentType: 'application/entity-statement+jwt', cacheControl: '', body }
  } finally {
    running.now -= 1
  }
}
const hintsClaim = (id: string) => {
  const hints = hintsOf(id)
  return hints.length > 0 ? { authority_hints: hints } : {}
}

interface Asked extends Given {
  apiKey?: number
  /** How long ago the request began. */
  since?: number
}

/** All resolutions of a test are of one process. */
let process: { of: TestSystem; system: TestSystem } | undefined
const resolve = (id: string, { apiKey = 1, since = 0, ...given }: Asked = {}) => {
  if (process?.of !== system) {
    const fetch = Object.assign<Fetch, Pick<TestSystem['fetch'], 'answer' | 'asked'>>(
      (url, options) => respond(url, options),
      system.fetch,
    )
    process = { of: system, system: { ...system, fetch } }
  }
  const service = serviceWith({ trustAnchors: [pinned(anchor)], apiKey })
  const context = { service, system: process.system, now: system.clock() - since }
  return asyncOutcomeOf(resolveChain(context, id, given))
}

const noPath = 'invalid_trust_anchor (P136201)'
const tooMany = 'temporarily_unavailable (P136003)'
const slow = 'temporarily_unavailable (P136004)'
const unreachable = 'temporarily_unavailable (P136102)'
const spent = 'invalid_trust_chain (P136104)'

describe('fetches of one resolution', () => {
  it('are few for an entity with 1,000 hints', async () => {
    hintsOf = (id) => (id === idOf(0) ? Array.from({ length: 1_000 }, (_, at) => idOf(at + 1)) : [])
    expect(await resolve(idOf(0))).toBe(noPath)
    expect(asked).toHaveLength(7)
  })

  it('are those for the trust anchor, wherever it stands among 1,000 hints', async () => {
    hintsOf = (id) =>
      id === idOf(0) ? [...Array.from({ length: 999 }, (_, at) => idOf(at + 1)), anchor.id] : []
    expect(await resolve(idOf(0))).toMatchObject({ anchor: anchor.id })
    expect(asked).toHaveLength(3)
  })

  it('are none beyond the configuration with 1,001 hints, which is malformed', async () => {
    hintsOf = () => Array.from({ length: 1_001 }, (_, at) => idOf(at + 1))
    expect(await resolve(idOf(0))).toBe('invalid_trust_chain (P135010)')
    expect(asked).toHaveLength(1)
  })

  it('are at most 24 in a federation of 10,000 entities, and six at a time', async () => {
    hintsOf = (id) => {
      const at = Number(id.replace(/\D/g, ''))
      return Array.from({ length: 6 }, (_, next) => idOf((at * 6 + next + 1) % 10_000))
    }
    before = () => new Promise((done) => setTimeout(done, 2))
    expect(await resolve(idOf(0))).toBe(spent)
    expect(asked).toHaveLength(24)
    expect(running.most).toBe(6)
  })

  it('are at most 24 when statements known from before are fetched again', async () => {
    hintsOf = (id) => (id.includes('anchor') ? [] : [anchor.id, ...[1, 2, 3, 4, 5].map(idOf)])
    hasStatement = (superior) => superior !== anchor.id
    await resolve(idOf(9))
    asked = []
    system.clock.advance(minute + second)
    expect(await resolve(idOf(9))).toMatch(/P136(104|201)/)
    expect(asked.length).toBeLessThanOrEqual(24)
  })

  it('follow five intermediates, and no sixth one', async () => {
    const above = (depth: number) => (id: string) => {
      const at = Number(id.replace(/\D/g, ''))
      if (id === anchor.id) return []
      return [at < depth ? idOf(at + 1) : anchor.id]
    }
    hintsOf = above(5)
    expect(await resolve(idOf(0))).toMatchObject({ statements: { length: 8 } })
    system = testSystem()
    hintsOf = above(6)
    expect(await resolve(idOf(0))).toBe(noPath)
    system = testSystem()
    hintsOf = above(50)
    asked = []
    expect(await resolve(idOf(0))).toBe(noPath)
    expect(asked).toHaveLength(6)
  })

  it('end where entities all name each other, without holding the event loop', async () => {
    const all = Array.from({ length: 20 }, (_, at) => idOf(at))
    hintsOf = (id) => (id === anchor.id ? [] : [...all, anchor.id])
    // The anchor has no statement about any of them, so that all paths are tried.
    hasStatement = (superior) => superior !== anchor.id
    const resolveAgain = async () => {
      system = testSystem()
      asked = []
      expect(await resolve(idOf(0))).toMatch(/P136(104|201)/)
      expect(asked.length).toBeLessThanOrEqual(24)
    }
    expect(await holdOf(resolveAgain)).toBeLessThan(holdLimit)
  })

  it('find a chain if there is one, in any small federation', async () => {
    const names = ['0', '1', '2', '3', '4'].map(idOf)
    const edge = fc.record({
      from: fc.constantFrom(...names),
      to: fc.constantFrom(...names, anchor.id),
      isStated: fc.boolean(),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(edge, { maxLength: 12 }), async (edges) => {
        system = testSystem()
        asked = []
        hintsOf = (id) => edges.filter(({ from }) => from === id).map(({ to }) => to)
        hasStatement = (to, from) =>
          edges.some((each) => each.from === from && each.to === to && each.isStated)
        const isReached = (id: string, past: string[]): boolean =>
          id === anchor.id ||
          edges.some(
            ({ from, to, isStated }) =>
              from === id && isStated && !past.includes(to) && isReached(to, [...past, to]),
          )
        const resolved = await resolve(idOf(0))
        expect(typeof resolved === 'object').toBe(isReached(idOf(0), [idOf(0)]))
        expect(asked.length).toBeLessThanOrEqual(24)
        expect(new Set(asked).size).toBe(asked.length)
      }),
      { numRuns: 100 },
    )
  })
})

describe('time of a resolution', () => {
  it('is longer than a request waits, and a retry finds its result', async () => {
    let release = () => {}
    const released = new Promise<void>((done) => {
      release = done
    })
    before = () => released
    expect(await resolve(idOf(0), { since: 3 * second })).toBe(slow)
    expect(await resolve(idOf(0), { since: 3 * second })).toBe(slow)
    expect(asked).toHaveLength(1)
    const waiting = resolve(idOf(0))
    release()
    expect(await waiting).toMatchObject({ anchor: anchor.id })
    expect(await resolve(idOf(0))).toMatchObject({ anchor: anchor.id })
    expect(asked).toHaveLength(3)
  })

  it('ends after ten seconds, and nothing is fetched after that', async () => {
    let release = () => {}
    const released = new Promise<void>((done) => {
      release = done
    })
    const hung = Array.from({ length: 7 }, (_, at) => idOf(at + 1))
    hintsOf = (id) => (id === idOf(0) ? hung.slice(0, 6) : [idOf(7)])
    before = (url) => (url.startsWith(idOf(0)) ? Promise.resolve() : released)
    for (let waited = 0; waited < 4; waited++) expect(await resolve(idOf(0))).toBe(slow)
    release()
    await new Promise((done) => setTimeout(done, 50))
    expect(await resolve(idOf(0))).toBe(slow)
    expect(asked).toHaveLength(7)
    system.clock.advance(5 * second)
    await resolve(idOf(0))
    expect(asked.length).toBeGreaterThan(7)
  })
})

describe('number of resolutions', () => {
  const hang = () => {
    const releases: (() => void)[] = []
    before = () => new Promise((done) => releases.push(done))
    return () => {
      before = async () => {}
      for (const release of releases) release()
    }
  }

  it('is one for 10,000 requests of a stranger', async () => {
    before = async () => {
      throw missing
    }
    const one = () => resolve(idOf(0))
    const all = async () => {
      const outcomes = await Promise.all(Array.from({ length: 5_000 }, one))
      for (let next = 0; next < 5_000; next++) outcomes.push(await one())
      expect(new Set(outcomes)).toEqual(new Set(['invalid_client (P136101)']))
    }
    await all()
    expect(asked).toHaveLength(1)
  })

  it('is at most eight of a service at once', async () => {
    const release = hang()
    const eight = Array.from({ length: 8 }, (_, at) => resolve(idOf(at)))
    expect(await resolve(idOf(8))).toBe(tooMany)
    const joined = resolve(idOf(7))
    const other = resolve(idOf(8), { apiKey: 2 })
    release()
    for (const resolved of [...(await Promise.all(eight)), await joined, await other]) {
      expect(resolved).toMatchObject({ anchor: anchor.id })
    }
    expect(await resolve(idOf(8))).toMatchObject({ anchor: anchor.id })
  })

  it('is at most 64 of a process at once', async () => {
    const release = hang()
    const all = Array.from({ length: 64 }, (_, at) =>
      resolve(idOf(at), { apiKey: 1 + Math.floor(at / 8) }),
    )
    expect(await resolve(idOf(64), { apiKey: 9 })).toBe(tooMany)
    release()
    await Promise.all(all)
    expect(await resolve(idOf(64), { apiKey: 9 })).toMatchObject({ anchor: anchor.id })
  })

  it('is at most 600 of a service in a minute', async () => {
    before = async () => {
      throw missing
    }
    for (let at = 0; at < 600; at++) await resolve(idOf(at))
    expect(asked).toHaveLength(600)
    expect(await resolve(idOf(600))).toBe(tooMany)
    expect(await resolve(idOf(600), { apiKey: 2 })).toBe('invalid_client (P136101)')
    system.clock.advance(minute)
    expect(await resolve(idOf(600))).toBe('invalid_client (P136101)')
  })

  it('does not include valid chains of requests', async () => {
    const release = hang()
    const eight = Array.from({ length: 8 }, (_, at) => resolve(idOf(at)))
    const direct = await entity('https://direct.example', { superiors: [anchor] })
    const chain = await federationOf(system).chain(direct)
    expect(await resolve(direct.id, { chain })).toMatchObject({ anchor: anchor.id })
    release()
    await Promise.all(eight)
  })
})

describe('failed resolution', () => {
  it('is remembered for a minute, apart from other services', async () => {
    hasStatement = () => false
    expect(await resolve(idOf(0))).toBe(noPath)
    asked = []
    hasStatement = () => true
    system.clock.advance(minute - second)
    expect(await resolve(idOf(0))).toBe(noPath)
    expect(asked).toEqual([])
    expect(await resolve(idOf(0), { apiKey: 2 })).toMatchObject({ anchor: anchor.id })
    system.clock.advance(second)
    expect(await resolve(idOf(0))).toMatchObject({ anchor: anchor.id })
  })

  it.each<[string, Error]>([
    ['no connection', new FetchError('network', { purpose: '' })],
    ['a deadline', new FetchError('timeout', { purpose: '' })],
    ['too many fetches of the service', new FetchError('busy', { purpose: '' })],
    ['HTTP 500', new FetchError('status', { purpose: '', status: 500 })],
    ['HTTP 503', new FetchError('status', { purpose: '', status: 503 })],
    ['HTTP 429', new FetchError('status', { purpose: '', status: 429 })],
    ['an error of the process', new TypeError('unexpected')],
  ])('by %s is temporary, and remembered for five seconds', async (_what, error) => {
    before = async (url) => {
      if (url.startsWith(anchor.id)) throw error
    }
    expect(await resolve(idOf(0))).toBe(unreachable)
    before = async () => {}
    system.clock.advance(4 * second)
    expect(await resolve(idOf(0))).toBe(unreachable)
    system.clock.advance(second)
    expect(await resolve(idOf(0))).toMatchObject({ anchor: anchor.id })
  })

  it.each<[string, string, Error]>([
    ['a redirect', 'P136101', new FetchError('redirect', { purpose: '', status: 302 })],
    ['HTTP 400', 'P136101', new FetchError('status', { purpose: '', status: 400 })],
    ['HTTP 404', 'P136101', new FetchError('status', { purpose: '', status: 404 })],
    ['HTTP 410', 'P136101', new FetchError('status', { purpose: '', status: 410 })],
    ['a forbidden address', 'P136101', new FetchError('forbidden-address', { purpose: '' })],
    ['an invalid URL', 'P136101', new FetchError('invalid-url', { purpose: '' })],
    ['more than 64 KB', 'P135001', new FetchError('too-large', { purpose: '' })],
    ['bytes that are no text', 'P135001', new FetchError('encoding', { purpose: '' })],
  ])('by %s is final: %s', async (_what, code, error) => {
    before = async () => {
      throw error
    }
    expect(await resolve(idOf(0))).toMatch(new RegExp(code))
    before = async () => {}
    system.clock.advance(minute - second)
    expect(await resolve(idOf(0))).toMatch(new RegExp(code))
  })

  it('of a posted configuration does not concern the published one', async () => {
    const stranger = await entity(idOf(0), { superiors: [anchor] })
    const configuration = readStatement(await federationOf(system).configuration(stranger))
    expect(await resolve(idOf(0), { configuration })).toBe('invalid_trust_chain (P135105)')
    expect(await resolve(idOf(0))).toMatchObject({ anchor: anchor.id })
  })

  it('is temporary as long as one superior cannot be reached', async () => {
    hintsOf = (id) => (id === anchor.id ? [] : [idOf(7), anchor.id])
    hasStatement = () => false
    before = async (url) => {
      if (url.startsWith(idOf(7))) throw new FetchError('timeout', { purpose: '' })
    }
    expect(await resolve(idOf(0))).toBe(unreachable)
  })
})

describe('size of a statement', () => {
  it('is at most 32 KB', async () => {
    const { configuration } = federationOf(system)
    const of = { ...(await entity(idOf(0), { superiors: [anchor] })), key }
    const ofSize = (size: number) =>
      configuration(of, { claims: { metadata: { openid_relying_party: { a: 'x'.repeat(size) } } } })
    const read = async (body: string) => {
      system = testSystem()
      federationOf(system).publish(of)
      system.fetch.answer(`${of.id}${wellKnown}`, { body })
      const service = serviceWith({ trustAnchors: [pinned(anchor)] })
      return asyncOutcomeOf(resolveChain({ service, system, now: system.clock() }, of.id))
    }
    const limit = 32 * 1_024
    // A character more makes the text longer by one or two.
    let size = Math.floor(((limit - (await ofSize(0)).length) * 3) / 4) - 4
    while ((await ofSize(size + 1)).length <= limit) size += 1
    expect(await read(await ofSize(size))).toMatchObject({ anchor: anchor.id })
    expect(await read(await ofSize(size + 1))).toBe('invalid_trust_chain (P135001)')
    expect(await read('a'.repeat(60_000))).toBe('invalid_trust_chain (P135001)')
  })
})
