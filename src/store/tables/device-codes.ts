/** Device codes, and the user codes that stand for them: decided once, redeemed once. */
import { and, eq, gt, inArray, isNotNull, isNull, lte, or, sql } from 'drizzle-orm'
import type { DeviceCode } from '../../model/device-code.ts'
import type { Engine, Write } from '../engine.ts'
import {
  allColumns,
  type Placeholders,
  preparedRead,
  preparedRowWrite,
  setTo,
} from '../prepared.ts'
import { clientExists, selectRow } from './parent.ts'

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

interface Named {
  serviceId: number
  deviceCodeHash: string
}
interface NamedNow extends Named {
  now: number
}

export const deviceCodes = (engine: Engine) => {
  const t = engine.tables.deviceCodes
  const is = (given: Placeholders<Named>) =>
    and(eq(t.serviceId, given.serviceId), eq(t.deviceCodeHash, given.deviceCodeHash))
  const hash = { deviceCodeHash: t.deviceCodeHash }
  const named = preparedRead<Named, typeof t.$inferSelect>(engine, (db, given) =>
    db.select().from(t).where(is(given)),
  )
  /** A statement for each number of hashes, of which a user code has as many as there are keys. */
  const byUserCode = (hashes: number) =>
    preparedRead<{ serviceId: number }, typeof t.$inferSelect>(engine, (db, given) => {
      const any = Array.from({ length: hashes }, (_, index) => sql.placeholder(String(index)))
      return db
        .select()
        .from(t)
        .where(and(eq(t.serviceId, given.serviceId), inArray(t.userCodeHash, any)))
    })
  const ofUserCode = new Map<number, ReturnType<typeof byUserCode>>()
  const every = allColumns(t)
  const insertRow = preparedRowWrite(engine, (build) =>
    build.insert(t).values(every.columns).returning(hash),
  )
  const insertOfClient = preparedRowWrite<NewDeviceCode>(engine, (build, given) =>
    build
      .insert(t)
      .select(selectRow(t, (name) => sql.placeholder(name), clientExists(engine, given)))
      .returning(hash),
  )
  const pollRow = preparedRowWrite<NamedNow>(engine, (build, given) =>
    build
      .update(t)
      .set({ polledAt: setTo(t.polledAt, given.now) })
      .where(
        and(
          is(given),
          or(isNull(t.polledAt), lte(sql`${t.polledAt} + 1000 * ${t.pollingInterval}`, given.now)),
        ),
      )
      .returning(hash),
  )
  const slowRowDown = preparedRowWrite<NamedNow & { seconds: number }>(engine, (build, given) =>
    build
      .update(t)
      .set({
        polledAt: setTo(t.polledAt, given.now),
        pollingInterval: sql`${t.pollingInterval} + ${given.seconds}`,
      })
      .where(is(given))
      .returning(hash),
  )
  interface Decided extends Named, Omit<Decision, 'subject'> {
    subject: string | null
  }
  const decideRow = preparedRowWrite<Decided>(engine, (build, given) =>
    build
      .update(t)
      .set({
        decidedAt: setTo(t.decidedAt, given.now),
        subject: setTo(t.subject, given.subject),
        data: setTo(t.data, given.data),
      })
      .where(and(is(given), isNull(t.decidedAt), gt(t.expiresAt, given.now)))
      .returning(hash),
  )
  const consumeRow = preparedRowWrite<NamedNow>(engine, (build, given) =>
    build
      .update(t)
      .set({ consumedAt: setTo(t.consumedAt, given.now) })
      .where(
        and(is(given), isNotNull(t.decidedAt), isNull(t.consumedAt), gt(t.expiresAt, given.now)),
      )
      .returning(hash),
  )
  return {
    async find(serviceId: number, deviceCodeHash: string) {
      const [row] = await named({ serviceId, deviceCodeHash })
      return row
    },
    /** By any of the hashes that its user code has under the master keys. */
    async findByUserCode(serviceId: number, ...hashes: string[]) {
      const known = ofUserCode.get(hashes.length) ?? byUserCode(hashes.length)
      ofUserCode.set(hashes.length, known)
      const [row] = await known({ serviceId, ...hashes })
      return row
    },
    insert: (row: NewDeviceCode): Write => insertRow(every.row(row)),
    insertIfClientExists: (row: NewDeviceCode): Write => insertOfClient(every.row(row)),
    /** A poll that comes no sooner than it may: of several at once, one does. */
    poll: (serviceId: number, deviceCodeHash: string, now: number): Write =>
      pollRow({ serviceId, deviceCodeHash, now }),
    /** A poll that came too soon: from now on the device has to wait longer. */
    slowDown: (
      serviceId: number,
      deviceCodeHash: string,
      { now, seconds }: { now: number; seconds: number },
    ): Write => slowRowDown({ serviceId, deviceCodeHash, now, seconds }),
    decide: (serviceId: number, deviceCodeHash: string, { now, subject, data }: Decision): Write =>
      decideRow({ serviceId, deviceCodeHash, now, subject: subject ?? null, data }),
    consume: (serviceId: number, deviceCodeHash: string, now: number): Write =>
      consumeRow({ serviceId, deviceCodeHash, now }),
  }
}
