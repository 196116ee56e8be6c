/** Backchannel authentication requests: decided once, polled by their interval, redeemed once. */
import { and, eq, gt, isNull } from 'drizzle-orm'
import type { BackchannelRequest, BackchannelStatus } from '../model/backchannel-request.ts'
import type { Sealer } from '../system/sealer.ts'
import type { Engine, Write } from './store.ts'

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

export const backchannelRequests = (
  { read, tables: { backchannelRequests: t } }: Engine,
  sealer: Sealer,
) => {
  const is = (serviceId: number, authReqHash: string) =>
    and(eq(t.serviceId, serviceId), eq(t.authReqHash, authReqHash))
  const isPending = (serviceId: number, authReqHash: string) =>
    and(is(serviceId, authReqHash), eq(t.status, 'PENDING'))
  const hash = { authReqHash: t.authReqHash }
  const place = (serviceId: number, authReqHash: string) => ({
    table: 'backchannel_requests',
    serviceId,
    row: authReqHash,
    column: 'sealed',
  })
  return {
    async find(serviceId: number, authReqHash: string) {
      const [row] = await read.select().from(t).where(is(serviceId, authReqHash))
      return row
    },
    /** The request that a ticket was issued, with its secrets. */
    async findByTicket(serviceId: number, ticketHash: string) {
      const named = and(eq(t.serviceId, serviceId), eq(t.ticketHash, ticketHash))
      const [row] = await read.select().from(t).where(named)
      if (!row) return undefined
      const { sealed, ...rest } = row
      const secrets = sealer.unseal(sealed, place(serviceId, row.authReqHash))
      return { ...rest, secrets: JSON.parse(secrets) as Secrets }
    },
    insert: ({ secrets, ...row }: NewBackchannelRequest): Write => ({
      apply: (tx) =>
        tx
          .insert(t)
          .values({
            ...row,
            status: 'PENDING',
            sealed: sealer.seal(JSON.stringify(secrets), place(row.serviceId, row.authReqHash)),
          })
          .returning(hash),
    }),
    /** The decision: only while there is none. */
    complete: (serviceId: number, authReqHash: string, completion: Completion): Write => ({
      apply: (tx) =>
        tx
          .update(t)
          .set({ ...completion, subject: completion.subject ?? null })
          .where(isPending(serviceId, authReqHash))
          .returning(hash),
    }),
    /** A poll before the decision: touches no row where another poll was faster. */
    poll: (
      serviceId: number,
      authReqHash: string,
      { now, seen, intervalSeconds }: Poll,
    ): Write => ({
      apply: (tx) =>
        tx
          .update(t)
          .set({ lastPolledAt: now, intervalSeconds })
          .where(
            and(
              isPending(serviceId, authReqHash),
              seen === null ? isNull(t.lastPolledAt) : eq(t.lastPolledAt, seen),
            ),
          )
          .returning(hash),
    }),
    /** The redemption: only of what was granted, and while it is live. */
    consume: (serviceId: number, authReqHash: string, now: number): Write => ({
      apply: (tx) =>
        tx
          .update(t)
          .set({ status: 'ISSUED' })
          .where(and(is(serviceId, authReqHash), eq(t.status, 'AUTHORIZED'), gt(t.expiresAt, now)))
          .returning(hash),
    }),
  }
}
