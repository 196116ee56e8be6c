/** Notifications that Postern sends to clients and callers until one attempt succeeds. */
import { z } from 'zod'

/** Decides the content type and which failures end the attempts. */
export const NotificationKind = z.enum(['ciba', 'token-batch'])
export type NotificationKind = z.output<typeof NotificationKind>

/** How long attempts are made. */
export const notificationMilliseconds = 3_600_000

const MessageObject = z.object({
  kind: NotificationKind,
  url: z.string(),
  /** The bearer token that a client gave for its notifications. */
  token: z.string().optional(),
  body: z.string(),
})

/** A POST. Messages of former versions have no kind; only those for clients have a token. */
export const NotificationMessage = z.preprocess((stored) => {
  if (typeof stored !== 'object' || stored === null || 'kind' in stored) return stored
  return { ...stored, kind: 'token' in stored ? 'ciba' : 'token-batch' }
}, MessageObject)
export type NotificationMessage = z.output<typeof MessageObject>
