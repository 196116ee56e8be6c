/** What Postern should reach, as ratios of one run, each with the work and the servers. */
import type { Contestant, Rounds } from './contest.ts'
import { atLeast, atMost, fairRatio, type Target, times } from './report.ts'

/** [work, how much, of which server, by which server] */
type Compared = readonly [string, number, string, string]

const compared: Compared[] = [
  ['introspection', 0.65, 'node:http', 'sqlite'],
  ['introspection', 1.2, 'bare', 'sqlite'],
  ['introspection', 2.5, 'oidc-provider', 'sqlite'],
  ['client credentials', 0.6, 'bare', 'sqlite'],
  ['client credentials', 2, 'oidc-provider', 'sqlite'],
  ['code cycle', 3, 'oidc-provider', 'sqlite'],
  ['refresh', 2.5, 'oidc-provider', 'sqlite'],
  ['CIBA cycle', 3, 'against', 'sqlite'],
  ['introspection', 0.8, 'sqlite', 'postgres'],
  ['client credentials', 0.8, 'sqlite', 'postgres'],
  ['code cycle', 0.7, 'sqlite', 'postgres'],
  ['refresh', 0.7, 'sqlite', 'postgres'],
  ['introspection', 5, 'hydra', 'postgres'],
]

export const isCompared = (work: string) => compared.some(([name]) => name === work)

/** A ratio that is missed, with what is slow in it: a work on a server. */
export interface Missed {
  work: string
  server: string
}

export function compareTargets(all: Map<string, Rounds>): { targets: Target[]; missed: Missed[] } {
  const found = compared.map(([work, limit, to, of]) => {
    const says = `${work}, ${of} ≥ ${limit} × ${to}`
    const figure = fairRatio(all.get(work), of, to)
    return { work, server: of, target: { says, figure, print: times, ...atLeast(limit) } }
  })
  const missed = found.filter(
    ({ target }) => !Number.isNaN(target.figure) && !target.reached(target.figure),
  )
  return { targets: found.map(({ target }) => target), missed }
}

const mebibytesOfGibibyte = 1_024

/** What a server with 100,000 services takes, after all works. */
export function costTargets({ name, server }: Contestant): Target[] {
  return [
    {
      says: `${name} services: start ≤ 1 s`,
      figure: server.startedIn,
      print: (figure) => `${(figure / 1_000).toFixed(2)} s`,
      ...atMost(1_000),
    },
    {
      says: `${name} services: memory ≤ 1 GiB`,
      figure: server.memory(),
      print: (figure) => `${(figure / mebibytesOfGibibyte).toFixed(2)} GiB`,
      ...atMost(mebibytesOfGibibyte),
    },
  ]
}
