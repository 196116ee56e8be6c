/** Admission of a request: caller, right, service, context. */

import { authorizeCaller, type Caller, identifyCaller, serviceUnknown } from '../caller.ts'
import type { Call, Context, Dependencies, Preferences } from '../context.ts'
import type { AccessRight } from '../model/api-token.ts'
import type { AuditType } from '../model/audit/record.ts'
import { isNumericId } from '../model/primitives.ts'
import { aheadOf } from '../model/service/clock.ts'
import type { Service } from '../model/service/service.ts'
import { callsPerSecond } from '../oauth/service/quotas.ts'
import { isTestService } from '../oauth/service/test-service.ts'
import { type CallerRule, defineCallerRules, refuseCaller } from '../refusal.ts'
import type { Store } from '../store/store.ts'
import type { RawBody } from './body.ts'
import { callOf, type SeldomField } from './call/call.ts'
import { CallRates } from './load-shedding/call-rates.ts'
import { OverQuota } from './load-shedding/over-quota.ts'

const rules = defineCallerRules('Test services', {
  unserved: {
    code: 'P156001',
    status: 409,
    message:
      'The service is a test service (`ext.mode`), and this process has none: start it with POSTERN_TEST_SERVICES=true, or use another service.',
  },
})

const { tooManyCalls } = defineCallerRules('Quotas', {
  tooManyCalls: {
    code: 'P166001',
    status: 429,
    message:
      'The service has made more calls than its quota allows (`ext.quota.calls_per_second`): the ' +
      'call was not processed, try again in a second.',
  },
})

/** What these rights allow is done for clients and users; others only manage the service. */
const serving: ReadonlySet<RequiredRight> = new Set(['use_service', 'use_introspection'])

/** A request from the transport, before any check. */
export interface Incoming {
  /** Identifies the request in the log. */
  requestId: string
  /** Counts the call for a service (0: none); refuses if the service has used its share. */
  assign(serviceId: number): void
  authorization: string | undefined
  prefer: string | undefined
  field(name: SeldomField): string | undefined
  /** The network of the sender, as far as this server sees it. */
  sender(): string | undefined
  /** The source address of the client's request, if the caller provides it. */
  clientAddress?: string | undefined
  params: Record<string, string>
  query: () => Record<string, string>
  body: (limit: number) => Promise<RawBody>
  /** The caller, once its API token was found. */
  caller?: Caller
  /** The caller of a dry run, which was identified before. */
  admitted?: Caller
  /** For whom the caller says it acts, once the body was read. */
  actingSubject?: string | undefined
}

/** `public` requires no API token, `any` one with whatever rights and limits. */
export type RequiredRight = AccessRight | 'public' | 'any'

/** Checks caller, right and service of a request before its body is read. */
export async function admit(
  declaration: {
    operationId: string
    audits?: AuditType
    path: string
    tag: string
    right: RequiredRight
    ofOneClient?: boolean
    ofAnyService?: boolean
  },
  incoming: Incoming,
  dependencies: Dependencies,
  preferences: Preferences,
): Promise<Context & { service?: Service }> {
  const now = dependencies.system.clock()
  const call = callOf(incoming, declaration)
  if (declaration.right === 'public') {
    return contextOf(dependencies, call, anonymous, preferences, now)
  }
  const { authorization, admitted } = incoming
  const caller = admitted ?? (await identifyCaller(authorization, dependencies.store, now))
  incoming.caller = caller
  if (declaration.right === 'any') {
    incoming.assign(caller.serviceId ?? 0)
    return contextOf(dependencies, call, caller, preferences, now)
  }
  const named = incoming.params['serviceId']
  if (named === undefined) {
    const own = declaration.ofAnyService ? { serviceId: caller.serviceId } : {}
    authorizeCaller(caller, declaration.right, own)
    incoming.assign(caller.serviceId ?? 0)
    return contextOf(dependencies, call, caller, preferences, now)
  }
  const serviceId = isNumericId(named) ? Number(named) : 0
  const ofOneClient = declaration.ofOneClient ?? false
  authorizeCaller(caller, declaration.right, { serviceId, ofOneClient })
  incoming.assign(serviceId)
  const service = await dependencies.documents.service(serviceId)
  if (!service) refuseCaller(serviceUnknown)
  if (!dependencies.testServices && serving.has(declaration.right) && isTestService(service)) {
    refuseCaller(rules.unserved)
  }
  if (serving.has(declaration.right)) {
    requireQuota(service, dependencies.store, incoming, now)
  }
  dependencies.store.usage.call(serviceId, declaration.tag, now)
  const { clientAddress } = incoming
  const time = now + aheadOf(service)
  return contextOf(dependencies, call, caller, preferences, time, service, clientAddress)
}

interface Rates {
  calls: CallRates
  over: OverQuota
}
/** A dry run has a store of its own, and takes nothing of the quota. */
const ratesOf = new WeakMap<Store, Rates>()

/** Only callers with the right count: strangers cannot use up the quota of a service. */
function requireQuota(
  service: Service,
  store: Store,
  { authorization }: Pick<Incoming, 'authorization'>,
  now: number,
): void {
  const perSecond = callsPerSecond.read(service)
  if (perSecond === undefined) return
  const known = ratesOf.get(store) ?? { calls: new CallRates(), over: new OverQuota() }
  ratesOf.set(store, known)
  const { apiKey: serviceId } = service
  if (known.calls.take(serviceId, perSecond, now)) return
  known.over.note(serviceId, authorization, known.calls.nextAt(serviceId, perSecond, now))
  store.usage.refusal(serviceId, tooManyCalls.code, now)
  refuseCaller(tooManyCalls)
}

/** The answer to a call that is refused like the one before, if it is one. */
export function refusedAgain(
  { right }: { right: RequiredRight },
  serviceId: number,
  { authorization, prefer }: { authorization?: string | undefined; prefer?: unknown },
  { store, system }: Pick<Dependencies, 'store' | 'system'>,
): CallerRule | undefined {
  const over = ratesOf.get(store)?.over
  // The answer may have an explanation.
  if (!over || prefer !== undefined || !serving.has(right)) return undefined
  const now = system.clock()
  if (!over.has(serviceId, authorization, now)) return undefined
  store.usage.refusal(serviceId, tooManyCalls.code, now)
  return tooManyCalls
}

const anonymous: Caller = {
  serviceId: undefined,
  tokenId: undefined,
  label: '',
  clientId: undefined,
  expiresAt: undefined,
  may: () => false,
}

/** Lists the members one by one, which is faster than spreading an object for every request. */
function contextOf(
  dependencies: Dependencies,
  call: Call,
  caller: Caller,
  preferences: Preferences,
  now: number,
  service?: Service,
  clientAddress?: string,
): Context & { service?: Service } {
  const { store, documents, keySets, keys, system, sealer, outbox } = dependencies
  const { refusals, testServices, examine } = dependencies
  return service
    ? {
        store,
        documents,
        keySets,
        keys,
        system,
        sealer,
        outbox,
        refusals,
        testServices,
        examine,
        call,
        caller,
        preferences,
        now,
        service,
        clientAddress,
      }
    : {
        store,
        documents,
        keySets,
        keys,
        system,
        sealer,
        outbox,
        refusals,
        testServices,
        examine,
        call,
        caller,
        preferences,
        now,
      }
}
