/** Tokens of a client, a subject, both, a family, a session or a managed grant. */
import { and, count, eq, sql } from 'drizzle-orm'
import type { Engine, Write } from '../engine.ts'
import { type Placeholders, preparedRead, preparedWrite } from '../prepared.ts'
import type { Tables } from '../schema/tables.ts'
import { isOfFamily, withFamily } from '../schema/tokens/conditions.ts'

export interface TokenFilter {
  clientId?: number | undefined
  subject?: string | undefined
  familyId?: string | undefined
  sessionId?: string | undefined
  grantId?: string | undefined
}

type TokenTable = Tables['accessTokens'] | Tables['refreshTokens']
interface Filtered extends TokenFilter {
  serviceId: number
}
type Name = keyof TokenFilter
const names = ['clientId', 'subject', 'familyId', 'sessionId', 'grantId'] as const

/** The tokens of a table that a filter selects. */
export function filteredTokens<T extends TokenTable>(engine: Engine, table: T) {
  const t = table as Tables['accessTokens']
  const isSelected = (given: Placeholders<Filtered>, named: readonly Name[]) =>
    and(
      eq(t.serviceId, given.serviceId),
      ...named.map((name) =>
        name === 'familyId' ? isOfFamily(table, given.familyId) : eq(t[name], given[name]),
      ),
    )

  const find = perFilter((named) =>
    preparedRead<Filtered, T['$inferSelect']>(engine, (db, given) =>
      db.select().from(t).where(isSelected(given, named)),
    ),
  )
  const counted = perFilter((named) =>
    preparedRead<Filtered, { total: number }>(engine, (db, given) =>
      db.select({ total: count() }).from(t).where(isSelected(given, named)),
    ),
  )
  const remove = perFilter((named) =>
    preparedWrite<Filtered>(engine, (build, given) =>
      build.delete(t).where(isSelected(given, named)).returning({ serviceId: t.serviceId }),
    ),
  )
  const touch = perFilter((named) =>
    preparedWrite<Filtered>(engine, (build, given) =>
      build
        .update(t)
        .set({ familyId: sql`${t.familyId}` })
        .where(isSelected(given, named))
        .returning({ serviceId: t.serviceId }),
    ),
  )
  return {
    findOf: async (serviceId: number, filter: TokenFilter) =>
      (await find(serviceId, filter)).map(withFamily),
    async count(serviceId: number, filter: TokenFilter): Promise<number> {
      const [row] = await counted(serviceId, filter)
      return row?.total ?? 0
    },
    /** Changes nothing, but waits for commits that guard one of the rows, and holds the rows. */
    lockOf: (serviceId: number, filter: TokenFilter): Write => touch(serviceId, filter),
    deleteOf: (serviceId: number, filter: TokenFilter): Write => remove(serviceId, filter),
    deleteFamily: (serviceId: number, familyId: string): Write => remove(serviceId, { familyId }),
  }
}

/**
 * A statement for each set of names, built when a filter has it first. An empty filter selects
 * nothing: no slip may end every token of a service.
 */
function perFilter<Result>(
  compose: (named: readonly Name[]) => (values: Filtered) => Result,
): (serviceId: number, filter: TokenFilter) => Result {
  const built = new Map<string, (values: Filtered) => Result>()
  return (serviceId, filter) => {
    const named = names.filter((name) => filter[name] !== undefined)
    if (named.length === 0) throw new Error('A token filter must name something.')
    const way = named.join()
    const known = built.get(way) ?? compose(named)
    built.set(way, known)
    return known({ ...filter, serviceId })
  }
}
