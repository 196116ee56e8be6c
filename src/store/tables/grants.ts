/** Grants that clients manage by their identifier: Grant Management for OAuth 2.0. */
import { and, eq, sql } from 'drizzle-orm'
import type { ManagedGrant } from '../../model/grant-management.ts'
import type { Engine, Write } from '../engine.ts'
import { rowsByKey } from '../rows.ts'

interface NewManagedGrant {
  serviceId: number
  grantId: string
  clientId: number
  subject: string
  createdAt: number
  modifiedAt: number
  data: ManagedGrant
}
type Changes = Pick<NewManagedGrant, 'data' | 'modifiedAt'>

export const managedGrants = (engine: Engine) => {
  const t = engine.tables.grants
  const rows = rowsByKey(engine, t, 'grantId')
  const update = rows.change<Changes & { version: number }>(
    ({ data, modifiedAt }) => ({ data, modifiedAt, version: sql`${t.version} + 1` }),
    ({ version }) => eq(t.version, version),
  )
  return {
    find: rows.find,
    insert: (row: NewManagedGrant): Write => rows.insert({ ...row, version: 1 }),
    /** Only if the row is still the one that the change was made from. */
    update: (
      serviceId: number,
      grantId: string,
      { data, modifiedAt }: Changes,
      version: number,
    ): Write => update({ serviceId, grantId, data, modifiedAt, version }),
    requireExists: rows.requireExists,
    delete: rows.delete,
    deleteOf: (serviceId: number, clientId: number, subject: string): Write =>
      engine.build
        .delete(t)
        .where(and(eq(t.serviceId, serviceId), eq(t.clientId, clientId), eq(t.subject, subject)))
        .returning({ grantId: t.grantId })
        .toSQL(),
  }
}
