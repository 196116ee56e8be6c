/** The rows of sessions, and when one lives. */
import { and, isNull, type SQL, sql } from 'drizzle-orm'
import type { Tables } from '../../schema/tables.ts'

type Table = Tables['sessions']
export type SessionRow = Table['$inferSelect']

export interface OfSession {
  serviceId: number
  sessionId: string
}
export interface OfSubject {
  serviceId: number
  subject: string
}

/** Not ended, and not expired by then. */
export const isLive = (t: Table, now: unknown): SQL | undefined =>
  and(isNull(t.endedAt), sql`${t.expiresAt} > ${now}`)
