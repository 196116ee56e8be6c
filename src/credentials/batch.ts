/** Several credential requests in one, for services with a batch endpoint as in former drafts. */
import type { ServiceContext } from '../context.ts'
import type { Service } from '../model/service/service.ts'
import { isObject } from '../oauth/vci/request/content.ts'
import { defineRules, refuse } from '../refusal.ts'
import {
  type CheckedRequest,
  type CredentialToken,
  checkRequest,
  type ReadRequest,
} from './parse.ts'

const rules = defineRules('Batch credential request', {
  noEndpoint: {
    code: 'P125201',
    error: 'access_denied',
    spec: 'OpenID4VCI §8',
    message: 'The credential issuer has no batch credential endpoint.',
    fix: 'Set the batch credential endpoint in the issuer metadata, or let the wallet send single requests.',
    settings: ['service.credentialIssuerMetadata'],
  },
  notAList: {
    code: 'P125202',
    error: 'invalid_credential_request',
    spec: 'OpenID4VCI §8.2',
    message: 'credential_requests must be a non-empty array of credential requests.',
    fix: 'Send `credential_requests` as a non-empty array of objects.',
  },
  tooMany: {
    code: 'P125203',
    error: 'invalid_credential_request',
    spec: 'OpenID4VCI §12.2.4',
    message: 'The batch has more credential requests than the credential issuer accepts.',
    fix: 'Send fewer requests at once, or raise the batch size of the issuer, up to 20.',
    settings: ['service.credentialIssuerMetadata'],
  },
})

const largestBatch = 20

/** The URL of the endpoint, without which there is none. */
export const requireBatchEndpoint = ({ credentialIssuerMetadata: metadata }: Service): string =>
  metadata?.batchCredentialEndpoint || refuse(rules.noEndpoint)

/** Each request, one by one; how the response is encrypted is stated for all of them. */
export async function checkBatch(
  context: ServiceContext,
  token: CredentialToken,
  { members, isEncrypted }: ReadRequest,
): Promise<CheckedRequest[]> {
  const { credential_requests: requests, credential_response_encryption: encryption } = members
  if (!Array.isArray(requests) || requests.length === 0) refuse(rules.notAList)
  const { batchSize } = context.service.credentialIssuerMetadata ?? {}
  if (requests.length > Math.min(batchSize || 1, largestBatch)) refuse(rules.tooMany)
  const checked: CheckedRequest[] = []
  for (const each of requests) {
    if (!isObject(each)) refuse(rules.notAList)
    const request = { ...each, credential_response_encryption: encryption }
    checked.push(await checkRequest(context, token, { members: request, isEncrypted }))
  }
  return checked
}
