/** Attributes of a service with its policy for dynamic registration, RFC 7591 and RFC 7592. */
import type { ClientAuthMethod } from '../../model/enums.ts'
import type { Service, ServiceDocument } from '../../model/service/service.ts'
import { defineAttribute, flag, oneOf, wholeNumber, words } from '../attribute.ts'
import type { Problem } from '../property-problem.ts'
import { scopeForm } from './outside-client.ts'

type Words = readonly string[] | undefined

const methods = {
  client_secret_basic: 'CLIENT_SECRET_BASIC',
  client_secret_post: 'CLIENT_SECRET_POST',
} as const

export const registrationSettings = {
  defaultScopes: defineAttribute<Words>({
    name: 'ext.dcr.default_scopes',
    of: 'service',
    form: scopeForm,
    fallback: undefined,
    effect:
      'The scopes that a dynamically registered client may request if it registers without `scope`, ' +
      'or if `dcrScopeUsedAsRequestable` is `false`; without the attribute, all scopes.',
    spec: 'RFC 7591 §2',
  }),
  defaultRefresh: defineAttribute({
    name: 'ext.dcr.default_refresh',
    of: 'service',
    form: flag,
    fallback: false,
    effect:
      'With `true`, clients that register for the code flow without `grant_types` get ' +
      '`refresh_token` besides `authorization_code`.',
    spec: 'RFC 7591 §2',
  }),
  requiredScopes: defineAttribute<Words>({
    name: 'ext.dcr.required_scopes',
    of: 'service',
    form: scopeForm,
    fallback: undefined,
    effect:
      'The scopes that the initial access token of a registration must have; if empty, any active ' +
      'access token is enough. Without the attribute, the frontend decides who may register.',
    spec: 'RFC 7591 §3',
  }),
  clientIdFormat: defineAttribute({
    name: 'ext.client_id.format',
    of: 'service',
    form: oneOf('number', 'uuid'),
    fallback: 'number',
    effect:
      'With `uuid`, a client that registers itself gets a UUID as its alias, and as its `client_id` ' +
      'in registration responses. Requires `clientIdAliasEnabled`.',
    spec: 'RFC 7591 §3.2.1',
  }),
  tokenSeconds: defineAttribute({
    name: 'ext.dcr.rat.ttl',
    of: 'service',
    form: wholeNumber(0, 315_360_000),
    fallback: 0,
    effect:
      'The lifetime of new registration access tokens in seconds; 0 for tokens that do not expire.',
    spec: 'RFC 7592 §3',
  }),
  tokenRotated: defineAttribute({
    name: 'ext.dcr.rat.rotate_on_use',
    of: 'service',
    form: flag,
    fallback: false,
    effect:
      'With `true`, reading or updating a registration replaces its registration access token. ' +
      'The response contains the new one, and the former one is refused.',
    spec: 'RFC 7592 §3',
  }),
  secretSettable: defineAttribute({
    name: 'ext.dcr.secret_settable',
    of: 'service',
    form: flag,
    fallback: false,
    effect:
      'With `true`, a client that updates its registration may choose a new `client_secret` of 32 ' +
      'to 86 characters. The former one is refused immediately.',
    spec: 'RFC 7592 §2.2',
  }),
  clientAuth: defineAttribute<Words>({
    name: 'ext.dcr.client_auth',
    of: 'service',
    form: words(
      (word) => Object.hasOwn(methods, word),
      2,
      'names of `client_secret_basic` and `client_secret_post`',
    ),
    fallback: undefined,
    effect:
      'The client authentication methods by which dynamically registered clients may manage their ' +
      'registration with their secret, in place of the registration access token; without the ' +
      'attribute, none.',
    spec: 'RFC 7592 §3',
  }),
  idempotent: defineAttribute({
    name: 'ext.dcr.idempotent',
    of: 'service',
    form: flag,
    fallback: false,
    effect:
      'With `true`, a registration with the same metadata as an earlier one returns the client of ' +
      'that one. Only with `software_id` and `redirect_uris`, and for clients without a secret. ' +
      'Such clients get no registration access token.',
    spec: 'RFC 7591 §3.2.1',
  }),
  lenientTypes: defineAttribute({
    name: 'ext.dcr.lenient_types',
    of: 'service',
    form: flag,
    fallback: false,
    effect:
      'With `true`, grant types that a client lists in `response_types` count as `grant_types`. With ' +
      '`false`, they are ignored.',
    spec: 'RFC 7591 §2.1',
  }),
}

/** Whether the service accepts the secret of a client with this method for its management. */
export const managesBySecret = (service: Service, method: ClientAuthMethod): boolean =>
  registrationSettings.clientAuth
    .read(service)
    ?.some((name) => methods[name as keyof typeof methods] === method) === true

/** Clients can use a UUID as client_id only if the service accepts aliases. */
export function clientIdProblem(document: ServiceDocument): Problem | undefined {
  const { clientIdFormat } = registrationSettings
  if (clientIdFormat.read(document) !== 'uuid' || document.clientIdAliasEnabled) return undefined
  const message = `The attribute ${clientIdFormat.name} requires clientIdAliasEnabled.`
  return { path: 'attributes', message }
}
