/** Lists the calls that were refused, or streams them while they happen. */
import { z } from 'zod'
import { mayStill } from '../caller.ts'
import type { ServiceContext } from '../context.ts'
import { defineEndpoint } from '../http/endpoint.ts'
import { Evidences } from '../http/explain/explanation.ts'
import { refusalStream } from '../http/refusals/stream.ts'
import type { RefusalQuery } from '../model/request/refused-call.ts'
import { defineCallerRules, refuseCaller } from '../refusal.ts'

const rules = defineCallerRules('Refusals', {
  tooManyStreams: {
    code: 'P149001',
    status: 429,
    message:
      'Too many streams of refusals are open: close one, or read the list from time to time.',
  },
})

const number = z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER)

const RefusalsQuery = z.object({
  after: number
    .optional()
    .describe(
      'The `seq` after which to continue: `next` of the previous response. Absent: the newest.',
    ),
  limit: z.coerce.number().int().min(1).max(500).default(100).describe('At most so many.'),
  code: z
    .string()
    .regex(/^P\d{6}$/)
    .optional()
    .describe('Only those with the result code.'),
  clientId: number.optional().describe('Only those of the client.'),
})

const RefusedCall = z
  .object({
    seq: z.int().describe('The place in the order of all refusals; it grows with time.'),
    at: z.int().describe('When the call was refused, in milliseconds since the epoch.'),
    requestId: z.string().describe('The `X-Request-Id` of the call.'),
    operationId: z.string().describe('The operation.'),
    operation: z.string().describe('The path of the operation after that of the service.'),
    code: z.string().describe('The result code: the code of the rule.'),
    rule: z.string().describe('The area and the name of the rule.'),
    error: z.string().optional().describe('The OAuth error.'),
    spec: z.string().optional().describe('The section of the specification.'),
    says: z.string().describe('The message of the rule.'),
    clientId: z.int().optional().describe('Number of the client, if it was found.'),
    clientName: z.string().optional().describe('Name of the client.'),
    evidence: Evidences.optional(),
    parameters: z
      .record(z.string(), z.unknown())
      .optional()
      .describe(
        'The parameters of the request; of those that may be secret, whether they are present, and their length.',
      ),
  })
  .meta({ id: 'refused_call' })

const RefusalsResponse = z
  .object({
    refusals: z.array(RefusedCall).describe('The refused calls, in the order of `seq`.'),
    next: z.int().describe('The `after` of the next call.'),
    hasMore: z.boolean().describe('Whether the next call has some now.'),
  })
  .meta({ id: 'refusals_response' })

export const refusalList = defineEndpoint({
  operationId: 'refusals_api',
  method: 'get',
  path: '/api/{serviceId}/refusals',
  tag: 'Explanations',
  summary: 'List refused calls',
  description:
    'The last calls of the service that were refused by this process, which remembers 2,000 of all ' +
    'services. With `Accept: text/event-stream`, they are streamed as server-sent events, and each ' +
    'further one as it happens: `refusal` has a refused call, `current` tells that the past is over, ' +
    '`missed` how many a slow reader did not get. The stream ends after ten minutes, when the API ' +
    'token loses its right, and when the server stops: continue with `after`.',
  right: 'use_service',
  query: RefusalsQuery,
  response: RefusalsResponse,
  results: { OK: { code: 'P149901', message: 'The refused calls are listed.' } },
  async handle({ query }, context) {
    const { service, refusals, call } = context
    if (call.accepts('text/event-stream')) return stream(query, context)
    const { refusals: listed, ...rest } = refusals.list(service.apiKey, query)
    return { refusals: [...listed], ...rest }
  },
})

function stream(query: RefusalQuery, context: ServiceContext) {
  const { service, refusals, caller, store, documents, system } = context
  const serviceId = service.apiKey
  const done = refusals.takePlace(serviceId) ?? refuseCaller(rules.tooManyStreams)
  return refusalStream({
    refusals,
    serviceId,
    query,
    mayStill: async () =>
      (await documents.service(serviceId)) !== undefined &&
      (await mayStill(caller, 'use_service', store, system.clock())),
    done,
  })
}
