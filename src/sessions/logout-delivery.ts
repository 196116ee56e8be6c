/** One attempt to notify a client of a logout, OIDC Back-Channel Logout §2.5. */
import type { Dependencies } from '../context.ts'
import { post, storeOutcome } from '../deliveries/attempt.ts'
import { type DeliveryFailure, type Patience, wasAnswered } from '../deliveries/retry.ts'
import type { Client } from '../model/client/client.ts'
import { timeOf } from '../model/service/clock.ts'
import type { Service } from '../model/service/service.ts'
import { sessionSettings } from '../oauth/logout/session-settings.ts'
import { clientIdentifier } from '../oauth/tokens/id-token.ts'
import { Refusal } from '../refusal.ts'
import type { DeliveryRow } from '../store/tables/sessions/deliveries.ts'
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

/** OIDC Back-Channel Logout §2.8: a client that refuses may succeed later. */
const patience: Patience = {
  longestDelayMilliseconds: 3_600_000,
  /** A client with an old copy of the key set answers 400, and accepts a later attempt. */
  attemptsIfRefused: 8,
  finalReasons: ['redirect', 'invalid-url', 'forbidden-address'],
}

/** Sends a new Logout Token, and stores what became of it. */
export async function attemptDelivery(
  sending: Sending,
  row: DeliveryRow,
): Promise<AttemptedDelivery> {
  const { store, documents, system } = sending
  const { serviceId, clientId } = row
  const service = await documents.service(serviceId)
  const client = await documents.client(serviceId, clientId)
  if (!service || !client?.backchannelLogoutUri) {
    await store.commit(store.deliveries.delete(row))
    return { outcome: 'none', wasAnswered: true }
  }
  const failure = await notify(sending, { service, client, row })
  const now = timeOf(service, system.clock)
  const keptUntil = now + sessionSettings(service).historySeconds * 1_000
  const ended = { failure, now, keptUntil, patience, random: system.random }
  const outcome = await storeOutcome(store, store.deliveries, row, ended)
  return failure
    ? { outcome, failure, wasAnswered: wasAnswered(failure) }
    : { outcome, wasAnswered: true }
}

/** A client with a URI, as it is at the time of the attempt. */
interface Notified {
  service: Service
  client: Client
  row: DeliveryRow
}

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
    return await post(system.fetch, client.backchannelLogoutUri ?? '', {
      serviceId: row.serviceId,
      purpose: 'logout notification',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ logout_token: token }).toString(),
    })
  } catch (error) {
    if (error instanceof Refusal) return { reason: error.rule.code }
    throw error
  }
}
