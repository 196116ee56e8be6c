/** Rows of the refresh tokens that clients have from a former system. */
import type { ServiceContext } from '../../context.ts'
import type { Device } from '../../model/token/device.ts'
import { tokenHash } from '../../oauth/tokens/access-token.ts'
import { type FormerToken, formerToken } from '../../oauth/tokens/former/token.ts'
import type { Refusal } from '../../refusal.ts'
import { orRefuse, type Write } from '../../store/engine.ts'
import type { Store } from '../../store/store.ts'
import { newFamilyId } from '../family.ts'

type Tokens = Store['refreshTokens']
export type RefreshTokenRow = NonNullable<Awaited<ReturnType<Tokens['find']>>>
export type PredecessorRow = NonNullable<Awaited<ReturnType<Tokens['findPredecessor']>>>

/** The row of a presented token, or what it would be of a token that shares the row of others. */
export type PresentedRow = RefreshTokenRow & { sharedKey?: string }

interface FoundFormer extends FormerToken {
  row?: RefreshTokenRow
  /** Whether several tokens have the row, such as those of one session. */
  isShared?: boolean
  previous?: PredecessorRow
}

/** The row of a token of the former system, or what replaced it. */
export async function findFormer(context: ServiceContext, token: string): Promise<FoundFormer> {
  const { service, store, now } = context
  const former = await formerToken(service, token, now)
  for (const { key, isShared } of former.keys) {
    const row = await store.refreshTokens.find(service.apiKey, key)
    if (row) return { ...former, row, isShared }
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

/** One of the tokens that share a row begins a token family of its own. */
export const branchOf = (
  context: ServiceContext,
  shared: RefreshTokenRow,
  token: string,
): PresentedRow => ({
  ...shared,
  familyId: newFamilyId(context),
  tokenHash: tokenHash(token),
  sharedKey: shared.tokenHash,
})

/**
 * The family of a branch. The claim makes the use of the token single, and the shared row must
 * still be there: a revocation that comes first ends it.
 */
export function branchWrites(
  { store, service: { apiKey: serviceId }, now }: ServiceContext,
  { sharedKey = '', ...row }: PresentedRow,
  {
    newHash,
    expiresAt,
    device,
  }: { newHash: string; expiresAt: number; device?: Device | undefined },
  lost: Refusal,
): Write[] {
  const { tokenHash: hash, familyId, clientId, subject, sessionId, grantId, createdAt, data } = row
  return [
    orRefuse(store.replays.claim(serviceId, 'former-token', hash, row.expiresAt), lost),
    orRefuse(
      store.refreshTokens.touch(serviceId, sharedKey, { now, expiresAt: row.expiresAt }),
      lost,
    ),
    orRefuse(
      store.refreshTokens.insert({
        serviceId,
        familyId,
        tokenHash: newHash,
        clientId,
        createdAt,
        expiresAt,
        data,
        subject: subject ?? undefined,
        sessionId: sessionId ?? undefined,
        offline: row.offline === 1,
        grantId: grantId ?? undefined,
        ...device,
      }),
      lost,
    ),
  ]
}
