/** The keys of the service as an entity of a federation, and sets of keys that they sign. */
import type { JWK } from 'jose'
import { publicKeySet } from '../../../jose/key-set.ts'
import { publishedKeySet } from '../../../jose/service-key-set.ts'
import { type EndedKey, endedKeys } from '../../../model/keys/standing.ts'
import type { Service } from '../../../model/service/service.ts'
import { defineRules, refuse } from '../../../refusal.ts'
import { publishesKeys } from '../../discovery/published-keys.ts'
import { requireEntity, statementSeconds } from './entity.ts'

const rules = defineRules('Signed key sets', {
  unpublished: {
    code: 'P134003',
    error: 'not_found',
    spec: 'OpenID Federation §5.2.1',
    message: 'The service publishes no keys: ext.jwks.published is false.',
    fix: 'Let the service publish its keys.',
    settings: ['service.ext.jwks.published'],
  },
})

type Claims = Record<string, unknown>

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

/** The protocol keys of the service, for `signed_jwks_uri`: OpenID Federation §5.2.1. */
export function signedKeySet(service: Service, now: number): Claims {
  const iss = requireEntity(service)
  if (!publishesKeys(service)) refuse(rules.unpublished)
  const iat = inSeconds(now)
  const { keys } = publicKeySet(publishedKeySet(service))
  return { iss, sub: iss, iat, exp: iat + statementSeconds(service), keys }
}

/**
 * The keys that the entity used before, OpenID Federation §8.7.2. Without `sub`, so that it is
 * never accepted as the key set of the provider, which has the same type.
 */
export function historicalKeys(service: Service, now: number): Claims {
  const iss = requireEntity(service)
  const keys = endedKeys(service, 'federation').filter(wasUsed).flatMap(historicalKey)
  return { iss, iat: inSeconds(now), keys }
}

/** A key that was cancelled before its time has signed nothing. */
const wasUsed = ({ record, endedAt }: EndedKey): boolean =>
  record.verifiesOnly === true || record.revokedAt !== undefined || record.activeFrom < endedAt

function historicalKey({ record, endedAt }: EndedKey): Claims[] {
  const { publicJwk, kid, createdAt, activeFrom, verifiesOnly, revokedAt, reason } = record
  if (!publicJwk) return []
  // Nothing is known of the time in which another provider signed with the key.
  const issued = verifiesOnly ? {} : { iat: inSeconds(Math.min(createdAt, activeFrom)) }
  const known = reason === undefined || reason === 'unspecified' ? {} : { reason }
  const revoked =
    revokedAt === undefined ? {} : { revoked: { revoked_at: inSeconds(revokedAt), ...known } }
  return [{ ...publicJwk, kid, ...issued, exp: inSeconds(endedAt), ...revoked }]
}
