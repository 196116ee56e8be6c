/** Resource indicators, RFC 8707. Read by: authorization, the grants. */
import { defineRules, refuse } from '../refusal.ts'
import type { Parameters } from './parameters.ts'
import { isUri } from './uri.ts'

const rules = defineRules('Resource', {
  malformed: {
    code: 'P012001',
    error: 'invalid_target',
    spec: 'RFC 8707 §2',
    says: 'A resource parameter is not an absolute URI without fragment.',
  },
  notGranted: {
    code: 'P012002',
    error: 'invalid_target',
    spec: 'RFC 8707 §2.2',
    says: 'The request names a resource that is not part of the grant.',
  },
})

/** RFC 8707 §2: each value is an absolute URI without a fragment. */
export function parseResources(parameters: Parameters): string[] {
  const resources = [...new Set(parameters.getAll('resource'))]
  for (const resource of resources) {
    if (!isUri(resource) || resource.includes('#')) refuse(rules.malformed)
  }
  return resources
}

/** RFC 8707 §2.2: a token request asks for a part of what was granted; for all if it names none. */
export function narrowResources(asked: string[], granted: string[]): string[] {
  if (asked.length === 0) return granted
  const foreign = asked.find((resource) => !granted.includes(resource))
  if (foreign !== undefined) refuse(rules.notGranted, foreign.slice(0, 200))
  return asked
}
