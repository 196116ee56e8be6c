/** Schemas of requests to and responses of the token endpoint. */

import { z } from 'zod'
import { PropertiesText } from '../../http/json-text.ts'
import { TokenType } from '../../model/enums.ts'
import { TokenInfo } from '../../model/token/info.ts'
import { action, field } from '../fields.ts'
import { given } from '../request-fields.ts'

export const TokenRequest = z
  .object({
    parameters: field.parameters,
    clientId: given.clientId,
    clientSecret: field.clientSecret,
    clientCertificate: field.clientCertificate,
    clientCertificatePath: field.clientCertificatePath,
    properties: PropertiesText.optional().describe('Properties attached to the token.'),
    dpop: field.dpop,
    htm: field.htm,
    htu: field.htu,
    accessToken: given.accessToken,
    jwtAtClaims: field.jwtAtClaims,
    oauthClientAttestation: field.oauthClientAttestation,
    oauthClientAttestationPop: field.oauthClientAttestationPop,
    accessTokenDuration: field.accessTokenDuration,
    refreshTokenDuration: field.refreshTokenDuration,
    clientIp: given.clientIp,
    userAgent: given.userAgent,
    dpopNonceRequired: field.dpopNonceRequired,
    cimdOptions: field.cimdOptions,
  })
  .meta({ id: 'token_request' })

export const TokenResponse = z
  .object({
    action: action(
      'INTERNAL_SERVER_ERROR',
      'INVALID_CLIENT',
      'BAD_REQUEST',
      'PASSWORD',
      'OK',
      'TOKEN_EXCHANGE',
      'JWT_BEARER',
      'NATIVE_SSO',
      'ID_TOKEN_REISSUABLE',
    ),
    responseContent: field.responseContent,
    corsOrigins: field.corsOrigins,
    username: z.string().optional().describe('The user name of the token request.'),
    password: z
      .string()
      .optional()
      .describe('The password of the token request. It is not stored.'),
    ticket: field.ticket,
    accessToken: field.accessToken,
    accessTokenExpiresAt: field.accessTokenExpiresAt,
    accessTokenDuration: field.issuedAccessTokenDuration,
    refreshToken: field.refreshToken,
    refreshTokenExpiresAt: field.refreshTokenExpiresAt,
    refreshTokenDuration: field.issuedRefreshTokenDuration,
    idToken: field.idToken,
    grantType: z.string().optional().describe('The grant type.'),
    clientId: field.clientId,
    clientIdAlias: field.clientIdAlias,
    clientIdAliasUsed: field.clientIdAliasUsed,
    subject: field.subject,
    scopes: field.scopes,
    properties: field.properties,
    jwtAccessToken: field.jwtAccessToken,
    resources: field.resources,
    accessTokenResources: field.accessTokenResources,
    authorizationDetails: field.authorizationDetails,
    serviceAttributes: field.serviceAttributes,
    clientAttributes: field.clientAttributes,
    clientAuthMethod: field.clientAuthMethod,
    grantId: field.grantId,
    audiences: z
      .array(z.string())
      .optional()
      .describe('Audiences of a token exchange, RFC 8693 §2.1.'),
    requestedTokenType: TokenType.optional().describe(
      'Type of the requested token (RFC 8693 §2.1).',
    ),
    subjectToken: z.string().optional().describe('The subject token, RFC 8693 §2.1.'),
    subjectTokenType: TokenType.optional().describe('Type of the subject token.'),
    subjectTokenInfo: TokenInfo.optional().describe('The content of the subject token.'),
    actorToken: z.string().optional().describe('The actor token, RFC 8693 §2.1.'),
    actorTokenType: TokenType.optional().describe('Type of the actor token.'),
    actorTokenInfo: TokenInfo.optional().describe('The content of the actor token.'),
    assertion: z.string().optional().describe('The assertion, RFC 7523 §2.1.'),
    previousRefreshTokenUsed: z
      .boolean()
      .optional()
      .describe('Whether the request was a retry with the refresh token that was just replaced.'),
    clientEntityId: field.clientEntityId,
    clientEntityIdUsed: field.clientEntityIdUsed,
    cnonceDuration: z.int().optional().describe('Lifetime of nonces for credentials, in seconds.'),
    dpopNonce: field.dpopNonce,
    cnonce: field.cnonce,
    cnonceExpiresAt: field.cnonceExpiresAt,
    requestedIdTokenClaims: z
      .array(z.string())
      .optional()
      .describe('Names of the claims that are requested for the ID Token.'),
    refreshTokenScopes: field.refreshTokenScopes,
    sessionId: field.sessionId,
    deviceSecret: z.string().optional().describe('Device secret of Native SSO.'),
    deviceSecretHash: z.string().optional().describe('Hash of the device secret.'),
    metadataDocumentLocation: field.metadataDocumentLocation,
    metadataDocumentUsed: field.metadataDocumentUsed,
    attestationChallenge: field.attestationChallenge,
  })
  .meta({ id: 'token_response' })
