/** A stream of security events as the operators of its service see it. */
import { z } from 'zod'
import type { ServiceContext } from '../../../context.ts'
import { StreamMethod, StreamStatus } from '../../../model/events/stream.ts'
import { defineCallerRules, refuseCaller } from '../../../refusal.ts'
import { countedAtMost, type EventStreamRow } from '../../../store/tables/streams/event-streams.ts'
import type { Called } from '../../../streams/change.ts'

const rules = defineCallerRules('Event stream of a client', {
  unknown: {
    code: 'P170001',
    status: 404,
    message: 'The client has no event stream: list those of the service.',
  },
})

export const clientId = z.int().describe('The client that receives the events.')
export const status = StreamStatus.describe(
  '`enabled`, `paused` (events are kept until it is enabled) or `disabled` (there are none).',
)
export const reason = z.string().max(1_024).describe('Why the stream has its status.')

export const EventStream = z
  .object({
    clientId,
    streamId: z.string().describe('The identifier by which the receiver names the stream.'),
    status,
    reason: reason.optional(),
    method: StreamMethod.describe('Whether events are pushed to the receiver, or polled by it.'),
    url: z.string().optional().describe('Where events are pushed to.'),
    types: z.array(z.string()).describe('The types that are delivered: last parts of their URIs.'),
    description: z.string().optional().describe('What the receiver calls the stream.'),
    createdAt: z.int().describe('When it was created, in milliseconds since the epoch.'),
    modifiedAt: z.int().describe('When it was last changed, in milliseconds since the epoch.'),
    waiting: z
      .int()
      .optional()
      .describe(`Events that the receiver does not have yet; ${countedAtMost} are counted.`),
  })
  .meta({ id: 'event_stream' })

export function describeRow(
  row: EventStreamRow & { waiting?: number },
): z.input<typeof EventStream> {
  const { clientId, streamId, method, target, types, data, createdAt, modifiedAt, waiting } = row
  return {
    clientId,
    streamId,
    status: row.status,
    method,
    createdAt,
    modifiedAt,
    types: types.split(' ').filter(Boolean),
    ...(row.reason === null ? {} : { reason: row.reason }),
    ...(target.url === undefined ? {} : { url: target.url }),
    ...(data.description === undefined ? {} : { description: data.description }),
    ...(waiting === undefined ? {} : { waiting }),
  }
}

/** The stream of a client that a call of an operator names. */
export const byOperator = ({ service, store }: ServiceContext, clientId: number): Called => ({
  async find() {
    return (await store.eventStreams.find(service.apiKey, clientId)) ?? refuseCaller(rules.unknown)
  },
})
