/** Deletes a key of a service in a hardware security module. */
import { z } from 'zod'
import { recordOf } from '../../audit/record.ts'
import type { ServiceContext } from '../../context.ts'
import { defineEndpoint } from '../../http/endpoint.ts'
import { Flag } from '../../http/flag.ts'
import { emptyResponse } from '../../http/response.ts'
import type { HardwareKey } from '../../model/service/hsk.ts'
import { withoutHeld } from '../../oauth/keys/delete.ts'
import { requireHardware } from '../../oauth/service/hardware-key.ts'
import { changeRing } from '../../services/keys/change.ts'
import { about, HandlePath, hskResponse, refusedHsk } from './hsk-schemas.ts'

const deletion = {
  ...about,
  summary: 'Delete a key in a module',
  description:
    'The key stops signing, and its public half leaves the key set. The module destroys it after ' +
    'the days of its configuration, seven by default. The only key of an algorithm is deleted with `force=true` only.',
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
  const { service, now } = context
  requireHardware(service.hsmEnabled)
  const changed = await changeRing(context, service.apiKey, (ring) => {
    const key = ring.hardware.find((each) => each.handle === handle)
    if (!key) return { ring }
    const record = recordOf(context, { target: { kind: 'key', id: key.kid } })
    return { ring: withoutHeld(ring, key, isForced, now), writes: record }
  })
  return changed?.before.hardware.find((key) => key.handle === handle)
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
