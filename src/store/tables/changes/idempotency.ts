/** Responses to creations that callers may repeat, each under the key that its caller chose. */
import { and, eq, lte } from 'drizzle-orm'
import type { Sealer } from '../../../system/sealer.ts'
import type { Engine, Write } from '../../engine.ts'
import { insertion, rowsByKey } from '../../rows.ts'

export interface KeptResponse {
  /** 0: what was created belongs to no service. */
  serviceId: number
  keyHash: string
  /** Of the request that it is the response to. */
  requestHash: string
  expiresAt: number
  /** With its secrets, and sealed for them. */
  response: object
}

export const idempotency = (engine: Engine, sealer: Sealer) => {
  const t = engine.tables.idempotencyKeys
  const rows = rowsByKey(engine, t, 'keyHash')
  const insert = insertion(engine, t, { ifAbsent: true })
  const place = (serviceId: number, row: string) => ({
    table: 'idempotency_keys',
    serviceId,
    row,
    column: 'sealed',
  })
  return {
    async find(serviceId: number, keyHash: string): Promise<KeptResponse | undefined> {
      const row = await rows.find(serviceId, keyHash)
      if (!row) return undefined
      const { sealed, ...rest } = row
      const text = sealer.unseal(sealed, place(serviceId, keyHash))
      return { ...rest, response: JSON.parse(text) as object }
    },
    /** Touches no row if another call has used the key. */
    claim: ({ response, ...row }: KeptResponse): Write => {
      const sealed = sealer.seal(JSON.stringify(response), place(row.serviceId, row.keyHash))
      return insert({ ...row, sealed })
    },
    /** Frees a key whose response has expired, and is not swept yet. */
    deleteExpired: (serviceId: number, keyHash: string, now: number): Write =>
      engine.build
        .delete(t)
        .where(and(eq(t.serviceId, serviceId), eq(t.keyHash, keyHash), lte(t.expiresAt, now)))
        .returning({ serviceId: t.serviceId })
        .toSQL(),
  }
}
