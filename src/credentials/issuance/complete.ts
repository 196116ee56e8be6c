/** Carries decisions out: the response is complete before anything is committed. */
import { setImmediate as others } from 'node:timers/promises'
import type { ServiceContext } from '../../context.ts'
import { orderRules } from '../../oauth/vci/issuance/order.ts'
import { tokenGone } from '../../oauth/vci/presentation.ts'
import { Refusal, refuse } from '../../refusal.ts'
import type { Write } from '../../store/engine.ts'
import { type StatusPlaces, type StatusShare, withStatusPlaces } from '../status.ts'
import { credentialCount, type Decision, decide, type Pending } from './decide.ts'
import { credentialResponse, responseAction } from './respond.ts'
import { inTurn } from './turns.ts'

/** A token whose credentials are issued only while it exists. */
export interface HeldToken {
  serviceId: number
  tokenHash: string
}

/** Refuses the order of a request that another token sent. */
export function requireToken({ row }: Pending, { tokenHash }: HeldToken): void {
  if (row.tokenHash !== tokenHash) refuse(orderRules.otherToken)
}

/** Tells a token that was revoked since it was found from a request that another call decided. */
async function commit(
  { store }: ServiceContext,
  token: HeldToken | undefined,
  writes: Write[],
): Promise<void> {
  try {
    await store.commit(...writes)
  } catch (error) {
    if (!token || !(error instanceof Refusal)) throw error
    if (!(await store.accessTokens.find(token.serviceId, token.tokenHash))) refuse(tokenGone)
    throw error
  }
}

/** Decides one request. It is decided again if another call took a place in the status list. */
export async function complete(context: ServiceContext, pending: Pending, token?: HeldToken) {
  const { encryption, keys } = pending.row.data
  const count = credentialCount(pending)
  const { status, responseContent } = await withStatusPlaces(context, count, async (places) => {
    const decision = await inTurn(keys.length, () => decide(context, pending, places))
    const { status, response, writes } = decision
    const isDenied = status === 'DENIED'
    const responseContent = isDenied ? '' : await credentialResponse(response, encryption)
    await commit(context, token, [...writes, ...writesOf(places)])
    return { status, responseContent }
  })
  if (status === 'DENIED') refuse(orderRules.denied)
  const { service } = context
  if (status !== 'DEFERRED') {
    return { ...responseAction(service, 'OK', encryption), responseContent }
  }
  const transactionId = pending.identifier
  return { ...responseAction(service, 'ACCEPTED', encryption), responseContent, transactionId }
}

/** They come last: other commits wait for the list that they change. */
const writesOf = (places: StatusPlaces | undefined): Write[] => places?.writes ?? []

/** Decides all requests of a batch, or none. One that is denied denies all. */
export async function completeAll(
  context: ServiceContext,
  pendings: readonly Pending[],
  token: HeldToken,
) {
  const isDenied = pendings.some(({ order }) => order.denied)
  const own = isDenied
    ? pendings.map((pending) => ({ ...pending, order: { ...pending.order, denied: true } }))
    : pendings
  const encryption = pendings[0]?.row.data.encryption
  const count = own.reduce((sum, pending) => sum + credentialCount(pending), 0)
  const decided = await withStatusPlaces(context, count, async (places) => {
    const decisions = await inTurn(count, () => decideAll(context, own, places))
    const responses = decisions.map(({ response }) => response)
    const members = { credential_responses: responses }
    const responseContent = isDenied ? '' : await credentialResponse(members, encryption)
    const writes = decisions.flatMap((decision) => decision.writes)
    await commit(context, token, [...writes, ...writesOf(places)])
    return { decisions, responseContent }
  })
  if (isDenied) refuse(orderRules.denied)
  const isDeferred = decided.decisions.every(({ status }) => status === 'DEFERRED')
  return { isDeferred, encryption, responseContent: decided.responseContent }
}

/** Each request gets its part of the places. */
async function decideAll(
  context: ServiceContext,
  pendings: readonly Pending[],
  status: StatusShare | undefined,
): Promise<Decision[]> {
  const decisions: Decision[] = []
  let used = 0
  for (const pending of pendings) {
    if (decisions.length > 0) await others()
    const next = used + credentialCount(pending)
    const share = status && { ...status, places: status.places.slice(used, next) }
    decisions.push(await decide(context, pending, share))
    used = next
  }
  return decisions
}
