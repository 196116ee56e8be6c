import { randomBytes } from 'node:crypto'
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { loadMasterKey, MasterKeyError, parseMasterKey } from '../../src/system/master-key.ts'

const key = randomBytes(32)
let directory = ''
let file = ''

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'postern-master-key-'))
  file = join(directory, 'data', 'master.key')
})
afterEach(() => rm(directory, { recursive: true, force: true }))

async function messageOf(loading: Promise<unknown>): Promise<string> {
  const error = await loading.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(MasterKeyError)
  return error instanceof Error ? error.message : ''
}

describe('text of a master key', () => {
  it.each(['hex', 'base64', 'base64url'] as const)('contains 32 bytes in %s', (encoding) => {
    expect(parseMasterKey(key.toString(encoding))).toEqual(key)
  })

  it.each([
    ['empty', ''],
    ['too short', randomBytes(31).toString('base64url')],
    ['too long', randomBytes(33).toString('base64url')],
    ['a password', 'correct horse battery staple'],
    ['all zeros', '0'.repeat(64)],
    ['a repeated letter', 'A'.repeat(43)],
    ['with a line break', `${key.toString('base64url')}\n`],
  ])('is rejected: %s', (_, text) => {
    expect(parseMasterKey(text)).toBeUndefined()
  })
})

describe('loading the master key', () => {
  it('uses the key of the environment, and no file', async () => {
    const loaded = await loadMasterKey({ masterKey: key.toString('hex'), file })
    expect(loaded).toEqual({ key, previous: [], created: false })
    expect(await readdir(directory)).toEqual([])
  })

  it('rejects a malformed key of the environment without repeating it', async () => {
    expect(await messageOf(loadMasterKey({ masterKey: 'hush-hush', file }))).not.toContain('hush')
  })

  it('creates a file of mode 0600 on the first start, and reads it on the next', async () => {
    const first = await loadMasterKey({ file })
    expect(first).toMatchObject({ created: true, file })
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    expect(await loadMasterKey({ file })).toEqual({
      key: first.key,
      previous: [],
      created: false,
      file,
    })
    expect(await readdir(join(directory, 'data'))).toEqual(['master.key'])
  })

  it('creates one key if several processes start concurrently', async () => {
    const loaded = await Promise.all(Array.from({ length: 20 }, () => loadMasterKey({ file })))
    expect(new Set(loaded.map((each) => each.key.toString('hex'))).size).toBe(1)
    expect(loaded.filter((each) => each.created)).toHaveLength(1)
    expect(await readdir(join(directory, 'data'))).toEqual(['master.key'])
  })

  it('uses a key for the lifetime of the process if there is no file', async () => {
    const [one, other] = [await loadMasterKey({}), await loadMasterKey({})]
    expect(one).toMatchObject({ created: true })
    expect(one).not.toHaveProperty('file')
    expect(one.key).not.toEqual(other.key)
  })

  it.each([0o640, 0o604, 0o660, 0o622])('rejects a file of mode %o', async (mode) => {
    await loadMasterKey({ file })
    await chmod(file, mode)
    const message = await messageOf(loadMasterKey({ file }))
    expect(message).toContain(file)
    expect(message).toContain('chmod 600')
    expect(message).not.toContain((await readFile(file, 'utf8')).trim())
  })

  it.each(['', 'hush-hush', `${key.toString('hex')}00`, 'x'.repeat(5_000)])(
    'rejects a malformed file without changing it',
    async (content) => {
      file = join(directory, 'master.key')
      await writeFile(file, content, { mode: 0o600 })
      expect(await messageOf(loadMasterKey({ file }))).toMatch(/does not hold a key/)
      expect(await readFile(file, 'utf8')).toBe(content)
    },
  )

  it('reports that the file cannot be created', async () => {
    await writeFile(join(directory, 'data'), 'in the way')
    expect(await messageOf(loadMasterKey({ file }))).toMatch(/cannot be (made|opened) \(E\w+\)/)
  })
})
