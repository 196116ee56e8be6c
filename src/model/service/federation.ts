/** Properties of a service in a federation, OpenID Federation. */
import { z } from 'zod'
import { ClientRegistrationType } from '../enums.ts'
import { Count, LongText, Text, Texts } from '../primitives.ts'
import { TrustAnchor } from './trust-anchor.ts'

export const federationProperties = {
  authorityHints: Texts.optional()
    .describe(
      'The entity identifiers of the immediate superiors in a federation. Without one, there is no entity configuration (OpenID Federation §3.1.2).',
    )
    .meta({ family: 'federation' }),
  federationEnabled: z
    .boolean()
    .default(false)
    .describe(
      'Whether the service takes part in a federation. Without it, it has no entity configuration, and the settings about federations are not checked.',
    )
    .meta({ family: 'federation' }),
  federationJwks: LongText.optional()
    .describe(
      'The key set that signs entity statements, as JSON text. Stored sealed. ' +
        'A key that is saved without `kid` or `use` gets them like those of `jwks`.',
    )
    .meta({ family: 'federation' }),
  federationSignatureKeyId: Text.optional()
    .describe(
      'The `kid` of the key of `federationJwks` that signs. Without it, the first one that can sign does. It follows a rotation (OpenID Federation §3.1.1).',
    )
    .meta({ family: 'federation' }),
  federationConfigurationDuration: Count.default(0)
    .describe(
      'The lifetime of the entity configuration and of the signed key set in seconds; 0 means 86400. At most 2592000, which is 30 days.',
    )
    .meta({ family: 'federation' }),
  federationRegistrationEndpoint: Text.optional()
    .describe(
      'The URL of the federation registration endpoint, which explicit registration requires (OpenID Federation §5.1.3).',
    )
    .meta({ family: 'federation' }),
  organizationName: Text.optional()
    .describe(
      'The name of the organization that runs the service. Metadata contain it while `federationEnabled` (OpenID Federation §5.2.2).',
    )
    .meta({ family: 'identity' }),
  signedJwksUri: Text.optional()
    .describe(
      "The URL of the service's signed key set. Metadata contain it while `federationEnabled` (OpenID Federation §5.2.1).",
    )
    .meta({ family: 'federation' }),
  supportedClientRegistrationTypes: z
    .array(ClientRegistrationType)
    .max(1000)
    .optional()
    .describe('The ways in which clients register in a federation (OpenID Federation §5.1.3).')
    .meta({ family: 'federation' }),
  trustAnchors: z
    .array(TrustAnchor)
    .max(1000)
    .optional()
    .describe(
      'The trust anchors of the federation, each with its public keys. The keys also verify software statements that they issued (RFC 7591 §2.3).',
    )
    .meta({ family: 'federation' }),
}
