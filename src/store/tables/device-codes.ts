/** Device codes, and the user codes that stand for them: decided once, redeemed once. */
import { and, eq, gt, inArray, isNotNull, isNull, lte, or, sql } from 'drizzle-orm'
import type { DeviceCode } from '../../model/request/device-code.ts'
import type { UserData } from '../../model/user-data.ts'
import type { Sealer } from '../../system/sealer.ts'
import type { Engine, Write } from '../engine.ts'
import { clientExists } from '../parent.ts'
import { preparedRead } from '../prepared.ts'
import { insertion, isUnused, type Now, rowsByKey } from '../rows.ts'
import { sealedUserData } from '../sealed-user.ts'

interface NewDeviceCode {
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
  subject?: string | null | undefined
  /** The session in which the user decided. */
  sessionId?: string | null | undefined
  data: DeviceCode
  /** Sealed at rest. */
  user?: UserData | undefined
}

export const deviceCodes = (engine: Engine, sealer: Sealer) => {
  const { find, insert } = rowsByKey(engine, engine.tables.deviceCodes, 'deviceCodeHash')
  const insertOfClient = insertion(engine, engine.tables.deviceCodes, {
    ifExists: (given) => clientExists(engine, given),
  })
  return {
    find,
    findByUserCode: byUserCode(engine),
    insert: (row: NewDeviceCode): Write => insert(row),
    insertIfClientExists: (row: NewDeviceCode): Write => insertOfClient(row),
    userOf: (row: { serviceId: number; deviceCodeHash: string; sealedUser: string | null }) =>
      sealedUserData(sealer, 'device_codes').open(
        row.serviceId,
        row.deviceCodeHash,
        row.sealedUser,
      ),
    ...changes(engine, sealer),
  }
}

/** By any of the hashes that its user code has under the master keys. */
function byUserCode(engine: Engine) {
  const t = engine.tables.deviceCodes
  /** A statement for each number of hashes, of which a user code has as many as there are keys. */
  const ofHashes = (hashes: number) =>
    preparedRead<{ serviceId: number }, typeof t.$inferSelect>(engine, (db, given) => {
      const any = Array.from({ length: hashes }, (_, index) => sql.placeholder(String(index)))
      return db
        .select()
        .from(t)
        .where(and(eq(t.serviceId, given.serviceId), inArray(t.userCodeHash, any)))
    })
  const built = new Map<number, ReturnType<typeof ofHashes>>()
  return async (serviceId: number, ...hashes: string[]) => {
    const known = built.get(hashes.length) ?? ofHashes(hashes.length)
    built.set(hashes.length, known)
    const [row] = await known({ serviceId, ...hashes })
    return row
  }
}

function changes(engine: Engine, sealer: Sealer) {
  const t = engine.tables.deviceCodes
  const { change } = rowsByKey(engine, t, 'deviceCodeHash')
  const poll = change<Now>(
    ({ now }) => ({ polledAt: now }),
    ({ now }) => or(isNull(t.polledAt), lte(sql`${t.polledAt} + 1000 * ${t.pollingInterval}`, now)),
  )
  const slowDown = change<Now & { seconds: number }>(({ now, seconds }) => ({
    polledAt: now,
    pollingInterval: sql`${t.pollingInterval} + ${seconds}`,
  }))
  const { seal } = sealedUserData(sealer, 'device_codes')
  const decide = change<Omit<Decision, 'user'> & { sealedUser: string | null }>(
    ({ now, subject, sessionId, data, sealedUser }) => ({
      decidedAt: now,
      subject,
      sessionId,
      data,
      sealedUser,
    }),
    ({ now }) => and(isNull(t.decidedAt), gt(t.expiresAt, now)),
  )
  const consume = change<Now>(
    ({ now }) => ({ consumedAt: now }),
    (given) => and(isNotNull(t.decidedAt), isUnused(t)(given)),
  )
  return {
    /** A poll that comes no sooner than it may: of several at once, one does. */
    poll: (serviceId: number, deviceCodeHash: string, now: number): Write =>
      poll({ serviceId, deviceCodeHash, now }),
    /** A poll that came too soon: from now on the device has to wait longer. */
    slowDown: (
      serviceId: number,
      deviceCodeHash: string,
      { now, seconds }: Now & { seconds: number },
    ): Write => slowDown({ serviceId, deviceCodeHash, now, seconds }),
    decide: (
      serviceId: number,
      deviceCodeHash: string,
      {
        subject = null,
        sessionId = null,
        user,
        ...decision
      }: Partial<Decision> & Pick<Decision, 'now' | 'data'>,
    ): Write => {
      const sealedUser = seal(serviceId, deviceCodeHash, user)
      return decide({ serviceId, deviceCodeHash, ...decision, subject, sessionId, sealedUser })
    },
    consume: (serviceId: number, deviceCodeHash: string, now: number): Write =>
      consume({ serviceId, deviceCodeHash, now }),
  }
}
