/** Services, each with its settings and its sealed secrets. */
import { asc, count, eq, inArray, sql } from 'drizzle-orm'
import type { Sealer } from '../../system/sealer.ts'
import type { Engine, Write } from '../engine.ts'
import { preparedRead } from '../prepared.ts'
import { sealedSecrets } from '../sealed.ts'
import { inDeletionOrder } from './parent.ts'

export interface NewService {
  serviceId: number
  number: number
  data: Record<string, unknown>
  secrets: Record<string, unknown>
  createdAt: number
  modifiedAt: number
}
export interface ServiceRow extends NewService {
  version: number
}

export const services = (engine: Engine, sealer: Sealer) => {
  const { read, build, tables } = engine
  const t = tables.services
  const versionOf = preparedRead<{ serviceId: number }, { version: number }>(engine, (db, given) =>
    db.select({ version: t.version }).from(t).where(eq(t.serviceId, given.serviceId)),
  )
  const named = preparedRead<{ serviceId: number }, typeof t.$inferSelect>(engine, (db, given) =>
    db.select().from(t).where(eq(t.serviceId, given.serviceId)),
  )
  const secretsOf = sealedSecrets(sealer, 'services')
  const open = ({ sealed, ...row }: typeof t.$inferSelect): ServiceRow => ({
    ...row,
    secrets: secretsOf.open(row.serviceId, row.serviceId, sealed),
  })
  return {
    async find(serviceId: number): Promise<ServiceRow | undefined> {
      const [row] = await named({ serviceId })
      return row && open(row)
    },
    /** Grows with every change of the row: what was parsed from an older one is out of date. */
    async version(serviceId: number): Promise<number | undefined> {
      const [row] = await versionOf({ serviceId })
      return row?.version
    },
    /** In the order of their numbers, `start` inclusive and `end` exclusive. */
    async list({ start, end, ids }: { start: number; end: number; ids?: number[] | undefined }) {
      const where = ids && inArray(t.serviceId, ids)
      const page = read.select().from(t).where(where).orderBy(asc(t.number))
      const rows = await page.limit(end - start).offset(start)
      const [counted] = await read.select({ total: count() }).from(t).where(where)
      return { rows: rows.map(open), total: counted?.total ?? 0 }
    },
    insert: ({ secrets, ...row }: NewService): Write =>
      build
        .insert(t)
        .values({
          ...row,
          version: 1,
          sealed: secretsOf.seal(row.serviceId, row.serviceId, secrets),
        })
        .returning({ serviceId: t.serviceId })
        .toSQL(),
    update: (
      serviceId: number,
      { secrets, ...changes }: Pick<NewService, 'data' | 'secrets' | 'modifiedAt'>,
    ): Write =>
      build
        .update(t)
        .set({
          ...changes,
          sealed: secretsOf.seal(serviceId, serviceId, secrets),
          version: sql`${t.version} + 1`,
        })
        .where(eq(t.serviceId, serviceId))
        .returning({ serviceId: t.serviceId })
        .toSQL(),
    /** The service and every row of it in every table. */
    delete: (serviceId: number): Write[] =>
      inDeletionOrder(tables).map((table) =>
        build
          .delete(table)
          .where(eq(table.serviceId, serviceId))
          .returning({ serviceId: table.serviceId })
          .toSQL(),
      ),
  }
}
