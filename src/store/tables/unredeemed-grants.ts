/** What users granted and clients have not come for yet: codes, and what they decided elsewhere. */
import { and, eq, isNotNull, isNull, type SQL } from 'drizzle-orm'
import type { Engine, Write } from '../engine.ts'
import type { TokenFilter } from '../tokens/token-filter.ts'

export const unredeemedGrants = ({ build, tables }: Engine) => {
  const { authorizationCodes, deviceCodes, backchannelRequests } = tables
  type Table = typeof authorizationCodes | typeof deviceCodes | typeof backchannelRequests

  const removal = (
    t: Table,
    serviceId: number,
    filter: TokenFilter,
    ...more: (SQL | undefined)[]
  ): Write => {
    const { clientId, subject } = filter
    const where = and(
      eq(t.serviceId, serviceId),
      clientId === undefined ? undefined : eq(t.clientId, clientId),
      subject === undefined ? undefined : eq(t.subject, subject),
      ...more,
    )
    return build.delete(t).where(where).returning({ serviceId: t.serviceId }).toSQL()
  }

  return {
    /** They come to nothing. What was delivered stays, so that a replay is recognised. */
    deleteOf: (serviceId: number, filter: Pick<TokenFilter, 'clientId' | 'subject'>): Write[] => {
      if (filter.clientId === undefined && filter.subject === undefined) {
        throw new Error('A token filter must name something.')
      }
      return [
        removal(authorizationCodes, serviceId, filter, isNull(authorizationCodes.consumedAt)),
        removal(
          deviceCodes,
          serviceId,
          filter,
          isNotNull(deviceCodes.subject),
          isNull(deviceCodes.consumedAt),
        ),
        removal(
          backchannelRequests,
          serviceId,
          filter,
          eq(backchannelRequests.status, 'AUTHORIZED'),
        ),
      ]
    },
  }
}
