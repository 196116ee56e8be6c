/** Settings of sessions: their registry, their duration, their number, and what their end does. */
import type { Client } from '../../model/client/client.ts'
import type { Service } from '../../model/service/service.ts'
import { defineAttribute, flag, oneOf, wholeNumber } from '../attribute.ts'

type Owner = Pick<Service, 'attributes'>

/** Ten years, in seconds: no session and no history lasts longer. */
const longest = 315_360_000

const mostPerSubject = 100

const registry = defineAttribute({
  name: 'ext.session.registry',
  of: 'service',
  form: oneOf('off', 'on'),
  fallback: 'off',
  effect:
    'With `on`, Postern keeps sessions: `/session/create` makes them, and the `sessionId` of a ' +
    'request must be a live session of its subject. With `off`, it is a label of the caller.',
  spec: 'OIDC Back-Channel Logout §2.3',
})

const maxSeconds = defineAttribute({
  name: 'ext.session.max_seconds',
  of: 'service',
  form: wholeNumber(1, longest),
  fallback: 28_800,
  effect:
    'The number of seconds after which a session ends, however active it is, unless it was ' +
    'created with `durationSeconds`.',
})

const idleSeconds = defineAttribute({
  name: 'ext.session.idle_seconds',
  of: 'service',
  form: wholeNumber(0, longest),
  fallback: 0,
  effect:
    'The number of seconds without activity after which a session ends, unless it was created ' +
    'with `idleSeconds`; 0 for no such limit.',
})

const rememberMaxSeconds = defineAttribute({
  name: 'ext.session.remember_max_seconds',
  of: 'service',
  form: wholeNumber(1, longest),
  fallback: 2_592_000,
  effect:
    'The largest `durationSeconds` of a session in seconds, for users who asked to be remembered.',
})

const maxPerSubject = defineAttribute({
  name: 'ext.session.max_per_subject',
  of: 'service',
  form: wholeNumber(0, mostPerSubject),
  fallback: 0,
  effect: `The maximum number of live sessions of one subject; 0 for ${mostPerSubject}.`,
})

const overflow = defineAttribute({
  name: 'ext.session.overflow',
  of: 'service',
  form: oneOf('end_oldest', 'refuse'),
  fallback: 'end_oldest',
  effect:
    'What a new session of a subject with the maximum number of sessions does: it ends the ' +
    'session that was used least recently, or it is refused.',
})

const expiry = defineAttribute({
  name: 'ext.session.expiry',
  of: 'service',
  form: oneOf('silent', 'logout'),
  fallback: 'silent',
  effect:
    'With `logout`, a session that expires does what a logout does: its tokens are revoked and ' +
    'its clients are notified. With `silent`, it only ends.',
  spec: 'OIDC Back-Channel Logout §2.7',
})

const refreshOfService = defineAttribute({
  name: 'ext.session.refresh',
  of: 'service',
  form: oneOf('independent', 'bound'),
  fallback: 'independent',
  effect:
    'With `bound`, refresh tokens of a session work only while it lives, and their use counts as ' +
    'its activity. With `independent`, they do not depend on it until it ends.',
})

const refreshOfClient = defineAttribute<'independent' | 'bound' | undefined>({
  name: 'ext.session.refresh',
  of: 'client',
  form: oneOf('independent', 'bound'),
  fallback: undefined,
  effect: 'As for a service, for this client only; without the attribute, as the service has it.',
})

const revokeOffline = defineAttribute({
  name: 'ext.session.revoke_offline',
  of: 'service',
  form: flag,
  fallback: false,
  effect:
    'Whether the end of a session revokes refresh tokens with the scope `offline_access` too, ' +
    'where the request has no `revokeOffline`.',
  spec: 'OIDC Back-Channel Logout §2.7',
})

const historySeconds = defineAttribute({
  name: 'ext.session.history_seconds',
  of: 'service',
  form: wholeNumber(0, longest),
  fallback: 2_592_000,
  effect: 'The number of seconds for which ended sessions and finished notifications are kept.',
})

/** The settings of sessions of a service. Durations are in seconds, as in the attributes. */
export const sessionSettings = (service: Owner) => ({
  /** Whether Postern keeps sessions. */
  registry: registry.read(service) === 'on',
  maxSeconds: maxSeconds.read(service),
  /** 0 if sessions do not end by inactivity. */
  idleSeconds: idleSeconds.read(service),
  rememberMaxSeconds: rememberMaxSeconds.read(service),
  maxPerSubject: maxPerSubject.read(service) || mostPerSubject,
  overflow: overflow.read(service),
  expiry: expiry.read(service),
  refresh: refreshOfService.read(service),
  revokeOffline: revokeOffline.read(service),
  historySeconds: historySeconds.read(service),
})

/** Whether Postern keeps the sessions of a service. */
export const hasRegistry = (service: Owner): boolean => registry.read(service) === 'on'

/** How refresh tokens of a client depend on their session. */
export const sessionRefresh = (
  service: Owner,
  client: Pick<Client, 'attributes'>,
): 'independent' | 'bound' => refreshOfClient.read(client) ?? refreshOfService.read(service)
