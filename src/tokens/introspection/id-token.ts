/** Introspection of an ID Token, which is not stored: it is verified. RFC 7662 §2.2 */
import type { ServiceContext } from '../../context.ts'
import type { Client } from '../../model/client/client.ts'
import { clientIdentifiers } from '../../oauth/tokens/id-token.ts'
import { describeIdToken } from '../../oauth/tokens/introspection.ts'
import { verifyLogoutHint } from '../id-token-hint.ts'
import { hasLiveSession } from '../session.ts'

interface Asking {
  /** The client that sent the request, if it is known. */
  requester: Client | undefined
  ownTokensOnly?: boolean | undefined
}

/**
 * Undefined if the ID Token is not active. One that is signed with the secret of its client tells
 * something to this client only, which could have signed it itself: OIDC Core §10.1.
 */
export async function introspectIdToken(
  context: ServiceContext,
  idToken: string,
  { requester, ownTokensOnly }: Asking,
): Promise<Record<string, unknown> | undefined> {
  const verified = await verifyLogoutHint(context, idToken, requester)
  if (!verified.valid) return undefined
  const { client, claims, sid, aud, isSymmetric } = verified
  const isForOthers = (ownTokensOnly || isSymmetric) && client.clientId !== requester?.clientId
  if (client.locked || isForOthers) return undefined
  const isOver = sid !== undefined && !(await hasLiveSession(context, sid))
  if (isOver) return undefined
  const known = new Set(clientIdentifiers(client))
  const clientId = aud.find((name) => known.has(name)) ?? String(client.clientId)
  return describeIdToken(claims, clientId, context.now)
}
