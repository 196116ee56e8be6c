/** When clients were last used: noted at most once an hour for each client of a process. */
import { and, eq, inArray, isNull, lt, or } from 'drizzle-orm'
import type { Engine, Write } from '../engine.ts'
import { preparedRead } from '../prepared.ts'
import { hourMilliseconds, mostUses, waitingUses } from './waiting.ts'

interface Use {
  serviceId: number
  clientId: number
}

export const clientUses = (engine: Engine) => {
  const t = engine.tables.clients
  const select = preparedRead<Use, { lastUsedAt: number | null }>(
    engine,
    (db, { serviceId, clientId }) =>
      db
        .select({ lastUsedAt: t.lastUsedAt })
        .from(t)
        .where(and(eq(t.serviceId, serviceId), eq(t.clientId, clientId))),
  )
  let hour = 0
  let count = 0
  const noted = new Map<number, Set<number>>()
  const waiting = waitingUses<Use>((uses, now) => engine.commit(markUsed(engine, uses, now)))
  return {
    /** A client is used now. */
    note(serviceId: number, clientId: number, now: number): void {
      const current = Math.floor(now / hourMilliseconds)
      if (current !== hour) {
        noted.clear()
        count = 0
        hour = current
      }
      let ofService = noted.get(serviceId)
      if (ofService?.has(clientId) || count >= mostUses) return
      if (!ofService) {
        ofService = new Set()
        noted.set(serviceId, ofService)
      }
      ofService.add(clientId)
      count += 1
      waiting.add({ serviceId, clientId })
    },

    flush: waiting.flush,

    /** Exact to an hour. */
    async lastUsedAt(serviceId: number, clientId: number): Promise<number | undefined> {
      const [row] = await select({ serviceId, clientId })
      return row?.lastUsedAt ?? undefined
    },
  }
}

function markUsed({ build, tables: { clients: t } }: Engine, uses: Use[], now: number): Write {
  const ofService = (serviceId: number) => {
    const ids = uses.filter((use) => use.serviceId === serviceId).map(({ clientId }) => clientId)
    return and(eq(t.serviceId, serviceId), inArray(t.clientId, ids))
  }
  const services = [...new Set(uses.map(({ serviceId }) => serviceId))]
  return build
    .update(t)
    .set({ lastUsedAt: now })
    .where(and(or(...services.map(ofService)), or(isNull(t.lastUsedAt), lt(t.lastUsedAt, now))))
    .returning({ clientId: t.clientId })
    .toSQL()
}
