/** Keys and containers that a passphrase encrypts: PBES2 with PBKDF2, RFC 8018 §6.2. */
import { createDecipheriv, pbkdf2 } from 'node:crypto'
import { promisify } from 'node:util'
import { type DerValue, membersOf, readDer, readObjectId, tags } from './der.ts'

/** What is wrong: `encryption` is any part that is not supported, `costly` beyond the limits. */
export type ContainerFault = 'malformed' | 'encryption' | 'costly' | 'passphrase' | 'integrity'

/** Thrown for what cannot be read. The fault names the rule that it breaks. */
export class ContainerError extends Error {
  override readonly name = 'ContainerError'
  readonly fault: ContainerFault

  constructor(fault: ContainerFault) {
    super(fault)
    this.fault = fault
  }
}

/** What may still be spent on deriving keys from a passphrase. */
export interface Derivations {
  iterations: number
}

const longestSalt = 64
const mostIterations = 1_000_000

/** A file may need several keys, each for less than the limit. */
export const allowedDerivations = (): Derivations => ({ iterations: 3_000_000 })

/** Refuses the parameters of a derivation before it begins. */
export function spend(allowed: Derivations, salt: Buffer, iterations: number): void {
  if (salt.length > longestSalt || iterations > mostIterations) throw new ContainerError('costly')
  allowed.iterations -= iterations
  if (allowed.iterations < 0) throw new ContainerError('costly')
}

/** A positive integer; a longer one than six bytes counts as too large. */
export function readCount({ tag, content }: DerValue): number {
  const isNegative = ((content[0] ?? 0x80) & 0x80) !== 0
  if (tag !== tags.integer || isNegative) throw new ContainerError('malformed')
  const value = content.readUIntBE(0, Math.min(content.length, 6))
  if (value === 0) throw new ContainerError('malformed')
  return content.length > 6 ? Number.MAX_SAFE_INTEGER : value
}

const pbes2 = '1.2.840.113549.1.5.13'
const pbkdf2Id = '1.2.840.113549.1.5.12'
const hmacWithSha1 = '1.2.840.113549.2.7'

/** RFC 8018 §B.1.2; SHA-1 is the default of PBKDF2. */
const hashes: Record<string, string> = {
  [hmacWithSha1]: 'sha1',
  '1.2.840.113549.2.9': 'sha256',
  '1.2.840.113549.2.10': 'sha384',
  '1.2.840.113549.2.11': 'sha512',
}

/** AES in CBC mode, RFC 8018 §B.2.5. */
const ciphers: Record<string, { name: string; keyLength: number }> = {
  '2.16.840.1.101.3.4.1.2': { name: 'aes-128-cbc', keyLength: 16 },
  '2.16.840.1.101.3.4.1.22': { name: 'aes-192-cbc', keyLength: 24 },
  '2.16.840.1.101.3.4.1.42': { name: 'aes-256-cbc', keyLength: 32 },
}

interface Encryption {
  salt: Buffer
  iterations: number
  hash: string
  cipher: string
  keyLength: number
  iv: Buffer
}

/** The members of an algorithm identifier, RFC 5280 §4.1.1.2. */
export function readAlgorithm(value: DerValue | undefined): { id: string; parameters?: DerValue } {
  const [id, parameters] = membersOf(value)
  if (id?.tag !== tags.objectId) throw new ContainerError('malformed')
  return { id: readObjectId(id), ...(parameters && { parameters }) }
}

/** A supported algorithm of a table; refuses others. */
export function known<T>(table: Record<string, T>, id: string): T {
  const found = Object.hasOwn(table, id) ? table[id] : undefined
  if (found === undefined) throw new ContainerError('encryption')
  return found
}

function readEncryption(identifier: DerValue | undefined): Encryption {
  const { id, parameters } = readAlgorithm(identifier)
  if (id !== pbes2) throw new ContainerError('encryption')
  const [derivation, scheme] = membersOf(parameters).map(readAlgorithm)
  if (!derivation || !scheme) throw new ContainerError('malformed')
  if (derivation.id !== pbkdf2Id) throw new ContainerError('encryption')
  const { name: cipher, keyLength } = known(ciphers, scheme.id)
  const [salt, count, ...rest] = membersOf(derivation.parameters)
  const iv = scheme.parameters
  if (salt?.tag !== tags.octetString || !count || iv?.tag !== tags.octetString) {
    throw new ContainerError('malformed')
  }
  const prf = rest.find(({ tag }) => tag === tags.sequence)
  const hash = known(hashes, prf ? readAlgorithm(prf).id : hmacWithSha1)
  const length = rest.find(({ tag }) => tag === tags.integer)
  if ((length && readCount(length) !== keyLength) || iv.content.length !== 16) {
    throw new ContainerError('malformed')
  }
  return {
    salt: salt.content,
    iterations: readCount(count),
    hash,
    cipher,
    keyLength,
    iv: iv.content,
  }
}

const derive = promisify(pbkdf2)

/** The content of an encrypted value. The key is derived in the thread pool. */
export async function decryptContent(
  identifier: DerValue | undefined,
  encrypted: Buffer,
  passphrase: string,
  allowed: Derivations,
): Promise<Buffer> {
  const { salt, iterations, hash, cipher, keyLength, iv } = readEncryption(identifier)
  spend(allowed, salt, iterations)
  const key = await derive(passphrase, salt, iterations, keyLength, hash)
  try {
    const decipher = createDecipheriv(cipher, key, iv)
    return Buffer.concat([decipher.update(encrypted), decipher.final()])
  } catch {
    throw new ContainerError('passphrase')
  }
}

/** The PKCS #8 key in an encrypted one, RFC 5958 §3. */
export async function decryptPrivateKey(
  der: Buffer,
  passphrase: string,
  allowed: Derivations,
): Promise<Buffer> {
  const [identifier, encrypted] = membersOf(readDer(der)[0])
  if (encrypted?.tag !== tags.octetString) throw new ContainerError('malformed')
  const key = await decryptContent(identifier, encrypted.content, passphrase, allowed)
  // One in 256 wrong passphrases leaves valid padding.
  if (!isKey(key)) throw new ContainerError('passphrase')
  return key
}

function isKey(der: Buffer): boolean {
  try {
    const [key, ...more] = readDer(der)
    const [version, , value] = membersOf(key)
    return version?.tag === tags.integer && value?.tag === tags.octetString && more.length === 0
  } catch {
    return false
  }
}
