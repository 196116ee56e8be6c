/** Tickets of logout requests that the user has to confirm. Each is decided once. */
import type { ServiceContext } from '../context.ts'
import type { LogoutTicket } from '../model/request/ticket.ts'
import { ticketSeconds } from '../oauth/authorization/stored-request.ts'
import { tokenHash } from '../oauth/tokens/access-token.ts'
import { defineRules, Refusal, refuse } from '../refusal.ts'
import { orRefuse, type Write } from '../store/engine.ts'

const rules = defineRules('Logout ticket', {
  unknown: {
    code: 'P095001',
    error: 'invalid_request',
    spec: 'OIDC RP-Initiated Logout §2',
    message: 'The ticket is unknown, expired or already used.',
    fix: 'Use the ticket of the latest `/logout` response once, before it expires, at the same service.',
  },
})

/** Stores a request. Returns its ticket, and the number of seconds in which it may be decided. */
export async function keepLogout(
  { service, store, system, now }: ServiceContext,
  data: LogoutTicket,
): Promise<{ ticket: string; expiresIn: number }> {
  const ticket = system.random.token(256)
  const expiresIn = ticketSeconds(service)
  const row = {
    serviceId: service.apiKey,
    ticketHash: tokenHash(ticket),
    clientId: data.clientId,
    expiresAt: now + expiresIn * 1_000,
    data,
  }
  const { insertIfClientExists, insertIfServiceExists } = store.tickets
  const write = data.clientId === 0 ? insertIfServiceExists(row) : insertIfClientExists(row)
  await store.commit(orRefuse(write, new Refusal(rules.unknown)))
  return { ticket, expiresIn }
}

/** The request of an open ticket, and the write that consumes it. */
export async function takeLogout(
  { service, store, now }: ServiceContext,
  ticket: string,
): Promise<{ data: LogoutTicket; consumption: Write }> {
  const ticketHash = tokenHash(ticket)
  const row = await store.tickets.find(service.apiKey, ticketHash)
  const isOpen = row && row.consumedAt == null && row.expiresAt > now
  if (!isOpen || row.data.kind !== 'logout') refuse(rules.unknown)
  const consume = store.tickets.consume(service.apiKey, ticketHash, now)
  return { data: row.data, consumption: orRefuse(consume, new Refusal(rules.unknown)) }
}
