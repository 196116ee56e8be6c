/** What a service grants or limits for one client, beyond the client's own metadata. */
import { z } from 'zod'
import { Count, Texts } from '../primitives.ts'

export const ClientExtension = z
  .object({
    requestableScopes: Texts.optional().describe(
      'Names of the scopes that the client may ask for.',
    ),
    requestableScopesEnabled: z
      .boolean()
      .default(false)
      .describe('Whether the client is held to the list of scopes.'),
    accessTokenDuration: Count.default(0).describe(
      'Lifetime of access tokens, in seconds; 0 means the default.',
    ),
    refreshTokenDuration: Count.default(0).describe(
      'Lifetime of refresh tokens, in seconds; 0 means the default.',
    ),
    idTokenDuration: Count.default(0).describe(
      'Lifetime of ID Tokens, in seconds; 0 means the default.',
    ),
    tokenExchangePermitted: z
      .boolean()
      .default(false)
      .describe('Whether the client may exchange tokens.'),
  })
  .meta({ id: 'client_extension' })
