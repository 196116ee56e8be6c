/** Token tickets: token requests that are stored until the caller decides. */

import type { ServiceContext } from '../context.ts'
import type { Client } from '../model/client/client.ts'
import type { ClientAuthMethod, GrantType } from '../model/enums.ts'
import type { TokenTicket } from '../model/request/ticket.ts'
import { requireStorable } from '../oauth/authorization/stored-request.ts'
import { parseAuthorizationDetails } from '../oauth/authorization-details.ts'
import { clientDeleted } from '../oauth/client-authentication/method.ts'
import { parseResources } from '../oauth/resource.ts'
import { chooseScopes } from '../oauth/scope.ts'
import { requireResources } from '../oauth/service/profile.ts'
import { tokenHash } from '../oauth/tokens/access-token.ts'
import { defineRules, Refusal, refuse } from '../refusal.ts'
import { orRefuse, type Write } from '../store/engine.ts'
import type { GrantRequest } from './grant-request.ts'

const rules = defineRules('Token issue', {
  ticketUnknown: {
    code: 'P036001',
    error: 'server_error',
    spec: 'RFC 6749 §5.2',
    message: 'The ticket is unknown, expired or already used.',
    fix: 'Use the ticket of the latest `/auth/token` response once, within ten minutes, at the same service.',
  },
})

/** The token request of an open ticket; refuses all other tickets. */
export async function findTokenTicket(
  { store, service, now }: ServiceContext,
  ticket: string,
): Promise<{ ticketHash: string; request: TokenTicket }> {
  const ticketHash = tokenHash(ticket)
  const row = await store.tickets.findOpen(service.apiKey, ticketHash, now)
  if (row?.data.kind !== 'token') refuse(rules.ticketUnknown)
  return { ticketHash, request: row.data }
}

/** The rule for a ticket that a concurrent call used first. */
export const tokenTicketUnknown = rules.ticketUnknown

/** The lifetime of a ticket. */
const ticketMilliseconds = 600_000

/** A token request that may be anonymous, if the service allows that. */
export interface OpenRequest extends Omit<GrantRequest, 'client' | 'clientAuthMethod'> {
  client: Client | undefined
  clientAuthMethod?: ClientAuthMethod | undefined
}

export interface Asked {
  grantType: GrantType
  scopes: string[]
  resources: string[]
  authorizationDetails: string | undefined
}

/** The client id in the ticket of an anonymous request. */
const anonymous = 0

/** A new ticket, and the write that stores its request. */
export function openTicket(
  request: OpenRequest,
  { service, store, system, now }: ServiceContext,
  asked: Asked,
): { ticket: string; write: Write } {
  const ticket = system.random.token(256)
  const clientId = request.client?.clientId ?? anonymous
  const row = {
    serviceId: service.apiKey,
    ticketHash: tokenHash(ticket),
    clientId,
    expiresAt: now + ticketMilliseconds,
    data: {
      kind: 'token',
      clientId,
      namedBy: request.namedBy,
      ...requireStorable(asked),
      properties: request.properties,
      jwtAtClaims: request.jwtAtClaims,
      ...request.binding,
      accessTokenDuration: request.accessTokenDuration,
      refreshTokenDuration: request.refreshTokenDuration,
      device: request.device,
    },
  } as const
  const write = request.client
    ? store.tickets.insertIfClientExists(row)
    : store.tickets.insertIfServiceExists(row)
  return { ticket, write: orRefuse(write, new Refusal(clientDeleted)) }
}

/** The requested scopes, resources and authorization details. */
export function askedOf({ parameters, client }: OpenRequest, { service }: ServiceContext) {
  // Anonymous requests have no registered lists.
  const requester = client ?? {}
  const details = parameters.get('authorization_details')
  return {
    scopes: chooseScopes(parameters.get('scope'), service, requester),
    resources: requireResources(service, client ?? {}, parseResources(parameters)),
    authorizationDetails: parseAuthorizationDetails(details, service, requester),
  }
}
