/** Rules about those who introspect tokens, RFC 7662 §2.1. */
import type { ClientAuthMethod } from '../../model/enums.ts'
import { defineRules, refuse } from '../../refusal.ts'

const rules = defineRules('Introspection client', {
  unauthenticated: {
    code: 'P102002',
    error: 'invalid_client',
    spec: 'RFC 7662 §2.1',
    message: 'The client does not authenticate, so it must not introspect tokens.',
  },
})

/** RFC 7662 §2.1: without authentication, anyone could try out tokens. */
export function requireAuthenticated(method: ClientAuthMethod): void {
  if (method === 'NONE') refuse(rules.unauthenticated)
}
