/** Tokens by their hashes and families. */
import { and, type Column, eq, isNull, or, type Placeholder, type SQL, sql } from 'drizzle-orm'
import type { Tables } from '../tables.ts'

/** A value or what stands for it, as values of the column are stored. */
export const isValue = (column: Column, value: unknown): SQL => eq(column, sql.param(value, column))

/** By the index of the tails of hashes. */
export const isHash = (
  t: { tail: Column; tokenHash: Column },
  hash: Placeholder | string,
): SQL | undefined => and(isValue(t.tail, hash), isValue(t.tokenHash, hash))

type TokenTable = Tables['accessTokens'] | Tables['refreshTokens']

/** A token that is alone in its family has the family's id for a hash. */
export const isOfFamily = (t: TokenTable, familyId: Placeholder | string): SQL | undefined =>
  t.familyId.notNull
    ? isValue(t.familyId, familyId)
    : or(isValue(t.familyId, familyId), and(isNull(t.familyId), isHash(t, familyId)))

interface Named {
  tokenHash: string
  familyId: string | null
}
/** The row with its family; it is changed, since each look-up makes its own rows. */
export function withFamily<R extends Named>(row: R): R & { familyId: string } {
  row.familyId ??= row.tokenHash
  return row as R & { familyId: string }
}
