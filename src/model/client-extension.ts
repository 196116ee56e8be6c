/** What a service grants or limits for one client, beyond the client's own metadata. */
import { z } from 'zod'
import { Count, Texts } from './primitives.ts'

export const ClientExtension = z
  .object({
    requestableScopes: Texts.optional(),
    requestableScopesEnabled: z.boolean().default(false),
    accessTokenDuration: Count.default(0),
    refreshTokenDuration: Count.default(0),
    idTokenDuration: Count.default(0),
    tokenExchangePermitted: z.boolean().default(false),
  })
  .meta({ id: 'client_extension' })
