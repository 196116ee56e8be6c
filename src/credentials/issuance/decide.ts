/** Decides credential requests: issues, defers or denies what was requested, each once. */
import type { ServiceContext } from '../../context.ts'
import type { CredentialIssuanceOrder } from '../../model/credential/order.ts'
import type { CredentialRequest, CredentialRequestStatus } from '../../model/credential/request.ts'
import { tokenHash as hashOf } from '../../oauth/tokens/access-token.ts'
import {
  configurationOf,
  intervalOf,
  orderRules,
  transactionTime,
  wantsNotifications,
} from '../../oauth/vci/issuance/order.ts'
import { statusClaim } from '../../oauth/vci/status-list.ts'
import { Refusal, refuse } from '../../refusal.ts'
import { orRefuse, type Write } from '../../store/engine.ts'
import type { StatusShare } from '../status.ts'
import { credentialTemplate, signAll } from './sign.ts'

/** A request that waits for a decision, with the order that decides it. */
export interface Pending {
  identifier: string
  order: CredentialIssuanceOrder
  row: NonNullable<Awaited<ReturnType<ServiceContext['store']['credentialRequests']['find']>>>
}

/** The request of an order, if it has the status. */
export async function findPending(
  { service, store, now }: ServiceContext,
  order: CredentialIssuanceOrder | undefined,
  status: CredentialRequestStatus,
): Promise<Pending> {
  const identifier = order?.requestIdentifier
  if (!order || !identifier) refuse(orderRules.missing)
  const row = await store.credentialRequests.find(service.apiKey, hashOf(identifier))
  if (row?.status !== status || row.expiresAt <= now) refuse(orderRules.unknown)
  return { identifier, order, row }
}

/** What becomes of a request: the members of its response, OpenID4VCI §8.3, and its writes. */
export interface Decision {
  status: CredentialRequestStatus
  response: Record<string, unknown>
  writes: Write[]
}

/** How many credentials the order issues: one for each key. */
export const credentialCount = ({ order, row }: Pending): number =>
  order.denied || order.issuanceDeferred ? 0 : Math.max(1, row.data.keys.length)

export async function decide(
  context: ServiceContext,
  pending: Pending,
  status?: StatusShare,
): Promise<Decision> {
  const { denied, issuanceDeferred } = pending.order
  if (denied) return decided(context, pending, 'DENIED', {})
  return issuanceDeferred ? defer(context, pending) : issue(context, pending, status)
}

function defer(context: ServiceContext, pending: Pending): Decision {
  const { identifier, order } = pending
  const interval = intervalOf(context.service, order)
  return decided(context, pending, 'DEFERRED', { transaction_id: identifier, interval })
}

/** Signs first: what is committed afterwards, or not at all, is that the credentials exist. */
async function issue(
  context: ServiceContext,
  pending: Pending,
  status?: StatusShare,
): Promise<Decision> {
  const { service, system } = context
  const { data } = pending.row
  const configuration = configurationOf(service, data.configurationId)
  const template = credentialTemplate(context, configuration, pending.order)
  const { uri = '', places = [] } = status ?? {}
  const claims = places.map((place) => statusClaim(uri, place))
  const credentials = await signAll(template, data, claims)
  const notificationId = wantsNotifications(service) ? system.random.token(256) : undefined
  const response = {
    credentials: credentials.map((credential) => ({ credential })),
    ...(notificationId === undefined ? {} : { notification_id: notificationId }),
  }
  const { writes, ...decision } = decided(context, pending, 'ISSUED', response)
  const row = { expiresAt: template.expiresAt, notificationId, list: status?.list }
  const inserts = credentials.map((_, at) =>
    issuedRow(context, pending, { ...row, place: places[at] }),
  )
  return { ...decision, writes: [...writes, ...inserts] }
}

/** What was not deferred yet is decided only while its access token exists. */
function decided(
  { service, store, now }: ServiceContext,
  { row }: Pending,
  to: 'ISSUED' | 'DEFERRED' | 'DENIED',
  response: Record<string, unknown>,
): Decision {
  const { serviceId, identifierHash, tokenHash, status: from } = row
  const expiresAt = to === 'DEFERRED' ? now + transactionTime(service) : row.expiresAt
  const data = to === 'DEFERRED' ? row.data : withoutKeys(row.data)
  const transition = { serviceId, identifierHash, from, to, expiresAt, data, now }
  const { move, moveOfToken } = store.credentialRequests
  const write = from === 'PARSED' ? moveOfToken({ ...transition, tokenHash }) : move(transition)
  return { status: to, response, writes: [orRefuse(write, new Refusal(orderRules.unknown))] }
}

/** A decided request is only kept so that it is not decided again: OpenID4VCI §15.4.1. */
const withoutKeys = ({ configurationId, format }: CredentialRequest): CredentialRequest => {
  const keys: CredentialRequest['keys'] = []
  return { configurationId, format, keys }
}

/** For how long an expired credential is known, in milliseconds. */
const keptAfterwards = 30 * 86_400_000

interface Issued {
  /** In seconds since the epoch. */
  expiresAt: number | undefined
  notificationId: string | undefined
  list: number | undefined
  place: number | undefined
}

function issuedRow(
  { service, store, system, now }: ServiceContext,
  { row }: Pending,
  { expiresAt, notificationId, list, place }: Issued,
): Write {
  const validUntil = expiresAt === undefined ? null : expiresAt * 1000
  const insert = store.issuedCredentials.insert({
    serviceId: service.apiKey,
    credentialId: system.random.token(128),
    issuedTo: row.clientId,
    subject: row.subject,
    configurationId: row.data.configurationId,
    notificationHash: notificationId === undefined ? null : hashOf(notificationId),
    list,
    place,
    status: 0,
    issuedAt: now,
    validUntil,
    keptUntil: validUntil === null ? null : validUntil + keptAfterwards,
    data: {},
  })
  return orRefuse(insert, new Refusal(orderRules.unknown))
}
