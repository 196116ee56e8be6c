/**
 * What applies to a request now: the settings of service and client, and the FAPI profile that they
 * or the scopes put it under, folded into one value. Rules read the policy, never a mode.
 */

import { asymmetricAlgorithms, symmetricAlgorithms } from '../jose/signature-algorithm.ts'
import type { Client } from '../model/client/client.ts'
import type { ClientAuthMethod, FapiMode, GrantType } from '../model/enums.ts'
import type { Service } from '../model/service/service.ts'
import { attributeOf, defineAttribute, oneOf } from './attribute.ts'
import { scopeEntries } from './scope.ts'

export interface Policy {
  /** How clients may authenticate; undefined leaves it to the lists of the service. */
  clientAuthMethods: readonly ClientAuthMethod[] | undefined
  /** By what anything may be signed, by the client or by the service. */
  algorithms: readonly string[] | undefined
  /** An assertion names the issuer as its one audience. */
  issuerAudienceOnly: boolean
  /** Tokens are bound to their sender: by its certificate, or by either way. */
  senderConstraint: 'certificate' | 'any' | undefined
  pkceRequired: boolean
  pkceS256Required: boolean
  parRequired: boolean
  requestObjectRequired: boolean
  /** Whether parameters outside a request object count too. */
  requestObjectMerged: boolean
  /** A request object says who it is for, and until and from when it is good: an hour at most. */
  requestObjectDated: 'with nbf' | 'without nbf' | undefined
  /** What a response may be; a code alone, with a detached signature or in a JWT, where not any. */
  responses: 'any' | 'code' | 'code or detached'
  jarmRequired: boolean
  /** The request says what it is for, inside of its request object. */
  scopeRequired: boolean
  /** The request names an https redirect URI. */
  redirectUriRequired: boolean
  /** The request carries nonce or state: what mixes up or injects responses is noticed. */
  nonceOrStateRequired: boolean
  issSuppressed: boolean
  codeSecondsLimit: number
  pushedSecondsLimit: number
  refreshTokenKept: boolean
  jwtIntrospectionRequired: boolean
  /** Grants that are never given, whatever the lists of the service say. */
  grantTypesExcluded: readonly GrantType[]
  /** Redirect URIs have the scheme http on the loopback interface only. */
  redirectUrisSafe: boolean
  /** Each use replaces the refresh token of a public client, unless it is bound to a key. */
  publicRefreshTokensRotated: boolean
  /** A request that begins a grant names the resource that its tokens are for. */
  resourceRequired: boolean
  /** Clients may be named by the URL of their metadata document. */
  metadataDocuments: boolean
  /** Requests to protected resources are signed by the client, and responses by the service. */
  resourceRequestSigned: boolean
  resourceResponseSigned: boolean
  /** Whether any profile is in force: backchannel requests are under FAPI-CIBA then. */
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

/** FAPI 2.0 Message Signing §5.3 to §5.6: each is the security profile and more. */
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

/** Folded below, so that what is unsafe is off for every client at once. */
export const serviceProfile = defineAttribute<'oauth-2.1' | 'fapi-2.0' | 'mcp' | undefined>({
  name: 'ext.profile',
  of: 'service',
  form: oneOf('oauth-2.1', 'fapi-2.0', 'mcp'),
  fallback: undefined,
  effect:
    'What is unsafe is off, whatever other settings say, and clients cannot be registered for it: ' +
    'the implicit and password grants, response types but `code`, requests without PKCE by S256, ' +
    'unsigned ID Tokens and request objects, redirect URIs with `http` but on the loopback ' +
    'interface, responses without `iss`, and refresh tokens of public clients that are neither ' +
    'replaced nor bound. `fapi-2.0` is its security profile besides. `mcp` requires a resource ' +
    '(RFC 8707) and takes client ID metadata documents.',
  spec: 'RFC 9700',
})

/** RFC 9700, as OAuth 2.1 has it: what is unsafe is off for every client, at once. */
const oauth21: Profile = {
  // Everything that signs; `none` does not.
  algorithms: [...asymmetricAlgorithms, ...symmetricAlgorithms],
  pkceRequired: true,
  pkceS256Required: true,
  responses: 'code',
  issSuppressed: false,
  grantTypesExcluded: ['IMPLICIT', 'PASSWORD'],
  redirectUrisSafe: true,
  publicRefreshTokensRotated: true,
}

/** FAPI 2.0 comes with its mode, besides. */
const serviceProfiles = {
  'oauth-2.1': oauth21,
  'fapi-2.0': oauth21,
  mcp: { ...oauth21, resourceRequired: true, metadataDocuments: true },
} as const satisfies Record<string, Profile>

/**
 * The policy for a service at large, for one client, and for the scopes of one request. Where no
 * scope has a say it is made once for a service and a client, as they are now.
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

/** Documents are never changed, only replaced: a policy is as old as what it was made of. */
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

/** What service and client say without any profile. */
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
 * The service's modes beat the client's. Where neither has any, a service that supports the profile
 * FAPI is under what the scopes of the request say: attribute `fapi`, `r` or `rw`, or `fapi2`.
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

/** The stricter profile has the last word. */
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

/** Whether some scope may bring a sender constraint that is not known before the grant is. */
export const scopesMayConstrain = (service: Service): boolean =>
  supportsFapi(service) === true &&
  !service.fapiModes?.length &&
  (service.supportedScopes ?? []).some(
    (scope) => attributeOf(scope, 'fapi') === 'rw' || attributeOf(scope, 'fapi2') !== undefined,
  )

/** FAPI 1.0 and FAPI 2.0 demand opposite things of one request, so nothing is under both. */
export const modesExclude = (modes: readonly FapiMode[] = []): boolean =>
  modes.some((mode) => mode.startsWith('FAPI1')) && modes.some((mode) => mode.startsWith('FAPI2'))
