/** Device codes, and the user codes that stand for them: decided once, redeemed once. */
import { and, eq, gt, inArray, isNotNull, isNull, lte, or, sql } from 'drizzle-orm'
import type { DeviceCode } from '../model/device-code.ts'
import type { Engine, Write } from './store.ts'

export interface NewDeviceCode {
  serviceId: number
  deviceCodeHash: string
  userCodeHash: string
  clientId: number
  /** Seconds that a device has to wait between two polls. */
  pollingInterval: number
  expiresAt: number
  data: DeviceCode
}

interface Decision {
  now: number
  subject: string | undefined
  data: DeviceCode
}

export const deviceCodes = ({ read, tables: { deviceCodes: t } }: Engine) => {
  const is = (serviceId: number, deviceCodeHash: string) =>
    and(eq(t.serviceId, serviceId), eq(t.deviceCodeHash, deviceCodeHash))
  const isPending = (now: number) => and(isNull(t.decidedAt), gt(t.expiresAt, now))
  const hash = { deviceCodeHash: t.deviceCodeHash }
  return {
    async find(serviceId: number, deviceCodeHash: string) {
      const [row] = await read.select().from(t).where(is(serviceId, deviceCodeHash))
      return row
    },
    /** By any of the hashes that its user code has under the master keys. */
    async findByUserCode(serviceId: number, ...hashes: string[]) {
      const named = and(eq(t.serviceId, serviceId), inArray(t.userCodeHash, hashes))
      const [row] = await read.select().from(t).where(named)
      return row
    },
    insert: (row: NewDeviceCode): Write => ({
      apply: (tx) => tx.insert(t).values(row).returning(hash),
    }),
    /** A poll that comes no sooner than it may: of several at once, one does. */
    poll: (serviceId: number, deviceCodeHash: string, now: number): Write => ({
      apply: (tx) =>
        tx
          .update(t)
          .set({ polledAt: now })
          .where(
            and(
              is(serviceId, deviceCodeHash),
              or(isNull(t.polledAt), lte(sql`${t.polledAt} + 1000 * ${t.pollingInterval}`, now)),
            ),
          )
          .returning(hash),
    }),
    /** A poll that came too soon: from now on the device has to wait longer. */
    slowDown: (
      serviceId: number,
      deviceCodeHash: string,
      { now, seconds }: { now: number; seconds: number },
    ): Write => ({
      apply: (tx) =>
        tx
          .update(t)
          .set({ polledAt: now, pollingInterval: sql`${t.pollingInterval} + ${seconds}` })
          .where(is(serviceId, deviceCodeHash))
          .returning(hash),
    }),
    decide: (
      serviceId: number,
      deviceCodeHash: string,
      { now, subject, data }: Decision,
    ): Write => ({
      apply: (tx) =>
        tx
          .update(t)
          .set({ decidedAt: now, subject: subject ?? null, data })
          .where(and(is(serviceId, deviceCodeHash), isPending(now)))
          .returning(hash),
    }),
    consume: (serviceId: number, deviceCodeHash: string, now: number): Write => ({
      apply: (tx) =>
        tx
          .update(t)
          .set({ consumedAt: now })
          .where(
            and(
              is(serviceId, deviceCodeHash),
              isNotNull(t.decidedAt),
              isNull(t.consumedAt),
              gt(t.expiresAt, now),
            ),
          )
          .returning(hash),
    }),
  }
}
