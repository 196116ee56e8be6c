/** Issues the tokens of a request with a user name and password, RFC 6749 §4.3.3. */

import { z } from 'zod'
import { describeClient } from '../../../clients/describe.ts'
import { noteOriginsOf } from '../../../clients/origins.ts'
import { defineEndpoint } from '../../../http/endpoint.ts'
import { refuseAs } from '../../../http/refuse-as.ts'
import { json } from '../../../http/relay.ts'
import { Grant } from '../../../model/grant.ts'
import type { TokenTicket } from '../../../model/request/ticket.ts'
import type { Service } from '../../../model/service/service.ts'
import { deviceOf } from '../../../model/token/device.ts'
import { detailsToApi } from '../../../oauth/authorization-details.ts'
import { userDataOf } from '../../../oauth/claims/policy-release.ts'
import { credentialsToStore } from '../../../oauth/vci/datasets.ts'
import { Refusal, refuse } from '../../../refusal.ts'
import { orRefuse } from '../../../store/engine.ts'
import { newFamilyId } from '../../../tokens/family.ts'
import { issueTokens } from '../../../tokens/issue.ts'
import { findTokenTicket, tokenTicketUnknown } from '../../../tokens/ticket.ts'
import { action, field } from '../../fields.ts'
import { given } from '../../request-fields.ts'

const TokenIssueRequest = z
  .object({
    ticket: given.ticket,
    subject: given.subject,
    properties: given.properties,
    jwtAtClaims: field.jwtAtClaims,
    accessToken: given.accessToken,
    accessTokenDuration: field.accessTokenDuration,
    refreshTokenDuration: field.refreshTokenDuration,
    userAttributes: given.userAttributes,
    clientIp: given.clientIp,
    userAgent: given.userAgent,
    credentialIdentifiers: given.credentialIdentifiers,
  })
  .meta({ id: 'token_issue_request' })

const TokenIssueResponse = z
  .object({
    action: action('INTERNAL_SERVER_ERROR', 'OK'),
    responseContent: field.responseContent,
    corsOrigins: field.corsOrigins,
    accessToken: field.accessToken,
    accessTokenExpiresAt: field.accessTokenExpiresAt,
    accessTokenDuration: field.issuedAccessTokenDuration,
    refreshToken: field.refreshToken,
    refreshTokenExpiresAt: field.refreshTokenExpiresAt,
    refreshTokenDuration: field.issuedRefreshTokenDuration,
    clientId: field.clientId,
    clientIdAlias: field.clientIdAlias,
    clientIdAliasUsed: field.clientIdAliasUsed,
    subject: field.subject,
    scopes: field.scopes,
    properties: field.properties,
    jwtAccessToken: field.jwtAccessToken,
    accessTokenResources: field.accessTokenResources,
    authorizationDetails: field.authorizationDetails,
    serviceAttributes: field.serviceAttributes,
    clientAttributes: field.clientAttributes,
    clientEntityId: field.clientEntityId,
    clientEntityIdUsed: field.clientEntityIdUsed,
    refreshTokenScopes: field.refreshTokenScopes,
    metadataDocumentLocation: field.metadataDocumentLocation,
    metadataDocumentUsed: field.metadataDocumentUsed,
  })
  .meta({ id: 'token_issue_response' })

export const tokenIssue = defineEndpoint({
  operationId: 'auth_token_issue_api',
  method: 'post',
  path: '/api/{serviceId}/auth/token/issue',
  tag: 'Token Endpoint',
  summary: 'Issue the tokens of a request that the caller has decided',
  description:
    'Consumes the ticket of the action `PASSWORD` and issues the tokens. A ticket that is unknown, ' +
    'was used or has expired results in `INTERNAL_SERVER_ERROR`.',
  right: 'use_service',
  fromBrowsers: true,
  body: TokenIssueRequest,
  form: true,
  response: TokenIssueResponse,
  relay: { OK: json(200), INTERNAL_SERVER_ERROR: json(500) },
  results: { OK: { code: 'P036901', message: 'The token request is granted.' } },
  async handle({ body }, context) {
    const { service, store, documents, now } = context
    const { ticketHash, request } = await findTokenTicket(context, body.ticket)
    // For other grant types the caller calls `/auth/token/create` and writes the response itself.
    if (request.grantType !== 'PASSWORD') refuse(tokenTicketUnknown, request.grantType)
    const client = await documents.client(service.apiKey, request.clientId)
    // Deleting a client deletes its tickets, so this client was deleted a moment ago.
    if (!client) refuse(tokenTicketUnknown, String(request.clientId))
    noteOriginsOf(context, client)
    const { subject, accessToken } = body
    const tokens = await issueTokens(
      context,
      {
        client,
        grantType: 'PASSWORD',
        subject,
        grant: grantOf(request, body, service),
        user: userDataOf(body),
        device: deviceOf(body, request.device),
        familyId: newFamilyId(context),
        isGuarded: true,
        accessToken,
        accessTokenDuration: body.accessTokenDuration || request.accessTokenDuration,
      },
      'refreshable',
      body.refreshTokenDuration || request.refreshTokenDuration,
    )
    const consume = store.tickets.consume(service.apiKey, ticketHash, now)
    await store.commit(orRefuse(consume, new Refusal(tokenTicketUnknown)), ...tokens.writes)
    const { writes: _, grant, idToken: _idToken, ...issued } = tokens
    return {
      action: 'OK',
      ...issued,
      ...describeClient(service, client, request.namedBy),
      subject,
      scopes: grant.scopes,
      properties: grant.properties,
      accessTokenResources: grant.resources,
      authorizationDetails: detailsToApi(grant.authorizationDetails),
      refreshTokenScopes: tokens.refreshToken === undefined ? undefined : request.scopes,
    }
  },
  refuse: refuseAs({ otherwise: 'INTERNAL_SERVER_ERROR' }),
})

function grantOf(
  request: TokenTicket,
  body: z.output<typeof TokenIssueRequest>,
  service: Service,
): Grant {
  const given = body.properties ?? []
  const names = new Set(given.map(({ key }) => key))
  return Grant.parse({
    scopes: request.scopes,
    resources: request.resources,
    authorizationDetails: request.authorizationDetails,
    credentials: credentialsToStore(service, request, body.credentialIdentifiers),
    properties: [...request.properties.filter(({ key }) => !names.has(key)), ...given],
    jwtAtClaims: body.jwtAtClaims || request.jwtAtClaims,
    namedBy: request.namedBy,
    certificateThumbprint: request.certificateThumbprint,
    dpopThumbprint: request.dpopThumbprint,
    attestationThumbprint: request.attestationThumbprint,
  })
}
