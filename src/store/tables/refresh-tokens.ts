/** Refresh tokens: one current token per family, and the hashes of those it replaced. */
import { gt } from 'drizzle-orm'
import type { Device } from '../../model/token/device.ts'
import type { RefreshToken } from '../../model/token/token.ts'
import type { UserData } from '../../model/user-data.ts'
import type { Sealer } from '../../system/sealer.ts'
import type { Engine, Write } from '../engine.ts'
import type { Placeholders } from '../prepared.ts'
import { insertion, type Now, rowsByKey } from '../rows.ts'
import { sealedUserData } from '../sealed-user.ts'
import { sessionGuard } from '../session-guard.ts'
import { filteredTokens } from '../tokens/token-filter.ts'
import { tokenInventory } from '../tokens/token-inventory.ts'

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
  clientIp?: string | null | undefined
  userAgent?: string | null | undefined
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
interface UseFrom extends Use {
  clientIp: string | null
  userAgent: string | null
}
/** With a device, what is known of it is replaced. */
interface UseOf extends Use {
  device?: Device | undefined
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
    /** As of when the call arrived, or later. */
    findKeptFamily: byFamily.finderOfKept('refresh_tokens'),
    insert: ({ offline, user, ...row }: NewRefreshToken): Write =>
      insert({
        ...row,
        tail: row.tokenHash,
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
    inventory: tokenInventory(engine, t, 'familyId'),
  }
}

/** Uses of a refresh token, while it is live. */
function uses(engine: Engine) {
  const t = engine.tables.refreshTokens
  const { change } = rowsByKey(engine, t, 'tokenHash')
  const isLive = ({ now }: Placeholders<Now>) => gt(t.expiresAt, now)
  const used = ({ now, expiresAt }: Placeholders<Use>) => ({ lastUsedAt: now, expiresAt })
  const from = (given: Placeholders<UseFrom>) => ({
    ...used(given),
    clientIp: given.clientIp,
    userAgent: given.userAgent,
  })
  const touch = change<Use>(used, isLive)
  const touchFrom = change<UseFrom>(from, isLive)
  const rotate = change<Use & { newHash: string }>(
    (given) => ({ tail: given.newHash, tokenHash: given.newHash, ...used(given) }),
    isLive,
  )
  const rotateFrom = change<UseFrom & { newHash: string }>(
    (given) => ({ tail: given.newHash, tokenHash: given.newHash, ...from(given) }),
    isLive,
  )
  const columns = ({ clientIp, userAgent }: Device) => ({
    clientIp: clientIp ?? null,
    userAgent: userAgent ?? null,
  })
  return {
    /** A use that keeps the token. */
    touch(serviceId: number, tokenHash: string, { device, now, expiresAt }: UseOf): Write {
      const use = { serviceId, tokenHash, now, expiresAt }
      return device ? touchFrom({ ...use, ...columns(device) }) : touch(use)
    },
    /** A use that replaces the token: of several at once, one finds it still in place. */
    rotate(
      serviceId: number,
      oldHash: string,
      { newHash, device, now, expiresAt }: UseOf & { newHash: string },
    ): Write {
      const use = { serviceId, tokenHash: oldHash, newHash, now, expiresAt }
      return device ? rotateFrom({ ...use, ...columns(device) }) : rotate(use)
    },
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
      const { sealedSuccessor, tail: _, ...rest } = row
      const successor = sealedSuccessor
        ? sealer.unseal(sealedSuccessor, place(serviceId, tokenHash))
        : undefined
      return { ...rest, successor }
    },
    insertPredecessor: ({ successor, ...row }: Predecessor): Write =>
      insert({
        ...row,
        tail: row.tokenHash,
        sealedSuccessor:
          successor === undefined
            ? null
            : sealer.seal(successor, place(row.serviceId, row.tokenHash)),
      }),
  }
}
