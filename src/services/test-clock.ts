/** Test services and their clocks, which are moved forward only. */
import { recordOf } from '../audit/record.ts'
import { serviceUnknown } from '../caller.ts'
import type { Context, ServiceContext } from '../context.ts'
import { aheadOf } from '../model/service/clock.ts'
import type { Service } from '../model/service/service.ts'
import type { AttributeOwner } from '../oauth/attribute.ts'
import { isForTests } from '../oauth/service/test-service.ts'
import { defineCallerRules, refuseCaller } from '../refusal.ts'
import { orRefuse } from '../store/engine.ts'
import { fromNewest } from '../store/newest.ts'

const rules = defineCallerRules('Test services', {
  switchedOff: {
    code: 'P156002',
    status: 400,
    message:
      'This process has no test services: start it with POSTERN_TEST_SERVICES=true, or leave the attribute ext.mode out.',
  },
  isMoved: {
    code: 'P156003',
    status: 400,
    message:
      'The clock of the service was moved, so that the service must stay a test service: keep ext.mode=test, or create another service.',
  },
  isLive: {
    code: 'P156004',
    status: 400,
    message:
      'The service has no clock of its own: only a service with the attribute ext.mode=test has one.',
  },
  backwards: {
    code: 'P156005',
    status: 400,
    message:
      'The clock of a service moves forward only: expired rows may be gone. Use a later time, or create another service.',
  },
  tooFar: {
    code: 'P156006',
    status: 400,
    message: 'The clock of a service can be at most 100 years ahead.',
  },
})

/** Refuses settings of a test service where there are none, and a way back to real time. */
export function requireTestable(
  { testServices }: Context,
  settings: AttributeOwner,
  current?: Service,
): void {
  const isTest = isForTests(settings)
  if (isTest && !testServices) refuseCaller(rules.switchedOff)
  if (!isTest && current && aheadOf(current) > 0) refuseCaller(rules.isMoved)
}

export interface ClockState {
  now: number
  ahead: number
}

export function clockState({ service, now, testServices }: ServiceContext): ClockState {
  if (!testServices) refuseCaller(rules.switchedOff)
  if (!isForTests(service)) refuseCaller(rules.isLive)
  return { now, ahead: aheadOf(service) }
}

export interface Move {
  advanceSeconds?: number | undefined
  setTo?: number | undefined
}

const most = 36_525 * 86_400_000

/** How far ahead the clock is after the move. */
function movedBy({ advanceSeconds = 0, setTo }: Move, ahead: number, real: number): number {
  const after = setTo === undefined ? ahead + advanceSeconds * 1_000 : setTo - real
  if (after < ahead) refuseCaller(rules.backwards)
  if (after > most) refuseCaller(rules.tooFar)
  return after
}

/**
 * Moves the clock of the service of the context. It is moved again from where it then is if another
 * call changed the service in the meantime, so that each of two calls advances it.
 */
export async function moveClock(context: ServiceContext, move: Move): Promise<ClockState> {
  clockState(context)
  const { store, system, service } = context
  const { apiKey: serviceId } = service
  return fromNewest(store, `service ${serviceId}`, async (lost) => {
    const row = await store.services.find(serviceId)
    if (!row) refuseCaller(serviceUnknown)
    if (!isForTests(row.data)) refuseCaller(rules.isLive)
    const real = system.clock()
    const ahead = movedBy(move, row.ahead, real)
    const state = { now: real + ahead, ahead }
    if (ahead === row.ahead) return state
    const moved = store.services.moveClock({ serviceId, ahead, seen: row.version })
    const record = recordOf(context, {
      target: { kind: 'service', id: serviceId },
      changes: [{ property: 'clock', before: real + row.ahead, after: state.now }],
    })
    await store.commit(orRefuse(moved, lost), ...record)
    return state
  })
}
