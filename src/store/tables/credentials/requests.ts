/** Credential requests, from the check until the credential is issued or denied. */
import { and, eq, gt } from 'drizzle-orm'
import type {
  CredentialRequest,
  CredentialRequestStatus,
} from '../../../model/credential/request.ts'
import type { Engine } from '../../engine.ts'
import { accessTokenExists } from '../../parent.ts'
import type { Placeholders } from '../../prepared.ts'
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
  const changed = ({ to: status, expiresAt, data }: Placeholders<Transition>) => ({
    status,
    expiresAt,
    data,
  })
  const isExpected = ({ from, now }: Placeholders<Transition>) =>
    and(eq(t.status, from), gt(t.expiresAt, now))
  return {
    find,
    /** Touches no row unless the access token exists, which is deleted with its client. */
    insert: insertion(engine, t, { ifExists: (given) => accessTokenExists(engine, given) }),
    /** Touches no row unless the request has the status that is expected, and has not expired. */
    move: change<Transition>(changed, isExpected),
    /** The same, and the access token that the request was sent with exists. */
    moveOfToken: change<Transition & { tokenHash: string }>(changed, (given) =>
      and(isExpected(given), accessTokenExists(engine, given)),
    ),
  }
}
