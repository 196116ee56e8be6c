/** One attempt to notify a client of a logout, OIDC Back-Channel Logout §2.5. */
import type { Dependencies } from '../context.ts'
import type { Client } from '../model/client/client.ts'
import { timeOf } from '../model/service/clock.ts'
import type { Service } from '../model/service/service.ts'
import {
  type DeliveryFailure,
  nextAttemptAt,
  wasAnswered,
} from '../oauth/logout/delivery-outcome.ts'
import { sessionSettings } from '../oauth/logout/session-settings.ts'
import { clientIdentifier } from '../oauth/tokens/id-token.ts'
import { Refusal } from '../refusal.ts'
import type { DeliveryRow } from '../store/tables/sessions/deliveries.ts'
import { FetchError } from '../system/fetch.ts'
import { logoutToken } from '../tokens/logout-token.ts'

/** What an attempt needs, without a request. */
export type Sending = Pick<Dependencies, 'store' | 'documents' | 'keys' | 'keySets' | 'system'>

/** `none`: the client or its URI is gone, so that the delivery is gone too. */
export type DeliveryOutcome = 'delivered' | 'retried' | 'dead' | 'none'

export interface AttemptedDelivery {
  outcome: DeliveryOutcome
  failure?: DeliveryFailure
  /** Whether the client's server answered as one that works. */
  wasAnswered: boolean
}

const attemptMilliseconds = 3_000
const answerBytes = 64 * 1_024

/** Sends a new Logout Token, and stores what became of it. */
export async function attemptDelivery(
  sending: Sending,
  row: DeliveryRow,
): Promise<AttemptedDelivery> {
  const { store, documents, system } = sending
  const { serviceId, clientId, attempts, giveUpAt } = row
  const service = await documents.service(serviceId)
  const client = await documents.client(serviceId, clientId)
  if (!service || !client?.backchannelLogoutUri) {
    await store.commit(store.deliveries.delete(row))
    return { outcome: 'none', wasAnswered: true }
  }
  const failure = await notify(sending, { service, client, row })
  const now = timeOf(service, system.clock)
  const keptUntil = now + sessionSettings(service).historySeconds * 1_000
  const finished = { finishedAt: now, keptUntil, lastStatus: failure?.status ?? null }
  if (!failure) {
    await store.commit(store.deliveries.delivered(row, { ...finished, lastError: null }))
    return { outcome: 'delivered', wasAnswered: true }
  }
  const answer = { lastStatus: failure.status ?? null, lastError: failure.reason }
  const chance = system.random.integer(1_000) / 1_000
  const dueAt = nextAttemptAt(failure, { attempts, now, giveUpAt, chance })
  // A client that was deleted in the meantime has no row left: the writes touch none.
  await store.commit(
    dueAt === undefined
      ? store.deliveries.dead(row, attempts, { ...finished, ...answer })
      : store.deliveries.again(row, attempts, { ...answer, dueAt }),
  )
  const outcome = dueAt === undefined ? 'dead' : 'retried'
  return { outcome, failure, wasAnswered: wasAnswered(failure) }
}

/** A client with a URI, as it is at the time of the attempt. */
interface Notified {
  service: Service
  client: Client
  row: DeliveryRow
}

/** An answer with a status from 200 to 299 counts as success, even if it cannot be read. */
async function notify(
  sending: Sending,
  { service, client, row }: Notified,
): Promise<DeliveryFailure | undefined> {
  const { system } = sending
  try {
    const context = { ...sending, service, now: timeOf(service, system.clock) }
    const token = await logoutToken(context, client, {
      sub: row.sub ?? undefined,
      sid: row.sid ?? undefined,
      subject: row.subject ?? undefined,
      sessionId: row.sessionId ?? undefined,
      aud: clientIdentifier(client, row.data),
      audienceType: row.data.audienceType,
    })
    await system.fetch(client.backchannelLogoutUri ?? '', {
      serviceId: row.serviceId,
      purpose: 'logout notification',
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ logout_token: token }).toString(),
      timeoutMs: attemptMilliseconds,
      maxBytes: answerBytes,
    })
    return undefined
  } catch (error) {
    if (error instanceof Refusal) return { reason: error.rule.code }
    if (!(error instanceof FetchError)) throw error
    const { reason, status, retryAfter } = error
    return ['too-large', 'encoding'].includes(reason) ? undefined : { reason, status, retryAfter }
  }
}
