/** Backchannel authentication requests: decided once, polled by their interval, redeemed once. */
import { and, eq, gt, isNull, type SQL } from 'drizzle-orm'
import type { BackchannelRequest, BackchannelStatus } from '../../model/backchannel-request.ts'
import type { Sealer } from '../../system/sealer.ts'
import type { Engine, Write } from '../engine.ts'
import {
  allColumns,
  type Placeholders,
  preparedRead,
  preparedRowWrite,
  setTo,
} from '../prepared.ts'

/** What has to be read again, sealed at rest. */
interface Secrets {
  authReqId: string
  /** The bearer token of the client's notification endpoint. */
  clientNotificationToken?: string | undefined
}

export interface NewBackchannelRequest {
  serviceId: number
  authReqHash: string
  /** The ticket that the request was issued for, and by which it is decided. */
  ticketHash: string
  clientId: number
  createdAt: number
  expiresAt: number
  intervalSeconds: number
  data: BackchannelRequest
  secrets: Secrets
}

interface Completion {
  status: BackchannelStatus
  subject?: string | undefined
  data: BackchannelRequest
}

interface Poll {
  now: number
  /** The poll before this one, as it was read: of several polls at once, one finds it unchanged. */
  seen: number | null
  intervalSeconds: number
}

interface Named {
  serviceId: number
  authReqHash: string
}

export const backchannelRequests = (engine: Engine, sealer: Sealer) => {
  const t = engine.tables.backchannelRequests
  const is = (given: Placeholders<Named>) =>
    and(eq(t.serviceId, given.serviceId), eq(t.authReqHash, given.authReqHash))
  const isPending = (given: Placeholders<Named>) => and(is(given), eq(t.status, 'PENDING'))
  const hash = { authReqHash: t.authReqHash }
  const place = (serviceId: number, authReqHash: string) => ({
    table: 'backchannel_requests',
    serviceId,
    row: authReqHash,
    column: 'sealed',
  })
  const named = preparedRead<Named, typeof t.$inferSelect>(engine, (db, given) =>
    db.select().from(t).where(is(given)),
  )
  interface OfTicket {
    serviceId: number
    ticketHash: string
  }
  const ofTicket = preparedRead<OfTicket, typeof t.$inferSelect>(engine, (db, given) =>
    db
      .select()
      .from(t)
      .where(and(eq(t.serviceId, given.serviceId), eq(t.ticketHash, given.ticketHash))),
  )
  const every = allColumns(t)
  const insertRow = preparedRowWrite(engine, (build) =>
    build.insert(t).values(every.columns).returning(hash),
  )
  interface Decided extends Named, Omit<Completion, 'subject'> {
    subject: string | null
  }
  const completeRow = preparedRowWrite<Decided>(engine, (build, given) =>
    build
      .update(t)
      .set({
        status: setTo(t.status, given.status),
        subject: setTo(t.subject, given.subject),
        data: setTo(t.data, given.data),
      })
      .where(isPending(given))
      .returning(hash),
  )
  /** The first poll finds that there was none, and others what the one before them left. */
  const pollWhere = (isUnchanged: (given: Placeholders<Named & Poll>) => SQL) =>
    preparedRowWrite<Named & Poll>(engine, (build, given) =>
      build
        .update(t)
        .set({
          lastPolledAt: setTo(t.lastPolledAt, given.now),
          intervalSeconds: setTo(t.intervalSeconds, given.intervalSeconds),
        })
        .where(and(isPending(given), isUnchanged(given)))
        .returning(hash),
    )
  const pollFirst = pollWhere(() => isNull(t.lastPolledAt))
  const pollAgain = pollWhere((given) => eq(t.lastPolledAt, given.seen))
  const consumeRow = preparedRowWrite<Named & { now: number }>(engine, (build, given) =>
    build
      .update(t)
      .set({ status: 'ISSUED' })
      .where(and(is(given), eq(t.status, 'AUTHORIZED'), gt(t.expiresAt, given.now)))
      .returning(hash),
  )
  return {
    async find(serviceId: number, authReqHash: string) {
      const [row] = await named({ serviceId, authReqHash })
      return row
    },
    /** The request that a ticket was issued, with its secrets. */
    async findByTicket(serviceId: number, ticketHash: string) {
      const [row] = await ofTicket({ serviceId, ticketHash })
      if (!row) return undefined
      const { sealed, ...rest } = row
      const secrets = sealer.unseal(sealed, place(serviceId, row.authReqHash))
      return { ...rest, secrets: JSON.parse(secrets) as Secrets }
    },
    insert: ({ secrets, ...row }: NewBackchannelRequest): Write =>
      insertRow(
        every.row({
          ...row,
          status: 'PENDING',
          sealed: sealer.seal(JSON.stringify(secrets), place(row.serviceId, row.authReqHash)),
        }),
      ),
    /** The decision: only while there is none. */
    complete: (
      serviceId: number,
      authReqHash: string,
      { status, subject, data }: Completion,
    ): Write => completeRow({ serviceId, authReqHash, status, subject: subject ?? null, data }),
    /** A poll before the decision: touches no row where another poll was faster. */
    poll: (serviceId: number, authReqHash: string, { now, seen, intervalSeconds }: Poll): Write => {
      const poll = seen === null ? pollFirst : pollAgain
      return poll({ serviceId, authReqHash, now, seen, intervalSeconds })
    },
    /** The redemption: only of what was granted, and while it is live. */
    consume: (serviceId: number, authReqHash: string, now: number): Write =>
      consumeRow({ serviceId, authReqHash, now }),
  }
}
