/**
 * The client that sent an introspection request, RFC 7662 §2.1. It is authenticated if the call
 * asks for that; otherwise the caller has done it.
 */
import { authenticateClient } from '../../clients/authenticate.ts'
import type { ServiceContext } from '../../context.ts'
import type { Client } from '../../model/client/client.ts'
import type { HeaderCredentials } from '../../oauth/client-authentication/method.ts'
import { type Parameters, requireEachOnce } from '../../oauth/parameters.ts'
import { requireAuthenticated } from '../../oauth/tokens/introspection.ts'

export interface Requesting extends HeaderCredentials {
  ownTokensOnly?: boolean | undefined
}

/** Undefined if the call leaves authentication to the caller. */
export async function authenticateRequester(
  context: ServiceContext,
  parameters: Parameters,
  given: Requesting,
): Promise<Client | undefined> {
  const isNamed = [given.clientId, given.clientSecret, given.clientCertificate].some(Boolean)
  if (!isNamed && given.ownTokensOnly === undefined) return undefined
  requireEachOnce(parameters)
  const authenticated = await authenticateClient(context, parameters, given, 'introspection')
  requireAuthenticated(authenticated.clientAuthMethod)
  if (authenticated.writes.length > 0) await context.store.commit(...authenticated.writes)
  return authenticated.client
}
