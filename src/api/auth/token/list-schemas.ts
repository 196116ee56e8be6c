/** The call and the response of the list of tokens. */
import { z } from 'zod'
import { Flag } from '../../../http/flag.ts'
import { Page } from '../../../http/page.ts'
import { ClientLimited } from '../../../model/client/client.ts'
import { TokenOrder } from '../../../model/token/inventory.ts'
import { field } from '../../fields.ts'

/** Members of the response name an order, too, and so do the names of another server. */
const namedElsewhere: Record<string, string> = {
  issued_at: 'created_at',
  last_seen: 'last_seen_at',
  last_refreshed_at: 'last_seen_at',
  access_token_expires_at: 'expires_at',
  refresh_token_expires_at: 'refresh_expires_at',
  issued_for: 'client_ip',
  authorization_type: 'grant_type',
  scopes: 'scope',
}
const toOrder = (text: unknown): unknown => {
  if (typeof text !== 'string') return text
  const name = text.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
  return Object.hasOwn(namedElsewhere, name) ? namedElsewhere[name] : name
}

export const TokenListQuery = Page.extend({
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
  kind: z
    .enum(['access_token', 'refresh_token'])
    .default('access_token')
    .describe('Whether `accessTokens` or `refreshTokens` are listed.'),
  pattern: z
    .string()
    .max(100)
    .optional()
    .describe(
      'Text that is searched for, whatever the case of its letters: in subject, grant type, `issuedFor` and `userAgent`, and in the number, the alias and the name of the client.',
    ),
  sort: z
    .preprocess(toOrder, TokenOrder)
    .optional()
    .describe(
      'What the tokens are sorted by, `created_at` if absent. Only with `hash` can the selection have more than 10,000 tokens; pages may then be shorter, and there is no `totalCount`.',
    ),
  desc: Flag.optional().describe('Whether the order is reversed.'),
  cursor: z
    .string()
    .max(4_096)
    .optional()
    .describe(
      '`nextCursor` of the page before, for the same `kind`, `sort` and `desc`: the page has the next `end` tokens.',
    ),
})
export type TokenListQuery = z.output<typeof TokenListQuery>

const milliseconds = z.int().optional()

/** What both kinds of tokens have. */
const entry = {
  clientId: field.clientId,
  subject: field.subject,
  sessionId: field.sessionId,
  grantType: field.grantType,
  authorizationType: z
    .string()
    .optional()
    .describe('How the user authorized the client: `code`, `token`, `password` and so on.'),
  scopes: field.scopes,
  properties: field.properties,
  lastSeenAt: milliseconds.describe(
    'When the grant was last used at the token endpoint, in milliseconds since the epoch.',
  ),
  lastRefreshedAt: milliseconds.describe(
    'When it was last refreshed, in milliseconds since the epoch.',
  ),
  issuedFor: z.string().optional().describe('Address of the device: `clientIp` of the last call.'),
  userAgent: z.string().optional().describe('`userAgent` of the last call that had one.'),
  enabled: z.boolean().optional().describe('Whether it can be used: it has not expired.'),
  test: field.test,
}

export const AccessTokenView = z
  .object({
    accessTokenHash: field.accessTokenHash,
    accessTokenExpiresAt: field.accessTokenExpiresAt,
    refreshTokenHash: field.refreshTokenHash,
    refreshTokenExpiresAt: field.refreshTokenExpiresAt,
    createdAt: milliseconds.describe('When it was created, in milliseconds since the epoch.'),
    ...entry,
    refreshTokenScopes: field.refreshTokenScopes,
  })
  .meta({ id: 'access_token' })

export const RefreshTokenView = z
  .object({
    refreshTokenHash: field.refreshTokenHash,
    issuedAt: milliseconds.describe(
      'When the first refresh token of the grant was issued, in milliseconds since the epoch.',
    ),
    expiresAt: milliseconds.describe('When it expires, in milliseconds since the epoch.'),
    clientName: field.clientName,
    ...entry,
    rollingExpiration: z
      .boolean()
      .optional()
      .describe('Whether each use gives the token its whole lifetime again.'),
  })
  .meta({ id: 'refresh_token' })

export const TokenListResponse = z
  .object({
    start: z.int().optional().describe('Index of the first item.'),
    end: z.int().optional().describe('Index after the last requested item.'),
    totalCount: z.int().optional().describe('Number of all items.'),
    client: ClientLimited.optional().describe('The properties of the client that pages may show.'),
    subject: field.subject,
    accessTokens: z
      .array(AccessTokenView)
      .optional()
      .describe('The access tokens, by default in the order of their creation.'),
    refreshTokens: z
      .array(RefreshTokenView)
      .optional()
      .describe('The refresh tokens, by default in the order of their creation.'),
    nextCursor: z
      .string()
      .optional()
      .describe('The `cursor` of the next page; absent after the last token.'),
  })
  .meta({ id: 'token_get_list_response' })
