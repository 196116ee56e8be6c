/** What metadata may claim: the capabilities of the engine, limited by settings of the service. */
import { isSymmetricEncryption } from '../../jose/encrypt.ts'
import { encryptionAlgorithms } from '../../jose/encryption-algorithm.ts'
import { symmetricAlgorithms } from '../../jose/signature-algorithm.ts'
import type { ClientAuthMethod, GrantType } from '../../model/enums.ts'
import type { Service } from '../../model/service/service.ts'
import { isHashing } from '../client-authentication/secret.ts'

/** The capabilities of the engine. Metadata never claims more, even if the service lists it. */
export interface Capabilities {
  grantTypes: readonly GrantType[]
  clientAuthMethods: readonly ClientAuthMethod[]
  /** Algorithms for which the service has private keys. */
  signingAlgorithms: readonly string[]
  /** Key management algorithms that the service can decrypt. */
  decryptionAlgorithms: readonly string[]
}

/** The capabilities of a service, with the algorithms of which the client secret is the key. */
export interface Known extends Capabilities {
  secretAlgorithms: readonly string[]
  /** Key management algorithms of responses to clients. */
  encryptionAlgorithms: readonly string[]
}

/** A secret of which only the hash is stored cannot be a key. */
export function knownTo(service: Service, capabilities: Capabilities): Known {
  if (!isHashing(service)) {
    return { ...capabilities, secretAlgorithms: symmetricAlgorithms, encryptionAlgorithms }
  }
  const isAsymmetric = (alg: string) => !isSymmetricEncryption(alg)
  const { clientAuthMethods, decryptionAlgorithms } = capabilities
  return {
    ...capabilities,
    clientAuthMethods: clientAuthMethods.filter((method) => method !== 'CLIENT_SECRET_JWT'),
    decryptionAlgorithms: decryptionAlgorithms.filter(isAsymmetric),
    secretAlgorithms: [],
    encryptionAlgorithms: encryptionAlgorithms.filter(isAsymmetric),
  }
}
