/** The keys that verify credentials, and where verifiers find them: SD-JWT VC §5. */
import type { JWK } from 'jose'
import { publicKeySet } from '../../jose/key-set.ts'
import { serviceKeySet } from '../../jose/service-key-set.ts'
import type { Service } from '../../model/service/service.ts'
import { defineRules, refuse } from '../../refusal.ts'
import { credentialIssuerOf } from './configuration.ts'

const rules = defineRules('Credential issuer keys', {
  keysMissing: {
    code: 'P121004',
    error: 'invalid_request',
    spec: 'SD-JWT VC §5.2',
    message: 'The service has no public keys for credentials: set credentialJwks.',
    fix: 'Add keys to the credential keys of the service.',
    settings: ['service.credentialJwks'],
  },
  issuerMissing: {
    code: 'P121005',
    error: 'invalid_request',
    spec: 'SD-JWT VC §5.2',
    message: 'The credential issuer has no identifier: set issuer or credentialIssuer.',
    fix: 'Set the issuer of the service, or the identifier of the credential issuer.',
    settings: ['service.issuer', 'service.credentialIssuerMetadata'],
  },
})

/** The public keys, those in modules included. */
export function credentialKeySet(service: Service): { keys: JWK[] } {
  const set = publicKeySet(serviceKeySet(service, 'credential'))
  return set.keys.length > 0 ? set : refuse(rules.keysMissing)
}

/** The metadata of the issuer of SD-JWT VCs: its keys, or where they are. */
export function jwtIssuerMetadata(service: Service): Record<string, unknown> {
  const issuer = credentialIssuerOf(service)
  if (!issuer) refuse(rules.issuerMissing)
  return service.credentialJwksUri
    ? { issuer, jwks_uri: service.credentialJwksUri }
    : { issuer, jwks: credentialKeySet(service) }
}
