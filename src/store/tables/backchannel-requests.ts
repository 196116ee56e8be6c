/** Backchannel authentication requests: decided once, polled by their interval, redeemed once. */
import { and, eq, gt, isNull, type SQL } from 'drizzle-orm'
import type {
  BackchannelRequest,
  BackchannelStatus,
} from '../../model/request/backchannel-request.ts'
import type { UserData } from '../../model/user-data.ts'
import type { Sealer } from '../../system/sealer.ts'
import type { Engine, Write } from '../engine.ts'
import type { Placeholders } from '../prepared.ts'
import { type Now, rowsByKey } from '../rows.ts'
import { sealedUserData } from '../sealed-user.ts'

/** Values that are read again, sealed at rest. */
interface Secrets {
  authReqId: string
  /** The bearer token of the client's notification endpoint. */
  clientNotificationToken?: string | undefined
}

interface NewBackchannelRequest {
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
  subject?: string | null | undefined
  /** The session in which the user decided. */
  sessionId?: string | null | undefined
  data: BackchannelRequest
  /** Sealed at rest. */
  user?: UserData | undefined
}

interface Poll {
  now: number
  /** The poll before this one, as it was read: of several polls at once, one finds it unchanged. */
  seen: number | null
  intervalSeconds: number
}

export const backchannelRequests = (engine: Engine, sealer: Sealer) => {
  const t = engine.tables.backchannelRequests
  const { find, insert } = rowsByKey(engine, t, 'authReqHash')
  const ofTicket = rowsByKey(engine, t, 'ticketHash')
  const place = (serviceId: number, authReqHash: string) => ({
    table: 'backchannel_requests',
    serviceId,
    row: authReqHash,
    column: 'sealed',
  })
  return {
    find,
    /** The request that a ticket was issued, with its secrets. */
    async findByTicket(serviceId: number, ticketHash: string) {
      const row = await ofTicket.find(serviceId, ticketHash)
      if (!row) return undefined
      const { sealed, ...rest } = row
      const secrets = sealer.unseal(sealed, place(serviceId, row.authReqHash))
      return { ...rest, secrets: JSON.parse(secrets) as Secrets }
    },
    insert: ({ secrets, ...row }: NewBackchannelRequest): Write =>
      insert({
        ...row,
        status: 'PENDING',
        sealed: sealer.seal(JSON.stringify(secrets), place(row.serviceId, row.authReqHash)),
      }),
    userOf: (row: { serviceId: number; authReqHash: string; sealedUser: string | null }) =>
      sealedUserData(sealer, 'backchannel_requests').open(
        row.serviceId,
        row.authReqHash,
        row.sealedUser,
      ),
    ...changes(engine, sealer),
  }
}

function changes(engine: Engine, sealer: Sealer) {
  const t = engine.tables.backchannelRequests
  const { change } = rowsByKey(engine, t, 'authReqHash')
  const isPending = eq(t.status, 'PENDING')
  const { seal } = sealedUserData(sealer, 'backchannel_requests')
  const complete = change<Omit<Completion, 'user'> & { sealedUser: string | null }>(
    ({ status, subject, sessionId, data, sealedUser }) => ({
      status,
      subject,
      sessionId,
      data,
      sealedUser,
    }),
    () => isPending,
  )
  /** The first poll finds that there was none, and others what the one before them left. */
  const pollWhere = (isUnchanged: (given: Placeholders<Poll>) => SQL) =>
    change<Poll>(
      ({ now, intervalSeconds }) => ({ lastPolledAt: now, intervalSeconds }),
      (given) => and(isPending, isUnchanged(given)),
    )
  const pollFirst = pollWhere(() => isNull(t.lastPolledAt))
  const pollAgain = pollWhere(({ seen }) => eq(t.lastPolledAt, seen))
  const consume = change<Now>(
    () => ({ status: 'ISSUED' }),
    ({ now }) => and(eq(t.status, 'AUTHORIZED'), gt(t.expiresAt, now)),
  )
  return {
    /** The decision: only while there is none. */
    complete: (
      serviceId: number,
      authReqHash: string,
      { subject = null, sessionId = null, user, ...completion }: Completion,
    ): Write => {
      const sealedUser = seal(serviceId, authReqHash, user)
      return complete({ serviceId, authReqHash, ...completion, subject, sessionId, sealedUser })
    },
    /** A poll before the decision: touches no row where another poll was faster. */
    poll: (serviceId: number, authReqHash: string, { now, seen, intervalSeconds }: Poll): Write => {
      const poll = seen === null ? pollFirst : pollAgain
      return poll({ serviceId, authReqHash, now, seen, intervalSeconds })
    },
    /** The redemption: only of what was granted, and while it is live. */
    consume: (serviceId: number, authReqHash: string, now: number): Write =>
      consume({ serviceId, authReqHash, now }),
  }
}
