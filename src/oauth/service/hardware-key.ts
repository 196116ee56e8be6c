/** The rules of a new key in a hardware security module. */
import type { HardwareKey, KeySetName } from '../../model/service/hsk.ts'
import { defineRules, refuse } from '../../refusal.ts'

const rules = defineRules('Hardware keys', {
  disabled: {
    code: 'P111001',
    error: 'invalid_request',
    spec: 'RFC 7517 §4',
    message: 'The service does not use hardware security modules: its hsmEnabled is false.',
    fix: 'Let the service use hardware security modules.',
    settings: ['service.hsmEnabled'],
  },
  memberMissing: {
    code: 'P111002',
    error: 'invalid_request',
    spec: 'RFC 7517 §4',
    message: 'The members kty, use, alg and hsmName are required.',
    fix: 'Pass `kty`, `use`, `alg` and `hsmName`.',
  },
  use: {
    code: 'P111003',
    error: 'invalid_request',
    spec: 'RFC 7517 §4.2',
    message: 'The use of a key in a module must be sig or enc.',
    fix: 'Pass `use` as sig or enc.',
  },
  algorithm: {
    code: 'P111004',
    error: 'invalid_request',
    spec: 'RFC 7518 §3.1',
    message: 'The algorithm does not fit the kty, or is not one that keys in modules can have.',
    fix: 'Pass an `alg` that fits `kty` and `use`, such as ES256 for EC keys that sign.',
  },
  unsupported: {
    code: 'P111005',
    error: 'invalid_request',
    spec: 'RFC 7518 §3.1',
    message: 'The hardware security module does not support the algorithm.',
    fix: 'Pass an `alg` that the module supports, or use another module.',
  },
  keyIdTaken: {
    code: 'P111006',
    error: 'invalid_request',
    spec: 'RFC 7517 §4.5',
    message: 'A key of the service already has this kid.',
    fix: 'Pass another `kid`, or omit it.',
    settings: ['service.hsks', 'service.jwks'],
  },
  tooMany: {
    code: 'P111007',
    error: 'invalid_request',
    spec: 'RFC 7517 §5',
    message: 'The service has as many keys in modules as it may have.',
    fix: 'Delete keys in modules that are no longer needed.',
    settings: ['service.hsks'],
  },
  inUse: {
    code: 'P111008',
    error: 'invalid_request',
    spec: 'RFC 7517 §5',
    message:
      'The key is the only one of the service for its algorithm: use force=true to delete it.',
    fix: 'Create another key for the algorithm first, or delete with `force=true`.',
    settings: ['service.hsks'],
  },
})

const most = 50

/** The algorithms by use and key type. */
const kinds: Record<'sig' | 'enc', Record<string, readonly string[]>> = {
  sig: {
    EC: ['ES256', 'ES384', 'ES512'],
    RSA: ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  },
  enc: {
    EC: ['ECDH-ES', 'ECDH-ES+A128KW', 'ECDH-ES+A192KW', 'ECDH-ES+A256KW'],
    RSA: ['RSA-OAEP', 'RSA-OAEP-256'],
  },
}

interface Wanted {
  kty?: string | undefined
  use?: string | undefined
  alg?: string | undefined
  hsmName?: string | undefined
}

export function requireHardware(hsmEnabled: boolean): void {
  if (!hsmEnabled) refuse(rules.disabled)
}

/** The members of a new key, complete and consistent. */
export function newHardwareKey({ kty, use: named, alg, hsmName }: Wanted) {
  if (!kty || !named || !alg || !hsmName) refuse(rules.memberMissing)
  const use: 'sig' | 'enc' = named === 'sig' || named === 'enc' ? named : refuse(rules.use, named)
  const algorithms = Object.hasOwn(kinds[use], kty) ? kinds[use][kty] : undefined
  if (!algorithms?.includes(alg)) refuse(rules.algorithm, `${kty} ${use} ${alg}`)
  return { kty, use, alg, hsmName }
}

export function requireSupported(algorithms: readonly string[], alg: string): void {
  if (!algorithms.includes(alg)) refuse(rules.unsupported, alg)
}

/** A key ID is unique among all keys of a service, in modules and in its sets. */
export function requireFreeKeyId(
  kid: string | undefined,
  hardware: readonly HardwareKey[] = [],
  local: readonly { kid?: string | undefined }[],
): void {
  if (hardware.length >= most) refuse(rules.tooMany)
  if (kid !== undefined && [...hardware, ...local].some((key) => key.kid === kid)) {
    refuse(rules.keyIdTaken, kid)
  }
}

/** The last key of an algorithm is not deleted by mistake. */
export function requireReplaceable(
  key: HardwareKey,
  others: readonly { alg?: string | undefined; set?: KeySetName | undefined }[],
): void {
  if (!others.some(({ alg, set = 'protocol' }) => alg === key.alg && set === key.set)) {
    refuse(rules.inUse, key.alg)
  }
}
