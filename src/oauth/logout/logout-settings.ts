/** Settings of a logout: when the user is asked, and how clients are notified. */
import type { Client } from '../../model/client/client.ts'
import type { Service } from '../../model/service/service.ts'
import { defineAttribute, flag, oneOf, wholeNumber } from '../attribute.ts'

const confirmation = defineAttribute({
  name: 'ext.logout.confirmation',
  of: 'service',
  form: oneOf('hint', 'always'),
  fallback: 'hint',
  effect:
    'With `hint`, the user confirms a logout unless it comes with an ID Token of the session as ' +
    '`id_token_hint`. With `always`, the user confirms every logout.',
  spec: 'OIDC RP-Initiated Logout §2',
})

const skipConsent = defineAttribute({
  name: 'ext.logout.skip_consent',
  of: 'client',
  form: flag,
  fallback: false,
  effect:
    'With `true` and `ext.logout.confirmation` `always`, an ID Token of the session is enough for ' +
    'logouts that this client requests. Requests without one are confirmed all the same.',
  spec: 'OIDC RP-Initiated Logout §2',
})

const waitMilliseconds = defineAttribute({
  name: 'ext.logout.wait_ms',
  of: 'service',
  form: wholeNumber(0, 10_000),
  fallback: 1_000,
  effect:
    'The number of milliseconds that a logout waits for its back-channel notifications, where the ' +
    'request has no `waitMs`; 0 to answer at once.',
  spec: 'OIDC RP-Initiated Logout §3',
})

const retrySeconds = defineAttribute({
  name: 'ext.logout.retry_seconds',
  of: 'service',
  form: wholeNumber(0, 259_200),
  fallback: 86_400,
  effect:
    'The number of seconds in which a back-channel notification that fails is repeated; 0 for one ' +
    'attempt only.',
  spec: 'OIDC Back-Channel Logout §2.8',
})

const frontchannelTimeout = defineAttribute({
  name: 'ext.logout.frontchannel_timeout_ms',
  of: 'service',
  form: wholeNumber(500, 10_000),
  fallback: 2_000,
  effect:
    'The number of milliseconds that the page of a front-channel logout waits for the pages of ' +
    'clients before it goes on.',
  spec: 'OIDC Front-Channel Logout §3',
})

/** The settings of logouts of a service. Durations have the unit of their name. */
export const logoutSettings = (service: Pick<Service, 'attributes'>) => ({
  confirmation: confirmation.read(service),
  waitMilliseconds: waitMilliseconds.read(service),
  retrySeconds: retrySeconds.read(service),
  frontchannelTimeoutMilliseconds: frontchannelTimeout.read(service),
})

/** Whether a hint is enough for logouts of this client where the user is always asked. */
export const skipsLogoutConfirmation = (client: Pick<Client, 'attributes'>): boolean =>
  skipConsent.read(client)
