/** Explicit registration of relying parties, OpenID Federation §12.2. */
import { z } from 'zod'
import { visibleClient } from '../../clients/describe.ts'
import { keepParty } from '../../clients/federation/keep.ts'
import { anchorsFor } from '../../clients/federation/peer-chain.ts'
import { resolveWith } from '../../clients/federation/resolve.ts'
import type { ServiceContext } from '../../context.ts'
import { defineEndpoint } from '../../http/endpoint.ts'
import { json, jwt } from '../../http/relay.ts'
import { Client } from '../../model/client/client.ts'
import { longestRegistration } from '../../oauth/federation/entity-statement.ts'
import {
  readRegistration,
  requireExplicit,
  requireUnlocked,
} from '../../oauth/federation/explicit/request.ts'
import { responseClaims, responseType } from '../../oauth/federation/explicit/response.ts'
import { errorBody, type Refusal } from '../../refusal.ts'
import { signAsEntity } from '../../services/federation-signature.ts'
import { action, field } from '../fields.ts'

const RegistrationRequest = z
  .object({
    entityConfiguration: z
      .string()
      .max(longestRegistration)
      .optional()
      .describe(
        'The body of a request of the type `application/entity-statement+jwt`: the entity ' +
          'configuration of a relying party.',
      ),
    trustChain: z
      .string()
      .max(longestRegistration)
      .optional()
      .describe(
        'The body of a request of the type `application/trust-chain+json`: a JSON array of entity ' +
          'statements, from the relying party to a trust anchor.',
      ),
  })
  .meta({ id: 'federation_registration_request' })

const RegistrationResponse = z
  .object({
    action: action('OK', 'BAD_REQUEST', 'NOT_FOUND', 'INTERNAL_SERVER_ERROR'),
    responseContent: field.responseContent,
    contentType: z
      .string()
      .optional()
      .describe('The type of `responseContent`, for the header `Content-Type`.'),
    client: Client.optional().describe('The registered client.'),
  })
  .meta({ id: 'federation_registration_response' })

const signedType = `application/${responseType}` as const

export const federationRegistration = defineEndpoint({
  operationId: 'federation_registration_api',
  method: 'post',
  path: '/api/{serviceId}/federation/registration',
  tag: 'Federation Endpoint',
  summary: 'Register a relying party',
  description:
    'Registers the relying party explicitly, if a trust chain leads from it to one of the ' +
    '`trustAnchors` of the service. The chain is that of the request, or is discovered. A relying party that is ' +
    'registered already, in any way, is registered again and keeps its tokens. Exactly one of the two ' +
    'members is required.',
  right: 'use_service',
  audits: 'client.registered',
  body: RegistrationRequest,
  form: true,
  clientText: { entityConfiguration: 'request', trustChain: 'request' },
  response: RegistrationResponse,
  relay: {
    OK: jwt(signedType),
    BAD_REQUEST: json(400),
    NOT_FOUND: json(404),
    INTERNAL_SERVER_ERROR: json(500),
  },
  results: { OK: { code: 'P138901', message: 'The relying party is registered.' } },
  async handle({ body }, context) {
    const { service, documents, now } = context
    const provider = requireExplicit(service)
    const request = readRegistration(body, provider)
    const { subject } = request.configuration
    const known = await documents.clientByEntityId(service.apiKey, subject)
    requireUnlocked(known)
    const anchors = await anchorsFor(context, provider, request)
    const chain = await resolveWith(context, subject, anchors, request)
    const client = await keepParty(context, chain, 'explicit', known)
    const { clientSecret: fresh } = client
    const responseContent = await signAsEntity(context, {
      typ: responseType,
      claims: responseClaims(service, { provider, client, chain, fresh, now }),
    })
    return {
      action: 'OK',
      responseContent,
      contentType: signedType,
      client: visibleClient(client, context, fresh),
    }
  },
  refuse: ({ rule }: Refusal, { service }: ServiceContext) => ({
    action: actionOf(rule.error),
    responseContent: errorBody(rule, service),
    contentType: 'application/json',
  }),
})

/** OpenID Federation §12.2.4. What is wrong with the service itself is no fault of the request. */
const actionOf = (error: Refusal['rule']['error']) => {
  if (error === 'not_found') return 'NOT_FOUND' as const
  return error === 'server_error' ? ('INTERNAL_SERVER_ERROR' as const) : ('BAD_REQUEST' as const)
}
