/** Carries decisions out: the response is complete before anything is committed. */
import type { ServiceContext } from '../../context.ts'
import { orderRules } from '../../oauth/vci/issuance/order.ts'
import { tokenGone } from '../../oauth/vci/presentation.ts'
import { Refusal, refuse } from '../../refusal.ts'
import { orRefuse, type Write } from '../../store/engine.ts'
import { type Decision, decide, type Pending } from './decide.ts'
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

const guardOf = ({ store }: ServiceContext, token: HeldToken | undefined): Write[] => {
  if (!token) return []
  const exists = store.accessTokens.requireExists(token.serviceId, token.tokenHash)
  return [orRefuse(exists, new Refusal(tokenGone))]
}

/** Decides one request. */
export async function complete(context: ServiceContext, pending: Pending, token?: HeldToken) {
  const { encryption, keys } = pending.row.data
  const decision = await inTurn(keys.length, () => decide(context, pending))
  const { status, response, writes } = decision
  const isDenied = status === 'DENIED'
  const responseContent = isDenied ? '' : await credentialResponse(response, encryption)
  await context.store.commit(...guardOf(context, token), ...writes)
  if (isDenied) refuse(orderRules.denied)
  const { service } = context
  if (status !== 'DEFERRED') {
    return { ...responseAction(service, 'OK', encryption), responseContent }
  }
  const transactionId = pending.identifier
  return { ...responseAction(service, 'ACCEPTED', encryption), responseContent, transactionId }
}

/** Decides all requests of a batch, or none. One that is denied denies all. */
export async function completeAll(
  context: ServiceContext,
  pendings: readonly Pending[],
  token: HeldToken,
) {
  const isDenied = pendings.some(({ order }) => order.denied)
  const count = pendings.reduce((sum, { row }) => sum + row.data.keys.length, 0)
  const decisions = await inTurn(count, async () => {
    const made: Decision[] = []
    for (const { order, ...pending } of pendings) {
      const own = isDenied ? { ...order, denied: true } : order
      made.push(await decide(context, { ...pending, order: own }))
    }
    return made
  })
  const encryption = pendings[0]?.row.data.encryption
  const responses = decisions.map(({ response }) => response)
  const members = { credential_responses: responses }
  const responseContent = isDenied ? '' : await credentialResponse(members, encryption)
  const writes = decisions.flatMap((decision) => decision.writes)
  await context.store.commit(...guardOf(context, token), ...writes)
  if (isDenied) refuse(orderRules.denied)
  const isDeferred = decisions.every(({ status }) => status === 'DEFERRED')
  return { isDeferred, encryption, responseContent }
}
