/** The batch credential endpoint of former drafts: checks several requests of version 1.0. */
import { z } from 'zod'
import { checkBatch, requireBatchEndpoint } from '../../../credentials/batch.ts'
import { keepRequests, readRequest } from '../../../credentials/parse.ts'
import { findCredentialToken, refuseCredential } from '../../../credentials/presented-token.ts'
import { describeRequest } from '../../../credentials/request-info.ts'
import { defineEndpoint } from '../../../http/endpoint.ts'
import { credentialRelay } from '../../../http/relay.ts'
import { CredentialRequestInfo } from '../../../model/credential/request-info.ts'
import { nonceFor } from '../../../tokens/sender-constraint.ts'
import { action, field } from '../../fields.ts'
import { senderNote, walletRequestMembers, walletTexts } from '../vci-schemas.ts'

const BatchParseRequest = z.object(walletRequestMembers).meta({ id: 'vci_batch_parse_request' })

const BatchParseResponse = z
  .object({
    action: action('OK', 'BAD_REQUEST', 'UNAUTHORIZED', 'FORBIDDEN', 'INTERNAL_SERVER_ERROR'),
    responseContent: field.responseContent,
    info: z
      .array(CredentialRequestInfo)
      .optional()
      .describe('The checked requests, in the order of `credential_requests`.'),
    corsOrigins: field.corsOrigins,
    dpopNonce: field.dpopNonce,
  })
  .meta({ id: 'vci_batch_parse_response' })

export const vciBatchParse = defineEndpoint({
  operationId: 'vci_batch_parse_api',
  method: 'post',
  path: '/api/{serviceId}/vci/batch/parse',
  tag: 'Verifiable Credential Issuer',
  summary: 'Check a batch of credential requests',
  description:
    'For services with a `batchCredentialEndpoint`, which version 1.0 of OpenID4VCI does not have. ' +
    'Each of `credential_requests` is checked as by `/vci/single/parse`; all are accepted, or none. ' +
    senderNote,
  right: 'use_service',
  fromBrowsers: true,
  body: BatchParseRequest,
  form: true,
  clientText: walletTexts,
  response: BatchParseResponse,
  relay: credentialRelay,
  results: { OK: { code: 'P125903', message: 'The credential requests are valid.' } },
  async handle({ body }, context) {
    const endpoint = requireBatchEndpoint(context.service)
    const token = await findCredentialToken(context, body, endpoint)
    const request = await readRequest(context, body.requestContent)
    const checked = await checkBatch(context, token, request)
    const identifiers = await keepRequests(context, token, checked)
    const info = checked.map((each, index) =>
      describeRequest(identifiers[index] ?? '', each, token),
    )
    return { action: 'OK', info, ...nonceFor(context, body) }
  },
  refuse: refuseCredential,
})
