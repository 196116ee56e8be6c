/** Whose tokens are meant: of a client, a subject, both, a family, a session or a managed grant. */
import { and, eq, type SQL } from 'drizzle-orm'
import type { Placeholders } from '../prepared.ts'
import type { Tables } from '../schema/tables.ts'

export interface Owner {
  clientId?: number | undefined
  subject?: string | undefined
  familyId?: string | undefined
  sessionId?: string | undefined
  grantId?: string | undefined
}

type TokenTable = Tables['accessTokens'] | Tables['refreshTokens']
type Name = keyof Owner
export interface Owned extends Owner {
  serviceId: number
}
const names = ['clientId', 'subject', 'familyId', 'sessionId', 'grantId'] as const

/** The rows of a service that belong to an owner who is named by these. */
export const ownedRows = (t: TokenTable, given: Placeholders<Owned>, named: readonly Name[]) =>
  and(eq(t.serviceId, given.serviceId), ...named.map((name): SQL => eq(t[name], given[name])))

/**
 * A statement for each way to name an owner, worded when the first is named so. An owner that names
 * nothing owns nothing: no slip may end every token of a service.
 */
export function perOwner<HttpResponse>(
  word: (named: readonly Name[]) => (values: Owned) => HttpResponse,
): (serviceId: number, owner: Owner) => HttpResponse {
  const worded = new Map<string, (values: Owned) => HttpResponse>()
  return (serviceId, owner) => {
    const named = names.filter((name) => owner[name] !== undefined)
    if (named.length === 0) throw new Error('An owner has to name something.')
    const way = named.join()
    const known = worded.get(way) ?? word(named)
    worded.set(way, known)
    return known({ ...owner, serviceId })
  }
}
