/** Properties of a service that issues verifiable credentials, OpenID4VCI. */
import { z } from 'zod'
import { Count, LongText, Text, Texts } from '../primitives.ts'
import { CredentialIssuerMetadata } from './credential-issuer.ts'

export const credentialsProperties = {
  cnonceDuration: Count.default(0)
    .describe('The lifetime of a `c_nonce` in seconds; 0 means 300.')
    .meta({ family: 'credentials' }),
  verifiableCredentialsEnabled: z
    .boolean()
    .default(false)
    .describe('Whether the service issues verifiable credentials.')
    .meta({ family: 'credentials' }),
  credentialJwksUri: Text.optional()
    .describe('The URL of the key set for credentials.')
    .meta({ family: 'credentials' }),
  credentialOfferDuration: Count.default(0)
    .describe('The lifetime of a credential offer in seconds; 0 means 86400.')
    .meta({ family: 'credentials' }),
  preAuthorizedGrantAnonymousAccessSupported: z
    .boolean()
    .default(false)
    .describe('Whether a pre-authorized code can be redeemed without a `client_id`.')
    .meta({ family: 'credentials' }),
  credentialTransactionDuration: Count.default(0)
    .describe('The lifetime of a deferred credential transaction in seconds; 0 means 86400.')
    .meta({ family: 'credentials' }),
  userPinLength: Count.default(0)
    .describe('The length of the transaction code of a credential offer in characters.')
    .meta({ family: 'credentials' }),
  credentialJwks: LongText.optional()
    .describe(
      'The key set for credentials, as JSON text. Stored sealed. ' +
        'A key that is saved without `kid` or `use` gets them like those of `jwks`.',
    )
    .meta({ family: 'credentials' }),
  credentialDuration: Count.default(0)
    .describe('The lifetime of a credential in seconds; 0 means unlimited.')
    .meta({ family: 'credentials' }),
  credentialIssuerMetadata: CredentialIssuerMetadata.optional()
    .describe('The metadata of the credential issuer.')
    .meta({ family: 'credentials' }),
  oid4vciVersion: Text.optional()
    .describe(
      'The version of OpenID for Verifiable Credential Issuance: absent, `1.0` or `1.0-Final`. `1.0-ID1` is accepted, but then no credentials are issued.',
    )
    .meta({ family: 'credentials' }),
  haipVersion: Text.optional()
    .describe(
      'The version of the High Assurance Interoperability Profile: `1.0` puts every request under the profile (HAIP §4).',
    )
    .meta({ family: 'credentials' }),
  keyAttesterRoots: Texts.optional()
    .describe('The root certificates of key attesters, each in PEM.')
    .meta({ family: 'credentials' }),
  keyAttesterRootsEnabled: z
    .boolean()
    .default(false)
    .describe('Whether a key attestation may chain to one of `keyAttesterRoots`.')
    .meta({ family: 'credentials' }),
  keyAttesterRootsOnly: z
    .boolean()
    .default(false)
    .describe('Whether a key attestation must chain to one of `keyAttesterRoots`.')
    .meta({ family: 'credentials' }),
}
