/** `postern keys`: the keys of a service on the command line. */
import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { keyFolder } from './support/key-files.ts'
import { createProcesses, type Processes, stop } from './support/processes.ts'
import type { Json } from './support/server.ts'
import { receiveEvents } from './support/webhooks.ts'

let processes: Processes
beforeEach(() => {
  processes = createProcesses()
})
afterEach(() => processes.close())

const token = 'a-token-that-the-operator-chose'

describe('postern keys', () => {
  it('generates, rotates, lists and restores keys while a server runs', async () => {
    const hsm = processes.file('../hsm.json')
    writeFileSync(hsm, JSON.stringify([{ name: 'box', kind: 'memory' }]))
    const environment = {
      POSTERN_ADMIN_TOKEN: token,
      POSTERN_LOG_LEVEL: 'silent',
      POSTERN_HSM_CONFIG: hsm,
    }
    const server = await processes.started(environment)
    const call = async (method: string, path: string, body?: object): Promise<Json> => {
      const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' }
      const text = body ? JSON.stringify(body) : null
      const response = await fetch(`${server.url}/api${path}`, { method, headers, body: text })
      return response.status === 204 ? undefined : response.json()
    }
    const { apiKey } = await call('POST', '/service/create', { hsmEnabled: true })
    const keys = (...words: string[]) => processes.run(['keys', ...words], environment)
    const service = String(apiKey)
    const published = async () => (await call('GET', `/${apiKey}/service/jwks/get`)).keys

    const generated = await keys('generate', service, '--alg', 'ES256')
    expect(generated).toMatchObject({ code: 0, output: expect.stringMatching(/^CURRENT\t/) })
    expect(await published()).toHaveLength(1)
    expect(await keys('rotate', service, '--alg', 'ES256')).toMatchObject({
      code: 0,
      output: expect.stringMatching(/^NEXT\tprotocol\tES256\t/m),
    })
    expect(await published()).toHaveLength(2)
    const again = await keys('rotate', service, '--alg', 'ES256')
    expect([again.code, again.output]).toEqual([1, expect.stringContaining('P112004')])

    const wanted = { kty: 'EC', use: 'sig', alg: 'ES384', hsmName: 'box', kid: 'held' }
    const { hsk } = await call('POST', `/${apiKey}/hsk/create`, wanted)
    await call('DELETE', `/${apiKey}/hsk/delete/${hsk.handle}?force=true`)
    expect((await keys('list', service)).output).toMatch(/^RETIRED\tprotocol\tES384\theld/m)
    expect((await keys('undelete', service, 'held')).code).toBe(0)
    expect((await keys('list', service)).output).toMatch(/^CURRENT\tprotocol\tES384\theld/m)
    expect((await published()).map(({ kid }: Json) => kid)).toContain('held')
    expect((await keys('undelete', service, 'held')).code).toBe(1)

    const { records } = await call('GET', `/${apiKey}/audit`)
    const types = records
      .filter(({ actor }: Json) => actor.kind === 'command_line')
      .map(({ type }: Json) => type)
    expect(types.sort()).toEqual(['key.created', 'key.restored', 'key.rotated'])
    for (const words of [
      ['list', '1'],
      ['generate', service, '--alg', 'none'],
      ['generate', service, '--alg', 'ES256', '--set', 'other'],
      ['rotate', service, '--alg', 'ES256', '--operation', 'destroy'],
    ]) {
      expect((await keys(...words)).code).toBe(1)
    }
    await stop(server)
  })

  it('imports the keys of a file, with their passphrase, into a set of a service', async () => {
    const environment = { POSTERN_ADMIN_TOKEN: token, POSTERN_LOG_LEVEL: 'silent' }
    const server = await processes.started(environment)
    const call = async (method: string, path: string, body?: object): Promise<Json> => {
      const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' }
      const text = body ? JSON.stringify(body) : null
      return (await fetch(`${server.url}/api${path}`, { method, headers, body: text })).json()
    }
    const { apiKey } = await call('POST', '/service/create', {})
    const write = (name: string, content: string | Buffer): string => {
      const path = processes.file(`../${name}`)
      writeFileSync(path, content)
      return path
    }
    const load = (file: string, ...words: string[]) =>
      processes.run(['keys', 'import', String(apiKey), '--file', file, ...words], environment)
    const pem = (key: KeyObject) => key.export({ type: 'pkcs8', format: 'pem' }).toString()
    const ec = (namedCurve: string) => generateKeyPairSync('ec', { namedCurve }).privateKey

    const plain = write('plain.pem', pem(ec('P-256')))
    expect(await load(plain, '--kid', 'mine')).toMatchObject({
      code: 0,
      output: expect.stringMatching(/^CURRENT\tprotocol\tES256\tmine\t/),
    })
    const folder = keyFolder()
    folder.openssl('req -x509 -newkey ed25519 -nodes -keyout k.pem -out c.pem -subj /CN=key')
    folder.openssl('pkcs12 -export -inkey k.pem -in c.pem -out k.p12 -passout pass:of-the-key')
    const container = write('k.p12', Buffer.from(folder.base64('k.p12'), 'base64'))
    folder.remove()
    const passphrase = ['--passphrase-file', write('passphrase', 'of-the-key\n')]
    expect(await load(container, '--set', 'federation', ...passphrase)).toMatchObject({
      code: 0,
      output: expect.stringMatching(/^CURRENT\tfederation\tEdDSA\t/),
    })
    const jwk = { ...ec('P-384').export({ format: 'jwk' }), kid: 'next' }
    const set = write('set.json', JSON.stringify({ keys: [jwk] }))
    expect((await load(set, '--activate', 'next')).output).toMatch(/^NEXT\tprotocol\tES384\tnext\t/)

    const { records } = await call('GET', `/${apiKey}/audit`)
    const created = records.filter(({ type }: Json) => type === 'key.created')
    const operations = created.map(({ operation }: Json) => operation)
    expect(operations).toEqual(Array.from({ length: 3 }, () => 'keys import'))
    expect(JSON.stringify(records)).not.toContain('of-the-key')
    for (const [file, ...words] of [
      [plain],
      [container, '--set', 'credential'],
      [write('other', 'no key')],
      [write('other.pem', pem(ec('P-256'))), '--activate', 'now'],
      [write('other.pem', pem(ec('P-256'))), '--set', 'other'],
      [processes.file('absent.pem')],
    ] as [string, ...string[]][]) {
      const { code, output } = await load(file, ...words)
      expect([code, output]).toEqual([1, expect.not.stringContaining('    at ')])
    }
    await stop(server)
  })

  it('tells the endpoints of events what it changed, which the running server delivers', async () => {
    const receiver = await receiveEvents()
    const environment = {
      POSTERN_ADMIN_TOKEN: token,
      POSTERN_LOG_LEVEL: 'silent',
      POSTERN_OUTBOUND_ALLOW: '127.0.0.1',
    }
    const server = await processes.started(environment)
    const call = async (path: string, body: object): Promise<Json> => {
      const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' }
      const sent = { method: 'POST', headers, body: JSON.stringify(body) }
      return (await fetch(`${server.url}/api${path}`, sent)).json()
    }
    const { apiKey } = await call('/service/create', {})
    const { secret } = await call(`/${apiKey}/events/endpoint/create`, { url: receiver.url })
    for (const command of ['generate', 'rotate']) {
      const { code } = await processes.run(
        ['keys', command, String(apiKey), '--alg', 'ES256'],
        environment,
      )
      expect(code).toBe(0)
    }
    await vi.waitFor(() => expect(receiver.received).toHaveLength(2), { timeout: 20_000 })
    const types = receiver.received.map(({ event }) => event.type)
    expect(types.sort()).toEqual(['key.created', 'key.rotated'])
    for (const message of receiver.received) receiver.verify(message, secret)
    await stop(server)
    await receiver.close()
  })
})
