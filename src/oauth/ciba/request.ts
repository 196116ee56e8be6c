/** What a backchannel authentication request says, CIBA §7.1. */
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
    message: 'The endpoint is only for clients that authenticate.',
  },
  notAllowed: {
    code: 'P070002',
    error: 'unauthorized_client',
    spec: 'CIBA §13',
    message: 'The service does not support CIBA, or the client may not use it.',
  },
  deliveryModeMissing: {
    code: 'P070003',
    error: 'unauthorized_client',
    spec: 'CIBA §4',
    message: 'The client has not registered how tokens are delivered to it.',
  },
  deliveryModeUnsupported: {
    code: 'P070004',
    error: 'unauthorized_client',
    spec: 'CIBA §4',
    message: 'The service does not support the delivery mode of the client.',
  },
  notificationEndpointMissing: {
    code: 'P070005',
    error: 'unauthorized_client',
    spec: 'CIBA §4',
    message: 'The client has registered no endpoint for its notifications.',
  },
  openidMissing: {
    code: 'P070006',
    error: 'invalid_scope',
    spec: 'CIBA §7.1',
    message: 'The request has to ask for the scope openid, and the client has to be allowed to.',
  },
  hintMissing: {
    code: 'P070007',
    error: 'invalid_request',
    spec: 'CIBA §7.1',
    message: 'The request has to carry a login_hint_token, an id_token_hint or a login_hint.',
  },
  manyHints: {
    code: 'P070008',
    error: 'invalid_request',
    spec: 'CIBA §7.1',
    message: 'The request carries more than one hint of who the user is.',
  },
  notificationTokenMissing: {
    code: 'P070009',
    error: 'invalid_request',
    spec: 'CIBA §7.1',
    message: 'A request in ping or push mode has to carry a client_notification_token.',
  },
  notificationTokenMalformed: {
    code: 'P070010',
    error: 'invalid_request',
    spec: 'CIBA §7.1',
    message: 'The client_notification_token is longer than 1024 characters, or no bearer token.',
  },
  bindingMessageUnfit: {
    code: 'P070011',
    error: 'invalid_binding_message',
    spec: 'CIBA §13',
    message: 'The binding_message is longer than 100 characters, or has some that no device shows.',
  },
  bindingMessageMissing: {
    code: 'P070012',
    error: 'invalid_request',
    spec: 'FAPI-CIBA §5.2.2',
    message: 'A financial-grade request has to carry a binding_message.',
  },
  userCodeMissing: {
    code: 'P070013',
    error: 'missing_user_code',
    spec: 'CIBA §13',
    message: 'The requests of the client have to carry a user_code.',
  },
  expiryMalformed: {
    code: 'P070014',
    error: 'invalid_request',
    spec: 'CIBA §7.1',
    message: 'The requested_expiry is not a positive integer.',
  },
  financialPush: {
    code: 'P070015',
    error: 'unauthorized_client',
    spec: 'FAPI-CIBA §5.2.2',
    message: 'A financial-grade request may not be delivered in push mode.',
  },
  hintOfOtherKind: {
    code: 'P070016',
    error: 'invalid_request',
    spec: 'RFC 8725 §3.11',
    message: 'The login_hint_token is a JWT of another kind, such as an access token.',
  },
})

/** Whether the client may ask at all, and how tokens will reach it: CIBA §4 and §7.1. */
export function requireDeliveryMode(
  service: Service,
  client: Client,
  authMethod: string,
): DeliveryMode {
  if (authMethod === 'NONE') refuse(rules.publicClient, String(client.clientId))
  if (!supportsGrantType('CIBA', service) || !mayUseGrantType('CIBA', client)) {
    refuse(rules.notAllowed, String(client.clientId))
  }
  const mode = DeliveryMode.safeParse(client.bcDeliveryMode?.toUpperCase()).data
  if (!mode) refuse(rules.deliveryModeMissing, client.bcDeliveryMode)
  if (!service.supportedBackchannelTokenDeliveryModes?.includes(mode)) {
    refuse(rules.deliveryModeUnsupported, mode)
  }
  if (mode !== 'POLL' && !client.bcNotificationEndpoint) refuse(rules.notificationEndpointMissing)
  return mode
}

/** CIBA §7.1: what is asked for is authentication, so `openid` is always part of it. */
export function requireOpenid(scopes: readonly string[]): void {
  if (!scopes.includes('openid')) refuse(rules.openidMissing)
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

/** CIBA §7.1: exactly one hint. Only the caller can tell whom it means. */
export function chooseHint(parameters: Parameters, { issuer }: Service): Hint {
  const hints = Object.entries(hintTypes).flatMap(([name, hintType]) => {
    const hint = parameters.get(name)
    return hint === undefined ? [] : [{ hintType, hint }]
  })
  const [only, another] = hints
  if (another) refuse(rules.manyHints)
  if (!only) refuse(rules.hintMissing)
  if (only.hintType === 'LOGIN_HINT_TOKEN') requireLoginHint(only.hint, issuer)
  return only
}

/** A hint that is no JWT is of no other kind either. */
function requireLoginHint(hint: string, issuer: string | undefined): void {
  const [header, claims] = [headerOf(hint), unverifiedClaims(hint)]
  if (!header || !claims) return
  const jwt = { header, claims }
  if (!isOfKind('login hint', jwt) || isOwnResponse(jwt, issuer)) refuse(rules.hintOfOtherKind)
}

/** CIBA §7.1: at most 1024 characters of the syntax of RFC 6750 §2.1. */
export function parseNotificationToken(
  parameters: Parameters,
  mode: DeliveryMode,
): string | undefined {
  const token = parameters.get('client_notification_token')
  if (token === undefined) {
    return mode === 'POLL' ? undefined : refuse(rules.notificationTokenMissing)
  }
  if (token.length > 1_024 || !/^[\w.~+/-]+=*$/.test(token))
    refuse(rules.notificationTokenMalformed)
  return token
}

/**
 * CIBA §7.1: short and plain, for two devices show it. Characters that control, or that turn the
 * direction of writing, could make them show something else.
 */
export function parseBindingMessage(parameters: Parameters): string | undefined {
  const message = parameters.get('binding_message')
  if (message !== undefined && !/^[^\p{C}\p{Zl}\p{Zp}]{1,100}$/u.test(message)) {
    refuse(rules.bindingMessageUnfit)
  }
  return message
}

/** CIBA §7.1: whether a user code is needed is agreed on by the metadata of both sides. */
export const isUserCodeRequired = (service: Service, client: Client): boolean =>
  service.backchannelUserCodeParameterSupported && client.bcUserCodeRequired

export function parseUserCode(parameters: Parameters, isRequired: boolean): string | undefined {
  const code = parameters.get('user_code')
  if (code === undefined && isRequired) refuse(rules.userCodeMissing)
  return code
}

/** CIBA §7.1; a request object may hold a number or text, which look the same here. */
export function parseRequestedExpiry(parameters: Parameters): number | undefined {
  const text = parameters.get('requested_expiry')
  if (text === undefined) return undefined
  const seconds = /^\d{1,10}$/.test(text) ? Number(text) : 0
  if (seconds < 1 || seconds > 0x7fff_ffff) refuse(rules.expiryMalformed)
  return seconds
}

/** FAPI-CIBA §5.2.2: no push, and a binding message where the service relies on it. */
export function requireFinancialGrade(
  service: Service,
  mode: DeliveryMode,
  bindingMessage: string | undefined,
): void {
  if (mode === 'PUSH') refuse(rules.financialPush)
  if (service.backchannelBindingMessageRequiredInFapi && bindingMessage === undefined) {
    refuse(rules.bindingMessageMissing)
  }
}

/** Seconds that a request lives: what the client asked for, and no longer than the service says. */
export function requestSeconds(service: Service, requested: number | undefined): number {
  const longest = effectiveSeconds(service, 'backchannelAuthReqIdDuration')
  return Math.min(requested ?? longest, longest)
}
