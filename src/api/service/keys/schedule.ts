/** Rotates keys of a service regularly. */
import { z } from 'zod'
import { recordOf } from '../../../audit/record.ts'
import { serviceUnknown } from '../../../caller.ts'
import { defineEndpoint } from '../../../http/endpoint.ts'
import { rotationTask } from '../../../model/keys/schedule.ts'
import { KeySetName } from '../../../model/service/hsk.ts'
import { kindOf } from '../../../oauth/keys/new-key.ts'
import { requireLongEnough, untilNext } from '../../../oauth/keys/schedule.ts'
import { CallerError } from '../../../refusal.ts'
import { describeSchedules } from '../../../services/keys/schedule.ts'
import { orRefuse } from '../../../store/engine.ts'
import { Algorithm, about, keysResponse, refusedKeys } from './keys-schemas.ts'

const seconds = (text: string) => z.int().min(0).max(315_360_000).optional().describe(text)

const ScheduleRequest = z
  .object({
    set: KeySetName.default('protocol').describe('The key set.'),
    alg: Algorithm,
    periodDays: z
      .int()
      .min(0)
      .max(1_095)
      .describe('After how many days a new key is made; 0 removes the schedule.'),
    propagationSeconds: seconds('In place of `ext.keys.propagation`.'),
    overlapSeconds: seconds('In place of `ext.keys.overlap`.'),
    hsmName: z
      .string()
      .min(1)
      .max(200)
      .optional()
      .describe('The hardware security module that makes the keys. Default: as the current key.'),
  })
  .meta({ id: 'service_keys_schedule_request' })

export const keysSchedule = defineEndpoint({
  ...about,
  operationId: 'service_keys_schedule_api',
  audits: 'key.schedule_changed',
  method: 'post',
  path: '/api/{serviceId}/service/keys/schedule',
  summary: 'Rotate keys regularly',
  description:
    'Postern begins a rotation after each period, less up to a tenth. Without a schedule, it ' +
    'begins none.',
  right: 'modify_service',
  body: ScheduleRequest,
  response: keysResponse('service_keys_schedule_response', 'OK', 'CALLER_ERROR', 'SERVER_ERROR'),
  results: { OK: { code: 'P113903', message: 'The schedule is changed.' } },
  refuse: refusedKeys,
  async handle({ body }, context) {
    const { service, store, system, now } = context
    const { apiKey: serviceId } = service
    kindOf(service, body)
    const task = rotationTask(body)
    const isRemoved = body.periodDays === 0
    if (!isRemoved) requireLongEnough(service, body)
    const random = (limit: number) => system.random.integer(limit)
    await store.commit(
      orRefuse(store.services.requireExists(serviceId), new CallerError(serviceUnknown)),
      isRemoved
        ? store.keySchedules.delete(serviceId, task)
        : store.keySchedules.put({
            serviceId,
            task,
            nextAt: now + untilNext(body, random),
            data: body,
          }),
      ...recordOf(context, {
        target: { kind: 'service', id: serviceId },
        changes: [{ property: `${task}.periodDays`, after: body.periodDays }],
      }),
    )
    return { action: 'OK', schedules: await describeSchedules(store, serviceId) }
  },
})
