/** Event streams of receivers, SSF §8.1: what is kept of them. */
import { z } from 'zod'

export const StreamStatus = z.enum(['enabled', 'paused', 'disabled'])
export type StreamStatus = z.output<typeof StreamStatus>

/** How events reach the receiver: it is called (RFC 8935), or calls itself (RFC 8936). */
export const StreamMethod = z.enum(['push', 'poll'])
export type StreamMethod = z.output<typeof StreamMethod>

export const StreamData = z.object({
  /** URIs of types, as the receiver sent them. */
  eventsRequested: z.array(z.string()),
  description: z.string().optional(),
})
export type StreamData = z.output<typeof StreamData>

/** Where events are pushed, sealed at rest. */
export const StreamTarget = z.object({
  url: z.string().optional(),
  /** The value of the header field `Authorization` of each push. */
  authorization: z.string().optional(),
})
export type StreamTarget = z.output<typeof StreamTarget>

/** What an event tells, sealed at rest. */
export const SecurityEventContent = z.object({
  /** The members of the event, by its type. */
  event: z.record(z.string(), z.unknown()),
  /** The subject identifier, unless the columns name a user and a session. */
  subId: z.record(z.string(), z.unknown()).optional(),
  txn: z.string().optional(),
})
export type SecurityEventContent = z.output<typeof SecurityEventContent>

/**
 * How a subject stands out of those that a stream has by default: it was added to a stream that has
 * none, or removed from one that has all.
 */
export type SubjectMode = 'ADDED' | 'REMOVED'
