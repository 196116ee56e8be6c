/** What of proofs is used once: nonces, or proofs; and how many proofs a request may have. */
import type { JWK } from 'jose'
import type { Service } from '../../../model/service/service.ts'
import { defineRules, refuse } from '../../../refusal.ts'
import { defineAttribute, oneOf } from '../../attribute.ts'
import { nameOfKey } from '../public-key.ts'

const rules = defineRules('Use of proofs', {
  nonceMissing: {
    code: 'P126201',
    error: 'invalid_proof',
    spec: 'OpenID4VCI §8.3.1.2',
    message:
      'A proof or its key attestation has no nonce: get one from the nonce endpoint of the credential issuer.',
    fix: 'Get a nonce from the nonce endpoint, and put it into the proof and its key attestation.',
  },
  sameKey: {
    code: 'P126202',
    error: 'invalid_proof',
    spec: 'OpenID4VCI §8',
    message: 'Two proofs of the request are for the same key.',
    fix: 'Send one proof for each key.',
  },
  used: {
    code: 'P126203',
    error: 'invalid_proof',
    spec: 'OpenID4VCI §13.8',
    message: 'The proof has been used before.',
    fix: 'Create a new proof for each request, with a new nonce.',
    settings: ['service.ext.vci.nonce.use'],
  },
})

/** The rule for a proof that another request used first. */
export const proofUsed = rules.used

export const proofWindow = defineAttribute({
  name: 'ext.vci.nonce.use',
  of: 'service',
  form: oneOf('once', 'window'),
  fallback: 'once',
  effect:
    'How a nonce for proofs is used: `once` in one credential request, or for its whole lifetime ' +
    '(`window`), in which each proof is used once. For wallets that get one nonce for several ' +
    'requests.',
  spec: 'OpenID4VCI §13.8',
})

const largestBatch = 100

/** How many credentials of one request may be bound to different keys. */
export const batchSizeOf = ({ credentialIssuerMetadata: metadata }: Service): number =>
  Math.min(metadata?.batchSize || 1, largestBatch)

export function requireDistinct(keys: readonly JWK[]): void {
  if (new Set(keys.map(nameOfKey)).size < keys.length) refuse(rules.sameKey)
}

/** The nonces, each a text; their values are not checked. */
export const requireNonces = (nonces: readonly unknown[]): string[] =>
  nonces.map((nonce) =>
    typeof nonce === 'string' && nonce !== '' ? nonce : refuse(rules.nonceMissing),
  )
