/**
 * The account behind a pairwise subject, sealed in a header parameter of the ID Token. An ID Token
 * that is used as a hint (OIDC Core §3.1.2.1, CIBA §7.1) must identify its user, which its pairwise
 * `sub` does not.
 */
import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto'
import type { Client } from '../../model/client/client.ts'
import type { Grant } from '../../model/grant.ts'
import type { Service } from '../../model/service/service.ts'
import { isPairwise } from './subject.ts'

/** The header parameter. Clients ignore unknown ones, RFC 7515 §4. */
const name = 'postern_account'

const keyed = (service: Service, ...parts: (string | number)[]) =>
  createHmac('sha256', service.pairwiseSubjectSalt ?? '').update(parts.join('\n'))

const keyOf = (service: Service) => keyed(service, 'account behind a pairwise subject').digest()

/** Accounts are padded to a multiple of this many bytes, to hide their length from clients. */
const block = 64

/** The header parameter of an ID Token with a derived pairwise `sub`, sealed under the salt. */
export function accountHeader(
  service: Service,
  client: Client,
  { sub: chosen }: Pick<Grant, 'sub'>,
  claims: Record<string, unknown>,
  account: string,
): Record<string, string> {
  if (chosen !== undefined || !isPairwise(service, client)) return {}
  const text = Buffer.from(account)
  const padded = Buffer.alloc(Math.ceil(text.length / block) * block)
  text.copy(padded)
  // Derived from the whole token, so that no nonce is used for two plaintexts.
  const nonce = keyed(service, client.clientId, JSON.stringify(claims), account).digest()
  const cipher = createCipheriv('aes-256-gcm', keyOf(service), nonce.subarray(0, 12))
  cipher.setAAD(Buffer.from(String(claims['sub'])))
  const sealed = [nonce.subarray(0, 12), cipher.update(padded), cipher.final()]
  return { [name]: Buffer.concat([...sealed, cipher.getAuthTag()]).toString('base64url') }
}

/** The account of an ID Token of this service; undefined if it is simply the `sub`. */
export function accountOf(
  service: Service,
  header: Record<string, unknown>,
  sub: string,
): string | undefined {
  const sealed = header[name]
  if (typeof sealed !== 'string') return undefined
  const bytes = Buffer.from(sealed, 'base64url')
  if (bytes.length < 28 + block) return undefined
  try {
    const decipher = createDecipheriv('aes-256-gcm', keyOf(service), bytes.subarray(0, 12))
    decipher.setAAD(Buffer.from(sub)).setAuthTag(bytes.subarray(-16))
    const padded = Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()])
    return padded.subarray(0, padded.indexOf(0) < 0 ? undefined : padded.indexOf(0)).toString()
  } catch {
    // The salt has been replaced since then, and with it every pairwise subject.
    return undefined
  }
}
