/** Credential offers, OpenID4VCI §4: sealed, found by what wallets present. */
import { and, eq, gt, isNull, lt, type Placeholder, sql } from 'drizzle-orm'
import { CredentialOffer } from '../../../model/credential/offer.ts'
import type { Sealer } from '../../../system/sealer.ts'
import type { Engine, Write } from '../../engine.ts'
import { serviceExists } from '../../parent.ts'
import { preparedRead } from '../../prepared.ts'
import { insertion, type Now, rowsByKey } from '../../rows.ts'

interface NewOffer {
  serviceId: number
  identifierHash: string
  codeHash: string | null
  stateHash: string | null
  expiresAt: number
  offer: CredentialOffer
}

interface OfferRow {
  serviceId: number
  identifierHash: string
  sealed: string
}

const place = ({ serviceId, identifierHash }: Omit<OfferRow, 'sealed'>) => ({
  table: 'credential_offers',
  serviceId,
  row: identifierHash,
  column: 'sealed',
})

export const credentialOffers = (engine: Engine, sealer: Sealer) => {
  const t = engine.tables.credentialOffers
  const { find, change } = rowsByKey(engine, t, 'identifierHash')
  const insert = insertion(engine, t, {
    ifExists: ({ serviceId }) => serviceExists(engine, serviceId),
  })
  const findBy = (column: 'codeHash' | 'stateHash') => {
    const select = preparedRead<{ serviceId: number; hash: string }, typeof t.$inferSelect>(
      engine,
      (read, given) =>
        read
          .select()
          .from(t)
          .where(and(eq(t.serviceId, given.serviceId), eq(t[column], given.hash))),
    )
    return async (serviceId: number, hash: string) => (await select({ serviceId, hash }))[0]
  }
  const isUnused = (now: Placeholder) => and(isNull(t.redeemedAt), gt(t.expiresAt, now))
  return {
    find,
    findByCode: findBy('codeHash'),
    findByState: findBy('stateHash'),
    open: (row: OfferRow): CredentialOffer =>
      CredentialOffer.parse(JSON.parse(sealer.unseal(row.sealed, place(row)))),
    insert: ({ offer, ...row }: NewOffer): Write =>
      insert({ ...row, attempts: 0, sealed: sealer.seal(JSON.stringify(offer), place(row)) }),
    /** Counts before the transaction code is compared; touches no row once the limit is reached. */
    countAttempt: change<Now & { limit: number }>(
      () => ({ attempts: sql`${t.attempts} + 1` }),
      ({ now, limit }) => and(isUnused(now), lt(t.attempts, limit)),
    ),
    /** Touches no row if the offer was redeemed before, or has expired. */
    redeem: change<Now>(
      ({ now }) => ({ redeemedAt: now }),
      ({ now }) => isUnused(now),
    ),
  }
}
