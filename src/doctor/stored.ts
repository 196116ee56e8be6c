/** Checks of what is stored: the bootstrap token, and what should be removed or delivered. */
import { ApiToken } from '../model/api-token.ts'
import { notificationMilliseconds } from '../model/notification.ts'
import type { Store } from '../store/store.ts'
import { type Finding, ok, warning } from './finding.ts'

const minute = 60_000

export async function checkStored(
  store: Store,
  now: number,
  auditDays: number,
): Promise<Finding[]> {
  return [
    await bootstrapToken(store),
    sweepLag(await store.sweepLag(now, auditDays)),
    await outboxes(store, now),
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
  const age = now - Math.min(...stored)
  const count = others.reduce((sum, other) => sum + other.count, logouts.count)
  const what = `${count} notifications wait, the oldest for ${Math.round(age / 1_000)} s.`
  if (age < 2 * lateMilliseconds) return ok('outbox', what)
  return warning('outbox', {
    what,
    why: 'Clients do not learn of logouts and of finished requests.',
    mend: 'See who does not answer: /logout/delivery/list, and the log.',
  })
}
