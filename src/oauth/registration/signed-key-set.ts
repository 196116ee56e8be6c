/** Signed key sets of clients (`signed_jwks_uri`), OpenID Federation §5.2.1. */
import { createHash } from 'node:crypto'
import { type KeySet, publicKeySetOf } from '../../jose/key-set.ts'
import type { Reading } from '../../jose/remote-key-set.ts'
import { asymmetricAlgorithms } from '../../jose/signature-algorithm.ts'
import { unverifiedClaims, verifyJwt } from '../../jose/verify.ts'
import type { Client } from '../../model/client/client.ts'
import { isOfKind } from '../jwt-kinds.ts'

/**
 * How to read the document at the client's `signedJwksUri`: it is signed with a federation key, or
 * with a registered key if the client is in no federation. `now` is in milliseconds.
 */
export function signedReading(client: Client, now: number): Reading {
  const text = federationKeys(client) ?? client.jwks ?? ''
  return {
    name: createHash('sha256')
      .update(`${client.entityId ?? ''} ${text}`)
      .digest('base64url'),
    accept: 'application/jwk-set+jwt',
    read: (document) => readSigned(document.trim(), publicKeySetOf(client, text), client, now),
  }
}

/** The keys in the client's entity statement, which is the first of its trust chain. */
function federationKeys({ trustChain }: Client): string | undefined {
  const [own = ''] = trustChain ?? []
  // Its length was checked when it was registered.
  const jwks = unverifiedClaims(own, own.length)?.['jwks']
  return jwks === undefined ? undefined : JSON.stringify(jwks)
}

async function readSigned(jwt: string, keys: KeySet, client: Client, now: number) {
  const verified = await verifyJwt(jwt, keys, asymmetricAlgorithms)
  if ('failure' in verified) return undefined
  const { claims } = verified
  const isOfType = isOfKind('key set', verified)
  const { iss, sub, exp } = claims
  const names = [iss, sub].filter((name) => name !== undefined)
  const isOwn = !client.entityId || names.every((name) => name === client.entityId)
  const isInTime = exp === undefined || (typeof exp === 'number' && exp * 1000 > now)
  return isOfType && isOwn && isInTime ? JSON.stringify({ keys: claims['keys'] }) : undefined
}
