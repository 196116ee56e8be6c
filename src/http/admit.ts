/** Admission of a request: caller, right, service, context. */

import { authorizeCaller, type Caller, identifyCaller, serviceUnknown } from '../caller.ts'
import type { Context, Dependencies, Preferences } from '../context.ts'
import type { AccessRight } from '../model/api-token.ts'
import { isNumericId } from '../model/primitives.ts'
import type { Service } from '../model/service/service.ts'
import { refuseCaller } from '../refusal.ts'
import type { RawBody } from './body.ts'

/** A request from the transport, before any check. */
export interface Incoming {
  /** Identifies the request in the log. */
  requestId: string
  /** Counts the call for a service (0: none); refuses if the service has used its share. */
  assign(serviceId: number): void
  authorization: string | undefined
  prefer: string | undefined
  /** The source address of the client's request, if the caller provides it. */
  clientAddress?: string | undefined
  params: Record<string, string>
  query: () => Record<string, string>
  body: (limit: number) => Promise<RawBody>
}

/** Checks caller, right and service of a request before its body is read. */
export async function admit(
  declaration: {
    path: string
    right: AccessRight | 'public'
    ofOneClient?: boolean
    ofAnyService?: boolean
  },
  incoming: Incoming,
  dependencies: Dependencies,
  preferences: Preferences,
): Promise<Context & { service?: Service }> {
  const now = dependencies.system.clock()
  if (declaration.right === 'public') {
    return contextOf(dependencies, anonymous, preferences, now)
  }
  const caller = await identifyCaller(incoming.authorization, dependencies.store, now)
  const named = incoming.params['serviceId']
  if (named === undefined) {
    const own = declaration.ofAnyService ? { serviceId: caller.serviceId } : {}
    authorizeCaller(caller, declaration.right, own)
    incoming.assign(caller.serviceId ?? 0)
    return contextOf(dependencies, caller, preferences, now)
  }
  const serviceId = isNumericId(named) ? Number(named) : 0
  const ofOneClient = declaration.ofOneClient ?? false
  authorizeCaller(caller, declaration.right, { serviceId, ofOneClient })
  incoming.assign(serviceId)
  const service = await dependencies.documents.service(serviceId)
  if (!service) refuseCaller(serviceUnknown)
  const { clientAddress } = incoming
  return contextOf(dependencies, caller, preferences, now, service, clientAddress)
}

const anonymous: Caller = {
  serviceId: undefined,
  clientId: undefined,
  expiresAt: undefined,
  may: () => false,
}

/** Lists the members one by one, which is faster than spreading an object for every request. */
function contextOf(
  { store, documents, keySets, keys, system, sealer, outbox }: Dependencies,
  caller: Caller,
  preferences: Preferences,
  now: number,
  service?: Service,
  clientAddress?: string,
): Context & { service?: Service } {
  return service
    ? {
        store,
        documents,
        keySets,
        keys,
        system,
        sealer,
        outbox,
        caller,
        preferences,
        now,
        service,
        clientAddress,
      }
    : { store, documents, keySets, keys, system, sealer, outbox, caller, preferences, now }
}
