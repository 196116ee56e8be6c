/** Checks of the settings of a credential issuer, OpenID4VCI §12.2.4. */
import { contentEncryptions } from '../../jose/encryption-algorithm.ts'
import { hasPrivateHalf } from '../../jose/key-set.ts'
import { parseJson } from '../../model/json.ts'
import type { ServiceDocument } from '../../model/service/service.ts'
import type { Problem } from '../property-problem.ts'
import { keySetProblem, parseKeys } from '../registration/key-set-rules.ts'
import { isLoopbackHost } from '../uri.ts'
import { uriProblem } from '../uri-property.ts'
import { configurationProblem, localesMessage } from './configuration-rules.ts'
import {
  isRequestKey,
  isResponseAlgorithm,
  wireAlgorithm,
  wireEncoding,
} from './encryption-support.ts'
import { haipProblem, haipVersionProblem } from './haip-settings.ts'

type Metadata = NonNullable<ServiceDocument['credentialIssuerMetadata']>

const draft = '1.0-ID1'
const versions = ['1.0', '1.0-Final', draft]
const batchLimit = 100

const identifiers = ['credentialIssuer'] as const
const endpoints = [
  'credentialEndpoint',
  'batchCredentialEndpoint',
  'deferredCredentialEndpoint',
  'nonceEndpoint',
  'notificationEndpoint',
] as const

const pathOf = (name: keyof Metadata) => `credentialIssuerMetadata.${name}`

/**
 * The problems of the settings. The metadata are checked if the service issues credentials by the
 * final version: before that, and for the draft, they may have any form.
 */
export async function credentialProblems(
  document: ServiceDocument,
): Promise<(Problem | undefined)[]> {
  const { oid4vciVersion: version, credentialIssuerMetadata: metadata } = document
  const ofVersion =
    !version || versions.includes(version)
      ? undefined
      : { path: 'oid4vciVersion', message: `Expected ${versions.join(', ')}, or no value.` }
  const always = [ofVersion, haipVersionProblem(document)]
  if (!document.verifiableCredentialsEnabled || version === draft || !metadata) return always
  return [
    ...always,
    ...identifiers.map((name) => httpsProblem(pathOf(name), metadata[name], { query: false })),
    ...(metadata.authorizationServers ?? []).map((server) =>
      httpsProblem(pathOf('authorizationServers'), server, { query: false }),
    ),
    ...endpoints.map((name) => httpsProblem(pathOf(name), metadata[name])),
    configurationProblem(pathOf('credentialsSupported'), metadata.credentialsSupported),
    displayProblem(metadata),
    (metadata.batchSize ?? 0) > batchLimit
      ? { path: pathOf('batchSize'), message: `Expected at most ${batchLimit}.` }
      : undefined,
    await requestProblem(metadata),
    responseProblem(metadata),
    document.haipVersion ? haipProblem(document, metadata) : undefined,
  ]
}

/** OpenID4VCI §12.2.1: https. Loopback hosts may use http, for development. */
function httpsProblem(
  path: string,
  text: string | undefined,
  rule: Parameters<typeof uriProblem>[2] = {},
): Problem | undefined {
  const problem = uriProblem(path, text, rule)
  if (problem || !text) return problem
  const url = new URL(text)
  return url.protocol === 'https:' || isLoopbackHost(url.hostname)
    ? undefined
    : { path, message: 'Expected a URI with the scheme https.' }
}

function displayProblem({ display }: Metadata): Problem | undefined {
  if (!display) return undefined
  const message = localesMessage(jsonIn(display))
  return message ? { path: pathOf('display'), message } : undefined
}

function jsonIn(text: string): unknown {
  try {
    return parseJson(text, 16)
  } catch {
    return undefined
  }
}

async function requestProblem(metadata: Metadata): Promise<Problem | undefined> {
  const { credentialRequestEncryptionJwks: jwks, requireCredentialRequestEncryption } = metadata
  const path = pathOf('credentialRequestEncryptionJwks')
  if (!jwks) {
    const message = 'Encrypted requests are required, so that a key is required.'
    return requireCredentialRequestEncryption ? { path, message } : undefined
  }
  const problem = await keySetProblem(path, jwks, { publicOnly: false })
  if (problem) return problem
  const keys = parseKeys(jwks) ?? []
  if (keys.length === 0 || !keys.every((key) => isRequestKey(key) && hasPrivateHalf(key))) {
    const message = 'Each key must be private, and have a kid and an asymmetric alg of a JWE.'
    return { path, message }
  }
  return (
    encodingProblem(metadata, 'credentialRequestEncryptionEncValuesSupported') ??
    zipProblem(metadata, 'credentialRequestEncryptionZipValuesSupported')
  )
}

function responseProblem(metadata: Metadata): Problem | undefined {
  const name = 'credentialResponseEncryptionAlgValuesSupported'
  const { [name]: algorithms = [], requireCredentialResponseEncryption: isRequired } = metadata
  const path = pathOf(name)
  if (algorithms.length === 0) {
    const message = 'Encrypted responses are required, so that an algorithm is required.'
    return isRequired ? { path, message } : undefined
  }
  if (!algorithms.every((each) => isResponseAlgorithm(wireAlgorithm(each)))) {
    return { path, message: 'Expected asymmetric algorithms, such as ECDH_ES or RSA_OAEP_256.' }
  }
  if (!metadata.credentialRequestEncryptionJwks) {
    const message =
      'Encrypted responses require credentialRequestEncryptionJwks: a wallet encrypts the request ' +
      'that has its key (OpenID4VCI §8.2).'
    return { path, message }
  }
  return (
    encodingProblem(metadata, 'credentialResponseEncryptionEncValuesSupported') ??
    zipProblem(metadata, 'credentialResponseEncryptionZipValuesSupported')
  )
}

type Side = 'Request' | 'Response'

function encodingProblem(
  metadata: Metadata,
  name: `credential${Side}EncryptionEncValuesSupported`,
): Problem | undefined {
  const names = metadata[name] ?? []
  const isKnown = names.every((each) => contentEncryptions.includes(wireEncoding(each)))
  const message = 'Expected content encryption algorithms, such as A256GCM.'
  return names.length > 0 && isKnown ? undefined : { path: pathOf(name), message }
}

function zipProblem(
  metadata: Metadata,
  name: `credential${Side}EncryptionZipValuesSupported`,
): Problem | undefined {
  return (metadata[name] ?? []).every((each) => each === 'DEF')
    ? undefined
    : { path: pathOf(name), message: 'Expected DEF, the only compression algorithm of a JWE.' }
}
