/** Lists the keys of a service with their states. */
import { z } from 'zod'
import { serviceUnknown } from '../../../caller.ts'
import { defineEndpoint } from '../../../http/endpoint.ts'
import { KeyState } from '../../../model/keys/state.ts'
import { Moment } from '../../../model/primitives.ts'
import { KeySetName } from '../../../model/service/hsk.ts'
import { refuseCaller } from '../../../refusal.ts'
import { changeRing } from '../../../services/keys/change.ts'
import { describeRing } from '../../../services/keys/describe.ts'
import { describeSchedules } from '../../../services/keys/schedule.ts'
import { about, keysResponse } from './keys-schemas.ts'

const ListRequest = z
  .object({
    set: KeySetName.optional().describe('Only keys of this set.'),
    states: z.array(KeyState).max(5).optional().describe('Only keys in one of these states.'),
    at: Moment.optional().describe(
      'The time whose states are shown, in milliseconds since 1970. Default: now.',
    ),
  })
  .meta({ id: 'service_keys_list_request' })

export const keysList = defineEndpoint({
  ...about,
  operationId: 'service_keys_list_api',
  method: 'post',
  path: '/api/{serviceId}/service/keys/list',
  summary: 'List keys',
  description:
    'All keys of the service with their states, also those that ended. No private key is shown.',
  right: 'view_service',
  body: ListRequest,
  response: keysResponse('service_keys_list_response', 'OK'),
  results: { OK: { code: 'P113902', message: 'The keys are listed.' } },
  async handle({ body }, context) {
    const { service, now } = context
    const read = await changeRing(context, service.apiKey, (ring) => ({ ring }), true)
    if (!read) return refuseCaller(serviceUnknown)
    const { set, states, at = now } = body
    const keys = describeRing(read.before, read.service, at)
      .filter((key) => set === undefined || key.set === set)
      .filter(({ state }) => states === undefined || states.includes(state))
    const schedules = await describeSchedules(context.store, service.apiKey)
    return { action: 'OK', keys, schedules }
  },
})
