/** Secrets of endpoints and the signatures that they make, Standard Webhooks. */
import { createHmac } from 'node:crypto'
import type { EndpointSecret } from '../model/events/event.ts'
import type { Random } from '../system/random.ts'

const prefix = 'whsec_'
/** Standard Webhooks: from 24 to 64 bytes. */
const secretBytes = 32

export const newSecret = (random: Random): string =>
  prefix + random.bytes(secretBytes).toString('base64')

/** The new secret, and the one before it for a time: at most two sign. */
export function replacedSecrets(
  [former]: readonly EndpointSecret[],
  secret: string,
  { now, graceSeconds }: { now: number; graceSeconds: number },
): EndpointSecret[] {
  if (!former || graceSeconds === 0) return [{ secret }]
  return [{ secret }, { secret: former.secret, until: now + graceSeconds * 1_000 }]
}

interface Signed {
  eventId: string
  /** Seconds since the epoch. */
  timestamp: number
  body: string
}

/** The header fields of a message, with a signature by each secret that is valid. */
export function signedHeaders(
  secrets: readonly EndpointSecret[],
  now: number,
  { eventId, timestamp, body }: Signed,
): Record<string, string> {
  const content = `${eventId}.${timestamp}.${body}`
  const signatures = secrets
    .filter(({ until }) => until === undefined || now < until)
    .map(({ secret }) => {
      const key = Buffer.from(secret.slice(prefix.length), 'base64')
      return `v1,${createHmac('sha256', key).update(content).digest('base64')}`
    })
  return {
    'webhook-id': eventId,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': signatures.join(' '),
  }
}
