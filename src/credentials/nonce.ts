/**
 * Nonces for proofs of possession, OpenID4VCI §7. A nonce is its sealed creation time and 96 random
 * bits, so that no nonces are stored until they are used.
 */

import { claimOnce } from '../clients/claim-once.ts'
import { sealedTime } from '../clients/sealed-time.ts'
import type { ServiceContext } from '../context.ts'
import { effectiveSeconds } from '../oauth/duration.ts'
import { tokenHash } from '../oauth/tokens/access-token.ts'
import { defineRules, refuse } from '../refusal.ts'
import type { Write } from '../store/engine.ts'

const rules = defineRules('Credential nonce', {
  invalid: {
    code: 'P121001',
    error: 'invalid_nonce',
    spec: 'OpenID4VCI §8.3.1.2',
    message: 'The nonce is not a current one of the credential issuer: get another one.',
    fix: 'Get a nonce from the nonce endpoint right before the request.',
    settings: ['service.cnonceDuration'],
  },
  used: {
    code: 'P121002',
    error: 'invalid_nonce',
    spec: 'OpenID4VCI §13.8',
    message: 'The nonce has been used before: get another one.',
    fix: 'Get a nonce for each request, or let nonces be used for their whole lifetime.',
    settings: ['service.ext.vci.nonce.use'],
  },
})

const nonces = sealedTime('credential_nonce')

/** A nonce for proofs, `c_nonce`. */
export const makeNonce = nonces.make

/** The hash of a nonce that this service made within its lifetime; any other is refused. */
export function requireNonce(context: ServiceContext, nonce: string): string {
  const seconds = effectiveSeconds(context.service, 'cnonceDuration')
  if (!nonces.isFresh(context, nonce, seconds)) refuse(rules.invalid)
  return tokenHash(nonce)
}

/** Claims the hash of a nonce, which may be used once. */
export const claimNonce = (context: ServiceContext, hash: string): Write =>
  claimOnce(context, {
    kind: 'c-nonce',
    value: hash,
    expiresAt: context.now + effectiveSeconds(context.service, 'cnonceDuration') * 1000,
    rule: rules.used,
  })
