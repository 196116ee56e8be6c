/** Dry runs: why would a request be refused? Nothing is stored, sent or issued. */
import { z } from 'zod'
import { processTime, type ServiceContext } from '../context.ts'
import { defineEndpoint, type Endpoint } from '../http/endpoint.ts'
import { type DryRun, runDry } from '../http/explain/dry-run.ts'
import { Explanation } from '../http/explain/explanation.ts'
import { Issued, issuedBy } from '../http/explain/issued.ts'
import { mayBegin } from '../http/explain/rate.ts'
import { recogniseRequest } from '../http/explain/raw-request.ts'
import { unsavedOf } from '../http/explain/unsaved.ts'
import { parseJson } from '../model/json.ts'
import { defineCallerRules, refuseCaller } from '../refusal.ts'
import { OvertakenError } from '../store/rehearsal.ts'
import { field } from './fields.ts'

const rules = defineCallerRules('Dry run', {
  operationUnknown: {
    code: 'P142003',
    status: 400,
    message:
      'The operation cannot be run dry: name one whose response the frontend sends to a client, such as /auth/token.',
  },
  tooMany: {
    code: 'P142004',
    status: 429,
    message: 'The service has had five dry runs in this second: try again later.',
  },
  busy: {
    code: 'P142005',
    status: 503,
    message:
      'Four dry runs are in progress, or other calls keep changing what this one needs: try again later.',
  },
})

const Members = z.record(z.string(), z.unknown())

const ExplainRequest = z
  .object({
    operation: z
      .string()
      .max(200)
      .optional()
      .describe('Path of the operation after that of the service, such as `/auth/token`.'),
    request: Members.optional().describe('The request of the operation.'),
    http: z
      .union([
        z.string().max(200_000),
        z.object({
          method: z.string().max(20),
          url: z.string().max(100_000),
          headers: z.record(z.string(), z.string()).optional(),
          body: z.string().optional(),
        }),
      ])
      .optional()
      .describe(
        'In place of `operation` and `request`: the request of the client, as the text of an HTTP request, ' +
          'a `curl` command, a URL or a form, or in parts. ' +
          'Its URL is matched to the endpoints of the service.',
      ),
    clientCertificate: field.clientCertificate,
    clientCertificatePath: field.clientCertificatePath,
    at: z
      .int()
      .min(0)
      .max(8_640_000_000_000)
      .optional()
      .describe('Time of the request, in milliseconds since the epoch; absent: now.'),
    fetch: z
      .boolean()
      .default(true)
      .describe('Whether key sets, request objects and metadata of clients are fetched.'),
    service: Members.optional().describe(
      'Properties of the service as if they were saved; requires the right `modify_service`.',
    ),
    client: Members.optional().describe(
      'Properties of the client `clientId` as if they were saved; requires `modify_client`.',
    ),
  })
  .meta({ id: 'explain_request' })

const ExplainResponse = z
  .object({
    operation: z.string().describe('Path of the operation.'),
    outcome: z.object({
      status: z.int().describe('HTTP status of the operation.'),
      action: z.string().optional(),
      resultCode: z.string().optional(),
      resultMessage: z.string().optional(),
    }),
    explanation: Explanation.optional(),
    issued: Issued.optional().describe('Absent if the request is refused.'),
  })
  .meta({ id: 'explain_response' })

/** The operation; `endpoints` are all operations. */
export const explainRequest = (endpoints: () => readonly Endpoint[]) =>
  defineEndpoint({
    operationId: 'explain_api',
    method: 'post',
    path: '/api/{serviceId}/explain',
    tag: 'Explanations',
    summary: 'Run a request dry',
    description:
      'Runs an operation with its own script and explains the outcome. Its writes are rolled back, ' +
      'and no code, token, ticket or response for the client is returned.',
    right: 'use_service',
    yieldsUnderLoad: true,
    body: ExplainRequest,
    response: ExplainResponse,
    results: { OK: { code: 'P142901', message: 'The dry run is over: nothing was stored.' } },
    async handle({ body }, context) {
      const { service, system, store, call } = context
      if (!mayBegin(store, service.apiKey, processTime(context))) refuseCaller(rules.tooMany)
      const named = body.http ? recogniseRequest(body.http, service, body) : body
      const { operation = '', request = {} } = named
      const endpoint = endpoints().find((each) => isOf(each, operation))
      if (!endpoint) refuseCaller(rules.operationUnknown)
      const unsaved = unsavedOf(context, body)
      const run = { endpoint, request, at: body.at, fetches: body.fetch, unsaved }
      const outcome = await rehearsed(run, context)
      system.log.info(
        { requestId: call.requestId, service: service.apiKey, name: operation, ...outcome.outcome },
        'a dry run',
      )
      return { operation, ...outcome }
    },
  })

/** Operations whose response is for a client; others have no reason to refuse one. */
const isOf = ({ path, relay, method }: Endpoint, operation: string): boolean =>
  relay !== undefined && method === 'post' && path === `/api/{serviceId}${operation}`

/** Another call may change what a dry run rests on: then it begins again. */
async function rehearsed(run: DryRun, context: ServiceContext) {
  for (let attempt = 1; attempt <= attempts; attempt++) {
    try {
      return await rehearsedOnce(run, context)
    } catch (error) {
      if (!wasOvertaken(error)) throw error
    }
  }
  return refuseCaller(rules.busy)
}
const attempts = 3

/** Reads wrap what went wrong. */
const wasOvertaken = (error: unknown): boolean =>
  error instanceof OvertakenError || (error instanceof Error && wasOvertaken(error.cause))

async function rehearsedOnce(run: DryRun, context: ServiceContext) {
  const rehearsal = context.store.rehearse() ?? refuseCaller(rules.busy)
  try {
    const { answer, action, resultCode, explanation } = await runDry(run, context, rehearsal)
    const response = membersOf(answer.body)
    const { resultMessage } = response
    const isRefused = explanation?.refusedBy !== undefined || answer.status >= 400
    return {
      outcome: {
        status: answer.status,
        action,
        resultCode,
        resultMessage: typeof resultMessage === 'string' ? resultMessage : undefined,
      },
      explanation,
      issued: isRefused ? undefined : issuedBy(response),
    }
  } finally {
    rehearsal.end()
  }
}

function membersOf(body: unknown): Record<string, unknown> {
  const value = typeof body === 'string' ? parseJson(body) : undefined
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}
