/**
 * The user has decided on another device: the client is told, or will find it when it polls. CIBA
 * §10
 */
import { z } from 'zod'
import { describeClient } from '../../../clients/describe.ts'
import { defineEndpoint } from '../../../http/endpoint.ts'
import { JsonObjectText } from '../../../http/json-text.ts'
import { AuthzDetails } from '../../../model/authorization-details.ts'
import { DeliveryMode } from '../../../model/enums.ts'
import { GivenProperties } from '../../../model/grant.ts'
import { Pair } from '../../../model/key-value.ts'
import { errorBody, explain } from '../../../refusal.ts'
import { commitDecision, decide, findUndecided } from '../../../requests/backchannel-decision.ts'
import { deliversNotifications } from '../../../requests/backchannel-notification.ts'

const BackchannelCompleteRequest = z
  .object({
    ticket: z
      .string()
      .min(1)
      .max(4_096)
      .describe('The ticket that the request was issued for. It is completed once.'),
    result: z
      .enum(['TRANSACTION_FAILED', 'ACCESS_DENIED', 'AUTHORIZED'])
      .describe('What the user decided, or that the decision could not be had.'),
    subject: z
      .string()
      .max(255)
      .default('')
      .describe('Unique identifier of the user at the service; needed for AUTHORIZED.'),
    sub: z
      .string()
      .optional()
      .describe('The subject as the client sees it, where it differs from the unique identifier.'),
    authTime: z
      .int()
      .nonnegative()
      .optional()
      .describe('When the user authenticated, in seconds since the epoch.'),
    acr: z.string().optional().describe('Authentication context class of the user authentication.'),
    claims: JsonObjectText.optional().describe('Claims for the ID Token, as JSON text.'),
    properties: GivenProperties.optional().describe('Properties attached to the token.'),
    scopes: z
      .array(z.string())
      .optional()
      .describe('Names of the scopes that are granted; those of the request when absent.'),
    idtHeaderParams: JsonObjectText.optional().describe(
      'Header parameters to add to the ID Token, as JSON text of an object.',
    ),
    errorDescription: z
      .string()
      .max(1_000)
      .optional()
      .describe('Replaces the description of the error that the client is told.'),
    errorUri: z
      .string()
      .max(2_048)
      .optional()
      .describe('A page about the error, which the client is told.'),
    consentedClaims: z
      .array(z.string())
      .optional()
      .describe('Names of claims that the user consented to.'),
    jwtAtClaims: JsonObjectText.optional().describe(
      'Claims to add to a JWT access token, as JSON text of an object.',
    ),
    accessToken: z
      .string()
      .max(32_768)
      .optional()
      .describe('The value that the caller chooses for an access token in push mode.'),
    accessTokenDuration: z.int().nonnegative().optional().describe('Seconds.'),
    refreshTokenDuration: z.int().nonnegative().optional().describe('Seconds.'),
    idTokenAudType: z
      .enum(['array', 'string'])
      .optional()
      .describe('Whether aud of an ID Token is an array or a string; an array when absent.'),
  })
  .meta({ id: 'backchannel_authentication_complete_request' })

const BackchannelCompleteResponse = z
  .object({
    action: z.enum(['SERVER_ERROR', 'NO_ACTION', 'NOTIFICATION']).describe('What to do next.'),
    responseContent: z
      .string()
      .optional()
      .describe('The body of the notification, or what is wrong with the call.'),
    clientId: z.int().optional().describe('Number of the client.'),
    clientIdAlias: z.string().optional().describe('Alias of the client.'),
    clientIdAliasUsed: z
      .boolean()
      .optional()
      .describe('Whether the client was named by its alias.'),
    clientName: z.string().optional().describe('Name of the client.'),
    deliveryMode: DeliveryMode.optional().describe('How tokens are delivered to the client.'),
    clientNotificationEndpoint: z
      .string()
      .optional()
      .describe('Where the notification is sent to.'),
    clientNotificationToken: z
      .string()
      .optional()
      .describe('The bearer token that the notification is sent with.'),
    authReqId: z.string().optional().describe('The identifier of the request: auth_req_id.'),
    accessToken: z.string().optional().describe('The access token, in push mode.'),
    refreshToken: z.string().optional().describe('The refresh token, in push mode.'),
    idToken: z.string().optional().describe('The ID Token, in push mode.'),
    accessTokenDuration: z.int().optional().describe('Seconds.'),
    refreshTokenDuration: z.int().optional().describe('Seconds.'),
    idTokenDuration: z.int().optional().describe('Seconds.'),
    jwtAccessToken: z.string().optional().describe('The access token, where it is a JWT.'),
    resources: z.array(z.string()).optional().describe('Resource indicators, RFC 8707.'),
    authorizationDetails: AuthzDetails.optional().describe('Authorization details, RFC 9396.'),
    serviceAttributes: z.array(Pair).optional().describe('Attributes of the service.'),
    clientAttributes: z.array(Pair).optional().describe('Attributes of the client.'),
    grantId: z.string().optional().describe('Identifier of the grant.'),
    clientEntityId: z.string().optional().describe('Entity identifier of the client.'),
    clientEntityIdUsed: z
      .boolean()
      .optional()
      .describe('Whether the client was named by its entity identifier.'),
    metadataDocumentLocation: z
      .string()
      .optional()
      .describe('URL of the metadata document of the client.'),
    metadataDocumentUsed: z
      .boolean()
      .optional()
      .describe('Whether the client was named by the URL of its metadata.'),
  })
  .meta({ id: 'backchannel_authentication_complete_response' })

export const backchannelComplete = defineEndpoint({
  operationId: 'backchannel_authentication_complete_api',
  method: 'post',
  path: '/api/{serviceId}/backchannel/authentication/complete',
  tag: 'CIBA',
  summary: 'Say what the user has decided',
  description:
    'Ends the request. `NO_ACTION`: the client finds the decision when it polls. `NOTIFICATION`: ' +
    'the frontend posts `responseContent` as JSON to the notification endpoint of the client, with ' +
    'the notification token as bearer token: the `auth_req_id` in ping mode, the tokens or the error ' +
    'in push mode. With the attribute `ext.ciba.deliver` = `true` of the service Postern sends it, ' +
    'and the answer is `NO_ACTION`.',
  right: 'use_service',
  body: BackchannelCompleteRequest,
  form: true,
  response: BackchannelCompleteResponse,
  results: {
    NO_ACTION: { code: 'P073901', message: 'The decision is recorded.' },
    NOTIFICATION: {
      code: 'P073902',
      message: 'The decision is recorded; the client is to be told.',
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
  refuse: ({ rule }, { service }) => ({
    action: 'SERVER_ERROR',
    responseContent: errorBody(rule, service),
  }),
})
