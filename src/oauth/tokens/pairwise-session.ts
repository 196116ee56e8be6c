/**
 * The session behind a pairwise `sid`, sealed in a header parameter of the ID Token. Native SSO
 * must find the session of an ID Token (OIDC Native SSO §4.2); a pairwise `sid` does not name it.
 */
import type { Client } from '../../model/client/client.ts'
import type { Service } from '../../model/service/service.ts'
import { openUnderSalt, sealUnderSalt } from './sealed-header.ts'
import { isPairwise } from './subject.ts'

/** The header parameter. Clients ignore unknown ones, RFC 7515 §4. */
const name = 'postern_session'

const purpose = 'session behind a pairwise sid'

/** The header parameter of an ID Token with a pairwise `sid`, sealed under the salt. */
export function sessionHeader(
  service: Service,
  client: Client,
  claims: Record<string, unknown>,
  sessionId: string,
): Record<string, string> {
  if (!isPairwise(service, client)) return {}
  const sealing = { purpose, bound: String(claims['sid']) }
  const unique = [purpose, client.clientId, JSON.stringify(claims)]
  return { [name]: sealUnderSalt(service, sealing, sessionId, unique) }
}

/** The session of an ID Token of this service; the `sid` itself if that is not pairwise. */
export const sessionBehind = (
  service: Service,
  header: Record<string, unknown>,
  sid: string,
): string => openUnderSalt(service, { purpose, bound: sid }, header[name]) ?? sid
