/** Counts the clients that a change of the service means something for. */
import { setImmediate as others } from 'node:timers/promises'
import type { ServiceContext } from '../../context.ts'
import type { Client } from '../../model/client/client.ts'
import type { Service } from '../../model/service/service.ts'
import { type EffectKind, removalsBy, sentenceOf } from '../../oauth/configuration/effects.ts'

export interface Effect {
  kind: EffectKind
  name: string
  /** How many clients use it. */
  clients?: number
  /** Whether there are more clients than were looked at. */
  atLeast?: boolean
  says: string
}

const mostLooked = 2_000
const page = 100

export async function effectsOf(
  { store }: ServiceContext,
  before: Service,
  after: Service,
): Promise<Effect[]> {
  const removals = removalsBy(before, after)
  const counts = removals.map(() => 0)
  let looked = 0
  let total = 0
  while (removals.some(({ usedBy }) => usedBy) && looked < mostLooked) {
    const found = await store.clients.list(before.apiKey, { start: looked, end: looked + page })
    for (const { data } of found.rows) {
      for (const [at, { usedBy }] of removals.entries()) {
        if (usedBy?.(data as Partial<Client>)) counts[at] = (counts[at] ?? 0) + 1
      }
    }
    looked += found.rows.length
    total = found.total
    if (found.rows.length < page) break
    await others()
  }
  return removals.map(({ kind, name, usedBy }, at) => ({
    kind,
    name,
    ...(usedBy ? { clients: counts[at] ?? 0 } : {}),
    ...(usedBy && total > looked ? { atLeast: true } : {}),
    says: sentenceOf(kind, name),
  }))
}
