/** The credential response, OpenID4VCI §8.3, encrypted if the wallet asked for that. */
import type { JWK } from 'jose'
import { encryptWithKey } from '../../jose/encrypt.ts'
import { importKey } from '../../jose/key-set.ts'
import type { ResponseEncryption } from '../../model/credential/request.ts'
import type { Service } from '../../model/service/service.ts'
import { hasJwtActions, orderRules } from '../../oauth/vci/issuance/order.ts'
import { Refusal } from '../../refusal.ts'

/** The body for the wallet. */
export async function credentialResponse(
  members: Record<string, unknown>,
  encryption: ResponseEncryption | undefined,
): Promise<string> {
  const text = JSON.stringify(members)
  if (!encryption) return text
  const { jwk, enc, zip } = encryption
  const { alg = '', kid } = jwk as JWK
  try {
    const key = await importKey(jwk as JWK, alg)
    return await encryptWithKey(text, { alg, enc }, key, { kid, zip })
  } catch (error) {
    // The point of a key can be such that no secret can be agreed on with it, RFC 8037 §3.2.1.
    throw new Refusal(orderRules.unencryptable, error instanceof Error ? error.message : undefined)
  }
}

type Decided = 'OK' | 'ACCEPTED'

/** The action for a response, and the type of its body. */
export function responseAction<D extends Decided>(
  service: Service,
  action: D,
  encryption: ResponseEncryption | undefined,
): { action: D | `${D}_JWT`; contentType?: string } {
  if (!encryption) return { action }
  const own = hasJwtActions(service) ? (`${action}_JWT` as const) : action
  return { action: own, contentType: 'application/jwt' }
}
