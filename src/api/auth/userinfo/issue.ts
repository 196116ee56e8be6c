/** The UserInfo response, OIDC Core §5.3.2: claims as JSON, or as a JWT if registered. */

import { z } from 'zod'
import type { ServiceContext } from '../../../context.ts'
import { presentedTexts } from '../../../http/client-text.ts'
import { defineEndpoint } from '../../../http/endpoint.ts'
import { json, jwt, userInfoRelay } from '../../../http/relay.ts'
import { signJwt } from '../../../jose/sign.ts'
import type { Client } from '../../../model/client/client.ts'
import { writeExact } from '../../../model/exact-json.ts'
import type { Grant } from '../../../model/grant.ts'
import { HeaderField } from '../../../model/key-value.ts'
import { claimsForUserInfo } from '../../../oauth/claims/userinfo.ts'
import { signingSecret } from '../../../oauth/client-authentication/secret.ts'
import { encryptionFor } from '../../../oauth/encryption/settings.ts'
import { signingAlgorithm } from '../../../oauth/fapi.ts'
import { policyOf } from '../../../oauth/policy.ts'
import { signsUserInfo } from '../../../oauth/tokens/accept.ts'
import { clientIdentifier, withValues } from '../../../oauth/tokens/id-token.ts'
import {
  presentationAction,
  presentationChallenge,
  requireUserInfo,
} from '../../../oauth/tokens/presentation.ts'
import { reservedInUserInfo } from '../../../oauth/tokens/reserved-claims.ts'
import { signingKeyId } from '../../../oauth/tokens/signing-key.ts'
import { subjectForClient } from '../../../oauth/tokens/subject.ts'
import { withAttachmentTokens } from '../../../tokens/attachment-tokens.ts'
import { encryptFor } from '../../../tokens/encryption.ts'
import { signedResponse } from '../../../tokens/message-signature.ts'
import { findPresentedToken } from '../../../tokens/presented.ts'
import { action, field } from '../../fields.ts'
import { given } from '../../request-fields.ts'

const UserInfoIssueRequest = z
  .object({
    token: field.token,
    claims: given.claims,
    sub: given.sub,
    claimsForTx: field.claimsForTx,
    requestSignature: z.string().optional().describe('Signature of the request to UserInfo.'),
    headers: z
      .array(HeaderField)
      .optional()
      .describe(
        'Header fields of the request, for HTTP message signatures. The names `@method` and `@target-uri` stand for its method and URL: if `@method` is present, the signature of the response covers them.',
      ),
    verifiedClaimsForTx: field.verifiedClaimsForTx,
    userAttributes: given.userAttributes,
    requestedClaims: given.requestedClaims,
    httpAcceptHeader: z
      .string()
      .optional()
      .describe(
        'The Accept header of the request. If it prefers `application/jwt`, a client without registered algorithms gets a signed response.',
      ),
  })
  .meta({ id: 'userinfo_issue_request' })

const UserInfoIssueResponse = z
  .object({
    action: action(
      'INTERNAL_SERVER_ERROR',
      'BAD_REQUEST',
      'UNAUTHORIZED',
      'FORBIDDEN',
      'JSON',
      'JWT',
    ),
    responseContent: field.responseContent,
    corsOrigins: field.corsOrigins,
    signature: z.string().optional().describe('The Signature header, RFC 9421.'),
    signatureInput: z.string().optional().describe('The Signature-Input header, RFC 9421.'),
    contentDigest: z.string().optional().describe('The Content-Digest header, RFC 9530.'),
  })
  .meta({ id: 'userinfo_issue_response' })

export const userinfoIssue = defineEndpoint({
  operationId: 'auth_userinfo_issue_api',
  method: 'post',
  path: '/api/{serviceId}/auth/userinfo/issue',
  tag: 'UserInfo Endpoint',
  summary: 'Issue a UserInfo response',
  description:
    'Adds `sub` to the claims. `JSON`: the response is a plain object. `JWT`: it is signed or encrypted ' +
    'with the algorithms that the client registered, or signed because `httpAcceptHeader` prefers a ' +
    'JWT; a signed one has `iss` and `aud`.',
  right: 'use_introspection',
  fromBrowsers: true,
  body: UserInfoIssueRequest,
  form: true,
  clientText: { ...presentedTexts, httpAcceptHeader: 'request' },
  response: UserInfoIssueResponse,
  relay: { ...userInfoRelay, JSON: json(200), JWT: jwt('application/jwt') },
  results: {
    JSON: { code: 'P045901', message: 'The UserInfo response is JSON.' },
    JWT: { code: 'P045902', message: 'The UserInfo response is a JWT.' },
  },
  async handle({ body }, context) {
    const { service, store } = context
    const { row, client, grant, subject } = await findPresentedToken(context, body.token)
    const user = requireUserInfo(subject, grant.scopes)
    const sub = body.sub || subjectForClient(service, client, grant, user)
    const stored = store.accessTokens.userOf(row)
    const released = claimsForUserInfo(context, grant, body, stored)
    const owner = { subject: user, grant }
    const { tokenHash } = row
    const embedded = await withAttachmentTokens(context, client, owner, released, tokenHash)
    const given = Object.entries(withValues(embedded))
    const claims = {
      sub,
      ...Object.fromEntries(given.filter(([name]) => !reservedInUserInfo.has(name))),
    }
    const isEncrypted = encryptionFor(service, client, 'userInfo') !== undefined
    const isSigned = signsUserInfo(client, isEncrypted, body.httpAcceptHeader)
    if (!isSigned && !isEncrypted) {
      const responseContent = writeExact(claims)
      const signatures = await signedResponse(context, client, body, responseContent)
      return { action: 'JSON', responseContent, ...signatures }
    }
    const text = isSigned ? await signUserInfo(context, client, grant, claims) : writeExact(claims)
    const header = isSigned ? { cty: 'JWT' as const } : {}
    const responseContent = await encryptFor(context, client, 'userInfo', text, header)
    const signatures = await signedResponse(context, client, body, responseContent)
    return { action: 'JWT', responseContent, ...signatures }
  },
  refuse: ({ rule }, { service }) => ({
    action: rule.error === 'server_error' ? 'INTERNAL_SERVER_ERROR' : presentationAction(rule),
    responseContent: presentationChallenge(rule, service),
  }),
})

/** OIDC Core §5.3.2: a signed response has `iss` and `aud`. */
async function signUserInfo(
  { service, keys }: ServiceContext,
  client: Client,
  grant: Grant,
  claims: Record<string, unknown>,
): Promise<string> {
  const alg = signingAlgorithm(policyOf(service, client), service, client.userInfoSignAlg)
  const signing = {
    alg,
    keyId: signingKeyId(service, client, alg, service.userInfoSignatureKeyId),
    clientSecret: signingSecret(service, client),
  }
  const aud = clientIdentifier(client, grant)
  // With `exp` the response could be mistaken for an ID Token (OIDC Core §2).
  const { exp: _, ...released } = claims
  const unsigned = { signing, claims: { ...released, iss: service.issuer, aud } }
  return signJwt(keys.signing(service), unsigned)
}
