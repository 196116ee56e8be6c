/** Rows of every table that tests of the store write and count. */
import { eq } from 'drizzle-orm'
import { ApiToken } from '../../src/model/api-token.ts'
import type { AuditRecord } from '../../src/model/audit/record.ts'
import { IssuedCredential } from '../../src/model/credential/issued.ts'
import { CredentialOffer } from '../../src/model/credential/offer.ts'
import { CredentialRequest } from '../../src/model/credential/request.ts'
import { Grant } from '../../src/model/grant.ts'
import { ManagedGrant } from '../../src/model/grant-management.ts'
import { GrantedScopes } from '../../src/model/granted-scopes.ts'
import { AuthorizationCode } from '../../src/model/request/authorization-code.ts'
import { BackchannelRequest } from '../../src/model/request/backchannel-request.ts'
import { DeviceCode } from '../../src/model/request/device-code.ts'
import { Ticket } from '../../src/model/request/ticket.ts'
import { TokenBatch } from '../../src/model/token/batch.ts'
import { AccessToken, RefreshToken } from '../../src/model/token/token.ts'
import type { Engine, Write } from '../../src/store/engine.ts'
import type { Store } from '../../src/store/store.ts'

export const now = Date.UTC(2026, 0, 1)
export const minute = 60_000

interface Owner {
  serviceId: number
  clientId: number
  /** A suffix of hashes and families, so that one client can have several of each. */
  suffix?: string
  subject?: string
  expiresAt?: number
}

const grant = Grant.parse({ scopes: ['openid'] })
const expiry = ({ expiresAt = now + minute }: Owner) => expiresAt

export const serviceRow = (serviceId: number) => ({
  serviceId,
  number: serviceId,
  data: { serviceName: `Service ${serviceId}` },
  secrets: { jwks: `jwks-secret-${serviceId}` },
  createdAt: now,
  modifiedAt: now,
})

export const hardwareKeyRow = (serviceId: number) => ({
  serviceId,
  handle: `handle-${serviceId}`,
  hsmName: 'box',
  state: 'PENDING' as const,
  createdAt: now,
  dueAt: now + minute,
})

const keyScheduleRow = (serviceId: number) => ({
  serviceId,
  task: 'protocol/ES256',
  nextAt: now + minute,
  data: { set: 'protocol' as const, alg: 'ES256', periodDays: 90 },
})

export const credentialOfferRow = (owner: Owner) => ({
  serviceId: owner.serviceId,
  identifierHash: `offer-${owner.clientId}${owner.suffix ?? ''}`,
  codeHash: `offer-code-${owner.clientId}${owner.suffix ?? ''}`,
  stateHash: `offer-state-${owner.clientId}${owner.suffix ?? ''}`,
  expiresAt: expiry(owner),
  offer: CredentialOffer.parse({
    identifier: 'offer',
    credentialConfigurationIds: ['diploma'],
    preAuthorizedCode: `offer-code-secret-${owner.clientId}`,
    createdAt: now,
    expiresAt: now + minute,
  }),
})

export const credentialRequestRow = (owner: Owner) => ({
  serviceId: owner.serviceId,
  identifierHash: `request-${owner.clientId}${owner.suffix ?? ''}`,
  status: 'PARSED' as const,
  clientId: owner.clientId,
  tokenHash: `access-${owner.clientId}${owner.suffix ?? ''}`,
  familyId: `family-${owner.clientId}${owner.suffix ?? ''}`,
  expiresAt: expiry(owner),
  data: CredentialRequest.parse({ configurationId: 'diploma', format: 'dc+sd-jwt' }),
})

export const issuedCredentialRow = (owner: Owner) => ({
  serviceId: owner.serviceId,
  credentialId: `credential-${owner.clientId}${owner.suffix ?? ''}`,
  issuedTo: owner.clientId,
  configurationId: 'diploma',
  status: 0,
  issuedAt: now,
  validUntil: expiry(owner),
  keptUntil: expiry(owner),
  data: IssuedCredential.parse({}),
})

export const statusListRow = (serviceId: number) => ({
  serviceId,
  list: 1,
  allocated: 0,
  version: 1,
  bits: 2,
  createdAt: now,
})

export const clientRow = (serviceId: number, clientId: number) => ({
  serviceId,
  clientId,
  number: clientId,
  alias: `alias-${clientId}`,
  developer: 'dora',
  softwareId: undefined,
  data: { clientName: `Client ${clientId}` },
  secrets: { clientSecret: `client-secret-${clientId}` },
  createdAt: now,
  modifiedAt: now,
})

export const ticketRow = (owner: Owner) => ({
  serviceId: owner.serviceId,
  ticketHash: `ticket-${owner.clientId}${owner.suffix ?? ''}`,
  clientId: owner.clientId,
  expiresAt: expiry(owner),
  data: Ticket.parse({ kind: 'pushed', clientId: owner.clientId, parameters: 'scope=openid' }),
})

export const codeRow = (owner: Owner) => ({
  serviceId: owner.serviceId,
  codeHash: `code-${owner.clientId}${owner.suffix ?? ''}`,
  familyId: `family-${owner.clientId}${owner.suffix ?? ''}`,
  clientId: owner.clientId,
  subject: owner.subject ?? 'alice',
  sessionId: undefined as string | undefined,
  expiresAt: expiry(owner),
  data: AuthorizationCode.parse({ grant, redirectUri: 'https://app.example.com/callback' }),
})

export const backchannelRow = (owner: Owner) => ({
  serviceId: owner.serviceId,
  authReqHash: `auth-req-${owner.clientId}${owner.suffix ?? ''}`,
  ticketHash: `backchannel-ticket-${owner.clientId}${owner.suffix ?? ''}`,
  clientId: owner.clientId,
  createdAt: now,
  expiresAt: expiry(owner),
  intervalSeconds: 5,
  data: BackchannelRequest.parse({
    request: { clientId: owner.clientId, deliveryMode: 'PING', scopes: ['openid'] },
  }),
  secrets: { authReqId: 'auth-req-id-in-clear', clientNotificationToken: 'token-in-clear' },
})

export const notificationRow = (owner: Owner) => ({
  serviceId: owner.serviceId,
  notificationId: `notification-${owner.clientId}${owner.suffix ?? ''}`,
  clientId: owner.clientId,
  dueAt: now,
  expiresAt: expiry(owner),
  message: {
    kind: 'ciba' as const,
    url: 'https://app.example.com/',
    token: 'token-in-clear',
    body: '{"a":"in-clear"}',
  },
})

export const accessTokenRow = (owner: Owner) => ({
  serviceId: owner.serviceId,
  tokenHash: `access-${owner.clientId}${owner.suffix ?? ''}`,
  familyId: `family-${owner.clientId}${owner.suffix ?? ''}`,
  clientId: owner.clientId,
  subject: owner.subject ?? 'alice',
  sessionId: undefined,
  createdAt: now,
  expiresAt: expiry(owner),
  data: AccessToken.parse({ grantType: 'AUTHORIZATION_CODE', grant }),
})

export const refreshTokenRow = (owner: Owner) => ({
  serviceId: owner.serviceId,
  familyId: `family-${owner.clientId}${owner.suffix ?? ''}`,
  tokenHash: `refresh-${owner.clientId}${owner.suffix ?? ''}`,
  clientId: owner.clientId,
  subject: owner.subject ?? 'alice',
  sessionId: undefined,
  createdAt: now,
  expiresAt: expiry(owner),
  data: RefreshToken.parse({ grantType: 'AUTHORIZATION_CODE', grant, durationSeconds: 60 }),
})

export const predecessorRow = (owner: Owner) => ({
  serviceId: owner.serviceId,
  tokenHash: `previous-${owner.clientId}${owner.suffix ?? ''}`,
  familyId: `family-${owner.clientId}${owner.suffix ?? ''}`,
  clientId: owner.clientId,
  rotatedAt: now,
  expiresAt: expiry(owner),
  successor: '{"refreshToken":"successor-in-clear"}',
})

export const deviceCodeRow = (owner: Owner) => ({
  serviceId: owner.serviceId,
  deviceCodeHash: `device-${owner.clientId}${owner.suffix ?? ''}`,
  userCodeHash: `user-${owner.clientId}${owner.suffix ?? ''}`,
  clientId: owner.clientId,
  pollingInterval: 5,
  expiresAt: expiry(owner),
  data: DeviceCode.parse({ scopes: ['openid'] }),
})

export const grantRow = (serviceId: number, clientId: number) => ({
  serviceId,
  clientId,
  grantId: `grant-${clientId}`,
  subject: 'alice',
  createdAt: now,
  modifiedAt: now,
  data: ManagedGrant.parse({ scopes: [{ scope: 'openid' }] }),
})

export const batchRow = (owner: Owner) => ({
  serviceId: owner.serviceId,
  requestId: `batch-${owner.clientId}${owner.suffix ?? ''}`,
  createdAt: now,
  modifiedAt: now,
  expiresAt: expiry(owner),
  data: TokenBatch.parse({ batchKind: 'CREATE', result: 'SUCCEEDED', tokenCount: 1 }),
})

export const apiTokenRow = (owner: Owner) => ({
  tokenId: `token-${owner.clientId}${owner.suffix ?? ''}`,
  tokenHash: `api-${owner.serviceId}-${owner.clientId}${owner.suffix ?? ''}`,
  serviceId: owner.serviceId,
  clientId: owner.clientId,
  createdAt: now,
  expiresAt: expiry(owner),
  data: ApiToken.parse({ rights: ['use_service'] }),
})

export const sessionRow = (owner: Owner) => ({
  serviceId: owner.serviceId,
  sessionId: `session-${owner.clientId}${owner.suffix ?? ''}`,
  subject: owner.subject ?? 'alice',
  createdAt: now,
  idleMilliseconds: undefined as number | undefined,
  endsAt: expiry(owner),
  keptUntil: expiry(owner),
  amr: ['pwd'],
  device: { userAgent: 'Browser', ipAddress: '192.0.2.1' },
  properties: [],
})

export const participantOf = (owner: Owner) => ({
  serviceId: owner.serviceId,
  sessionId: `session-${owner.clientId}${owner.suffix ?? ''}`,
  clientId: owner.clientId,
  sid: `sid-${owner.clientId}${owner.suffix ?? ''}`,
  sub: owner.subject ?? 'alice',
  now,
  data: { namedBy: 'id' as const },
})

export const deliveriesOf = (owner: Owner) => ({
  serviceId: owner.serviceId,
  sessionId: `session-${owner.clientId}${owner.suffix ?? ''}`,
  clientId: owner.clientId,
  logoutId: `logout-${owner.clientId}${owner.suffix ?? ''}`,
  kind: 'backchannel-logout' as const,
  now,
  dueAt: now,
  giveUpAt: now + 60_000,
  keptUntil: expiry(owner),
})

export const auditRow = (owner: Owner): AuditRecord => ({
  serviceId: owner.serviceId,
  recordId: `record-${owner.clientId}${owner.suffix ?? ''}`,
  at: now,
  type: 'client.updated',
  operation: 'client_update_api',
  actorKind: 'api_token',
  actorId: 'token-1',
  actorLabel: 'console',
  onBehalfOf: 'dora',
  targetKind: 'client',
  targetId: String(owner.clientId),
  outcome: 'SUCCESS',
  occurrences: 1,
  requestId: 'request-1',
  reason: undefined,
  changes: [{ property: 'clientName', before: 'a', after: 'b' }],
})

/** An endpoint of its own for each suffix. */
export const eventEndpointRow = ({ serviceId, clientId, suffix = '' }: Owner) => ({
  serviceId,
  endpointId: clientId + 1_000 * suffix.length,
  version: 1,
  createdAt: now,
  modifiedAt: now,
  data: { url: 'https://hooks.example.com/', description: '', disabled: false },
  secrets: [{ secret: 'whsec_secret-in-clear' }],
  dropped: 0,
  droppedSince: null,
})

export const eventRow = (owner: Owner) => ({
  serviceId: owner.serviceId,
  eventId: `event-${owner.clientId}${owner.suffix ?? ''}`,
  type: 'client.created' as const,
  createdAt: now,
  keptUntil: expiry(owner),
  data: { serviceId: owner.serviceId, clientId: owner.clientId },
})

export const eventDeliveryRow = (owner: Owner) => ({
  serviceId: owner.serviceId,
  eventId: eventRow(owner).eventId,
  endpointId: eventEndpointRow(owner).endpointId,
  status: 'PENDING' as const,
  attempts: 1,
  dueAt: now,
  createdAt: now,
  giveUpAt: now + minute,
  keptUntil: expiry(owner),
})

/** One for each client. */
export const eventStreamRow = ({ serviceId, clientId }: Owner) => ({
  serviceId,
  clientId,
  streamId: `stream-${clientId}`,
  version: 1,
  status: 'enabled' as const,
  reason: null,
  method: 'push' as const,
  types: ' session-revoked ',
  createdAt: now,
  modifiedAt: now,
  verifiedAt: null,
  data: { eventsRequested: [] },
  target: { url: 'https://receiver.example.com/', authorization: 'authorization-in-clear' },
})

export const securityEventOf = (owner: Owner) => ({
  serviceId: owner.serviceId,
  eventId: `security-event-${owner.clientId}${owner.suffix ?? ''}`,
  type: 'session-revoked',
  now,
  expiresAt: expiry(owner),
  content: { event: { reason_admin: { en: 'content-in-clear' } } },
})

export const streamSubjectRow = ({ serviceId, clientId }: Owner) => ({
  ...{ serviceId, clientId, subjectHash: 'subject-1', mode: 'ADDED' as const, createdAt: now },
})

/** One row in every table that has an expiry. */
export const expiringRows = (store: Store, owner: Owner): Write[] => [
  store.tickets.insert(ticketRow(owner)),
  store.codes.insert(codeRow(owner)),
  store.backchannelRequests.insert(backchannelRow(owner)),
  store.notifications.insert(notificationRow(owner)),
  store.accessTokens.insert(accessTokenRow(owner)),
  store.refreshTokens.insert(refreshTokenRow(owner)),
  store.refreshTokens.insertPredecessor(predecessorRow(owner)),
  store.replays.claim(owner.serviceId, 'jti', `jti${owner.suffix ?? ''}`, expiry(owner)),
  store.tokenBatches.insert(batchRow(owner)),
  store.deviceCodes.insert(deviceCodeRow(owner)),
  store.credentialOffers.insert(credentialOfferRow(owner)),
  store.credentialRequests.insert(credentialRequestRow(owner)),
  store.issuedCredentials.insert(issuedCredentialRow(owner)),
  store.attempts.add(owner.serviceId, `name${owner.suffix ?? ''}`, { now, until: expiry(owner) }),
  store.apiTokens.upsert(apiTokenRow(owner)),
  store.sessions.insert(sessionRow(owner)),
  store.sessionClients.join(participantOf(owner)),
  store.deliveries.insertOfClient(deliveriesOf(owner)),
  store.sessions.endOne(sessionRow(owner), endOf(owner)),
  store.eventEndpoints.insert(eventEndpointRow(owner)),
  store.eventDeliveries.insert(eventDeliveryRow(owner)),
  store.events.insert(eventRow(owner)),
  store.eventStreams.insert(eventStreamRow(owner)),
  store.securityEvents.insertOfStream(
    securityEventOf(owner),
    owner.clientId,
    eventStreamRow(owner).streamId,
  ),
  store.streamSubjects.insert(streamSubjectRow(owner)),
  store.idempotency.claim(keptResponse(owner)),
  store.revisions.begin(revisedClient(owner), { version: 1, at: now, origin: { secrets: [] } }),
  ...store.revisions.endOfClient(owner.serviceId, revisedClient(owner).documentId, expiry(owner)),
]

const keptResponse = (owner: Owner) => ({
  serviceId: owner.serviceId,
  keyHash: `key-${owner.clientId}${owner.suffix ?? ''}`,
  ...{ requestHash: 'request', expiresAt: expiry(owner), response: { clientId: 1 } },
})

/** A client of its own for each suffix: its revisions go together. */
const revisedClient = ({ serviceId, clientId, suffix = '' }: Owner) => ({
  ...{ serviceId, kind: 'client' as const },
  documentId: clientId + 1_000 * suffix.length,
})

/** Sessions are purged only after their end. */
const endOf = (owner: Owner) => ({
  now,
  logoutId: `logout-${owner.clientId}${owner.suffix ?? ''}`,
  reason: 'ADMIN' as const,
  keptUntil: expiry(owner),
})

/** A service with one client and one row in every table, and four of usage: two with sums. */
export async function fillService(store: Store, serviceId: number, clientId: number) {
  const owner = { serviceId, clientId }
  const ended = accessTokenRow({ ...owner, suffix: '-ended' })
  await store.counters.next(serviceId, 'client')
  await store.commit(
    store.services.insert(serviceRow(serviceId)),
    store.clients.insert(clientRow(serviceId, clientId)),
    store.hardwareKeys.insertPending(hardwareKeyRow(serviceId)),
    store.keySchedules.put(keyScheduleRow(serviceId)),
    store.statusLists.insert(statusListRow(serviceId)),
    store.grantedScopes.merge({
      ...owner,
      subject: 'alice',
      modifiedAt: now,
      data: GrantedScopes.parse({ latest: ['openid'] }),
    }),
    store.grants.insert(grantRow(serviceId, clientId)),
    store.audit.insert(auditRow(owner)),
    store.revocations.begin(serviceId, now),
    store.accessTokens.insert(ended),
    ...expiringRows(store, owner),
  )
  // The database itself records what ends early.
  await store.commit(store.accessTokens.delete(serviceId, ended.tokenHash))
  store.usage.call(serviceId, 'Token Endpoint', now)
  const issued = { serviceId, kind: 'access_token', grantType: 'CLIENT_CREDENTIALS' } as const
  store.usage.token({ ...issued, clientId: 1 })
  await store.usage.flush()
}

/** How many rows of a service each table holds. */
export async function countRows(engine: Engine, serviceId: number) {
  const counts: Record<string, number> = {}
  for (const [name, table] of Object.entries(engine.tables)) {
    const rows = await engine.read.select().from(table).where(eq(table.serviceId, serviceId))
    counts[name] = rows.length
  }
  return counts
}
