/**
 * Algorithms that a service has keys for. Clients can register only these, RFC 7591 §2.
 */
import { encryptionKeys, isSymmetricEncryption } from '../../jose/encrypt.ts'
import { jweAlgorithm } from '../../jose/encryption-algorithm.ts'
import { hasPrivateHalf, isSigningKey, parseKeySet } from '../../jose/key-set.ts'
import { serviceKeySet } from '../../jose/service-key-set.ts'
import { asymmetricAlgorithms } from '../../jose/signature-algorithm.ts'
import type { ClientDocument } from '../../model/client/client.ts'
import { JwsAlg } from '../../model/enums.ts'
import type { Service } from '../../model/service/service.ts'
import { clientEncryptionKeys, encryptsOutgoing } from '../encryption/settings.ts'
import { signingAlgorithm } from '../fapi.ts'
import { policyOf } from '../policy.ts'
import { type Problem, problemsOf } from '../property-problem.ts'

const signed = ['idTokenSignAlg', 'userInfoSignAlg', 'authorizationSignAlg'] as const
const encrypted = [
  'idTokenEncryptionAlg',
  'userInfoEncryptionAlg',
  'authorizationEncryptionAlg',
] as const

/** The private keys of a service. Without any, it is not set up yet, and checks are skipped. */
const privateKeys = (service: Service) => serviceKeySet(service).keys.filter(hasPrivateHalf)

/** The default algorithm: RS256 (OIDC Registration §2), or else one with a key of the service. */
export function defaultSigningAlgorithm(service: Service): JwsAlg {
  const { success, data } = JwsAlg.safeParse(
    signingAlgorithm(policyOf(service), service, undefined),
  )
  return success ? data : 'EdDSA'
}

/** The document with the default algorithm of the service in place of the default RS256. */
export function withSigningAlgorithm(document: ClientDocument, service: Service): ClientDocument {
  const isDefault = document.idTokenSignAlg === 'RS256' && !policyOf(service).algorithms
  return isDefault ? { ...document, idTokenSignAlg: defaultSigningAlgorithm(service) } : document
}

/** Additional checks for clients that register themselves or have a metadata document. */
export const selfDescribedProblems = (document: ClientDocument, service: Service): Problem[] =>
  problemsOf([
    ...supportProblems(document, service),
    outgoingProblem(document, service),
    ownKeyProblem(document),
  ])

/** Algorithms for which the service has no key, so that every login would fail. */
function supportProblems(document: ClientDocument, service: Service): (Problem | undefined)[] {
  const keys = privateKeys(service)
  if (keys.length === 0) return []
  const canSign = (alg: string) => keys.some((key) => isSigningKey(key, alg))
  const isHeld = (alg: string) => (asymmetricAlgorithms as readonly string[]).includes(alg)
  const known = asymmetricAlgorithms.filter((alg) => canSign(alg))
  // Under a profile, RS256 is replaced with an algorithm that the profile allows.
  const isDefault = (alg: string) => alg === 'RS256' && !!policyOf(service).algorithms
  const { requestEncryptionAlg } = document
  const request = requestEncryptionAlg && jweAlgorithm(requestEncryptionAlg)
  const cannotDecrypt =
    request &&
    !isSymmetricEncryption(request) &&
    encryptionKeys({ keys }, request, 'decrypt').length === 0
  return [
    ...signed.map((path): Problem | undefined => {
      const alg = document[path]
      if (!alg || !isHeld(alg) || isDefault(alg) || canSign(alg)) return undefined
      const message = `The service has no key for ${alg}: it signs by ${known.join(', ')}.`
      return { path, message }
    }),
    cannotDecrypt
      ? {
          path: 'requestEncryptionAlg',
          message: 'The service has no key to decrypt with this algorithm.',
        }
      : undefined,
  ]
}

/** A client must not rely on encryption that it will not get. */
function outgoingProblem(document: ClientDocument, service: Service): Problem | undefined {
  const path = encrypted.find((name) => document[name] !== undefined)
  return path && !encryptsOutgoing(service)
    ? { path, message: 'The service does not encrypt its responses.' }
    : undefined
}

/** A client that requests encryption must have a key for it. */
function ownKeyProblem(document: ClientDocument): Problem | undefined {
  const { jwks, jwksUri, signedJwksUri } = document
  if (jwksUri || signedJwksUri) return undefined
  const set = parseKeySet(jwks)
  const path = encrypted.find((name) => {
    const alg = document[name] && jweAlgorithm(document[name])
    return (
      alg && !isSymmetricEncryption(alg) && clientEncryptionKeys(document, set, alg).length === 0
    )
  })
  return (
    path && { path, message: 'The client has no key for this algorithm in jwks, and no jwks_uri.' }
  )
}
