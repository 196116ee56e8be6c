/** The grant management endpoint, Grant Management §6: a client queries or revokes a grant. */

import { z } from 'zod'
import { clientActor, recordOf } from '../audit/record.ts'
import { presentedTexts } from '../http/client-text.ts'
import { defineEndpoint } from '../http/endpoint.ts'
import { challenge, json, nothing } from '../http/relay.ts'
import { GrantManagementAction } from '../model/enums.ts'
import {
  grantCallIncomplete,
  grantNotFound,
  grantResponse,
  requireManageable,
} from '../oauth/grants/grant-management.ts'
import { presentationChallenge, requireScopes } from '../oauth/tokens/presentation.ts'
import { Refusal, type Rule, refuse } from '../refusal.ts'
import { endTokens } from '../requests/grant-management.ts'
import { orRefuse } from '../store/engine.ts'
import { findPresentedToken } from '../tokens/presented.ts'
import { nonceAfter, nonceFor, requireSender } from '../tokens/sender-constraint.ts'
import { action, field } from './fields.ts'

const GrantManagementRequest = z
  .object({
    accessToken: z
      .string()
      .max(65_536)
      .optional()
      .describe('The access token that the client presented.'),
    gmAction: GrantManagementAction.optional().describe(
      'What to do with the grant: QUERY for an HTTP GET, REVOKE for a DELETE.',
    ),
    grantId: z.string().max(1_024).optional().describe('Identifier of the grant.'),
    clientCertificate: z
      .string()
      .max(65_536)
      .optional()
      .describe('The certificate of the mutual TLS connection, in PEM.'),
    dpop: z.string().max(65_536).optional().describe('The DPoP header of the request.'),
    htm: z.string().max(255).optional().describe('HTTP method of the request.'),
    htu: z.string().max(8_192).optional().describe('URL of the request, without query.'),
    dpopNonceRequired: field.dpopNonceRequired,
  })
  .meta({ id: 'g_m_request' })

const GrantManagementResponse = z
  .object({
    action: action(
      'OK',
      'NO_CONTENT',
      'UNAUTHORIZED',
      'FORBIDDEN',
      'NOT_FOUND',
      'CALLER_ERROR',
      'AUTHLETE_ERROR',
    ),
    responseContent: field.responseContent,
    corsOrigins: field.corsOrigins,
    dpopNonce: field.dpopNonce,
  })
  .meta({ id: 'g_m_response' })

const ways = {
  QUERY: { htm: 'GET', scope: 'grant_management_query' },
  REVOKE: { htm: 'DELETE', scope: 'grant_management_revoke' },
} as const

export const grantManagement = defineEndpoint({
  operationId: 'grant_m_api',
  audits: 'grant.revoked',
  method: 'post',
  path: '/api/{serviceId}/gm',
  tag: 'Grant Management Endpoint',
  summary: 'Process a grant management request',
  description:
    'Checks the access token, which must have the scope `grant_management_query` or ' +
    '`grant_management_revoke` and belong to the client of the grant. Then returns the content of the ' +
    'grant, or deletes the grant with all its tokens.',
  right: 'use_service',
  fromBrowsers: true,
  body: GrantManagementRequest,
  clientText: presentedTexts,
  response: GrantManagementResponse,
  relay: {
    OK: json(200),
    NO_CONTENT: nothing(204),
    UNAUTHORIZED: challenge(401),
    FORBIDDEN: challenge(403),
    NOT_FOUND: challenge(404),
    CALLER_ERROR: challenge(500),
    AUTHLETE_ERROR: challenge(500),
  },
  results: {
    OK: { code: 'P084901', message: 'The grant is described.' },
    NO_CONTENT: { code: 'P084902', message: 'The grant is revoked, with its tokens.' },
  },
  async handle({ body }, context) {
    const { service, store } = context
    const { gmAction, grantId, accessToken = '' } = body
    const isKnown = gmAction === 'QUERY' || gmAction === 'REVOKE'
    if (!isKnown || !grantId) refuse(grantCallIncomplete)
    const { htm, scope } = ways[gmAction]
    const endpoint = service.grantManagementEndpoint
    const htu = endpoint && `${endpoint.replace(/\/$/, '')}/${encodeURIComponent(grantId)}`
    const { client, grant, subject } = await findPresentedToken(context, accessToken)
    await requireSender(context, grant, body, { htm, htu, accessToken })
    requireScopes(grant.scopes, [scope])
    const found = await store.grants.find(service.apiKey, grantId)
    const { data } = requireManageable(found, client, subject)
    if (gmAction === 'QUERY') {
      return { action: 'OK', responseContent: grantResponse(data), ...nonceFor(context, body) }
    }
    const end = store.grants.delete(service.apiKey, grantId)
    await store.commit(
      orRefuse(end, new Refusal(grantNotFound)),
      ...endTokens(context, grantId),
      ...recordOf(context, {
        actor: clientActor(client.clientId),
        target: { kind: 'grant', id: grantId },
      }),
    )
    return { action: 'NO_CONTENT', ...nonceFor(context, body) }
  },
  refuse: ({ rule }, context) => ({
    action: actionOf(rule),
    responseContent: presentationChallenge(rule, context.service),
    ...nonceAfter(context, rule.error),
  }),
})

function actionOf(rule: Rule) {
  if (rule === grantCallIncomplete) return 'CALLER_ERROR'
  if (rule === grantNotFound) return 'NOT_FOUND'
  return rule.error === 'insufficient_scope' ? 'FORBIDDEN' : 'UNAUTHORIZED'
}
