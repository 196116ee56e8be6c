/**
 * How a relying party without a request object proves that it controls its keys, OpenID Federation
 * §12.1.1.2.
 */
import { headerOf, unverifiedClaims } from '../../jose/verify.ts'
import type { ClientAuthMethod } from '../../model/enums.ts'
import type { Service } from '../../model/service/service.ts'
import { defineRules, refuse } from '../../refusal.ts'
import { verifyAssertionClaims } from './assertion.ts'
import type { Credentials } from './method.ts'

const rules = defineRules('Federated client authentication', {
  proof: {
    code: 'P137201',
    error: 'invalid_client',
    spec: 'OpenID Federation §12.1.1.2',
    message:
      'Without a request object, a relying party that registers automatically must authenticate by private_key_jwt or a self-signed certificate.',
    fix: 'Authenticate by `private_key_jwt` or by a self-signed certificate, with the keys of the metadata of the entity.',
    settings: ['service.supportedTokenAuthMethods'],
  },
  expired: {
    code: 'P137202',
    error: 'invalid_client',
    spec: 'OpenID Federation §12.3',
    message: 'The registration of the client through a federation has expired: register again.',
    fix: 'Let the relying party register again, by explicit registration or by a new request.',
    settings: ['service.ext.federation.chain_seconds', 'service.supportedClientRegistrationTypes'],
  },
  distrusted: {
    code: 'P137203',
    error: 'invalid_client',
    spec: 'OpenID Federation §12.3',
    message: 'The registration of the client has expired, and its trust chain is no longer valid.',
    fix: 'Renew the trust chain: the evidence has the code of the rule that it breaks.',
    settings: ['service.trustAnchors', 'service.ext.federation.required_trust_marks'],
  },
})

export const refuseExpired = (entityId: string): never => refuse(rules.expired, entityId)
export const refuseDistrusted = (code: string): never => refuse(rules.distrusted, code)

/** Checks credentials of a stranger, whose keys are not known yet, before anything is fetched. */
export function requireProof(
  credentials: Credentials,
  entityId: string,
  service: Service,
  now: number,
): void {
  if (credentials.kind === 'certificate') return
  if (credentials.kind !== 'assertion') refuse(rules.proof, credentials.kind)
  const header = headerOf(credentials.assertion)
  const claims = unverifiedClaims(credentials.assertion)
  const read = header && claims ? { header, claims } : ({ failure: 'malformed' } as const)
  const audiences = { issuer: service.issuer, endpoints: [], issuerOnly: true }
  verifyAssertionClaims(read, { clientId: entityId }, service, audiences, now)
}

const methods: readonly ClientAuthMethod[] = ['PRIVATE_KEY_JWT', 'SELF_SIGNED_TLS_CLIENT_AUTH']

/** The method that the keys of the relying party were proven by. */
export function requireProvingMethod(method: ClientAuthMethod): void {
  if (!methods.includes(method)) refuse(rules.proof, method)
}
