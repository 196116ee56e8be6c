/** Who may ask for credentials: an issuer that is enabled, and a wallet with an access token. */
import type { Service } from '../../model/service/service.ts'
import { defineRules, errorBody, type Rule, refuse } from '../../refusal.ts'
import { presentationChallenge } from '../tokens/presentation.ts'

const rules = defineRules('Credential issuer', {
  disabled: {
    code: 'P125001',
    error: 'access_denied',
    spec: 'OpenID4VCI §8',
    message: 'The service does not issue verifiable credentials.',
    fix: 'Let the service issue verifiable credentials.',
    settings: ['service.verifiableCredentialsEnabled'],
  },
  version: {
    code: 'P125002',
    error: 'access_denied',
    spec: 'OpenID4VCI §8',
    message: 'The service issues credentials by version 1.0 Final of OpenID4VCI only.',
    fix: 'Set the version to `1.0-Final`, or remove it.',
    settings: ['service.oid4vciVersion'],
  },
  tokenMissing: {
    code: 'P125003',
    error: 'invalid_token',
    spec: 'RFC 6750 §3',
    message: 'The credential endpoint requires an access token.',
    fix: 'Let the wallet send its access token in the Authorization header, and pass it as `accessToken`.',
  },
  tokenGone: {
    code: 'P125016',
    error: 'invalid_token',
    spec: 'RFC 6750 §3.1',
    message: 'The access token was revoked during the request.',
    fix: 'Let the wallet get a new access token and repeat the request.',
  },
})

const finalVersions: readonly string[] = ['', '1.0', '1.0-Final']

/** Whether the service issues credentials, by the final version of the specification. */
export const isCredentialIssuer = (service: Service): boolean =>
  service.verifiableCredentialsEnabled && finalVersions.includes(service.oid4vciVersion ?? '')

export function requireCredentialIssuer(service: Service): void {
  if (!service.verifiableCredentialsEnabled) refuse(rules.disabled)
  if (!isCredentialIssuer(service)) refuse(rules.version, service.oid4vciVersion?.slice(0, 50))
}

/** The rule for a token that is deleted while its request is checked. */
export const tokenGone = rules.tokenGone

export const requireCredentialToken = (token: string | undefined): string =>
  token || refuse(rules.tokenMissing)

/** The errors of a token or of its sender, whose response is a challenge with status 401. */
const ofToken: readonly string[] = ['invalid_token', 'invalid_dpop_proof', 'use_dpop_nonce']

const actions: Partial<Record<Rule['error'], 'FORBIDDEN' | 'INTERNAL_SERVER_ERROR'>> = {
  access_denied: 'FORBIDDEN',
  insufficient_scope: 'FORBIDDEN',
  server_error: 'INTERNAL_SERVER_ERROR',
}

/**
 * OpenID4VCI §8.3.1: the response to a refused request, JSON or a challenge. Instead of
 * `invalid_request`, requests for credentials have a code of their own.
 */
export function credentialError(rule: Rule, service: Service) {
  if (ofToken.includes(rule.error)) {
    const responseContent = presentationChallenge(rule, service)
    return { action: 'UNAUTHORIZED' as const, responseContent }
  }
  const isGeneral = rule.error === 'invalid_request'
  const stated: Rule = isGeneral ? { ...rule, error: 'invalid_credential_request' } : rule
  return {
    action: actions[rule.error] ?? ('BAD_REQUEST' as const),
    responseContent: errorBody(stated, service),
  }
}
