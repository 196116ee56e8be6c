/**
 * Client ID metadata documents (CIMD): checks of client_id URLs and of the documents.
 */

import type { ClientDocument } from '../../model/client/client.ts'
import type { Service } from '../../model/service/service.ts'
import { isUrl } from '../../model/url.ts'
import { type Refusal, refuse } from '../../refusal.ts'
import { applyPolicy, parsePolicy } from '../federation/metadata-policy.ts'
import { symmetricProperty } from './client-rules.ts'
import { type Metadata, metadataDefaults, parseMetadata, readMetadata } from './foreign-metadata.ts'
import { rules } from './metadata-document-rules.ts'

export const { tooManyClients } = rules

/** Whether a refusal says that the URL has no metadata document: it may identify another client. */
export const isWithoutDocument = ({ rule }: Refusal): boolean =>
  [rules.unreachable, rules.notJson, rules.pathMissing, rules.notAllowed].some(
    (each) => each === rule,
  )

export const refuseMetadata = (detail: string): never => refuse(rules.metadataInvalid, detail)

const lengthLimit = 2_048

/** Whether a client_id is meant as a URL. */
export const looksLikeUrl = (named: string): boolean => /^https?:\/\//.test(named)

/** Options of a service or of one call that go beyond the specification. */
export interface Permissions {
  alwaysRetrieved?: boolean | undefined
  httpPermitted?: boolean | undefined
  queryPermitted?: boolean | undefined
}

/** Each option is on if the service or the call enables it. */
export const permissionsOf = (service: Service, options: Permissions = {}): Permissions => ({
  alwaysRetrieved: service.cimdAlwaysRetrieved || options.alwaysRetrieved,
  httpPermitted: service.cimdHttpPermitted || options.httpPermitted,
  queryPermitted: service.cimdQueryPermitted || options.queryPermitted,
})

/** CIMD §3. Checks the text, because parsing a URL removes its dot segments. */
export function requireLocation(url: string, permissions: Permissions): void {
  const isPrintable = /^[\x21-\x7e]+$/.test(url) && !url.includes('\\')
  if (url.length > lengthLimit || !isPrintable || !isUrl(url)) refuse(rules.malformed)
  if (url.startsWith('http:') && !permissions.httpPermitted) refuse(rules.schemeNotPermitted)
  if (url.includes('#')) refuse(rules.fragment)
  const [beforeQuery = ''] = url.split('?')
  const [, authority = '', path = ''] = /^https?:\/\/([^/]*)(.*)$/.exec(beforeQuery) ?? []
  if (authority === '') refuse(rules.malformed)
  if (authority.includes('@')) refuse(rules.userInformation)
  if (path === '') refuse(rules.pathMissing)
  const segments = path.split('/').map((segment) => segment.replace(/%2e/gi, '.'))
  if (segments.some((segment) => segment === '.' || segment === '..')) refuse(rules.dotSegment)
  if (url.includes('?') && !permissions.queryPermitted) refuse(rules.queryNotPermitted)
  if (ambiguous.test(path)) refuse(rules.ambiguousPath)
  // The text is compared and the parsed URL is fetched, so both must be the same.
  if (new URL(url).href !== url) refuse(rules.notNormal)
}

/** Parsers disagree on these: `;`, and encoded `/`, `\`, `%`, `;`, `?`, `#` and controls. */
const ambiguous = /;|%(?:[01][0-9a-f]|7f|2[35f]|3[bf]|5c)|%(?![0-9a-f]{2})/i

/** An allowlist entry is a host with its port, a URL, or (with a final slash) a URL prefix. */
export function requireAllowed(url: string, service: Service): void {
  if (!service.cimdAllowlistEnabled) return
  const asked = partsOf(url)
  const allows = (entry: string) => {
    if (entry === url) return true
    const listed = partsOf(entry)
    return listed ? covers(listed, asked) : entry.toLowerCase() === asked?.host
  }
  if (!service.cimdAllowlist?.some(allows)) refuse(rules.notAllowed, asked?.host)
}

/** The parts of a URL as written; undefined if the text is not an http(s) URL. */
function partsOf(url: string) {
  const found = /^(https?):\/\/([^/?#]+)(\/[^?#]*)?(\?.*)?$/.exec(url)
  if (!found) return undefined
  const [, scheme = '', host = '', path, query] = found
  return { scheme, host: host.toLowerCase(), segments: path?.split('/').slice(1), query }
}

type Parts = NonNullable<ReturnType<typeof partsOf>>

/** An origin covers all its URLs; a path with a final slash covers the URLs below it. */
function covers({ scheme, host, segments, query }: Parts, asked: Parts | undefined): boolean {
  if (scheme !== asked?.scheme || host !== asked.host || query !== undefined) return false
  if (!segments) return true
  if (segments.at(-1) !== '') return false
  const below = segments.slice(0, -1)
  const own = asked.segments ?? []
  return own.length > below.length && below.every((segment, at) => segment === own[at])
}

interface HttpResponse {
  status: number
  contentType: string
  cacheControl: string
  body: string
}

/** CIMD §4: the document in a response; undefined if the fetch failed. */
export function requireDocument(answer: HttpResponse | undefined): Metadata {
  if (answer?.status !== 200) refuse(rules.unreachable)
  const [mediaType = ''] = answer.contentType.split(';')
  if (!/^application\/(json|[\w.-]+\+json)$/i.test(mediaType.trim())) {
    refuse(rules.notJson, mediaType.slice(0, 100))
  }
  return parseMetadata(answer.body) ?? refuse(rules.notJson)
}

/** CIMD §4.1: the settings of the client that its document describes. */
export function describedClient(metadata: Metadata, url: string, service: Service): ClientDocument {
  if (metadata['client_id'] !== url) refuse(rules.otherClient)
  for (const name of ['client_secret', 'client_secret_expires_at']) {
    if (Object.hasOwn(metadata, name)) refuse(rules.secretPresent, name)
  }
  const governed = govern(metadata, service)
  const whole = { token_endpoint_auth_method: 'none', ...metadataDefaults, ...governed }
  const method = metadata['token_endpoint_auth_method'] ?? ''
  for (const each of [method, whole.token_endpoint_auth_method]) {
    if (/^client_secret_/.test(String(each))) refuse(rules.secretNeeded, 'the method')
  }
  const reading = readMetadata(whole, service.supportedCustomClientMetadata)
  if ('problem' in reading) {
    return refuseMetadata(`${reading.problem.path}: ${reading.problem.message}`)
  }
  // The client has no secret, so symmetric algorithms have no key.
  const symmetric = symmetricProperty(reading.document)
  if (symmetric) refuse(rules.secretNeeded, symmetric)
  return reading.document
}

function govern(metadata: Metadata, { cimdMetadataPolicyEnabled, cimdMetadataPolicy }: Service) {
  if (!cimdMetadataPolicyEnabled || !cimdMetadataPolicy) return metadata
  const read = parsePolicy(cimdMetadataPolicy)
  if ('problem' in read) return refuse(rules.policyViolated, 'the policy is not valid')
  const governed = applyPolicy(metadata, read.policy)
  if ('metadata' in governed) return governed.metadata
  return refuse(rules.policyViolated, `${governed.problem.path}: ${governed.problem.message}`)
}

const hour = 3_600_000
const shortest = 300_000
const longest = 24 * hour

/** CIMD §4.4, RFC 9111 §5.2.2: milliseconds to cache a document, from 5 minutes to a day. */
export function lifetimeOf(cacheControl: string): number {
  const directives = cacheControl.toLowerCase().split(',')
  const secondsOf = (name: string) => {
    const found = directives.map((each) => each.trim().match(/^([\w-]+)="?(\d{1,15})"?$/))
    return found.find((match) => match?.[1] === name)?.[2]
  }
  if (directives.some((each) => /^(no-store|no-cache)\b/.test(each.trim()))) return shortest
  const seconds = secondsOf('s-maxage') ?? secondsOf('max-age')
  if (seconds === undefined) return hour
  return Math.min(longest, Math.max(shortest, Number(seconds) * 1000))
}
