/** Creates many tokens without a request of a client: all of them or none. */
import { z } from 'zod'
import { changesOf } from '../../../audit/changes.ts'
import { recordOf } from '../../../audit/record.ts'
import type { ServiceContext } from '../../../context.ts'
import { defineEndpoint } from '../../../http/endpoint.ts'
import { Flag } from '../../../http/flag.ts'
import { notificationMilliseconds } from '../../../model/notification.ts'
import type { TokenBatch } from '../../../model/token/batch.ts'
import { explain, Refusal } from '../../../refusal.ts'
import { ConflictError, orRefuse, type Write } from '../../../store/engine.ts'
import { batchStatus } from '../../../tokens/batch.ts'
import { prepareToken } from '../../../tokens/create.ts'
import { refreshTokenTaken } from '../../../tokens/refresh/refresh-token.ts'
import { TokenCreateRequest } from './create-schemas.ts'

const tokenLimit = 1_000
const keptMilliseconds = 7 * 86_400_000
/** Maximum number of refused tokens in the status. */
const namedLimit = 20

type Tokens = z.output<typeof TokenCreateRequest>[]

/** A refused token of the batch. After a conflict with a concurrent call the index is unknown. */
interface Failure {
  index?: number | undefined
  refusal: Refusal
}

export const tokenCreateBatch = defineEndpoint({
  operationId: 'auth_token_create_batch_api',
  audits: 'token.created',
  method: 'post',
  path: '/api/{serviceId}/auth/token/create/batch',
  tag: 'Token Operations',
  summary: 'Create many access tokens',
  description:
    'A list of at most 1,000 requests of `/auth/token/create`. Either all of them succeed or none. A ' +
    'dry run checks the requests and creates nothing. The status of the batch is stored for a week; ' +
    'except for dry runs, it is also sent to `tokenBatchNotificationEndpoint`.',
  right: 'use_service',
  longBody: true,
  query: z.object({ dryRun: Flag.optional().describe('Whether to create nothing.') }),
  body: z.array(TokenCreateRequest).min(1).max(tokenLimit),
  response: z
    .object({
      requestId: z.string().describe('Identifier of the batch, for requests of its status.'),
    })
    .meta({ id: 'token_create_batch_response' }),
  results: {
    OK: { code: 'P019391', message: 'The batch was processed; its status has the result.' },
  },
  async handle({ body, query }, context) {
    const isDry = query.dryRun ?? false
    const requestId = context.system.random.token(128)
    const { writes, failures } = await prepareAll(body, context)
    const success = record(context, requestId, succeeded(body.length), isDry)
    const made = isDry ? [] : madeRecord(context, requestId, body)
    const ending = [...success, ...made]
    const failed = failures.length > 0 ? failures : await commitAll(context, writes, ending, isDry)
    if (failed.length > 0) {
      await context.store.commit(...record(context, requestId, outcomeOf(failed), isDry))
    }
    return { requestId }
  },
})

/** One record for all tokens. A dry run makes none. */
function madeRecord(context: ServiceContext, id: string, tokens: Tokens): Write[] {
  const clients = tokens.map(({ clientId, clientIdentifier }) => clientIdentifier ?? clientId)
  const of = { tokenCount: tokens.length, clients: [...new Set(clients)] }
  return recordOf(context, { target: { kind: 'token_batch', id }, changes: changesOf({}, of) })
}

/** Checks every token, so that one call reports all errors. */
async function prepareAll(tokens: Tokens, context: ServiceContext) {
  const writes: Write[][] = []
  const failures: Failure[] = []
  const chosen = new Set<string>()
  for (const [index, token] of tokens.entries()) {
    try {
      if (token.refreshToken && chosen.has(token.refreshToken)) throw new Refusal(refreshTokenTaken)
      if (token.refreshToken) chosen.add(token.refreshToken)
      writes.push((await prepareToken(token, context)).writes)
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      failures.push({ index, refusal: error })
    }
  }
  return { writes, failures }
}

/** A dry run executes all writes and rolls them back, so that it finds conflicts, too. */
async function commitAll(
  { store }: ServiceContext,
  writes: Write[][],
  success: Write[],
  isDry: boolean,
): Promise<Failure[]> {
  const undone = new Error('The dry run is over.')
  const ending = isDry ? [orRefuse(store.tokenBatches.rehearse(), undone)] : success
  try {
    await store.commit(...writes.flat(), ...ending)
  } catch (error) {
    if (error instanceof Refusal) {
      const index = writes.findIndex((each) => each.some(({ refusal }) => refusal === error))
      return [{ index, refusal: error }]
    }
    if (error instanceof ConflictError) return [{ refusal: new Refusal(refreshTokenTaken) }]
    if (error !== undone) throw error
    await store.commit(...success)
  }
  return []
}

const succeeded = (tokenCount: number): TokenBatch => ({
  batchKind: 'CREATE',
  result: 'SUCCEEDED',
  tokenCount,
})

function outcomeOf(failures: Failure[]): TokenBatch {
  const said = failures.map(({ index, refusal }) => ({ index, ...explain(refusal) }))
  const lines = said
    .slice(0, namedLimit)
    .map(({ index, resultMessage }) =>
      index === undefined ? resultMessage : `Token ${index}: ${resultMessage}`,
    )
  const more = said.length - lines.length
  return {
    batchKind: 'CREATE',
    result: 'FAILED',
    tokenCount: 0,
    errorCode: said[0]?.resultCode,
    errorDescription: [...lines, ...(more > 0 ? [`And ${more} more.`] : [])].join('\n'),
  }
}

/** The writes that store the status and its notification. */
function record(
  { service, store, system, now }: ServiceContext,
  requestId: string,
  data: TokenBatch,
  isDry: boolean,
): Write[] {
  const serviceId = service.apiKey
  const times = { createdAt: now, modifiedAt: now }
  const row = { serviceId, requestId, ...times, expiresAt: now + keptMilliseconds, data }
  const url = service.tokenBatchNotificationEndpoint
  if (!url || isDry) return [store.tokenBatches.insert(row)]
  const notification = store.notifications.insert({
    serviceId,
    notificationId: system.random.token(128),
    clientId: 0,
    dueAt: now,
    expiresAt: now + notificationMilliseconds,
    message: { kind: 'token-batch', url, body: JSON.stringify(batchStatus(row)) },
  })
  return [store.tokenBatches.insert(row), notification]
}
