/** The token endpoint, RFC 6749 §3.2: a client authenticates and redeems what it was granted. */
import type { GrantRequest, ServiceContext } from '../../grants/grant-request.ts'
import { grants, implementedGrantTypes } from '../../grants/index.ts'
import { password } from '../../grants/password.ts'
import { defineEndpoint } from '../../http/endpoint.ts'
import { invalidClient, json } from '../../http/relay.ts'
import { tokenHash } from '../../oauth/access-token.ts'
import { detailsToApi } from '../../oauth/authorization-details.ts'
import { chooseGrantType } from '../../oauth/grant-type.ts'
import { type Parameters, parseParameters, requireEachOnce } from '../../oauth/parameters.ts'
import { errorBody } from '../../refusal.ts'
import { authenticateClient } from '../authenticate-client.ts'
import { bindingOf, identifySender, makeNonce, nonceFor } from '../sender.ts'
import { TokenAnswer, TokenRequest } from './token-schemas.ts'

export const token = defineEndpoint({
  operationId: 'auth_token_api',
  method: 'post',
  path: '/api/{serviceId}/auth/token',
  tag: 'Token Endpoint',
  summary: 'Process a token request',
  description:
    'Authenticates the client and answers its grant. `PASSWORD` leaves the check of the user to the ' +
    'frontend, which then calls `/auth/token/issue` or `/auth/token/fail` with the ticket.',
  right: 'use_service',
  body: TokenRequest,
  form: true,
  response: TokenAnswer,
  relay: {
    OK: json(200),
    BAD_REQUEST: json(400),
    INVALID_CLIENT: invalidClient,
    INTERNAL_SERVER_ERROR: json(500),
  },
  results: {
    OK: { code: 'P035901', says: 'The token request is granted.' },
    PASSWORD: { code: 'P035902', says: 'The user name and password have to be checked.' },
  },
  async handle({ body }, context) {
    const { service } = context
    const parameters = parseParameters(body.parameters)
    requireEachOnce(parameters)
    const guess = () => clientOfGrant(parameters, context)
    const authenticated = await authenticateClient(context, parameters, body, 'token', guess)
    const { client, clientIdAliasUsed, clientAuthMethod } = authenticated
    const named = parameters.get('grant_type')
    const grantType = chooseGrantType(named, service, client, implementedGrantTypes)
    const place = { htm: 'POST', htu: service.tokenEndpoint }
    const sender = await identifySender(context, body, place)
    const { jwtAtClaims, accessToken, accessTokenDuration, refreshTokenDuration } = body
    const request: GrantRequest = {
      ...authenticated,
      writes: [...authenticated.writes, ...sender.writes],
      binding: bindingOf(context, client, sender),
      parameters,
      properties: body.properties ?? [],
      jwtAtClaims: jwtAtClaims || undefined,
      accessToken: accessToken || undefined,
      accessTokenDuration: accessTokenDuration || undefined,
      refreshTokenDuration: refreshTokenDuration || undefined,
    }
    const about = {
      grantType,
      clientId: client.clientId,
      clientIdAlias: client.clientIdAlias,
      clientIdAliasUsed,
      clientAuthMethod,
      serviceAttributes: service.attributes,
      clientAttributes: client.attributes,
      clientEntityIdUsed: false,
      metadataDocumentUsed: false,
      ...nonceFor(context, body),
    }
    if (grantType === 'PASSWORD') {
      return { action: 'PASSWORD', ...about, ...(await password(request, context)) }
    }
    const {
      writes: _,
      grant,
      ...issued
    } = await grants[grantType as keyof typeof grants](request, context)
    return {
      action: 'OK',
      ...about,
      ...issued,
      scopes: grant.scopes,
      properties: grant.properties,
      resources: grant.resources,
      accessTokenResources: grant.resources,
      requestedIdTokenClaims: grant.requestedIdTokenClaims,
      authorizationDetails: detailsToApi(grant.authorizationDetails),
      sessionId: grant.sessionId,
    }
  },
  refuse: ({ rule }, context) => ({
    action:
      rule.error === 'invalid_client'
        ? 'INVALID_CLIENT'
        : rule.error === 'server_error'
          ? 'INTERNAL_SERVER_ERROR'
          : 'BAD_REQUEST',
    responseContent: errorBody(rule, context.service),
    ...(rule.error === 'use_dpop_nonce' ? { dpopNonce: makeNonce(context) } : {}),
  }),
})

/** With `missingClientIdAllowed`, the client of a request that names none is that of its grant. */
async function clientOfGrant(parameters: Parameters, { service, store }: ServiceContext) {
  if (!service.missingClientIdAllowed) return undefined
  const code = parameters.get('code')
  const refreshToken = parameters.get('refresh_token')
  const deviceCode = parameters.get('device_code')
  if (code !== undefined) return (await store.codes.find(service.apiKey, tokenHash(code)))?.clientId
  if (refreshToken !== undefined) {
    return (await store.refreshTokens.find(service.apiKey, tokenHash(refreshToken)))?.clientId
  }
  if (deviceCode === undefined) return undefined
  return (await store.deviceCodes.find(service.apiKey, tokenHash(deviceCode)))?.clientId
}
