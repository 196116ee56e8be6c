/** What receivers send about their streams, and what they are told of them: SSF §8.1.1. */
import { z } from 'zod'
import type { Client } from '../../model/client/client.ts'
import type { StreamData, StreamMethod, StreamTarget } from '../../model/events/stream.ts'
import { parseJson } from '../../model/json.ts'
import { defineRules, type Rule, refuse } from '../../refusal.ts'
import { uriProblem } from '../uri-property.ts'
import { uriOf } from './event-types.ts'
import { audienceOf } from './set.ts'
import { methodUris, type SignalSettings, supportedUris } from './settings.ts'

export const rules = defineRules('Event stream', {
  unknown: {
    code: 'P167101',
    error: 'not_found',
    spec: 'SSF §8.1.1',
    message: 'The client has no event stream with this stream_id.',
    fix: 'Send the stream_id of the response that created the stream, with a token of the same client.',
  },
  exists: {
    code: 'P167102',
    error: 'invalid_request',
    spec: 'SSF §8.1.1.1',
    message: 'The client has an event stream: there is one for each client.',
    fix: 'Read the stream, and update or delete it.',
  },
  tooMany: {
    code: 'P167103',
    error: 'invalid_request',
    spec: 'SSF §8.1.1.1',
    message: 'The service has as many event streams as it can have.',
    fix: 'Delete streams that are not used, or let receivers share a client.',
  },
  unreadable: {
    code: 'P167104',
    error: 'invalid_request',
    spec: 'SSF §8.1.1',
    message: 'The body of the request is not what the operation takes.',
    fix: 'Send a JSON object with the members that the specification defines.',
  },
  mismatch: {
    code: 'P167105',
    error: 'invalid_request',
    spec: 'SSF §8.1.1.3',
    message: 'A property that the transmitter supplies has another value.',
    fix: 'Leave out what the transmitter supplies, or send it as the transmitter does.',
  },
  target: {
    code: 'P167106',
    error: 'invalid_request',
    spec: 'SSF §6.1.1',
    message:
      'Events are pushed to an absolute https URL without a fragment and without credentials.',
    fix: 'Send such a URL as the `endpoint_url` of `delivery`.',
  },
  tooOften: {
    code: 'P167107',
    error: 'invalid_request',
    spec: 'SSF §8.1.4.2',
    message: 'The stream was verified a moment ago.',
    fix: 'Wait for `min_verification_interval` seconds between two requests.',
    settings: ['service.ext.ssf.min_verification_seconds'],
  },
  notPolled: {
    code: 'P167108',
    error: 'invalid_request',
    spec: 'RFC 8936 §2.4',
    message: 'The stream is not polled: its events are pushed.',
    fix: 'Update the stream with the delivery method `urn:ietf:rfc:8936`.',
  },
  tooManySubjects: {
    code: 'P167109',
    error: 'invalid_request',
    spec: 'SSF §8.1.3.2',
    message: 'The stream has as many subjects as it can have against the default of the service.',
    fix: 'Remove subjects, or let the service have the other default.',
    settings: ['service.ext.ssf.default_subjects'],
  },
})

/** The action for a refusal at an endpoint of receivers. */
export function streamAction({ error, spec }: Rule) {
  if (error === 'not_found') return 'NOT_FOUND' as const
  if (error === 'insufficient_scope') return 'FORBIDDEN' as const
  const isOfToken = /^RFC (6750|9449|8705|8707) /.test(spec)
  return isOfToken ? ('UNAUTHORIZED' as const) : ('BAD_REQUEST' as const)
}

/** The JSON object in the body of a receiver's request. */
export function parseBody<S extends z.ZodType>(schema: S, body: string | undefined): z.output<S> {
  let document: unknown
  try {
    document = parseJson(body ?? '')
  } catch {
    refuse(rules.unreadable, { note: 'It is not JSON.' })
  }
  const outcome = schema.safeParse(document)
  if (outcome.success) return outcome.data
  const [issue] = outcome.error.issues
  return refuse(rules.unreadable, { note: `${issue?.path.join('.') || 'body'}: ${issue?.message}` })
}

const text = z.string().max(1_024)

const Delivery = z.object({
  method: z.enum(Object.values(methodUris) as [string, ...string[]]),
  endpoint_url: z.string().max(2_048).optional(),
  // Visible ASCII: it becomes the value of a header field.
  authorization_header: z
    .string()
    .regex(/^[\x20-\x7e]{1,4096}$/)
    .nullish(),
})

const supplied = {
  /** By the transmitter: as a receiver that sends back what it has read. */
  iss: text.optional(),
  aud: z.union([text, z.array(text).max(100)]).optional(),
  events_supported: z.array(text).max(100).optional(),
  events_delivered: z.array(text).max(100).optional(),
  min_verification_interval: z.number().optional(),
  inactivity_timeout: z.number().optional(),
  /** By the receiver. */
  events_requested: z.array(z.string().min(1).max(512)).max(100).optional(),
  delivery: Delivery.optional(),
  description: z.string().max(1_024).optional(),
}
export const StreamRequest = z.object(supplied)
export const StreamChange = z.object({ ...supplied, stream_id: text })
type Sent = z.output<typeof StreamRequest>

/** What of a stream its receiver decides. */
export interface StreamSettings {
  method: StreamMethod
  target: StreamTarget
  types: string
  data: StreamData
}

/** The settings of a request; what it leaves out is as it was, or as it is without being set. */
export function settingsOf(
  sent: Sent,
  { types }: SignalSettings,
  former?: StreamSettings,
): StreamSettings {
  const eventsRequested = sent.events_requested ?? former?.data.eventsRequested ?? []
  const description = sent.description ?? former?.data.description
  const delivered = types.filter((type) => eventsRequested.includes(uriOf(type)))
  return {
    ...(deliveryOf(sent.delivery) ?? delivering(former) ?? { method: 'poll', target: {} }),
    types: ` ${delivered.map((type) => `${type} `).join('')}`,
    data: { eventsRequested, ...(description === undefined ? {} : { description }) },
  }
}

const delivering = (former: StreamSettings | undefined) =>
  former && { method: former.method, target: former.target }

function deliveryOf(
  delivery: Sent['delivery'],
): Pick<StreamSettings, 'method' | 'target'> | undefined {
  if (!delivery) return undefined
  if (delivery.method === methodUris.poll) return { method: 'poll', target: {} }
  const { endpoint_url: url = '', authorization_header: authorization } = delivery
  const hasCredentials = () => {
    const { username, password } = new URL(url)
    return username !== '' || password !== ''
  }
  const problem = uriProblem('endpoint_url', url)
  if (url === '' || problem || hasCredentials())
    refuse(rules.target, problem && { note: problem.message })
  return { method: 'push', target: { url, ...(authorization ? { authorization } : {}) } }
}

export interface DescribedStream extends StreamSettings {
  streamId: string
}

/** The stream as its receiver is told. The `authorization_header` is not sent back. */
export function describeStream(
  settings: SignalSettings,
  client: Client,
  { streamId, method, target, types, data }: DescribedStream,
) {
  const { issuer, base, verificationSeconds } = settings
  const delivered = settings.types.filter((type) => types.includes(` ${type} `))
  const url = method === 'poll' ? `${base}/poll` : target.url
  return {
    stream_id: streamId,
    iss: issuer,
    aud: audienceOf(client),
    events_supported: supportedUris(settings),
    events_requested: data.eventsRequested,
    events_delivered: delivered.map(uriOf),
    delivery: { method: methodUris[method], endpoint_url: url },
    min_verification_interval: verificationSeconds,
    ...(data.description === undefined ? {} : { description: data.description }),
  }
}

/** SSF §8.1.1.3: what the transmitter supplies must be as it is, where it is sent. */
export function requireSupplied(sent: Sent, described: ReturnType<typeof describeStream>): void {
  const same = (name: 'iss' | 'aud' | 'events_supported' | 'min_verification_interval') =>
    sent[name] === undefined ||
    JSON.stringify([sent[name]].flat()) === JSON.stringify([described[name]].flat())
  const names = ['iss', 'aud', 'events_supported', 'min_verification_interval'] as const
  const other = names.find((name) => !same(name))
  if (other) refuse(rules.mismatch, { parameter: other, expected: described[other] })
}
