/** The step that every operation on a presented access token begins with. RFC 6750 §3.1 */
import type { ServiceContext } from '../context.ts'
import { tokenHash, tokenHashes } from '../oauth/tokens/access-token.ts'
import { requireActiveClient, requireLive, requireToken } from '../oauth/tokens/presentation.ts'

/** The row of a token that is good, and its client. */
export async function findPresentedToken(context: ServiceContext, token: string | undefined) {
  const { service, store, documents, now } = context
  const row = requireLive(
    await store.accessTokens.find(service.apiKey, tokenHash(requireToken(token))),
    now,
  )
  const client = requireActiveClient(await documents.client(service.apiKey, row.clientId))
  return { row, client, grant: row.data.grant, subject: row.subject ?? undefined }
}

/** The row of a token that the caller names by its value or its hash, expired or not. */
export async function findNamedToken({ service, store }: ServiceContext, identifier: string) {
  for (const hash of tokenHashes(identifier)) {
    const row = await store.accessTokens.find(service.apiKey, hash)
    if (row) return row
  }
  return undefined
}

/** Whose token the caller says it is, where it says so. */
export interface TokenFilter {
  clientId?: number | undefined
  subject?: string | undefined
}

/** Whether the token is of the client and the subject that are named beside it. */
export const matchesFilter = (
  row: { clientId: number; subject: string | null },
  { clientId, subject }: TokenFilter,
): boolean =>
  (clientId === undefined || row.clientId === clientId) &&
  (subject === undefined || row.subject === subject)
