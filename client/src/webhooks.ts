/**
 * Verifies the events that Postern sends to an endpoint, as Standard Webhooks says.
 *
 * An event may come more than once: a receiver keeps its `id` for a day.
 */
import { type Bytes, bytesOf, decode } from './bytes.ts'
import type { EventDelivery } from './generated/types.ts'

/** Servers of later versions may send further types. */
export type EventType = EventDelivery['type']

export interface WebhookEvent {
  /** The same in each delivery of the event. */
  readonly id: string
  readonly type: EventType
  /** When it happened. */
  readonly timestamp: Date
  /** What it is about: identifiers, and no secret. */
  readonly data: WebhookData
}

export interface WebhookData {
  readonly serviceId: number
  readonly clientId?: number
  readonly [name: string]: unknown
}

/** Header fields as `Headers` of Fetch, or as the plain object that Node has. */
export type WebhookHeaders =
  | Pick<Headers, 'get'>
  | Readonly<Record<string, string | readonly string[] | undefined>>

/** A message that did not come from Postern, or that is too old; `reason` says which. */
export class WebhookError extends Error {
  override readonly name = 'WebhookError'
  readonly reason: 'headers' | 'time' | 'signature' | 'body'

  constructor(reason: WebhookError['reason'], message: string) {
    super(message)
    this.reason = reason
  }
}

export interface WebhookOptions {
  /** Seconds that `webhook-timestamp` may differ from the clock; 300 unless given. */
  tolerance?: number
  /** Milliseconds since the epoch. */
  now?: () => number
}

export interface Webhooks {
  /**
   * The event of a request, whose body is given exactly as it came.
   *
   * @throws WebhookError
   */
  verify(body: string | Uint8Array, headers: WebhookHeaders): Promise<WebhookEvent>
}

/**
 * @param secrets those of the endpoint (`whsec_…`): while one is replaced, the new and the former.
 * @throws TypeError if there is no secret, or one has another form.
 */
export function createWebhooks(
  secrets: string | readonly string[],
  { tolerance = 300, now = Date.now }: WebhookOptions = {},
): Webhooks {
  const list = typeof secrets === 'string' ? [secrets] : secrets
  if (list.length === 0) throw new TypeError('Give a secret.')
  const keys = Promise.all(list.map(secretBytes).map(importKey))
  return {
    async verify(body, headers) {
      const id = fieldOf(headers, 'webhook-id')
      const time = fieldOf(headers, 'webhook-timestamp')
      const signatures = fieldOf(headers, 'webhook-signature')
      if (!id || !time || !signatures) {
        throw new WebhookError('headers', 'A header field of Standard Webhooks is missing.')
      }
      const isNear = Math.abs(now() / 1_000 - Number(time)) <= tolerance
      if (!/^\d{1,12}$/.test(time) || !isNear) {
        throw new WebhookError('time', 'webhook-timestamp is too far from the time of this clock.')
      }
      const text = typeof body === 'string' ? body : new TextDecoder().decode(body)
      const signed = joined(bytesOf(`${id}.${time}.`), body)
      if (!(await isSigned(signed, signatures, await keys))) {
        throw new WebhookError('signature', 'No signature is by a secret of the endpoint.')
      }
      return { id, ...eventIn(text) }
    },
  }
}

function secretBytes(secret: string): Bytes {
  const [, text] = /^whsec_([A-Za-z0-9+/]+)={0,2}$/.exec(secret) ?? []
  const bytes = text === undefined ? undefined : bytesIn(text)
  if (!bytes) throw new TypeError('A secret begins with whsec_, and base64 follows.')
  return bytes
}

/** The bytes of base64 without padding; undefined if there are none of this length. */
const bytesIn = (text: string): Bytes | undefined =>
  decode(text.replace(/\+/g, '-').replace(/\//g, '_'))

const importKey = (bytes: Bytes): Promise<CryptoKey> =>
  crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['verify'])

function fieldOf(headers: WebhookHeaders, name: string): string | undefined {
  const value = isFetch(headers) ? headers.get(name) : headers[name]
  return typeof value === 'string' ? value : undefined
}

const isFetch = (headers: WebhookHeaders): headers is Pick<Headers, 'get'> =>
  typeof headers.get === 'function'

function joined(begin: Bytes, body: string | Uint8Array): Bytes {
  const end = typeof body === 'string' ? bytesOf(body) : body
  const bytes = new Uint8Array(begin.length + end.length)
  bytes.set(begin)
  bytes.set(end, begin.length)
  return bytes
}

/** Signatures that are tried: an endpoint has two secrets at most. */
const mostSignatures = 10

async function isSigned(signed: Bytes, field: string, keys: CryptoKey[]): Promise<boolean> {
  for (const each of field.split(' ').slice(0, mostSignatures)) {
    const [, text] = /^v1,([A-Za-z0-9+/]{43})=$/.exec(each) ?? []
    const signature = text === undefined ? undefined : bytesIn(text)
    if (!signature) continue
    for (const key of keys) {
      if (await crypto.subtle.verify('HMAC', key, signature, signed)) return true
    }
  }
  return false
}

function eventIn(text: string): Omit<WebhookEvent, 'id'> {
  const event = parsed(text)
  const { type, timestamp, data } = event ?? {}
  const time = new Date(typeof timestamp === 'string' ? timestamp : Number.NaN)
  if (
    typeof type !== 'string' ||
    Number.isNaN(time.getTime()) ||
    typeof data !== 'object' ||
    !data
  ) {
    throw new WebhookError('body', 'The body is not an event.')
  }
  return { type: type as EventType, timestamp: time, data: data as WebhookData }
}

function parsed(text: string): Record<string, unknown> | null | undefined {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
