/** Properties of a service in a federation, OpenID Federation. */
import { z } from 'zod'
import { ClientRegistrationType } from '../enums.ts'
import { Count, LongText, Text, Texts } from '../primitives.ts'
import { TrustAnchor } from './trust-anchor.ts'

export const federationProperties = {
  authorityHints: Texts.optional().describe(
    'The entity identifiers of the immediate superiors in a federation.',
  ),
  federationEnabled: z
    .boolean()
    .default(false)
    .describe('Whether the service takes part in a federation.'),
  federationJwks: LongText.optional().describe(
    'The key set that signs entity statements, as JSON text. Stored sealed. ' +
      'A key that is saved without `kid` or `use` gets them like those of `jwks`.',
  ),
  federationSignatureKeyId: Text.optional().describe(
    'The `kid` of the key that signs the entity configuration.',
  ),
  federationConfigurationDuration: Count.default(0).describe(
    'The lifetime of the entity configuration in seconds; 0 means 86400.',
  ),
  federationRegistrationEndpoint: Text.optional().describe(
    'The URL of the federation registration endpoint.',
  ),
  organizationName: Text.optional().describe('The name of the organization that runs the service.'),
  signedJwksUri: Text.optional().describe("The URL of the service's signed key set."),
  supportedClientRegistrationTypes: z
    .array(ClientRegistrationType)
    .max(1000)
    .optional()
    .describe('The ways in which clients register in a federation.'),
  trustAnchors: z
    .array(TrustAnchor)
    .max(1000)
    .optional()
    .describe(
      'The trust anchors of the federation. Their keys also verify software statements that they issued (RFC 7591 §2.3).',
    ),
}
