/** The endpoint for credentials of UserInfo, UserInfo VC §6: checks a request. */
import { z } from 'zod'
import { claimOnce } from '../../clients/claim-once.ts'
import type { ServiceContext } from '../../context.ts'
import { makeTicket } from '../../credentials/userinfo-ticket.ts'
import { presentedTexts } from '../../http/client-text.ts'
import { defineEndpoint } from '../../http/endpoint.ts'
import { challenge, json } from '../../http/relay.ts'
import { claimNames } from '../../oauth/claims/parameter.ts'
import { effectiveSeconds } from '../../oauth/duration.ts'
import { tokenHash } from '../../oauth/tokens/access-token.ts'
import { jsonMembers } from '../../oauth/tokens/id-token.ts'
import {
  presentationChallenge,
  requireScopes,
  requireUserInfo,
} from '../../oauth/tokens/presentation.ts'
import {
  nonceUsed,
  readProof,
  requireGoodNonce,
  requireUserInfoCredentials,
  verifyProof,
} from '../../oauth/userinfo-vc/request.ts'
import { credentialScopes, userInfoCredentialEndpoint } from '../../oauth/userinfo-vc/settings.ts'
import { errorBody, errorMembers, type Rule } from '../../refusal.ts'
import { findPresentedToken } from '../../tokens/presented.ts'
import { nonceAfter, nonceFor, requireSender } from '../../tokens/sender-constraint.ts'
import { isGoodTokenNonce, makeTokenNonce } from '../../tokens/userinfo-vc/token-nonce.ts'
import { action, field } from '../fields.ts'

const ParseRequest = z
  .object({
    token: field.token,
    requestContent: z.string().max(65_536).optional().describe('The body of the request.'),
    dpop: field.dpop,
    htm: field.htm,
    htu: field.htu,
    clientCertificate: field.clientCertificate,
    dpopNonceRequired: field.dpopNonceRequired,
  })
  .meta({ id: 'userinfo_vc_parse_request' })

const ParseResponse = z
  .object({
    action: action(
      'OK',
      'NONCE',
      'BAD_REQUEST',
      'UNAUTHORIZED',
      'FORBIDDEN',
      'INTERNAL_SERVER_ERROR',
    ),
    responseContent: field.responseContent,
    ticket: z.string().optional().describe('The ticket for `/userinfovc/issue`. Single use.'),
    subject: field.subject,
    claims: field.requestedClaims,
    clientId: field.clientId,
    jwk: z.string().optional().describe('The public key of the wallet, as JSON text.'),
    corsOrigins: field.corsOrigins,
    dpopNonce: field.dpopNonce,
  })
  .meta({ id: 'userinfo_vc_parse_response' })

/** Whose nonce a refused request gets. */
const presentedHashes = new WeakMap<ServiceContext, string>()

export const userInfoVcParse = defineEndpoint({
  operationId: 'userinfo_vc_parse_api',
  method: 'post',
  path: '/api/{serviceId}/userinfovc/parse',
  tag: 'UserInfo Credentials',
  summary: 'Check a request for a credential of UserInfo',
  description:
    'Checks the access token with its sender, and the proof of the wallet, whose nonce is used by ' +
    'that. `OK`: the caller looks up the values of `claims` and calls `/userinfovc/issue` within ten minutes. `NONCE`: the response for ' +
    'the wallet has the nonce that its proof lacked. Requires the attribute `ext.userinfo_vc`.',
  right: 'use_service',
  fromBrowsers: true,
  body: ParseRequest,
  form: true,
  clientText: { ...presentedTexts, requestContent: 'request' },
  response: ParseResponse,
  relay: {
    NONCE: json(400),
    BAD_REQUEST: json(400),
    UNAUTHORIZED: challenge(401),
    FORBIDDEN: challenge(403),
    INTERNAL_SERVER_ERROR: json(500),
  },
  results: { OK: { code: 'P132901', message: 'The request for a credential is valid.' } },
  async handle({ body }, context) {
    const { service, store, now } = context
    requireUserInfoCredentials(service)
    const { client, grant, subject: user } = await findPresentedToken(context, body.token)
    const accessToken = body.token ?? ''
    const htu = userInfoCredentialEndpoint(service)
    await requireSender(context, grant, body, { htm: 'POST', htu, accessToken })
    requireScopes(grant.scopes, credentialScopes)
    const subject = requireUserInfo(user, grant.scopes)
    const hash = tokenHash(accessToken)
    presentedHashes.set(context, hash)
    const { key, nonce } = await verifyProof(readProof(body.requestContent), service)
    requireGoodNonce(isGoodTokenNonce(context, nonce, hash))
    const expiresAt = now + effectiveSeconds(service, 'cnonceDuration') * 1000
    const kind = 'userinfo-credential-nonce'
    await store.commit(claimOnce(context, { kind, value: nonce, expiresAt, rule: nonceUsed }))
    return {
      action: 'OK',
      ticket: makeTicket(context, subject, key),
      subject,
      claims: claimNames(service, grant.scopes, Object.keys(jsonMembers(grant.userInfoClaims))),
      clientId: client.clientId,
      jwk: JSON.stringify(key),
      ...nonceFor(context, body),
    }
  },
  refuse: ({ rule }, context) => ({
    ...refusedWith(rule, context),
    ...nonceAfter(context, rule.error),
  }),
})

function refusedWith(rule: Rule, context: ServiceContext) {
  const { service } = context
  switch (rule.error) {
    case 'missing_proof': {
      const { nonce, expiresIn } = makeTokenNonce(context, presentedHashes.get(context) ?? '')
      const members = { c_nonce: nonce, c_nonce_expires_in: expiresIn }
      const responseContent = JSON.stringify({ ...errorMembers(rule, service), ...members })
      return { action: 'NONCE' as const, responseContent }
    }
    case 'invalid_request':
    case 'invalid_proof':
      return { action: 'BAD_REQUEST' as const, responseContent: errorBody(rule, service) }
    case 'server_error':
      return { action: 'INTERNAL_SERVER_ERROR' as const, responseContent: errorBody(rule, service) }
    case 'access_denied':
    case 'insufficient_scope':
      return { action: 'FORBIDDEN' as const, responseContent: presentationChallenge(rule, service) }
    default:
      return {
        action: 'UNAUTHORIZED' as const,
        responseContent: presentationChallenge(rule, service),
      }
  }
}
