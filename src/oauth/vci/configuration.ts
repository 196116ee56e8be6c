/** What a service can issue: `credential_configurations_supported`, OpenID4VCI §12.2.4. */
import { parseJson } from '../../model/json.ts'
import type { Service } from '../../model/service/service.ts'

/** Of a proof type, OpenID4VCI §12.2.4. */
export interface ProofType {
  readonly algorithms: readonly string[]
  /** Present if the key must be attested; each list may be empty, which demands no value. */
  readonly attestation?: {
    readonly keyStorage: readonly string[]
    readonly userAuthentication: readonly string[]
  }
}

export interface CredentialConfiguration {
  readonly id: string
  readonly format: string
  readonly scope?: string
  /** The type of an SD-JWT VC. */
  readonly vct?: string
  /** The type of an mdoc. */
  readonly doctype?: string
  readonly bindingMethods: readonly string[]
  /** By its name, such as `jwt`; empty if the credential is not bound to a key. */
  readonly proofTypes: ReadonlyMap<string, ProofType>
  /** JWS algorithms; for an mdoc, COSE algorithms as numbers. */
  readonly algorithms: readonly (string | number)[]
  /** As it was configured. */
  readonly document: Readonly<Record<string, unknown>>
}

type Members = Record<string, unknown>

/** Kept for as long as the document of the service lives. */
const known = new WeakMap<Service, ReadonlyMap<string, CredentialConfiguration>>()

/** The configurations by their identifier; what is not an object is left out. */
export function credentialConfigurations(
  service: Service,
): ReadonlyMap<string, CredentialConfiguration> {
  const kept = known.get(service)
  if (kept) return kept
  const all = readDocument(service.credentialIssuerMetadata?.credentialsSupported ?? '')
  const configurations = Object.entries(all)
    .filter(([, document]) => isObject(document))
    .map(([id, document]) => [id, readConfiguration(id, document as Members)] as const)
  const byId = new Map(configurations)
  known.set(service, byId)
  return byId
}

/** The credential issuer identifier, OpenID4VCI §12.2.1. */
export const credentialIssuerOf = (service: Service): string =>
  service.credentialIssuerMetadata?.credentialIssuer ?? service.issuer ?? ''

function readDocument(text: string): Members {
  try {
    return membersOf(parseJson(text))
  } catch {
    return {}
  }
}

function readConfiguration(id: string, document: Members): CredentialConfiguration {
  const { format, scope, vct, doctype } = document
  const { cryptographic_binding_methods_supported: bindingMethods } = document
  const { credential_signing_alg_values_supported: algorithms } = document
  const { proof_types_supported: proofTypes } = document
  return {
    id,
    format: typeof format === 'string' ? format : '',
    ...(typeof scope === 'string' ? { scope } : {}),
    ...(typeof vct === 'string' ? { vct } : {}),
    ...(typeof doctype === 'string' ? { doctype } : {}),
    bindingMethods: textsOf(bindingMethods),
    proofTypes: new Map(
      Object.entries(membersOf(proofTypes)).map(([name, each]) => [
        name,
        readProofType(membersOf(each)),
      ]),
    ),
    algorithms: listOf(algorithms).filter(
      (each) => typeof each === 'string' || typeof each === 'number',
    ),
    document,
  }
}

function readProofType(value: Members): ProofType {
  const { proof_signing_alg_values_supported: values, key_attestations_required: required } = value
  const algorithms = textsOf(values)
  if (!isObject(required)) return { algorithms }
  const { key_storage: keyStorage, user_authentication: userAuthentication } = required
  return {
    algorithms,
    attestation: {
      keyStorage: textsOf(keyStorage),
      userAuthentication: textsOf(userAuthentication),
    },
  }
}

const isObject = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const membersOf = (value: unknown): Members => (isObject(value) ? value : {})
const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])
const textsOf = (value: unknown): string[] =>
  listOf(value).filter((each): each is string => typeof each === 'string')
