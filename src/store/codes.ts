/** Authorization codes. A used one is kept until it is purged, so that a replay is recognised. */
import { and, eq, gt, isNull } from 'drizzle-orm'
import type { AuthorizationCode } from '../model/authorization-code.ts'
import type { Engine, Write } from './store.ts'

export interface NewCode {
  serviceId: number
  codeHash: string
  familyId: string
  clientId: number
  subject: string
  expiresAt: number
  data: AuthorizationCode
}

export const codes = ({ read, tables: { authorizationCodes: t } }: Engine) => {
  const is = (serviceId: number, codeHash: string) =>
    and(eq(t.serviceId, serviceId), eq(t.codeHash, codeHash))
  return {
    async find(serviceId: number, codeHash: string) {
      const [row] = await read.select().from(t).where(is(serviceId, codeHash))
      return row
    },
    insert: (row: NewCode): Write => ({
      apply: (tx) => tx.insert(t).values(row).returning({ codeHash: t.codeHash }),
    }),
    consume: (serviceId: number, codeHash: string, now: number): Write => ({
      apply: (tx) =>
        tx
          .update(t)
          .set({ consumedAt: now })
          .where(and(is(serviceId, codeHash), isNull(t.consumedAt), gt(t.expiresAt, now)))
          .returning({ codeHash: t.codeHash }),
    }),
  }
}
