/** Request objects, OIDC Core §6 and RFC 9101. Read by: authorization. */
import { defineRules, refuse } from '../refusal.ts'
import type { Parameters } from './parameters.ts'

const rules = defineRules('Request object', {
  requestUnsupported: {
    code: 'P031001',
    error: 'request_not_supported',
    spec: 'OIDC Core §3.1.2.6',
    says: 'The request parameter is not supported.',
  },
  requestUriUnsupported: {
    code: 'P031002',
    error: 'request_uri_not_supported',
    spec: 'OIDC Core §3.1.2.6',
    says: 'The request_uri parameter is not supported.',
  },
  registrationUnsupported: {
    code: 'P031003',
    error: 'registration_not_supported',
    spec: 'OIDC Core §3.1.2.6',
    says: 'The registration parameter is not supported.',
  },
})

/** OIDC Core §3.1.2.6: what a server does not support it says, instead of ignoring a part of the request. */
export function refuseRequestObject(parameters: Parameters): void {
  if (parameters.get('request') !== undefined) refuse(rules.requestUnsupported)
  if (parameters.get('request_uri') !== undefined) refuse(rules.requestUriUnsupported)
  if (parameters.get('registration') !== undefined) refuse(rules.registrationUnsupported)
}
