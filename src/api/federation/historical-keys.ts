/** The keys that a service used before in a federation, OpenID Federation §8.7. */
import { z } from 'zod'
import { defineEndpoint } from '../../http/endpoint.ts'
import { historicalKeys } from '../../oauth/federation/service/entity-keys.ts'
import { signOncePerMinute } from '../../services/federation-signature.ts'
import {
  federationDocument,
  federationRelay,
  federationResponse,
  refuseFederation,
} from './federation-schemas.ts'

export const federationHistoricalKeys = defineEndpoint({
  operationId: 'federation_historical_keys_api',
  method: 'post',
  path: '/api/{serviceId}/federation/historical-keys',
  tag: 'Federation Endpoint',
  summary: 'Get the historical keys',
  description:
    'The retired and revoked keys of `federationJwks` whose states Postern governs, each with the ' +
    'time of its end, signed with the current one. The frontend publishes them at the ' +
    '`federation_historical_keys_endpoint` of `ext.federation.entity_metadata`.',
  right: 'use_service',
  body: z.object({}).meta({ id: 'federation_historical_keys_request' }),
  form: true,
  response: z.object(federationResponse).meta({ id: 'federation_historical_keys_response' }),
  relay: federationRelay('application/jwk-set+jwt'),
  results: { OK: { code: 'P134903', message: 'The historical keys are signed.' } },
  async handle(_request, context) {
    const { service, now } = context
    const jwt = await signOncePerMinute(context, 'historical keys', () => ({
      typ: 'jwk-set+jwt',
      claims: historicalKeys(service, now),
    }))
    return federationDocument(context, jwt)
  },
  refuse: refuseFederation,
})
