/**
 * The policy of one request: the settings of service and client, folded with the profiles that
 * service, client or scopes select. Rules read the policy, never a mode.
 */

import { bounded, type Shown } from '../explain/evidence.ts'
import type { Client } from '../model/client/client.ts'
import type { FapiMode } from '../model/enums.ts'
import type { Service } from '../model/service/service.ts'
import { note, noteShown } from '../refusal.ts'
import { type AttributeOwner, attributeOf, defineAttribute, oneOf } from './attribute.ts'
import { type Layer, originsOf } from './explain/policy-origin.ts'
import { scopeEntries } from './scope.ts'
import { fapiProfiles, highAssurance, type Policy, serviceProfiles } from './security-profiles.ts'

export type { Policy } from './security-profiles.ts'

/** Part of the policy, so that the unsafe features are off for every client at once. */
export const serviceProfile = defineAttribute<keyof typeof serviceProfiles | undefined>({
  name: 'ext.profile',
  of: 'service',
  form: oneOf('oauth-2.1', 'fapi-2.0', 'mcp-2025-11-25', 'mcp'),
  fallback: undefined,
  effect:
    'Disables insecure features, regardless of other settings, and rejects clients that use them: ' +
    'the implicit and password grants, response types other than `code`, requests without PKCE ' +
    '(S256), unsigned ID Tokens and request objects, redirect URIs with `http` except on the ' +
    'loopback interface, responses without `iss`, and refresh tokens of public clients that are ' +
    'neither rotated nor bound. `fapi-2.0` adds the FAPI 2.0 security profile. ' +
    '`mcp-2025-11-25` (the revision of MCP) requires a resource (RFC 8707), which is the only one of ' +
    '`ext.resources` if a request has none, and accepts client ID metadata documents. `mcp` is the ' +
    'newest revision.',
  spec: 'RFC 9700',
})

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
  const isOfRequest = way === 'pushed' || (scopes.length > 0 && scopesSelect(service))
  if (isOfRequest) {
    note(() => policyOrigins(service, client, scopes, way))
    return foldPolicy(service, client, scopes, way)
  }
  noteShown(() => knownOrigins(service, client))
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
  const modes = modesOf(service, client, scopes)
  const policy: Policy = Object.assign(
    settings(service, client),
    ...profilesOf(service, client, scopes, modes).map(({ profile }) => profile),
  )
  policy.financialGrade = modes.length > 0
  const isAdvanced = modes.includes('FAPI1_ADVANCED')
  if (isAdvanced && way === 'pushed') {
    Object.assign(policy, { pkceRequired: true, pkceS256Required: true })
  }
  if (isAdvanced && service.nbfOptional) policy.requestObjectDated = 'without nbf'
  return policy
}

/** The profiles in force; of two that set a value, the later one decides. */
function profilesOf(
  service: Service,
  client: Client | undefined,
  scopes: readonly string[],
  modes: readonly FapiMode[],
): Layer[] {
  const profile = serviceProfile.read(service)
  const layers: Layer[] = modes.map((mode) => ({
    because: `${originOfModes(service, client)}=${mode}`,
    profile: fapiProfiles[mode],
  }))
  if (profile) {
    const because = `service.${serviceProfile.name}=${profile}`
    layers.unshift({ because, profile: serviceProfiles[profile] })
  }
  if (appliesHaip(service, client, scopes)) {
    layers.push({ because: 'HAIP', profile: highAssurance })
  }
  return layers
}

function originOfModes(service: Service, client: Client | undefined): string {
  if (service.fapiModes?.length) return 'service.fapiModes'
  if (serviceProfile.read(service) === 'fapi-2.0') return `service.${serviceProfile.name}`
  return client?.fapiModes?.length ? 'client.fapiModes' : 'attributes of the requested scopes'
}

/** Why each demand of the policy is made, for the trace of an explained call. */
function policyOrigins(
  service: Service,
  client: Client | undefined,
  scopes: readonly string[],
  way: 'front-channel' | 'pushed',
): Readonly<Record<string, Shown>> {
  const policy = foldPolicy(service, client, scopes, way)
  const layers = profilesOf(service, client, scopes, modesOf(service, client, scopes))
  const origins = originsOf(policy, { service, client }, layers)
  return Object.keys(origins).length > 0 ? { policy: bounded(origins) } : {}
}

const shownOrigins = new WeakMap<Service, WeakMap<object, ReturnType<typeof policyOrigins>>>()

/** The origins for all requests that select no profile by their scopes. */
function knownOrigins(service: Service, client: Client | undefined) {
  const ofService = shownOrigins.get(service) ?? new WeakMap()
  shownOrigins.set(service, ofService)
  const owner = client ?? service
  const origins = ofService.get(owner) ?? policyOrigins(service, client, [], 'front-channel')
  ofService.set(owner, origins)
  return origins
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
  highAssurance: false,
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

/** HAIP: of the service, of the client, or of a scope with the attribute `haip`. */
const appliesHaip = (
  service: Service,
  client: Client | undefined,
  scopes: readonly string[],
): boolean =>
  Boolean(service.haipVersion || client?.haipVersion) ||
  (scopes.length > 0 && hasHaipScopes(service) && scopeEntries(service, scopes).some(isHaipScope))

const isHaipScope = (scope: AttributeOwner): boolean => attributeOf(scope, 'haip') === 'true'

/** Whether a scope of the service selects HAIP; kept for as long as its document lives. */
const haipScopes = new WeakMap<Service, boolean>()

function hasHaipScopes(service: Service): boolean {
  const found = haipScopes.get(service)
  if (found !== undefined) return found
  const has = (service.supportedScopes ?? []).some(isHaipScope)
  haipScopes.set(service, has)
  return has
}

/** Whether scopes of a request can select a profile. */
const scopesSelect = (service: Service): boolean =>
  supportsFapi(service) === true || hasHaipScopes(service)

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
