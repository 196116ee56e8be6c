/**
 * Encryption of stored secrets: AES-256-GCM under a key derived from the master key. The associated
 * data contain the location of the value, so that it cannot be moved to another row or column.
 */
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  hkdfSync,
  randomBytes,
} from 'node:crypto'

/** The location of a sealed value, which is authenticated as associated data. */
export interface SealContext {
  table: string
  serviceId: number
  row: string
  column: string
}

export interface Sealer {
  /** Identifies the master key without disclosing it. */
  readonly keyId: string
  /** The ids of the master key and of the previous keys. */
  readonly keyIds: readonly string[]
  seal(plaintext: string, context: SealContext): string
  /** Throws SealError if the value, its key or its context is wrong. */
  unseal(sealed: string, context: SealContext): string
  /** A keyed hash, for text that is too short for a plain hash. */
  digest(text: string, context: SealContext): string
  /** The digests under the master key and under the previous keys. */
  digests(text: string, context: SealContext): string[]
}

/** Thrown for a value that was changed, or sealed under another key or in another context. */
export class SealError extends Error {
  override readonly name = 'SealError'
}

const version = 'v1'
const keyBytes = 32
const ivBytes = 12
const tagBytes = 16

/**
 * Seals under the master key, and unseals with previous keys too, so that servers with both keys
 * can run during a rotation.
 */
export function createSealer(masterKey: Buffer, previousKeys: readonly Buffer[] = []): Sealer {
  const current = sealerOf(masterKey)
  const all = [current, ...previousKeys.map(sealerOf)]
  const keyIds = [...new Set(all.map(({ keyId }) => keyId))]
  return {
    keyId: current.keyId,
    keyIds,
    seal: current.seal,
    unseal(sealed, context) {
      const parts = parse(sealed)
      const own = all.find(({ keyId }) => keyId === parts.keyId)
      if (own) return own.unseal(parts, context)
      const known = keyIds.join(' or ')
      throw new SealError(`A value was sealed under master key ${parts.keyId}, not ${known}.`)
    },
    digest: current.digest,
    digests: (text, context) => [...new Set(all.map(({ digest }) => digest(text, context)))],
  }
}

/** The prefix of all values sealed under a key. */
export const sealedPrefix = (keyId: string): string => `${version}.${keyId}.`

/** Sealing key and id are derived from the master key, so that the id does not disclose it. */
function sealerOf(masterKey: Buffer) {
  if (masterKey.length !== keyBytes) throw new Error(`A master key has ${keyBytes} bytes.`)
  const key = Buffer.from(hkdfSync('sha256', masterKey, '', 'postern sealing key', 32))
  const fingerprint = hkdfSync('sha256', masterKey, '', 'postern sealing key id', 32)
  const digestKey = Buffer.from(hkdfSync('sha256', masterKey, '', 'postern digest key', 32))
  const keyId = createHash('sha256')
    .update(Buffer.from(fingerprint))
    .digest('base64url')
    .slice(0, 8)

  function seal(plaintext: string, context: SealContext): string {
    const iv = randomBytes(ivBytes)
    const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(associatedData(context, keyId))
    const encrypted = Buffer.concat([cipher.update(plaintext, 'utf8'), cipher.final()])
    const body = Buffer.concat([encrypted, cipher.getAuthTag()])
    return `${sealedPrefix(keyId)}${iv.toString('base64url')}.${body.toString('base64url')}`
  }

  function unseal({ iv, bytes }: Parts, context: SealContext): string {
    try {
      const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: tagBytes })
      decipher.setAAD(associatedData(context, keyId)).setAuthTag(bytes.subarray(-tagBytes))
      const opened = decipher.update(bytes.subarray(0, -tagBytes))
      return Buffer.concat([opened, decipher.final()]).toString('utf8')
    } catch {
      throw new SealError('A sealed value was changed or moved.')
    }
  }

  const digest = (text: string, context: SealContext): string =>
    createHmac('sha256', digestKey)
      .update(associatedData(context, keyId))
      .update(`\0${text}`, 'utf8')
      .digest('base64url')

  return { keyId, seal, unseal, digest }
}

interface Parts {
  keyId: string
  iv: Buffer
  bytes: Buffer
}

/**
 * Accepts only the canonical base64url text, because others decode to the same bytes.
 */
function parse(sealed: string): Parts {
  const [sealedVersion, keyId = '', ivText = '', bodyText = '', ...more] = sealed.split('.')
  const iv = Buffer.from(ivText, 'base64url')
  const bytes = Buffer.from(bodyText, 'base64url')
  const isSound =
    sealedVersion === version &&
    more.length === 0 &&
    iv.length === ivBytes &&
    bytes.length >= tagBytes &&
    iv.toString('base64url') === ivText &&
    bytes.toString('base64url') === bodyText
  if (!isSound) throw new SealError('A sealed value does not have the format of this version.')
  return { keyId, iv, bytes }
}

const associatedData = ({ table, serviceId, row, column }: SealContext, keyId: string) =>
  Buffer.from(JSON.stringify([version, keyId, table, serviceId, row, column]), 'utf8')
