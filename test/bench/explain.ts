/** What an explanation costs: the same calls on one server, with and without `Prefer: explain`. */
import { form, redirectUri } from '../support/flows.ts'
import { type Contestant, enter, type Rounds, type Settings, takeTurns } from './contest.ts'
import type { Cycle } from './load.ts'
import { atMost, processorRatio, type Target, table, times } from './report.ts'
import { type Work, works } from './work.ts'

/** Not more calls than this are explained at the same time. */
const connections = 8
const limit = 1.3

const refusedCode: Work = {
  name: 'refused code',
  postern: ({ serviceIds, clientId, clientSecret }) => {
    const code = { grant_type: 'authorization_code', code: 'unknown', redirect_uri: redirectUri }
    const credentials = { clientId: String(clientId), clientSecret }
    const body = { parameters: form(code), ...credentials }
    return async (sender) => {
      await sender.post(`/api/${serviceIds[0]}/auth/token`, body)
    }
  },
}

const explained = ['introspection', 'client credentials', 'authorization request']

/** The processor time of explained calls as a multiple of that of others. */
export async function measureExplanations(
  { server, seeded }: Contestant,
  settings: Settings,
): Promise<{ targets: Target[]; text: string }> {
  const entry = { kind: 'postern', server, ...(seeded ? { seeded } : {}) } as const
  const sides = [
    enter({ ...entry, name: 'plain' }, connections),
    enter({ ...entry, name: 'explained' }, connections, 'Prefer: explain\r\n'),
  ]
  const all = new Map<string, Rounds>()
  for (const work of [...works.filter(({ name }) => explained.includes(name)), refusedCode]) {
    const cycles = new Map<Contestant, Cycle>()
    for (const side of sides) {
      const cycle = seeded && work.postern(seeded)
      if (cycle) cycles.set(side, cycle)
    }
    all.set(work.name, await takeTurns(cycles, { ...settings, connections }))
  }
  for (const { senders } of sides) for (const { connection } of senders) connection.close()
  const ratios = [...all].map(([name, rounds]) => ({
    name,
    ratio: processorRatio(rounds, 'plain', 'explained'),
  }))
  const rows = ratios.map(({ name, ratio }) => [name, times(ratio)])
  return {
    targets: [
      {
        says: `explained calls cost ≤ ${limit} × others`,
        figure: Math.max(...ratios.map(({ ratio }) => ratio)),
        print: times,
        ...atMost(limit),
      },
    ],
    text: table([['explained', 'of the processor time of others'], ...rows]),
  }
}
