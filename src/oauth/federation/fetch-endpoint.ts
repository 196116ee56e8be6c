/** Where a superior publishes its statements about subordinates, OpenID Federation §8.1. */
import { parseUrl } from '../../model/url.ts'
import { isObject } from './statement-claims.ts'

const lengthLimit = 2_048

/**
 * The URL of a statement by the metadata of the superior; undefined if they have no fetch endpoint
 * that is an https URL without fragment and user information (§5.1.1).
 */
export function statementUrl(
  claims: Readonly<Record<string, unknown>>,
  subject: string,
): string | undefined {
  const metadata = claims['metadata']
  const entity = isObject(metadata) ? metadata['federation_entity'] : undefined
  const endpoint = isObject(entity) ? entity['federation_fetch_endpoint'] : undefined
  if (typeof endpoint !== 'string' || endpoint.length > lengthLimit) return undefined
  const url = parseUrl(endpoint)
  if (url?.protocol !== 'https:' || url.username || url.password || endpoint.includes('#')) {
    return undefined
  }
  // The query of the endpoint stays as it is written.
  const separator = /[?&]$/.test(endpoint) ? '' : endpoint.includes('?') ? '&' : '?'
  return `${endpoint}${separator}sub=${encodeURIComponent(subject)}`
}
