/** The keys of another issuer, found by OpenID Connect Discovery §4. */

import type { ServiceContext } from '../../context.ts'
import { type KeySet, parseKeySet } from '../../jose/key-set.ts'
import { parseJson } from '../../model/json.ts'

/** The key set of an issuer; empty if its metadata cannot be fetched or name another issuer. */
export async function findIssuerKeys(
  { system, keySets, service }: ServiceContext,
  issuer: string,
): Promise<KeySet> {
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`
  const serviceId = service.apiKey
  const fetched = await system
    .fetch(url, { purpose: 'discovery document', serviceId, accept: 'application/json' })
    .catch(() => undefined)
  const jwksUri = jwksUriOf(fetched?.body, issuer)
  return jwksUri === undefined ? parseKeySet(undefined) : keySets.get(serviceId, jwksUri)
}

function jwksUriOf(text: string | undefined, issuer: string): string | undefined {
  try {
    const document = parseJson(text ?? '') as Record<string, unknown> | null
    const jwksUri = document?.['jwks_uri']
    const isOfIssuer = document?.['issuer'] === issuer
    return isOfIssuer && typeof jwksUri === 'string' ? jwksUri : undefined
  } catch {
    return undefined
  }
}
