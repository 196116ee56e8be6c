/** Takes tokens of another system by their hashes, so that clients go on with what they hold. */
import { z } from 'zod'
import { defineEndpoint } from '../../../http/endpoint.ts'
import { ClientIdText } from '../../../http/identifier.ts'
import { GrantType } from '../../../model/enums.ts'
import { formerFormats } from '../../../oauth/tokens/former/setting.ts'
import { importTokens } from '../../../tokens/import/commit.ts'
import { withKeys } from '../../../tokens/import/former.ts'
import { field } from '../../fields.ts'
import { given } from '../../request-fields.ts'

const mostEntries = 200

const Hashed = z.object({
  hash: z
    .string()
    .regex(/^[\w-]{43}$/)
    .describe('The SHA-256 of the token as base64url without padding: 43 characters.'),
  expiresAt: z
    .int()
    .nonnegative()
    .describe('When the token expires, in milliseconds since the epoch.'),
})
const Identified = z
  .object({
    hash: Hashed.shape.hash.optional(),
    former: z
      .object({
        format: z
          .enum(formerFormats)
          .describe('A format that `ext.formerTokens` of the service names.'),
        identifier: z
          .string()
          .min(1)
          .max(500)
          .describe(
            'What the former system stored of the token: its digest as base64url without padding; with `hydra` the part after the dot; with `keycloak` the session of the token as JSON text, such as `["Refresh","<sid>","<azp>"]` or `["Offline",…]`.',
          ),
      })
      .optional()
      .describe('What names the token in a former system that has no SHA-256 of it.'),
    expiresAt: Hashed.shape.expiresAt,
  })
  .refine(({ hash, former }) => (hash === undefined) !== (former === undefined), {
    error: 'Expected either hash or former',
  })
const Subject = z.string().min(1).max(255)
const Scopes = z.array(z.string().min(1).max(1_000)).max(200)

const ImportedTokens = z
  .object({
    clientIdentifier: ClientIdText.describe('Number or alias of the client.'),
    grantType: GrantType.default('AUTHORIZATION_CODE').describe(
      'The grant type that the tokens came by.',
    ),
    subject: Subject.optional().describe(
      'The user. Required for each grant type except CLIENT_CREDENTIALS.',
    ),
    scopes: Scopes.default([]).describe('The scopes of the tokens.'),
    properties: given.properties,
    resources: field.resources,
    acr: field.acr,
    authTime: field.authTime,
    certificateThumbprint: given.certificateThumbprint,
    dpopKeyThumbprint: given.dpopKeyThumbprint,
    createdAt: z
      .int()
      .nonnegative()
      .optional()
      .describe(
        'When the tokens were issued, in milliseconds since the epoch; now if absent. The maximum lifetime of refresh tokens counts from then.',
      ),
    accessToken: Hashed.optional().describe('The access token.'),
    refreshToken: Identified.optional().describe('The refresh token of the same authorization.'),
  })
  .meta({ id: 'imported_tokens' })

const ImportedScopes = z
  .object({
    clientIdentifier: ClientIdText.describe('Number or alias of the client.'),
    subject: Subject.describe('The user.'),
    scopes: Scopes.describe('The scopes that the user granted to the client.'),
  })
  .meta({ id: 'imported_granted_scopes' })

const TokenImportRequest = z
  .object({
    tokens: z
      .array(ImportedTokens)
      .max(mostEntries)
      .default([])
      .describe('The tokens, one entry for each authorization.'),
    grantedScopes: z
      .array(ImportedScopes)
      .max(mostEntries)
      .default([])
      .describe(
        'What users granted beyond the life of tokens. It is stored where nothing is known of it.',
      ),
  })
  .meta({ id: 'token_import_request' })

const TokenImportResponse = z
  .object({
    imported: z.int().describe('How many entries were stored.'),
    present: z
      .int()
      .describe(
        'How many were not, because they were imported before: what became of them since stays.',
      ),
    expired: z.int().describe('How many were not, because their tokens have expired.'),
    grantedScopes: z.int().describe('How many records of granted scopes were stored.'),
  })
  .meta({ id: 'token_import_response' })

export const tokenImport = defineEndpoint({
  operationId: 'auth_token_import_api',
  audits: 'token.imported',
  method: 'post',
  path: '/api/{serviceId}/auth/token/import',
  tag: 'Token Operations',
  summary: 'Import tokens of another system',
  description:
    'Takes access and refresh tokens by their hashes, and what users granted, from the system that ' +
    'the service moves from. All entries are stored in one commit, or the call is refused. A ' +
    'repeated call changes nothing: a token that was replaced or revoked since is not revived.',
  right: 'modify_service',
  longBody: true,
  body: TokenImportRequest,
  response: TokenImportResponse,
  handle: ({ body }, context) =>
    importTokens(context, withKeys(context, body.tokens), body.grantedScopes),
})
