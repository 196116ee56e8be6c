/** What a client proves its key with, for tests. */
import { createHash, createPrivateKey, randomUUID, sign } from 'node:crypto'
import type { Postern } from '../embedded/types.ts'
import type { TestKey } from './settings.ts'

type Members = Record<string, unknown>

const encoded = (part: Members) => Buffer.from(JSON.stringify(part)).toString('base64url')

/** A JWT that the key of `keys.es256` signs. */
function signed(header: Members, claims: Members, { privateJwk }: TestKey): string {
  const input = `${encoded({ alg: 'ES256', ...header })}.${encoded(claims)}`
  const key = createPrivateKey({ key: privateJwk, format: 'jwk' })
  const signature = sign('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' })
  return `${input}.${signature.toString('base64url')}`
}

const secondsOf = ({ clock }: Postern) => Math.floor(clock() / 1_000)

/** The parameters by which a client authenticates with its key: RFC 7523 §2.2. */
export function clientAssertion(
  postern: Postern,
  key: TestKey,
  { issuer, clientId }: { issuer: string; clientId: number },
): Record<string, string> {
  const iat = secondsOf(postern)
  const id = String(clientId)
  const claims = { iss: id, sub: id, aud: issuer, jti: randomUUID(), iat, exp: iat + 60 }
  return {
    client_id: id,
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: signed({ kid: key.kid }, claims, key),
  }
}

/** A DPoP proof for a request, and for the access token in it: RFC 9449 §4.2. */
export function dpopProof(
  postern: Postern,
  key: TestKey,
  request: { htm: string; htu: string; accessToken?: string; nonce?: string },
): string {
  const { htm, htu, accessToken, nonce } = request
  const { kty, crv, x, y } = key.publicJwk
  const ath = accessToken && createHash('sha256').update(accessToken).digest('base64url')
  const claims = { jti: randomUUID(), htm, htu, iat: secondsOf(postern) }
  const optional = { ...(ath ? { ath } : {}), ...(nonce ? { nonce } : {}) }
  const header = { typ: 'dpop+jwt', jwk: { kty, crv, x, y } }
  return signed(header, { ...claims, ...optional }, key)
}
