/** The store: the rows of every aggregate, read by finders and changed by lists of writes. */

import type { Write } from './engine.ts'
import type { DueRows, KeptDays } from './purge.ts'
import type { summaries } from './search/summaries.ts'
import type { accessTokens } from './tables/access-tokens.ts'
import type { apiTokens } from './tables/api-tokens.ts'
import type { attempts } from './tables/attempts.ts'
import type { audit } from './tables/audit.ts'
import type { backchannelRequests } from './tables/backchannel-requests.ts'
import type { idempotency } from './tables/changes/idempotency.ts'
import type { revisions } from './tables/changes/revisions.ts'
import type { clients } from './tables/clients.ts'
import type { codes } from './tables/codes.ts'
import type { counters } from './tables/counters.ts'
import type { issuedCredentials } from './tables/credentials/issued.ts'
import type { credentialOffers } from './tables/credentials/offers.ts'
import type { credentialRequests } from './tables/credentials/requests.ts'
import type { statusLists } from './tables/credentials/status-lists.ts'
import type { deviceCodes } from './tables/device-codes.ts'
import type { eventDeliveries } from './tables/events/event-deliveries.ts'
import type { eventEndpoints } from './tables/events/event-endpoints.ts'
import type { events } from './tables/events/events.ts'
import type { expiringClients } from './tables/expiring-clients.ts'
import type { grantedScopes } from './tables/granted-scopes.ts'
import type { managedGrants } from './tables/grants.ts'
import type { hardwareKeys } from './tables/keys/hardware-keys.ts'
import type { keySchedules } from './tables/keys/key-schedules.ts'
import type { notifications } from './tables/notifications.ts'
import type { refreshTokens } from './tables/refresh-tokens.ts'
import type { replays } from './tables/replays.ts'
import type { revocations } from './tables/revocations/revocations.ts'
import type { services } from './tables/services.ts'
import type { deliveries } from './tables/sessions/deliveries.ts'
import type { sessionClients } from './tables/sessions/session-clients.ts'
import type { sessionTokens } from './tables/sessions/session-tokens.ts'
import type { sessions } from './tables/sessions/sessions.ts'
import type { eventStreams } from './tables/streams/event-streams.ts'
import type { securityEvents } from './tables/streams/security-events.ts'
import type { streamSubjects } from './tables/streams/stream-subjects.ts'
import type { tickets } from './tables/tickets.ts'
import type { tokenBatches } from './tables/token-batches.ts'
import type { unredeemedGrants } from './tables/unredeemed-grants.ts'
import type { apiTokenUses } from './uses/api-token-uses.ts'
import type { clientUses } from './uses/client-uses.ts'
import type { eventDrops } from './uses/event-drops.ts'
import type { RowBudgets } from './uses/row-budgets.ts'
import type { usage } from './uses/usage.ts'

/** The store of a dry run. */
export interface Rehearsal {
  /** Its reads find what was committed to it. */
  readonly store: Store
  isOver(): boolean
  /** Nothing was written, and nothing more can be: the store fails from now on. */
  end(): void
}

export interface Store {
  /** Applies every write or none, durably. */
  commit(...writes: Write[]): Promise<void>
  /** A store for a dry run, whose commits are rolled back; undefined while four are in use. */
  rehearse(): Rehearsal | undefined
  ping(): Promise<void>
  /** A call has arrived: it reads nothing that is older. */
  arrived(isAtSocket: boolean): void
  /** To be waited for by each call before it reads rows that are kept, where it is there. */
  readonly settle: (() => Promise<void>) | undefined
  /** A store that reads a replica, and how many milliseconds old its state is at most. */
  readonly behind?: { readonly store: Store; age(): number } | undefined
  /** Commits at once what waits for others to commit with. */
  relieve(): void
  /**
   * Removes every row that has expired, `limit` at a time, and what is older than the days for
   * which it is kept; returns how many went.
   */
  purge(now: number, limit?: number, kept?: KeptDays): Promise<number>
  /** How long ago the row expired that the sweep should have removed first, in milliseconds. */
  sweepLag(now: number, kept?: KeptDays): Promise<number>
  /** How many rows have expired and are not yet removed, by table; each counted up to a limit. */
  sweepDue(now: number, kept?: KeptDays): Promise<DueRows[]>
  /** Seals under the master key what a previous one has sealed; returns how many values. */
  rekey(limit?: number): Promise<number>
  close(): Promise<void>
  readonly services: ReturnType<typeof services>
  readonly clients: ReturnType<typeof clients>
  readonly summaries: ReturnType<typeof summaries>
  readonly clientUses: ReturnType<typeof clientUses>
  readonly apiTokenUses: ReturnType<typeof apiTokenUses>
  readonly usage: ReturnType<typeof usage>
  readonly rowBudgets: RowBudgets
  readonly eventDrops: ReturnType<typeof eventDrops>
  readonly expiringClients: ReturnType<typeof expiringClients>
  readonly counters: ReturnType<typeof counters>
  readonly hardwareKeys: ReturnType<typeof hardwareKeys>
  readonly keySchedules: ReturnType<typeof keySchedules>
  readonly credentialOffers: ReturnType<typeof credentialOffers>
  readonly credentialRequests: ReturnType<typeof credentialRequests>
  readonly issuedCredentials: ReturnType<typeof issuedCredentials>
  readonly statusLists: ReturnType<typeof statusLists>
  readonly tickets: ReturnType<typeof tickets>
  readonly codes: ReturnType<typeof codes>
  readonly unredeemedGrants: ReturnType<typeof unredeemedGrants>
  readonly backchannelRequests: ReturnType<typeof backchannelRequests>
  readonly notifications: ReturnType<typeof notifications>
  readonly accessTokens: ReturnType<typeof accessTokens>
  readonly refreshTokens: ReturnType<typeof refreshTokens>
  readonly revocations: ReturnType<typeof revocations>
  readonly sessions: ReturnType<typeof sessions>
  readonly sessionClients: ReturnType<typeof sessionClients>
  readonly sessionTokens: ReturnType<typeof sessionTokens>
  readonly deliveries: ReturnType<typeof deliveries>
  readonly eventEndpoints: ReturnType<typeof eventEndpoints>
  readonly events: ReturnType<typeof events>
  readonly eventDeliveries: ReturnType<typeof eventDeliveries>
  readonly eventStreams: ReturnType<typeof eventStreams>
  readonly securityEvents: ReturnType<typeof securityEvents>
  readonly streamSubjects: ReturnType<typeof streamSubjects>
  readonly grantedScopes: ReturnType<typeof grantedScopes>
  readonly grants: ReturnType<typeof managedGrants>
  readonly replays: ReturnType<typeof replays>
  readonly tokenBatches: ReturnType<typeof tokenBatches>
  readonly deviceCodes: ReturnType<typeof deviceCodes>
  readonly attempts: ReturnType<typeof attempts>
  readonly apiTokens: ReturnType<typeof apiTokens>
  readonly audit: ReturnType<typeof audit>
  readonly revisions: ReturnType<typeof revisions>
  readonly idempotency: ReturnType<typeof idempotency>
}
