/**
 * The policy of one request: the settings of service and client, folded with the FAPI profiles that
 * service, client or scopes select. Rules read the policy, never a mode.
 */

import { asymmetricAlgorithms, symmetricAlgorithms } from '../jose/signature-algorithm.ts'
import type { Client } from '../model/client/client.ts'
import type { ClientAuthMethod, FapiMode, GrantType } from '../model/enums.ts'
import type { Service } from '../model/service/service.ts'
import { attributeOf, defineAttribute, oneOf } from './attribute.ts'
import { scopeEntries } from './scope.ts'

export interface Policy {
  /** Allowed client authentication methods; undefined: the lists of the service apply. */
  clientAuthMethods: readonly ClientAuthMethod[] | undefined
  /** JWS algorithms that client and service may sign with; undefined: all. */
  algorithms: readonly string[] | undefined
  /** The `aud` of a client assertion is the issuer, as a single string. */
  issuerAudienceOnly: boolean
  /** Sender-constrained tokens are required: by mutual TLS only, or by mutual TLS or DPoP. */
  senderConstraint: 'certificate' | 'any' | undefined
  pkceRequired: boolean
  pkceS256Required: boolean
  parRequired: boolean
  requestObjectRequired: boolean
  /** Parameters outside the request object are used too, OIDC Core §6.1. */
  requestObjectMerged: boolean
  /** A request object has aud, exp and (with nbf) nbf, and is valid for at most an hour. */
  requestObjectDated: 'with nbf' | 'without nbf' | undefined
  /** Which responses are allowed: all, a code, or a code with an ID Token or in a JWT (JARM). */
  responses: 'any' | 'code' | 'code or detached'
  jarmRequired: boolean
  /** The request object contains the parameter scope. */
  scopeRequired: boolean
  /** The request contains a redirect_uri with the scheme https. */
  redirectUriRequired: boolean
  /** The request contains nonce or state, which detect injected and mixed-up responses. */
  nonceOrStateRequired: boolean
  issSuppressed: boolean
  codeSecondsLimit: number
  pushedSecondsLimit: number
  refreshTokenKept: boolean
  jwtIntrospectionRequired: boolean
  /** Grant types that are not allowed, even if the service lists them. */
  grantTypesExcluded: readonly GrantType[]
  /** Redirect URIs with the scheme http are allowed on the loopback interface only. */
  redirectUrisSafe: boolean
  /** Refresh tokens of public clients are rotated, unless they are bound to a key. */
  publicRefreshTokensRotated: boolean
  /** The parameter resource is required in a request that starts a grant, RFC 8707 §2. */
  resourceRequired: boolean
  /** The client_id may be the URL of a client metadata document. */
  metadataDocuments: boolean
  /** The client signs requests to protected resources, and the service signs the responses. */
  resourceRequestSigned: boolean
  resourceResponseSigned: boolean
  /** A FAPI mode is in force: FAPI-CIBA applies to backchannel requests. */
  financialGrade: boolean
}

type Profile = Partial<Policy>

const strongMethods = ['PRIVATE_KEY_JWT', 'TLS_CLIENT_AUTH', 'SELF_SIGNED_TLS_CLIENT_AUTH'] as const

/** FAPI 1.0 Baseline §5.2.2. */
const fapi1Baseline: Profile = {
  clientAuthMethods: ['NONE', 'CLIENT_SECRET_JWT', ...strongMethods],
  pkceRequired: true,
  pkceS256Required: true,
  redirectUriRequired: true,
  nonceOrStateRequired: true,
}

/** FAPI 1.0 Advanced §5.2.2 and §8.6; PKCE is required of pushed requests only. */
const fapi1Advanced: Profile = {
  clientAuthMethods: strongMethods,
  algorithms: ['PS256', 'ES256'],
  senderConstraint: 'certificate',
  requestObjectRequired: true,
  requestObjectMerged: false,
  requestObjectDated: 'with nbf',
  responses: 'code or detached',
  scopeRequired: true,
  redirectUriRequired: true,
  nonceOrStateRequired: true,
}

/** FAPI 2.0 §5.3.2 and §5.4.1. */
const fapi2: Profile = {
  clientAuthMethods: strongMethods,
  algorithms: ['PS256', 'ES256', 'EdDSA'],
  issuerAudienceOnly: true,
  senderConstraint: 'any',
  pkceRequired: true,
  pkceS256Required: true,
  parRequired: true,
  requestObjectMerged: false,
  responses: 'code',
  redirectUriRequired: true,
  issSuppressed: false,
  codeSecondsLimit: 60,
  pushedSecondsLimit: 599,
  refreshTokenKept: true,
}

/** FAPI 2.0 Message Signing §5.3 to §5.6: each adds one requirement to the security profile. */
const profiles: Record<FapiMode, Profile> = {
  FAPI1_BASELINE: fapi1Baseline,
  FAPI1_ADVANCED: fapi1Advanced,
  FAPI2_SECURITY: fapi2,
  FAPI2_MESSAGE_SIGNING_AUTH_REQ: {
    ...fapi2,
    requestObjectRequired: true,
    requestObjectDated: 'with nbf',
  },
  FAPI2_MESSAGE_SIGNING_AUTH_RES: { ...fapi2, jarmRequired: true },
  FAPI2_MESSAGE_SIGNING_INTROSPECTION_RES: { ...fapi2, jwtIntrospectionRequired: true },
  FAPI2_MESSAGE_SIGNING_RESOURCE_REQ: { ...fapi2, resourceRequestSigned: true },
  FAPI2_MESSAGE_SIGNING_RESOURCE_RES: { ...fapi2, resourceResponseSigned: true },
}

/** Part of the policy, so that the unsafe features are off for every client at once. */
export const serviceProfile = defineAttribute<'oauth-2.1' | 'fapi-2.0' | 'mcp' | undefined>({
  name: 'ext.profile',
  of: 'service',
  form: oneOf('oauth-2.1', 'fapi-2.0', 'mcp'),
  fallback: undefined,
  effect:
    'Disables insecure features, regardless of other settings, and rejects clients that use them: ' +
    'the implicit and password grants, response types other than `code`, requests without PKCE ' +
    '(S256), unsigned ID Tokens and request objects, redirect URIs with `http` except on the ' +
    'loopback interface, responses without `iss`, and refresh tokens of public clients that are ' +
    'neither rotated nor bound. `fapi-2.0` adds the FAPI 2.0 security profile. `mcp` requires a ' +
    'resource (RFC 8707) and accepts client ID metadata documents.',
  spec: 'RFC 9700',
})

/** OAuth 2.1 and RFC 9700: the unsafe features are off for every client. */
const oauth21: Profile = {
  // All signature algorithms except `none`.
  algorithms: [...asymmetricAlgorithms, ...symmetricAlgorithms],
  pkceRequired: true,
  pkceS256Required: true,
  responses: 'code',
  issSuppressed: false,
  grantTypesExcluded: ['IMPLICIT', 'PASSWORD'],
  redirectUrisSafe: true,
  publicRefreshTokensRotated: true,
}

/** `fapi-2.0` also selects the mode FAPI2_SECURITY, in `modesOf`. */
const serviceProfiles = {
  'oauth-2.1': oauth21,
  'fapi-2.0': oauth21,
  mcp: { ...oauth21, resourceRequired: true, metadataDocuments: true },
} as const satisfies Record<string, Profile>

/**
 * The policy of a service, of one of its clients, or of one request. It is cached by the documents
 * of service and client where the scopes have no influence.
 */
export function policyOf(
  service: Service,
  client?: Client,
  scopes: readonly string[] = [],
  way: 'front-channel' | 'pushed' = 'front-channel',
): Readonly<Policy> {
  if (way === 'pushed' || (scopes.length > 0 && supportsFapi(service))) {
    return foldPolicy(service, client, scopes, way)
  }
  const ofService = known.get(service) ?? new WeakMap<object, Policy>()
  known.set(service, ofService)
  const found = ofService.get(client ?? service)
  if (found) return found
  const policy = foldPolicy(service, client, [], way)
  ofService.set(client ?? service, policy)
  return policy
}

/** Documents are replaced and never changed, so a cached policy is as current as its documents. */
const known = new WeakMap<Service, WeakMap<object, Policy>>()

function foldPolicy(
  service: Service,
  client: Client | undefined,
  scopes: readonly string[],
  way: 'front-channel' | 'pushed',
): Policy {
  const profile = serviceProfile.read(service)
  const modes = modesOf(service, client, scopes)
  const policy: Policy = Object.assign(
    settings(service, client),
    profile && serviceProfiles[profile],
    ...modes.map((mode) => profiles[mode]),
  )
  policy.financialGrade = modes.length > 0
  const isAdvanced = modes.includes('FAPI1_ADVANCED')
  if (isAdvanced && way === 'pushed') {
    Object.assign(policy, { pkceRequired: true, pkceS256Required: true })
  }
  if (isAdvanced && service.nbfOptional) policy.requestObjectDated = 'without nbf'
  return policy
}

/** The policy without any profile. */
const settings = (service: Service, client: Client | undefined): Policy => ({
  clientAuthMethods: undefined,
  algorithms: undefined,
  issuerAudienceOnly: service.clientAssertionAudRestrictedToIssuer,
  senderConstraint: undefined,
  pkceRequired: service.pkceRequired || (client?.pkceRequired ?? false),
  pkceS256Required: service.pkceS256Required || (client?.pkceS256Required ?? false),
  parRequired: service.parRequired || (client?.parRequired ?? false),
  requestObjectRequired: service.requestObjectRequired || (client?.requestObjectRequired ?? false),
  requestObjectMerged: service.traditionalRequestObjectProcessingApplied,
  requestObjectDated: undefined,
  responses: 'any',
  jarmRequired: false,
  scopeRequired: false,
  redirectUriRequired: false,
  nonceOrStateRequired: false,
  issSuppressed: service.issSuppressed,
  codeSecondsLimit: Number.POSITIVE_INFINITY,
  pushedSecondsLimit: Number.POSITIVE_INFINITY,
  refreshTokenKept: service.refreshTokenKept,
  jwtIntrospectionRequired: false,
  grantTypesExcluded: [],
  redirectUrisSafe: false,
  publicRefreshTokensRotated: false,
  resourceRequired: false,
  metadataDocuments: service.clientIdMetadataDocumentSupported,
  resourceRequestSigned: client?.rsRequestSigned ?? false,
  resourceResponseSigned: service.rsResponseSigned,
  financialGrade: false,
})

/**
 * The modes of the service come before those of the client. Without either, a service that supports
 * the profile FAPI takes them from the scopes of the request: attribute `fapi` (`r` or `rw`) or
 * `fapi2`.
 */
function modesOf(
  service: Service,
  client: Client | undefined,
  scopes: readonly string[],
): readonly FapiMode[] {
  if (service.fapiModes?.length) return inOrder(service.fapiModes)
  if (serviceProfile.read(service) === 'fapi-2.0') return ['FAPI2_SECURITY']
  if (client?.fapiModes?.length) return inOrder(client.fapiModes)
  if (!supportsFapi(service) || scopes.length === 0) return []
  return inOrder(
    scopeEntries(service, scopes).flatMap((scope) => [
      ...(fapi1Scopes.get(attributeOf(scope, 'fapi')) ?? []),
      ...(fapi2Scopes.get(attributeOf(scope, 'fapi2')) ?? []),
    ]),
  )
}

/** Applied in this order, so that the stricter profile overrides. */
const order: readonly FapiMode[] = ['FAPI1_BASELINE', 'FAPI1_ADVANCED', 'FAPI2_SECURITY']
const inOrder = (modes: readonly FapiMode[]): FapiMode[] => [
  ...order.filter((mode) => modes.includes(mode)),
  ...modes.filter((mode) => !order.includes(mode)),
]

const supportsFapi = (service: Service) => service.supportedServiceProfiles?.includes('FAPI')

type ModesByValue = ReadonlyMap<string | undefined, readonly FapiMode[]>
const fapi1Scopes: ModesByValue = new Map([
  ['r', ['FAPI1_BASELINE']],
  ['rw', ['FAPI1_ADVANCED']],
])
const fapi2Scopes: ModesByValue = new Map([
  ['sp', ['FAPI2_SECURITY']],
  ['ms-authreq', ['FAPI2_MESSAGE_SIGNING_AUTH_REQ']],
  ['ms-authres', ['FAPI2_MESSAGE_SIGNING_AUTH_RES']],
  ['ms-introres', ['FAPI2_MESSAGE_SIGNING_INTROSPECTION_RES']],
])

/** Whether a scope may require sender-constrained tokens, which is known only with the grant. */
export const scopesMayConstrain = (service: Service): boolean =>
  supportsFapi(service) === true &&
  !service.fapiModes?.length &&
  (service.supportedScopes ?? []).some(
    (scope) => attributeOf(scope, 'fapi') === 'rw' || attributeOf(scope, 'fapi2') !== undefined,
  )

/** FAPI 1.0 and FAPI 2.0 contradict each other, so they cannot be combined. */
export const modesExclude = (modes: readonly FapiMode[] = []): boolean =>
  modes.some((mode) => mode.startsWith('FAPI1')) && modes.some((mode) => mode.startsWith('FAPI2'))
