/** What an order must have, and what becomes of the request. */
import type { CredentialIssuanceOrder } from '../../../model/credential/order.ts'
import type { Service } from '../../../model/service/service.ts'
import { defineRules, refuse } from '../../../refusal.ts'
import { defineAttribute, flag, oneOf, wholeNumber } from '../../attribute.ts'
import { type CredentialConfiguration, credentialConfigurations } from '../configuration.ts'

export const orderRules = defineRules('Credential order', {
  missing: {
    code: 'P128005',
    error: 'invalid_request',
    spec: 'OpenID4VCI §8.3',
    message: 'The order requires the requestIdentifier of a credential request.',
    fix: 'Pass the `requestIdentifier` of the parsed credential request in the order.',
  },
  unknown: {
    code: 'P128006',
    error: 'invalid_request',
    spec: 'OpenID4VCI §8.3',
    message:
      'The requestIdentifier is unknown, or the credential request has expired or was decided before.',
    fix: 'Pass a `requestIdentifier` that was not decided, before it expires.',
    settings: ['service.credentialTransactionDuration'],
  },
  otherToken: {
    code: 'P128007',
    error: 'invalid_request',
    spec: 'OpenID4VCI §8.3',
    message: 'The accessToken is not the one that the credential request was sent with.',
    fix: 'Pass the access token that the wallet sent with the credential request.',
  },
  configurationGone: {
    code: 'P128008',
    error: 'invalid_request',
    spec: 'OpenID4VCI §12.2.4',
    message: 'The credential configuration was removed after the credential request.',
    fix: 'Add the configuration again, or let the wallet request another credential.',
    settings: ['service.credentialIssuerMetadata'],
  },
  unbound: {
    code: 'P128009',
    error: 'server_error',
    spec: 'ISO 18013-5 §9.1.2.4',
    message:
      'An mdoc is bound to a key of the device: its configuration requires proof_types_supported.',
    fix: 'Add `proof_types_supported` to the configuration of the mdoc.',
    settings: ['service.credentialIssuerMetadata'],
  },
  denied: {
    code: 'P128010',
    error: 'credential_request_denied',
    spec: 'OpenID4VCI §8.3.1.2',
    message: 'The issuer denied the credential request.',
    fix: 'Deny the order no longer if the user may get the credential after all.',
  },
  deferred: {
    code: 'P128011',
    error: 'invalid_request',
    spec: 'OpenID4VCI §9.2',
    message: 'The service does not defer a credential again (ext.vci.deferred.accepted).',
    fix: 'Issue or deny the credential, or let the service defer it again.',
    settings: ['service.ext.vci.deferred.accepted'],
  },
  tooLarge: {
    code: 'P128012',
    error: 'invalid_request',
    spec: 'OpenID4VCI §8.3',
    message:
      'The credentials of one call must have at most 8,388,608 characters: shorten the credentialPayload.',
    fix: 'Shorten the `credentialPayload`, such as by smaller pictures, or issue fewer credentials at once.',
  },
  unencryptable: {
    code: 'P128013',
    error: 'server_error',
    spec: 'OpenID4VCI §10',
    message: 'The credential response cannot be encrypted with the key of the wallet.',
    fix: 'Let the wallet send another public key in `credential_response_encryption`.',
  },
})

const jwtActions = defineAttribute({
  name: 'ext.vci.jwt_actions',
  of: 'service',
  form: oneOf('on', 'off'),
  fallback: 'on',
  effect:
    '`off`: encrypted credential responses have the action `OK` or `ACCEPTED` instead of `OK_JWT` ' +
    'or `ACCEPTED_JWT`, for clients of the API that do not know those; `contentType` tells them.',
  spec: 'OpenID4VCI §10',
})

const deferredInterval = defineAttribute({
  name: 'ext.vci.deferred.interval',
  of: 'service',
  form: wholeNumber(1, 86_400),
  fallback: 60,
  effect: 'After how many seconds a wallet may ask for a deferred credential.',
  spec: 'OpenID4VCI §8.3',
})

const deferredAgain = defineAttribute({
  name: 'ext.vci.deferred.accepted',
  of: 'service',
  form: flag,
  fallback: true,
  effect: '`false`: `/vci/deferred/issue` refuses to defer a credential again.',
  spec: 'OpenID4VCI §9.2',
})

/** The configuration of a request, as the service has it now. */
export const configurationOf = (service: Service, id: string): CredentialConfiguration =>
  credentialConfigurations(service).get(id) ?? refuse(orderRules.configurationGone, id)

/** Whether encrypted responses have actions of their own. */
export const hasJwtActions = (service: Service): boolean => jwtActions.read(service) === 'on'

/** Refuses to defer what was deferred before, if the service does not do that. */
export function requireDeferrable(
  service: Service,
  { issuanceDeferred, denied }: CredentialIssuanceOrder,
): void {
  if (issuanceDeferred && !denied && !deferredAgain.read(service)) refuse(orderRules.deferred)
}

export const intervalOf = (service: Service, { interval = 0 }: CredentialIssuanceOrder): number =>
  interval > 0 ? interval : deferredInterval.read(service)

/** How long a wallet may take to obtain a deferred credential, in milliseconds. */
export const transactionTime = ({ credentialTransactionDuration: seconds }: Service): number =>
  (seconds || 86_400) * 1000

/** The identifier of the notifications of a response, if the wallet can send any. */
export const wantsNotifications = ({ credentialIssuerMetadata }: Service): boolean =>
  Boolean(credentialIssuerMetadata?.notificationEndpoint)
