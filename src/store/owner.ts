/**
 * Whose tokens are meant: of a client, of a subject, of a subject at a client, of one family, or of
 * one session.
 */
import { and, eq, type SQL } from 'drizzle-orm'
import type { Tables } from './tables.ts'

export interface Owner {
  clientId?: number | undefined
  subject?: string | undefined
  familyId?: string | undefined
  sessionId?: string | undefined
}

type TokenTable = Tables['accessTokens'] | Tables['refreshTokens']

/** An owner that names nothing owns nothing: no slip may end every token of a service. */
export function ownedBy(t: TokenTable, serviceId: number, owner: Owner): SQL | undefined {
  const { clientId, subject, familyId, sessionId } = owner
  const conditions = [
    clientId === undefined ? undefined : eq(t.clientId, clientId),
    subject === undefined ? undefined : eq(t.subject, subject),
    familyId === undefined ? undefined : eq(t.familyId, familyId),
    sessionId === undefined ? undefined : eq(t.sessionId, sessionId),
  ].filter((condition) => condition !== undefined)
  if (conditions.length === 0)
    throw new Error('An owner has to name a client, subject, family or session.')
  return and(eq(t.serviceId, serviceId), ...conditions)
}
