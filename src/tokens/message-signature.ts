/** HTTP message signatures of requests to protected resources and of responses, RFC 9421. */

import { withClientKeys } from '../clients/signature.ts'
import type { ServiceContext } from '../context.ts'
import { contentDigest, signResponse, verifyMessageSignature } from '../jose/message-signature.ts'
import type { Client } from '../model/client/client.ts'
import { policyOf } from '../oauth/policy.ts'
import {
  fieldsOf,
  isSignatureRequired,
  requireFieldValues,
  requireSignatureInput,
  requireSigned,
  requireVerified,
  responseComponents,
  responseTag,
  signingKeyId,
} from '../oauth/tokens/message-signature.ts'

type Pairs = readonly { key: string; value?: string | undefined }[]

/** The parts of the request that the caller provides to verify its signature. */
export interface SignedTransport {
  token?: string | undefined
  headers?: Pairs | undefined
  message?: string | undefined
  htm?: string | undefined
  htu?: string | undefined
  uri?: string | undefined
  targetUri?: string | undefined
  dpop?: string | undefined
  requestBodyContained?: boolean | undefined
  requiredComponents?: readonly string[] | undefined
}

/** Verifies the signature of a request if the policy or the caller requires one. */
export async function checkMessageSignature(
  context: ServiceContext,
  client: Client,
  transport: SignedTransport,
  endpoint?: string,
): Promise<void> {
  const { headers = [], message, requiredComponents = [] } = transport
  if (!isSignatureRequired(policyOf(context.service, client), requiredComponents)) return
  const fields = requireFieldValues(fieldsOf(headers))
  const method = transport.htm || 'GET'
  const { input, url } = requireSignatureInput(
    {
      fields,
      method,
      url: transport.targetUri || transport.htu || transport.uri || endpoint,
      body: message || undefined,
      hasBody: Boolean(message) || transport.requestBodyContained === true,
      accessToken: transport.token ?? '',
      dpop: transport.dpop || undefined,
      requiredComponents,
    },
    context.now,
  )
  const keyId = signingKeyId(client, input)
  const request = { method, url, fields }
  const outcome = await withClientKeys(context, client, (set) =>
    verifyMessageSignature(request, input, set, keyId),
  )
  requireVerified(outcome)
}

/** The signature header fields of a response, bound to its request; none if not required. */
export async function signedResponse(
  { service, keys, now }: ServiceContext,
  client: Client,
  {
    headers = [],
    requestSignature,
  }: Pick<SignedTransport, 'headers'> & { requestSignature?: string | undefined },
  body: string,
): Promise<{ signature?: string; signatureInput?: string; contentDigest?: string }> {
  if (!policyOf(service, client).resourceResponseSigned) return {}
  const given = fieldsOf(headers)
  const fields = requireFieldValues(
    requestSignature ? { ...given, signature: [requestSignature] } : given,
  )
  const [method] = fields['@method'] ?? []
  const [url = service.userInfoEndpoint] = fields['@target-uri'] ?? []
  const digest = contentDigest(body)
  const signed = await signResponse(
    keys.signing(service),
    service.resourceSignatureKeyId || undefined,
    {
      status: 200,
      fields: { 'content-digest': digest },
      components: responseComponents(fields, method !== undefined && url !== undefined),
      request: { method: method ?? '', url: url ?? '', fields },
      now,
      tag: responseTag,
    },
  )
  return { ...requireSigned(signed), contentDigest: digest }
}
