/** Deletes a key of a service in a hardware security module. */
import { z } from 'zod'
import { recordOf } from '../../audit/record.ts'
import { serviceUnknown } from '../../caller.ts'
import type { ServiceContext } from '../../context.ts'
import { defineEndpoint } from '../../http/endpoint.ts'
import { Flag } from '../../http/flag.ts'
import { emptyResponse } from '../../http/response.ts'
import { hasPrivateHalf } from '../../jose/key-set.ts'
import { serviceKeySet } from '../../jose/service-key-set.ts'
import type { HardwareKey } from '../../model/service/hsk.ts'
import { requireHardware, requireReplaceable } from '../../oauth/service/hardware-key.ts'
import { CallerError } from '../../refusal.ts'
import { changeServiceKeys, findHardwareKey } from '../../services/hardware-keys.ts'
import { orRefuse } from '../../store/engine.ts'
import { about, HandlePath, hskResponse, refusedHsk } from './hsk-schemas.ts'

/** The key stays in the module for this long, so that a slip can be undone. */
const keptMilliseconds = 7 * 86_400_000

const deletion = {
  ...about,
  summary: 'Delete a key in a module',
  description:
    'The key stops signing, and its public half leaves the key set. The module destroys it after ' +
    'seven days. The only key of an algorithm is deleted with `force=true` only.',
  right: 'modify_service',
  audits: 'key.deleted',
  params: HandlePath,
  query: z.object({
    force: Flag.describe('Whether the only key of an algorithm is deleted, too.'),
  }),
  refuse: refusedHsk,
} as const

async function deleteKey(
  context: ServiceContext,
  handle: string,
  isForced: boolean,
): Promise<HardwareKey | undefined> {
  const { service, store, now } = context
  requireHardware(service.hsmEnabled)
  const deleted = findHardwareKey(context, handle)
  if (!deleted) return undefined
  const local = serviceKeySet({ ...service, hsmEnabled: false }).keys.filter(hasPrivateHalf)
  const isDone = await changeServiceKeys(context, ({ hardware, managed }) => {
    const rest = hardware.filter((key) => key.handle !== handle)
    if (rest.length === hardware.length) return undefined
    if (!isForced) requireReplaceable(deleted, [...rest, ...local.map(({ alg }) => ({ alg }))])
    const of = { serviceId: service.apiKey, handle, dueAt: now + keptMilliseconds }
    const removed = store.hardwareKeys.remove(of)
    return {
      keys: { managed, hardware: rest },
      writes: [
        orRefuse(removed, new CallerError(serviceUnknown)),
        ...recordOf(context, { target: { kind: 'key', id: deleted.kid } }),
      ],
    }
  })
  return isDone ? deleted : undefined
}

export const hskDelete = defineEndpoint({
  ...deletion,
  operationId: 'hsk_delete_api',
  method: 'delete',
  path: '/api/{serviceId}/hsk/delete/{handle}',
  response: hskResponse('hsk_delete_response'),
  results: {
    SUCCESS: { code: 'P111906', message: 'The key is deleted.' },
    NOT_FOUND: { code: 'P111907', message: 'The service has no key of this handle.' },
  },
  async handle({ params, query }, context) {
    const hsk = await deleteKey(context, params.handle, query.force)
    return hsk ? emptyResponse : { action: 'NOT_FOUND' }
  },
})

/** Clients in Java send GET, and read the response. */
export const hskDeleteByGet = defineEndpoint({
  ...deletion,
  operationId: 'hsk_delete_by_get_api',
  method: 'get',
  path: '/api/{serviceId}/hsk/delete/{handle}',
  response: hskResponse('hsk_delete_by_get_response'),
  results: {
    SUCCESS: { code: 'P111908', message: 'The key is deleted.' },
    NOT_FOUND: { code: 'P111909', message: 'The service has no key of this handle.' },
  },
  async handle({ params, query }, context) {
    const hsk = await deleteKey(context, params.handle, query.force)
    return hsk ? { action: 'SUCCESS', hsk } : { action: 'NOT_FOUND' }
  },
})
