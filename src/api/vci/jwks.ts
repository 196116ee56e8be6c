/** The key set of a credential issuer, RFC 7517 §5. */
import { z } from 'zod'
import { defineEndpoint } from '../../http/endpoint.ts'
import { credentialKeySet } from '../../oauth/vci/issuer-keys.ts'
import { requireCredentialIssuer } from '../../oauth/vci/presentation.ts'
import {
  documentRelay,
  documentRequest,
  documentResponse,
  documentText,
  refuseDocument,
} from './document-schemas.ts'

export const vciJwks = defineEndpoint({
  operationId: 'vci_jwks_api',
  method: 'post',
  path: '/api/{serviceId}/vci/jwks',
  tag: 'Verifiable Credential Issuer',
  summary: 'Get the key set of the credential issuer',
  description:
    'The public keys of `credentialJwks`, and those in hardware security modules, for the frontend ' +
    'to publish at `credentialJwksUri`.',
  right: 'use_service',
  body: documentRequest('vci_jwks_request'),
  form: true,
  response: z.object(documentResponse).meta({ id: 'vci_jwks_response' }),
  relay: documentRelay,
  results: { OK: { code: 'P121904', message: 'The key set of the issuer is returned.' } },
  async handle({ body }, { service }) {
    requireCredentialIssuer(service)
    return { action: 'OK', responseContent: documentText(credentialKeySet(service), body.pretty) }
  },
  refuse: refuseDocument,
})
