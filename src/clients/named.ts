/** The client in the path of a management operation, by number or alias. */

import { authorizeForClient } from '../caller.ts'
import type { ServiceContext } from '../context.ts'
import type { Client } from '../model/client/client.ts'
import { isNumericId } from '../model/primitives.ts'
import { defineCallerRules, refuseCaller } from '../refusal.ts'

const rules = defineCallerRules('Client', {
  unknown: {
    code: 'P060001',
    status: 404,
    message: 'The client is unknown: the service has no client with this id.',
  },
})

/** The rule is also for a client that is deleted while it is changed. */
export const clientUnknown = rules.unknown

/** Accepts the alias even if it is not enabled for OAuth requests. */
export async function namedClient(context: ServiceContext, identifier: string): Promise<Client> {
  const { service, documents, caller } = context
  const byNumber = isNumericId(identifier)
    ? await documents.client(service.apiKey, Number(identifier))
    : undefined
  const client = byNumber ?? (await documents.clientByAlias(service.apiKey, identifier))
  if (!client) refuseCaller(rules.unknown)
  authorizeForClient(caller, client.clientId)
  return client
}
