/** What described resources demand of requests and of the tokens that are issued for them. */
import type { Grant } from '../../model/grant.ts'
import { check, defineRules, refuse } from '../../refusal.ts'
import { type AttributeOwner, defineAttribute, flag } from '../attribute.ts'
import { describedResources, findDescribed } from './described.ts'

const rules = defineRules('Protected resource', {
  notDescribed: {
    code: 'P161001',
    error: 'invalid_target',
    spec: 'RFC 8707 §2',
    message: 'The request contains a resource that is not one of the resources of the service.',
    fix: 'Send the identifier of a described resource, or describe the resource in `ext.resources`.',
    settings: ['service.ext.resources', 'service.ext.resources.closed'],
  },
  keyUnbound: {
    code: 'P161003',
    error: 'invalid_dpop_proof',
    spec: 'RFC 9728 §2',
    message: 'The resource accepts DPoP-bound access tokens only: a DPoP proof is required.',
    fix: 'Send a DPoP proof in the token request, or describe the resource without `dpopRequired`.',
    settings: ['service.ext.resources'],
  },
  certificateUnbound: {
    code: 'P161004',
    error: 'invalid_request',
    spec: 'RFC 8705 §3',
    message:
      'The resource accepts access tokens that are bound to a client certificate only: a certificate is required.',
    fix: 'Send the token request by mutual TLS, or describe the resource without `certificateRequired`.',
    settings: ['service.ext.resources', 'client.tlsClientCertificateBoundAccessTokens'],
  },
})

const closed = defineAttribute({
  name: 'ext.resources.closed',
  of: 'service',
  form: flag,
  fallback: false,
  effect:
    'With `true`, requests, and calls that create tokens, may name the resources in ' +
    '`ext.resources` only. Without it, every absolute URI that `ext.resources.allowed` allows.',
  spec: 'RFC 8707 §2',
})

/** RFC 8707 §2: refuses resources without a description, if the service wants no others. */
export function requireDescribed(service: AttributeOwner, resources: readonly string[]): void {
  if (resources.length === 0 || !closed.read(service)) return
  const unknown = resources.find((resource) => findDescribed(service, resource) === undefined)
  check(unknown === undefined, rules.notDescribed, () => ({
    parameter: 'resource',
    given: unknown,
    expected: describedResources(service).map(({ resource }) => resource),
  }))
}

/** RFC 9728 §2: a token that its resource would not accept is not issued. */
export function requireBoundFor(
  service: AttributeOwner,
  { resources, dpopThumbprint, certificateThumbprint }: Grant,
): void {
  for (const resource of resources) {
    const { dpopRequired, certificateRequired } = findDescribed(service, resource) ?? {}
    if (dpopRequired && dpopThumbprint === undefined) {
      refuse(rules.keyUnbound, { parameter: 'DPoP', given: { present: false }, expected: resource })
    }
    if (certificateRequired && certificateThumbprint === undefined) {
      refuse(rules.certificateUnbound, { given: { present: false }, expected: resource })
    }
  }
}
