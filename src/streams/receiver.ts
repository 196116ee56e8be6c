/** Who calls an endpoint for receivers: the client of the access token that it presents. */
import type { ServiceContext } from '../context.ts'
import { requireSignals } from '../oauth/ssf/settings.ts'
import { requireResources, requireScopes } from '../oauth/tokens/presentation.ts'
import { findPresentedToken } from '../tokens/presented.ts'
import { requireSender } from '../tokens/sender-constraint.ts'

interface Presented {
  accessToken?: string | undefined
  clientCertificate?: string | undefined
  dpop?: string | undefined
  htm?: string | undefined
  htu?: string | undefined
  dpopNonceRequired?: boolean | undefined
}

/** CAEP Interoperability §2.7.2: who may manage may read. */
const manage = 'ssf.manage'
const read = 'ssf.read'

/** Where the request came in, for DPoP. */
interface Endpoint {
  htm: string
  path: string
}

/** The client of the token, and the settings of the service; refuses all others. */
export async function requireReceiver(
  context: ServiceContext,
  presented: Presented,
  endpoint: Endpoint,
  needed: 'read' | 'manage',
) {
  const settings = requireSignals(context.service)
  const { accessToken = '' } = presented
  const { client, grant } = await findPresentedToken(context, accessToken)
  const { htm, path } = endpoint
  const target = { htm, htu: `${settings.base}${path}`, accessToken }
  await requireSender(context, grant, presented, target)
  const isManaged = grant.scopes.includes(manage)
  requireScopes(grant.scopes, [needed === 'read' && !isManaged ? read : manage])
  requireResources(grant.resources, [settings.base])
  return { client, settings }
}
