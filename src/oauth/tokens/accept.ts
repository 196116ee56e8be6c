/** Content negotiation by the Accept header, RFC 9110 §12.5.1. */
import type { Client } from '../../model/client/client.ts'

/** Longer than any header that a server of HTTP accepts. The rest is not read. */
const limit = 16_384

const quality = /^q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/i

/** The quality of a media range in an Accept header, from 0 to 1; undefined if not listed. */
function qualityOf(accept: string, range: string): number | undefined {
  const qualities = accept.split(',').flatMap((entry) => {
    const [named = '', ...parameters] = entry.split(';').map((part) => part.trim())
    if (named.toLowerCase() !== range) return []
    const [, value] = parameters.map((each) => quality.exec(each)).find((match) => match) ?? []
    return [Number(value ?? 1)]
  })
  return qualities.length > 0 ? Math.max(...qualities) : undefined
}

/**
 * Whether an Accept header prefers a JWT of a media type to JSON. Wildcards mean JSON, which is the
 * default of the endpoints that have both.
 */
export function prefersJwt(accept: string | undefined, type: string): boolean {
  const given = (accept ?? '').slice(0, limit)
  const jwt = qualityOf(given, type) ?? 0
  const plain = ['application/json', 'application/*', '*/*'].map((each) => qualityOf(given, each))
  return jwt > 0 && jwt >= (plain.find((each) => each !== undefined) ?? 0)
}

/**
 * OIDC Core §5.3.2: what the client registered comes first. Without an algorithm of its own, it
 * gets a signed response if its request prefers a JWT.
 */
export const signsUserInfo = (
  { userInfoSignAlg }: Pick<Client, 'userInfoSignAlg'>,
  isEncrypted: boolean,
  accept: string | undefined,
): boolean =>
  userInfoSignAlg !== undefined || (!isEncrypted && prefersJwt(accept, 'application/jwt'))
