/** What the metadata of a client has to be, OIDC Registration §2 and RFC 7591 §2. */

import { unsupportedEncryption } from '../../jose/encryption-algorithm.ts'
import type { ClientDocument } from '../../model/client/client.ts'
import { parseJson } from '../../model/json.ts'
import type { Service } from '../../model/service/service.ts'
import { attributeProblem } from '../attribute.ts'
import { methodProblems } from '../client-authentication/registered-method.ts'
import { modesExclude } from '../policy.ts'
import {
  dangerousSchemes,
  duplicateProblem,
  isLoopbackHost,
  jsonProblem,
  type Problem,
  problemsOf,
  uriProblem,
} from '../problem.ts'
import { isUri } from '../uri.ts'
import { type KeySetOptions, keySetProblem } from './key-set-rules.ts'

const redirectUriLimit = 100
const redirectUriLength = 2_048

const pages = ['logoUri', 'tosUri', 'policyUri', 'clientUri', 'loginUri'] as const
const endpoints = [
  'jwksUri',
  'signedJwksUri',
  'bcNotificationEndpoint',
  'backchannelLogoutUri',
  'spiffeBundleEndpoint',
  'credentialOfferEndpoint',
] as const
const localized = ['logoUris', 'tosUris', 'policyUris', 'clientUris'] as const

/** Encryption: the algorithm of the content goes with one of the key. */
const encryptions = [
  ['authorizationEncryptionAlg', 'authorizationEncryptionEnc'],
  ['requestEncryptionAlg', 'requestEncryptionEnc'],
  ['idTokenEncryptionAlg', 'idTokenEncryptionEnc'],
  ['userInfoEncryptionAlg', 'userInfoEncryptionEnc'],
] as const

/** In the contract, and not in the JOSE library. */
const unsupportedAlgorithm = 'ES256K'
const algorithms = [
  'authorizationSignAlg',
  'requestSignAlg',
  'idTokenSignAlg',
  'userInfoSignAlg',
  'bcRequestSignAlg',
  'tokenAuthSignAlg',
] as const

export async function findClientProblems(
  document: ClientDocument,
  service: Service,
  { publicOnly = true }: Partial<KeySetOptions> = {},
): Promise<Problem[]> {
  const { jwks, jwksUri, sectorIdentifierUri } = document
  return problemsOf([
    ...redirectUriProblems(document),
    ...pages.map((name) => uriProblem(name, document[name], { fragment: true })),
    ...endpoints.map((name) => uriProblem(name, document[name])),
    ...localized.flatMap((name) =>
      (document[name] ?? []).map(({ value }) => uriProblem(name, value, { fragment: true })),
    ),
    ...(document.requestUris ?? []).map((uri) =>
      uriProblem('requestUris', uri, { fragment: true }),
    ),
    uriProblem('sectorIdentifierUri', sectorIdentifierUri, { schemes: ['https:'] }),
    sectorProblem(document),
    jwks ? await keySetProblem('jwks', jwks, { publicOnly }) : undefined,
    jwks && jwksUri
      ? { path: 'jwks', message: 'A client has jwks or jwksUri, not both.' }
      : undefined,
    ...encryptions.map(([alg]) =>
      document[alg] === unsupportedEncryption
        ? { path: alg, message: 'RSA1_5 is not supported: it is not safe to use.' }
        : undefined,
    ),
    ...encryptions.map(([alg, enc]) =>
      document[enc] && !document[alg] ? { path: enc, message: `It needs ${alg} too.` } : undefined,
    ),
    ...algorithms.map((name) => algorithmProblem(document, name)),
    jsonProblem('customMetadata', document.customMetadata),
    attributeProblem('attributes', 'client', document),
    aliasProblem(document, service),
    ...methodProblems(document, service),
    modesExclude(document.fapiModes)
      ? { path: 'fapiModes', message: 'FAPI 1.0 and FAPI 2.0 exclude each other.' }
      : undefined,
  ])
}

/** The first algorithm of a client that needs a secret of it, by the name of its property. */
export const symmetricProperty = (document: ClientDocument): string | undefined =>
  algorithms.find((name) => document[name]?.startsWith('HS')) ??
  encryptions
    .map(([alg]) => alg)
    .find((name) => document[name] !== undefined && !/^(RSA|ECDH)/.test(document[name]))

function algorithmProblem(
  document: ClientDocument,
  name: (typeof algorithms)[number],
): Problem | undefined {
  const alg = document[name]
  if (alg === unsupportedAlgorithm) return { path: name, message: 'ES256K is not supported.' }
  if (alg === 'NONE' && name === 'tokenAuthSignAlg') {
    return { path: name, message: 'A client assertion has to be signed.' }
  }
  if (alg === 'NONE' && name === 'authorizationSignAlg') {
    return { path: name, message: 'A JWT response has to be signed, JARM §3.' }
  }
  return undefined
}

/**
 * An alias of digits could be taken for the id of another client; and what is said to one of the
 * name of the service (`aud`) for what is said to the service.
 */
function aliasProblem(
  { clientIdAlias }: ClientDocument,
  { issuer, tokenEndpoint }: Service,
): Problem | undefined {
  if (!clientIdAlias) return undefined
  const path = 'clientIdAlias'
  if (/^\d+$/.test(clientIdAlias)) return { path, message: 'An alias of digits looks like an id.' }
  if (clientIdAlias === issuer || clientIdAlias === tokenEndpoint) {
    return { path, message: 'An alias may not be the issuer or the token endpoint.' }
  }
  return /^[\x20-\x7e]{1,255}$/.test(clientIdAlias)
    ? undefined
    : { path, message: 'Expected up to 255 printable ASCII characters.' }
}

function redirectUriProblems(document: ClientDocument): (Problem | undefined)[] {
  const path = 'redirectUris'
  const redirectUris = document.redirectUris ?? []
  if (redirectUris.length > redirectUriLimit) {
    return [{ path, message: `A client has at most ${redirectUriLimit} redirect URIs.` }]
  }
  const problems = redirectUris.map((uri, index): Problem | undefined => {
    const message = redirectUriProblem(uri, document)
    return message ? { path: `${path}.${index}`, message } : undefined
  })
  return [...problems, duplicateProblem(path, redirectUris)]
}

/** OIDC Registration §2 by application type; RFC 6749 §3.1.2: absolute, without fragment. */
function redirectUriProblem(uri: string, document: ClientDocument): string | undefined {
  if (uri.length > redirectUriLength)
    return `A redirect URI has at most ${redirectUriLength} bytes.`
  if (!isUri(uri)) return 'Expected an absolute URI.'
  if (uri.includes('#')) return 'A redirect URI may have no fragment.'
  const { protocol, hostname } = new URL(uri)
  if (dangerousSchemes.includes(protocol)) return `The scheme ${protocol} is not allowed.`
  return applicationTypeOf(document) === 'NATIVE'
    ? nativeProblem(protocol, hostname)
    : webProblem(protocol, hostname, document)
}

/**
 * RFC 8252 §7: a public client that did not say what it is, and is reached by a scheme of its own
 * or on the loopback interface, is native.
 */
export function applicationTypeOf({
  applicationType,
  clientType,
  redirectUris = [],
}: ClientDocument): 'WEB' | 'NATIVE' {
  const isOfNative = (uri: string) => {
    if (!URL.canParse(uri)) return false
    const { protocol, hostname } = new URL(uri)
    return protocol === 'http:' ? isLoopbackHost(hostname) : protocol !== 'https:'
  }
  const isNative = clientType === 'PUBLIC' && redirectUris.some(isOfNative)
  return applicationType ?? (isNative ? 'NATIVE' : 'WEB')
}

function nativeProblem(protocol: string, hostname: string): string | undefined {
  if (protocol !== 'http:') return undefined
  return isLoopbackHost(hostname)
    ? undefined
    : 'A native client uses http only with localhost or a loopback address.'
}

/**
 * Only implicit grants forbid localhost: tokens would go through the browser to whatever listens
 * there. Hybrid types have a code, and may use a loopback address as official clients do.
 */
function webProblem(
  protocol: string,
  hostname: string,
  { responseTypes = [] }: ClientDocument,
): string | undefined {
  if (protocol !== 'https:' && protocol !== 'http:') {
    return 'A web client uses https; a scheme of its own is for native clients.'
  }
  const fragments = responseTypes.filter((type) => type !== 'CODE' && type !== 'NONE')
  if (fragments.length === 0) return undefined
  const isHybrid = fragments.every((type) => type.startsWith('CODE_'))
  if (isHybrid && isLoopbackHost(hostname)) return undefined
  if (protocol !== 'https:') return 'A web client with implicit grants uses https.'
  return isLoopbackHost(hostname)
    ? 'A web client with implicit grants may not use localhost.'
    : undefined
}

/**
 * OIDC Core §8.1: pairwise subjects need one host, or a document that says who belongs together.
 */
function sectorProblem(document: ClientDocument): Problem | undefined {
  const { subjectType, sectorIdentifierUri, redirectUris = [] } = document
  if (subjectType !== 'PAIRWISE' || sectorIdentifierUri) return undefined
  const hosts = new Set(
    redirectUris.filter((uri) => URL.canParse(uri)).map((uri) => new URL(uri).host),
  )
  return hosts.size > 1
    ? {
        path: 'sectorIdentifierUri',
        message: 'Pairwise subjects for redirect URIs on several hosts need a sector identifier.',
      }
    : undefined
}

/** OIDC Registration §5: a list of redirect URIs that holds every one of the client's. */
export function checkSectorDocument(text: string, redirectUris: string[]): Problem | undefined {
  const path = 'sectorIdentifierUri'
  const listed = parseList(text)
  if (!listed) return { path, message: 'The document there is not a JSON array of URIs.' }
  const known = new Set(listed)
  const missing = redirectUris.find((uri) => !known.has(uri))
  return missing === undefined
    ? undefined
    : { path, message: 'The document there does not list every redirect URI of the client.' }
}

function parseList(text: string): unknown[] | undefined {
  try {
    const parsed: unknown = parseJson(text)
    return Array.isArray(parsed) ? parsed : undefined
  } catch {
    return undefined
  }
}
