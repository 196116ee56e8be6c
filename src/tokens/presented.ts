/** Look-up of access tokens that a request presents or a caller specifies, RFC 6750 §3.1. */
import { clientOfToken } from '../clients/grant-owner.ts'
import { noteOriginsOf } from '../clients/origins.ts'
import type { ServiceContext } from '../context.ts'
import { tokenHash, tokenHashes } from '../oauth/tokens/access-token.ts'
import { requireActiveClient, requireLive, requireToken } from '../oauth/tokens/presentation.ts'
import type { Store } from '../store/store.ts'
import { storedGrant } from './session.ts'

export type AccessTokenRow = NonNullable<Awaited<ReturnType<Store['accessTokens']['find']>>>

/** The row of an active token, and its client; refuses all other tokens. */
export async function findPresentedToken(context: ServiceContext, token: string | undefined) {
  const { service, store, now } = context
  const row = requireLive(
    await store.accessTokens.findKept(service.apiKey, tokenHash(requireToken(token))),
    now,
  )
  const owner = await clientOfToken(context, row)
  noteOriginsOf(context, owner)
  const client = requireActiveClient(owner)
  return { row, client, grant: storedGrant(row), subject: row.subject ?? undefined }
}

/** The row of a token by its value or its hash, expired or not; undefined if unknown. */
export async function findNamedToken({ service, store }: ServiceContext, identifier: string) {
  for (const hash of tokenHashes(identifier)) {
    const row = await store.accessTokens.find(service.apiKey, hash)
    if (row) return row
  }
  return undefined
}

/** The row of a refresh token by its value or its hash, expired or not; undefined if unknown. */
export async function findNamedRefreshToken(
  { service, store }: ServiceContext,
  identifier: string,
) {
  for (const hash of tokenHashes(identifier)) {
    const row = await store.refreshTokens.find(service.apiKey, hash)
    if (row) return row
  }
  return undefined
}

/** The client and the subject to which the caller restricts an operation. */
export interface TokenFilter {
  clientId?: number | undefined
  subject?: string | undefined
}

/** Whether a token belongs to the client and the subject of the filter. */
export const matchesFilter = (
  row: { clientId: number; subject: string | null },
  { clientId, subject }: TokenFilter,
): boolean =>
  (clientId === undefined || row.clientId === clientId) &&
  (subject === undefined || row.subject === subject)
