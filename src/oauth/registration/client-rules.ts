/** Checks of client metadata, OIDC Registration §2 and RFC 7591 §2. */

import { unsupportedEncryption } from '../../jose/encryption-algorithm.ts'
import type { ClientDocument } from '../../model/client/client.ts'
import { parseJson } from '../../model/json.ts'
import type { Service } from '../../model/service/service.ts'
import { isUrl } from '../../model/url.ts'
import { attributeProblem } from '../attribute.ts'
import { acceptedMethods } from '../client-authentication/accepted-methods.ts'
import { methodProblems } from '../client-authentication/registered-method.ts'
import { isHashing } from '../client-authentication/secret.ts'
import { encryptedValuesProblem } from '../encryption/values.ts'
import { logoutProblems } from '../logout/client-rules.ts'
import { modesExclude } from '../policy.ts'
import { duplicateProblem, jsonProblem, type Problem, problemsOf } from '../property-problem.ts'
import { dangerousSchemes, isLoopbackHost, isUri } from '../uri.ts'
import { uriProblem } from '../uri-property.ts'
import { haipVersionProblem } from '../vci/haip-settings.ts'
import { type KeySetOptions, keySetProblem } from './key-set-rules.ts'

const redirectUriLimit = 100
const redirectUriLength = 2_048

const pages = ['logoUri', 'tosUri', 'policyUri', 'clientUri', 'loginUri'] as const
const endpoints = [
  'jwksUri',
  'signedJwksUri',
  'bcNotificationEndpoint',
  'spiffeBundleEndpoint',
  'credentialOfferEndpoint',
] as const
const localized = ['logoUris', 'tosUris', 'policyUris', 'clientUris'] as const

/** Pairs of encryption algorithms: a content encryption requires a key management algorithm. */
const encryptions = [
  ['authorizationEncryptionAlg', 'authorizationEncryptionEnc'],
  ['requestEncryptionAlg', 'requestEncryptionEnc'],
  ['idTokenEncryptionAlg', 'idTokenEncryptionEnc'],
  ['userInfoEncryptionAlg', 'userInfoEncryptionEnc'],
] as const

/** In the contract, but not supported by the JOSE library. */
const unsupportedAlgorithm = 'ES256K'
const algorithms = [
  'authorizationSignAlg',
  'requestSignAlg',
  'idTokenSignAlg',
  'userInfoSignAlg',
  'bcRequestSignAlg',
  'tokenAuthSignAlg',
] as const

/** All problems of a client's settings, in the order of the checks; empty if there are none. */
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
    ...logoutProblems(document, applicationTypeOf(document)),
    uriProblem('sectorIdentifierUri', sectorIdentifierUri, { schemes: ['https:'] }),
    sectorProblem(document),
    jwks ? await keySetProblem('jwks', jwks, { publicOnly }) : undefined,
    jwks && jwksUri
      ? { path: 'jwks', message: 'A client must not have both jwks and jwksUri.' }
      : undefined,
    ...encryptions.map(([alg]) =>
      document[alg] === unsupportedEncryption
        ? {
            path: alg,
            message: 'RSA1_5 is not supported, because it is not secure: use RSA_OAEP_256.',
          }
        : undefined,
    ),
    ...encryptions.map(([alg, enc]) =>
      document[enc] && !document[alg]
        ? { path: enc, message: `The property ${alg} is required too.` }
        : undefined,
    ),
    ...algorithms.map((name) => algorithmProblem(document, name)),
    jsonProblem('customMetadata', document.customMetadata),
    attributeProblem('attributes', 'client', document) ?? encryptedValuesProblem(document),
    aliasProblem(document, service),
    ...methodProblems(document, service),
    secretKeyProblem(document, service),
    modesExclude(document.fapiModes)
      ? { path: 'fapiModes', message: 'FAPI 1.0 and FAPI 2.0 modes must not be combined.' }
      : undefined,
    haipVersionProblem(document),
  ])
}

/** The name of the first property with an algorithm that requires a client secret. */
export const symmetricProperty = (document: ClientDocument): string | undefined =>
  algorithms.find((name) => document[name]?.startsWith('HS')) ??
  encryptions
    .map(([alg]) => alg)
    .find((name) => document[name] !== undefined && !/^(RSA|ECDH)/.test(document[name]))

/** The name of the first property by which the client secret is a key. */
export function secretKeyProperty(document: ClientDocument): string | undefined {
  const isSigning = acceptedMethods(document).includes('CLIENT_SECRET_JWT')
  const ofMethod =
    document.tokenAuthMethod === 'CLIENT_SECRET_JWT' ? 'tokenAuthMethod' : 'attributes'
  return symmetricProperty(document) ?? (isSigning ? ofMethod : undefined)
}

/** With hashed secrets, no setting may use the secret as a key. */
function secretKeyProblem(document: ClientDocument, service: Service): Problem | undefined {
  const path = isHashing(service) ? secretKeyProperty(document) : undefined
  const message =
    'A client secret cannot be a key, because the service stores only its hash: use an asymmetric ' +
    'algorithm.'
  return path === undefined ? undefined : { path, message }
}

function algorithmProblem(
  document: ClientDocument,
  name: (typeof algorithms)[number],
): Problem | undefined {
  const alg = document[name]
  if (alg === unsupportedAlgorithm) {
    return { path: name, message: 'ES256K is not supported: use ES256 or EdDSA.' }
  }
  if (alg === 'NONE' && name === 'tokenAuthSignAlg') {
    return { path: name, message: 'A client assertion must be signed.' }
  }
  if (alg === 'NONE' && name === 'authorizationSignAlg') {
    return { path: name, message: 'An authorization response JWT must be signed (JARM §3).' }
  }
  return undefined
}

/**
 * An alias of digits could be confused with the id of another client. With the issuer as alias, the
 * `aud` of a JWT for the client could be confused with that of a JWT for the service.
 */
function aliasProblem(
  { clientIdAlias }: ClientDocument,
  { issuer, tokenEndpoint }: Service,
): Problem | undefined {
  if (!clientIdAlias) return undefined
  const path = 'clientIdAlias'
  if (/^\d+$/.test(clientIdAlias))
    return { path, message: 'An alias must not consist of digits only.' }
  if (clientIdAlias === issuer || clientIdAlias === tokenEndpoint) {
    return { path, message: 'An alias must not be the issuer or the token endpoint.' }
  }
  return /^[\x20-\x7e]{1,255}$/.test(clientIdAlias)
    ? undefined
    : { path, message: 'Expected up to 255 printable ASCII characters.' }
}

export function redirectUriProblems(document: ClientDocument): (Problem | undefined)[] {
  const path = 'redirectUris'
  const redirectUris = document.redirectUris ?? []
  if (redirectUris.length > redirectUriLimit) {
    return [{ path, message: `A client must have at most ${redirectUriLimit} redirect URIs.` }]
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
    return `A redirect URI must have at most ${redirectUriLength} characters.`
  if (!isUri(uri)) return 'Expected an absolute URI.'
  if (uri.includes('#')) return 'A redirect URI must not have a fragment.'
  const { protocol, hostname } = new URL(uri)
  if (dangerousSchemes.includes(protocol)) return `The scheme ${protocol} is not allowed.`
  return applicationTypeOf(document) === 'NATIVE'
    ? nativeProblem(protocol, hostname)
    : webProblem(protocol, hostname, document)
}

/**
 * The registered application type. Without one, a public client with a private-use scheme or a
 * loopback redirect URI is native, RFC 8252 §7.
 */
export function applicationTypeOf({
  applicationType,
  clientType,
  redirectUris = [],
}: ClientDocument): 'WEB' | 'NATIVE' {
  const isOfNative = (uri: string) => {
    if (!isUrl(uri)) return false
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
    : 'A native client must use http with localhost or a loopback address only.'
}

/**
 * OIDC Registration §2: the implicit grant requires https and forbids localhost. Hybrid types may
 * use a loopback address, as official clients do.
 */
function webProblem(
  protocol: string,
  hostname: string,
  { responseTypes = [] }: ClientDocument,
): string | undefined {
  if (protocol !== 'https:' && protocol !== 'http:') {
    return 'A web client must use https: private-use schemes are for native clients.'
  }
  const fragments = responseTypes.filter((type) => type !== 'CODE' && type !== 'NONE')
  if (fragments.length === 0) return undefined
  const isHybrid = fragments.every((type) => type.startsWith('CODE_'))
  if (isHybrid && isLoopbackHost(hostname)) return undefined
  if (protocol !== 'https:') return 'A web client with the implicit grant must use https.'
  return isLoopbackHost(hostname)
    ? 'A web client with the implicit grant must not use localhost.'
    : undefined
}

/**
 * OIDC Core §8.1: pairwise subjects require redirect URIs on one host, or a sector identifier.
 */
function sectorProblem(document: ClientDocument): Problem | undefined {
  const { subjectType, sectorIdentifierUri, redirectUris = [] } = document
  if (subjectType !== 'PAIRWISE' || sectorIdentifierUri) return undefined
  const hosts = new Set(redirectUris.filter((uri) => isUrl(uri)).map((uri) => new URL(uri).host))
  return hosts.size > 1
    ? {
        path: 'sectorIdentifierUri',
        message:
          'The property is required for pairwise subjects with redirect URIs on several hosts.',
      }
    : undefined
}

/** OIDC Registration §5: the document must list every redirect URI of the client. */
export function checkSectorDocument(text: string, redirectUris: string[]): Problem | undefined {
  const path = 'sectorIdentifierUri'
  const listed = parseList(text)
  if (!listed) return { path, message: 'The document at this URI is not a JSON array of URIs.' }
  const known = new Set(listed)
  const missing = redirectUris.find((uri) => !known.has(uri))
  return missing === undefined
    ? undefined
    : { path, message: 'The document at this URI does not list every redirect URI of the client.' }
}

function parseList(text: string): unknown[] | undefined {
  try {
    const parsed: unknown = parseJson(text)
    return Array.isArray(parsed) ? parsed : undefined
  } catch {
    return undefined
  }
}
