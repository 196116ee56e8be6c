/**
 * Settings that are accepted and cannot work: algorithms for which a key is missing, and attributes
 * that nothing reads. They are told when a service or client is saved, not at the first token.
 */
import { encryptionKeys, isSymmetricEncryption } from '../../jose/encrypt.ts'
import { jweAlgorithm } from '../../jose/encryption-algorithm.ts'
import { fitsSignatureAlgorithm, isSigningKey, parseKeySet } from '../../jose/key-set.ts'
import { asymmetricAlgorithms, jwsAlgorithm } from '../../jose/signature-algorithm.ts'
import type { Client } from '../../model/client/client.ts'
import type { JweAlg, JwsAlg } from '../../model/enums.ts'
import type { Service, ServiceDocument } from '../../model/service/service.ts'
import type { Warning } from '../../model/warning.ts'
import { type AttributeOwner, type OwnerKind, unknownAttributes } from '../attribute.ts'
import { signingAlgorithm } from '../fapi.ts'
import { policyOf } from '../policy.ts'
import { supportedScopes } from '../scope.ts'

type Keys = ReturnType<typeof parseKeySet>

/** What a service signs by its own setting, with the key that the setting names. */
const serviceSignatures = [['accessTokenSignAlg', 'accessTokenSignatureKeyId']] as const

/** What a service signs for a client, and the key that the service may have named for it. */
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

/** What a client signs itself. */
const ownSignatures = ['requestSignAlg', 'bcRequestSignAlg', 'tokenAuthSignAlg'] as const

export function findServiceWarnings(document: ServiceDocument): Warning[] {
  const keys = parseKeySet(document.jwks)
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
            message: 'The scope openid is supported, and no private key can sign ID Tokens.',
          },
        ]
      : []),
    ...attributeWarnings('service', 'attributes', document),
    ...(document.supportedScopes ?? []).flatMap((scope) =>
      attributeWarnings('scope', `supportedScopes ${scope.name}`, scope),
    ),
  ]
}

export function findClientWarnings(client: Client, service: Service): Warning[] {
  const serviceKeys = parseKeySet(service.jwks)
  return [
    ...clientSignatures.flatMap(([property, keyId]) =>
      signatureWarning(
        property,
        usedAlgorithm(client, service, property),
        serviceKeys,
        service[keyId],
      ),
    ),
    ...clientEncryptions.flatMap((property) => encryptionWarning(property, client)),
    ...decryptionWarning(client.requestEncryptionAlg, serviceKeys),
    ...ownSignatures.flatMap((property) => ownKeyWarning(property, client)),
    ...attributeWarnings('client', 'attributes', client),
  ]
}

const wireName = (alg: JwsAlg | undefined) => alg && jwsAlgorithm(alg)

/** Clients that have RS256, the default, get what a profile or the keys of the service allow. */
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

const hasSigningKey = (keys: Keys, alg: string, keyId: string | undefined): boolean =>
  keys.keys.some((key) => isSigningKey(key, alg) && (keyId === undefined || key.kid === keyId))

/** Keys that the client publishes are not fetched for this: they may come later. */
const publishesKeys = ({ jwks, jwksUri, signedJwksUri }: Client): boolean =>
  Boolean(signedJwksUri) || (Boolean(jwksUri) && !jwks)

function encryptionWarning(
  property: (typeof clientEncryptions)[number],
  client: Client,
): Warning[] {
  const alg = client[property] && jweAlgorithm(client[property])
  if (!alg || isSymmetricEncryption(alg) || publishesKeys(client)) return []
  if (encryptionKeys(parseKeySet(client.jwks), alg).length > 0) return []
  const message = `The client has no public key for ${alg}: register one in jwks or jwksUri.`
  return [{ code: 'encryption-key-missing', property, message }]
}

function decryptionWarning(registered: JweAlg | undefined, keys: Keys): Warning[] {
  const alg = registered && jweAlgorithm(registered)
  if (!alg || isSymmetricEncryption(alg)) return []
  const own = { keys: keys.keys.filter(({ d }) => d !== undefined) }
  if (encryptionKeys(own, alg, 'decrypt').length > 0) return []
  const message = `The key set of the service has no private key to decrypt ${alg}: add one.`
  return [{ code: 'encryption-key-missing', property: 'requestEncryptionAlg', message }]
}

function ownKeyWarning(property: (typeof ownSignatures)[number], client: Client): Warning[] {
  const alg = wireName(client[property])
  if (!alg || !isAsymmetric(alg) || publishesKeys(client)) return []
  if (parseKeySet(client.jwks).keys.some((key) => fitsSignatureAlgorithm(key, alg))) return []
  const message = `The client has no public key for ${alg}: register one in jwks or jwksUri.`
  return [{ code: 'signing-key-missing', property, message }]
}

const attributeWarnings = (kind: OwnerKind, property: string, owner: AttributeOwner): Warning[] =>
  unknownAttributes(kind, owner).map((name) => ({
    code: 'unknown-attribute',
    property,
    message: `Nothing reads the attribute ${name} of a ${kind}: see docs/attributes.md for those that exist.`,
  }))
