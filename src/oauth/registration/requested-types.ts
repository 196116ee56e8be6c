/** What a registering client asks for, within what the service supports, RFC 7591 §3.2.1. */
import type { ClientAuthMethod, GrantType, ResponseType } from '../../model/enums.ts'
import type { Service } from '../../model/service/service.ts'
import { defineRules, type Rule, refuse } from '../../refusal.ts'
import { grantTypeOf } from '../grants/grant-type.ts'
import { policyOf } from '../policy.ts'
import type { Metadata } from './foreign-metadata.ts'
import { mayGoWithoutUser } from './outside-client.ts'
import { registrationSettings } from './registration-settings.ts'

const rules = defineRules('Dynamic registration', {
  inconsistent: {
    code: 'P088006',
    error: 'invalid_client_metadata',
    spec: 'RFC 7591 §2.1',
    message: 'The grant_types do not contain a grant type that the response_types require.',
    fix: 'Register the grant types that the response types need: authorization_code for code, implicit for tokens.',
    settings: ['service.supportedGrantTypes'],
  },
  notSupported: {
    code: 'P088007',
    error: 'invalid_client_metadata',
    spec: 'RFC 7591 §3.2.2',
    message: 'The service supports none of the values of a member of the client metadata.',
    fix: 'Send a value that the service supports, or add it there.',
    settings: [
      'service.supportedGrantTypes',
      'service.supportedResponseTypes',
      'service.supportedTokenAuthMethods',
    ],
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

/**
 * Without a requested method: client_secret_basic (RFC 7591 §2), or else the first supported. A
 * client that calls itself not confidential is public, as in the metadata of other servers.
 */
export function chooseMethod(
  metadata: Metadata,
  registered: unknown,
  service: Service,
): ClientAuthMethod {
  const isPublic = metadata['client_confidential'] === false
  const asked = registered ?? (isPublic ? 'NONE' : undefined)
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
  const misplaced = misplacedGrants(metadata, service)
  const askedGrants = properties['grantTypes'] as GrantType[] | undefined
  const askedResponses = properties['responseTypes'] as ResponseType[] | undefined
  const byDefault = defaultGrants(askedResponses, service)
  const { grantTypesExcluded, responses } = policyOf(service)
  const isOpen = (type: GrantType) =>
    !grantTypesExcluded.includes(type) &&
    mayGoWithoutUser(type, service, { dynamicallyRegistered: true })
  const wanted = new Set([...(askedGrants ?? byDefault), ...misplaced.flatMap(grantsNamed)])
  const grantTypes = keepSupported([...wanted], service.supportedGrantTypes).filter(isOpen)
  if ((isAsked('grant_types') || misplaced.length > 0) && grantTypes.length === 0) {
    refuse(about(rules.notSupported, 'grant_types'))
  }
  const fallback = grantTypes.includes('AUTHORIZATION_CODE') ? ['CODE' as const] : []
  const isAllowed = (type: ResponseType) =>
    grantTypesExcluded.length === 0 || responses !== 'code' || type === 'CODE'
  const responseTypes = keepSupported(
    askedResponses ?? fallback,
    service.supportedResponseTypes,
  ).filter(isAllowed)
  // Beside misplaced grant types, other names count as asked for only if they are response types.
  const asksResponses =
    misplaced.length > 0 ? Boolean(askedResponses?.length) : isAsked('response_types')
  if (asksResponses && responseTypes.length === 0) {
    refuse(about(rules.notSupported, 'response_types'))
  }
  const missing = grantsOf(responseTypes).filter((type) => !grantTypes.includes(type))
  if (missing.length > 0) refuse(rules.inconsistent, missing.join(' '))
  return { grantTypes, responseTypes }
}

/** The grant types that a service with `ext.dcr.lenient_types` accepts in `response_types`. */
function misplacedGrants(metadata: Metadata, service: Service): string[] {
  const listed = metadata['response_types']
  if (!registrationSettings.lenientTypes.read(service) || !Array.isArray(listed)) return []
  return listed.filter((name) => typeof name === 'string' && grantsNamed(name).length > 0)
}

const grantsNamed = (name: string): GrantType[] => {
  const type = grantTypeOf(name)
  return type ? [type] : []
}

/** The grant types of a client that asks for none. */
function defaultGrants(asked: ResponseType[] | undefined, service: Service): GrantType[] {
  const grants: GrantType[] = asked ? grantsOf(asked) : ['AUTHORIZATION_CODE']
  const isRefreshed =
    registrationSettings.defaultRefresh.read(service) && grants.includes('AUTHORIZATION_CODE')
  return isRefreshed ? [...grants, 'REFRESH_TOKEN'] : grants
}

const grantsOf = (types: readonly ResponseType[]): GrantType[] => [
  ...(types.some((type) => type.includes('CODE')) ? (['AUTHORIZATION_CODE'] as const) : []),
  ...(types.some((type) => type.includes('TOKEN')) ? (['IMPLICIT'] as const) : []),
]

/** RFC 7591 §3.2.1: a service may register fewer values than requested. */
const keepSupported = <T>(asked: readonly T[], supported: readonly T[] | undefined): T[] =>
  asked.filter((each) => supported?.includes(each) ?? true)
