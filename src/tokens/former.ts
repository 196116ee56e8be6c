/** Rows of the refresh tokens that clients have from a former system. */
import type { ServiceContext } from '../context.ts'
import { type FormerToken, formerToken } from '../oauth/tokens/former/token.ts'
import type { Store } from '../store/store.ts'

type Tokens = Store['refreshTokens']
export type RefreshTokenRow = NonNullable<Awaited<ReturnType<Tokens['find']>>>
export type PredecessorRow = NonNullable<Awaited<ReturnType<Tokens['findPredecessor']>>>

interface FoundFormer extends FormerToken {
  row?: RefreshTokenRow
  previous?: PredecessorRow
}

/** The row of a token of the former system, or what replaced it. */
export async function findFormer(
  { service, store }: ServiceContext,
  token: string,
): Promise<FoundFormer> {
  const former = formerToken(service, token)
  for (const key of former.keys) {
    const row = await store.refreshTokens.find(service.apiKey, key)
    if (row) return { ...former, row }
    const previous = await store.refreshTokens.findPredecessor(service.apiKey, key)
    if (previous) return { ...former, previous }
  }
  return former
}

/** The family of a refresh token that is current or was replaced, of Postern or a former system. */
export async function findRefreshFamily(context: ServiceContext, token: string, hash: string) {
  const { service, store } = context
  const own =
    (await store.refreshTokens.find(service.apiKey, hash)) ??
    (await store.refreshTokens.findPredecessor(service.apiKey, hash))
  if (own) return own
  const { row, previous } = await findFormer(context, token)
  return row ?? previous
}
