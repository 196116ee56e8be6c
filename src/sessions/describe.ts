/** Sessions as the caller sees them. */
import type { ServiceContext } from '../context.ts'
import type { ParticipantRow } from '../store/tables/sessions/session-clients.ts'
import type { SessionRow } from '../store/tables/sessions/session-row.ts'

/** The view of a session. Device data beside its name is gone once the session has ended. */
export function describeSession(row: SessionRow, now: number, clients?: DescribedParticipant[]) {
  const { deviceName, device, endedAt, endReason } = row
  const described = { ...(deviceName === null ? {} : { name: deviceName }), ...device }
  return {
    sessionId: row.sessionId,
    subject: row.subject,
    status: statusOf(row, now),
    createdAt: row.createdAt,
    lastSeenAt: row.lastSeenAt,
    expiresAt: row.expiresAt,
    endsAt: row.endsAt,
    endedAt: endedAt ?? undefined,
    endReason: endReason ?? undefined,
    authTime: row.authTime ?? undefined,
    acr: row.acr ?? undefined,
    amr: row.amr.length > 0 ? row.amr : undefined,
    device: Object.keys(described).length > 0 ? described : undefined,
    properties: row.properties.length > 0 ? row.properties : undefined,
    clients,
  }
}

/** A session that is over and was not ended yet has expired. */
function statusOf({ endedAt, endReason, expiresAt }: SessionRow, now: number) {
  if (endedAt === null) return expiresAt > now ? 'LIVE' : 'EXPIRED'
  return endReason === 'EXPIRED' ? 'EXPIRED' : 'ENDED'
}

/** Whether something may be issued in the session. */
export const isLive = (row: SessionRow, now: number): boolean => statusOf(row, now) === 'LIVE'

type DescribedParticipant = Awaited<ReturnType<typeof describeParticipants>>[number]

/** The clients that take part in a session. */
export async function describeParticipants(
  { service, documents }: ServiceContext,
  participants: readonly ParticipantRow[],
) {
  const clients = await Promise.all(
    participants.map(({ clientId }) => documents.client(service.apiKey, clientId)),
  )
  return participants.map(({ clientId, sid, firstAt, lastAt }, place) => ({
    clientId,
    clientName: clients[place]?.clientName,
    sid,
    firstAt,
    lastAt,
  }))
}

/** Sessions with their participants, in their order. */
export async function describeWithClients(context: ServiceContext, rows: readonly SessionRow[]) {
  const { service, store, now } = context
  const ids = rows.map(({ sessionId }) => sessionId)
  const participants = await store.sessionClients.ofSessions(service.apiKey, ids)
  return Promise.all(
    rows.map(async (row) => {
      const own = participants.filter(({ sessionId }) => sessionId === row.sessionId)
      return describeSession(row, now, await describeParticipants(context, own))
    }),
  )
}
