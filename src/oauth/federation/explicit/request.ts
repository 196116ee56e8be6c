/** Requests for explicit registration, OpenID Federation §12.2.1 and §12.2.2. */
import type { Client } from '../../../model/client/client.ts'
import { parseJson } from '../../../model/json.ts'
import type { Service } from '../../../model/service/service.ts'
import { defineRules, refuse } from '../../../refusal.ts'
import { readStatement, type Statement } from '../entity-statement.ts'
import { requireEntity } from '../service/entity.ts'
import { registrationTypes } from '../service/provider-metadata.ts'

const rules = defineRules('Explicit registration', {
  unsupported: {
    code: 'P138001',
    error: 'not_found',
    spec: 'OpenID Federation §12.2',
    message:
      'The service has no explicit registration: supportedClientRegistrationTypes must have EXPLICIT, and federationRegistrationEndpoint is required.',
    fix: 'Add EXPLICIT to the registration types of the service, and set the URL of the endpoint.',
    settings: [
      'service.supportedClientRegistrationTypes',
      'service.federationRegistrationEndpoint',
    ],
  },
  content: {
    code: 'P138002',
    error: 'invalid_request',
    spec: 'OpenID Federation §12.2.1',
    message: 'The request must be either an entity configuration or a trust chain.',
    fix: 'Pass either `entityConfiguration` or `trustChain`, by the media type of the request.',
  },
  chainText: {
    code: 'P138003',
    error: 'invalid_request',
    spec: 'OpenID Federation §12.2.1',
    message: 'A trust chain must be a JSON array of 2 to 8 entity statements.',
    fix: 'Send a trust chain as a JSON array of 2 to 8 entity statements, each a signed JWT.',
  },
  notOwn: {
    code: 'P138004',
    error: 'invalid_request',
    spec: 'OpenID Federation §12.2.1',
    message: 'The iss and sub of the request must be the relying party itself.',
    fix: 'Send the configuration of the relying party itself, whose `iss` and `sub` are equal.',
  },
  audience: {
    code: 'P138005',
    error: 'invalid_request',
    spec: 'OpenID Federation §12.2.1',
    message: 'The aud of the request must be the entity identifier of the provider alone.',
    fix: 'Set `aud` of the configuration to the entity identifier of the provider alone.',
    settings: ['service.issuer'],
  },
  peerBesideChain: {
    code: 'P138006',
    error: 'invalid_request',
    spec: 'OpenID Federation §12.2.1',
    message: 'A request that is a trust chain must not have the header peer_trust_chain.',
    fix: 'Send an entity configuration with both chains in its header, or a trust chain without `peer_trust_chain`.',
  },
  locked: {
    code: 'P138007',
    error: 'invalid_client',
    spec: 'OpenID Federation §8.9',
    message: 'The client is locked.',
    fix: 'Unlock the client if it may register again.',
    settings: ['client.locked'],
  },
})

export interface RegistrationRequest {
  /** The configuration of the relying party, made for this provider. */
  configuration: Statement
  /** From the relying party to a trust anchor; its first statement gives way to the above. */
  chain: readonly string[] | undefined
  /** From the provider to the same trust anchor. */
  peerChain: readonly string[] | undefined
}

/** The entity identifier of a service that registers clients explicitly. */
export function requireExplicit(service: Service): string {
  const entityId = requireEntity(service)
  if (!registrationTypes(service).includes('EXPLICIT')) refuse(rules.unsupported)
  return entityId
}

/** A lock of the operator outlives registrations. */
export function requireUnlocked(known: Client | undefined): void {
  if (known?.locked) refuse(rules.locked, String(known.clientId))
}

interface Body {
  entityConfiguration?: string | undefined
  trustChain?: string | undefined
}

/** Reads a request to the provider. Its signature and its time are not checked. */
export function readRegistration(
  { entityConfiguration, trustChain }: Body,
  provider: string,
): RegistrationRequest {
  if (!entityConfiguration === !trustChain) refuse(rules.content)
  const posted = trustChain ? chainOf(jsonIn(trustChain)) : undefined
  const text = posted?.[0] ?? entityConfiguration ?? ''
  const configuration = readStatement(text, true)
  const { issuer, subject, header, claims } = configuration
  if (issuer !== subject) refuse(rules.notOwn, `${issuer} ${subject}`)
  if (!isOnly(claims['aud'], provider)) refuse(rules.audience, subject)
  const { trust_chain: attached, peer_trust_chain: peer } = header
  if (posted && peer !== undefined) refuse(rules.peerBesideChain, subject)
  const chain = posted ?? (attached === undefined ? undefined : chainOf(attached))
  return { configuration, chain, peerChain: peer === undefined ? undefined : chainOf(peer) }
}

function jsonIn(text: string): unknown {
  try {
    return parseJson(text)
  } catch {
    return undefined
  }
}

const isOnly = (audience: unknown, provider: string): boolean =>
  audience === provider ||
  (Array.isArray(audience) && audience.length === 1 && audience[0] === provider)

function chainOf(value: unknown): readonly string[] {
  const isChain =
    Array.isArray(value) &&
    value.length >= 2 &&
    value.length <= 8 &&
    value.every((each) => typeof each === 'string')
  return isChain ? (value as string[]) : refuse(rules.chainText)
}
