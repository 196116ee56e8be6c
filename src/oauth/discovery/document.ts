/** The discovery document of a service, with the algorithms that its keys allow. */
import { encryptionKeys, isSymmetricEncryption } from '../../jose/encrypt.ts'
import { encryptionAlgorithms } from '../../jose/encryption-algorithm.ts'
import { algorithmName, hasPrivateHalf, isIdle, isSigningKey } from '../../jose/key-set.ts'
import { serviceKeySet } from '../../jose/service-key-set.ts'
import { asymmetricAlgorithms } from '../../jose/signature-algorithm.ts'
import type { GrantType } from '../../model/enums.ts'
import type { Service } from '../../model/service/service.ts'
import { chainVerifier } from '../client-authentication/mutual-tls.ts'
import { serviceMetadata } from './metadata.ts'

/** What the frontend publishes, if it applies no patch: also in entity configurations. */
export function discoveryDocument(
  service: Service,
  grantTypes: readonly GrantType[],
): Record<string, unknown> {
  const { keys } = serviceKeySet(service)
  const signingAlgorithms = asymmetricAlgorithms.filter((alg) =>
    keys.some((key) => isSigningKey(key, alg) && algorithmName(key, defaultName(alg)) === alg),
  )
  const decrypting = { keys: keys.filter((key) => hasPrivateHalf(key) && !isIdle(key)) }
  return serviceMetadata(service, {
    grantTypes,
    clientAuthMethods: [
      'CLIENT_SECRET_BASIC',
      'CLIENT_SECRET_POST',
      'CLIENT_SECRET_JWT',
      'PRIVATE_KEY_JWT',
      ...(chainVerifier(service) ? (['TLS_CLIENT_AUTH'] as const) : []),
      'SELF_SIGNED_TLS_CLIENT_AUTH',
      'ATTEST_JWT_CLIENT_AUTH',
      'SPIFFE_JWT',
      'NONE',
    ],
    signingAlgorithms,
    decryptionAlgorithms: encryptionAlgorithms.filter(
      (alg) => isSymmetricEncryption(alg) || encryptionKeys(decrypting, alg, 'decrypt').length > 0,
    ),
  })
}

/** A key without `alg` signs with the older name of its algorithm. */
const defaultName = (alg: string) => (alg === 'Ed25519' ? 'EdDSA' : alg)
