/** Settings of the service for one client, in addition to the metadata of the client. */
import { z } from 'zod'
import { Count, Texts } from '../primitives.ts'

export const ClientExtension = z
  .object({
    requestableScopes: Texts.optional().describe(
      'The names of the scopes that the client may request.',
    ),
    requestableScopesEnabled: z
      .boolean()
      .default(false)
      .describe('Whether the client may request only the scopes in `requestableScopes`.'),
    accessTokenDuration: Count.default(0).describe(
      'The maximum lifetime of access tokens of the client in seconds; 0 means that of the service.',
    ),
    refreshTokenDuration: Count.default(0).describe(
      'The maximum lifetime of refresh tokens of the client in seconds; 0 means that of the service.',
    ),
    idTokenDuration: Count.default(0).describe(
      'The maximum lifetime of ID Tokens of the client in seconds; 0 means that of the service.',
    ),
    tokenExchangePermitted: z
      .boolean()
      .default(false)
      .describe(
        'Whether the client may use token exchange if the service sets `tokenExchangeByPermittedClientsOnly`.',
      ),
  })
  .meta({ id: 'client_extension' })
