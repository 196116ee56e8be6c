/** Metadata of a credential issuer, OpenID for Verifiable Credential Issuance. */
import { z } from 'zod'
import { Count, LongText, Texts } from '../primitives.ts'

export const CredentialIssuerMetadata = z
  .object({
    authorizationServers: Texts.optional().describe('Issuers of the authorization servers.'),
    credentialIssuer: LongText.optional().describe('Identifier of the credential issuer.'),
    credentialEndpoint: LongText.optional().describe('URL of the credential endpoint.'),
    batchCredentialEndpoint: LongText.optional().describe('URL of the batch credential endpoint.'),
    deferredCredentialEndpoint: LongText.optional().describe(
      'URL of the deferred credential endpoint.',
    ),
    credentialsSupported: LongText.optional().describe(
      'Credentials that can be issued, as JSON text.',
    ),
    credentialResponseEncryptionAlgValuesSupported: Texts.optional().describe(
      'Algorithms that encrypt the key of credential responses.',
    ),
    credentialResponseEncryptionEncValuesSupported: Texts.optional().describe(
      'Algorithms that encrypt the content of credential responses.',
    ),
    credentialResponseEncryptionZipValuesSupported: Texts.optional().describe(
      'Compression algorithms of credential responses.',
    ),
    requireCredentialResponseEncryption: z
      .boolean()
      .default(false)
      .describe('Whether credential responses are always encrypted.'),
    nonceEndpoint: LongText.optional().describe('URL of the nonce endpoint.'),
    notificationEndpoint: LongText.optional().describe('URL of the notification endpoint.'),
    batchSize: Count.optional().describe('Maximum number of credentials in one request.'),
    display: LongText.optional().describe('How to display the credential issuer.'),
    credentialRequestEncryptionJwks: LongText.optional().describe(
      'Key set for encrypted credential requests, as JSON text.',
    ),
    credentialRequestEncryptionEncValuesSupported: Texts.optional().describe(
      'Algorithms that encrypt the content of credential requests.',
    ),
    credentialRequestEncryptionZipValuesSupported: Texts.optional().describe(
      'Compression algorithms of credential requests.',
    ),
    requireCredentialRequestEncryption: z
      .boolean()
      .default(false)
      .describe('Whether credential requests must be encrypted.'),
  })
  .meta({ id: 'credential_issuer_metadata' })
