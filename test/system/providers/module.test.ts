/** Providers of keys that are modules of the operator. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openKeyProviders } from '../../../src/process/keys/providers.ts'
import { createProcesses } from '../../support/processes.ts'
import type { Json } from '../../support/server.ts'

const folder = mkdtempSync(join(tmpdir(), 'postern-module-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const write = (name: string, text: string) => writeFileSync(join(folder, name), text)

/** Opens what the entries declare, as Postern does at its start. */
async function opened(...entries: Json[]) {
  const hsmConfig = join(folder, 'hsm.json')
  write('hsm.json', JSON.stringify(entries))
  return openKeyProviders({ hsmConfig, isProduction: true, otherVariables: {} })
}

const entry = { name: 'own', kind: 'module', module: './module.mjs' }
const data = Buffer.from('data')

/** A module with keys of node:crypto, and ways to be wrong that its options choose. */
const module = `
import { generateKeyPairSync, sign } from 'node:crypto'
export function createKeyProvider(options, system) {
  globalThis.toldOptions = options
  const keys = new Map()
  const refused = (message) => Object.assign(new Error(message), { fault: 'refused' })
  const answers = {
    algorithms: async () => ['ES256'],
    async create(handle) {
      const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
      keys.set(handle, pair)
      const jwk = (options.leaks ? pair.privateKey : pair.publicKey).export({ format: 'jwk' })
      return { reference: handle, publicJwk: jwk, more: 'ignored' }
    },
    find: async (handle) => (options.malformed ? { reference: handle, publicJwk: {} } : undefined),
    async sign(reference, alg, data) {
      const key = keys.get(reference)?.privateKey
      if (!key) throw refused('There is no such key.')
      if (options.hangs) return new Promise(() => {})
      if (options.malformed) return 'text'
      if (options.throws) throw new Error('the secret is 4711')
      return sign('sha256', data, { key, dsaEncoding: 'ieee-p1363' })
    },
    destroy: async (reference) => void keys.delete(reference),
    check: async () => void system.read('reachable'),
    close: async () => { throw new Error('closed twice') },
  }
  return answers
}
`

beforeAll(() => {
  write('module.mjs', module)
  write('nothing.mjs', 'export const other = 1')
  write('less.mjs', 'export const createKeyProvider = () => ({ sign() {} })')
  write('broken.mjs', 'export const createKeyProvider = (')
  write('silent.mjs', `export const createKeyProvider = () => { throw new Error('secret 4711') }`)
  write(
    'telling.mjs',
    `export const createKeyProvider = () => {
      throw Object.assign(new Error('region is missing'), { fault: 'refused' })
    }`,
  )
})

describe('key provider in a module', () => {
  it('is loaded relative to the configuration, and gets its name and options', async () => {
    const { keyProviders, required } = await opened({
      ...entry,
      ...{ timeoutMs: 500, verify: false, destroyAfterDays: 30, region: 'eu-1' },
    })
    const { toldOptions } = globalThis as Json
    expect(toldOptions).toEqual({ name: 'own', timeoutMs: 500, region: 'eu-1' })
    const provider = keyProviders.get('own')
    expect(provider).toMatchObject({ name: 'own', verify: false, destroyAfterDays: 30 })
    expect(await provider?.algorithms()).toEqual(['ES256'])
    expect(required).toEqual([])
  })

  it('destroys deleted keys after seven days if the configuration does not say when', async () => {
    const provider = (await opened(entry)).keyProviders.get('own')
    expect(provider?.destroyAfterDays).toBe(7)
  })

  it('signs, and refuses what it does not have', async () => {
    const provider = (await opened(entry)).keyProviders.get('own')
    const key = await provider?.create('a key', { use: 'sig', alg: 'ES256' })
    expect(key).toEqual({ reference: 'a key', publicJwk: expect.objectContaining({ kty: 'EC' }) })
    expect(await provider?.sign('a key', 'ES256', data)).toHaveLength(64)
    for (const call of [
      () => provider?.sign('another', 'ES256', data),
      () => provider?.decrypt('a key', 'RSA-OAEP', data),
      () => provider?.agree('a key', {}),
    ]) {
      await expect(call()).rejects.toMatchObject({ fault: 'refused' })
    }
    await provider?.destroy('a key')
    expect(await provider?.find('a key')).toBeUndefined()
  })

  it('cannot put a private key into the database', async () => {
    const provider = (await opened({ ...entry, leaks: true })).keyProviders.get('own')
    const key = await provider?.create('a key', { use: 'sig', alg: 'ES256' })
    expect(Object.keys(key?.publicJwk ?? {}).sort()).toEqual(['crv', 'kty', 'x', 'y'])
  })

  it.each([
    ['answers with something else', { malformed: true }],
    ['throws', { throws: true }],
    ['does not answer', { hangs: true, timeoutMs: 100 }],
  ])('is unavailable if it %s, and its own words are not repeated', async (_what, options) => {
    const provider = (await opened({ ...entry, ...options })).keyProviders.get('own')
    const key = await provider?.create('a key', { use: 'sig', alg: 'ES256' })
    const failed = provider?.sign(key?.reference ?? '', 'ES256', data)
    await expect(failed).rejects.toMatchObject({
      fault: 'unavailable',
      message: expect.not.stringContaining('4711'),
    })
  })

  it('is unavailable if it returns a malformed key', async () => {
    const provider = (await opened({ ...entry, malformed: true })).keyProviders.get('own')
    await expect(provider?.find('a key')).rejects.toMatchObject({ fault: 'unavailable' })
  })

  it('does not keep Postern from its end', async () => {
    const provider = (await opened(entry)).keyProviders.get('own')
    expect(await provider?.close()).toBeUndefined()
  })

  it.each([
    ['./absent.mjs', 'cannot be loaded'],
    ['a-package-that-is-not-there', 'cannot be loaded'],
    ['./broken.mjs', 'cannot be loaded'],
    ['./nothing.mjs', 'exports no function createKeyProvider'],
    ['./less.mjs', 'has no method algorithms'],
    ['./telling.mjs', 'created no provider: region is missing'],
    ['./silent.mjs', 'created no provider.'],
  ])('%s ends the start: it %s', async (specifier, message) => {
    const failed = opened({ ...entry, module: specifier })
    await expect(failed).rejects.toThrow(`POSTERN_HSM_CONFIG is not valid: the`)
    await expect(failed).rejects.toThrow(message)
    await expect(failed).rejects.toThrow(specifier)
    await expect(failed).rejects.not.toThrow('4711')
  })

  it.each([
    [{ ...entry, kind: 'modul' }, '[0.kind]'],
    [{ ...entry, module: '' }, '[0.module]'],
    [{ ...entry, name: 'a b' }, '[0.name]'],
    [{ ...entry, timeoutMs: 1 }, '[0.timeoutMs]'],
    [{ ...entry, required: 'yes' }, '[0.required]'],
    [{ ...entry, verify: 1 }, '[0.verify]'],
    [{ ...entry, destroyAfterDays: -1 }, '[0.destroyAfterDays]'],
    [{ ...entry, destroyAfterDays: 366 }, '[0.destroyAfterDays]'],
    [{ name: 'm', kind: 'memory' }, 'the kind memory is for tests'],
    [{ name: 'm', kind: 'memory', pin: '1' }, '[0.]: Unrecognized key'],
  ])('is refused as %j', async (wrong, message) => {
    await expect(opened(wrong)).rejects.toThrow(message.replace('0.]', '0]'))
  })

  it('is refused with a name that is there twice', async () => {
    await expect(opened(entry, entry)).rejects.toThrow('the name own is there twice')
  })
})

describe('a server with a key provider', () => {
  const processes = createProcesses()
  afterAll(() => processes.close())
  const hsm = (...entries: Json[]) => {
    write('process.json', JSON.stringify(entries))
    return { POSTERN_HSM_CONFIG: join(folder, 'process.json'), POSTERN_METRICS_PORT: '0' }
  }

  it('does not start with a module that is not there', async () => {
    const environment = hsm({ ...entry, module: './absent.mjs' })
    const { code, output } = await processes.run(['serve'], environment)
    expect(code).not.toBe(0)
    expect(output).toContain('POSTERN_HSM_CONFIG is not valid: the module ./absent.mjs')
  })

  it('is ready while the provider that is required can be reached, and counts calls', async () => {
    const other = { ...entry, name: 'other' }
    const server = await processes.started(hsm({ ...entry, required: true }, other))
    const ready = async () => {
      const response = await fetch(`${server.url}/health/ready`)
      return [response.status, await response.json()]
    }
    expect(await ready()).toEqual([503, { status: 'a key provider does not answer' }])
    write('reachable', '')
    expect(await ready()).toEqual([200, { status: 'ready' }])
    rmSync(join(folder, 'reachable'))
    expect((await ready())[0]).toBe(503)
    for (let count = 0; count < 5; count++) await ready()
    const [, at = ''] = /metrics +(\S+)/.exec(server.output()) ?? []
    const metrics = await (await fetch(at)).text()
    const counted = 'postern_hsm_operations_total{hsm="own",operation="check"'
    expect(metrics).toContain(`${counted},result="ok"} 1`)
    expect(metrics).toMatch(/operation="check",result="unavailable"} \d/)
    expect(metrics).toMatch(/operation="check",result="rejected"} \d/)
    expect(metrics).toContain('postern_hsm_breaker_open{hsm="own"} 1')
    expect(metrics).toContain('postern_hsm_breaker_open{hsm="other"} 0')
    expect(metrics).toMatch(/hsm_operation_duration_seconds_count{hsm="own",operation="check"} \d/)
  })
})
