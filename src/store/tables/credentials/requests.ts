/** Credential requests, from the check until the credential is issued or denied. */
import { and, eq, gt } from 'drizzle-orm'
import type {
  CredentialRequest,
  CredentialRequestStatus,
} from '../../../model/credential/request.ts'
import type { Engine } from '../../engine.ts'
import { accessTokenExists } from '../../parent.ts'
import { insertion, type Now, rowsByKey } from '../../rows.ts'

interface Transition extends Now {
  from: CredentialRequestStatus
  to: CredentialRequestStatus
  expiresAt: number
  data: CredentialRequest
}

export const credentialRequests = (engine: Engine) => {
  const t = engine.tables.credentialRequests
  const { find, change } = rowsByKey(engine, t, 'identifierHash')
  return {
    find,
    /** Touches no row unless the access token exists, which is deleted with its client. */
    insert: insertion(engine, t, { ifExists: (given) => accessTokenExists(engine, given) }),
    /** Touches no row unless the request has the status that is expected, and has not expired. */
    move: change<Transition>(
      ({ to, expiresAt, data }) => ({ status: to, expiresAt, data }),
      ({ from, now }) => and(eq(t.status, from), gt(t.expiresAt, now)),
    ),
  }
}
