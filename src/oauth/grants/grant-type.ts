/** Grant types: which ones a service supports and a client may use. */
import type { Client } from '../../model/client/client.ts'
import type { GrantType } from '../../model/enums.ts'
import type { Service } from '../../model/service/service.ts'
import { defineRules, type Evidence, refuse } from '../../refusal.ts'
import { policyOf } from '../policy.ts'
import { mayGoWithoutUser } from '../registration/outside-client.ts'

const rules = defineRules('Grant type', {
  missing: {
    code: 'P013001',
    error: 'invalid_request',
    spec: 'RFC 6749 §4.1.3',
    message: 'The parameter grant_type is required.',
    fix: 'Send `grant_type` in the form of the token request.',
  },
  unknown: {
    code: 'P013002',
    error: 'unsupported_grant_type',
    spec: 'RFC 6749 §5.2',
    message: 'The grant_type is unknown.',
    fix: 'Send a `grant_type` that is implemented, spelled as in its specification, such as `authorization_code`.',
    settings: ['service.supportedGrantTypes'],
  },
  unsupported: {
    code: 'P013003',
    error: 'unsupported_grant_type',
    spec: 'RFC 6749 §5.2',
    message: 'The grant_type is not supported by the service.',
    fix: 'Add the grant type to the service, or let the client use a supported one.',
    settings: ['service.supportedGrantTypes', 'service.ext.profile'],
  },
  notForClient: {
    code: 'P013004',
    error: 'unauthorized_client',
    spec: 'RFC 6749 §5.2',
    message: 'The grant_type is not allowed for the client.',
    fix: 'Add the grant type to the client, or let the client use a registered one.',
    settings: ['client.grantTypes'],
  },
  notForResponseType: {
    code: 'P013005',
    error: 'unsupported_response_type',
    spec: 'RFC 6749 §4.1.2.1',
    message: 'The grant type that the response_type requires is not supported by the service.',
    fix: 'Add AUTHORIZATION_CODE or IMPLICIT to the grant types of the service, as the `response_type` requires.',
    settings: ['service.supportedGrantTypes', 'service.ext.profile'],
  },
  responseTypeNotForClient: {
    code: 'P013006',
    error: 'unauthorized_client',
    spec: 'RFC 6749 §4.1.2.1',
    message: 'The grant type that the response_type requires is not allowed for the client.',
    fix: 'Add AUTHORIZATION_CODE or IMPLICIT to the grant types of the client, as the `response_type` requires.',
    settings: ['client.grantTypes'],
  },
  withoutUser: {
    code: 'P013007',
    error: 'unauthorized_client',
    spec: 'RFC 6749 §5.2',
    message:
      'The service does not allow a grant without a user for clients that registered themselves.',
    fix: 'Allow the grant type to clients that register themselves, or create the client through the API.',
    settings: [
      'service.ext.dcr.grant_types',
      'service.ext.client_id_metadata.grant_types',
      'service.ext.federation.grant_types',
    ],
  },
})

/** The names of grant types in OAuth requests. */
export const grantTypeNames = {
  authorization_code: 'AUTHORIZATION_CODE',
  implicit: 'IMPLICIT',
  password: 'PASSWORD',
  client_credentials: 'CLIENT_CREDENTIALS',
  refresh_token: 'REFRESH_TOKEN',
  'urn:openid:params:grant-type:ciba': 'CIBA',
  'urn:ietf:params:oauth:grant-type:device_code': 'DEVICE_CODE',
  'urn:ietf:params:oauth:grant-type:token-exchange': 'TOKEN_EXCHANGE',
  'urn:ietf:params:oauth:grant-type:jwt-bearer': 'JWT_BEARER',
  'urn:ietf:params:oauth:grant-type:pre-authorized_code': 'PRE_AUTHORIZED_CODE',
} as const satisfies Record<string, GrantType>

export const grantTypeOf = (text: string): GrantType | undefined =>
  Object.hasOwn(grantTypeNames, text)
    ? grantTypeNames[text as keyof typeof grantTypeNames]
    : undefined

/** RFC 6749 §5.2: the grant type must be known, supported, and allowed for the client. */
export function chooseGrantType(
  text: string | undefined,
  service: Service,
  client: Client,
  implemented: readonly GrantType[],
): GrantType {
  if (text === undefined) refuse(rules.missing, { parameter: 'grant_type' })
  const type = grantTypeOf(text)
  // The value is not logged: it may be a secret that the client put into the wrong parameter.
  if (type === undefined || !implemented.includes(type)) {
    refuse(rules.unknown, { parameter: 'grant_type', given: { length: text.length } })
  }
  requireGrantType(type, service, client)
  return type
}

/**
 * The grant type of a request without a client id. Only assertions and exchanged tokens may be used
 * anonymously, RFC 7521 §4.1 and RFC 8693 §2.1; undefined for all other grant types.
 */
export function openGrantType(
  text: string | undefined,
  service: Service,
): 'TOKEN_EXCHANGE' | 'JWT_BEARER' | undefined {
  const type = grantTypeOf(text ?? '')
  if (type !== 'TOKEN_EXCHANGE' && type !== 'JWT_BEARER') return undefined
  if (!supportsGrantType(type, service)) refuse(rules.unsupported, unsupported(type, service))
  return type
}

/** Refuses a grant type that service or client do not allow. */
export function requireGrantType(type: GrantType, service: Service, client: Client): void {
  if (!supportsGrantType(type, service)) refuse(rules.unsupported, unsupported(type, service))
  if (!mayUseGrantType(type, client)) refuse(rules.notForClient, unregistered(type, client))
  if (!mayGoWithoutUser(type, service, client)) refuse(rules.withoutUser, type)
}

/**
 * Without a list, all grant types are supported. CIBA requires token delivery modes, CIBA §4, and
 * pre-authorized codes are of a service that issues credentials.
 */
export function supportsGrantType(type: GrantType, service: Service): boolean {
  const { supportedGrantTypes, supportedBackchannelTokenDeliveryModes: modes = [] } = service
  if (type === 'CIBA' && modes.length === 0) return false
  if (type === 'PRE_AUTHORIZED_CODE' && !service.verifiableCredentialsEnabled) return false
  if (policyOf(service).grantTypesExcluded.includes(type)) return false
  return supportedGrantTypes?.includes(type) ?? true
}

export const mayUseGrantType = (type: GrantType, client: Client): boolean =>
  client.grantTypes?.includes(type) ?? true

/** Codes require the grant type authorization_code, and front-channel tokens require implicit. */
export function requireGrantsOf(responseTypes: string[], service: Service, client: Client): void {
  const needed: GrantType[] = []
  if (responseTypes.includes('code')) needed.push('AUTHORIZATION_CODE')
  if (responseTypes.some((type) => type !== 'code')) needed.push('IMPLICIT')
  for (const type of needed) {
    if (!supportsGrantType(type, service))
      refuse(rules.notForResponseType, unsupported(type, service))
    if (!mayUseGrantType(type, client))
      refuse(rules.responseTypeNotForClient, unregistered(type, client))
  }
}

/** Which setting or profile of the service excludes the grant type. */
function unsupported(type: GrantType, service: Service): Evidence {
  const { supportedGrantTypes, supportedBackchannelTokenDeliveryModes: modes = [] } = service
  const { verifiableCredentialsEnabled } = service
  const given = type
  if (type === 'CIBA' && modes.length === 0) {
    const setting = 'service.supportedBackchannelTokenDeliveryModes'
    return { given, setting, note: 'The service supports no delivery mode.' }
  }
  if (type === 'PRE_AUTHORIZED_CODE' && !verifiableCredentialsEnabled) {
    return { given, setting: 'service.verifiableCredentialsEnabled', expected: true }
  }
  const isExcluded = policyOf(service).grantTypesExcluded.includes(type)
  return {
    given,
    setting: 'service.supportedGrantTypes',
    demand: isExcluded ? 'grantTypesExcluded' : undefined,
    expected: isExcluded ? undefined : supportedGrantTypes,
  }
}

const unregistered = (type: GrantType, { grantTypes }: Client): Evidence => ({
  given: type,
  setting: 'client.grantTypes',
  expected: grantTypes,
})

/** How lists of tokens name the way in which a grant came about. */
const authorizationTypes: Partial<Record<GrantType, string>> = {
  AUTHORIZATION_CODE: 'code',
  IMPLICIT: 'token',
  DEVICE_CODE: 'device_authorization',
}

export const authorizationTypeOf = (grantType: GrantType): string =>
  authorizationTypes[grantType] ?? grantType.toLowerCase()
