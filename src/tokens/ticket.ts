/** A token request that the caller decides: kept until then, for whom it was made. */

import type { ServiceContext } from '../context.ts'
import type { Client } from '../model/client/client.ts'
import type { GrantType } from '../model/enums.ts'
import type { TokenTicket } from '../model/ticket.ts'
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
  },
})

/** The token request that a ticket stands for. */
export async function findTokenTicket(
  { store, service, now }: ServiceContext,
  ticket: string,
): Promise<{ ticketHash: string; request: TokenTicket }> {
  const ticketHash = tokenHash(ticket)
  const row = await store.tickets.find(service.apiKey, ticketHash)
  const isOpen = row && row.consumedAt == null && row.expiresAt > now
  if (!isOpen || row.data.kind !== 'token') refuse(rules.ticketUnknown)
  return { ticketHash, request: row.data }
}

/** The rule that a lost race for the ticket breaks. */
export const tokenTicketUnknown = rules.ticketUnknown

/** How long the caller may take. */
const ticketMilliseconds = 600_000

/** A request that may name no client, where the service permits that. */
export interface OpenRequest extends Omit<GrantRequest, 'client' | 'clientAuthMethod'> {
  client: Client | undefined
}

export interface Asked {
  grantType: GrantType
  scopes: string[]
  resources: string[]
  authorizationDetails: string | undefined
}

/** The number of no client. */
const nobody = 0

export function openTicket(
  request: OpenRequest,
  { service, store, system, now }: ServiceContext,
  asked: Asked,
): { ticket: string; write: Write } {
  const ticket = system.random.token(256)
  const clientId = request.client?.clientId ?? nobody
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
    },
  } as const
  const write = request.client
    ? store.tickets.insertIfClientExists(row)
    : store.tickets.insertIfServiceExists(row)
  return { ticket, write: orRefuse(write, new Refusal(clientDeleted)) }
}

/** What a token is asked for, by a client or by nobody in particular. */
export function askedOf({ parameters, client }: OpenRequest, { service }: ServiceContext) {
  const asker = client ?? {}
  const details = parameters.get('authorization_details')
  return {
    scopes: chooseScopes(parameters.get('scope'), service, asker),
    resources: requireResources(service, parseResources(parameters)),
    authorizationDetails: parseAuthorizationDetails(details, service, asker),
  }
}
