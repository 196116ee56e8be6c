/** Resource indicators, RFC 8707. */
import { defineRules, refuse } from '../refusal.ts'
import { type AttributeOwner, defineAttribute, words } from './attribute.ts'
import type { Parameters } from './parameters.ts'
import { isUri, portOf, splitUri } from './uri.ts'

const rules = defineRules('Resource', {
  malformed: {
    code: 'P012001',
    error: 'invalid_target',
    spec: 'RFC 8707 §2',
    message: 'The parameter resource must be an absolute URI without a fragment.',
    fix: 'Send `resource` as an absolute URI without a fragment.',
  },
  notGranted: {
    code: 'P012002',
    error: 'invalid_target',
    spec: 'RFC 8707 §2.2',
    message: 'The request contains a resource that was not granted.',
    fix: 'Request only resources of the authorization request; further ones require a new one.',
  },
  notAllowed: {
    code: 'P012003',
    error: 'invalid_target',
    spec: 'RFC 8707 §2',
    message: 'The request contains a resource that the service does not allow for the client.',
    fix: 'Allow the resource to service and client, or request an allowed one.',
    settings: ['service.ext.resources.allowed', 'client.ext.resources.allowed'],
  },
})

const limit = 100
const form = words((word) => isUri(word) && !word.includes('#'), limit, 'absolute URIs')

const ofService = defineAttribute<readonly string[] | undefined>({
  name: 'ext.resources.allowed',
  of: 'service',
  form,
  fallback: undefined,
  effect: 'The resources that requests may name. Without the attribute, every absolute URI.',
  spec: 'RFC 8707 §2',
})

const ofClient = defineAttribute<readonly string[] | undefined>({
  name: 'ext.resources.allowed',
  of: 'client',
  form,
  fallback: undefined,
  effect: 'The resources that requests of the client may name, among those of the service.',
  spec: 'RFC 8707 §2',
})

/** RFC 8707 §2: refuses a resource that the service or the client does not allow. */
export function requireAllowedResources(
  service: AttributeOwner,
  client: AttributeOwner,
  resources: string[],
): void {
  for (const allowed of [ofService.read(service), ofClient.read(client)]) {
    const foreign = allowed && foreignResource(allowed, resources)
    if (foreign !== undefined) {
      refuse(rules.notAllowed, { parameter: 'resource', given: foreign, expected: allowed })
    }
  }
}

/** RFC 8707 §2: each value is an absolute URI without a fragment. */
export function parseResources(parameters: Parameters): string[] {
  const named = new Map<string, string>()
  for (const resource of parameters.getAll('resource')) {
    if (!isUri(resource) || resource.includes('#'))
      refuse(rules.malformed, { parameter: 'resource', given: resource })
    const normal = normalResource(resource)
    named.set(normal, named.get(normal) ?? resource)
  }
  return [...named.values()]
}

/**
 * The form in which resources are compared, RFC 3986 §6.2.2.1 and §6.2.3: scheme and host in lower
 * case, without the default port, with a path. Paths are not normalized.
 */
export function normalResource(uri: string): string {
  const parts = splitUri(uri)
  if (!parts?.host || parts.userinfo !== undefined) return uri
  const [scheme, port] = [parts.scheme.toLowerCase(), portOf(parts)]
  const rest = parts.rest.startsWith('/') ? parts.rest : `/${parts.rest}`
  return `${scheme}://${parts.host.toLowerCase()}${port}${rest}`
}

/** The first needed resource that is not among the held ones, compared in normalized form. */
export function foreignResource(
  held: readonly string[],
  needed: readonly string[],
): string | undefined {
  const exact = new Set(held)
  const others = needed.filter((resource) => !exact.has(resource))
  if (others.length === 0) return undefined
  const normal = new Set(held.map(normalResource))
  return others.find((resource) => !normal.has(normalResource(resource)))
}

/** RFC 8707 §2.2: a token request may narrow the granted resources; without any it gets all. */
export function narrowResources(asked: string[], granted: string[]): string[] {
  if (asked.length === 0) return granted
  const normal = new Set(asked.map(normalResource))
  const foreign = foreignResource(granted, asked)
  if (foreign !== undefined) {
    refuse(rules.notGranted, { parameter: 'resource', given: foreign, expected: granted })
  }
  // In the spelling of the grant, so that `aud` does not change for the resource server.
  return granted.filter((each) => normal.has(normalResource(each)))
}
