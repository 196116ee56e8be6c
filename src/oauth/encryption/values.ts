/**
 * Codes and tokens that a client gets in a JWE, RFC 7516. The client decrypts them and presents the
 * value inside, so that nothing else depends on the encryption.
 */
import { isSymmetricEncryption } from '../../jose/encrypt.ts'
import {
  contentEncryptions,
  encryptionAlgorithms,
  jweAlgorithm,
  jweEncoding,
} from '../../jose/encryption-algorithm.ts'
import { type KeySet, parsePublicKeySet } from '../../jose/key-set.ts'
import type { Client, ClientDocument } from '../../model/client/client.ts'
import { defineAttribute, flag, oneOf } from '../attribute.ts'
import type { Problem } from '../property-problem.ts'
import { clientEncryptionKeys } from './settings.ts'

const inJwe = (value: string, where: string) =>
  `With \`true\`, ${where} contain the ${value} in a JWE for the client, which presents the value ` +
  'inside. Requires a key of the client for encryption.'

/** What may be encrypted, by its name in the code. */
const values = {
  code: defineAttribute({
    name: 'ext.encrypt.code',
    of: 'client',
    form: flag,
    fallback: false,
    effect: inJwe('code', 'authorization responses'),
    spec: 'RFC 7516 §3',
  }),
  accessToken: defineAttribute({
    name: 'ext.encrypt.access_token',
    of: 'client',
    form: flag,
    fallback: false,
    effect: inJwe('access token', 'token responses and authorization responses'),
    spec: 'RFC 7516 §3',
  }),
  refreshToken: defineAttribute({
    name: 'ext.encrypt.refresh_token',
    of: 'client',
    form: flag,
    fallback: false,
    effect: inJwe('refresh token', 'token responses'),
    spec: 'RFC 7516 §3',
  }),
}

export type EncryptedValue = keyof typeof values

/** The values among the given ones that the client gets encrypted. */
export const encryptedAmong = (
  client: Pick<Client, 'attributes'>,
  given: Partial<Record<EncryptedValue, string | undefined>>,
): EncryptedValue[] =>
  valueNames.filter((name) => given[name] !== undefined && values[name].read(client))

const valueNames = Object.keys(values) as EncryptedValue[]

/** Whether the client gets anything encrypted by these settings. */
export const encryptsValues = (client: Pick<Client, 'attributes'>): boolean =>
  valueNames.some((name) => values[name].read(client))

const asymmetric = encryptionAlgorithms.filter((alg) => !isSymmetricEncryption(alg))

const algorithm = defineAttribute<string | undefined>({
  name: 'ext.encrypt.alg',
  of: 'client',
  form: oneOf(...asymmetric),
  fallback: undefined,
  effect:
    'The key management algorithm of encrypted codes and tokens. Without the attribute, that of the ' +
    'ID Token; without that, the algorithm of the key, or RSA-OAEP-256 or ECDH-ES by its type.',
  spec: 'RFC 7518 §4.1',
})

const contentEncryption = defineAttribute<string | undefined>({
  name: 'ext.encrypt.enc',
  of: 'client',
  form: oneOf(...contentEncryptions),
  fallback: undefined,
  effect:
    'The content encryption algorithm of encrypted codes and tokens. Without the attribute, that of ' +
    'the ID Token; without that, A128CBC-HS256.',
  spec: 'RFC 7518 §5.1',
})

/** The algorithms for codes and tokens; `alg` is undefined if it depends on the key. */
export const valueEncryption = (client: ClientDocument) => ({
  alg:
    algorithm.read(client) ??
    (client.idTokenEncryptionAlg && jweAlgorithm(client.idTokenEncryptionAlg)),
  enc: contentEncryption.read(client) ?? jweEncoding(client.idTokenEncryptionEnc),
})

/** In the order of preference for keys that do not name their algorithm. */
const byKey = ['RSA-OAEP-256', 'ECDH-ES', ...asymmetric]

/** The algorithm for the key set of a client: keys for encryption come before undeclared ones. */
export function algorithmByKey(
  client: Pick<Client, 'attributes'>,
  set: Pick<KeySet, 'keys'>,
): string | undefined {
  const fitting = byKey.flatMap((alg) =>
    clientEncryptionKeys(client, set, alg).map((key) => ({ alg, isDeclared: key.use === 'enc' })),
  )
  return (fitting.find(({ isDeclared }) => isDeclared) ?? fitting[0])?.alg
}

/** A client that gets encrypted values must have a key for them. Published keys are not fetched. */
export function encryptedValuesProblem(document: ClientDocument): Problem | undefined {
  const [first] = valueNames.filter((name) => values[name].read(document))
  const { jwks, jwksUri, signedJwksUri } = document
  if (first === undefined || signedJwksUri || (jwksUri && !jwks)) return undefined
  const { alg } = valueEncryption(document)
  if (alg && isSymmetricEncryption(alg)) return undefined
  const set = parsePublicKeySet(jwks)
  const chosen = alg ?? algorithmByKey(document, set)
  if (chosen && clientEncryptionKeys(document, set, chosen).length > 0) return undefined
  const message = `${values[first].name} requires a public key for encryption in jwks or jwksUri.`
  return { path: 'attributes', message }
}
