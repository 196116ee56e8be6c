/**
 * Warnings about settings that are accepted but cannot work: algorithms without a key, and unknown
 * attributes. The response to saving a service or client contains them.
 */
import { encryptionKeys, isSymmetricEncryption } from '../../jose/encrypt.ts'
import { jweAlgorithm } from '../../jose/encryption-algorithm.ts'
import { fitsSignatureAlgorithm, isSigningKey, parseKeySet } from '../../jose/key-set.ts'
import { serviceKeySet } from '../../jose/service-key-set.ts'
import { asymmetricAlgorithms, jwsAlgorithm } from '../../jose/signature-algorithm.ts'
import type { Client } from '../../model/client/client.ts'
import type { JweAlg, JwsAlg } from '../../model/enums.ts'
import type { Service, ServiceDocument } from '../../model/service/service.ts'
import type { Warning } from '../../model/warning.ts'
import {
  type AttributeOwner,
  type OwnerKind,
  renamedAttributes,
  unknownAttributes,
} from '../attribute.ts'
import { isHashing } from '../client-authentication/secret.ts'
import {
  clientEncryptionKeys,
  encryptsOutgoing,
  outgoingEncryption,
} from '../encryption/settings.ts'
import { encryptsValues } from '../encryption/values.ts'
import { signingAlgorithm } from '../fapi.ts'
import { federationWarnings } from '../federation/service/warnings.ts'
import { policyOf } from '../policy.ts'
import { secretKeyProperty } from '../registration/client-rules.ts'
import { supportedScopes } from '../scope.ts'
import { accessTokenAlgorithm, formatProblem } from '../tokens/access-token-format.ts'
import { isNamedInVain } from '../tokens/signing-key.ts'

type Keys = ReturnType<typeof parseKeySet>

/** Signature settings of a service, each with the property of the key id. */
const serviceSignatures = [['accessTokenSignAlg', 'accessTokenSignatureKeyId']] as const

/** Signature settings of a client, each with the service's property of the key id. */
const clientSignatures = [
  ['idTokenSignAlg', 'idTokenSignatureKeyId'],
  ['userInfoSignAlg', 'userInfoSignatureKeyId'],
  ['authorizationSignAlg', 'authorizationSignatureKeyId'],
] as const

const clientEncryptions = [
  'idTokenEncryptionAlg',
  'userInfoEncryptionAlg',
  'authorizationEncryptionAlg',
] as const

/** Settings for signatures by the client. */
const ownSignatures = ['requestSignAlg', 'bcRequestSignAlg', 'tokenAuthSignAlg'] as const

/** The warnings about a service's own settings. */
export function findServiceWarnings(document: ServiceDocument): Warning[] {
  const keys = serviceKeySet(document as Service)
  const canSign = asymmetricAlgorithms.some((alg) => hasSigningKey(keys, alg, undefined))
  const isOpenId = supportedScopes(document).some(({ name }) => name === 'openid')
  return [
    ...serviceSignatures.flatMap(([property, keyId]) =>
      signatureWarning(property, wireName(document[property]), keys, document[keyId]),
    ),
    ...(isOpenId && !canSign
      ? [
          {
            code: 'signing-key-missing' as const,
            property: 'jwks',
            message:
              'The scope openid is supported, but no private key can sign ID Tokens: add one.',
          },
        ]
      : []),
    ...outgoingWarning(document),
    ...federationWarnings(document),
    ...attributeWarnings('service', 'attributes', document),
    ...(document.supportedScopes ?? []).flatMap((scope) =>
      attributeWarnings('scope', `supportedScopes ${scope.name}`, scope),
    ),
  ]
}

/** The warning when a service that has clients begins to store hashes of their secrets. */
export function findHashingWarning(document: ServiceDocument, former: Service): Warning[] {
  if (!isHashing(document) || isHashing(former)) return []
  const message =
    'Clients cannot use their secrets as keys any longer: those with client_secret_jwt, HS ' +
    'algorithms or symmetric encryption are refused, until their settings are changed. A secret is ' +
    'hashed when its client authenticates or is changed, which cannot be undone.'
  return [{ code: 'secret-hashed', property: 'attributes', message }]
}

/** The warnings about a client's settings and the keys that they require. */
export function findClientWarnings(client: Client, service: Service): Warning[] {
  const serviceKeys = serviceKeySet(service)
  return [
    ...clientSignatures.flatMap(([property, keyId]) =>
      signatureWarning(
        property,
        usedAlgorithm(client, service, property),
        serviceKeys,
        service[keyId],
      ),
    ),
    ...clientEncryptions.flatMap((property) => encryptionWarning(property, client, service)),
    ...valuesWarning(client, service),
    ...decryptionWarning(client.requestEncryptionAlg, serviceKeys),
    ...ownSignatures.flatMap((property) => ownKeyWarning(property, client)),
    ...formatWarning(client, service),
    ...keyWarning(client, service),
    ...hashedWarning(client),
    ...attributeWarnings('client', 'attributes', client),
  ]
}

const wireName = (alg: JwsAlg | undefined) => alg && jwsAlgorithm(alg)

/** For clients with the default RS256, the algorithm that profile and keys of the service allow. */
function usedAlgorithm(
  client: Client,
  service: Service,
  property: (typeof clientSignatures)[number][0],
): string | undefined {
  const registered = client[property]
  const policy = policyOf(service, client)
  return registered === 'RS256'
    ? signingAlgorithm(policy, service, registered)
    : wireName(registered)
}

const isAsymmetric = (alg: string) => alg !== 'none' && !alg.startsWith('HS')

function signatureWarning(
  property: string,
  alg: string | undefined,
  keys: Keys,
  keyId: string | undefined,
): Warning[] {
  if (!alg || !isAsymmetric(alg) || hasSigningKey(keys, alg, keyId)) return []
  const named = keyId ? ` with the kid ${keyId}` : ''
  const message =
    `The key set of the service has no private key for ${alg}${named}: ` +
    'add one, or choose another algorithm.'
  return [{ code: 'signing-key-missing', property, message }]
}

/** The service may have lost the key for the client's access tokens since the attribute was set. */
function formatWarning(client: Client, service: Service): Warning[] {
  const problem = formatProblem(service, client)
  if (!problem) return []
  return [{ code: 'signing-key-missing', property: problem.path, message: problem.message }]
}

/** The key of `ext.sign_kid` may fit none of the algorithms, so that other keys sign. */
function keyWarning(client: Client, service: Service): Warning[] {
  const used = clientSignatures.map(([property]) => usedAlgorithm(client, service, property))
  const ofTokens = accessTokenAlgorithm(service, client)
  if (!isNamedInVain(service, client, [...used, ofTokens])) return []
  const message =
    'The attribute ext.sign_kid names no private key of the service that fits the signature ' +
    'algorithms of the client, so other keys sign.'
  return [{ code: 'signing-key-missing', property: 'attributes', message }]
}

const hasSigningKey = (keys: Keys, alg: string, keyId: string | undefined): boolean =>
  keys.keys.some((key) => isSigningKey(key, alg) && (keyId === undefined || key.kid === keyId))

/** Whether the client publishes its keys. They are not fetched here, and may be added later. */
const publishesKeys = ({ jwks, jwksUri, signedJwksUri }: Client): boolean =>
  Boolean(signedJwksUri) || (Boolean(jwksUri) && !jwks)

function encryptionWarning(
  property: (typeof clientEncryptions)[number],
  client: Client,
  service: Service,
): Warning[] {
  const alg = client[property] && jweAlgorithm(client[property])
  if (!alg) return []
  if (!encryptsOutgoing(service)) return [switchedOff(property)]
  if (isSymmetricEncryption(alg) || publishesKeys(client)) return []
  if (clientEncryptionKeys(client, parseKeySet(client.jwks), alg).length > 0) return []
  const message = `The client has no public key for ${alg}: register one in jwks or jwksUri.`
  return [{ code: 'encryption-key-missing', property, message }]
}

/** The master switch of the service, at the service itself and at each client that it concerns. */
const outgoingWarning = (document: ServiceDocument): Warning[] =>
  encryptsOutgoing(document)
    ? []
    : [
        {
          code: 'encryption-off',
          property: 'attributes',
          message: `With ${outgoingEncryption.name} false, clients that registered encryption get signed responses only.`,
        },
      ]

/** Codes and tokens that the client would get encrypted. */
const valuesWarning = (client: Client, service: Service): Warning[] =>
  encryptsOutgoing(service) || !encryptsValues(client) ? [] : [switchedOff('attributes')]

const switchedOff = (property: string): Warning => ({
  code: 'encryption-off',
  property,
  message: `The service has ${outgoingEncryption.name} false, so nothing is encrypted for the client.`,
})

function decryptionWarning(registered: JweAlg | undefined, keys: Keys): Warning[] {
  const alg = registered && jweAlgorithm(registered)
  if (!alg || isSymmetricEncryption(alg)) return []
  const own = { keys: keys.keys.filter(({ d }) => d !== undefined) }
  if (encryptionKeys(own, alg, 'decrypt').length > 0) return []
  const message = `The key set of the service has no private key to decrypt ${alg}: add one.`
  return [{ code: 'encryption-key-missing', property: 'requestEncryptionAlg', message }]
}

/** The service stored hashes before, so that the secret is not known in clear. */
function hashedWarning(client: Client): Warning[] {
  const property = secretKeyProperty(client)
  if (client.secretState?.hash === undefined || property === undefined) return []
  const message =
    'Only the hash of the client secret is stored, so that it cannot be a key: give the client a ' +
    'new secret.'
  return [{ code: 'secret-hashed', property, message }]
}

function ownKeyWarning(property: (typeof ownSignatures)[number], client: Client): Warning[] {
  const alg = wireName(client[property])
  if (!alg || !isAsymmetric(alg) || publishesKeys(client)) return []
  if (parseKeySet(client.jwks).keys.some((key) => fitsSignatureAlgorithm(key, alg))) return []
  const message = `The client has no public key for ${alg}: register one in jwks or jwksUri.`
  return [{ code: 'signing-key-missing', property, message }]
}

const attributeWarnings = (kind: OwnerKind, property: string, owner: AttributeOwner): Warning[] => [
  ...unknownAttributes(kind, owner).map((name) => ({
    code: 'unknown-attribute' as const,
    property,
    message: `The attribute ${name} of a ${kind} is unknown: docs/reference/attributes.md lists the known ones.`,
  })),
  ...renamedAttributes(kind, owner).map(({ former, name }) => ({
    code: 'renamed-attribute' as const,
    property,
    message: `The attribute ${former} is now named ${name}. The former name counts only without the new one.`,
  })),
]
