/** What the first request of a service costs, as a multiple of a request that came before. */
import { form } from '../../support/flows.ts'
import type { Contestant } from '../contest.ts'
import type { Sender } from '../load.ts'
import { atMost, median, type Target, times } from '../report.ts'

const mostPerRound = 1_000
const rounds = 10
/** Both ways are compiled by then. */
const warmUpRounds = 5
const limit = 2

type Call = (sender: Sender, serviceId: number) => Promise<unknown>

/** Milliseconds of the server's processor for each call of these services. */
async function costOf({ senders, server }: Contestant, call: Call, serviceIds: number[]) {
  const before = server.processorTime()
  let next = 0
  await Promise.all(
    senders.map(async (sender) => {
      for (let at = next++; at < serviceIds.length; at = next++) {
        await call(sender, serviceIds[at] ?? 0)
      }
    }),
  )
  return (server.processorTime() - before) / serviceIds.length
}

/** To be measured before all else: no service but the first may have been used. */
export async function measureTouch(many: Contestant): Promise<Target[]> {
  const { seeded, name, senders } = many
  if (!seeded) return []
  for (const { connection } of senders) connection.renew()
  const { serviceIds, token, clientId, clientSecret } = seeded
  const parameters = form({ grant_type: 'client_credentials', scope: 'read' })
  const tokenRequest = { parameters, clientId: String(clientId), clientSecret }
  const calls: [string, Call][] = [
    ['introspection', (sender, id) => sender.post(`/api/${id}/auth/introspection`, { token })],
    ['client credentials', (sender, id) => sender.post(`/api/${id}/auth/token`, tokenRequest)],
  ]
  const services = serviceIds.length - 1
  const perCall = Math.floor(services / calls.length)
  const perRound = Math.min(mostPerRound, Math.floor(perCall / (warmUpRounds + rounds)))
  const warm = Array.from({ length: perRound }, () => serviceIds[0] ?? 0)
  const targets: Target[] = []
  let next = 1
  for (const [work, call] of calls) {
    const ratios: number[] = []
    for (let round = 0; round < warmUpRounds + rounds; round++) {
      const untouched = serviceIds.slice(next, next + perRound)
      next += perRound
      const first = await costOf(many, call, untouched)
      ratios.push(first / (await costOf(many, call, warm)))
    }
    const says = `${work}, ${name} services: the first request of a service ≤ ${limit} × a later one`
    targets.push({
      says,
      figure: median(ratios.slice(warmUpRounds)),
      print: times,
      ...atMost(limit),
    })
  }
  return targets
}
