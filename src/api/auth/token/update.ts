/** Updates a token: its expiry, scopes, properties, bindings or value. */

import { z } from 'zod'
import { changesOf } from '../../../audit/changes.ts'
import { recordOf } from '../../../audit/record.ts'
import { clientOfToken } from '../../../clients/grant-owner.ts'
import type { ServiceContext } from '../../../context.ts'
import { defineEndpoint } from '../../../http/endpoint.ts'
import type { Grant } from '../../../model/grant.ts'
import { detailsFromApi, detailsToApi } from '../../../oauth/authorization-details.ts'
import { durationOf } from '../../../oauth/duration.ts'
import { onlyDescribed, scopesAtResources } from '../../../oauth/resources/described.ts'
import { keepScopes } from '../../../oauth/scope.ts'
import { tokenHash, tokenHashes } from '../../../oauth/tokens/access-token.ts'
import { never, refreshExpiry, shownExpiry } from '../../../oauth/tokens/expiry.ts'
import { defineRules, refuse } from '../../../refusal.ts'
import { findNamedToken } from '../../../tokens/presented.ts'
import { tokenTypeOf } from '../../../tokens/response.ts'
import { action, field } from '../../fields.ts'
import { given } from '../../request-fields.ts'

const rules = defineRules('Token update', {
  unknown: {
    code: 'P047001',
    error: 'invalid_token',
    spec: 'RFC 6750 §3.1',
    message: 'The token or its client is unknown, or the identifiers name different tokens.',
    fix: 'Pass one token that exists, in each way in which the call names it; its client must exist, too.',
  },
  unnamed: {
    code: 'P047002',
    error: 'invalid_request',
    spec: 'RFC 6750 §3.1',
    message: 'The call must identify the token by its value, its hash or its refresh token.',
    fix: 'Pass `accessToken`, `accessTokenHash`, `tokenId`, `refreshToken` or `refreshTokenHash`.',
  },
  signed: {
    code: 'P047003',
    error: 'invalid_request',
    spec: 'RFC 9068 §2',
    message:
      'The content of a JWT access token is signed and cannot be updated: issue a new token.',
    fix: 'Issue a new token, or let the access tokens of the client be opaque.',
    settings: ['service.accessTokenSignAlg', 'client.ext.access_token.format'],
  },
})

const TokenUpdateRequest = z
  .object({
    accessToken: field.accessToken,
    accessTokenExpiresAt: field.accessTokenExpiresAt,
    scopes: field.scopes,
    properties: given.properties,
    accessTokenExpiresAtUpdatedOnScopeUpdate: z
      .boolean()
      .optional()
      .describe('Whether a change of scopes restarts the lifetime of the access token.'),
    accessTokenHash: field.accessTokenHash,
    accessTokenValueUpdated: z.boolean().optional().describe('Whether the token gets a new value.'),
    accessTokenPersistent: field.accessTokenPersistent,
    certificateThumbprint: given.certificateThumbprint,
    dpopKeyThumbprint: given.dpopKeyThumbprint,
    authorizationDetails: field.authorizationDetails,
    forExternalAttachment: field.forExternalAttachment,
    refreshTokenExpiresAt: field.refreshTokenExpiresAt,
    refreshTokenExpiresAtUpdatedOnScopeUpdate: z
      .boolean()
      .optional()
      .describe('Whether a change of scopes restarts the lifetime of the refresh token.'),
    tokenId: field.tokenId,
    refreshToken: field.refreshToken,
    refreshTokenHash: field.refreshTokenHash,
  })
  .meta({ id: 'token_update_request' })

const TokenUpdateResponse = z
  .object({
    action: action('INTERNAL_SERVER_ERROR', 'BAD_REQUEST', 'FORBIDDEN', 'NOT_FOUND', 'OK'),
    accessToken: field.accessToken,
    accessTokenExpiresAt: field.accessTokenExpiresAt,
    properties: field.properties,
    scopes: field.scopes,
    authorizationDetails: field.authorizationDetails,
    tokenType: field.tokenType,
    forExternalAttachment: field.forExternalAttachment,
    tokenId: field.tokenId,
    refreshTokenExpiresAt: field.refreshTokenExpiresAt,
  })
  .meta({ id: 'token_update_response' })
type Body = z.output<typeof TokenUpdateRequest>
type Row = NonNullable<Awaited<ReturnType<typeof findNamedToken>>>

export const tokenUpdate = defineEndpoint({
  operationId: 'auth_token_update_api',
  audits: 'token.updated',
  method: 'post',
  path: '/api/{serviceId}/auth/token/update',
  tag: 'Token Operations',
  summary: 'Update an access token',
  description:
    'The call specifies the token by value, by hash, or by the refresh token of its grant. Properties ' +
    'that the call omits stay unchanged. Scopes that the service or the client does not have are ' +
    'ignored.',
  right: 'use_service',
  body: TokenUpdateRequest,
  form: true,
  response: TokenUpdateResponse,
  results: { OK: { code: 'P047901', message: 'The token was updated.' } },
  async handle({ body }, context) {
    const { service, store, system, now } = context
    const row = (await namedToken(body, context)) ?? refuse(rules.unknown)
    const client = await clientOfToken(context, row)
    if (!client) refuse(rules.unknown, `client ${row.clientId}`)
    if (row.data.jwtId !== undefined && changesContent(body)) refuse(rules.signed)
    const { resources } = row.data.grant
    const scopes = body.scopes
      ? scopesAtResources(service, resources, keepScopes(body.scopes, service, client))
      : row.data.grant.scopes
    const grant = {
      ...row.data.grant,
      scopes,
      ...(body.properties ? { properties: body.properties } : {}),
      ...(body.authorizationDetails
        ? { authorizationDetails: detailsFromApi(body.authorizationDetails) }
        : {}),
      ...(body.certificateThumbprint ? { certificateThumbprint: body.certificateThumbprint } : {}),
      ...(body.dpopKeyThumbprint ? { dpopThumbprint: body.dpopKeyThumbprint } : {}),
    }
    const scopesChanged = scopes.join(' ') !== row.data.grant.scopes.join(' ')
    const ofResource = onlyDescribed(service, resources)?.accessTokenDuration
    const renewal = (kind: 'accessToken' | 'refreshToken', seconds?: number) =>
      now + durationOf(kind, service, client, row.data.grantType, scopes, seconds) * 1000
    const expiresAt = accessExpiry(
      body,
      row,
      scopesChanged ? renewal('accessToken', ofResource) : undefined,
    )
    const { forExternalAttachment = row.data.forExternalAttachment } = body
    const value = body.accessTokenValueUpdated ? system.random.token(256) : body.accessToken
    const renewed = body.accessTokenValueUpdated ? tokenHash(value ?? '') : row.tokenHash
    const refresh = await store.refreshTokens.findFamily(service.apiKey, row.familyId)
    const byScopes = scopesChanged && body.refreshTokenExpiresAtUpdatedOnScopeUpdate
    const chosen = positive(body.refreshTokenExpiresAt)
    const asked = chosen ?? (byScopes ? renewal('refreshToken') : undefined)
    const refreshExpiresAt =
      refresh && asked && refreshExpiry(service, client, { ...refresh, expiresAt: asked })
    await store.commit(
      store.accessTokens.update(service.apiKey, row.tokenHash, {
        tokenHash: renewed,
        expiresAt,
        data: { ...row.data, grant, forExternalAttachment },
      }),
      ...(refreshExpiresAt === undefined
        ? []
        : [
            store.refreshTokens.update(service.apiKey, row.familyId, {
              expiresAt: refreshExpiresAt,
            }),
          ]),
      ...recordOf(context, {
        target: { kind: 'token', id: row.tokenHash },
        changes: changesOf(
          { ...contentOf(row.data.grant), accessToken: row.tokenHash, expiresAt: row.expiresAt },
          { ...contentOf(grant), accessToken: renewed, expiresAt, refreshExpiresAt },
          ['accessToken', 'properties'],
        ),
      }),
    )
    return {
      action: 'OK',
      accessToken: value,
      accessTokenExpiresAt: shownExpiry(expiresAt),
      properties: grant.properties,
      scopes,
      authorizationDetails: detailsToApi(grant.authorizationDetails),
      tokenType: tokenTypeOf(service, grant),
      forExternalAttachment,
      tokenId: renewed,
      ...(refresh ? { refreshTokenExpiresAt: refreshExpiresAt ?? refresh.expiresAt } : {}),
    }
  },
  refuse: ({ rule }) => ({ action: rule.error === 'invalid_token' ? 'NOT_FOUND' : 'BAD_REQUEST' }),
})

/** What an update changes of a grant. The properties of a token may be secrets of the caller. */
const contentOf = ({ scopes, properties, authorizationDetails, ...grant }: Grant) => ({
  scopes,
  properties,
  authorizationDetails,
  certificateThumbprint: grant.certificateThumbprint,
  dpopThumbprint: grant.dpopThumbprint,
})

const positive = (value: number | undefined) =>
  value !== undefined && value > 0 ? value : undefined

const changesContent = (body: Body) =>
  [
    body.scopes,
    body.properties,
    body.authorizationDetails,
    body.accessTokenExpiresAt,
    body.accessTokenPersistent,
  ].some(Boolean) || body.accessTokenValueUpdated === true

/** The token that all identifiers of the call identify. */
async function namedToken(body: Body, context: ServiceContext): Promise<Row | undefined> {
  const identifiers = [body.accessToken, body.accessTokenHash, body.tokenId].filter(Boolean)
  const refreshes = [body.refreshToken, body.refreshTokenHash].filter(Boolean)
  if (identifiers.length + refreshes.length === 0) refuse(rules.unnamed)
  const { store, service, now } = context
  const rows = await Promise.all(identifiers.map((name) => findNamedToken(context, name ?? '')))
  const families = await Promise.all(refreshes.map((name) => familyOf(name ?? '', context)))
  const named = [...rows.map((row) => row?.familyId), ...families]
  const [familyId] = named
  if (familyId === undefined || named.some((each) => each !== familyId)) return undefined
  const [row] = rows
  if (!row) return store.accessTokens.findLatest(service.apiKey, familyId, now)
  return rows.every((each) => each?.tokenHash === row.tokenHash) ? row : undefined
}

async function familyOf(refreshToken: string, { store, service }: ServiceContext) {
  for (const hash of tokenHashes(refreshToken)) {
    const family = await store.refreshTokens.find(service.apiKey, hash)
    if (family) return family.familyId
  }
  return undefined
}

/** The expiry of the call, else the one by the new scopes, else the present one. */
function accessExpiry(body: Body, row: Row, byScopes: number | undefined): number {
  if (body.accessTokenPersistent) return never
  const renewed = body.accessTokenExpiresAtUpdatedOnScopeUpdate ? byScopes : undefined
  return positive(body.accessTokenExpiresAt) ?? renewed ?? row.expiresAt
}
