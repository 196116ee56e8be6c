/** The target of an outbound fetch: its URL, and the addresses that it may reach. */
import { isIP, type LookupFunction } from 'node:net'
import { type Allowance, isPublicAddress } from './address.ts'
import { FetchError } from './fetch-error.ts'
import { isTimeout, type Resolve } from './resolver.ts'

const urlLimit = 4_096

export interface Target {
  readonly url: URL
  readonly purpose: string
  readonly mayReach: (address: string) => boolean
  /** Any TLS certificate is accepted, also for another host. */
  readonly anyCertificate: boolean
}

/** https to public and allowed addresses, http to allowed ones only; no credentials in the URL. */
export function parseTarget(
  text: string,
  purpose: string,
  allowance: Allowance,
  anyCertificate: boolean,
): Target {
  const url = text.length <= urlLimit ? urlOf(text) : undefined
  if (!url || !['https:', 'http:'].includes(url.protocol)) {
    throw new FetchError('invalid-url', { purpose })
  }
  if (url.username || url.password || url.hostname.endsWith('.')) {
    throw new FetchError('invalid-url', { purpose, origin: url.origin })
  }
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80))
  const mayReach = (address: string) =>
    (url.protocol === 'https:' && isPublicAddress(address)) ||
    allowance.allows(address, { host, port })
  // A literal address is not resolved, so it is checked here.
  if (isIP(host) !== 0 && !mayReach(host)) {
    throw new FetchError('forbidden-address', { purpose, origin: url.origin })
  }
  return { url, purpose, mayReach, anyCertificate }
}

/** The look-up of a connection, which returns only addresses that may be reached. */
export function guardedLookup(
  { url, purpose, mayReach }: Target,
  resolve: Resolve,
): LookupFunction {
  return (host, options, callback) => {
    resolve(host, (error, found) => {
      const reachable = found.filter(({ address }) => mayReach(address))
      const [first] = reachable
      const about = { purpose, origin: url.origin }
      if (error) callback(isTimeout(error) ? new FetchError('timeout', about) : error, '')
      else if (!first) callback(new FetchError('forbidden-address', about), '')
      else if (options.all) callback(null, reachable)
      else callback(null, first.address, first.family)
    })
  }
}

/** `URL.canParse` of Node 20 refuses names with a character such as `ü` once it is compiled. */
function urlOf(text: string): URL | undefined {
  try {
    return new URL(text)
  } catch {
    return undefined
  }
}
