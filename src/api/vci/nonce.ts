/** The nonce endpoint of a credential issuer, OpenID4VCI §7. */
import { z } from 'zod'
import { makeNonce } from '../../credentials/nonce.ts'
import { defineEndpoint } from '../../http/endpoint.ts'
import { refuseAs } from '../../http/refuse-as.ts'
import { json } from '../../http/relay.ts'
import { requireCredentialIssuer } from '../../oauth/vci/presentation.ts'
import { nonceFor } from '../../tokens/sender-constraint.ts'
import { action, field } from '../fields.ts'

const NonceRequest = z
  .object({ dpopNonceRequired: field.dpopNonceRequired })
  .meta({ id: 'vci_nonce_request' })

const NonceResponse = z
  .object({
    action: action('OK', 'INTERNAL_SERVER_ERROR'),
    responseContent: field.clientResponse,
    cnonce: z.string().optional().describe('The nonce, `c_nonce`.'),
    dpopNonce: field.dpopNonce,
  })
  .meta({ id: 'vci_nonce_response' })

export const vciNonce = defineEndpoint({
  operationId: 'vci_nonce_api',
  method: 'post',
  path: '/api/{serviceId}/vci/nonce',
  tag: 'Verifiable Credential Issuer',
  summary: 'Create a nonce for proofs',
  description:
    'Returns a nonce, which the wallet puts into its proofs of possession. It is valid for ' +
    '`cnonceDuration` and can be used once. Nothing is stored until then.',
  right: 'use_service',
  body: NonceRequest,
  response: NonceResponse,
  relay: { OK: json(200), INTERNAL_SERVER_ERROR: json(500) },
  results: { OK: { code: 'P121901', message: 'The nonce is created.' } },
  async handle({ body }, context) {
    requireCredentialIssuer(context.service)
    const cnonce = makeNonce(context)
    return {
      action: 'OK',
      cnonce,
      responseContent: JSON.stringify({ c_nonce: cnonce }),
      ...nonceFor(context, body),
    }
  },
  refuse: refuseAs({ otherwise: 'INTERNAL_SERVER_ERROR' }),
})
