/** Checks of what is stored: the bootstrap token, and what should be removed or delivered. */
import { ApiToken } from '../model/api-token.ts'
import { notificationMilliseconds } from '../model/notification.ts'
import type { Service } from '../model/service/service.ts'
import { isForTests } from '../oauth/service/test-service.ts'
import type { KeptDays } from '../store/purge.ts'
import type { Store } from '../store/store.ts'
import { error, type Finding, ok, warning } from './finding.ts'

const minute = 60_000

export async function checkStored(
  store: Store,
  now: number,
  { kept, testServices }: { kept?: KeptDays; testServices: boolean },
): Promise<Finding[]> {
  return [
    await bootstrapToken(store),
    sweepLag(await store.sweepLag(now, kept)),
    await outboxes(store, now),
    movedClocks(await store.services.moved(), testServices),
  ]
}

async function bootstrapToken(store: Store): Promise<Finding> {
  const tokens = await store.apiTokens.list(0)
  const isBootstrap = tokens.some(({ data }) => ApiToken.parse(data).isBootstrap)
  if (!isBootstrap) return ok('bootstrap-token', 'The bootstrap token is not in use.')
  return warning('bootstrap-token', {
    what: 'The token of the first start is still valid.',
    why: 'It may do everything, never expires, and tells nothing of who uses it.',
    mend: 'Create tokens with the rights that each caller needs (/servicetoken/create).',
  })
}

const lateMilliseconds = 15 * minute

function sweepLag(lag: number): Finding {
  const what = `The sweep is ${Math.round(lag / 1_000)} s late.`
  if (lag < lateMilliseconds) return ok('sweep', what)
  return warning('sweep', {
    what,
    why: 'Expired rows stay, so that the database grows.',
    mend: 'Look for `sweeping expired rows failed` in the log of a running Postern.',
  })
}

async function outboxes({ deliveries, notifications }: Store, now: number): Promise<Finding> {
  const logouts = await deliveries.waiting()
  const others = Object.values(await notifications.waiting())
  const stored = [
    logouts.oldest ?? now,
    ...others.map(({ expiresFirst }) =>
      expiresFirst === null ? now : expiresFirst - notificationMilliseconds,
    ),
  ]
  // What a test service stored may be dated in the future.
  const age = Math.max(0, now - Math.min(...stored))
  const count = others.reduce((sum, other) => sum + other.count, logouts.count)
  const what = `${count} notifications wait, the oldest for ${Math.round(age / 1_000)} s.`
  if (age < 2 * lateMilliseconds) return ok('outbox', what)
  return warning('outbox', {
    what,
    why: 'Clients do not learn of logouts and of finished requests.',
    mend: 'See who does not answer: /logout/delivery/list, and the log.',
  })
}

const shownServices = 5

function movedClocks(moved: readonly { serviceId: number }[], testServices: boolean): Finding {
  if (moved.length === 0) return ok('test-services', 'No clock of a service was moved.')
  const named = moved.slice(0, shownServices).map(({ serviceId }) => serviceId)
  const more = moved.length > named.length ? ' and others' : ''
  const what = `The clocks of test services are ahead: ${named.join(', ')}${more}.`
  if (testServices) return ok('test-services', what)
  return warning('test-services', {
    what,
    why: 'POSTERN_TEST_SERVICES is not true, so that calls for their clients are refused (P156001).',
    mend: 'Delete these services, or set POSTERN_TEST_SERVICES=true for a process of tests.',
  })
}

/** A service for tests, which need not have moved its clock yet. */
export function checkTestService(service: Service, testServices: boolean): Finding {
  if (!isForTests(service)) return ok('test-service', 'The service is not for tests.')
  if (testServices) return ok('test-service', 'The service is for tests: its clock can be moved.')
  return error('test-service', {
    what: 'The service is for tests (ext.mode), and POSTERN_TEST_SERVICES is not true.',
    why: 'Calls for its clients are refused (P156001).',
    mend: 'Remove the attribute ext.mode, or set POSTERN_TEST_SERVICES=true.',
  })
}
