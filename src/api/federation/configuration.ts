/** The entity configuration of a service, OpenID Federation §9. */
import { z } from 'zod'
import { implementedGrantTypes } from '../../grants/index.ts'
import { defineEndpoint } from '../../http/endpoint.ts'
import { discoveryDocument } from '../../oauth/discovery/document.ts'
import { entityConfiguration } from '../../oauth/federation/service/entity-configuration.ts'
import { rolesAmong } from '../../oauth/federation/service/entity-types.ts'
import { signOncePerMinute } from '../../services/federation-signature.ts'
import {
  federationDocument,
  federationRelay,
  federationResponse,
  refuseFederation,
} from './federation-schemas.ts'

const ConfigurationRequest = z
  .object({
    entityTypes: z
      .array(z.string().max(200))
      .max(100)
      .optional()
      .describe(
        'The roles of the service that the entity configuration is about: `OPENID_PROVIDER` (if ' +
          'absent), `OAUTH_AUTHORIZATION_SERVER` and `OPENID_CREDENTIAL_ISSUER`. Others are ignored.',
      ),
  })
  .meta({ id: 'federation_configuration_request' })

export const federationConfiguration = defineEndpoint({
  operationId: 'federation_configuration_api',
  method: 'post',
  path: '/api/{serviceId}/federation/configuration',
  tag: 'Federation Endpoint',
  summary: 'Get the entity configuration',
  description:
    'The entity statement of the service about itself, signed with a key of `federationJwks`, for ' +
    'the frontend to publish at `/.well-known/openid-federation` after the issuer. Its metadata of ' +
    'the provider are the discovery document. The JWT is made at most once in a minute.',
  right: 'use_service',
  body: ConfigurationRequest,
  form: true,
  response: z.object(federationResponse).meta({ id: 'federation_configuration_response' }),
  relay: federationRelay('application/entity-statement+jwt'),
  results: { OK: { code: 'P134901', message: 'The entity configuration is signed.' } },
  async handle({ body }, context) {
    const { service, now } = context
    const types = rolesAmong(body.entityTypes ?? [], service)
    const jwt = await signOncePerMinute(context, `configuration of ${types.join(' ')}`, () => {
      const document = discoveryDocument(service, implementedGrantTypes)
      return {
        typ: 'entity-statement+jwt',
        claims: entityConfiguration(service, { types, document, now }),
      }
    })
    return federationDocument(context, jwt)
  },
  refuse: refuseFederation,
})
