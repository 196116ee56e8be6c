/**
 * The account behind a pairwise subject, sealed in a header parameter of the ID Token. An ID Token
 * that is used as a hint (OIDC Core §3.1.2.1, CIBA §7.1) must identify its user, which its pairwise
 * `sub` does not.
 */
import type { Client } from '../../model/client/client.ts'
import type { Grant } from '../../model/grant.ts'
import type { Service } from '../../model/service/service.ts'
import { openUnderSalt, sealUnderSalt } from './sealed-header.ts'
import { isPairwise } from './subject.ts'

/** The header parameter. Clients ignore unknown ones, RFC 7515 §4. */
const name = 'postern_account'

const purpose = 'account behind a pairwise subject'

/** The header parameter of an ID Token with a derived pairwise `sub`, sealed under the salt. */
export function accountHeader(
  service: Service,
  client: Client,
  { sub: chosen }: Pick<Grant, 'sub'>,
  claims: Record<string, unknown>,
  account: string,
): Record<string, string> {
  if (chosen !== undefined || !isPairwise(service, client)) return {}
  const sealing = { purpose, bound: String(claims['sub']) }
  const unique = [client.clientId, JSON.stringify(claims)]
  return { [name]: sealUnderSalt(service, sealing, account, unique) }
}

/** The account of an ID Token of this service; undefined if it is simply the `sub`. */
export const accountOf = (
  service: Service,
  header: Record<string, unknown>,
  sub: string,
): string | undefined => openUnderSalt(service, { purpose, bound: sub }, header[name])
