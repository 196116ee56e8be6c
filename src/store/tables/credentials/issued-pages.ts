/** Pages of issued credentials, in the order of their identifiers, which are random. */
import { setImmediate as others } from 'node:timers/promises'
import { and, asc, eq, gt } from 'drizzle-orm'
import type { Engine } from '../../engine.ts'

/** Which credentials a call means. */
export interface IssuedSelection {
  subject?: string | undefined
  clientId?: number | undefined
  configurationId?: string | undefined
}

interface IssuedPage {
  /** The identifier of the last credential of the page before. */
  after?: string | undefined
  limit: number
}

/** Rows of one statement, which holds the process where the database is in it. */
const atOnce = 250
/** Rows that one page looks at. */
const lookedAt = 5_000

export const issuedPages = ({ read, tables }: Engine) => {
  const t = tables.issuedCredentials
  type Row = typeof t.$inferSelect
  return {
    /**
     * An index finds the user or the client; what more is named is compared here. A page looks at a
     * limited number of credentials, so it may be short; `next` is the place where it ended.
     */
    async walk(
      serviceId: number,
      { subject, clientId, configurationId }: IssuedSelection,
      { after, limit }: IssuedPage,
    ): Promise<{ rows: Row[]; next: string | undefined }> {
      const rows: Row[] = []
      let next = after
      const isIndexed =
        subject === undefined
          ? clientId === undefined
            ? undefined
            : eq(t.issuedTo, clientId)
          : eq(t.subject, subject)
      const isWanted = (row: Row) =>
        (clientId === undefined || row.issuedTo === clientId) &&
        (configurationId === undefined || row.configurationId === configurationId)
      for (let looked = 0; looked < lookedAt; looked += atOnce) {
        if (looked > 0) await others()
        const isNext = next === undefined ? undefined : gt(t.credentialId, next)
        const some = await read
          .select()
          .from(t)
          .where(and(eq(t.serviceId, serviceId), isIndexed, isNext))
          .orderBy(asc(t.credentialId))
          .limit(atOnce)
        for (const row of some) {
          if (rows.length === limit) return { rows, next }
          if (isWanted(row)) rows.push(row)
          next = row.credentialId
        }
        if (some.length < atOnce) return { rows, next: undefined }
      }
      return { rows, next }
    },
  }
}
