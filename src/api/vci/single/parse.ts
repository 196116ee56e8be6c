/** The credential endpoint, OpenID4VCI §8: checks a request for a credential. */
import { z } from 'zod'
import { checkRequest, keepRequests, readRequest } from '../../../credentials/parse.ts'
import { findCredentialToken, refuseCredential } from '../../../credentials/presented-token.ts'
import { describeRequest } from '../../../credentials/request-info.ts'
import { defineEndpoint } from '../../../http/endpoint.ts'
import { credentialRelay } from '../../../http/relay.ts'
import { CredentialRequestInfo } from '../../../model/credential/request-info.ts'
import { nonceFor } from '../../../tokens/sender-constraint.ts'
import { action, field } from '../../fields.ts'
import { senderNote, walletRequestMembers, walletTexts } from '../vci-schemas.ts'

const SingleParseRequest = z.object(walletRequestMembers).meta({ id: 'vci_single_parse_request' })

const SingleParseResponse = z
  .object({
    action: action('OK', 'BAD_REQUEST', 'UNAUTHORIZED', 'FORBIDDEN', 'INTERNAL_SERVER_ERROR'),
    responseContent: field.responseContent,
    info: CredentialRequestInfo.optional().describe('The checked request.'),
    corsOrigins: field.corsOrigins,
    dpopNonce: field.dpopNonce,
  })
  .meta({ id: 'vci_single_parse_response' })

export const vciSingleParse = defineEndpoint({
  operationId: 'vci_single_parse_api',
  method: 'post',
  path: '/api/{serviceId}/vci/single/parse',
  tag: 'Verifiable Credential Issuer',
  summary: 'Check a credential request',
  description:
    'Checks the access token, the request, its proofs and their nonces, which are used by that. ' +
    '`OK`: the caller calls `/vci/single/issue` within ten minutes with `info.identifier`. ' +
    senderNote,
  right: 'use_service',
  fromBrowsers: true,
  body: SingleParseRequest,
  form: true,
  clientText: walletTexts,
  response: SingleParseResponse,
  relay: credentialRelay,
  results: { OK: { code: 'P125901', message: 'The credential request is valid.' } },
  async handle({ body }, context) {
    const endpoint = context.service.credentialIssuerMetadata?.credentialEndpoint
    const token = await findCredentialToken(context, body, endpoint)
    const request = await readRequest(context, body.requestContent)
    const checked = await checkRequest(context, token, request)
    const [identifier = ''] = await keepRequests(context, token, [checked])
    const info = describeRequest(identifier, checked, token)
    return { action: 'OK', info, ...nonceFor(context, body) }
  },
  refuse: refuseCredential,
})
