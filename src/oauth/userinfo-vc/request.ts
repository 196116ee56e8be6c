/** Requests for a credential of UserInfo: UserInfo VC §6. */
import type { JWK } from 'jose'
import { asymmetricAlgorithms } from '../../jose/signature-algorithm.ts'
import { headerOf, verifyWithKey } from '../../jose/verify.ts'
import { parseJson } from '../../model/json.ts'
import type { Service } from '../../model/service/service.ts'
import { defineRules, refuse } from '../../refusal.ts'
import { isAudience } from '../identifier.ts'
import { readPublicKey } from '../vci/public-key.ts'
import { credentialFormat, credentialTypes, offersUserInfoCredentials } from './settings.ts'

const rules = defineRules('UserInfo credential', {
  disabled: {
    code: 'P132001',
    error: 'access_denied',
    spec: 'UserInfo VC §5',
    message: 'The service issues no credentials of UserInfo.',
    fix: 'Let the service offer credentials of UserInfo.',
    settings: ['service.ext.userinfo_vc'],
  },
  malformed: {
    code: 'P132002',
    error: 'invalid_request',
    spec: 'UserInfo VC §6',
    message:
      'The request must be a JSON object with format jwt_vc_json, types with UserInfoCredential, and a proof.',
    fix: 'Send a JSON object with `format` jwt_vc_json, `types` with UserInfoCredential, and a `proof` with `proof_type` jwt.',
  },
  proofMissing: {
    code: 'P132003',
    error: 'missing_proof',
    spec: 'UserInfo VC §6',
    message: 'A proof with the nonce of this response is required.',
    fix: 'Send a `proof` that is signed over the nonce of this response.',
  },
  proofMalformed: {
    code: 'P132004',
    error: 'invalid_proof',
    spec: 'UserInfo VC §6',
    message: 'The proof must be a JWT that a public key in its header jwk verifies.',
    fix: 'Put the public key into the header as `jwk`, and sign the proof with its private key.',
  },
  proofAudience: {
    code: 'P132005',
    error: 'invalid_proof',
    spec: 'UserInfo VC §6',
    message: 'The aud of the proof must be the issuer.',
    fix: 'Set `aud` of the proof to the issuer of the service.',
    settings: ['service.issuer'],
  },
  nonceUnusable: {
    code: 'P132006',
    error: 'missing_proof',
    spec: 'UserInfo VC §6',
    message: 'The nonce of the proof is unknown, expired, or of another access token.',
    fix: 'Sign the proof over the latest nonce that came with the same access token.',
    settings: ['service.cnonceDuration'],
  },
  nonceUsed: {
    code: 'P132007',
    error: 'missing_proof',
    spec: 'UserInfo VC §6',
    message: 'The nonce of the proof has been used before.',
    fix: 'Sign a proof over the new nonce of this response for each request.',
  },
})

/** The rule for a nonce that a concurrent request used first. */
export const nonceUsed = rules.nonceUsed

export function requireUserInfoCredentials(service: Service): void {
  if (!offersUserInfoCredentials(service)) refuse(rules.disabled)
}

type Members = Record<string, unknown>
const isObject = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The proof of a request, not verified yet. */
export function readProof(content: string | undefined): string {
  const members = membersIn(content ?? '')
  const { format, types, proof } = members ?? {}
  const isNamed = Array.isArray(types) && types.includes(credentialTypes[1])
  if (format !== credentialFormat || !isNamed) refuse(rules.malformed)
  if (proof === undefined) refuse(rules.proofMissing)
  if (!isObject(proof) || proof['proof_type'] !== 'jwt') refuse(rules.malformed)
  const jwt = proof['jwt'] ?? ''
  if (jwt === '') refuse(rules.proofMissing)
  return typeof jwt === 'string' ? jwt : refuse(rules.malformed)
}

function membersIn(text: string): Members | undefined {
  try {
    const value = parseJson(text, 16)
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

export interface UserInfoProof {
  key: JWK
  nonce: string
}

/** Verifies the signature, and the audience where there is one. */
export async function verifyProof(jwt: string, service: Service): Promise<UserInfoProof> {
  const key = readPublicKey(headerOf(jwt)?.['jwk'], 'signature')
  if (!key) refuse(rules.proofMalformed)
  const verified = await verifyWithKey(jwt, key, asymmetricAlgorithms)
  if ('failure' in verified) refuse(rules.proofMalformed, verified.failure)
  const { nonce, aud } = verified.claims
  if (aud !== undefined && !isAudience(aud, service.issuer)) refuse(rules.proofAudience)
  return { key, nonce: typeof nonce === 'string' ? nonce : refuse(rules.nonceUnusable) }
}

export function requireGoodNonce(isGood: boolean): void {
  if (!isGood) refuse(rules.nonceUnusable)
}
