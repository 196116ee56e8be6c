/** The deferred credential endpoint, OpenID4VCI §9: finds the request of a transaction. */
import { z } from 'zod'
import { findTransaction } from '../../../credentials/deferred.ts'
import { readRequest } from '../../../credentials/parse.ts'
import { findCredentialToken, refuseCredential } from '../../../credentials/presented-token.ts'
import { describeKept } from '../../../credentials/request-info.ts'
import { defineEndpoint } from '../../../http/endpoint.ts'
import { credentialRelay } from '../../../http/relay.ts'
import { CredentialRequestInfo } from '../../../model/credential/request-info.ts'
import { nonceFor } from '../../../tokens/sender-constraint.ts'
import { action, field } from '../../fields.ts'
import { senderNote, walletRequestMembers, walletTexts } from '../vci-schemas.ts'

const DeferredParseRequest = z
  .object(walletRequestMembers)
  .meta({ id: 'vci_deferred_parse_request' })

const DeferredParseResponse = z
  .object({
    action: action('OK', 'BAD_REQUEST', 'UNAUTHORIZED', 'FORBIDDEN', 'INTERNAL_SERVER_ERROR'),
    responseContent: field.responseContent,
    info: CredentialRequestInfo.optional().describe('The request that the transaction is for.'),
    corsOrigins: field.corsOrigins,
    dpopNonce: field.dpopNonce,
  })
  .meta({ id: 'vci_deferred_parse_response' })

export const vciDeferredParse = defineEndpoint({
  operationId: 'vci_deferred_parse_api',
  method: 'post',
  path: '/api/{serviceId}/vci/deferred/parse',
  tag: 'Verifiable Credential Issuer',
  summary: 'Check a deferred credential request',
  description:
    'Finds the request whose issuance was deferred, for the same client and user. `OK`: the caller ' +
    'calls `/vci/deferred/issue`. The response is encrypted as this request states it. ' +
    senderNote,
  right: 'use_service',
  fromBrowsers: true,
  body: DeferredParseRequest,
  form: true,
  clientText: walletTexts,
  response: DeferredParseResponse,
  relay: credentialRelay,
  results: { OK: { code: 'P125902', message: 'The deferred credential request is valid.' } },
  async handle({ body }, context) {
    const endpoint = context.service.credentialIssuerMetadata?.deferredCredentialEndpoint
    const token = await findCredentialToken(context, body, endpoint)
    const request = await readRequest(context, body.requestContent)
    const { identifier, data } = await findTransaction(context, token, request)
    const info = describeKept(identifier, data, token.subject)
    return { action: 'OK', info, ...nonceFor(context, body) }
  },
  refuse: refuseCredential,
})
