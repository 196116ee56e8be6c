/** How long a request object may be valid, RFC 9101 §10.2. */
import type { Service } from '../../model/service/service.ts'
import { defineRules, refuse } from '../../refusal.ts'
import { defineAttribute, wholeNumber } from '../attribute.ts'

const rules = defineRules('Request object', {
  tooLong: {
    code: 'P031022',
    error: 'invalid_request_object',
    spec: 'RFC 9101 §10.2',
    message:
      'The request object is valid for longer than the service allows, or has no exp or iat.',
    fix: 'Add `iat` or `nbf` and a nearer `exp` to the request object, or let the service allow a longer lifetime.',
    settings: ['service.ext.request_object.max_lifetime'],
  },
})

const maxLifetime = defineAttribute({
  name: 'ext.request_object.max_lifetime',
  of: 'service',
  form: wholeNumber(0, 86_400),
  fallback: 0,
  effect:
    'The maximum number of seconds from the `nbf` or else the `iat` of a request object to its ' +
    '`exp`; both are required then. 0 for no maximum.',
  spec: 'RFC 9101 §10.2',
})

/** The times of a verified request object. */
export function requireLifetime(
  { exp, nbf, iat }: Record<string, unknown>,
  service: Service,
): void {
  const seconds = maxLifetime.read(service)
  if (seconds === 0) return
  const from = nbf ?? iat
  const isShort = typeof exp === 'number' && typeof from === 'number' && exp - from <= seconds
  if (!isShort) refuse(rules.tooLong)
}
