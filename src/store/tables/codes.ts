/** Authorization codes. A used one is kept until it is purged, so that a replay is recognised. */
import type { AuthorizationCode } from '../../model/request/authorization-code.ts'
import type { Engine, Write } from '../engine.ts'
import { isUnused, type Now, rowsByKey } from '../rows.ts'

interface NewCode {
  serviceId: number
  codeHash: string
  familyId: string
  clientId: number
  subject: string
  sessionId?: string | undefined
  expiresAt: number
  data: AuthorizationCode
}

export const codes = (engine: Engine) => {
  const t = engine.tables.authorizationCodes
  const { find, insert, change } = rowsByKey(engine, t, 'codeHash')
  const consume = change<Now>(({ now }) => ({ consumedAt: now }), isUnused(t))
  return {
    find,
    insert: (row: NewCode): Write => insert(row),
    consume: (serviceId: number, codeHash: string, now: number): Write =>
      consume({ serviceId, codeHash, now }),
  }
}
