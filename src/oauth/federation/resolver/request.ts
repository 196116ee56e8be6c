/** Requests to resolve an entity, OpenID Federation §8.3.1. */
import type { Service } from '../../../model/service/service.ts'
import { defineRules, refuse } from '../../../refusal.ts'
import { parseParameters } from '../../parameters.ts'
import { isEntityId } from '../entity-id.ts'
import { type Anchor, anchorsOf } from '../trust-chain.ts'

const rules = defineRules('Resolve request', {
  subject: {
    code: 'P139002',
    error: 'invalid_request',
    spec: 'OpenID Federation §8.3.1',
    message: 'The resolve request must have one sub, the identifier of an entity.',
    fix: 'Send one `sub` with the entity identifier to resolve.',
  },
  anchors: {
    code: 'P139003',
    error: 'invalid_request',
    spec: 'OpenID Federation §8.3.1',
    message:
      'The resolve request must have 1 to 20 values of trust_anchor, and at most 20 of entity_type.',
    fix: 'Send 1 to 20 values of `trust_anchor`, and at most 20 of `entity_type`.',
  },
  anchorUnknown: {
    code: 'P139004',
    error: 'invalid_trust_anchor',
    spec: 'OpenID Federation §8.3.1',
    message: 'The service trusts none of the trust anchors in the resolve request.',
    fix: 'Name a trust anchor of the service, or add the named one to it.',
    settings: ['service.trustAnchors'],
  },
})

/** The request as a query, or its members by name. */
interface Given {
  parameters?: string | undefined
  sub?: string | undefined
  trustAnchors?: readonly string[] | undefined
  entityTypes?: readonly string[] | undefined
}

export interface ResolveRequest {
  subject: string
  /** Those of the trust anchors in the request that the service trusts. */
  anchors: readonly Anchor[]
  /** Undefined: all. */
  types: readonly string[] | undefined
}

const most = 20

/** Reads the request; refuses one without a trust anchor of the service. */
export function readResolveRequest(given: Given, service: Service): ResolveRequest {
  const { sub, trustAnchors = [], entityTypes = [] } = membersOf(given)
  if (!isEntityId(sub)) return refuse(rules.subject, sub)
  if (trustAnchors.length === 0 || Math.max(trustAnchors.length, entityTypes.length) > most) {
    refuse(rules.anchors)
  }
  const anchors = anchorsOf(service).filter(({ entityId }) => trustAnchors.includes(entityId))
  if (anchors.length === 0) refuse(rules.anchorUnknown, trustAnchors.join(' '))
  return { subject: sub, anchors, types: entityTypes.length > 0 ? entityTypes : undefined }
}

function membersOf(given: Given): Omit<Given, 'parameters'> {
  if (given.parameters === undefined) return given
  const parameters = parseParameters(given.parameters)
  return {
    sub: parameters.get('sub'),
    trustAnchors: parameters.getAll('trust_anchor'),
    entityTypes: parameters.getAll('entity_type'),
  }
}
