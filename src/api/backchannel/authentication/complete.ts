/** Records the decision of the user, for the client's next poll or a notification. CIBA §10 */

import { z } from 'zod'
import { describeClient } from '../../../clients/describe.ts'
import { defineEndpoint } from '../../../http/endpoint.ts'
import { refuseAs } from '../../../http/refuse-as.ts'
import { explain } from '../../../refusal.ts'
import { commitDecision, decide, findUndecided } from '../../../requests/backchannel-decision.ts'
import { deliversNotifications } from '../../../requests/backchannel-notification.ts'
import { action, field } from '../../fields.ts'
import { given } from '../../request-fields.ts'

const BackchannelCompleteRequest = z
  .object({
    ticket: z
      .string()
      .min(1)
      .max(4_096)
      .describe('The ticket of the request. A request is completed once.'),
    result: given.result,
    subject: z
      .string()
      .max(255)
      .default('')
      .describe(
        'Unique identifier of the user at the service; required if the result is AUTHORIZED.',
      ),
    sub: given.sub,
    authTime: field.authTime,
    acr: field.acr,
    claims: field.claims,
    properties: given.properties,
    scopes: given.scopes,
    idtHeaderParams: field.idtHeaderParams,
    errorDescription: field.errorDescription,
    errorUri: field.errorUri,
    consentedClaims: field.consentedClaims,
    jwtAtClaims: field.jwtAtClaims,
    accessToken: z
      .string()
      .max(32_768)
      .optional()
      .describe('The value that the caller chooses for an access token in push mode.'),
    accessTokenDuration: field.accessTokenDuration,
    refreshTokenDuration: field.refreshTokenDuration,
    idTokenAudType: field.idTokenAudType,
    userAttributes: given.userAttributes,
    clientIp: given.clientIp,
    userAgent: given.userAgent,
    userInfoClaims: given.userInfoClaims,
    sessionId: given.sessionId,
  })
  .meta({ id: 'backchannel_authentication_complete_request' })

const BackchannelCompleteResponse = z
  .object({
    action: action('SERVER_ERROR', 'NO_ACTION', 'NOTIFICATION'),
    responseContent: z
      .string()
      .optional()
      .describe('The body of the notification, or the error of the call.'),
    clientId: field.clientId,
    clientIdAlias: field.clientIdAlias,
    clientIdAliasUsed: field.clientIdAliasUsed,
    clientName: field.clientName,
    deliveryMode: field.deliveryMode,
    clientNotificationEndpoint: z
      .string()
      .optional()
      .describe('URL of the notification endpoint of the client.'),
    clientNotificationToken: field.clientNotificationToken,
    authReqId: field.authReqId,
    accessToken: z.string().optional().describe('The access token, in push mode.'),
    refreshToken: z.string().optional().describe('The refresh token, in push mode.'),
    idToken: z.string().optional().describe('The ID Token, in push mode.'),
    accessTokenDuration: z
      .int()
      .optional()
      .describe('Lifetime of the access token in seconds, in push mode; 0 if none is issued.'),
    refreshTokenDuration: z
      .int()
      .optional()
      .describe('Lifetime of the refresh token in seconds, in push mode; 0 if none is issued.'),
    idTokenDuration: z
      .int()
      .optional()
      .describe('Lifetime of the ID Token in seconds, in push mode; 0 if none is issued.'),
    jwtAccessToken: field.jwtAccessToken,
    resources: field.resources,
    authorizationDetails: field.authorizationDetails,
    serviceAttributes: field.serviceAttributes,
    clientAttributes: field.clientAttributes,
    grantId: field.grantId,
    clientEntityId: field.clientEntityId,
    clientEntityIdUsed: field.clientEntityIdUsed,
    metadataDocumentLocation: field.metadataDocumentLocation,
    metadataDocumentUsed: field.metadataDocumentUsed,
  })
  .meta({ id: 'backchannel_authentication_complete_response' })

export const backchannelComplete = defineEndpoint({
  operationId: 'backchannel_authentication_complete_api',
  method: 'post',
  path: '/api/{serviceId}/backchannel/authentication/complete',
  tag: 'CIBA',
  summary: 'Complete a backchannel authentication request',
  description:
    'Records the decision of the user. `NO_ACTION`: the client gets the decision when it polls. ' +
    '`NOTIFICATION`: the frontend posts `responseContent` as JSON to the notification endpoint of the ' +
    'client, with the notification token as bearer token: the `auth_req_id` in ping mode, the tokens ' +
    'or the error in push mode. If the service has the attribute `ext.ciba.deliver` = `true`, Postern ' +
    'sends the notification and the action is `NO_ACTION`.',
  right: 'use_service',
  body: BackchannelCompleteRequest,
  form: true,
  response: BackchannelCompleteResponse,
  results: {
    NO_ACTION: { code: 'P073901', message: 'The decision is recorded.' },
    NOTIFICATION: {
      code: 'P073902',
      message: 'The decision is recorded; the caller must notify the client.',
    },
  },
  async handle({ body }, context) {
    const { service } = context
    const { found, client } = await findUndecided(context, body.ticket)
    const { request } = found.data
    const decided = await decide(context, found, client, body)
    await commitDecision(context, found, client, decided)
    const { tokens, refusal } = decided
    const notification =
      request.deliveryMode === 'POLL' || deliversNotifications(context)
        ? { action: 'NO_ACTION' as const }
        : {
            action: 'NOTIFICATION' as const,
            responseContent: decided.content,
            clientNotificationEndpoint: client.bcNotificationEndpoint,
            clientNotificationToken: found.secrets.clientNotificationToken,
          }
    return {
      ...(refusal ? explain(refusal) : {}),
      ...notification,
      authReqId: found.secrets.authReqId,
      deliveryMode: request.deliveryMode,
      ...describeClient(service, client, request.namedBy),
      clientName: client.clientName,
      accessToken: tokens?.accessToken,
      refreshToken: tokens?.refreshToken,
      idToken: tokens?.idToken,
      jwtAccessToken: tokens?.jwtAccessToken,
      accessTokenDuration: tokens?.accessTokenDuration ?? 0,
      refreshTokenDuration: tokens?.refreshTokenDuration ?? 0,
      idTokenDuration: tokens?.idTokenDuration ?? 0,
      resources: request.resources,
    }
  },
  refuse: refuseAs({ otherwise: 'SERVER_ERROR' }),
})
