/** Properties of a client in a federation, OpenID Federation. */
import { z } from 'zod'
import { ClientRegistrationType } from '../enums.ts'
import { Moment, Text } from '../primitives.ts'

/** In characters: the statement of a registration may have trust chains in its header. */
const longestStatement = 192 * 1024
const mostStatements = 1_000

export const federationProperties = {
  automaticallyRegistered: z
    .boolean()
    .default(false)
    .describe('Whether the client was registered automatically by a federation.')
    .meta({ family: 'federation' }),
  explicitlyRegistered: z
    .boolean()
    .default(false)
    .describe('Whether the client was registered explicitly by a federation.')
    .meta({ family: 'federation' }),
  clientRegistrationTypes: z
    .array(ClientRegistrationType)
    .max(1000)
    .optional()
    .describe('The ways in which the client registers in a federation.')
    .meta({ family: 'federation' }),
  organizationName: Text.optional()
    .describe('The name of the organization that runs the client.')
    .meta({ family: 'identity' }),
  entityId: Text.optional()
    .describe(
      'The entity identifier of the client. The `iss` and `sub` of its signed key set must match it (OpenID Federation §5.2.1).',
    )
    .meta({ family: 'federation' }),
  trustAnchorId: Text.optional()
    .describe("The entity identifier of the trust anchor of the client's trust chain.")
    .meta({ family: 'federation' }),
  trustChain: z
    .array(z.string().max(longestStatement))
    .max(mostStatements)
    .optional()
    .describe(
      'The trust chain of the client, its own statement first. The keys of that statement verify `signedJwksUri` (OpenID Federation §5.2.1).',
    )
    .meta({ family: 'federation' }),
  trustChainExpiresAt: Moment.optional()
    .describe('The time when the trust chain expires, in milliseconds since the Unix epoch.')
    .meta({ family: 'federation' }),
  trustChainUpdatedAt: Moment.optional()
    .describe('The time when the trust chain was updated, in milliseconds since the Unix epoch.')
    .meta({ family: 'federation' }),
}
