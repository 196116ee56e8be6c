/** Grants that clients manage by their identifier: Grant Management for OAuth 2.0. */
import { and, eq, sql } from 'drizzle-orm'
import type { ManagedGrant } from '../model/grant-management.ts'
import type { Engine, Write } from './store.ts'

export interface NewManagedGrant {
  serviceId: number
  grantId: string
  clientId: number
  subject: string
  createdAt: number
  modifiedAt: number
  data: ManagedGrant
}

export const managedGrants = ({ read, tables: { grants: t } }: Engine) => {
  const id = { grantId: t.grantId }
  const is = (serviceId: number, grantId: string) =>
    and(eq(t.serviceId, serviceId), eq(t.grantId, grantId))
  return {
    async find(serviceId: number, grantId: string) {
      const [row] = await read.select().from(t).where(is(serviceId, grantId))
      return row
    },
    insert: (row: NewManagedGrant): Write => ({
      apply: (tx) =>
        tx
          .insert(t)
          .values({ ...row, version: 1 })
          .returning(id),
    }),
    /** Only if the row is still the one that the change was made from. */
    update: (
      serviceId: number,
      grantId: string,
      changes: Pick<NewManagedGrant, 'data' | 'modifiedAt'>,
      version: number,
    ): Write => ({
      apply: (tx) =>
        tx
          .update(t)
          .set({ ...changes, version: sql`${t.version} + 1` })
          .where(and(is(serviceId, grantId), eq(t.version, version)))
          .returning(id),
    }),
    /** Changes nothing, and touches the row only while it exists: a guard for what is of it. */
    hold: (serviceId: number, grantId: string): Write => ({
      apply: (tx) => tx.update(t).set({ grantId }).where(is(serviceId, grantId)).returning(id),
    }),
    delete: (serviceId: number, grantId: string): Write => ({
      apply: (tx) => tx.delete(t).where(is(serviceId, grantId)).returning(id),
    }),
    deleteOf: (serviceId: number, clientId: number, subject: string): Write => ({
      apply: (tx) =>
        tx
          .delete(t)
          .where(and(eq(t.serviceId, serviceId), eq(t.clientId, clientId), eq(t.subject, subject)))
          .returning(id),
    }),
  }
}
