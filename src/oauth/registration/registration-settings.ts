/** Attributes of a service with its policy for dynamic registration, RFC 7591 and RFC 7592. */
import { defineAttribute, flag } from '../attribute.ts'
import { scopeForm } from './outside-client.ts'

type Words = readonly string[] | undefined

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
