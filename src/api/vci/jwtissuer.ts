/** The metadata of the issuer of SD-JWT VCs, SD-JWT VC §5. */
import { z } from 'zod'
import { defineEndpoint } from '../../http/endpoint.ts'
import { jwtIssuerMetadata } from '../../oauth/vci/issuer-keys.ts'
import { requireCredentialIssuer } from '../../oauth/vci/presentation.ts'
import {
  documentRelay,
  documentRequest,
  documentResponse,
  documentText,
  refuseDocument,
} from './document-schemas.ts'

export const vciJwtIssuer = defineEndpoint({
  operationId: 'vci_jwtissuer_api',
  method: 'post',
  path: '/api/{serviceId}/vci/jwtissuer',
  tag: 'Verifiable Credential Issuer',
  summary: 'Get the metadata of the issuer of JWT credentials',
  description:
    'The document for `/.well-known/jwt-vc-issuer`: the identifier of the issuer, and the keys that ' +
    'verify its credentials, or `credentialJwksUri`.',
  right: 'use_service',
  body: documentRequest('vci_jwtissuer_request'),
  form: true,
  response: z.object(documentResponse).meta({ id: 'vci_jwtissuer_response' }),
  relay: documentRelay,
  results: { OK: { code: 'P121903', message: 'The metadata of the issuer are returned.' } },
  async handle({ body }, { service }) {
    requireCredentialIssuer(service)
    const responseContent = documentText(jwtIssuerMetadata(service), body.pretty)
    return { action: 'OK', responseContent }
  },
  refuse: refuseDocument,
})
