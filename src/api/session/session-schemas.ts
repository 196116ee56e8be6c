/** Sessions and logouts in calls and responses. */
import { z } from 'zod'
import { SessionEndReason } from '../../model/session.ts'

const milliseconds = z.int()
const shortText = z.string().max(512)

/** Visible characters of ASCII: it becomes a part of tokens and of other identifiers. */
export const SessionId = z
  .string()
  .regex(/^[\x21-\x7e]{1,255}$/, 'Expected 1 to 255 visible ASCII characters without spaces')

export const Device = z.object({
  name: shortText.optional().describe('Name of the device, for lists that the user sees.'),
  userAgent: shortText.optional().describe('`User-Agent` of the browser; removed at the end.'),
  ipAddress: shortText.optional().describe('Address of the browser; removed at the end.'),
})

export const SessionProperties = z
  .array(
    z.object({
      key: z.string().min(1).max(255).describe('Name of the property.'),
      value: z.string().max(1_024).optional().describe('Value of the property.'),
    }),
  )
  .max(20)

export const Participant = z
  .object({
    clientId: z.int().describe('Number of the client.'),
    clientName: z.string().optional().describe('Name of the client.'),
    sid: z.string().describe('Name of the session towards the client: `sid` of its ID Tokens.'),
    firstAt: milliseconds.describe('When the client was first issued something in the session.'),
    lastAt: milliseconds.describe('When the client was last issued something in the session.'),
  })
  .meta({ id: 'session_client' })

export const Session = z
  .object({
    sessionId: z.string().describe('Identifier of the session.'),
    subject: z.string().describe('Unique identifier of the user.'),
    status: z.enum(['LIVE', 'ENDED', 'EXPIRED']).describe('Whether the session lives.'),
    createdAt: milliseconds.describe('When it was created, in milliseconds since the epoch.'),
    lastSeenAt: milliseconds.describe('When it was last used, in milliseconds since the epoch.'),
    expiresAt: milliseconds.describe('When it expires if it is not used, in milliseconds.'),
    endsAt: milliseconds.describe('When it ends however it is used, in milliseconds.'),
    endedAt: milliseconds.optional().describe('When it ended, in milliseconds since the epoch.'),
    endReason: SessionEndReason.optional().describe('Why it ended.'),
    authTime: z.int().optional().describe('When the user authenticated, in seconds.'),
    acr: z.string().optional().describe('Authentication context class of the authentication.'),
    amr: z.array(z.string()).optional().describe('Authentication methods, RFC 8176.'),
    device: Device.optional().describe('The device, as the caller described it.'),
    properties: SessionProperties.optional().describe('What the caller attached to the session.'),
    clients: z.array(Participant).optional().describe('The clients that take part in the session.'),
  })
  .meta({ id: 'session' })

/** Members of calls that create or change a session. */
export const givenSession = {
  authTime: z
    .int()
    .min(0)
    .optional()
    .describe('When the user authenticated, in seconds since the epoch.'),
  acr: shortText.optional().describe('Authentication context class of the authentication.'),
  amr: z
    .array(z.string().min(1).max(255))
    .max(20)
    .optional()
    .describe('Authentication methods, RFC 8176.'),
  durationSeconds: z
    .int()
    .min(1)
    .optional()
    .describe('Seconds from now after which the session ends, however it is used.'),
  idleSeconds: z
    .int()
    .min(0)
    .max(315_360_000)
    .optional()
    .describe('Seconds without use after which the session expires; 0 for no such limit.'),
  device: Device.optional().describe('The device, as lists for the user show it.'),
  properties: SessionProperties.optional().describe('What the caller attaches to the session.'),
}

/** Members of responses about an end of sessions. */
export const ended = {
  logoutId: z.string().optional().describe('Names this end: for the list of deliveries.'),
  deliveries: z
    .array(
      z
        .object({
          deliveryId: z.string().describe('Identifier of the delivery.'),
          clientId: z.int().describe('Number of the client.'),
          status: z
            .enum(['PENDING', 'DELIVERED', 'DEAD', 'SKIPPED'])
            .describe('What became of it so far.'),
        })
        .meta({ id: 'logout_delivery_status' }),
    )
    .optional()
    .describe('The back-channel notifications of clients that took part.'),
  frontchannelLogoutUris: z
    .array(z.string())
    .optional()
    .describe('What the browser is to load in iframes, OIDC Front-Channel Logout §2.'),
  frontchannelOmitted: z
    .int()
    .optional()
    .describe('Number of front-channel clients beyond those in `frontchannelLogoutUris`.'),
}

export const browserState = z
  .string()
  .optional()
  .describe('A new value for the cookie of the browser state, OIDC Session Management §2.')
