/** Proofs of possession of the type `jwt`, OpenID4VCI §F.1. */
import type { JWK } from 'jose'
import { includesAlgorithm } from '../../../jose/key-set.ts'
import { asymmetricAlgorithms } from '../../../jose/signature-algorithm.ts'
import { headerOf, verifyWithKey } from '../../../jose/verify.ts'
import { defineRules, refuse } from '../../../refusal.ts'
import type { CredentialConfiguration, ProofType } from '../configuration.ts'
import { nameOfKey, readPublicKey } from '../public-key.ts'
import { keyInDid } from './did-jwk.ts'
import type { KeyAttestation } from './key-attestation.ts'

const error = 'invalid_proof'
const rules = defineRules('Proof of possession', {
  malformed: {
    code: 'P126101',
    error,
    spec: 'OpenID4VCI §F.1',
    message: 'The proof is not a JWT of at most 32 KB with the typ openid4vci-proof+jwt.',
    fix: 'Send a proof in compact form with `typ` `openid4vci-proof+jwt`, at most 32 KB long.',
  },
  algorithm: {
    code: 'P126102',
    error,
    spec: 'OpenID4VCI §F.1',
    message: 'The alg of the proof is not one that the credential configuration supports.',
    fix: 'Sign the proof with an `alg` of `proof_signing_alg_values_supported` of the configuration.',
    settings: ['service.credentialIssuerMetadata'],
  },
  certificate: {
    code: 'P126103',
    error,
    spec: 'OpenID4VCI §F.1',
    message: 'Proofs with x5c are not supported: use jwk.',
    fix: 'Put the public key into the header as `jwk` instead of `x5c`.',
  },
  notOneKey: {
    code: 'P126104',
    error,
    spec: 'OpenID4VCI §F.1',
    message: 'The header of the proof must have exactly one of jwk and kid.',
    fix: 'Put either `jwk` or `kid` into the header of the proof.',
  },
  key: {
    code: 'P126105',
    error,
    spec: 'OpenID4VCI §F.4',
    message: 'The key of the proof is not a public key of a supported type and size.',
    fix: 'Use a public EC, OKP or RSA key of usual size.',
  },
  unknownKeyId: {
    code: 'P126106',
    error,
    spec: 'OpenID4VCI §F.1',
    message:
      'The kid of the proof names neither an attested key nor a did:jwk that the credential configuration supports.',
    fix: 'Send the key as `jwk`, or name an attested key by `kid`, or a did:jwk if the configuration supports it.',
    settings: ['service.credentialIssuerMetadata'],
  },
  notAttested: {
    code: 'P126107',
    error,
    spec: 'OpenID4VCI §D.1',
    message: 'The key of the proof is not one of the attested_keys of its key attestation.',
    fix: 'Sign the proof with a key that the key attestation lists in `attested_keys`.',
  },
  attestationMissing: {
    code: 'P126108',
    error,
    spec: 'OpenID4VCI §12.2.4',
    message: 'The credential configuration requires a key_attestation in the header of the proof.',
    fix: 'Add `key_attestation` to the header of the proof, or do not require it in the configuration.',
    settings: ['service.credentialIssuerMetadata'],
  },
  signature: {
    code: 'P126109',
    error,
    spec: 'OpenID4VCI §F.4',
    message: 'The signature of the proof is not valid.',
    fix: 'Sign the proof with the private key that belongs to its `jwk` or `kid`.',
  },
  audience: {
    code: 'P126110',
    error,
    spec: 'OpenID4VCI §F.1',
    message: 'The aud of the proof must be the identifier of the credential issuer.',
    fix: 'Set `aud` of the proof to the identifier of the credential issuer.',
    settings: ['service.credentialIssuerMetadata', 'service.issuer'],
  },
  client: {
    code: 'P126111',
    error,
    spec: 'OpenID4VCI §F.1',
    message:
      'The iss of the proof must be the client_id, or absent if the token was obtained without one.',
    fix: 'Set `iss` of the proof to the client id, or omit it.',
    settings: ['client.clientId'],
  },
  issuedAt: {
    code: 'P126112',
    error,
    spec: 'OpenID4VCI §F.1',
    message: 'The iat of the proof is missing, or is not a number.',
    fix: 'Add `iat` to the proof, as a number of seconds.',
  },
  outOfTime: {
    code: 'P126113',
    error,
    spec: 'OpenID4VCI §13.8',
    message: 'The proof is more than five minutes old, or is from the future.',
    fix: 'Create a proof for each request, and check the clock of the wallet.',
  },
})

const proofType = 'openid4vci-proof+jwt'
const longestAge = 300

export interface ProofHeader {
  jwk: unknown
  kid: unknown
  /** The key attestation in the header, not verified. */
  attestation: string | undefined
}

/** Checks the header before any key is read. */
export function readProofHeader(jwt: string, type: ProofType): ProofHeader {
  const header = headerOf(jwt)
  if (!header || header['typ'] !== proofType) refuse(rules.malformed)
  requireProofAlgorithm(header['alg'], type)
  const { jwk, kid, x5c, key_attestation: attestation } = header
  if (x5c !== undefined) refuse(rules.certificate)
  if ((jwk === undefined) === (kid === undefined)) refuse(rules.notOneKey)
  if (attestation === undefined && type.attestation) refuse(rules.attestationMissing)
  return { jwk, kid, attestation: attestation === undefined ? undefined : String(attestation) }
}

function requireProofAlgorithm(alg: unknown, { algorithms }: ProofType): void {
  const isListed = typeof alg === 'string' && includesAlgorithm(algorithms, alg)
  if (!isListed || !includesAlgorithm(asymmetricAlgorithms, alg)) refuse(rules.algorithm)
}

/** The public key that must have signed the proof. */
export function keyOfProof(
  { jwk, kid }: ProofHeader,
  attestation: KeyAttestation | undefined,
  { bindingMethods }: CredentialConfiguration,
): JWK {
  if (jwk !== undefined) return requireKey(jwk)
  if (typeof kid !== 'string') refuse(rules.unknownKeyId)
  const attested = attestation && attestedKey(attestation, kid)
  if (attested) return attested
  const named = bindingMethods.includes('did:jwk') ? keyInDid(kid) : undefined
  return requireKey(named ?? refuse(rules.unknownKeyId, kid.slice(0, 100)))
}

const requireKey = (value: unknown): JWK => readPublicKey(value, 'signature') ?? refuse(rules.key)

/** By its `kid`, or by its place in the list, as in the example of the specification. */
const attestedKey = ({ keys, keyIds }: KeyAttestation, kid: string): JWK | undefined =>
  keys[keyIds.indexOf(kid)] ?? (/^\d{1,3}$/.test(kid) ? keys[Number(kid)] : undefined)

export interface Expectation {
  issuer: string
  /** The identifiers of the client; none if the token was obtained without a client. */
  clientIds: readonly string[]
  /** Whether the nonce tells the age of the proof. */
  hasNonce: boolean
  now: number
}

/** OpenID4VCI §F.4: the signature, and all claims but the nonce, which is returned. */
export async function verifyProof(
  jwt: string,
  key: JWK,
  type: ProofType,
  { issuer, clientIds, hasNonce, now }: Expectation,
): Promise<unknown> {
  const verified = await verifyWithKey(jwt, key, type.algorithms)
  if ('failure' in verified) refuse(rules.signature, verified.failure)
  const { iss, aud, iat, nonce } = verified.claims
  if (aud !== issuer) refuse(rules.audience)
  if (iss !== undefined && !clientIds.includes(String(iss))) refuse(rules.client)
  if (typeof iat !== 'number' || !Number.isFinite(iat)) refuse(rules.issuedAt)
  if (!hasNonce && Math.abs(Math.floor(now / 1000) - iat) > longestAge) refuse(rules.outOfTime)
  return nonce
}

/** OpenID4VCI §D.1: the proof is signed by a key in its attestation. */
export function requireAttested({ names }: KeyAttestation, key: JWK): void {
  if (!names.has(nameOfKey(key))) refuse(rules.notAttested)
}
