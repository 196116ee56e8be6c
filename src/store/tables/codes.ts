/** Authorization codes. A used one is kept until it is purged, so that a replay is recognised. */
import type { AuthorizationCode } from '../../model/request/authorization-code.ts'
import type { UserData } from '../../model/user-data.ts'
import type { Sealer } from '../../system/sealer.ts'
import type { Engine, Write } from '../engine.ts'
import { isUnused, type Now, rowsByKey } from '../rows.ts'
import { sealedUserData } from '../sealed-user.ts'

interface NewCode {
  serviceId: number
  codeHash: string
  familyId: string
  clientId: number
  subject: string
  sessionId?: string | undefined
  expiresAt: number
  data: AuthorizationCode
  /** Sealed at rest. */
  user?: UserData | undefined
}

export const codes = (engine: Engine, sealer: Sealer) => {
  const t = engine.tables.authorizationCodes
  const { find, insert, change } = rowsByKey(engine, t, 'codeHash')
  const { seal, open } = sealedUserData(sealer, 'authorization_codes')
  const consume = change<Now>(({ now }) => ({ consumedAt: now }), isUnused(t))
  return {
    find,
    insert: ({ user, ...row }: NewCode): Write =>
      insert({ ...row, sealedUser: seal(row.serviceId, row.codeHash, user) }),
    userOf: (row: { serviceId: number; codeHash: string; sealedUser: string | null }) =>
      open(row.serviceId, row.codeHash, row.sealedUser),
    consume: (serviceId: number, codeHash: string, now: number): Write =>
      consume({ serviceId, codeHash, now }),
  }
}
