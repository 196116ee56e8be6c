/** Makes a certificate signing request for a signing key of the service, RFC 2986. */
import { z } from 'zod'
import { defineEndpoint } from '../../../http/endpoint.ts'
import { KeySetName } from '../../../model/service/hsk.ts'
import { requestFor } from '../../../oauth/key-material/certificate-request.ts'
import { certifiedNames } from '../../../oauth/key-material/certified-names.ts'
import { action } from '../../fields.ts'
import { about, refusedKeys } from './keys-schemas.ts'

const ServiceKeysCsrRequest = z
  .object({
    kid: z.string().describe('The key ID of the signing key.'),
    set: KeySetName.default('protocol').describe('The key set that the key belongs to.'),
    subject: z
      .string()
      .optional()
      .describe('The subject as text (RFC 4514), such as `CN=as.example.com, O=Example, C=DE`.'),
    names: z
      .array(z.string())
      .optional()
      .describe(
        'Subject alternative names: host names, IP addresses, e-mail addresses and URIs; at most 20.',
      ),
  })
  .meta({ id: 'service_keys_csr_request' })

const ServiceKeysCsrResponse = z
  .object({
    action: action('OK', 'NOT_FOUND', 'CALLER_ERROR', 'SERVER_ERROR'),
    responseContent: z.string().optional().describe('The request in PEM.'),
  })
  .meta({ id: 'service_keys_csr_response' })

export const serviceKeysCsr = defineEndpoint({
  ...about,
  operationId: 'service_keys_csr_api',
  method: 'post',
  path: '/api/{serviceId}/service/keys/csr',
  summary: 'Request a certificate for a key',
  description:
    'Makes a certificate signing request (PKCS #10, RFC 2986) for a signing key, also for one in ' +
    'a module, and for one that does not sign yet. Nothing is stored. The certificate is attached ' +
    'with `x5c` of `/service/keys/import`.',
  right: 'modify_service',
  body: ServiceKeysCsrRequest,
  form: true,
  response: ServiceKeysCsrResponse,
  results: {
    OK: { code: 'P115901', message: 'The certificate signing request is made.' },
    NOT_FOUND: { code: 'P115902', message: 'The service has no signing key of this kid.' },
  },
  async handle({ body }, { keys, service }) {
    const key = keys.owned(service, body.set).find(({ jwk }) => jwk.kid === body.kid)
    if (!key) return { action: 'NOT_FOUND' }
    const names = certifiedNames(body.subject, body.names)
    return { action: 'OK', responseContent: await requestFor(key, names) }
  },
  refuse: refusedKeys,
})
