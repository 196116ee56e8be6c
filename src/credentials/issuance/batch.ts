/** The requests of a batch, with their orders. */
import type { ServiceContext } from '../../context.ts'
import type { CredentialIssuanceOrder } from '../../model/credential/order.ts'
import { batchRules } from '../../oauth/vci/issuance/batch.ts'
import { refuse } from '../../refusal.ts'
import { requireBatchEndpoint } from '../batch.ts'
import { type HeldToken, requireToken } from './complete.ts'
import { findPending, type Pending } from './decide.ts'

export async function findBatch(
  context: ServiceContext,
  orders: readonly CredentialIssuanceOrder[] = [],
  token: HeldToken,
): Promise<Pending[]> {
  requireBatchEndpoint(context.service)
  const identifiers = new Set(orders.map(({ requestIdentifier }) => requestIdentifier))
  if (orders.length === 0 || identifiers.size < orders.length) refuse(batchRules.notAll)
  const pendings: Pending[] = []
  for (const order of orders) {
    const pending = await findPending(context, order, 'PARSED')
    requireToken(pending, token)
    pendings.push(pending)
  }
  // A request that came alone is a batch of its own.
  const [first] = pendings
  const { id, size = 1 } = first?.row.data.batch ?? {}
  const isOne = pendings.every(({ row }) => row.data.batch?.id === id)
  if (!isOne || pendings.length !== size) refuse(batchRules.notAll)
  return pendings
}
