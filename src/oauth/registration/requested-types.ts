/** What a registering client asks for, within what the service supports, RFC 7591 §3.2.1. */
import type { ClientAuthMethod, GrantType, ResponseType } from '../../model/enums.ts'
import type { Service } from '../../model/service/service.ts'
import { defineRules, type Rule, refuse } from '../../refusal.ts'
import { policyOf } from '../policy.ts'
import type { Metadata } from './foreign-metadata.ts'
import { mayGoWithoutUser } from './outside-client.ts'

const rules = defineRules('Dynamic registration', {
  inconsistent: {
    code: 'P088006',
    error: 'invalid_client_metadata',
    spec: 'RFC 7591 §2.1',
    message: 'The grant_types do not contain a grant type that the response_types require.',
  },
  notSupported: {
    code: 'P088007',
    error: 'invalid_client_metadata',
    spec: 'RFC 7591 §3.2.2',
    message: 'The service supports none of the values of a member of the client metadata.',
  },
})

/** The rule with the name of the wrong member in its message. */
export const about = (rule: Rule, member: string | undefined, message?: string): Rule =>
  member
    ? { ...rule, message: [rule.message, `${member}.`, quotable(message)].join(' ').trim() }
    : rule

/** RFC 6749 §5.2: replaces characters that are not allowed in an error_description. */
const quotable = (message = '') =>
  message.replace(/[^\x20\x21\x23-\x5b\x5d-\x7e]/g, '?').slice(0, 300)

/** Without a requested method: client_secret_basic (RFC 7591 §2), or else the first supported. */
export function chooseMethod(asked: unknown, service: Service): ClientAuthMethod {
  const supported = service.supportedTokenAuthMethods ?? undefined
  const isSupported = (method: unknown) => !supported || supported.some((each) => each === method)
  if (asked === undefined) {
    return isSupported('CLIENT_SECRET_BASIC')
      ? 'CLIENT_SECRET_BASIC'
      : (supported?.[0] ?? 'CLIENT_SECRET_BASIC')
  }
  if (!isSupported(asked)) refuse(about(rules.notSupported, 'token_endpoint_auth_method'))
  return asked as ClientAuthMethod
}

/** RFC 7591 §2.1: grant types and response types must match; each has a default by the other. */
export function chooseTypes(
  metadata: Metadata,
  properties: Record<string, unknown>,
  service: Service,
) {
  const isAsked = (member: string) => {
    const value = metadata[member]
    return Array.isArray(value) && value.length > 0
  }
  const askedGrants = properties['grantTypes'] as GrantType[] | undefined
  const askedResponses = properties['responseTypes'] as ResponseType[] | undefined
  const byDefault = askedResponses ? grantsOf(askedResponses) : ['AUTHORIZATION_CODE' as const]
  const { grantTypesExcluded, responses } = policyOf(service)
  const isOpen = (type: GrantType) =>
    !grantTypesExcluded.includes(type) &&
    mayGoWithoutUser(type, service, { dynamicallyRegistered: true })
  const grantTypes = keepSupported(askedGrants ?? byDefault, service.supportedGrantTypes).filter(
    isOpen,
  )
  if (isAsked('grant_types') && grantTypes.length === 0) {
    refuse(about(rules.notSupported, 'grant_types'))
  }
  const fallback = grantTypes.includes('AUTHORIZATION_CODE') ? ['CODE' as const] : []
  const isAllowed = (type: ResponseType) =>
    grantTypesExcluded.length === 0 || responses !== 'code' || type === 'CODE'
  const responseTypes = keepSupported(
    askedResponses ?? fallback,
    service.supportedResponseTypes,
  ).filter(isAllowed)
  if (isAsked('response_types') && responseTypes.length === 0) {
    refuse(about(rules.notSupported, 'response_types'))
  }
  const missing = grantsOf(responseTypes).filter((type) => !grantTypes.includes(type))
  if (missing.length > 0) refuse(rules.inconsistent, missing.join(' '))
  return { grantTypes, responseTypes }
}

const grantsOf = (types: readonly ResponseType[]): GrantType[] => [
  ...(types.some((type) => type.includes('CODE')) ? (['AUTHORIZATION_CODE'] as const) : []),
  ...(types.some((type) => type.includes('TOKEN')) ? (['IMPLICIT'] as const) : []),
]

/** RFC 7591 §3.2.1: a service may register fewer values than requested. */
const keepSupported = <T>(asked: readonly T[], supported: readonly T[] | undefined): T[] =>
  asked.filter((each) => supported?.includes(each) ?? true)
