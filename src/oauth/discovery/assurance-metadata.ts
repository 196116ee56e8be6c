/**
 * Metadata about verified and transformed claims, OpenID Connect for Identity Assurance §7 and
 * OIDC ASC §8.
 */
import type { Service } from '../../model/service/service.ts'
import { functionNames } from '../claims/transformation-functions.ts'
import { predefinedClaims, transformedClaimsLimits } from '../claims/transformed-claims.ts'

export function assuranceMetadata(service: Service): Record<string, unknown> {
  const predefined = [...predefinedClaims(service)].map(
    ([name, { claim, fn }]) =>
      [name, { claim, fn: fn.map((step) => (step.length === 1 ? step[0] : step)) }] as const,
  )
  const isSupported = [service.supportedTrustFrameworks, service.supportedVerifiedClaims].every(
    (list) => list?.length,
  )
  const { count, depth } = transformedClaimsLimits
  return {
    verified_claims_supported: isSupported || undefined,
    trust_frameworks_supported: service.supportedTrustFrameworks,
    claims_in_verified_claims_supported: service.supportedVerifiedClaims,
    evidence_supported: service.supportedEvidence,
    id_documents_supported: service.supportedIdentityDocuments,
    id_documents_verification_methods_supported: service.supportedVerificationMethods,
    documents_supported: service.supportedDocuments,
    documents_methods_supported: service.supportedDocumentsMethods,
    documents_validation_methods_supported: service.supportedDocumentsValidationMethods,
    documents_verification_methods_supported: service.supportedDocumentsVerificationMethods,
    documents_check_methods_supported: service.supportedDocumentsCheckMethods,
    electronic_records_supported: service.supportedElectronicRecords,
    attachments_supported: service.supportedAttachments?.map((kind) => kind.toLowerCase()),
    digest_algorithms_supported: service.supportedDigestAlgorithms,
    // Clients may always define transformed claims. They are advertised with predefined ones only.
    ...(predefined.length > 0
      ? {
          transformed_claims_functions_supported: functionNames,
          transformed_claims_max_count: count,
          transformed_claims_max_depth: depth,
          transformed_claims_predefined: Object.fromEntries(predefined),
        }
      : {}),
  }
}
