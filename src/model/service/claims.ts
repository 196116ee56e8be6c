/** Properties about claims and verified claims: OIDC Core §5, Identity Assurance. */
import { z } from 'zod'
import { AttachmentType, ClaimType, VerifiedClaimsValidationSchema } from '../enums.ts'
import { LongText, Texts } from '../primitives.ts'

export const claimsProperties = {
  supportedClaimTypes: z
    .array(ClaimType)
    .max(1000)
    .optional()
    .describe(
      'The types of claims that the service supports, published in the discovery document (OIDC Core §5.6).',
    )
    .meta({ family: 'claims' }),
  supportedClaimLocales: Texts.optional()
    .describe(
      'The languages of claims as BCP 47 tags, published in the discovery document (OIDC Core §5.2).',
    )
    .meta({ family: 'claims' }),
  supportedClaims: Texts.optional()
    .describe(
      'The claims that the service supports, published in the discovery document. Other claims are not asked of the caller. Without a list, all are (OpenID Connect Discovery §3).',
    )
    .meta({ family: 'claims' }),
  claimShortcutRestrictive: z
    .boolean()
    .default(false)
    .describe(
      'Whether claims that are requested by scopes (such as `profile`) are put into an ID Token only if no access token is issued. Otherwise they are put into every ID Token (OIDC Core §5.4).',
    )
    .meta({ family: 'claims' }),
  supportedTrustFrameworks: Texts.optional()
    .describe(
      'The trust frameworks of verified claims. Elements of other frameworks are left out of responses. Without a list, all are supported (OpenID Connect for Identity Assurance §7).',
    )
    .meta({ family: 'claims' }),
  supportedEvidence: Texts.optional()
    .describe(
      'The types of evidence of verified claims. Other evidence is left out of responses. Without a list, all are supported (OpenID Connect for Identity Assurance §7).',
    )
    .meta({ family: 'claims' }),
  supportedIdentityDocuments: Texts.optional()
    .describe(
      'The types of identity documents in evidence, by their former name; see `supportedDocuments`. Evidence of other types is left out of responses (OpenID Connect for Identity Assurance §7).',
    )
    .meta({ family: 'claims' }),
  supportedVerificationMethods: Texts.optional()
    .describe(
      'The verification methods of identity documents, by their former name; see `supportedDocumentsMethods`. Evidence of other methods is left out of responses (OpenID Connect for Identity Assurance §7).',
    )
    .meta({ family: 'claims' }),
  supportedVerifiedClaims: Texts.optional()
    .describe(
      'The claims that can be part of verified claims. Other claims are left out of responses. Without a list, all are supported (OpenID Connect for Identity Assurance §7).',
    )
    .meta({ family: 'claims' }),
  verifiedClaimsValidationSchemaSet: VerifiedClaimsValidationSchema.optional()
    .describe(
      'The schema that checks requests for verified claims: `standard` (also if absent), or `standard+id_document`, which accepts the former evidence type `id_document` too (OpenID Connect for Identity Assurance §5).',
    )
    .meta({ family: 'claims' }),
  predefinedTransformedClaims: LongText.optional()
    .describe(
      'The transformed claims that requests may use by name, as JSON text; published in the discovery document (OIDC ASC §8).',
    )
    .meta({ family: 'claims' }),
  supportedAttachments: z
    .array(AttachmentType)
    .max(1000)
    .optional()
    .describe(
      'The kinds of attachments of verified claims. Other attachments are left out of responses. Without a list, all are supported (OpenID Connect for Identity Assurance §7).',
    )
    .meta({ family: 'claims' }),
  supportedDigestAlgorithms: Texts.optional()
    .describe(
      'The digest algorithms of external attachments. Attachments with another algorithm are left out of responses. Without a list, all are supported (OpenID Connect for Identity Assurance §7).',
    )
    .meta({ family: 'claims' }),
  supportedDocuments: Texts.optional()
    .describe(
      'The types of documents in evidence. Evidence of other types is left out of responses. Without a list, all are supported (OpenID Connect for Identity Assurance §7).',
    )
    .meta({ family: 'claims' }),
  supportedDocumentsMethods: Texts.optional()
    .describe(
      'The methods of document evidence. Evidence of other methods is left out of responses. Without a list, all are supported (OpenID Connect for Identity Assurance §7).',
    )
    .meta({ family: 'claims' }),
  supportedDocumentsValidationMethods: Texts.optional()
    .describe(
      'The validation methods of documents. Evidence of other methods is left out of responses. Without a list, all are supported (OpenID Connect for Identity Assurance §7).',
    )
    .meta({ family: 'claims' }),
  supportedDocumentsVerificationMethods: Texts.optional()
    .describe(
      'The methods of verifying that the user owns a document. Evidence of other methods is left out of responses. Without a list, all are supported (OpenID Connect for Identity Assurance §7).',
    )
    .meta({ family: 'claims' }),
  supportedElectronicRecords: Texts.optional()
    .describe(
      'The types of electronic records in evidence. Evidence of other types is left out of responses. Without a list, all are supported (OpenID Connect for Identity Assurance §7).',
    )
    .meta({ family: 'claims' }),
  supportedDocumentsCheckMethods: Texts.optional()
    .describe(
      'The methods of checking documents. Evidence of other methods is left out of responses. Without a list, all are supported (OpenID Connect for Identity Assurance §7).',
    )
    .meta({ family: 'claims' }),
}
