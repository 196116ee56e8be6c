/** The metadata of a credential issuer, OpenID4VCI §12.2. */
import { z } from 'zod'
import { signedMetadataFor } from '../../credentials/signed-metadata.ts'
import { defineEndpoint } from '../../http/endpoint.ts'
import { issuerMetadata } from '../../oauth/vci/issuer-metadata.ts'
import { requireCredentialIssuer } from '../../oauth/vci/presentation.ts'
import {
  documentRelay,
  documentRequest,
  documentResponse,
  documentText,
  refuseDocument,
} from './document-schemas.ts'

const MetadataRequest = documentRequest('vci_metadata_request').extend({
  httpAcceptHeader: z
    .string()
    .optional()
    .describe('The Accept header of the request of the wallet, which may prefer signed metadata.'),
})

const MetadataResponse = z
  .object({
    ...documentResponse,
    contentType: z
      .string()
      .optional()
      .describe('The media type of responseContent; absent if it is JSON.'),
  })
  .meta({ id: 'vci_metadata_response' })

export const vciMetadata = defineEndpoint({
  operationId: 'vci_metadata_api',
  method: 'post',
  path: '/api/{serviceId}/vci/metadata',
  tag: 'Verifiable Credential Issuer',
  summary: 'Get the metadata of the credential issuer',
  description:
    'The document for `/.well-known/openid-credential-issuer`, from `credentialIssuerMetadata`. With ' +
    'the attribute `ext.vci.signed_metadata`, it is a signed JWT if `httpAcceptHeader` prefers ' +
    '`application/jwt`; `contentType` tells so.',
  right: 'use_service',
  body: MetadataRequest,
  form: true,
  clientText: { httpAcceptHeader: 'request' },
  response: MetadataResponse,
  relay: documentRelay,
  results: { OK: { code: 'P121902', message: 'The metadata of the issuer are returned.' } },
  async handle({ body }, context) {
    requireCredentialIssuer(context.service)
    const document = issuerMetadata(context.service)
    const signed = await signedMetadataFor(context, body.httpAcceptHeader)
    return signed === undefined
      ? { action: 'OK', responseContent: documentText(document, body.pretty) }
      : { action: 'OK', responseContent: signed, contentType: 'application/jwt' }
  },
  refuse: refuseDocument,
})
