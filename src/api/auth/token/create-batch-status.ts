/** The status of a batch of tokens. */
import { z } from 'zod'
import { defineEndpoint } from '../../../http/endpoint.ts'
import { TokenBatch } from '../../../model/token/batch.ts'
import { defineCallerRules, refuseCaller } from '../../../refusal.ts'
import { batchStatus } from '../../../tokens/batch.ts'

const rules = defineCallerRules('Token batch', {
  unknown: {
    code: 'P019350',
    status: 404,
    message: 'The request id is unknown, or the status of its batch has expired.',
  },
})

const TokenBatchStatus = TokenBatch.extend({
  requestId: z.string().describe('Identifier of the batch.'),
  createdAt: z.int().describe('When the batch was received, in milliseconds since the epoch.'),
  modifiedAt: z.int().describe('When the batch was processed, in milliseconds since the epoch.'),
}).meta({ id: 'token_batch_status' })

export const tokenCreateBatchStatus = defineEndpoint({
  operationId: 'auth_token_create_batch_status_api',
  method: 'get',
  path: '/api/{serviceId}/auth/token/create/batch/status/{requestId}',
  tag: 'Token Operations',
  summary: 'Get the status of a batch of tokens',
  description:
    'The result of a call of `/auth/token/create/batch`, which is stored for a week. `FAILED`: no ' +
    'token of the batch was created.',
  right: 'use_service',
  params: z.object({ requestId: z.string().max(100).describe('Identifier of the batch.') }),
  response: z
    .object({ status: TokenBatchStatus.describe('The status of the batch.') })
    .meta({ id: 'token_create_batch_status_response' }),
  results: { OK: { code: 'P019392', message: 'The batch is known.' } },
  async handle({ params }, { service, store, now }) {
    const row = await store.tokenBatches.find(service.apiKey, params.requestId)
    if (!row || row.expiresAt <= now) refuseCaller(rules.unknown)
    return { status: batchStatus(row) }
  },
})
