/** Status lists: how statuses are packed, and the claims of a Status List Token. */

/** The places of a list; at most half of them are taken, so that random places are found soon. */
export const listSize = 2 ** 17
export const listLimit = listSize / 2

/** Token Status List §7.1. */
export const statusValues = { VALID: 0, INVALID: 1, SUSPENDED: 2 } as const
export type CredentialStatus = keyof typeof statusValues

export const statusNameOf = (value: number): CredentialStatus =>
  value === statusValues.VALID ? 'VALID' : value === statusValues.INVALID ? 'INVALID' : 'SUSPENDED'

interface Entry {
  place: number
  status: number
}

/** Token Status List §4.1: the first place is in the lowest bits of the first byte. */
export function packStatuses(
  size: number,
  bits: number,
  entries: Iterable<Entry>,
): Buffer<ArrayBuffer> {
  const bytes = Buffer.alloc((size * bits) / 8)
  for (const { place, status } of entries) {
    const at = Math.floor((place * bits) / 8)
    bytes[at] = (bytes[at] ?? 0) | (status << ((place * bits) % 8))
  }
  return bytes
}

/** For how long a Status List Token is valid. */
const lifetimeSeconds = 86_400

interface Claims {
  uri: string
  bits: number
  /** The packed statuses, compressed: Token Status List §4.1. */
  compressed: Buffer
  ttlSeconds: number
  now: number
}

/** Token Status List §5.1. */
export function statusListClaims({ uri, bits, compressed, ttlSeconds, now }: Claims) {
  const issuedAt = Math.floor(now / 1000)
  return {
    sub: uri,
    iat: issuedAt,
    exp: issuedAt + lifetimeSeconds,
    ttl: ttlSeconds,
    status_list: { bits, lst: compressed.toString('base64url') },
  }
}

/** The `status` claim of a credential, Token Status List §6.1. */
export const statusClaim = (uri: string, place: number) => ({
  status_list: { idx: place, uri },
})
