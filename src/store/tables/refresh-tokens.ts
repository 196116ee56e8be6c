/** Refresh tokens: one current token per family, and the hashes of those it replaced. */
import { gt } from 'drizzle-orm'
import type { RefreshToken } from '../../model/token/token.ts'
import type { UserData } from '../../model/user-data.ts'
import type { Sealer } from '../../system/sealer.ts'
import type { Engine, Write } from '../engine.ts'
import { insertion, rowsByKey } from '../rows.ts'
import { sealedUserData } from '../sealed-user.ts'
import { sessionGuard } from '../session-guard.ts'
import { filteredTokens } from '../token-filter.ts'

interface NewRefreshToken {
  serviceId: number
  familyId: string
  tokenHash: string
  clientId: number
  subject: string | undefined
  sessionId: string | undefined
  /** Whether the token outlives its session. */
  offline?: boolean | undefined
  /** The grant that the client manages the token by. */
  grantId?: string | undefined
  createdAt: number
  expiresAt: number
  data: RefreshToken
  /** Sealed at rest. */
  user?: UserData | undefined
}
interface SealedRow {
  serviceId: number
  familyId: string
  sealedUser: string | null
}
interface Use {
  now: number
  expiresAt: number
}
interface Predecessor {
  serviceId: number
  tokenHash: string
  familyId: string
  clientId: number
  rotatedAt: number
  expiresAt: number
  /** What a retry is answered, as JSON text; sealed at rest, for it holds tokens. */
  successor: string | undefined
}

export const refreshTokens = (engine: Engine, sealer: Sealer) => {
  const t = engine.tables.refreshTokens
  const byFamily = rowsByKey(engine, t, 'familyId')
  const insert = insertion(engine, t, { ifAbsent: true })
  const { seal, open } = sealedUserData(sealer, 'refresh_tokens')
  return {
    find: rowsByKey(engine, t, 'tokenHash').find,
    findFamily: byFamily.find,
    insert: ({ offline, user, ...row }: NewRefreshToken): Write =>
      insert({
        ...row,
        offline: offline ? 1 : 0,
        sealedUser: seal(row.serviceId, row.familyId, user),
      }),
    userOf: ({ serviceId, familyId, sealedUser }: SealedRow) =>
      open(serviceId, familyId, sealedUser),
    ...sessionGuard(engine, t, 'familyId'),
    ...uses(engine),
    ...predecessors(engine, sealer),
    update: (
      serviceId: number,
      familyId: string,
      changes: Partial<Pick<NewRefreshToken, 'expiresAt' | 'data'>>,
    ): Write => byFamily.update({ serviceId, familyId }, changes),
    ...filteredTokens(engine, t),
  }
}

/** Uses of a refresh token, while it is live. */
function uses(engine: Engine) {
  const t = engine.tables.refreshTokens
  const { change } = rowsByKey(engine, t, 'tokenHash')
  const touch = change<Use>(
    ({ now, expiresAt }) => ({ lastUsedAt: now, expiresAt }),
    ({ now }) => gt(t.expiresAt, now),
  )
  const rotate = change<Use & { newHash: string }>(
    ({ newHash, now, expiresAt }) => ({ tokenHash: newHash, lastUsedAt: now, expiresAt }),
    ({ now }) => gt(t.expiresAt, now),
  )
  return {
    /** A use that keeps the token. */
    touch: (serviceId: number, tokenHash: string, { now, expiresAt }: Use): Write =>
      touch({ serviceId, tokenHash, now, expiresAt }),
    /** A use that replaces the token: of several at once, one finds it still in place. */
    rotate: (
      serviceId: number,
      oldHash: string,
      { newHash, now, expiresAt }: Use & { newHash: string },
    ): Write => rotate({ serviceId, tokenHash: oldHash, newHash, now, expiresAt }),
  }
}

function predecessors(engine: Engine, sealer: Sealer) {
  const { find, insert } = rowsByKey(engine, engine.tables.refreshPredecessors, 'tokenHash')
  const place = (serviceId: number, tokenHash: string) => ({
    table: 'refresh_predecessors',
    serviceId,
    row: tokenHash,
    column: 'sealed_successor',
  })
  return {
    async findPredecessor(serviceId: number, tokenHash: string): Promise<Predecessor | undefined> {
      const row = await find(serviceId, tokenHash)
      if (!row) return undefined
      const { sealedSuccessor, ...rest } = row
      const successor = sealedSuccessor
        ? sealer.unseal(sealedSuccessor, place(serviceId, tokenHash))
        : undefined
      return { ...rest, successor }
    },
    insertPredecessor: ({ successor, ...row }: Predecessor): Write =>
      insert({
        ...row,
        sealedSuccessor:
          successor === undefined
            ? null
            : sealer.seal(successor, place(row.serviceId, row.tokenHash)),
      }),
  }
}
