/**
 * What a whole service is held to by its attribute `ext.profile`, besides what its policy says:
 * redirect URIs and resources of requests, and what clients may be registered with.
 */
import type { ClientDocument } from '../model/client.ts'
import type { GrantType, ResponseType } from '../model/enums.ts'
import type { Service, ServiceDocument } from '../model/service.ts'
import { defineRules, refuse } from '../refusal.ts'
import { attributeOf } from './attribute.ts'
import { modesExclude, type Policy, policyOf, profileAttribute, serviceProfiles } from './policy.ts'
import { isLoopbackHost, type Problem } from './problem.ts'

const rules = defineRules('Service profile', {
  redirectUriInsecure: {
    code: 'P077101',
    error: 'invalid_request',
    spec: 'RFC 9700 §2.6',
    says: 'The redirect_uri has the scheme http: only the loopback interface may do without TLS.',
  },
  resourceMissing: {
    code: 'P077102',
    error: 'invalid_target',
    spec: 'RFC 8707 §2',
    says: 'The request has to name the resource that the token is for.',
  },
})

export function requireSafeRedirectUri({ redirectUrisSafe }: Policy, uri: string): void {
  if (redirectUrisSafe && !isSafe(uri)) refuse(rules.redirectUriInsecure, uri.slice(0, 200))
}

/** Whether https, loopback, or an app's own scheme: what others on the network do not read. */
function isSafe(uri: string): boolean {
  if (!URL.canParse(uri)) return false
  const { protocol, hostname } = new URL(uri)
  return protocol !== 'http:' || isLoopbackHost(hostname)
}

/** The resources of a request that begins a grant. */
export function requireResources(service: Service, resources: string[]): string[] {
  if (resources.length === 0 && policyOf(service).resourceRequired) refuse(rules.resourceMissing)
  return resources
}

export function profileProblem({ attributes, fapiModes }: ServiceDocument): Problem | undefined {
  const named = (attributes ?? []).filter(({ key }) => key === profileAttribute)
  const profile = attributeOf({ attributes }, profileAttribute)
  if (named.length === 0) return undefined
  const isKnown = named.length === 1 && serviceProfiles.some((each) => each === profile)
  if (!isKnown) {
    const path = 'attributes'
    return { path, message: `Expected one ${profileAttribute} of ${serviceProfiles.join(', ')}` }
  }
  return profile === 'fapi-2.0' && modesExclude([...(fapiModes ?? []), 'FAPI2_SECURITY'])
    ? { path: 'fapiModes', message: `${profileAttribute} is ${profile}: FAPI 1.0 excludes it.` }
    : undefined
}

const unsafeTypes: readonly ResponseType[] = ['CODE', 'NONE']

/** What a client of the service may not ask for, so that it is told when it is registered. */
export function clientProfileProblem(
  service: Service,
  document: Partial<ClientDocument>,
): Problem | undefined {
  const policy = policyOf(service)
  const { grantTypesExcluded, redirectUrisSafe } = policy
  if (!redirectUrisSafe) return undefined
  const { redirectUris = [], grantTypes, responseTypes, idTokenSignAlg } = document
  const place = redirectUris.findIndex((uri) => !isSafe(uri))
  if (place >= 0) return { path: `redirectUris.${place}`, message: rules.redirectUriInsecure.says }
  const excluded = grantTypes?.find((type) => grantTypesExcluded.includes(type as GrantType))
  if (excluded) return { path: 'grantTypes', message: `${excluded} is not safe (RFC 9700 §2).` }
  const unsafe = responseTypes?.find((type) => !unsafeTypes.includes(type))
  if (unsafe) return { path: 'responseTypes', message: `${unsafe} is not safe (RFC 9700 §2.1.2).` }
  return idTokenSignAlg === 'NONE'
    ? { path: 'idTokenSignAlg', message: 'ID Tokens are signed (OIDC Core §2).' }
    : undefined
}
