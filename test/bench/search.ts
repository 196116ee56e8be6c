/** How long one caller waits for lists and searches of many services. */
import type { Contestant } from './contest.ts'
import { openSender, type Sender } from './load.ts'
import { atMost, type Target, table } from './report.ts'
import { adminToken, searchedName } from './seed.ts'

const calls = 200
const p95Milliseconds = 100

interface Kind {
  name: string
  path: (turn: number, seeded: { serviceIds: number[] }) => string
}

const search = (query: Record<string, string | number>) =>
  `/api/services?${new URLSearchParams(Object.entries(query).map(([k, v]) => [k, String(v)]))}`

const kinds: Kind[] = [
  { name: 'first page', path: () => search({}) },
  {
    name: 'one name',
    path: (turn) => search({ query: searchedName(1 + ((turn * 487) % 99_000)) }),
  },
  { name: 'begin of many names', path: (turn) => search({ query: `tenant 0${turn % 10}` }) },
  { name: 'issuer', path: () => search({ query: 'https://' }) },
  {
    name: 'API key',
    path: (turn, { serviceIds }) =>
      search({ query: serviceIds[(turn * 487) % serviceIds.length] ?? 0 }),
  },
  { name: 'nothing found', path: (turn) => search({ query: `no tenant ${turn}` }) },
  {
    name: 'within one name',
    path: (turn) =>
      search({ query: searchedName(1 + ((turn * 487) % 99_000)).slice(3), match: 'substring' }),
  },
  {
    name: 'within many names',
    path: (turn) => search({ query: `ant 0${turn % 10}`, match: 'substring' }),
  },
  {
    name: 'within none',
    path: (turn) => search({ query: `no tenant ${turn}`, match: 'substring' }),
  },
  { name: 'last changed', path: () => search({ order: '-changed' }) },
  {
    name: 'last changed, within none',
    path: (turn) => search({ order: '-changed', query: `no ${turn}`, match: 'substring' }),
  },
  { name: 'common label', path: () => search({ label: 'common' }) },
  { name: 'rare label', path: () => search({ label: 'rare' }) },
]

const at = (times: number[], part: number) =>
  [...times].sort((one, other) => one - other)[Math.floor(times.length * part)] ?? Number.NaN

async function timesOf(call: (turn: number) => Promise<unknown>): Promise<number[]> {
  const times: number[] = []
  for (let turn = 0; turn < calls; turn++) {
    const before = performance.now()
    await call(turn)
    times.push(performance.now() - before)
  }
  return times
}

/** Follows the pages from one end to the other. */
function walking(sender: Sender): () => Promise<void> {
  let next: string | undefined
  return async () => {
    const path = next === undefined ? search({}) : search({ after: next })
    const body = JSON.parse(await sender.get(path)) as { next?: string }
    next = body.next
  }
}

/** The 95th percentile of each kind of search on each server, and the worst as the target. */
export async function measureSearch(
  contestants: Contestant[],
): Promise<{ targets: Target[]; text: string }> {
  const rows: string[][] = []
  const targets: Target[] = []
  for (const { name, server, seeded } of contestants) {
    if (!seeded) continue
    const sender = openSender(server.url, adminToken)
    const found = new Map<string, number[]>()
    for (const { name: kind, path } of kinds) {
      await sender.get(path(0, seeded))
      found.set(kind, await timesOf((turn) => sender.get(path(turn, seeded))))
    }
    found.set('one page after another', await timesOf(walking(sender)))
    sender.connection.close()
    for (const [kind, times] of found) {
      rows.push([kind, name, at(times, 0.5).toFixed(1), at(times, 0.95).toFixed(1)])
    }
    targets.push({
      says: `search, ${name}: p95 ≤ ${p95Milliseconds} ms`,
      figure: Math.max(...[...found.values()].map((times) => at(times, 0.95))),
      print: (figure) => `${figure.toFixed(1)} ms`,
      ...atMost(p95Milliseconds),
    })
  }
  return { targets, text: table([['search', 'server', 'p50 ms', 'p95 ms'], ...rows]) }
}
