/** Checks of a service at its issuer: what is published there against what Postern says. */
import { isDeepStrictEqual } from 'node:util'
import { implementedGrantTypes } from '../grants/index.ts'
import { publicKeySet } from '../jose/key-set.ts'
import { publishedKeySet } from '../jose/service-key-set.ts'
import type { Client } from '../model/client/client.ts'
import { parseJson } from '../model/json.ts'
import type { Service } from '../model/service/service.ts'
import { parseUrl } from '../model/url.ts'
import { discoveryDocument } from '../oauth/discovery/document.ts'
import { type Fetch, FetchError } from '../system/fetch.ts'
import { error, type Finding, ok, skipped, warning } from './finding.ts'

export interface Outside {
  fetch: Fetch
  /** Resolves if the host has an address. */
  resolve(host: string): Promise<unknown>
}

type Json = Record<string, unknown>
const maxBytes = 1_048_576
const timeoutMs = 5_000

async function read(service: Service, url: string, { fetch }: Outside) {
  const options = { purpose: 'published document', serviceId: service.apiKey, maxBytes, timeoutMs }
  const { body, cacheControl } = await fetch(url, options)
  const document = parseJson(body)
  if (typeof document !== 'object' || document === null) throw new Error('It is no JSON object.')
  return { document: document as Json, cacheControl }
}

const unreadable = (check: string, url: string, cause: unknown): Finding => {
  const because = cause instanceof FetchError && cause.cause instanceof Error ? cause.cause : cause
  const { message } = because as Error
  return error(check, {
    what: `${url} cannot be read: ${message}`,
    why: 'Clients cannot read it either. Without a valid TLS chain, none of them connects.',
    mend: 'Check the frontend, DNS and the certificate with its intermediates: `openssl s_client -connect <host>:443 -showcerts`.',
  })
}

export async function checkPublished(
  service: Service,
  clients: readonly Client[],
  outside: Outside,
): Promise<Finding[]> {
  if (!service.issuer) return [skipped('issuer', 'The service has no issuer.')]
  return [
    ...(await checkDiscovery(service, outside)),
    await checkRedirect(service, outside),
    await checkKeySetsOfClients(service, clients, outside),
    await checkRedirectHosts(clients, outside),
  ]
}

async function checkDiscovery(service: Service, outside: Outside): Promise<Finding[]> {
  const url = `${service.issuer?.replace(/\/$/, '')}/.well-known/openid-configuration`
  let published: Json
  try {
    published = (await read(service, url, outside)).document
  } catch (cause) {
    return [unreadable('discovery', url, cause)]
  }
  const ours = JSON.parse(JSON.stringify(discoveryDocument(service, implementedGrantTypes))) as Json
  const names = [...new Set([...Object.keys(ours), ...Object.keys(published)])]
  const differing = names.filter((name) => !isDeepStrictEqual(ours[name], published[name]))
  const found =
    differing.length === 0
      ? ok('discovery', `${url} is what Postern says.`)
      : (differing.includes('issuer') ? error : warning)('discovery', {
          what: `${url} differs from Postern in ${differing.join(', ')}.`,
          why: 'Clients believe what is published, and are refused where Postern decides otherwise.',
          mend: 'Publish the response of /service/configuration unchanged, and shorten caches.',
        })
  const { jwks_uri: jwksUri } = published
  return [found, ...(await checkKeySet(service, jwksUri, outside))]
}

const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k']
const longestAge = 86_400

async function checkKeySet(service: Service, url: unknown, outside: Outside): Promise<Finding[]> {
  if (typeof url !== 'string') return [skipped('jwks', 'The published document has no jwks_uri.')]
  let keys: Json[]
  let cacheControl: string
  try {
    const answer = await read(service, url, outside)
    keys = Array.isArray(answer.document['keys']) ? (answer.document['keys'] as Json[]) : []
    cacheControl = answer.cacheControl
  } catch (cause) {
    return [unreadable('jwks', url, cause)]
  }
  if (keys.some((key) => privateMembers.some((member) => member in key))) {
    return [
      error('jwks', {
        what: `${url} publishes private keys.`,
        why: 'Everyone can sign tokens in the name of the service.',
        mend: 'Publish /service/jwks/get without includePrivateKeys, and replace all keys: `postern keys rotate`.',
      }),
    ]
  }
  const ours = publicKeySet(publishedKeySet(service)).keys
  const has = (set: readonly Json[], { kid }: Json) => set.some((key) => key['kid'] === kid)
  const missing = ours.filter((key) => !has(keys, key as Json)).map(({ kid }) => kid)
  const strange = keys.filter((key) => !has(ours as Json[], key)).map(({ kid }) => kid)
  const [, age] = /max-age=(\d+)/.exec(cacheControl) ?? []
  return [
    missing.length + strange.length === 0
      ? ok('jwks', `${url} has the keys of the service.`)
      : (missing.length > 0 ? error : warning)('jwks', {
          what: `${url} lacks ${missing.join(', ') || 'no key'}, and has unknown ${strange.join(', ') || 'none'}.`,
          why: 'Signatures with a missing key cannot be verified.',
          mend: 'Publish the response of /service/jwks/get, and shorten caches.',
        }),
    age !== undefined && Number(age) <= longestAge
      ? ok('cache', `${url} may be kept for ${age} s.`)
      : warning('cache', {
          what: `The Cache-Control of ${url} is ${cacheControl || 'missing'}.`,
          why: 'Clients decide by themselves when they learn of new keys.',
          mend: 'Send `Cache-Control: max-age=` with less than ext.keys.propagation.',
        }),
  ]
}

/** RFC 9700 §4.12: 307 and 308 repeat the form of the login page at the client. */
async function checkRedirect(service: Service, { fetch }: Outside): Promise<Finding> {
  const url = service.authorizationEndpoint
  if (!url) return skipped('redirect-status', 'The service has no authorization endpoint.')
  const options = { purpose: 'authorization endpoint', serviceId: service.apiKey, timeoutMs }
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  const status = await fetch(url, { ...options, method: 'POST', headers, body: '' }).then(
    (answer) => answer.status,
    (cause) => (cause instanceof FetchError ? cause.status : undefined),
  )
  if (status === undefined) return skipped('redirect-status', `${url} does not answer.`)
  if (![307, 308].includes(status))
    return ok('redirect-status', `${url} answers a form by ${status}.`)
  return error('redirect-status', {
    what: `${url} answers a form by ${status}.`,
    why: 'The browser sends the form, with the password of the user, to the client.',
    mend: 'Redirect with 303.',
  })
}

const atOnce = 8
const mostShown = 5

async function failing(all: readonly string[], check: (one: string) => Promise<unknown>) {
  const bad: string[] = []
  const rest = [...new Set(all)]
  const work = async () => {
    for (let one = rest.pop(); one !== undefined; one = rest.pop()) {
      const each = one
      await check(each).catch(() => bad.push(each))
    }
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  return bad.sort()
}

const shown = (bad: readonly string[]) =>
  `${bad.slice(0, mostShown).join(', ')}${bad.length > mostShown ? `, and ${bad.length - mostShown} more` : ''}`

async function checkKeySetsOfClients(
  service: Service,
  clients: readonly Client[],
  outside: Outside,
): Promise<Finding> {
  const urls = clients.flatMap(({ jwksUri }) => jwksUri || [])
  const bad = await failing(urls, (url) => read(service, url, outside))
  if (bad.length === 0) return ok('client-jwks', `${urls.length} key sets of clients can be read.`)
  return warning('client-jwks', {
    what: `Key sets of clients cannot be read: ${shown(bad)}.`,
    why: 'Their assertions and request objects cannot be verified.',
    mend: 'Tell the clients; allow addresses inside your network by POSTERN_OUTBOUND_ALLOW.',
  })
}

async function checkRedirectHosts(
  clients: readonly Client[],
  { resolve }: Outside,
): Promise<Finding> {
  const hosts = clients.flatMap(({ redirectUris = [] }) =>
    redirectUris.flatMap((uri) => {
      const { protocol, hostname = '' } = parseUrl(uri) ?? {}
      return /^https?:$/.test(protocol ?? '') && !/^(\[|[\d.]+$|localhost$)/.test(hostname)
        ? hostname
        : []
    }),
  )
  const bad = await failing(hosts, resolve)
  if (bad.length === 0)
    return ok('redirect-hosts', `${new Set(hosts).size} redirect hosts resolve.`)
  return warning('redirect-hosts', {
    what: `Hosts of redirect URIs do not resolve: ${shown(bad)}.`,
    why: 'Users end on an error of the browser, and others can register the domain to take codes.',
    mend: 'Remove the redirect URIs that are no longer used.',
  })
}
