/** The member `proofs` of a credential request: one proof type with its proofs, OpenID4VCI §8.2. */
import { defineRules, refuse } from '../../../refusal.ts'
import type { CredentialConfiguration, ProofType } from '../configuration.ts'
import { isObject, type Members } from '../request/content.ts'

const rules = defineRules('Proofs', {
  missing: {
    code: 'P126001',
    error: 'invalid_proof',
    spec: 'OpenID4VCI §8.2',
    message: 'The credential is bound to a key: the request must have proofs.',
    fix: 'Send `proofs` with a proof of the key, or let the configuration be without proof types.',
    settings: ['service.credentialIssuerMetadata'],
  },
  notOneType: {
    code: 'P126002',
    error: 'invalid_proof',
    spec: 'OpenID4VCI §8.2',
    message: 'proofs must be an object with exactly one member, named as the proof type.',
    fix: 'Send `proofs` as an object with one member, `jwt` or `attestation`.',
  },
  dataIntegrity: {
    code: 'P126003',
    error: 'invalid_proof',
    spec: 'OpenID4VCI §F.2',
    message: 'The proof type di_vp is not supported: use jwt or attestation.',
    fix: 'Send proofs of the type `jwt` or `attestation`.',
  },
  unsupportedType: {
    code: 'P126004',
    error: 'invalid_proof',
    spec: 'OpenID4VCI §12.2.4',
    message: 'The credential configuration does not support this proof type.',
    fix: 'Send a proof type of the configuration, or add it there.',
    settings: ['service.credentialIssuerMetadata'],
  },
  notAList: {
    code: 'P126005',
    error: 'invalid_proof',
    spec: 'OpenID4VCI §F',
    message: 'The proofs of a type must be a non-empty array of JWTs.',
    fix: 'Send the proofs of a type as a non-empty array of JWTs.',
  },
  tooMany: {
    code: 'P126006',
    error: 'invalid_proof',
    spec: 'OpenID4VCI §12.2.4',
    message: 'The request has more proofs than the batch size of the credential issuer.',
    fix: 'Send fewer proofs, or raise the batch size of the issuer.',
    settings: ['service.credentialIssuerMetadata'],
  },
  severalAttestations: {
    code: 'P126007',
    error: 'invalid_proof',
    spec: 'OpenID4VCI §F.3',
    message: 'Proofs of the type attestation must be exactly one key attestation.',
    fix: 'Send one key attestation, which may attest several keys.',
  },
})

export interface ProofList {
  name: 'jwt' | 'attestation'
  type: ProofType
  jwts: readonly string[]
}

/** Undefined if the credential is not bound to a key, in which case proofs have no effect. */
export function readProofs(
  { proofTypes }: CredentialConfiguration,
  { proofs }: Members,
  batchSize: number,
): ProofList | undefined {
  if (proofTypes.size === 0) return undefined
  if (proofs === undefined) refuse(rules.missing)
  const [[name, jwts] = ['', undefined], ...others] = isObject(proofs) ? Object.entries(proofs) : []
  if (name === '' || others.length > 0) refuse(rules.notOneType)
  if (name === 'di_vp') refuse(rules.dataIntegrity)
  const type = proofTypes.get(name)
  if (!type || (name !== 'jwt' && name !== 'attestation')) refuse(rules.unsupportedType)
  if (!Array.isArray(jwts) || jwts.length === 0) refuse(rules.notAList)
  if (jwts.length > batchSize) refuse(rules.tooMany, `${jwts.length}`)
  if (!jwts.every((jwt) => typeof jwt === 'string')) refuse(rules.notAList)
  if (name === 'attestation' && jwts.length > 1) refuse(rules.severalAttestations)
  return { name, type, jwts }
}
