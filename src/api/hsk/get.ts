/** Shows a key of a service in a hardware security module. */
import { defineEndpoint } from '../../http/endpoint.ts'
import { requireHardware } from '../../oauth/service/hardware-key.ts'
import { findHardwareKey } from '../../services/hardware-keys.ts'
import { about, HandlePath, hskResponse, refusedHsk } from './hsk-schemas.ts'

export const hskGet = defineEndpoint({
  ...about,
  operationId: 'hsk_get_api',
  method: 'get',
  path: '/api/{serviceId}/hsk/get/{handle}',
  summary: 'Get a key in a module',
  description: 'The response has the public key.',
  right: 'view_service',
  params: HandlePath,
  response: hskResponse('hsk_get_response'),
  results: {
    SUCCESS: { code: 'P111903', message: 'The key is known.' },
    NOT_FOUND: { code: 'P111904', message: 'The service has no key of this handle.' },
  },
  refuse: refusedHsk,
  async handle({ params }, context) {
    requireHardware(context.service.hsmEnabled)
    const hsk = findHardwareKey(context, params.handle)
    return hsk ? { action: 'SUCCESS', hsk } : { action: 'NOT_FOUND' }
  },
})
