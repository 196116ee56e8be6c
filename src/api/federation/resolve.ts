/** The resolve endpoint of a federation, OpenID Federation §8.3. */
import { z } from 'zod'
import { known, knownChain, knownSources } from '../../clients/federation/known-chain.ts'
import {
  anchorConfiguration,
  publishedSources,
  validTrustMarks,
} from '../../clients/federation/trust-marks.ts'
import type { ServiceContext } from '../../context.ts'
import { defineEndpoint } from '../../http/endpoint.ts'
import { refuseAs } from '../../http/refuse-as.ts'
import { json, jwt } from '../../http/relay.ts'
import { type ResolveRequest, readResolveRequest } from '../../oauth/federation/resolver/request.ts'
import { type Resolved, resolveResponse } from '../../oauth/federation/resolver/response.ts'
import { requireEntity } from '../../oauth/federation/service/entity.ts'
import { defineRules, refuse } from '../../refusal.ts'
import { signAsEntity } from '../../services/federation-signature.ts'
import { action, field } from '../fields.ts'

const rules = defineRules('Resolver', {
  unknown: {
    code: 'P139005',
    error: 'not_found',
    spec: 'OpenID Federation §8.3',
    message: 'No valid trust chain is known from the entity to one of the trust anchors.',
    fix: 'Name a trust anchor to which the entity has a chain, or resolve the chain with `discover`.',
    settings: ['service.trustAnchors'],
  },
})

const entityId = z.string().max(2_048)

const FederationResolveRequest = z
  .object({
    parameters: z
      .string()
      .max(65_536)
      .optional()
      .describe(
        'The query of the resolve request as it came, or its form body: `sub`, and `trust_anchor` and ' +
          '`entity_type`, which may occur several times. Without it, the other members count.',
      ),
    sub: entityId.optional().describe('The identifier of the entity to resolve.'),
    trustAnchors: z
      .array(entityId)
      .max(100)
      .optional()
      .describe('The identifiers of trust anchors, one of which the trust chain must lead to.'),
    entityTypes: z
      .array(z.string().max(2_048))
      .max(100)
      .optional()
      .describe('The entity types whose metadata are returned; if absent or empty, all.'),
    discover: z
      .boolean()
      .default(false)
      .describe(
        'Whether the statements of an entity that is not known are fetched. Set it only if the ' +
          'frontend has authenticated the client that sends the request.',
      ),
  })
  .meta({ id: 'federation_resolve_request' })

const FederationResolveResponse = z
  .object({
    action: action('OK', 'NOT_FOUND', 'BAD_REQUEST', 'INTERNAL_SERVER_ERROR'),
    responseContent: field.responseContent,
  })
  .meta({ id: 'federation_resolve_response' })

export const federationResolve = defineEndpoint({
  operationId: 'federation_resolve_api',
  method: 'post',
  path: '/api/{serviceId}/federation/resolve',
  tag: 'Federation Endpoint',
  summary: 'Resolve an entity',
  description:
    'The metadata of an entity as the policies of its superiors leave them, with its trust chain and ' +
    'its valid trust marks, in a JWT that is signed with a key of `federationJwks`. The chain is one ' +
    'of a registered client, or of statements that are in memory; nothing is fetched, except with ' +
    '`discover`. The status of trust marks is not asked for at their issuers.',
  right: 'use_service',
  body: FederationResolveRequest,
  form: true,
  clientText: { parameters: 'request' },
  response: FederationResolveResponse,
  relay: {
    OK: jwt('application/resolve-response+jwt'),
    NOT_FOUND: json(404),
    BAD_REQUEST: json(400),
    INTERNAL_SERVER_ERROR: json(500),
  },
  results: { OK: { code: 'P139901', message: 'The entity is resolved.' } },
  async handle({ body }, context) {
    const { service, now } = context
    const issuer = requireEntity(service)
    const request = readResolveRequest(body, service)
    const resolved = await resolve(context, request, body.discover)
    const claims = resolveResponse(issuer, resolved, request.types, now)
    const responseContent = await signAsEntity(context, { typ: 'resolve-response+jwt', claims })
    return { action: 'OK', responseContent }
  },
  refuse: refuseAs({
    not_found: 'NOT_FOUND',
    invalid_trust_anchor: 'NOT_FOUND',
    server_error: 'INTERNAL_SERVER_ERROR',
    otherwise: 'BAD_REQUEST',
  }),
})

async function resolve(
  context: ServiceContext,
  { subject, anchors }: ResolveRequest,
  discover: boolean,
): Promise<Resolved> {
  const sources = discover ? publishedSources(context) : knownSources(context)
  const kept = await knownChain(context, subject, anchors)
  if (!kept && !discover) return refuse(rules.unknown, subject)
  const chain = kept ?? (await sources.chain(subject, anchors))
  // Clocks may differ, but what we sign must not have expired.
  if (chain.expiresAt <= context.now) refuse(rules.unknown, subject)
  const [anchor, marks] = await Promise.all([
    known(anchorConfiguration(context, chain, sources)),
    known(validTrustMarks(context, chain, sources)),
  ])
  return { chain, anchor, marks: marks ?? [] }
}
