/**
 * The service in responses: private keys and secrets are shown only with modify_service, and not
 * if the caller asks for the service without them.
 */
import type { Caller } from '../caller.ts'
import { keySetOf, publicKeySet, publicKeySetText } from '../jose/key-set.ts'
import { type Service, serviceSecrets } from '../model/service/service.ts'

const keySets = ['jwks', 'federationJwks', 'credentialJwks'] as const

export function visibleService(service: Service, caller: Caller, isLess = false): Service {
  if (caller.may('modify_service') && !isLess) return service
  const visible: Record<string, unknown> = { ...service }
  for (const name of serviceSecrets) delete visible[name]
  for (const name of keySets) {
    const text = service[name]
    if (text) visible[name] = JSON.stringify(publicKeySet(keySetOf(service, text)))
  }
  const metadata = service.credentialIssuerMetadata
  const jwks = metadata?.credentialRequestEncryptionJwks
  if (jwks) {
    const credentialRequestEncryptionJwks = publicKeySetText(jwks)
    visible['credentialIssuerMetadata'] = { ...metadata, credentialRequestEncryptionJwks }
  }
  return visible as Service
}

/** Members that only private and symmetric keys have, RFC 7518 §6. */
const privateMember = /"(?:d|k)"\s*:/

/** Whether the caller sees private keys of the service. */
export const showsPrivateKeys = (service: Service, caller: Caller): boolean =>
  caller.may('modify_service') &&
  [
    ...keySets.map((name) => service[name]),
    service.credentialIssuerMetadata?.credentialRequestEncryptionJwks,
  ].some((text) => privateMember.test(text ?? ''))
