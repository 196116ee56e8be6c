/** The credential endpoint, OpenID4VCI §8.3: issues what a checked request asked for. */
import { z } from 'zod'
import { complete, requireToken } from '../../../credentials/issuance/complete.ts'
import { findPending } from '../../../credentials/issuance/decide.ts'
import { findCredentialToken } from '../../../credentials/presented-token.ts'
import { defineEndpoint } from '../../../http/endpoint.ts'
import { action } from '../../fields.ts'
import {
  decisionMembers,
  issuedMembers,
  issueRelay,
  issueTag,
  orderOf,
  refusedIssue,
  transactionId,
} from '../issue-schemas.ts'

const SingleIssueRequest = z
  .object({
    accessToken: z.string().optional().describe('The access token of the credential request.'),
    ...decisionMembers,
  })
  .meta({ id: 'vci_single_issue_request' })

const SingleIssueResponse = z
  .object({
    action: action(
      ...['OK', 'ACCEPTED', 'UNAUTHORIZED', 'FORBIDDEN', 'INTERNAL_SERVER_ERROR', 'CALLER_ERROR'],
      ...['OK_JWT', 'ACCEPTED_JWT', 'BAD_REQUEST'],
    ),
    ...issuedMembers,
    transactionId,
  })
  .meta({ id: 'vci_single_issue_response' })

export const vciSingleIssue = defineEndpoint({
  operationId: 'vci_single_issue_api',
  method: 'post',
  path: '/api/{serviceId}/vci/single/issue',
  tag: issueTag,
  summary: 'Issue a credential',
  description:
    'Builds and signs a credential for each key of the request, once. With `issuanceDeferred`, the ' +
    'wallet gets a transaction identifier instead (`ACCEPTED`); with `denied`, an error ' +
    '(`BAD_REQUEST`). If the wallet asked for encryption, the actions are `OK_JWT` and ' +
    '`ACCEPTED_JWT`. `CALLER_ERROR`: the order is wrong, or the request was decided before.',
  right: 'use_service',
  longBody: true,
  body: SingleIssueRequest,
  response: SingleIssueResponse,
  relay: issueRelay,
  results: {
    OK: { code: 'P128901', message: 'The credential is issued.' },
    OK_JWT: { code: 'P128902', message: 'The credential is issued, and the response encrypted.' },
    ACCEPTED: { code: 'P128903', message: 'The issuance is deferred.' },
    ACCEPTED_JWT: {
      code: 'P128904',
      message: 'The issuance is deferred, and the response encrypted.',
    },
  },
  async handle({ body: { accessToken, ...decision } }, context) {
    const { row: token } = await findCredentialToken(context, { accessToken }, undefined)
    const pending = await findPending(context, orderOf(decision), 'PARSED')
    requireToken(pending, token)
    return complete(context, pending, token)
  },
  refuse: refusedIssue,
})
