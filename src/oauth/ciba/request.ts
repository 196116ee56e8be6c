/** Parameters of backchannel authentication requests, CIBA §7.1. */
import { headerOf, unverifiedClaims } from '../../jose/verify.ts'

import type { Client } from '../../model/client/client.ts'
import { DeliveryMode } from '../../model/enums.ts'
import type { Service } from '../../model/service/service.ts'
import { defineRules, refuse } from '../../refusal.ts'
import { effectiveSeconds } from '../duration.ts'
import { mayUseGrantType, supportsGrantType } from '../grants/grant-type.ts'
import { isOfKind, isOwnResponse } from '../jwt-kinds.ts'
import type { Parameters } from '../parameters.ts'

const rules = defineRules('Backchannel request', {
  publicClient: {
    code: 'P070001',
    error: 'invalid_client',
    spec: 'CIBA §7.1',
    message: 'The backchannel authentication endpoint requires client authentication.',
    fix: 'Register an authentication method for the client.',
    settings: ['client.tokenAuthMethod'],
  },
  notAllowed: {
    code: 'P070002',
    error: 'unauthorized_client',
    spec: 'CIBA §13',
    message: 'CIBA is not supported by the service, or not allowed for the client.',
    fix: 'Add CIBA to the grant types of the service and of the client.',
    settings: ['service.supportedGrantTypes', 'client.grantTypes'],
  },
  deliveryModeMissing: {
    code: 'P070003',
    error: 'unauthorized_client',
    spec: 'CIBA §4',
    message: 'The client has no registered token delivery mode.',
    fix: 'Register the token delivery mode poll, ping or push for the client.',
    settings: ['client.bcDeliveryMode'],
  },
  deliveryModeUnsupported: {
    code: 'P070004',
    error: 'unauthorized_client',
    spec: 'CIBA §4',
    message: 'The token delivery mode of the client is not supported by the service.',
    fix: 'Add the delivery mode to the service, or register a supported one for the client.',
    settings: ['service.supportedBackchannelTokenDeliveryModes', 'client.bcDeliveryMode'],
  },
  notificationEndpointMissing: {
    code: 'P070005',
    error: 'unauthorized_client',
    spec: 'CIBA §4',
    message: 'The client has no registered notification endpoint.',
    fix: 'Register a notification endpoint for the client, or the mode poll.',
    settings: ['client.bcNotificationEndpoint', 'client.bcDeliveryMode'],
  },
  openidMissing: {
    code: 'P070006',
    error: 'invalid_scope',
    spec: 'CIBA §7.1',
    message: 'The scope openid is required, and must be allowed for the client.',
    fix: 'Send the scope openid, and allow it to service and client.',
    settings: ['service.supportedScopes', 'client.extension'],
  },
  hintMissing: {
    code: 'P070007',
    error: 'invalid_request',
    spec: 'CIBA §7.1',
    message: 'One of login_hint_token, id_token_hint and login_hint is required.',
    fix: 'Send one of `login_hint`, `login_hint_token` and `id_token_hint`.',
  },
  manyHints: {
    code: 'P070008',
    error: 'invalid_request',
    spec: 'CIBA §7.1',
    message: 'The request must contain only one of login_hint_token, id_token_hint and login_hint.',
    fix: 'Send only one of `login_hint`, `login_hint_token` and `id_token_hint`.',
  },
  notificationTokenMissing: {
    code: 'P070009',
    error: 'invalid_request',
    spec: 'CIBA §7.1',
    message: 'The parameter client_notification_token is required in ping and push mode.',
    fix: 'Send a random `client_notification_token`, or register the mode poll.',
    settings: ['client.bcDeliveryMode'],
  },
  notificationTokenMalformed: {
    code: 'P070010',
    error: 'invalid_request',
    spec: 'CIBA §7.1',
    message: 'The client_notification_token must be a bearer token of at most 1024 characters.',
    fix: 'Send a `client_notification_token` of at most 1024 letters, digits and `-._~+/`, with `=` only at its end.',
  },
  bindingMessageUnfit: {
    code: 'P070011',
    error: 'invalid_binding_message',
    spec: 'CIBA §13',
    message: 'The binding_message must have at most 100 characters, all of them printable.',
    fix: 'Send a `binding_message` of at most 100 characters, without control and bidirectional characters.',
  },
  bindingMessageMissing: {
    code: 'P070012',
    error: 'invalid_request',
    spec: 'FAPI-CIBA §5.2.2',
    message: 'The parameter binding_message is required by the security profile.',
    fix: 'Send a `binding_message`, or do not require it.',
    settings: ['service.backchannelBindingMessageRequiredInFapi'],
  },
  userCodeMissing: {
    code: 'P070013',
    error: 'missing_user_code',
    spec: 'CIBA §13',
    message: 'The parameter user_code is required.',
    fix: 'Send the `user_code` of the user, or do not require it of the client.',
    settings: ['client.bcUserCodeRequired', 'service.backchannelUserCodeParameterSupported'],
  },
  expiryMalformed: {
    code: 'P070014',
    error: 'invalid_request',
    spec: 'CIBA §7.1',
    message: 'The requested_expiry must be a positive integer.',
    fix: 'Send `requested_expiry` as a positive number of seconds, at most 2147483647.',
  },
  financialPush: {
    code: 'P070015',
    error: 'unauthorized_client',
    spec: 'FAPI-CIBA §5.2.2',
    message: 'Push mode is not allowed by the security profile: use poll or ping.',
    fix: 'Register the mode poll or ping for the client.',
    settings: ['client.bcDeliveryMode', 'service.fapiModes'],
  },
  hintOfOtherKind: {
    code: 'P070016',
    error: 'invalid_request',
    spec: 'RFC 8725 §3.11',
    message: 'The login_hint_token is a JWT of another type, such as an access token.',
    fix: 'Send a JWT that was made as a login hint, not a token or a response.',
  },
})

/** Checks that the client may use CIBA; returns its token delivery mode: CIBA §4 and §7.1. */
export function requireDeliveryMode(
  service: Service,
  client: Client,
  authMethod: string,
): DeliveryMode {
  if (authMethod === 'NONE')
    refuse(rules.publicClient, { setting: 'client.tokenAuthMethod', given: authMethod })
  if (!supportsGrantType('CIBA', service) || !mayUseGrantType('CIBA', client)) {
    const isOfService = supportsGrantType('CIBA', service)
    const setting = isOfService ? 'client.grantTypes' : 'service.supportedGrantTypes'
    refuse(rules.notAllowed, { setting, given: 'CIBA' })
  }
  const mode = DeliveryMode.safeParse(client.bcDeliveryMode?.toUpperCase()).data
  if (!mode) {
    const expected = DeliveryMode.options
    refuse(rules.deliveryModeMissing, { setting: 'client.bcDeliveryMode', expected })
  }
  if (!service.supportedBackchannelTokenDeliveryModes?.includes(mode)) {
    const expected = service.supportedBackchannelTokenDeliveryModes
    const setting = 'service.supportedBackchannelTokenDeliveryModes'
    refuse(rules.deliveryModeUnsupported, { setting, given: mode, expected })
  }
  if (mode !== 'POLL' && !client.bcNotificationEndpoint) {
    refuse(rules.notificationEndpointMissing, { setting: 'client.bcNotificationEndpoint' })
  }
  return mode
}

/** CIBA §7.1: the scope openid is required. */
export function requireOpenid(scopes: readonly string[]): void {
  if (!scopes.includes('openid')) {
    refuse(rules.openidMissing, { parameter: 'scope', given: scopes, expected: 'openid' })
  }
}

const hintTypes = {
  login_hint_token: 'LOGIN_HINT_TOKEN',
  id_token_hint: 'ID_TOKEN_HINT',
  login_hint: 'LOGIN_HINT',
} as const

export interface Hint {
  hintType: (typeof hintTypes)[keyof typeof hintTypes]
  hint: string
}

/** CIBA §7.1: exactly one hint. The caller resolves it to a user. */
export function chooseHint(parameters: Parameters, { issuer }: Service): Hint {
  const hints = Object.entries(hintTypes).flatMap(([name, hintType]) => {
    const hint = parameters.get(name)
    return hint === undefined ? [] : [{ hintType, hint }]
  })
  const [only, another] = hints
  if (another) refuse(rules.manyHints, { given: hints.map(({ hintType }) => hintType) })
  if (!only) refuse(rules.hintMissing, { expected: Object.keys(hintTypes) })
  if (only.hintType === 'LOGIN_HINT_TOKEN') requireLoginHint(only.hint, issuer)
  return only
}

/** A hint may be a JWT, but not one of another kind. */
function requireLoginHint(hint: string, issuer: string | undefined): void {
  const [header, claims] = [headerOf(hint), unverifiedClaims(hint)]
  if (!header || !claims) return
  const jwt = { header, claims }
  if (!isOfKind('login hint', jwt) || isOwnResponse(jwt, issuer)) refuse(rules.hintOfOtherKind)
}

/** CIBA §7.1: at most 1024 characters in the bearer token syntax of RFC 6750 §2.1. */
export function parseNotificationToken(
  parameters: Parameters,
  mode: DeliveryMode,
): string | undefined {
  const token = parameters.get('client_notification_token')
  if (token === undefined) {
    return mode === 'POLL'
      ? undefined
      : refuse(rules.notificationTokenMissing, { parameter: 'client_notification_token' })
  }
  if (token.length > 1_024 || !/^[\w.~+/-]+=*$/.test(token))
    refuse(rules.notificationTokenMalformed, { parameter: 'client_notification_token' })
  return token
}

/**
 * CIBA §7.1: short plain text, because two devices show it. Control and bidirectional characters
 * could make the devices show different texts.
 */
export function parseBindingMessage(parameters: Parameters): string | undefined {
  const message = parameters.get('binding_message')
  if (message !== undefined && !/^[^\p{C}\p{Zl}\p{Zp}]{1,100}$/u.test(message)) {
    refuse(rules.bindingMessageUnfit, {
      parameter: 'binding_message',
      given: { length: message.length },
    })
  }
  return message
}

/** CIBA §7.1: a user code is required if both service and client metadata say so. */
export const isUserCodeRequired = (service: Service, client: Client): boolean =>
  service.backchannelUserCodeParameterSupported && client.bcUserCodeRequired

export function parseUserCode(parameters: Parameters, isRequired: boolean): string | undefined {
  const code = parameters.get('user_code')
  if (code === undefined && isRequired) {
    refuse(rules.userCodeMissing, { parameter: 'user_code', setting: 'client.bcUserCodeRequired' })
  }
  return code
}

/** CIBA §7.1: seconds. A signed request may contain a number or a string. */
export function parseRequestedExpiry(parameters: Parameters): number | undefined {
  const text = parameters.get('requested_expiry')
  if (text === undefined) return undefined
  const seconds = /^\d{1,10}$/.test(text) ? Number(text) : 0
  if (seconds < 1 || seconds > 0x7fff_ffff)
    refuse(rules.expiryMalformed, { parameter: 'requested_expiry' })
  return seconds
}

/** FAPI-CIBA §5.2.2: no push mode, and a binding message if the service requires it. */
export function requireFinancialGrade(
  service: Service,
  mode: DeliveryMode,
  bindingMessage: string | undefined,
): void {
  if (mode === 'PUSH') {
    refuse(rules.financialPush, { setting: 'client.bcDeliveryMode', given: mode })
  }
  if (service.backchannelBindingMessageRequiredInFapi && bindingMessage === undefined) {
    const setting = 'service.backchannelBindingMessageRequiredInFapi'
    refuse(rules.bindingMessageMissing, { parameter: 'binding_message', setting })
  }
}

/** The lifetime of a request in seconds: as requested, but at most the setting of the service. */
export function requestSeconds(service: Service, requested: number | undefined): number {
  const longest = effectiveSeconds(service, 'backchannelAuthReqIdDuration')
  return Math.min(requested ?? longest, longest)
}
