/** The signed key set of a service, OpenID Federation §5.2.1. */
import { z } from 'zod'
import { defineEndpoint } from '../../http/endpoint.ts'
import { signedKeySet } from '../../oauth/federation/service/entity-keys.ts'
import { signOncePerMinute } from '../../services/federation-signature.ts'
import {
  federationDocument,
  federationRelay,
  federationResponse,
  refuseFederation,
} from './federation-schemas.ts'

export const federationJwks = defineEndpoint({
  operationId: 'federation_jwks_api',
  method: 'post',
  path: '/api/{serviceId}/federation/jwks',
  tag: 'Federation Endpoint',
  summary: 'Get the signed key set',
  description:
    'The public keys of `jwks`, signed with a key of `federationJwks`, for the frontend to publish ' +
    'at `signedJwksUri`. The JWT is made at most once in a minute.',
  right: 'use_service',
  body: z.object({}).meta({ id: 'federation_jwks_request' }),
  form: true,
  response: z.object(federationResponse).meta({ id: 'federation_jwks_response' }),
  relay: federationRelay('application/jwk-set+jwt'),
  results: { OK: { code: 'P134902', message: 'The key set of the service is signed.' } },
  async handle(_request, context) {
    const { service, now } = context
    const jwt = await signOncePerMinute(context, 'key set', () => ({
      typ: 'jwk-set+jwt',
      claims: signedKeySet(service, now),
    }))
    return federationDocument(context, jwt)
  },
  refuse: refuseFederation,
})
