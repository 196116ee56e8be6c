/** The key in a DID URL of the method `did:jwk`. */
import { parseMembers } from '../../../jose/header.ts'

const prefix = 'did:jwk:'
/** The key is the only one of its document, and has this name there. */
const fragment = '#0'
const longest = 6_000

/** The JWK, not checked; undefined if the text is not such a URL. */
export function keyInDid(url: string): Record<string, unknown> | undefined {
  if (!url.startsWith(prefix) || !url.endsWith(fragment) || url.length > longest) return undefined
  const encoded = url.slice(prefix.length, -fragment.length)
  if (!/^[\w-]+$/.test(encoded)) return undefined
  try {
    return parseMembers(Buffer.from(encoded, 'base64url'))
  } catch {
    return undefined
  }
}
