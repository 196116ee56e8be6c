/** Request objects of relying parties, also of those that are not known yet. */
import type { ServiceContext } from '../../context.ts'
import { type Decrypted, decryptJwe } from '../../jose/decrypt.ts'
import { contentEncryptions, encryptionAlgorithms } from '../../jose/encryption-algorithm.ts'
import { serviceKeySet } from '../../jose/service-key-set.ts'
import {
  anyRequestUri,
  type FederatedRequest,
  longestEncryptedRequest,
  requireDecrypted,
  requireFederatedRequest,
} from '../../oauth/authorization/federated-request.ts'
import { requireFetched, requireRegisteredUri } from '../../oauth/authorization/pushed-request.ts'

/** What a request contains: a request object by value or by reference. */
export interface PresentedObject {
  request: string | undefined
  requestUri?: string | undefined
}

export interface ReadRequest extends FederatedRequest {
  /** If it came encrypted. */
  decrypted: Decrypted | undefined
}

/**
 * The request object of a client, fetched and decrypted, of which everything but the signature is
 * checked. Of a client that is not known, no request URIs are registered.
 */
export async function readRequestObject(
  context: ServiceContext,
  { request, requestUri }: PresentedObject,
  entityId: string,
  requestUris: readonly string[] = [],
): Promise<ReadRequest> {
  const { service, now } = context
  const text =
    requestUri === undefined ? (request ?? '') : await fetchObject(context, requestUri, requestUris)
  const isEncrypted = text.split('.', 6).length === 5
  const decrypted = isEncrypted ? await decryptObject(context, text) : undefined
  const signed = isEncrypted ? requireDecrypted(decrypted?.text) : text
  return { ...requireFederatedRequest(signed, entityId, service, now), decrypted }
}

async function fetchObject(
  { service, system }: ServiceContext,
  requestUri: string,
  registered: readonly string[],
): Promise<string> {
  if (!anyRequestUri.read(service)) requireRegisteredUri(requestUri, registered)
  const fetched = await system
    .fetch(requestUri.split('#')[0] ?? '', {
      purpose: 'request object',
      serviceId: service.apiKey,
      accept: 'application/oauth-authz-req+jwt, application/jwt',
      maxBytes: longestEncryptedRequest,
    })
    .catch(() => undefined)
  return requireFetched(fetched?.body.trim())
}

/** OpenID Federation §12.1.1.1: with the keys of the service, because the client has no secret. */
function decryptObject({ service, keys }: ServiceContext, text: string) {
  const own = { set: serviceKeySet(service), secrets: [], held: keys.decryption(service) }
  const allowed = { algorithms: encryptionAlgorithms, encodings: contentEncryptions }
  return decryptJwe(text, own, allowed, longestEncryptedRequest)
}
