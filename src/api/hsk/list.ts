/** Lists the keys of a service in hardware security modules. */
import { z } from 'zod'
import { defineEndpoint } from '../../http/endpoint.ts'
import { Hsk } from '../../model/service/hsk.ts'
import { requireHardware } from '../../oauth/service/hardware-key.ts'
import { action } from '../fields.ts'
import { about, refusedHsk } from './hsk-schemas.ts'

const HskListResponse = z
  .object({
    action: action('SUCCESS', 'INVALID_REQUEST', 'SERVER_ERROR'),
    hsks: z.array(Hsk).optional().describe('The keys, in the order in which they were created.'),
  })
  .meta({ id: 'hsk_get_list_response' })

export const hskList = defineEndpoint({
  ...about,
  operationId: 'hsk_get_list_api',
  method: 'get',
  path: '/api/{serviceId}/hsk/get/list',
  summary: 'List the keys in modules',
  description: 'All keys of the service in hardware security modules.',
  right: 'view_service',
  response: HskListResponse,
  results: { SUCCESS: { code: 'P111905', message: 'The keys are listed.' } },
  refuse: refusedHsk,
  async handle(_request, { service }) {
    requireHardware(service.hsmEnabled)
    return { action: 'SUCCESS', hsks: service.hsks ?? [] }
  },
})
