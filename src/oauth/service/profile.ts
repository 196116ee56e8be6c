/**
 * Checks of a service with the attribute `ext.profile`: redirect URIs and resources of requests,
 * and the metadata of clients.
 */

import type { ClientDocument } from '../../model/client/client.ts'
import type { GrantType, ResponseType } from '../../model/enums.ts'
import type { Service, ServiceDocument } from '../../model/service/service.ts'
import { isUrl } from '../../model/url.ts'
import { check, defineRules } from '../../refusal.ts'
import type { AttributeOwner } from '../attribute.ts'
import { modesExclude, type Policy, policyOf, serviceProfile } from '../policy.ts'
import type { Problem } from '../property-problem.ts'
import { requireAllowedResources } from '../resource.ts'
import { requireDescribed } from '../resources/demands.ts'
import { describedResources } from '../resources/described.ts'
import { isLoopbackHost } from '../uri.ts'

const rules = defineRules('Service profile', {
  redirectUriInsecure: {
    code: 'P077101',
    error: 'invalid_request',
    spec: 'RFC 9700 §2.6',
    message:
      'The redirect_uri must have the scheme https: http is allowed for the loopback interface only.',
    fix: 'Register and send a redirect URI with the scheme https.',
    settings: ['service.ext.profile', 'client.redirectUris'],
  },
  resourceMissing: {
    code: 'P077102',
    error: 'invalid_target',
    spec: 'RFC 8707 §2',
    message: 'The parameter resource is required.',
    fix: 'Send `resource` with the URL of the protected resource.',
    settings: ['service.ext.profile', 'service.ext.resources'],
  },
})

/** RFC 9700 §2.6: no http redirect URI except on the loopback interface. */
export function requireSafeRedirectUri({ redirectUrisSafe }: Policy, uri: string): void {
  check(!redirectUrisSafe || isSafe(uri), rules.redirectUriInsecure, () => ({
    parameter: 'redirect_uri',
    given: uri,
    demand: 'redirectUrisSafe',
  }))
}

/** Whether the redirect does not cross the network in clear: no http except on loopback. */
function isSafe(uri: string): boolean {
  if (!isUrl(uri)) return false
  const { protocol, hostname } = new URL(uri)
  return protocol !== 'http:' || isLoopbackHost(hostname)
}

/**
 * The resources of a request that starts a grant; at least one if the policy requires it. The only
 * described resource of the service is the default, for clients that do not know RFC 8707.
 */
export function requireResources(
  service: Service,
  client: AttributeOwner,
  asked: string[],
): string[] {
  const { resourceRequired } = policyOf(service)
  const resources = asked.length > 0 || !resourceRequired ? asked : defaultResources(service)
  const isThere = resources.length > 0 || !resourceRequired
  check(isThere, rules.resourceMissing, { parameter: 'resource', demand: 'resourceRequired' })
  requireAllowedResources(service, client, resources)
  requireDescribed(service, resources)
  return resources
}

function defaultResources(service: Service): string[] {
  const [only, another] = describedResources(service)
  return only === undefined || another !== undefined ? [] : [only.resource]
}

/** Problems of `ext.profile`. Its syntax is checked with the other attributes. */
export function profileProblem(document: ServiceDocument): Problem | undefined {
  const { name } = serviceProfile
  const named = (document.attributes ?? []).filter(({ key }) => key === name)
  if (named.length > 1) return { path: 'attributes', message: `Expected one attribute ${name}.` }
  const isFapi2 = serviceProfile.read(document) === 'fapi-2.0'
  return isFapi2 && modesExclude([...(document.fapiModes ?? []), 'FAPI2_SECURITY'])
    ? {
        path: 'fapiModes',
        message: `The attribute ${name} is fapi-2.0, which must not be combined with FAPI 1.0.`,
      }
    : undefined
}

const unsafeTypes: readonly ResponseType[] = ['CODE', 'NONE']

/** Metadata that the profile does not allow, so that registration fails instead of requests. */
export function clientProfileProblem(
  service: Service,
  document: Partial<ClientDocument>,
): Problem | undefined {
  const policy = policyOf(service)
  const { grantTypesExcluded, redirectUrisSafe } = policy
  if (!redirectUrisSafe) return undefined
  const { redirectUris = [], grantTypes, responseTypes, idTokenSignAlg } = document
  const index = redirectUris.findIndex((uri) => !isSafe(uri))
  if (index >= 0)
    return { path: `redirectUris.${index}`, message: rules.redirectUriInsecure.message }
  const excluded = grantTypes?.find((type) => grantTypesExcluded.includes(type as GrantType))
  if (excluded)
    return {
      path: 'grantTypes',
      message: `${excluded} is not allowed, because it is not secure (RFC 9700 §2).`,
    }
  const unsafe = responseTypes?.find((type) => !unsafeTypes.includes(type))
  if (unsafe) {
    const message = `${unsafe} is not allowed, because it is not secure (RFC 9700 §2.1.2).`
    return { path: 'responseTypes', message }
  }
  return idTokenSignAlg === 'NONE'
    ? { path: 'idTokenSignAlg', message: 'ID Tokens must be signed (OIDC Core §2).' }
    : undefined
}
