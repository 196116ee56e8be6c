/** Converts public keys to a JWK Set. It is about no service, and stores nothing. */
import { z } from 'zod'
import { defineEndpoint } from '../../http/endpoint.ts'
import { publicKeySetFrom } from '../../oauth/key-material/convert.ts'
import { action } from '../fields.ts'

const KeysConvertRequest = z
  .object({
    pem: z
      .string()
      .optional()
      .describe('Public keys and certificates in PEM (RFC 7468), in any order, at most 64 KB.'),
    x5c: z
      .array(z.string())
      .optional()
      .describe('The certificates of one key, each as the base64 of its DER (RFC 7517 §4.7).'),
  })
  .meta({ id: 'keys_convert_request' })

const KeysConvertResponse = z
  .object({
    action: action('OK', 'CALLER_ERROR'),
    responseContent: z
      .string()
      .optional()
      .describe('The JWK Set (RFC 7517 §5), as JSON text: the value for `jwks` of a client.'),
  })
  .meta({ id: 'keys_convert_response' })

export const keysConvert = defineEndpoint({
  operationId: 'keys_convert_api',
  method: 'post',
  path: '/api/keys/convert',
  tag: 'Service Keys',
  summary: 'Convert public keys to a JWK Set',
  description:
    'Makes a JWK Set of public keys and certificates. Certificates are put in order, and each ' +
    '`kid` is the thumbprint of the key (RFC 7638). Private keys are refused. Nothing is stored.',
  right: 'view_service',
  ofAnyService: true,
  body: KeysConvertRequest,
  longBody: true,
  form: true,
  response: KeysConvertResponse,
  results: { OK: { code: 'P114901', message: 'The keys are converted.' } },
  async handle({ body }) {
    return { action: 'OK', responseContent: JSON.stringify(await publicKeySetFrom(body)) }
  },
  refuse: () => ({ action: 'CALLER_ERROR' }),
})
