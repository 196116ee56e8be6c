/** Authorization codes. A used one is kept until it is purged, so that a replay is recognised. */
import { and, eq, gt, isNull, sql } from 'drizzle-orm'
import type { AuthorizationCode } from '../../model/authorization-code.ts'
import type { Engine, Write } from '../engine.ts'
import { allColumns, preparedRead, preparedRowWrite } from '../prepared.ts'

export interface NewCode {
  serviceId: number
  codeHash: string
  familyId: string
  clientId: number
  subject: string
  expiresAt: number
  data: AuthorizationCode
}

export const codes = (engine: Engine) => {
  const t = engine.tables.authorizationCodes
  interface Named {
    serviceId: number
    codeHash: string
  }
  const named = preparedRead<Named, typeof t.$inferSelect>(engine, (db, given) =>
    db
      .select()
      .from(t)
      .where(and(eq(t.serviceId, given.serviceId), eq(t.codeHash, given.codeHash))),
  )
  const every = allColumns(t)
  const insertRow = preparedRowWrite(engine, (build) =>
    build.insert(t).values(every.columns).returning({ codeHash: t.codeHash }),
  )
  const consumeRow = preparedRowWrite<Named & { now: number }>(engine, (build, given) =>
    build
      .update(t)
      .set({ consumedAt: sql`${given.now}` })
      .where(
        and(
          eq(t.serviceId, given.serviceId),
          eq(t.codeHash, given.codeHash),
          isNull(t.consumedAt),
          gt(t.expiresAt, given.now),
        ),
      )
      .returning({ codeHash: t.codeHash }),
  )
  return {
    async find(serviceId: number, codeHash: string) {
      const [row] = await named({ serviceId, codeHash })
      return row
    },
    insert: (row: NewCode): Write => insertRow(every.row(row)),
    consume: (serviceId: number, codeHash: string, now: number): Write =>
      consumeRow({ serviceId, codeHash, now }),
  }
}
