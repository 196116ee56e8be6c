/** Grants that clients manage by their identifier: Grant Management for OAuth 2.0. */
import { and, eq, sql } from 'drizzle-orm'
import type { ManagedGrant } from '../../model/grant-management.ts'
import type { Engine, Write } from '../engine.ts'
import {
  allColumns,
  type Placeholders,
  preparedRead,
  preparedRowWrite,
  setTo,
} from '../prepared.ts'

export interface NewManagedGrant {
  serviceId: number
  grantId: string
  clientId: number
  subject: string
  createdAt: number
  modifiedAt: number
  data: ManagedGrant
}

interface Named {
  serviceId: number
  grantId: string
}

export const managedGrants = (engine: Engine) => {
  const { build } = engine
  const t = engine.tables.grants
  const id = { grantId: t.grantId }
  const is = (given: Placeholders<Named>) =>
    and(eq(t.serviceId, given.serviceId), eq(t.grantId, given.grantId))
  const named = preparedRead<Named, typeof t.$inferSelect>(engine, (db, given) =>
    db.select().from(t).where(is(given)),
  )
  const every = allColumns(t)
  const insertRow = preparedRowWrite(engine, (build) =>
    build.insert(t).values(every.columns).returning(id),
  )
  interface Change extends Named {
    data: ManagedGrant
    modifiedAt: number
    version: number
  }
  const updateRow = preparedRowWrite<Change>(engine, (build, given) =>
    build
      .update(t)
      .set({
        data: setTo(t.data, given.data),
        modifiedAt: setTo(t.modifiedAt, given.modifiedAt),
        version: sql`${t.version} + 1`,
      })
      .where(and(is(given), eq(t.version, given.version)))
      .returning(id),
  )
  const requireRow = preparedRowWrite<Named>(engine, (build, given) =>
    build
      .update(t)
      .set({ grantId: setTo(t.grantId, given.grantId) })
      .where(is(given))
      .returning(id),
  )
  const deleteRow = preparedRowWrite<Named>(engine, (build, given) =>
    build.delete(t).where(is(given)).returning(id),
  )
  return {
    async find(serviceId: number, grantId: string) {
      const [row] = await named({ serviceId, grantId })
      return row
    },
    insert: (row: NewManagedGrant): Write => insertRow(every.row({ ...row, version: 1 })),
    /** Only if the row is still the one that the change was made from. */
    update: (
      serviceId: number,
      grantId: string,
      { data, modifiedAt }: Pick<NewManagedGrant, 'data' | 'modifiedAt'>,
      version: number,
    ): Write => updateRow({ serviceId, grantId, data, modifiedAt, version }),
    /** Changes nothing, and touches the row only while it exists: a guard for what is of it. */
    requireExists: (serviceId: number, grantId: string): Write =>
      requireRow({ serviceId, grantId }),
    delete: (serviceId: number, grantId: string): Write => deleteRow({ serviceId, grantId }),
    deleteOf: (serviceId: number, clientId: number, subject: string): Write =>
      build
        .delete(t)
        .where(and(eq(t.serviceId, serviceId), eq(t.clientId, clientId), eq(t.subject, subject)))
        .returning(id)
        .toSQL(),
  }
}
