/** The client that the resolved metadata of a relying party describe, OpenID Federation §5.1.2. */
import type { ClientDocument } from '../../model/client/client.ts'
import { ClientAuthMethod } from '../../model/enums.ts'
import type { Service } from '../../model/service/service.ts'
import { defineRules, refuse } from '../../refusal.ts'
import { methodProblems } from '../client-authentication/registered-method.ts'
import { symmetricProperty } from '../registration/client-rules.ts'
import {
  isAcceptable,
  type Metadata,
  metadataDefaults,
  readMetadata,
} from '../registration/foreign-metadata.ts'
import { mayGoWithoutUser } from '../registration/outside-client.ts'

const rules = defineRules('Relying party', {
  registrationType: {
    code: 'P137001',
    error: 'invalid_metadata',
    spec: 'OpenID Federation §5.1.2',
    message:
      'The client_registration_types of the relying party do not contain this way to register.',
    fix: 'Add `automatic` or `explicit` to `client_registration_types` of the relying party, as it registers.',
  },
  redirectUris: {
    code: 'P137002',
    error: 'invalid_metadata',
    spec: 'OIDC Registration §2',
    message: 'The metadata of the relying party must have redirect_uris.',
    fix: 'Add `redirect_uris` to the metadata of the relying party.',
  },
  keys: {
    code: 'P137003',
    error: 'invalid_metadata',
    spec: 'OpenID Federation §5.2.1',
    message: 'The metadata of the relying party must have jwks, jwks_uri or signed_jwks_uri.',
    fix: 'Add `jwks`, `jwks_uri` or `signed_jwks_uri` to the metadata of the relying party.',
  },
  secret: {
    code: 'P137004',
    error: 'invalid_metadata',
    spec: 'OpenID Federation §12.1',
    message:
      'A relying party that registers automatically has no secret: its methods and algorithms must be asymmetric.',
    fix: 'Use `private_key_jwt` or mutual TLS and asymmetric algorithms in the metadata of the relying party.',
  },
  invalid: {
    code: 'P137005',
    error: 'invalid_metadata',
    spec: 'OpenID Federation §12.1.1.1',
    message: 'The metadata of the relying party are not valid client metadata.',
    fix: 'Correct the member of the metadata that the evidence names.',
  },
})

export const refuseParty = (detail: string): never => refuse(rules.invalid, detail)

/** How a relying party registers. */
export type Registration = 'automatic' | 'explicit'

export interface RelyingParty {
  document: ClientDocument
  /** The methods that the metadata list, if there is more than one. */
  authMethodsAllowed: ClientAuthMethod[] | undefined
}

/** Methods that prove the possession of a private key, OpenID Federation §12.1.1.2. */
const asymmetricMethods: readonly ClientAuthMethod[] = [
  'PRIVATE_KEY_JWT',
  'SELF_SIGNED_TLS_CLIENT_AUTH',
  'TLS_CLIENT_AUTH',
]

const certificates: readonly ClientAuthMethod[] = ['SELF_SIGNED_TLS_CLIENT_AUTH', 'TLS_CLIENT_AUTH']

/** The settings of the client, which are checked here by the rules of federations only. */
export function relyingPartyClient(
  metadata: Metadata,
  registration: Registration,
  service: Service,
): RelyingParty {
  if (!isAcceptable(metadata, 0)) refuseParty('nested too deeply, or with invalid text')
  requireType(metadata, registration)
  requireParts(metadata)
  const listed = chosenMethods(metadata, registration, service)
  const [method = 'PRIVATE_KEY_JWT'] = listed
  const whole = { ...metadataDefaults, ...metadata, token_endpoint_auth_method: nameOf(method) }
  const reading = readMetadata(whole, service.supportedCustomClientMetadata)
  if ('problem' in reading)
    return refuseParty(`${reading.problem.path}: ${reading.problem.message}`)
  const { document } = reading
  if (registration === 'automatic') requireNoSecret(metadata, document)
  const others = listed.filter((each) => each !== method && isUsable(each, document, service))
  const usable = withoutSecondCertificate([method, ...others])
  return {
    document: registration === 'explicit' ? narrowed(document, service) : document,
    authMethodsAllowed: usable.length > 1 ? usable : undefined,
  }
}

/** Without the member, a relying party registers in every way; it is only recommended. */
function requireType(metadata: Metadata, registration: Registration): void {
  const types = metadata['client_registration_types']
  if (types === undefined) return
  if (!Array.isArray(types) || !types.includes(registration)) {
    refuse(rules.registrationType, registration)
  }
}

function requireParts(metadata: Metadata): void {
  const uris = metadata['redirect_uris']
  if (!Array.isArray(uris) || uris.length === 0) refuse(rules.redirectUris)
  const hasKeys = ['jwks', 'jwks_uri', 'signed_jwks_uri'].some((name) => metadata[name])
  if (!hasKeys) refuse(rules.keys)
}

const nameOf = (method: ClientAuthMethod) => method.toLowerCase()

/**
 * The methods of the client, the preferred one first: the declared one, then those that
 * `token_endpoint_auth_methods_supported` lists. With none of them, `private_key_jwt`. Methods that
 * need a secret are only for a client that registers explicitly and declares one.
 */
function chosenMethods(
  metadata: Metadata,
  registration: Registration,
  service: Service,
): ClientAuthMethod[] {
  const declared = metadata['token_endpoint_auth_method']
  const supported = metadata['token_endpoint_auth_methods_supported']
  const listed: unknown[] = Array.isArray(supported) ? supported : []
  const named = declared === undefined ? listed : [declared, ...listed]
  const known = ClientAuthMethod.options.filter((each) => named.includes(nameOf(each)))
  const first = known.find((each) => nameOf(each) === declared)
  const asymmetric = [first, ...byOrder(known, listed)].filter(
    (each) => each !== undefined && asymmetricMethods.includes(each),
  ) as ClientAuthMethod[]
  const ofService = service.supportedTokenAuthMethods
  const isSupported = (each: ClientAuthMethod) => ofService?.includes(each) ?? true
  const usable = [...asymmetric.filter(isSupported), ...asymmetric]
  if (registration === 'explicit' && first && !asymmetricMethods.includes(first)) return [first]
  if (named.length > 0 && usable.length === 0) refuse(rules.secret, 'the method')
  return [...new Set(declared === undefined ? usable : asymmetric)]
}

const byOrder = (known: readonly ClientAuthMethod[], listed: readonly unknown[]) =>
  listed.flatMap((name) => known.find((each) => nameOf(each) === name) ?? [])

/** Whether the metadata have what a further method needs. */
const isUsable = (method: ClientAuthMethod, document: ClientDocument, service: Service): boolean =>
  methodProblems({ ...document, tokenAuthMethod: method }, service).every((problem) => !problem)

/** The two methods of mutual TLS cannot be told apart by the request. */
const withoutSecondCertificate = (methods: readonly ClientAuthMethod[]): ClientAuthMethod[] => {
  const only = methods.find((each) => certificates.includes(each))
  return methods.filter((each) => each === only || !certificates.includes(each))
}

function requireNoSecret(metadata: Metadata, document: ClientDocument): void {
  const secret = ['client_secret', 'client_secret_expires_at'].find((name) =>
    Object.hasOwn(metadata, name),
  )
  const unsigned = document.requestSignAlg === 'NONE' ? 'requestSignAlg' : undefined
  const found = secret ?? symmetricProperty(document) ?? unsigned
  if (found) refuse(rules.secret, found)
}

/** RFC 7591 §3.2.1: what the service supports of the types that the client asks for. */
function narrowed(document: ClientDocument, service: Service): ClientDocument {
  const { supportedGrantTypes, supportedResponseTypes } = service
  const client = { explicitlyRegistered: true }
  return {
    ...document,
    grantTypes: document.grantTypes?.filter(
      (type) =>
        (supportedGrantTypes?.includes(type) ?? true) && mayGoWithoutUser(type, service, client),
    ),
    responseTypes: document.responseTypes?.filter(
      (type) => supportedResponseTypes?.includes(type) ?? true,
    ),
  }
}

/** The value of the property `clientRegistrationTypes` for a relying party that lists none. */
export const registrationTypesOf = (
  { clientRegistrationTypes }: ClientDocument,
  registration: Registration,
): NonNullable<ClientDocument['clientRegistrationTypes']> =>
  clientRegistrationTypes ?? [registration === 'automatic' ? 'AUTOMATIC' : 'EXPLICIT']
