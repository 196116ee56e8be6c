/** The deferred credential endpoint, OpenID4VCI §9.2: issues what was deferred. */
import { z } from 'zod'
import { complete } from '../../../credentials/issuance/complete.ts'
import { findPending } from '../../../credentials/issuance/decide.ts'
import { defineEndpoint } from '../../../http/endpoint.ts'
import { requireDeferrable } from '../../../oauth/vci/issuance/order.ts'
import { requireCredentialIssuer } from '../../../oauth/vci/presentation.ts'
import { action } from '../../fields.ts'
import {
  decisionMembers,
  issuedMembers,
  issueRelay,
  issueTag,
  orderOf,
  refusedWithoutToken,
  transactionId,
} from '../issue-schemas.ts'

const DeferredIssueRequest = z.object(decisionMembers).meta({ id: 'vci_deferred_issue_request' })

const DeferredIssueResponse = z
  .object({
    action: action(
      ...['OK', 'FORBIDDEN', 'INTERNAL_SERVER_ERROR', 'CALLER_ERROR'],
      ...['OK_JWT', 'ACCEPTED', 'ACCEPTED_JWT', 'BAD_REQUEST'],
    ),
    ...issuedMembers,
    transactionId,
  })
  .meta({ id: 'vci_deferred_issue_response' })

export const vciDeferredIssue = defineEndpoint({
  operationId: 'vci_deferred_issue_api',
  method: 'post',
  path: '/api/{serviceId}/vci/deferred/issue',
  tag: issueTag,
  summary: 'Issue a deferred credential',
  description:
    'Like `/vci/single/issue`, for a request whose issuance was deferred. With `issuanceDeferred`, ' +
    'the wallet must ask again (`ACCEPTED`); `denied` ends the transaction (`BAD_REQUEST`).',
  right: 'use_service',
  longBody: true,
  body: DeferredIssueRequest,
  response: DeferredIssueResponse,
  relay: issueRelay,
  results: {
    OK: { code: 'P128911', message: 'The deferred credential is issued.' },
    OK_JWT: {
      code: 'P128912',
      message: 'The deferred credential is issued, and the response encrypted.',
    },
    ACCEPTED: { code: 'P128913', message: 'The issuance is deferred again.' },
    ACCEPTED_JWT: {
      code: 'P128914',
      message: 'The issuance is deferred again, and the response encrypted.',
    },
  },
  async handle({ body }, context) {
    requireCredentialIssuer(context.service)
    const pending = await findPending(context, orderOf(body), 'DEFERRED')
    requireDeferrable(context.service, pending.order)
    return complete(context, pending)
  },
  refuse: refusedWithoutToken,
})
