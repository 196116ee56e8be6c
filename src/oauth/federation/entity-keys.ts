/** The keys of the service as an entity of a federation. */
import type { JWK } from 'jose'
import { publicKeySet } from '../../jose/key-set.ts'
import { publishedKeySet } from '../../jose/service-key-set.ts'
import type { Service } from '../../model/service/service.ts'

/** Milliseconds as the seconds of JWTs. */
export const inSeconds = (milliseconds: number): number => Math.floor(milliseconds / 1000)

/**
 * The public keys that verify what the entity signs: NEXT, CURRENT and PREVIOUS ones. Each has a
 * kid of its own, OpenID Federation §3.1.1.
 */
export function entityKeys(service: Service): JWK[] {
  const kids = new Set<string>()
  const isFirst = (kid: string) => kids.size < kids.add(kid).size
  return publicKeySet(publishedKeySet(service, 'federation')).keys.filter(
    ({ kid, use }) => use !== 'enc' && typeof kid === 'string' && kid !== '' && isFirst(kid),
  )
}
