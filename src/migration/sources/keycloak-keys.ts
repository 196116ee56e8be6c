/** The key providers of a realm, as a key set. Partial exports mask the private keys. */
import { createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import { isObject, objectsIn, textIn } from '../input.ts'
import { propertiesOf, type Report } from '../report.ts'

interface Found {
  jwk: Record<string, unknown>
  priority: number
}

const masked = /^\*+$/

/** A symmetric key of the realm, which verifies refresh tokens. */
export interface FormerKey extends Record<string, unknown> {
  kid: string
}

/**
 * The symmetric keys that are not masked. They verify only: with `key_ops` of `verify`, the service
 * signs nothing by them.
 */
export const symmetricKeys = (components: unknown): FormerKey[] =>
  providersIn(components).flatMap((provider) => {
    const config = isObject(provider['config']) ? provider['config'] : {}
    const [text] = Array.isArray(config['secret']) ? config['secret'] : []
    if (!isHmac(provider) || typeof text !== 'string' || masked.test(text)) return []
    const [kid] = Array.isArray(config['kid']) ? config['kid'] : []
    const k = Buffer.from(text, 'base64').toString('base64url')
    const named = textIn(kid) ?? `keycloak-${String(provider['name'] ?? provider['id'])}`
    return [{ kty: 'oct', kid: named, use: 'sig', key_ops: ['verify'], k }]
  })

const isHmac = (provider: Record<string, unknown>) =>
  String(provider['providerId']).startsWith('hmac')

function providersIn(components: unknown): Record<string, unknown>[] {
  const listed = isObject(components) ? components['org.keycloak.keys.KeyProvider'] : undefined
  return Array.isArray(listed) ? objectsIn({ path: 'components', value: listed }) : []
}

/**
 * The key that signs first comes first: the one of the highest priority. Symmetric keys that verify
 * former tokens come last.
 */
export function realmKeys(
  components: unknown,
  former: readonly FormerKey[],
  report: Report,
): string | undefined {
  const found = providersIn(components).flatMap((one) => keyOf(one, former.length > 0, report))
  if (found.length > 0) {
    const keys = found.sort((one, another) => another.priority - one.priority)
    return JSON.stringify({ keys: [...keys.map(({ jwk }) => jwk), ...former] })
  }
  report.add({
    of: 'realm',
    property: 'components.org.keycloak.keys.KeyProvider',
    outcome: 'decide',
    note:
      'The export has no private keys: export with the server stopped (`kc.sh export`), or make ' +
      'keys with `keys: { managed: true }` and publish the former public keys as well. If the file ' +
      'has `jwks` too, replace it by `{ keep: true }` after it was applied.',
  })
  return former.length > 0 ? JSON.stringify({ keys: former }) : undefined
}

function keyOf(provider: Record<string, unknown>, withFormer: boolean, report: Report): Found[] {
  const name = String(provider['name'] ?? provider['id'])
  const source = propertiesOf(report, `key ${name}`, provider)
  const config = isObject(provider['config']) ? provider['config'] : {}
  const first = (of: string) => (Array.isArray(config[of]) ? String(config[of][0] ?? '') : '')
  const text = first('privateKey') || first('ecdsaPrivateKey') || first('eddsaPrivateKey')
  const key = text === '' || masked.test(text) ? undefined : privateKeyOf(text)
  if (withFormer && isHmac(provider) && !masked.test(first('secret'))) {
    source.changed('config', 'service.jwks', 'It verifies refresh tokens, and is stored sealed.')
    source.end(() => 'It is about the provider in Keycloak.')
    return []
  }
  if (!key) {
    source.dropped('config', 'It has no private key of RSA or an elliptic curve.')
    source.end(() => 'The key is not taken.')
    return []
  }
  const isEncryption = String(provider['providerId']).includes('enc') || first('keyUse') === 'ENC'
  source.changed('config', 'service.jwks', 'The kid is computed as Keycloak computes it.')
  source.end(() => 'It is about the provider in Keycloak.')
  const own = key.export({ format: 'jwk' }) as Record<string, unknown>
  const alg = first('algorithm') || algorithmOf(own)
  const use = isEncryption ? 'enc' : 'sig'
  const kid = first('kid') || keyIdOf(key)
  return [{ jwk: { ...own, kid, alg, use }, priority: Number(first('priority')) || 0 }]
}

function privateKeyOf(text: string): KeyObject | undefined {
  try {
    if (text.includes('-----BEGIN')) return createPrivateKey(text)
    const key = Buffer.from(text, 'base64')
    return createPrivateKey({ key, format: 'der', type: 'pkcs8' })
  } catch {
    return undefined
  }
}

/** The base64url of the SHA-256 of the public key. */
const keyIdOf = (key: KeyObject): string =>
  createHash('sha256')
    .update(createPublicKey(key).export({ type: 'spki', format: 'der' }))
    .digest('base64url')

const algorithmOf = ({ kty, crv }: Record<string, unknown>): string =>
  kty === 'RSA'
    ? 'RS256'
    : crv === 'P-256'
      ? 'ES256'
      : crv === 'P-384'
        ? 'ES384'
        : crv === 'P-521'
          ? 'ES512'
          : 'EdDSA'
