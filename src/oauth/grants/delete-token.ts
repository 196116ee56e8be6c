/** The grant type `delete_token`: an extension (RFC 6749 §4.5) by which clients revoke tokens. */
import type { Client } from '../../model/client/client.ts'
import type { Service } from '../../model/service/service.ts'
import { defineRules, refuse } from '../../refusal.ts'
import { defineAttribute, flag } from '../attribute.ts'
import type { Parameters } from '../parameters.ts'

const rules = defineRules('Delete token', {
  missing: {
    code: 'P101002',
    error: 'invalid_request',
    spec: 'RFC 7009 §2.1',
    message: 'The parameter refresh_token is required: it names the token to revoke.',
    fix: 'Send the `refresh_token` to revoke.',
    settings: ['service.ext.grant.delete_token', 'client.ext.grant.delete_token'],
  },
})

const ofService = defineAttribute({
  name: 'ext.grant.delete_token',
  of: 'service',
  form: flag,
  fallback: false,
  effect:
    'With `true`, clients that have the attribute too revoke a refresh token with all tokens of its ' +
    'grant by `grant_type=delete_token` and `refresh_token` at the token endpoint.',
  spec: 'RFC 6749 §4.5',
})

const ofClient = defineAttribute({
  name: 'ext.grant.delete_token',
  of: 'client',
  form: flag,
  fallback: false,
  effect: 'With `true`, the client may use `grant_type=delete_token`, if the service allows it.',
  spec: 'RFC 6749 §4.5',
})

/** Whether the request has this grant type, and both service and client allow it. */
export const isDeletion = (
  grantType: string | undefined,
  service: Service,
  client: Client,
): boolean => grantType === 'delete_token' && ofService.read(service) && ofClient.read(client)

export const tokenToDelete = (parameters: Parameters): string =>
  parameters.get('refresh_token') ?? refuse(rules.missing)
