/** Grant types: which ones a service supports and a client may use. */
import type { Client } from '../../model/client/client.ts'
import type { GrantType } from '../../model/enums.ts'
import type { Service } from '../../model/service/service.ts'
import { defineRules, refuse } from '../../refusal.ts'
import { policyOf } from '../policy.ts'
import { mayGoWithoutUser } from '../registration/outside-client.ts'

const rules = defineRules('Grant type', {
  missing: {
    code: 'P013001',
    error: 'invalid_request',
    spec: 'RFC 6749 §4.1.3',
    message: 'The parameter grant_type is required.',
  },
  unknown: {
    code: 'P013002',
    error: 'unsupported_grant_type',
    spec: 'RFC 6749 §5.2',
    message: 'The grant_type is unknown.',
  },
  unsupported: {
    code: 'P013003',
    error: 'unsupported_grant_type',
    spec: 'RFC 6749 §5.2',
    message: 'The grant_type is not supported by the service.',
  },
  notForClient: {
    code: 'P013004',
    error: 'unauthorized_client',
    spec: 'RFC 6749 §5.2',
    message: 'The grant_type is not allowed for the client.',
  },
  notForResponseType: {
    code: 'P013005',
    error: 'unsupported_response_type',
    spec: 'RFC 6749 §4.1.2.1',
    message: 'The grant type that the response_type requires is not supported by the service.',
  },
  responseTypeNotForClient: {
    code: 'P013006',
    error: 'unauthorized_client',
    spec: 'RFC 6749 §4.1.2.1',
    message: 'The grant type that the response_type requires is not allowed for the client.',
  },
  withoutUser: {
    code: 'P013007',
    error: 'unauthorized_client',
    spec: 'RFC 6749 §5.2',
    message:
      'The service does not allow a grant without a user for clients that registered themselves.',
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
  if (text === undefined) refuse(rules.missing)
  const type = grantTypeOf(text)
  // The value is not logged: it may be a secret that the client put into the wrong parameter.
  if (type === undefined || !implemented.includes(type)) refuse(rules.unknown)
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
  if (!supportsGrantType(type, service)) refuse(rules.unsupported, type)
  return type
}

/** Refuses a grant type that service or client do not allow. */
export function requireGrantType(type: GrantType, service: Service, client: Client): void {
  if (!supportsGrantType(type, service)) refuse(rules.unsupported, type)
  if (!mayUseGrantType(type, client)) refuse(rules.notForClient, type)
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
    if (!supportsGrantType(type, service)) refuse(rules.notForResponseType, type)
    if (!mayUseGrantType(type, client)) refuse(rules.responseTypeNotForClient, type)
  }
}

/** How lists of tokens name the way in which a grant came about. */
const authorizationTypes: Partial<Record<GrantType, string>> = {
  AUTHORIZATION_CODE: 'code',
  IMPLICIT: 'token',
  DEVICE_CODE: 'device_authorization',
}

export const authorizationTypeOf = (grantType: GrantType): string =>
  authorizationTypes[grantType] ?? grantType.toLowerCase()
