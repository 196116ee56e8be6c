/**
 * The client that sent an introspection request, RFC 7662 §2.1. It is authenticated if the call
 * asks for that; otherwise the caller has done it.
 */
import { authenticateClient } from '../../clients/authenticate.ts'
import type { ServiceContext } from '../../context.ts'
import type { Client } from '../../model/client/client.ts'
import type { HeaderCredentials } from '../../oauth/client-authentication/method.ts'
import { type Parameters, requireEachOnce } from '../../oauth/parameters.ts'
import {
  requireAuthenticated,
  requiredBearerScopes,
  requireOneWay,
} from '../../oauth/tokens/introspection.ts'
import { requireResources, requireScopes } from '../../oauth/tokens/presentation.ts'
import { findPresentedToken } from '../presented.ts'
import { requireSender, type Transport } from '../sender-constraint.ts'

export interface Requesting extends HeaderCredentials, Transport {
  bearerToken?: string | undefined
  ownTokensOnly?: boolean | undefined
}

/** Undefined if the call leaves authentication to the caller. */
export async function authenticateRequester(
  context: ServiceContext,
  parameters: Parameters,
  given: Requesting,
): Promise<Client | undefined> {
  const { bearerToken, clientId, clientSecret, clientCertificate, ownTokensOnly } = given
  const isNamed = Boolean(clientId || clientSecret)
  if (bearerToken !== undefined) {
    requireOneWay(isNamed)
    return ownerOfToken(context, bearerToken, given)
  }
  if (!isNamed && !clientCertificate && ownTokensOnly === undefined) return undefined
  requireEachOnce(parameters)
  const authenticated = await authenticateClient(context, parameters, given, 'introspection')
  requireAuthenticated(authenticated.clientAuthMethod)
  if (authenticated.writes.length > 0) await context.store.commit(...authenticated.writes)
  return authenticated.client
}

/** The client of the access token that the request presents, RFC 6750 §2.1. */
async function ownerOfToken(
  context: ServiceContext,
  bearerToken: string,
  transport: Transport,
): Promise<Client> {
  const { service } = context
  const required = requiredBearerScopes(service)
  const { introspectionEndpoint: endpoint } = service
  const { client, grant } = await findPresentedToken(context, bearerToken)
  const target = { htm: 'POST', htu: endpoint, accessToken: bearerToken }
  await requireSender(context, grant, transport, target)
  requireResources(grant.resources, endpoint ? [endpoint] : [])
  requireScopes(grant.scopes, required)
  return client
}
