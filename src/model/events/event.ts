/** Events: what happened in a service, told to the endpoints that its operator names. */
import { z } from 'zod'

/** Each type of event, with what happened. A closed list that only grows. */
export const eventTypes = {
  'service.updated': 'The settings of the service were replaced.',
  'configuration.applied': 'The settings of the service and of clients were changed together.',
  'client.created': 'A client was created.',
  'client.registered': 'A client registered itself.',
  'client.updated': 'The settings of a client were changed.',
  'client.locked': 'A client was locked.',
  'client.unlocked': 'A client was unlocked.',
  'client.secret_rotated': 'The secret of a client was replaced.',
  'client.deleted': 'A client was deleted with its tokens.',
  'authorization.deleted': 'The authorization of a client by a user was deleted.',
  'grant.revoked': 'A grant was revoked with its tokens.',
  'token.revoked': 'Tokens were revoked or deleted.',
  'session.ended': 'Sessions were ended, or a session expired.',
  'code.replayed': 'A used authorization code was presented again: its tokens are revoked.',
  'refresh.replayed': 'A replaced refresh token was presented again: its tokens are revoked.',
  'key.created': 'A key was generated, imported, or created in a module.',
  'key.certified': 'A key got certificates.',
  'key.rotated': 'A key changed its state.',
  'key.schedule_changed': 'The schedule by which keys are rotated was changed.',
  'key.deleted': 'A key in a hardware security module was deleted.',
  'key.restored': 'A deleted key in a hardware security module was restored.',
  'key.erased': 'The private half of a retired key was erased.',
} as const

export const EventType = z.enum(Object.keys(eventTypes) as [keyof typeof eventTypes])
export type EventType = keyof typeof eventTypes

/** Names of what an event is about: receivers ask the API for the rest. */
export const EventData = z.object({
  serviceId: z.int(),
  clientId: z.int().optional(),
  grantId: z.string().optional(),
  tokenHash: z.string().optional(),
  sessionId: z.string().optional(),
  logoutId: z.string().optional(),
  keyId: z.string().optional(),
  requestId: z.string().optional(),
})
export type EventData = z.output<typeof EventData>

/** An endpoint that gets events, as the row of its service names it. */
export const Subscription = z.object({
  endpointId: z.int(),
  /** Absent: all types. */
  types: z.array(z.string()).optional(),
})
export type Subscription = z.output<typeof Subscription>

export const EndpointSettings = z.object({
  url: z.string(),
  /** Absent: all types, also those of later versions. */
  types: z.array(EventType).optional(),
  description: z.string().default(''),
  disabled: z.boolean().default(false),
})
export type EndpointSettings = z.output<typeof EndpointSettings>

/** A secret of an endpoint, sealed at rest. */
export const EndpointSecret = z.object({
  secret: z.string(),
  /** Until when it signs, in milliseconds since the epoch; absent: until it is replaced. */
  until: z.int().optional(),
})
export type EndpointSecret = z.output<typeof EndpointSecret>

export const EventDeliveryStatus = z.enum(['PENDING', 'DELIVERED', 'PARKED'])
export type EventDeliveryStatus = z.output<typeof EventDeliveryStatus>
