/** Records the decision of the user, for the next poll of the device. RFC 8628 §3.3 */

import { z } from 'zod'
import type { ServiceContext } from '../../context.ts'
import { userCodeUnreadable } from '../../http/client-text.ts'
import { defineEndpoint } from '../../http/endpoint.ts'
import type { Client } from '../../model/client/client.ts'
import { Grant } from '../../model/grant.ts'
import type { DeviceCode } from '../../model/request/device-code.ts'
import { deviceOf } from '../../model/token/device.ts'
import { storedUserData, userDataOf } from '../../oauth/claims/policy-release.ts'
import { releasedText } from '../../oauth/claims/release.ts'
import { decidedScopes } from '../../oauth/scope.ts'
import { defineRules, Refusal, type Rule, refuse } from '../../refusal.ts'
import { findByUserCode } from '../../requests/device.ts'
import { rememberGrant } from '../../requests/grant-management.ts'
import { orRefuse, type Write } from '../../store/engine.ts'
import { commitInSession, joinSession } from '../../tokens/session.ts'
import { action, field } from '../fields.ts'
import { given } from '../request-fields.ts'

const rules = defineRules('Device completion', {
  subjectMissing: {
    code: 'P082001',
    error: 'invalid_request',
    spec: 'RFC 8628 §3.3',
    message: 'The subject is required when the result is AUTHORIZED.',
    fix: 'Pass the `subject` of the user who authorized the device.',
  },
  codeUnknown: {
    code: 'P082002',
    error: 'invalid_grant',
    spec: 'RFC 8628 §3.3',
    message: 'The user code is unknown, or was decided already.',
    fix: 'Let the user enter the code that the device shows, and complete it once.',
  },
  codeExpired: {
    code: 'P082003',
    error: 'expired_token',
    spec: 'RFC 8628 §3.3',
    message: 'The user code has expired.',
    fix: 'Let the device start again, or let codes live longer.',
    settings: ['service.deviceFlowCodeDuration'],
  },
})

const DeviceCompleteRequest = z
  .object({
    userCode: z.string().max(1_024).describe('The code as the user typed it.'),
    result: given.result,
    subject: z
      .string()
      .max(255)
      .optional()
      .describe(
        'Unique identifier of the user at the service; required if the result is AUTHORIZED.',
      ),
    sub: field.sub,
    authTime: field.authTime,
    acr: field.acr,
    claims: field.claims,
    properties: given.properties,
    scopes: given.scopes,
    errorDescription: z
      .string()
      .max(8_192)
      .optional()
      .describe('The error_description for the device, if the result is not AUTHORIZED.'),
    errorUri: z
      .string()
      .max(2_048)
      .optional()
      .describe('The error_uri for the device, if the result is not AUTHORIZED.'),
    idtHeaderParams: field.idtHeaderParams,
    consentedClaims: z
      .array(z.string())
      .optional()
      .describe('Names of the claims that the user consented to.'),
    jwtAtClaims: field.jwtAtClaims,
    accessTokenDuration: field.accessTokenDuration,
    refreshTokenDuration: field.refreshTokenDuration,
    idTokenAudType: field.idTokenAudType,
    userAttributes: given.userAttributes,
    clientIp: given.clientIp,
    userAgent: given.userAgent,
    userInfoClaims: given.userInfoClaims,
    sessionId: given.sessionId,
  })
  .meta({ id: 'device_complete_request' })
type Body = z.output<typeof DeviceCompleteRequest>

const DeviceCompleteResponse = z
  .object({
    action: action(
      'SERVER_ERROR',
      'USER_CODE_NOT_EXIST',
      'USER_CODE_EXPIRED',
      'INVALID_REQUEST',
      'SUCCESS',
    ),
  })
  .meta({ id: 'device_complete_response' })

export const deviceComplete = defineEndpoint({
  operationId: 'device_complete_api',
  method: 'post',
  path: '/api/{serviceId}/device/complete',
  tag: 'Device Flow',
  summary: 'Complete a device authorization request',
  description:
    'Records the decision of the user, once. The device gets its tokens, or the error, when it polls ' +
    'the next time.',
  right: 'use_service',
  body: DeviceCompleteRequest,
  form: true,
  clientText: { userCode: 'userCode' },
  response: DeviceCompleteResponse,
  results: { SUCCESS: { code: 'P082901', message: 'The decision about the device is recorded.' } },
  async handle({ body }, context) {
    const { service, store, documents, now } = context
    const isAuthorized = body.result === 'AUTHORIZED'
    if (isAuthorized && !body.subject) refuse(rules.subjectMissing)
    const row = (await findByUserCode(context, body.userCode)) ?? refuse(rules.codeUnknown)
    if (row.expiresAt <= now) refuse(rules.codeExpired)
    const client = await documents.client(service.apiKey, row.clientId)
    // Deleting a client deletes its codes, so this client was deleted a moment ago.
    if (!client) refuse(rules.codeUnknown, String(row.clientId))
    const { decision, writes } = await decide(context, client, body, row.data)
    const subject = isAuthorized ? body.subject : undefined
    const sessionId = isAuthorized ? body.sessionId : undefined
    const decided = store.deviceCodes.decide(service.apiKey, row.deviceCodeHash, {
      now,
      subject,
      sessionId,
      data: { ...row.data, decision },
      user: isAuthorized ? storedUserData(service, 'code', userDataOf(body)) : undefined,
    })
    const first = orRefuse(decided, new Refusal(rules.codeUnknown))
    await commitInSession(context, { sessionId, subject }, first, ...writes)
    return { action: 'SUCCESS' }
  },
  refuse: ({ rule }) => ({ action: actionOf(rule) }),
})

function actionOf(rule: Rule) {
  if (rule === rules.codeUnknown || rule === userCodeUnreadable) return 'USER_CODE_NOT_EXIST'
  if (rule === rules.codeExpired) return 'USER_CODE_EXPIRED'
  return rule.error === 'server_error' ? 'SERVER_ERROR' : 'INVALID_REQUEST'
}

/** The decision, and the writes that record the consent. */
async function decide(
  context: ServiceContext,
  client: Client,
  body: Body,
  request: DeviceCode,
): Promise<{ decision: NonNullable<DeviceCode['decision']>; writes: Write[] }> {
  const { result, subject = '', errorDescription, errorUri } = body
  if (result !== 'AUTHORIZED') {
    return { decision: { result, errorDescription, errorUri }, writes: [] }
  }
  const { accessTokenDuration, refreshTokenDuration } = body
  const decided = grantOf(context, client, body, request)
  const { grant, writes } = await rememberGrant(context, client, request, subject, decided)
  return {
    decision: { result, grant, accessTokenDuration, refreshTokenDuration, device: deviceOf(body) },
    writes: [...joinSession(context, client, grant, subject), ...writes],
  }
}

/** The grant: the request with the decision of the user. */
const grantOf = (
  { service, now }: ServiceContext,
  client: Client,
  body: Body,
  request: DeviceCode,
): Grant =>
  Grant.parse({
    scopes: decidedScopes(body.scopes, request.scopes, service, client),
    properties: body.properties,
    resources: request.resources,
    authorizationDetails: request.authorizationDetails,
    sub: body.sub || undefined,
    authTime: body.authTime || undefined,
    acr: body.acr,
    idTokenClaims: releasedText('idTokenClaims', request, body, { service, now }),
    userInfoClaims: request.userInfoClaims,
    transformedClaims: request.transformedClaims,
    requestedIdTokenClaims: request.requestedIdTokenClaims,
    consentedClaims: body.consentedClaims,
    idtHeaderParams: body.idtHeaderParams,
    idTokenAudType: body.idTokenAudType,
    sessionId: body.sessionId,
    jwtAtClaims: body.jwtAtClaims,
    namedBy: request.namedBy,
  })
