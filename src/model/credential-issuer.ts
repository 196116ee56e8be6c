/** Metadata of a credential issuer, OpenID for Verifiable Credential Issuance. */
import { z } from 'zod'
import { Count, LongText, Texts } from './primitives.ts'

export const CredentialIssuerMetadata = z
  .object({
    authorizationServers: Texts.optional(),
    credentialIssuer: LongText.optional(),
    credentialEndpoint: LongText.optional(),
    batchCredentialEndpoint: LongText.optional(),
    deferredCredentialEndpoint: LongText.optional(),
    credentialsSupported: LongText.optional(),
    credentialResponseEncryptionAlgValuesSupported: Texts.optional(),
    credentialResponseEncryptionEncValuesSupported: Texts.optional(),
    requireCredentialResponseEncryption: z.boolean().default(false),
    nonceEndpoint: LongText.optional(),
    notificationEndpoint: LongText.optional(),
    batchSize: Count.optional(),
    display: LongText.optional(),
    credentialRequestEncryptionJwks: LongText.optional(),
    credentialRequestEncryptionEncValuesSupported: Texts.optional(),
    credentialRequestEncryptionZipValuesSupported: Texts.optional(),
    credentialRequestEncryptionRequired: z.boolean().default(false),
  })
  .meta({ id: 'credential_issuer_metadata' })
