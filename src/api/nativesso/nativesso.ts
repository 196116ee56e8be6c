/** The token response of Native SSO, with the device secret of the caller. OIDC Native SSO §3.4 */

import { z } from 'zod'
import type { ServiceContext } from '../../context.ts'
import { defineEndpoint } from '../../http/endpoint.ts'
import { json } from '../../http/relay.ts'
import { parseExact, writeExact } from '../../model/exact-json.ts'
import { hasStoredClaims } from '../../oauth/claims/policy-release.ts'
import { deviceSecretHash } from '../../oauth/grants/native-sso.ts'
import { tokenHash } from '../../oauth/tokens/access-token.ts'
import { secondsLeft } from '../../oauth/tokens/expiry.ts'
import { grantForIdToken } from '../../oauth/tokens/id-token.ts'
import { defineRules, errorBody, refuse } from '../../refusal.ts'
import { idTokenFor } from '../../tokens/id-token.ts'
import { tokenResponse } from '../../tokens/response.ts'
import { action, field } from '../fields.ts'

const rules = defineRules('Native SSO response', {
  unsupported: {
    code: 'P083001',
    error: 'invalid_request',
    spec: 'OIDC Native SSO §3.1',
    message: 'The service does not support Native SSO.',
    fix: 'Let the service support Native SSO.',
    settings: ['service.nativeSsoSupported'],
  },
  accessTokenMissing: {
    code: 'P083002',
    error: 'invalid_request',
    spec: 'OIDC Native SSO §3.4',
    message: 'The accessToken is required: pass the one that the token endpoint issued.',
    fix: 'Pass the `accessToken` of the token response that the frontend completes.',
  },
  deviceSecretMissing: {
    code: 'P083003',
    error: 'invalid_request',
    spec: 'OIDC Native SSO §3.2',
    message: 'The deviceSecret is required.',
    fix: 'Pass a `deviceSecret` that the frontend generated or found.',
  },
  accessTokenUnknown: {
    code: 'P083004',
    error: 'invalid_request',
    spec: 'OIDC Native SSO §3.4',
    message: 'The accessToken is unknown or has expired, or its client was deleted or locked.',
    fix: 'Pass the access token at once, while its client exists and is not locked.',
    settings: ['service.accessTokenDuration'],
  },
  noSession: {
    code: 'P083005',
    error: 'invalid_request',
    spec: 'OIDC Native SSO §3.3',
    message: 'The accessToken does not belong to a session of a user.',
    fix: 'Pass an access token of a grant with a user and a `sessionId`.',
  },
  otherRefreshToken: {
    code: 'P083006',
    error: 'invalid_request',
    spec: 'OIDC Native SSO §3.4',
    message: 'The refreshToken was not issued together with the accessToken, or has expired.',
    fix: 'Pass the refresh token of the same token response as the access token.',
  },
})

const NativeSsoRequest = z
  .object({
    accessToken: z
      .string()
      .max(65_536)
      .optional()
      .describe('The access token that the token endpoint issued; the JWT, if it issued one.'),
    refreshToken: z
      .string()
      .max(32_768)
      .optional()
      .describe('The refresh token that was issued with the access token.'),
    sub: field.sub,
    claims: field.claims,
    idtHeaderParams: field.idtHeaderParams,
    idTokenAudType: z
      .enum(['array', 'string'])
      .optional()
      .describe('Whether aud of the ID Token is an array or a string.'),
    deviceSecret: z
      .string()
      .max(8_192)
      .optional()
      .describe('The device secret for the response. It is not stored.'),
    deviceSecretHash: z
      .string()
      .max(8_192)
      .optional()
      .describe('Hash of the device secret for the ID Token; base64url of its SHA-256 if absent.'),
  })
  .meta({ id: 'native_sso_request' })

const NativeSsoResponse = z
  .object({
    action: action('OK', 'INTERNAL_SERVER_ERROR', 'CALLER_ERROR'),
    responseContent: z.string().optional().describe('The token response for the client.'),
    idToken: field.idToken,
  })
  .meta({ id: 'native_sso_response' })

const issuedType = { issued_token_type: 'urn:ietf:params:oauth:token-type:access_token' }

export const nativeSso = defineEndpoint({
  operationId: 'native_sso_api',
  method: 'post',
  path: '/api/{serviceId}/nativesso',
  tag: 'Native SSO',
  summary: 'Create the token response of a Native SSO request',
  description:
    'The caller calls this after the action `NATIVE_SSO` of `/auth/token`, when it has checked the ' +
    'session and has checked or created the device secret. Returns an ID Token with `sid` and ' +
    '`ds_hash`, and the token response for the client.',
  right: 'use_service',
  body: NativeSsoRequest,
  response: NativeSsoResponse,
  relay: { OK: json(200), INTERNAL_SERVER_ERROR: json(500) },
  results: { OK: { code: 'P083901', message: 'The token response of Native SSO is made.' } },
  async handle({ body }, context) {
    const { service, store, documents, now } = context
    if (!service.nativeSsoSupported) refuse(rules.unsupported)
    const accessToken = body.accessToken || refuse(rules.accessTokenMissing)
    const deviceSecret = body.deviceSecret || refuse(rules.deviceSecretMissing)
    const row = await findAccessToken(context, accessToken)
    const refreshToken = await findRefreshToken(context, body.refreshToken, row.familyId)
    const client = await documents.client(service.apiKey, row.clientId)
    if (!client || client.locked) refuse(rules.accessTokenUnknown, String(row.clientId))
    const { grant, grantType } = row.data
    if (grant.sessionId === undefined) refuse(rules.noSession)
    const idToken = await idTokenFor(context, client, {
      subject: row.subject ?? refuse(rules.noSession),
      grantType: row.data.grantType,
      grant: grantForIdToken(grant, body),
      ...(hasStoredClaims(service) ? { user: store.accessTokens.userOf(row) } : {}),
      now,
      accessToken,
      deviceSecretHash: body.deviceSecretHash || deviceSecretHash(deviceSecret),
    })
    const tokens = {
      accessToken,
      accessTokenDuration: secondsLeft(row.expiresAt, now),
      grant,
      ...(refreshToken ? { refreshToken } : {}),
    }
    const members = parseExact(await tokenResponse(context, client, tokens, idToken)) as object
    return {
      action: 'OK',
      idToken,
      responseContent: writeExact({
        ...members,
        device_secret: deviceSecret,
        ...(grantType === 'TOKEN_EXCHANGE' ? issuedType : {}),
      }),
    }
  },
  refuse: ({ rule }, { service }) =>
    rule.error === 'server_error'
      ? { action: 'INTERNAL_SERVER_ERROR', responseContent: errorBody(rule, service) }
      : { action: 'CALLER_ERROR' },
})

async function findAccessToken({ service, store, now }: ServiceContext, accessToken: string) {
  const row = await store.accessTokens.find(service.apiKey, tokenHash(accessToken))
  return row && row.expiresAt > now ? row : refuse(rules.accessTokenUnknown)
}

async function findRefreshToken(
  { service, store, now }: ServiceContext,
  refreshToken: string | undefined,
  familyId: string,
): Promise<string | undefined> {
  if (!refreshToken) return undefined
  const row = await store.refreshTokens.find(service.apiKey, tokenHash(refreshToken))
  if (row?.familyId !== familyId || row.expiresAt <= now) refuse(rules.otherRefreshToken)
  return refreshToken
}
