/** Protected resource metadata, RFC 9728 §2. */
import { asymmetricAlgorithms } from '../../jose/signature-algorithm.ts'
import type { Service } from '../../model/service/service.ts'
import { defineRules, refuse } from '../../refusal.ts'
import { policyOf } from '../policy.ts'
import { portOf, splitUri } from '../uri.ts'
import { describedResources, findDescribed, type ProtectedResource } from './described.ts'

const rules = defineRules('Protected resource metadata', {
  unknown: {
    code: 'P161101',
    error: 'invalid_target',
    spec: 'RFC 9728 §3.1',
    message: 'The service does not describe the resource.',
    fix: 'Pass the identifier of a described resource, or describe it in `ext.resources`.',
    settings: ['service.ext.resources'],
  },
})

export const requireDescription = (service: Service, resource: string): ProtectedResource =>
  findDescribed(service, resource) ??
  refuse(rules.unknown, {
    parameter: 'resource',
    given: resource,
    expected: describedResources(service).map((each) => each.resource),
  })

/** The document of the resource, without empty members and without signature. */
export function resourceMetadata(
  service: Service,
  described: ProtectedResource,
): Record<string, unknown> {
  const { algorithms = asymmetricAlgorithms } = policyOf(service)
  const ofProofs = asymmetricAlgorithms.filter((alg) => algorithms.includes(alg))
  const members = {
    resource: described.resource,
    authorization_servers: service.issuer ? [service.issuer] : undefined,
    jwks_uri: described.jwksUri,
    scopes_supported: described.scopes,
    bearer_methods_supported: described.bearerMethodsSupported,
    resource_name: described.name,
    resource_documentation: described.documentation,
    resource_policy_uri: described.policyUri,
    resource_tos_uri: described.tosUri,
    tls_client_certificate_bound_access_tokens: described.certificateRequired || undefined,
    authorization_details_types_supported: described.authorizationDetailsTypes,
    dpop_signing_alg_values_supported: ofProofs,
    dpop_bound_access_tokens_required: described.dpopRequired || undefined,
  }
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined))
}

/** RFC 9728 §4: the resources that the metadata of the service list. */
export const listedResources = (service: Service): string[] =>
  describedResources(service)
    .filter(({ listed }) => listed)
    .map(({ resource }) => resource)

/**
 * RFC 9728 §3: where the resource publishes its metadata, with the well-known path between host and
 * path. Undefined for an identifier that is not a URL of http or https.
 */
export function metadataUrl({ resource }: ProtectedResource): string | undefined {
  const parts = splitUri(resource)
  if (!parts || !/^https?$/i.test(parts.scheme)) return undefined
  const origin = `${parts.scheme.toLowerCase()}://${parts.host.toLowerCase()}${portOf(parts)}`
  const rest = parts.rest.replace(/^\/(?=\?|$)/, '')
  return `${origin}/.well-known/oauth-protected-resource${rest}`
}
