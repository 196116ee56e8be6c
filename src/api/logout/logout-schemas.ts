/** What the operations of a logout have in common. */
import { z } from 'zod'
import { json, location, page, type RelayTable } from '../../http/relay.ts'
import { browserState, ended } from '../session/session-schemas.ts'

export const logoutRelay: RelayTable = {
  LOCATION: location,
  PAGE: page,
  BAD_REQUEST: json(400),
  INTERNAL_SERVER_ERROR: json(500),
}

/** Members of a response about a logout that was done. */
export const done = {
  responseContent: z
    .string()
    .optional()
    .describe('The URI, the page or the JSON that the browser gets, by the action.'),
  contentSecurityPolicy: z
    .string()
    .optional()
    .describe('`Content-Security-Policy` of the page, if the action is PAGE.'),
  count: z.int().optional().describe('Number of sessions that this call ended.'),
  ...ended,
  browserState,
}

export const waitMs = z
  .int()
  .min(0)
  .max(10_000)
  .optional()
  .describe(
    'Milliseconds to wait for the first attempts to notify the clients; without it, the attribute ' +
      '`ext.logout.wait_ms` of the service applies.',
  )

export const LogoutTicketText = z
  .string()
  .min(1)
  .max(4_096)
  .describe('The ticket of the logout request. Single use.')
