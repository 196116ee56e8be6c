/** What a request presents, by which a relying party can register automatically. */
import type { ServiceContext } from '../../context.ts'
import { refuseMissingRequest } from '../../oauth/authorization/federated-request.ts'
import { requireProof } from '../../oauth/client-authentication/federated-proof.ts'
import type { Credentials } from '../../oauth/client-authentication/method.ts'
import { type PresentedObject, type ReadRequest, readRequestObject } from './request-object.ts'

export interface Presented extends PresentedObject {
  /** The credentials of the client, where it authenticates. */
  credentials?: Credentials | undefined
}

/**
 * Checks what a stranger presents, before anything about it is fetched. Returns the request object;
 * undefined if the client authenticates instead.
 */
export async function requireEvidence(
  context: ServiceContext,
  entityId: string,
  presented: Presented,
): Promise<ReadRequest | undefined> {
  const { request, requestUri, credentials } = presented
  const isGiven = request !== undefined || requestUri !== undefined
  if (isGiven) return readRequestObject(context, presented, entityId)
  if (!credentials) return refuseMissingRequest()
  requireProof(credentials, entityId, context.service, context.now)
  return undefined
}
