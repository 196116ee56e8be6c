/** Subjects of streams, against the default of their service: by hash. */
import { and, eq, inArray, sql } from 'drizzle-orm'
import type { Engine, Write } from '../../engine.ts'
import { insertion, rowsByKey } from '../../rows.ts'
import type { Tables } from '../../schema/tables.ts'

export type StreamSubjectRow = Tables['streamSubjects']['$inferSelect']

export const streamSubjects = (engine: Engine) => {
  const { build, tables, syntax } = engine
  const { streamSubjects: t, eventStreams: e } = tables
  const rows = rowsByKey(engine, t, 'clientId', 'subjectHash')
  const insert = insertion(engine, t, {
    ifAbsent: true,
    ifExists: ({ serviceId, clientId }) => {
      const isStream = and(eq(e.serviceId, serviceId), eq(e.clientId, clientId))
      return sql`exists (select 1 from ${e} where ${isStream}${syntax.lockParent})`
    },
  })
  const ofStream = (serviceId: number, clientId: number) =>
    and(eq(t.serviceId, serviceId), eq(t.clientId, clientId))
  return {
    /** Which of the subjects stand out, and how. */
    async among(serviceId: number, clientId: number, hashes: readonly string[]) {
      return engine.read
        .select({ subjectHash: t.subjectHash, mode: t.mode })
        .from(t)
        .where(and(ofStream(serviceId, clientId), inArray(t.subjectHash, [...hashes])))
    },
    async count(serviceId: number, clientId: number): Promise<number> {
      const [row] = await engine.read
        .select({ total: sql<number>`count(*)`.mapWith(Number) })
        .from(t)
        .where(ofStream(serviceId, clientId))
      return row?.total ?? 0
    },
    /** Touches no row if the subject stands out already, or the stream is gone. */
    insert: (row: StreamSubjectRow): Write => insert(row),
    delete: rows.delete,
    deleteOfStream: (serviceId: number, clientId: number): Write =>
      build
        .delete(t)
        .where(ofStream(serviceId, clientId))
        .returning({ serviceId: t.serviceId })
        .toSQL(),
  }
}
