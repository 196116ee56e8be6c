/** Locks and unlocks a client. A locked client is refused at every step of every flow. */
import { z } from 'zod'
import { changeClient } from '../../clients/change.ts'
import { namedClient } from '../../clients/named.ts'
import { defineEndpoint } from '../../http/endpoint.ts'
import { ClientIdentifierPath } from './schemas.ts'

const LockFlagRequest = z
  .object({ clientLocked: z.boolean().default(false).describe('Whether the client is locked.') })
  .meta({ id: 'client_flag_update_request' })

export const lockFlag = defineEndpoint({
  operationId: 'client_flag_update_api',
  audits: 'client.lock_changed',
  method: 'post',
  path: '/api/{serviceId}/client/lock_flag/update/{clientIdentifier}',
  tag: 'Client Management',
  summary: 'Lock or unlock a client',
  description:
    'A locked client gets no tokens, and those that it has are refused until it is unlocked.',
  right: 'modify_client',
  ofOneClient: true,
  params: ClientIdentifierPath,
  body: LockFlagRequest,
  form: true,
  response: z.object({}).meta({ id: 'client_flag_update_response' }),
  results: { OK: { code: 'P062901', message: 'The lock flag is updated.' } },
  async handle({ params, body }, context) {
    const client = await namedClient(context, params.clientIdentifier)
    await changeClient(context, client, () => ({ locked: body.clientLocked }))
    return {}
  },
})
