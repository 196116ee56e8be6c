/** The metadata of a protected resource, RFC 9728 §3. */
import { z } from 'zod'
import { defineEndpoint } from '../../http/endpoint.ts'
import { refuseAs } from '../../http/refuse-as.ts'
import { json } from '../../http/relay.ts'
import {
  metadataUrl,
  requireDescription,
  resourceMetadata,
} from '../../oauth/resources/metadata.ts'
import { signedResourceMetadata } from '../../services/signed-resource.ts'
import { action, field } from '../fields.ts'

const MetadataRequest = z
  .object({
    resource: z
      .string()
      .min(1)
      .describe('The identifier of the resource, as it is described in `ext.resources`.'),
    signed: z
      .boolean()
      .default(false)
      .describe(
        'Whether the document contains `signed_metadata`, a JWT of the issuer (RFC 9728 §2.2).',
      ),
    pretty: z.boolean().default(false).describe('Whether the document is indented.'),
  })
  .meta({ id: 'resource_metadata_request' })

const MetadataResponse = z
  .object({
    action: action('OK', 'BAD_REQUEST', 'NOT_FOUND', 'INTERNAL_SERVER_ERROR'),
    responseContent: field.responseContent,
    metadataUri: z
      .string()
      .optional()
      .describe(
        'Where the resource publishes the document, for the parameter `resource_metadata` of its ' +
          'challenges (RFC 9728 §5.1); absent if its identifier is not a URL.',
      ),
  })
  .meta({ id: 'resource_metadata_response' })

export const resourceMetadataDocument = defineEndpoint({
  operationId: 'resource_metadata_api',
  method: 'post',
  path: '/api/{serviceId}/resource/metadata',
  tag: 'Protected Resource',
  summary: 'Get the metadata of a protected resource',
  description:
    'The document for `/.well-known/oauth-protected-resource` of a resource that the attribute ' +
    '`ext.resources` describes: its authorization server, its scopes, and how tokens are presented.',
  right: 'use_service',
  body: MetadataRequest,
  form: true,
  response: MetadataResponse,
  relay: {
    OK: json(200),
    BAD_REQUEST: json(400),
    NOT_FOUND: json(404),
    INTERNAL_SERVER_ERROR: json(500),
  },
  results: { OK: { code: 'P161901', message: 'The metadata of the resource are returned.' } },
  async handle({ body }, context) {
    const { service } = context
    const described = requireDescription(service, body.resource)
    const document = resourceMetadata(service, described)
    const stated = body.signed
      ? { ...document, signed_metadata: await signedResourceMetadata(context, described) }
      : document
    return {
      action: 'OK',
      responseContent: JSON.stringify(stated, null, body.pretty ? 2 : undefined),
      metadataUri: metadataUrl(described),
    }
  },
  refuse: refuseAs({
    invalid_target: 'NOT_FOUND',
    server_error: 'INTERNAL_SERVER_ERROR',
    otherwise: 'BAD_REQUEST',
  }),
})
