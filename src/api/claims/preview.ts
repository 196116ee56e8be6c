/** Shows which claims of a user go out by the claim policy. Nothing is issued or stored. */
import { z } from 'zod'
import { namedClient } from '../../clients/named.ts'
import { defineEndpoint } from '../../http/endpoint.ts'
import { refuseAs } from '../../http/refuse-as.ts'
import { writeExact } from '../../model/exact-json.ts'
import { parseClaims } from '../../oauth/claims/parameter.ts'
import { type ClaimsGrant, policyClaims } from '../../oauth/claims/policy-release.ts'
import { keepScopes } from '../../oauth/scope.ts'
import { areJwts } from '../../oauth/tokens/access-token-format.ts'
import { subjectForClient, subjectForResources } from '../../oauth/tokens/subject.ts'
import { given } from '../request-fields.ts'

const ClaimsPreviewRequest = z
  .object({
    clientIdentifier: z
      .string()
      .min(1)
      .max(2_048)
      .describe('Number or alias of the client that the claims are for.'),
    subject: given.subject,
    scopes: z.array(z.string()).default([]).describe('Names of the granted scopes.'),
    claims: z
      .string()
      .max(65_536)
      .optional()
      .describe('The `claims` parameter of the authorization request, OIDC Core §5.5.'),
    consentedClaims: z
      .array(z.string())
      .optional()
      .describe('Names of the claims that the user consented to; absent if not asked.'),
    userAttributes: given.userAttributes,
    requestedClaims: given.requestedClaims,
  })
  .meta({ id: 'claims_preview_request' })

const ClaimsPreviewResponse = z
  .object({
    action: z
      .enum(['OK', 'BAD_REQUEST'])
      .describe('The result of the call, which decides what the caller must do next.'),
    responseContent: z.string().optional().describe('The error as JSON.'),
    scopes: z
      .array(z.string())
      .optional()
      .describe('The scopes of the call that the service and the client have.'),
    idToken: z
      .string()
      .optional()
      .describe('Claims of the user in an ID Token, as JSON text; absent without `openid`.'),
    userInfo: z
      .string()
      .optional()
      .describe(
        'Claims of the user in a UserInfo response, as JSON text; absent without `openid`.',
      ),
    accessToken: z
      .string()
      .optional()
      .describe('Claims of the user in an access token, as JSON text; absent if it is no JWT.'),
    introspection: z
      .string()
      .optional()
      .describe('Claims of the user in an introspection response, as JSON text.'),
  })
  .meta({ id: 'claims_preview_response' })

export const claimsPreview = defineEndpoint({
  operationId: 'claims_preview_api',
  method: 'post',
  path: '/api/{serviceId}/claims/preview',
  tag: 'UserInfo Endpoint',
  summary: 'Preview the claims of a user',
  description:
    'Returns the claims that the attribute `ext.claims.policy` of the service makes of ' +
    '`userAttributes`, for each target, in a code flow of the client. Nothing is issued or stored.',
  right: 'view_service',
  body: ClaimsPreviewRequest,
  form: true,
  response: ClaimsPreviewResponse,
  results: { OK: { code: 'P099901', message: 'The claims of the user are computed.' } },
  async handle({ body }, context) {
    const { service } = context
    const { subject, requestedClaims: only } = body
    const client = await namedClient(context, body.clientIdentifier)
    const asked = parseClaims(body.claims || undefined, service)
    const scopes = keepScopes(body.scopes, service, client)
    const grant: ClaimsGrant = {
      scopes,
      requestedIdTokenClaims: asked.idTokenNames,
      userInfoClaims: asked.userInfoClaims,
      consentedClaims: body.consentedClaims,
    }
    const user = { attributes: body.userAttributes }
    const sub = subjectForClient(service, client, {}, subject)
    const shown = (target: Parameters<typeof policyClaims>[1], by: string, options = {}) =>
      writeExact({ sub: by, ...policyClaims(service, target, grant, user, options) })
    const atResources = subjectForResources(service, client, {}, subject)
    const isOpenId = scopes.includes('openid')
    return {
      action: 'OK',
      scopes,
      idToken: isOpenId ? shown('id_token', sub) : undefined,
      userInfo: isOpenId ? shown('userinfo', sub, { only }) : undefined,
      accessToken: areJwts(service, client) ? shown('access_token', atResources) : undefined,
      introspection: shown('introspection', atResources),
    }
  },
  refuse: refuseAs({ otherwise: 'BAD_REQUEST' }),
})
