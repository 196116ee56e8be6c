/** The master key, which encrypts stored secrets, from the environment or from a file. */
import { randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import { type FileHandle, link, mkdir, open, rename, unlink } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Thrown with a message for the operator that never contains the key. */
export class MasterKeyError extends Error {
  override readonly name = 'MasterKeyError'
}

export interface MasterKey {
  readonly key: Buffer
  /** Former keys, for decryption only. */
  readonly previous: readonly Buffer[]
  /** Whether a rotation is in progress: the file beside it contains the former key. */
  readonly replacing?: boolean
  /** Whether the key has just been generated, so that it cannot decrypt existing values. */
  readonly created: boolean
  /** The file with the key, if it comes from a file. */
  readonly file?: string
}

const keyBytes = 32
const longestFileBytes = 1_024

/** The form of a master key; completes the sentence "It must be …". */
export const masterKeyForm =
  '32 random bytes in base64url or hexadecimal, such as `openssl rand -hex 32` prints'

/** 32 random bytes as hexadecimal, base64url or base64 text; undefined for other text. */
export function parseMasterKey(text: string): Buffer | undefined {
  const key = decodeMasterKey(text)
  return key && isRandom(key) ? key : undefined
}

/** What a master key must be instead of this text; undefined if it is valid. */
export function masterKeyProblem(text: string): string | undefined {
  const key = decodeMasterKey(text)
  if (!key) return masterKeyForm
  if (isRandom(key)) return undefined
  return 'random, but its bytes repeat: use the output of `openssl rand -hex 32`'
}

function decodeMasterKey(text: string): Buffer | undefined {
  const hexadecimal = /^[0-9a-f]{64}$/i.test(text)
  if (!hexadecimal && !/^[A-Za-z0-9+/_-]{43}=?$/.test(text)) return undefined
  const key = Buffer.from(text, hexadecimal ? 'hex' : 'base64')
  return key.length === keyBytes ? key : undefined
}

/** Random bytes practically never have fewer than 8 distinct values among 32. */
const isRandom = (key: Buffer) => new Set(key).size >= 8

interface Source {
  masterKey?: string | undefined
  previousMasterKeys?: readonly string[]
  file?: string | undefined
  /** Whether to create a missing file. */
  create?: boolean
}

/**
 * The key of the environment, or else of the file, which the first start creates. Without a file,
 * as for a database in memory, the key is lost with the process. During a rotation, the previous
 * key is in a second file.
 */
export async function loadMasterKey(from: Source): Promise<MasterKey> {
  const { masterKey, previousMasterKeys = [], file, create = true } = from
  const previous = previousMasterKeys.map(keyOf)
  if (masterKey !== undefined) return { key: keyOf(masterKey), previous, created: false }
  if (file === undefined) return { key: randomBytes(keyBytes), previous, created: true }
  const created = create && (await createKeyFile(file))
  const key = await readKeyFile(file)
  const before = await openIfPresent(previousFile(file))
  await before?.close()
  if (!before) return { key, previous, created, file }
  const replaced = await readKeyFile(previousFile(file))
  return {
    key,
    created,
    file,
    previous: [...previous, replaced],
    replacing: !replaced.equals(key),
  }
}

const previousFile = (file: string) => `${file}.previous`

function keyOf(text: string): Buffer {
  const key = parseMasterKey(text)
  if (key) return key
  throw new MasterKeyError(`A master key must be ${masterKeyProblem(text)}.`)
}

/** Replaces the key in the file with a new one, and keeps the former one in a second file. */
export async function replaceKeyFile(file: string): Promise<void> {
  const draft = `${file}.${randomBytes(6).toString('hex')}`
  await linkUnlessPresent(file, previousFile(file))
  await writeDurably(draft, `${randomBytes(keyBytes).toString('base64url')}\n`)
  await synchronise(dirname(file))
  await rename(draft, file)
  await synchronise(dirname(file))
}

/** Deletes the former key, after all values have been sealed again. */
export async function removePreviousKeyFile(file: string): Promise<void> {
  await unlink(previousFile(file))
  await synchronise(dirname(file))
}

const errorCode = (error: unknown): unknown =>
  error instanceof Error && 'code' in error ? error.code : undefined

async function openIfPresent(file: string): Promise<FileHandle | undefined> {
  try {
    return await open(file, constants.O_RDONLY)
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined
    throw new MasterKeyError(`The master key file ${file} cannot be opened (${errorCode(error)}).`)
  }
}

async function readKeyFile(file: string): Promise<Buffer> {
  const handle = await openIfPresent(file)
  if (!handle) throw new MasterKeyError(`The master key file ${file} is missing.`)
  try {
    const { mode, size } = await handle.stat()
    const permissions = (mode & 0o777).toString(8).padStart(4, '0')
    if ((mode & 0o077) !== 0) {
      throw new MasterKeyError(
        `The master key file ${file} is readable by others (mode ${permissions}): ` +
          'restrict it to its owner (chmod 600), and replace the key if others may have read it.',
      )
    }
    const text = size <= longestFileBytes ? (await handle.readFile('utf8')).trim() : ''
    const key = parseMasterKey(text)
    if (key) return key
    throw new MasterKeyError(
      `The master key file ${file} does not hold a key, which must be ${masterKeyProblem(text)}: ` +
        'restore it from a backup, because the stored secrets cannot be decrypted without it.',
    )
  } finally {
    await handle.close()
  }
}

/**
 * Creates the file unless it exists, and returns whether it did. The key is written under another
 * name and then linked, so that a crash leaves no partial key, and of two processes that start
 * concurrently, one creates the key and both use it.
 */
async function createKeyFile(file: string): Promise<boolean> {
  const present = await openIfPresent(file)
  if (present) {
    await present.close()
    return false
  }
  const draft = `${file}.${randomBytes(6).toString('hex')}`
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 })
    await writeDurably(draft, `${randomBytes(keyBytes).toString('base64url')}\n`)
    const created = await linkUnlessPresent(draft, file).finally(() => unlink(draft))
    await synchronise(dirname(file))
    return created
  } catch (error) {
    throw new MasterKeyError(`The master key file ${file} cannot be made (${errorCode(error)}).`)
  }
}

async function writeDurably(file: string, text: string): Promise<void> {
  const handle = await open(file, 'wx', 0o600)
  try {
    await handle.writeFile(text)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

async function linkUnlessPresent(draft: string, file: string): Promise<boolean> {
  try {
    await link(draft, file)
    return true
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false
    throw error
  }
}

async function synchronise(directory: string): Promise<void> {
  const handle = await open(directory, constants.O_RDONLY)
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
