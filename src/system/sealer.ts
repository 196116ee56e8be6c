/**
 * Envelope encryption of what has to be read again: AES-256-GCM under the master key. The place of a
 * value is bound to it, so that no sealed value can be moved to another row or column.
 */
import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto'

/** Where a sealed value lives. */
export interface Place {
  table: string
  serviceId: number
  row: string
  column: string
}

export interface Sealer {
  /** Names the master key without saying anything of it. */
  readonly keyId: string
  seal(plaintext: string, place: Place): string
  unseal(sealed: string, place: Place): string
}

/** The value was sealed under another key, somewhere else, or was changed. */
export class SealError extends Error {
  override readonly name = 'SealError'
}

const version = 'v1'
const ivBytes = 12
const tagBytes = 16

/** The master key has 32 bytes; each key of it is derived, so that its id gives nothing away. */
export function createSealer(masterKey: Buffer): Sealer {
  const key = Buffer.from(hkdfSync('sha256', masterKey, '', 'postern sealing key', 32))
  const fingerprint = hkdfSync('sha256', masterKey, '', 'postern sealing key id', 32)
  const keyId = createHash('sha256')
    .update(Buffer.from(fingerprint))
    .digest('base64url')
    .slice(0, 8)

  function seal(plaintext: string, place: Place): string {
    const iv = randomBytes(ivBytes)
    const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(associated(place, keyId))
    const encrypted = Buffer.concat([cipher.update(plaintext, 'utf8'), cipher.final()])
    const body = Buffer.concat([encrypted, cipher.getAuthTag()])
    return `${version}.${keyId}.${iv.toString('base64url')}.${body.toString('base64url')}`
  }

  function unseal(sealed: string, place: Place): string {
    const [sealedVersion, sealedKeyId, iv, body, more] = sealed.split('.')
    if (sealedVersion !== version || !iv || !body || more !== undefined) {
      throw new SealError('A sealed value is not of the form that this version writes.')
    }
    if (sealedKeyId !== keyId) {
      throw new SealError(`A value was sealed under master key ${sealedKeyId}, not ${keyId}.`)
    }
    const bytes = Buffer.from(body, 'base64url')
    try {
      const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(iv, 'base64url'), {
        authTagLength: tagBytes,
      })
      decipher.setAAD(associated(place, keyId)).setAuthTag(bytes.subarray(-tagBytes))
      const opened = decipher.update(bytes.subarray(0, -tagBytes))
      return Buffer.concat([opened, decipher.final()]).toString('utf8')
    } catch {
      throw new SealError('A sealed value was changed, or moved from its place.')
    }
  }

  return { keyId, seal, unseal }
}

const associated = ({ table, serviceId, row, column }: Place, keyId: string) =>
  Buffer.from(JSON.stringify([version, keyId, table, serviceId, row, column]), 'utf8')
