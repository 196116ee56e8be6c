/** Stored results of a consent: the scopes granted by the user, and the managed grant. */
import type { ServiceContext } from '../context.ts'
import type { Client } from '../model/client/client.ts'
import type { Grant } from '../model/grant.ts'
import type { AuthorizationTicket } from '../model/request/ticket.ts'
import {
  grantChanged,
  grantView,
  mergePermissions,
  parseGrantManagement,
  permissionsOf,
  requireGrantOf,
  requireGrantSubject,
} from '../oauth/grants/grant-management.ts'
import type { Parameters } from '../oauth/parameters.ts'
import { grantsOfService } from '../oauth/service/quotas.ts'
import { defineCallerRules, Refusal } from '../refusal.ts'
import { adding, orRefuse, type Write } from '../store/engine.ts'
import { requireRoom } from '../tokens/row-budgets.ts'

const { grantsFull } = defineCallerRules('Row budgets', {
  grantsFull: {
    code: 'P168002',
    status: 429,
    message:
      'The service has as many grants of users as its quota allows (`ext.quota.grants`): nothing ' +
      'was stored. Delete grants, or let the quota be raised.',
  },
})

/** The grant management action of a request, with the grant that it refers to. */
export async function requestedGrant(
  parameters: Parameters,
  client: Client,
  { service, store }: ServiceContext,
) {
  const requested = parseGrantManagement(parameters, service, client)
  if (requested?.grantId === undefined) return requested
  const { data, subject } = requireGrantOf(
    await store.grants.find(service.apiKey, requested.grantId),
    client,
  )
  return { ...requested, grant: grantView(data), grantSubject: subject }
}

/** The grant of a token for responses; empty for a token without one. */
export async function grantOfToken({ service, store }: ServiceContext, { grantId }: Grant) {
  if (grantId === undefined) return {}
  const row = await store.grants.find(service.apiKey, grantId)
  return { grantId, ...(row ? { grant: grantView(row.data) } : {}) }
}

/** The grant that a stored request refers to, for the consent page. */
export async function grantOfRequest(
  { service, store }: ServiceContext,
  { grantId }: { grantId?: string | undefined },
) {
  const row = grantId === undefined ? undefined : await store.grants.find(service.apiKey, grantId)
  return row ? { grant: grantView(row.data), grantSubject: row.subject } : {}
}

/** Stores a consent: returns the grant with its identifier, and the writes. */
export async function rememberGrant(
  context: ServiceContext,
  client: Client,
  { gmAction, grantId }: Pick<AuthorizationTicket, 'gmAction' | 'grantId'>,
  subject: string,
  grant: Grant,
): Promise<{ grant: Grant; writes: Write[] }> {
  const { service, store, system, now } = context
  const serviceId = service.apiKey
  const scopes = await rememberScopes(context, client, subject, grant)
  if (gmAction === undefined) return { grant, writes: [scopes] }
  const data = permissionsOf(grant)
  if (grantId === undefined) {
    requireRoom(context, 'grants', grantsOfService.read(service), grantsFull)
    const made = system.random.token(256)
    const row = { serviceId, grantId: made, clientId: client.clientId, subject, data }
    const write = store.grants.insert({ ...row, createdAt: now, modifiedAt: now })
    const added = adding(write, { serviceId, budget: 'grants' })
    return { grant: { ...grant, grantId: made }, writes: [scopes, added] }
  }
  const row = requireGrantOf(await store.grants.find(serviceId, grantId), client)
  requireGrantSubject(row, subject)
  const isMerge = gmAction === 'MERGE'
  const changes = { data: isMerge ? mergePermissions(row.data, data) : data, modifiedAt: now }
  const write = store.grants.update(serviceId, grantId, changes, row.version)
  return {
    grant: { ...grant, grantId },
    writes: [
      scopes,
      orRefuse(write, new Refusal(grantChanged)),
      // Tokens of the replaced permissions end with them.
      ...(isMerge ? [] : endTokens(context, grantId)),
    ],
  }
}

/** Writes that end all tokens of a grant. */
export const endTokens = ({ service, store }: ServiceContext, grantId: string): Write[] => [
  store.refreshTokens.deleteOf(service.apiKey, { grantId }),
  store.accessTokens.deleteOf(service.apiKey, { grantId }),
]

/** Stores the granted scopes, which the caller can read later. */
async function rememberScopes(
  context: ServiceContext,
  client: Client,
  subject: string,
  { scopes }: Grant,
): Promise<Write> {
  const { service, store, now } = context
  const { apiKey: serviceId } = service
  const { clientId } = client
  const data = { latest: scopes, merged: [...new Set(scopes)] }
  const write = store.grantedScopes.merge({ serviceId, clientId, subject, modifiedAt: now, data })
  const most = grantsOfService.read(service)
  if (most === undefined) return write
  if (await store.grantedScopes.find(serviceId, clientId, subject)) return write
  requireRoom(context, 'grants', most, grantsFull)
  return adding(write, { serviceId, budget: 'grants' })
}
