/** Which key of the service signs for a client: the one that the client's attribute names. */
import { hasPrivateHalf, isSigningKey, isSymmetricKey, type KeySet } from '../../jose/key-set.ts'
import { serviceKeySet } from '../../jose/service-key-set.ts'
import type { Client } from '../../model/client/client.ts'
import type { Service } from '../../model/service/service.ts'
import { type AttributeForm, type AttributeOwner, defineAttribute } from '../attribute.ts'
import type { Problem } from '../property-problem.ts'

const keyName: AttributeForm<string | undefined> = {
  parse: (text) => (text !== '' && text.length <= 255 ? text : undefined),
  expected: 'the `kid` of a key, with at most 255 characters',
}

const signKid = defineAttribute<string | undefined>({
  name: 'ext.sign_kid',
  of: 'client',
  form: keyName,
  fallback: undefined,
  effect:
    'The `kid` of the key of the service that signs ID Tokens, Logout Tokens, JWT access tokens, ' +
    'UserInfo and authorization responses of the client, where it fits their algorithm. Elsewhere, ' +
    'and after the service lost the key, the key signs that signs for other clients.',
  spec: 'RFC 7515 §4.1.4',
})

/** The kid that the client's attribute names. */
export const namedKeyId = (client: AttributeOwner): string | undefined => signKid.read(client)

const canSign = ({ keys }: KeySet, kid: string, alg: string): boolean =>
  keys.some((key) => key.kid === kid && (isSigningKey(key, alg) || isSymmetricKey(key, alg)))

/** The kid of the key that signs for the client, if it is not any that fits the algorithm. */
export function signingKeyId(
  service: Service,
  client: AttributeOwner | undefined,
  alg: string,
  ofService: string | undefined,
): string | undefined {
  const kid = client && signKid.read(client)
  return kid !== undefined && canSign(serviceKeySet(service), kid, alg) ? kid : ofService
}

/**
 * The problem of a client that names a key which the service does not have. An update that does not
 * change the attribute is not refused, as the keys of the service may have changed since.
 */
export function signKidProblem(
  service: Service,
  client: AttributeOwner,
  former?: Client,
): Problem | undefined {
  const kid = signKid.read(client)
  if (kid === undefined || (former && signKid.read(former) === kid)) return undefined
  const { keys } = serviceKeySet(service)
  const isHeld = keys.some((key) => key.kid === kid && (hasPrivateHalf(key) || key.k !== undefined))
  const message = `The service has no private key with the kid of the attribute ${signKid.name}.`
  return isHeld ? undefined : { path: 'attributes', message }
}

/** Whether the client names a key that fits none of the algorithms, so that it never signs. */
export function isNamedInVain(
  service: Service,
  client: AttributeOwner,
  algorithms: readonly (string | undefined)[],
): boolean {
  const kid = signKid.read(client)
  const keys = serviceKeySet(service)
  return kid !== undefined && !algorithms.some((alg) => alg && canSign(keys, kid, alg))
}
