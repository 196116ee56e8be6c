/** Authorization server metadata, RFC 8414 §2 and OpenID Connect Discovery §3. */

import { contentEncryptions, encryptionAlgorithms } from '../../jose/encryption-algorithm.ts'
import { includesAlgorithm } from '../../jose/key-set.ts'
import { asymmetricAlgorithms, symmetricAlgorithms } from '../../jose/signature-algorithm.ts'
import type { ClientAuthMethod, GrantType } from '../../model/enums.ts'
import type { Service } from '../../model/service/service.ts'
import { takesUnsecuredRequests } from '../authorization/request-object.ts'
import { responseModes, responseTypeWords } from '../authorization/response-type.ts'
import { encryptsOutgoing } from '../encryption/settings.ts'
import { providerMetadata } from '../federation/service/provider-metadata.ts'
import { grantTypeNames, supportsGrantType } from '../grants/grant-type.ts'
import { type Policy, policyOf } from '../policy.ts'
import { listedResources } from '../resources/metadata.ts'
import { supportedScopes } from '../scope.ts'
import { userInfoCredentialMetadata } from '../userinfo-vc/settings.ts'
import { assuranceMetadata } from './assurance-metadata.ts'
import { type Capabilities, type Known, knownTo } from './capabilities.ts'
import { exchangeMetadata } from './exchange-metadata.ts'
import { publishesKeys } from './published-keys.ts'
import { statedMetadata } from './stated-metadata.ts'

const responseTypes = [
  'CODE',
  'TOKEN',
  'ID_TOKEN',
  'CODE_TOKEN',
  'CODE_ID_TOKEN',
  'ID_TOKEN_TOKEN',
  'CODE_ID_TOKEN_TOKEN',
  'NONE',
] as const

const detachable = ['CODE', 'CODE_ID_TOKEN']

/** The grant types that both the service and the engine support. */
function grantTypesOf(service: Service, { grantTypes }: Capabilities): GrantType[] {
  const known: readonly GrantType[] = [...grantTypes, 'IMPLICIT']
  return known.filter((type) => supportsGrantType(type, service))
}

function responseTypesOf(
  service: Service,
  { responses }: Policy,
  grantTypes: readonly GrantType[],
): string[] {
  const allowed = { any: responseTypes, code: ['CODE'], 'code or detached': detachable }[responses]
  const needs = (type: string) => [
    ...(type.includes('CODE') ? (['AUTHORIZATION_CODE'] as const) : []),
    ...(type === 'CODE' || type === 'NONE' ? [] : (['IMPLICIT'] as const)),
  ]
  return responseTypes
    .filter((type) => allowed.includes(type))
    .filter((type) => service.supportedResponseTypes?.includes(type) ?? true)
    .filter((type) => needs(type).every((grant) => grantTypes.includes(grant)))
    .map(responseTypeWords)
}

const methodNames: Record<ClientAuthMethod, string> = {
  NONE: 'none',
  CLIENT_SECRET_BASIC: 'client_secret_basic',
  CLIENT_SECRET_POST: 'client_secret_post',
  CLIENT_SECRET_JWT: 'client_secret_jwt',
  PRIVATE_KEY_JWT: 'private_key_jwt',
  TLS_CLIENT_AUTH: 'tls_client_auth',
  SELF_SIGNED_TLS_CLIENT_AUTH: 'self_signed_tls_client_auth',
  ATTEST_JWT_CLIENT_AUTH: 'attest_jwt_client_auth',
  SPIFFE_JWT: 'spiffe_jwt',
}

function methodsOf(
  listed: readonly ClientAuthMethod[] | undefined,
  { clientAuthMethods, secretAlgorithms }: Known,
  policy: Policy,
) {
  const methods = clientAuthMethods
    .filter((method) => listed?.includes(method) ?? true)
    .filter((method) => policy.clientAuthMethods?.includes(method) ?? true)
  const isJwt = methods.includes('PRIVATE_KEY_JWT') || methods.includes('CLIENT_SECRET_JWT')
  return {
    methods: methods.map((method) => methodNames[method]),
    algorithms: isJwt
      ? allowedBy(policy, [...asymmetricAlgorithms, ...secretAlgorithms])
      : undefined,
  }
}

const allowedBy = ({ algorithms }: Policy, known: readonly string[]): string[] =>
  known.filter((alg) => algorithms?.includes(alg) ?? true)

/** The members about signature and encryption of one kind of response to clients. */
const protectionOf = (
  service: Service,
  what: string,
  signed: readonly string[],
  encrypted: readonly string[],
) => ({
  [`${what}_signing_alg_values_supported`]: signed,
  ...(encryptsOutgoing(service)
    ? {
        [`${what}_encryption_alg_values_supported`]: encrypted,
        [`${what}_encryption_enc_values_supported`]: contentEncryptions,
      }
    : {}),
})

/** The metadata document, without members that are empty or have their default value. */
export function serviceMetadata(service: Service, ofEngine: Capabilities): Record<string, unknown> {
  const policy = policyOf(service)
  const capabilities = knownTo(service, ofEngine)
  const members = {
    issuer: service.issuer,
    ...endpointMembers(service),
    ...requestMembers(service, policy, grantTypesOf(service, capabilities)),
    ...algorithmMembers(service, policy, capabilities),
    ...authenticationMembers(service, policy, capabilities),
    ...backchannelMembers(service, policy),
    ...issuanceMembers(service, policy),
    ...logoutMembers(service),
    ...userMembers(service),
    ...assuranceMetadata(service),
    ...exchangeMetadata(service),
    ...userInfoCredentialMetadata(service),
    ...providerMetadata(service),
    authorization_details_types_supported: service.supportedAuthorizationDetailsTypes,
    protected_resources: listedResources(service),
    native_sso_supported: service.nativeSsoSupported || undefined,
    dpop_signing_alg_values_supported: allowedBy(policy, asymmetricAlgorithms),
    client_id_metadata_document_supported: policy.metadataDocuments || undefined,
    tls_client_certificate_bound_access_tokens:
      service.tlsClientCertificateBoundAccessTokens ||
      (policy.senderConstraint !== undefined && policy.senderConstraint !== 'dpop'),
  }
  const document = statedMetadata(members, service)
  const aliases = aliasMembers(service, document)
  return aliases ? { ...document, mtls_endpoint_aliases: aliases } : document
}

/** RFC 8705 §5: aliases of existing endpoints, except for the authorization endpoint. */
function aliasMembers({ mtlsEndpointAliases }: Service, document: Record<string, unknown>) {
  const aliases = (mtlsEndpointAliases ?? []).flatMap(({ name = '', uri }) => {
    const isEndpoint = name.endsWith('_endpoint') && name !== 'authorization_endpoint'
    return isEndpoint && uri && Object.hasOwn(document, name) ? [[name, uri]] : []
  })
  return aliases.length > 0 ? (Object.fromEntries(aliases) as Record<string, string>) : undefined
}

const endpointMembers = (service: Service) => ({
  authorization_endpoint: service.authorizationEndpoint,
  token_endpoint: service.tokenEndpoint,
  userinfo_endpoint: service.userInfoEndpoint,
  jwks_uri: publishesKeys(service) ? service.jwksUri : undefined,
  revocation_endpoint: service.revocationEndpoint,
  introspection_endpoint: service.introspectionEndpoint,
  device_authorization_endpoint: service.deviceAuthorizationEndpoint,
  pushed_authorization_request_endpoint: service.pushedAuthReqEndpoint,
  registration_endpoint: service.dynamicRegistrationSupported
    ? service.registrationEndpoint
    : undefined,
  challenge_endpoint: service.challengeEndpoint,
  ...grantManagementMembers(service),
  service_documentation: service.serviceDocumentation,
  op_policy_uri: service.policyUri,
  op_tos_uri: service.tosUri,
})

/** OIDC RP-Initiated Logout §2.1, OIDC Session Management §3.3, OIDC Front-Channel Logout §3. */
const logoutMembers = (service: Service) => ({
  end_session_endpoint: service.endSessionEndpoint,
  check_session_iframe: service.checkSessionIframe,
  frontchannel_logout_supported: service.frontchannelLogoutSupported,
  frontchannel_logout_session_supported: service.frontchannelLogoutSessionSupported,
  backchannel_logout_supported: service.backchannelLogoutSupported,
  backchannel_logout_session_supported: service.backchannelLogoutSessionSupported,
})

/** Grant Management §7.1. */
const grantManagementMembers = (service: Service) =>
  service.grantManagementEndpoint
    ? {
        grant_management_endpoint: service.grantManagementEndpoint,
        grant_management_actions_supported: ['query', 'revoke', 'create', 'merge', 'replace'],
        grant_management_action_required: service.grantManagementActionRequired,
      }
    : {}

/** Scopes, response types and modes, grant types and the ways to send requests. */
const requestMembers = (service: Service, policy: Policy, grantTypes: readonly GrantType[]) => ({
  scopes_supported: supportedScopes(service).map(({ name }) => name),
  response_types_supported: responseTypesOf(service, policy, grantTypes),
  response_modes_supported: policy.jarmRequired
    ? responseModes.filter((mode) => mode.endsWith('jwt'))
    : responseModes,
  grant_types_supported: Object.entries(grantTypeNames)
    .filter(([, type]) => grantTypes.includes(type))
    .map(([name]) => name),
  code_challenge_methods_supported: policy.pkceS256Required ? ['S256'] : ['S256', 'plain'],
  claims_parameter_supported: true,
  request_parameter_supported: true,
  request_uri_parameter_supported: true,
  require_request_uri_registration: true,
  require_signed_request_object: policy.requestObjectRequired,
  require_pushed_authorization_requests: policy.parRequired,
  authorization_response_iss_parameter_supported: !policy.issSuppressed,
})

/** CIBA §4. */
const backchannelMembers = (service: Service, policy: Policy) =>
  supportsGrantType('CIBA', service)
    ? {
        backchannel_authentication_endpoint: service.backchannelAuthenticationEndpoint,
        backchannel_token_delivery_modes_supported:
          service.supportedBackchannelTokenDeliveryModes?.map((mode) => mode.toLowerCase()),
        backchannel_user_code_parameter_supported: service.backchannelUserCodeParameterSupported,
        backchannel_authentication_request_signing_alg_values_supported: allowedBy(
          policy,
          asymmetricAlgorithms,
        ),
      }
    : {}

/** OpenID4VCI §12.3. */
const issuanceMembers = (service: Service, { highAssurance }: Policy) =>
  supportsGrantType('PRE_AUTHORIZED_CODE', service)
    ? {
        'pre-authorized_grant_anonymous_access_supported':
          service.preAuthorizedGrantAnonymousAccessSupported && !highAssurance,
      }
    : {}

/** Signature and encryption algorithms of the endpoints that the service has. */
function algorithmMembers(service: Service, policy: Policy, known: Known) {
  const { signingAlgorithms, decryptionAlgorithms, secretAlgorithms } = known
  const { encryptionAlgorithms: encrypted } = known
  const allowed = (alg: string) =>
    policy.algorithms ? includesAlgorithm(policy.algorithms, alg) : true
  const signed = [...signingAlgorithms, ...secretAlgorithms].filter(allowed)
  // Resource servers have a key of their own, which the caller passes.
  const introspected = [...signingAlgorithms, ...symmetricAlgorithms].filter(allowed)
  const signedOrNot = [...signed, ...allowedBy(policy, ['none'])]
  return {
    ...protectionOf(service, 'id_token', signedOrNot, encrypted),
    ...(service.userInfoEndpoint ? protectionOf(service, 'userinfo', signedOrNot, encrypted) : {}),
    ...protectionOf(service, 'authorization', signed, encrypted),
    ...(service.introspectionEndpoint
      ? protectionOf(service, 'introspection', introspected, encryptionAlgorithms)
      : {}),
    request_object_signing_alg_values_supported: [
      ...allowedBy(policy, [...asymmetricAlgorithms, ...secretAlgorithms]),
      ...(takesUnsecuredRequests(policy) ? ['none'] : []),
    ],
    request_object_encryption_alg_values_supported: decryptionAlgorithms,
    request_object_encryption_enc_values_supported: contentEncryptions,
  }
}

/** Client authentication methods of the endpoints that the service has. */
function authenticationMembers(service: Service, policy: Policy, capabilities: Known) {
  const membersOf = (name: string, listed: readonly ClientAuthMethod[] | undefined) => {
    const { methods, algorithms } = methodsOf(listed, capabilities, policy)
    return {
      [`${name}_endpoint_auth_methods_supported`]: methods,
      [`${name}_endpoint_auth_signing_alg_values_supported`]: algorithms,
    }
  }
  const { revocationEndpoint, introspectionEndpoint } = service
  const tokenMethods = methodsOf(service.supportedTokenAuthMethods, capabilities, policy).methods
  const isAttested = tokenMethods.includes(methodNames.ATTEST_JWT_CLIENT_AUTH)
  const attestation = isAttested ? allowedBy(policy, asymmetricAlgorithms) : undefined
  return {
    client_attestation_signing_alg_values_supported: attestation,
    client_attestation_pop_signing_alg_values_supported: attestation,
    ...membersOf('token', service.supportedTokenAuthMethods),
    ...(revocationEndpoint ? membersOf('revocation', service.supportedRevocationAuthMethods) : {}),
    ...(introspectionEndpoint
      ? membersOf('introspection', service.supportedIntrospectionAuthMethods)
      : {}),
  }
}

/** Claims, languages, prompts and displays for users. */
function userMembers(service: Service) {
  const lower = (values: readonly string[] | undefined) => values?.map((each) => each.toLowerCase())
  return {
    acr_values_supported: service.supportedAcrs,
    subject_types_supported: ['public', 'pairwise'],
    display_values_supported: lower(service.supportedDisplays),
    prompt_values_supported: lower(service.supportedPromptValues),
    claim_types_supported: lower(service.supportedClaimTypes),
    claims_supported: service.supportedClaims,
    claims_locales_supported: service.supportedClaimLocales,
    ui_locales_supported: service.supportedUiLocales,
  }
}
