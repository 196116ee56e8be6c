/** The metadata of a transmitter of security events, SSF §7.1. */
import { z } from 'zod'
import { defineEndpoint } from '../../http/endpoint.ts'
import { refuseAs } from '../../http/refuse-as.ts'
import { json } from '../../http/relay.ts'
import { transmitterMetadata } from '../../oauth/ssf/settings.ts'
import { action, field } from '../fields.ts'

const ConfigurationRequest = z
  .object({ pretty: z.boolean().default(false).describe('Whether the document is indented.') })
  .meta({ id: 'ssf_configuration_request' })

const ConfigurationResponse = z
  .object({ action: action('OK', 'NOT_FOUND'), responseContent: field.responseContent })
  .meta({ id: 'ssf_configuration_response' })

export const ssfConfiguration = defineEndpoint({
  operationId: 'ssf_configuration_api',
  method: 'post',
  path: '/api/{serviceId}/ssf/configuration',
  tag: 'Shared Signals',
  summary: 'Get the metadata of the transmitter',
  description:
    'The document for `/.well-known/ssf-configuration`, by which receivers of security events find ' +
    'the endpoints of the service. It exists if the attribute `ext.ssf.base` is set.',
  right: 'use_service',
  body: ConfigurationRequest,
  form: true,
  response: ConfigurationResponse,
  relay: { OK: json(200), NOT_FOUND: json(404) },
  results: { OK: { code: 'P167901', message: 'The metadata of the transmitter are returned.' } },
  async handle({ body }, { service }) {
    const document = transmitterMetadata(service)
    const indent = body.pretty ? 2 : undefined
    return { action: 'OK', responseContent: JSON.stringify(document, null, indent) }
  },
  refuse: refuseAs({ otherwise: 'NOT_FOUND' }),
})
