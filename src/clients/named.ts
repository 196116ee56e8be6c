/** The client that a management operation names in its path, by number or alias. */

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

/** The rule for a client that disappears while it is being changed, too. */
export const clientUnknown = rules.unknown

/** The alias counts here even where it may not be used in OAuth requests. */
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
