/** Issued credentials: their identifiers and status, none of their claims. */
import { and, eq, inArray } from 'drizzle-orm'
import type { IssuedCredential } from '../../../model/credential/issued.ts'
import type { Engine, Write } from '../../engine.ts'
import { serviceExists } from '../../parent.ts'
import { preparedRead } from '../../prepared.ts'
import { insertion, rowsByKey } from '../../rows.ts'
import { issuedPages } from './issued-pages.ts'
import { issuedPlaces } from './issued-places.ts'

export const issuedCredentials = (engine: Engine) => {
  const { build } = engine
  const t = engine.tables.issuedCredentials
  type Row = typeof t.$inferSelect
  const { find } = rowsByKey(engine, t, 'credentialId')
  const selectByNotification = preparedRead<{ serviceId: number; hash: string }, Row>(
    engine,
    (db, given) =>
      db
        .select()
        .from(t)
        .where(and(eq(t.serviceId, given.serviceId), eq(t.notificationHash, given.hash))),
  )
  const change = (
    serviceId: number,
    credentialIds: readonly string[],
    changes: { status: number } | { data: IssuedCredential },
  ): Write =>
    build
      .update(t)
      .set(changes)
      .where(and(eq(t.serviceId, serviceId), inArray(t.credentialId, [...credentialIds])))
      .returning({ serviceId: t.serviceId })
      .toSQL()
  return {
    ...issuedPages(engine),
    ...issuedPlaces(engine),
    find,
    /** All credentials of one response, which have one notification identifier. */
    findByNotification: (serviceId: number, hash: string) =>
      selectByNotification({ serviceId, hash }),
    insert: insertion(engine, t, {
      ifExists: ({ serviceId }) => serviceExists(engine, serviceId),
    }),
    setStatus: (serviceId: number, credentialIds: readonly string[], status: number) =>
      change(serviceId, credentialIds, { status }),
    /** What a wallet notified. */
    setEvent: (serviceId: number, credentialIds: readonly string[], data: IssuedCredential) =>
      change(serviceId, credentialIds, { data }),
  }
}
