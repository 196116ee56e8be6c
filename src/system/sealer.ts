/**
 * Envelope encryption of what has to be read again: AES-256-GCM under the master key. The place of
 * a value is bound to it, so that no sealed value can be moved to another row or column.
 */
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  hkdfSync,
  randomBytes,
} from 'node:crypto'

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
  /** The master key's id, and those of the previous keys. */
  readonly keyIds: readonly string[]
  seal(plaintext: string, place: Place): string
  unseal(sealed: string, place: Place): string
  /** A hash under the master key, for what is too short to withstand guessing by its hash alone. */
  digest(text: string, place: Place): string
  /** The digest under the master key, and those under the previous keys. */
  digests(text: string, place: Place): string[]
}

/** The value was sealed under another key, somewhere else, or was changed. */
export class SealError extends Error {
  override readonly name = 'SealError'
}

const version = 'v1'
const keyBytes = 32
const ivBytes = 12
const tagBytes = 16

/**
 * Seals under the master key alone, and opens what a previous key has sealed as well: servers that
 * know both keys go on while one is replaced by the other.
 */
export function createSealer(masterKey: Buffer, previousKeys: readonly Buffer[] = []): Sealer {
  const current = sealerOf(masterKey)
  const all = [current, ...previousKeys.map(sealerOf)]
  const keyIds = [...new Set(all.map(({ keyId }) => keyId))]
  return {
    keyId: current.keyId,
    keyIds,
    seal: current.seal,
    unseal(sealed, place) {
      const parts = parse(sealed)
      const own = all.find(({ keyId }) => keyId === parts.keyId)
      if (own) return own.unseal(parts, place)
      const known = keyIds.join(' or ')
      throw new SealError(`A value was sealed under master key ${parts.keyId}, not ${known}.`)
    },
    digest: current.digest,
    digests: (text, place) => [...new Set(all.map(({ digest }) => digest(text, place)))],
  }
}

/** How what is sealed under a key begins. */
export const sealedPrefix = (keyId: string): string => `${version}.${keyId}.`

/** What seals is derived from the master key, and so is its id, which thus gives nothing away. */
function sealerOf(masterKey: Buffer) {
  if (masterKey.length !== keyBytes) throw new Error(`A master key has ${keyBytes} bytes.`)
  const key = Buffer.from(hkdfSync('sha256', masterKey, '', 'postern sealing key', 32))
  const fingerprint = hkdfSync('sha256', masterKey, '', 'postern sealing key id', 32)
  const digestKey = Buffer.from(hkdfSync('sha256', masterKey, '', 'postern digest key', 32))
  const keyId = createHash('sha256')
    .update(Buffer.from(fingerprint))
    .digest('base64url')
    .slice(0, 8)

  function seal(plaintext: string, place: Place): string {
    const iv = randomBytes(ivBytes)
    const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(associated(place, keyId))
    const encrypted = Buffer.concat([cipher.update(plaintext, 'utf8'), cipher.final()])
    const body = Buffer.concat([encrypted, cipher.getAuthTag()])
    return `${sealedPrefix(keyId)}${iv.toString('base64url')}.${body.toString('base64url')}`
  }

  function unseal({ iv, bytes }: Parts, place: Place): string {
    try {
      const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: tagBytes })
      decipher.setAAD(associated(place, keyId)).setAuthTag(bytes.subarray(-tagBytes))
      const opened = decipher.update(bytes.subarray(0, -tagBytes))
      return Buffer.concat([opened, decipher.final()]).toString('utf8')
    } catch {
      throw new SealError('A sealed value was changed, or moved from its place.')
    }
  }

  const digest = (text: string, place: Place): string =>
    createHmac('sha256', digestKey)
      .update(associated(place, keyId))
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
 * Only the one text that a value was sealed as is taken: base64url has others for the same bytes.
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
  if (!isSound) throw new SealError('A sealed value is not of the form that this version writes.')
  return { keyId, iv, bytes }
}

const associated = ({ table, serviceId, row, column }: Place, keyId: string) =>
  Buffer.from(JSON.stringify([version, keyId, table, serviceId, row, column]), 'utf8')
