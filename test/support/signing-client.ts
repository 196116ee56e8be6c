/** Clients that sign: their assertions (RFC 7523) and their request objects (RFC 9101). */
import { type CryptoKey, importJWK, type JWK, SignJWT } from 'jose'
import { issuer, type TestService } from './flows.ts'
import { clientKey } from './keys.ts'
import type { Json } from './server.ts'

let made = 0

export async function signJwt(
  claims: Record<string, unknown>,
  { key = clientKey, header = {} }: { key?: JWK; header?: Record<string, unknown> } = {},
): Promise<string> {
  const alg = String(header['alg'] ?? key.alg ?? 'ES256')
  const imported = (await importJWK(key, alg)) as CryptoKey
  return new SignJWT(claims)
    .setProtectedHeader({ ...(key.kid ? { kid: key.kid } : {}), ...header, alg })
    .sign(imported)
}

interface Signed {
  key?: JWK
  header?: Record<string, unknown>
}

/** The two parameters by which a client authenticates with its key. */
export async function assertionFor(
  service: TestService,
  client: Json,
  claims: Record<string, unknown> = {},
  signed: Signed = {},
) {
  made += 1
  const seconds = Math.floor(service.system.clock() / 1000)
  const id = String(client.clientId)
  const whole = {
    ...{ iss: id, sub: id, aud: issuer, jti: `assertion-${made}` },
    ...{ iat: seconds, exp: seconds + 60 },
  }
  return {
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: await signJwt({ ...whole, ...claims }, signed),
  }
}

/** A request object that every profile accepts, with iss, aud, nbf and exp. */
export function requestObjectFor(
  service: TestService,
  client: Json,
  parameters: Record<string, unknown>,
  signed: Signed = {},
): Promise<string> {
  const seconds = Math.floor(service.system.clock() / 1000)
  const id = String(client.clientId)
  const whole = { iss: id, aud: issuer, nbf: seconds, exp: seconds + 300, client_id: id }
  return signJwt({ ...whole, ...parameters }, signed)
}
