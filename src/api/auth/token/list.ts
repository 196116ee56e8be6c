/** Lists the access tokens of a service, of one client, of one user or of one session. */

import { z } from 'zod'
import { identifyClient } from '../../../clients/authenticate.ts'
import { defineEndpoint } from '../../../http/endpoint.ts'
import { clamp, Page } from '../../../http/page.ts'
import { ClientLimited } from '../../../model/client/client.ts'
import { shownExpiry } from '../../../oauth/tokens/expiry.ts'
import { field } from '../../fields.ts'

const AccessTokenView = z
  .object({
    accessTokenHash: field.accessTokenHash,
    accessTokenExpiresAt: field.accessTokenExpiresAt,
    refreshTokenHash: field.refreshTokenHash,
    refreshTokenExpiresAt: field.refreshTokenExpiresAt,
    createdAt: z.int().optional().describe('When it was created, in milliseconds since the epoch.'),
    lastRefreshedAt: z
      .int()
      .optional()
      .describe('When it was last refreshed, in milliseconds since the epoch.'),
    clientId: field.clientId,
    subject: field.subject,
    sessionId: field.sessionId,
    issuedFor: z
      .string()
      .optional()
      .describe('Address of the device: `clientIp` of the last call.'),
    userAgent: z.string().optional().describe('`userAgent` of the last call that had one.'),
    grantType: field.grantType,
    scopes: field.scopes,
    properties: field.properties,
    refreshTokenScopes: field.refreshTokenScopes,
    test: field.test,
  })
  .meta({ id: 'access_token' })

const TokenListResponse = z
  .object({
    start: z.int().optional().describe('Index of the first item.'),
    end: z.int().optional().describe('Index after the last requested item.'),
    totalCount: z.int().optional().describe('Number of all items.'),
    client: ClientLimited.optional().describe('The properties of the client that pages may show.'),
    subject: field.subject,
    accessTokens: z
      .array(AccessTokenView)
      .optional()
      .describe('The access tokens, in the order of their creation.'),
  })
  .meta({ id: 'token_get_list_response' })

const empty = { start: 0, end: 0, totalCount: 0, accessTokens: [] }

export const tokenList = defineEndpoint({
  operationId: 'auth_token_get_list_api',
  method: 'get',
  path: '/api/{serviceId}/auth/token/get/list',
  tag: 'Token Operations',
  summary: 'List access tokens',
  description:
    'In the order in which they were created. The list is empty for a client that does not exist.',
  right: 'use_service',
  query: Page.extend({
    clientIdentifier: z.string().max(255).optional().describe('Number or alias of the client.'),
    subject: z.string().max(255).optional().describe('Unique identifier of the user.'),
    sessionId: z
      .string()
      .max(512)
      .optional()
      .describe('Identifier of the session in which the tokens were issued.'),
    tokenStatus: z
      .enum(['ALL', 'VALID', 'INVALID'])
      .default('ALL')
      .describe('`VALID`: not expired; `INVALID`: expired and not removed yet.'),
  }),
  response: TokenListResponse,
  async handle({ query }, context) {
    const { service, store, now } = context
    const { subject, clientIdentifier, tokenStatus } = query
    const { start, end } = clamp(query)
    const found = clientIdentifier ? await identifyClient(context, clientIdentifier) : undefined
    if (clientIdentifier && !found) return { ...empty, start, end }
    const { rows, total } = await store.accessTokens.list(service.apiKey, {
      clientId: found?.client.clientId,
      subject: subject || undefined,
      sessionId: query.sessionId || undefined,
      start,
      end,
      now,
      live: tokenStatus === 'ALL' ? undefined : tokenStatus === 'VALID',
    })
    const accessTokens = rows.map((row) => ({
      accessTokenHash: row.tokenHash,
      accessTokenExpiresAt: shownExpiry(row.expiresAt),
      refreshTokenHash: row.refresh?.tokenHash,
      refreshTokenExpiresAt: row.refresh?.expiresAt,
      lastRefreshedAt: row.refresh?.lastUsedAt ?? undefined,
      createdAt: row.createdAt,
      clientId: row.clientId,
      subject: row.subject ?? undefined,
      sessionId: row.sessionId ?? undefined,
      issuedFor: row.clientIp ?? undefined,
      userAgent: row.userAgent ?? undefined,
      grantType: row.data.grantType,
      scopes: row.data.grant.scopes,
      properties: row.data.grant.properties,
      refreshTokenScopes: row.refresh?.data.grant.scopes,
      test: row.data.grant.test,
    }))
    return {
      start,
      end,
      totalCount: total,
      client: found && ClientLimited.parse(found.client),
      subject: subject || undefined,
      accessTokens,
    }
  },
})
