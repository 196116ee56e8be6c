/** Whose tokens are meant: of a client, a subject, both, a family, a session or a managed grant. */
import { and, eq, type SQL } from 'drizzle-orm'
import type { Tables } from './tables.ts'

export interface Owner {
  clientId?: number | undefined
  subject?: string | undefined
  familyId?: string | undefined
  sessionId?: string | undefined
  grantId?: string | undefined
}

type TokenTable = Tables['accessTokens'] | Tables['refreshTokens']

/** An owner that names nothing owns nothing: no slip may end every token of a service. */
export function ownedBy(t: TokenTable, serviceId: number, owner: Owner): SQL | undefined {
  const { clientId, subject, familyId, sessionId, grantId } = owner
  const conditions = [
    clientId === undefined ? undefined : eq(t.clientId, clientId),
    subject === undefined ? undefined : eq(t.subject, subject),
    familyId === undefined ? undefined : eq(t.familyId, familyId),
    sessionId === undefined ? undefined : eq(t.sessionId, sessionId),
    grantId === undefined ? undefined : eq(t.grantId, grantId),
  ].filter((condition) => condition !== undefined)
  if (conditions.length === 0) throw new Error('An owner has to name something.')
  return and(eq(t.serviceId, serviceId), ...conditions)
}
