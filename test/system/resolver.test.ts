/** Resolving a name does not delay other names. */
import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises'
import { createServer as createTcpServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { createFetch } from '../../src/system/fetch.ts'
import { createResolver, type ResolverSettings } from '../../src/system/resolver.ts'
import { within } from '../support/pace.ts'
import { testClock } from '../support/system.ts'
import { type NameServer, startNameServer, type Told } from './name-server.ts'
import {
  closeServersAfterEach,
  listen,
  purpose,
  reasonOf,
  serve,
  serviceId,
  settings,
} from './servers.ts'

closeServersAfterEach()

let nameServer: NameServer | undefined
afterEach(async () => {
  await nameServer?.close()
  nameServer = undefined
})

const start = async (tell: (name: string) => Told) => {
  nameServer = await startNameServer(tell)
  return nameServer
}

const noFile = '/nowhere/at/all'

function resolver(more: Partial<ResolverSettings> = {}) {
  const servers = nameServer ? [nameServer.address] : []
  const files = { hostsFile: noFile, resolverFile: noFile }
  const resolve = createResolver({ clock: testClock(), servers, ...files, ...more })
  return (host: string) =>
    new Promise<string[]>((found, failed) => {
      resolve(host, (error, addresses) => {
        if (error) failed(error)
        else found(addresses.map(({ address }) => address))
      })
    })
}

describe('name whose name server does not answer', () => {
  it('fails within a second, and without a query for the next five seconds', async () => {
    const { asked } = await start(() => 'silent')
    const clock = testClock()
    const find = resolver({ clock })
    const started = performance.now()
    await expect(find('dead.example')).rejects.toMatchObject({ code: 'ETIMEOUT' })
    expect(performance.now() - started).toBeLessThan(within(1_500))
    const queries = asked.length
    clock.advance(4_999)
    await expect(find('dead.example')).rejects.toMatchObject({ code: 'ETIMEOUT' })
    expect(asked).toHaveLength(queries)
    clock.advance(1)
    await expect(find('dead.example')).rejects.toMatchObject({ code: 'ETIMEOUT' })
    expect(asked.length).toBeGreaterThan(queries)
  })

  it('does not delay other names, however many there are', async () => {
    const { address } = await start((name) =>
      name === 'good.example' ? { addresses: ['127.0.0.1'] } : 'silent',
    )
    const origin = await serve((_, response) => response.end('here'))
    const fetch = createFetch(settings({ dnsServers: [address] }))
    const hanging = Array.from({ length: 40 }, (_, at) =>
      reasonOf(
        fetch(`https://dead-${at}.example/`, { purpose: `purpose ${at % 2}`, serviceId: 1 }),
      ),
    )
    const started = performance.now()
    const url = origin.replace('127.0.0.1', 'good.example')
    expect((await fetch(url, { purpose, serviceId: 2 })).body).toBe('here')
    expect(performance.now() - started).toBeLessThan(within(500))
    expect(new Set(await Promise.all(hanging))).toEqual(new Set(['timeout']))
    expect(performance.now() - started).toBeLessThan(within(2_500))
  })
})

describe('known name', () => {
  it('is queried once per lifetime, at least once a minute (RFC 1035 §3.2.1)', async () => {
    const lifetimes: Record<string, number> = { 'short.example': 10, 'long.example': 86_400 }
    const { asked } = await start((name) => ({
      addresses: ['192.0.2.7'],
      seconds: lifetimes[name] ?? 0,
    }))
    const clock = testClock()
    const find = resolver({ clock })
    const all = () => Promise.all(Object.keys(lifetimes).map(find))
    expect(await Promise.all([all(), all()])).toEqual(Array(2).fill([['192.0.2.7'], ['192.0.2.7']]))
    expect(asked.toSorted()).toEqual(['long.example', 'short.example'])
    clock.advance(9_999)
    await all()
    expect(asked).toHaveLength(2)
    clock.advance(1)
    await all()
    expect(asked.slice(2)).toEqual(['short.example'])
    clock.advance(50_000)
    await all()
    expect(asked.slice(3).toSorted()).toEqual(['long.example', 'short.example'])
  })

  it('is checked at the address of the connection, however it was resolved', async () => {
    const { address } = await start(() => ({ addresses: ['127.0.0.1'] }))
    const port = await listen(createTcpServer(() => expect.fail('It was connected to.')))
    const fetch = createFetch(settings({ allow: [], dnsServers: [address] }))
    const url = `https://inside.example:${port}/`
    expect(await reasonOf(fetch(url, { purpose, serviceId }))).toBe('forbidden-address')
  })
})

describe('unknown name', () => {
  it('is queried again after five seconds', async () => {
    const { asked } = await start(() => 'unknown')
    const clock = testClock()
    const find = resolver({ clock })
    for (const _ of [1, 2]) {
      await expect(find('none.example')).rejects.toMatchObject({ code: 'ENOTFOUND' })
    }
    expect(asked).toEqual(['none.example'])
    clock.advance(5_000)
    await expect(find('none.example')).rejects.toMatchObject({ code: 'ENOTFOUND' })
    expect(asked).toHaveLength(2)
  })

  it('is queried with the domains of the search list if it is short', async () => {
    const { asked } = await start((name) =>
      name === 'idp.cluster.local' ? { addresses: ['10.0.0.9'] } : 'unknown',
    )
    const folder = await mkdtemp(join(tmpdir(), 'resolver-'))
    try {
      const resolverFile = join(folder, 'resolv.conf')
      await writeFile(resolverFile, 'search other.local cluster.local\noptions ndots:2\n')
      const find = resolver({ resolverFile })
      expect(await find('idp')).toEqual(['10.0.0.9'])
      expect(asked).toEqual(['idp', 'idp.other.local', 'idp.cluster.local'])
      await expect(find('not.short.example')).rejects.toMatchObject({ code: 'ENOTFOUND' })
      expect(asked.slice(3)).toEqual(['not.short.example'])
    } finally {
      await rm(folder, { recursive: true })
    }
  })

  it('is not queried if it is reserved (RFC 6761 §6.3, §6.4)', async () => {
    const { asked } = await start(() => ({ addresses: ['192.0.2.7'] }))
    const find = resolver()
    expect(await find('localhost')).toEqual(['127.0.0.1', '::1'])
    expect(await find('app.localhost')).toEqual(['127.0.0.1', '::1'])
    await expect(find('nowhere.invalid')).rejects.toMatchObject({ code: 'ENOTFOUND' })
    expect(asked).toEqual([])
  })
})

describe('hosts file', () => {
  it('precedes name servers, and is read again after a change', async () => {
    const { asked } = await start(() => ({ addresses: ['192.0.2.7'] }))
    const folder = await mkdtemp(join(tmpdir(), 'resolver-'))
    try {
      const hostsFile = join(folder, 'hosts')
      const clock = testClock()
      await writeFile(hostsFile, '# ours\n10.0.0.5  idp IDP.Example # old\n::1 idp\n')
      const find = resolver({ hostsFile, clock })
      expect(await find('idp')).toEqual(['10.0.0.5', '::1'])
      expect(await find('idp.example')).toEqual(['10.0.0.5'])
      await writeFile(hostsFile, '10.0.0.6 idp\n')
      await utimes(hostsFile, 1, 1)
      clock.advance(1_000)
      expect(await find('idp')).toEqual(['10.0.0.6'])
      expect(asked).toEqual([])
      expect(await find('idp.example')).toEqual(['192.0.2.7'])
    } finally {
      await rm(folder, { recursive: true })
    }
  })
})

describe('concurrent outbound fetches', () => {
  const shares = { ofPurpose: 2, ofService: 3, ofProcess: 4 }
  /** A server that does not answer, so that each fetch lasts until its timeout. */
  const silent = async () => {
    const port = await listen(createTcpServer((socket) => socket.resume()))
    return `http://127.0.0.1:${port}/`
  }

  it('are limited per purpose of a service, per service and per process', async () => {
    const url = await silent()
    const fetch = createFetch(settings({ shares }))
    let path = 0
    const begin = (service: number, purpose: string) =>
      reasonOf(fetch(`${url}${++path}`, { purpose, serviceId: service, timeoutMs: 300 }))
    const taken = [begin(1, 'a'), begin(1, 'a'), begin(1, 'b')]
    const started = performance.now()
    expect(await begin(1, 'a')).toBe('busy')
    expect(await begin(1, 'b')).toBe('busy')
    const another = begin(2, 'a')
    expect(await begin(3, 'a')).toBe('busy')
    expect(performance.now() - started).toBeLessThan(within(200))
    expect(await Promise.all([...taken, another])).toEqual(Array(4).fill('timeout'))
    expect(await begin(1, 'a')).toBe('timeout')
  })

  it('are not remembered as failed if they exceed a limit', async () => {
    const url = await silent()
    const origin = await serve((_, response) => response.end('here'))
    const fetch = createFetch(settings({ shares: { ...shares, ofPurpose: 1 } }))
    const hanging = reasonOf(fetch(url, { purpose, serviceId: 1, timeoutMs: 300 }))
    expect(await reasonOf(fetch(origin, { purpose, serviceId: 1 }))).toBe('busy')
    expect((await fetch(origin, { purpose, serviceId: 2 })).body).toBe('here')
    await hanging
    expect((await fetch(origin, { purpose, serviceId: 1 })).body).toBe('here')
  })
})
