/** Issues several credentials at once, for services with a batch endpoint as in former drafts. */
import { z } from 'zod'
import { findBatch } from '../../../credentials/issuance/batch.ts'
import { completeAll } from '../../../credentials/issuance/complete.ts'
import { responseAction } from '../../../credentials/issuance/respond.ts'
import { findCredentialToken } from '../../../credentials/presented-token.ts'
import { defineEndpoint } from '../../../http/endpoint.ts'
import { CredentialIssuanceOrder } from '../../../model/credential/order.ts'
import { batchAction } from '../../../oauth/vci/issuance/batch.ts'
import { action } from '../../fields.ts'
import { issuedMembers, issueRelay, issueTag, refusedIssue } from '../issue-schemas.ts'

const BatchIssueRequest = z
  .object({
    accessToken: z.string().optional().describe('The access token of the credential request.'),
    orders: z
      .array(CredentialIssuanceOrder)
      .optional()
      .describe('How each request of the batch is decided, each once.'),
  })
  .meta({ id: 'vci_batch_issue_request' })

const BatchIssueResponse = z
  .object({
    action: action(
      ...['OK', 'UNAUTHORIZED', 'FORBIDDEN', 'INTERNAL_SERVER_ERROR', 'CALLER_ERROR'],
      ...['OK_JWT', 'ACCEPTED', 'ACCEPTED_JWT', 'BAD_REQUEST'],
    ),
    ...issuedMembers,
  })
  .meta({ id: 'vci_batch_issue_response' })

export const vciBatchIssue = defineEndpoint({
  operationId: 'vci_batch_issue_api',
  method: 'post',
  path: '/api/{serviceId}/vci/batch/issue',
  tag: issueTag,
  summary: 'Issue a batch of credentials',
  description:
    'Decides all requests of a batch, or none. One that is `denied` denies all (`BAD_REQUEST`). The ' +
    'action is `ACCEPTED` only if all are deferred and the service has ' +
    '`ext.vci.batch.accepted=true`. Requires `batchCredentialEndpoint`.',
  right: 'use_service',
  longBody: true,
  body: BatchIssueRequest,
  response: BatchIssueResponse,
  relay: issueRelay,
  results: {
    OK: { code: 'P128921', message: 'The requests of the batch are decided.' },
    OK_JWT: {
      code: 'P128922',
      message: 'The requests of the batch are decided, and the response encrypted.',
    },
    ACCEPTED: { code: 'P128923', message: 'The issuance of the whole batch is deferred.' },
    ACCEPTED_JWT: {
      code: 'P128924',
      message: 'The issuance of the whole batch is deferred, and the response encrypted.',
    },
  },
  async handle({ body: { accessToken, orders } }, context) {
    const { service } = context
    const { row: token } = await findCredentialToken(context, { accessToken }, undefined)
    const batch = await findBatch(context, orders, token)
    const { isDeferred, encryption, responseContent } = await completeAll(context, batch, token)
    const decided = batchAction(service, isDeferred)
    return { ...responseAction(service, decided, encryption), responseContent }
  },
  refuse: refusedIssue,
})
