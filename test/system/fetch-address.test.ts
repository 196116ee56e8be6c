import { createServer as createTcpServer } from 'node:net'
import { describe, expect, it } from 'vitest'
import { createFetch } from '../../src/system/fetch.ts'
import { testClock } from '../support/system.ts'
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

describe('invalid URL of an outbound fetch', () => {
  it.each([
    '',
    'not a URL',
    '/relative',
    'ftp://client.example/',
    'file:///etc/passwd',
    'data:text/plain,hush',
    'https://',
    'https://user@client.example/hush',
    'https://user:hush@client.example/',
    'https://client.example./',
    'https://[::1%25eth0]/',
    'https://[fe80::1%eth0]/',
    `https://client.example/${'x'.repeat(4_096)}`,
  ])('is rejected: %s', async (url) => {
    expect(await reasonOf(createFetch(settings())(url, { purpose, serviceId }))).toBe('invalid-url')
  })
})

describe('forbidden address of an outbound fetch', () => {
  const guarded = createFetch(settings({ allow: [] }))

  it.each([
    'https://127.0.0.1/',
    'https://127.1/',
    'https://2130706433/',
    'https://0x7f000001/',
    'https://0x7f.1/',
    'https://0177.0.0.1/',
    'https://127.0.0.1./',
    'https://１２７.0.0.1/',
    'https://0/',
    'https://[::1]/',
    'https://[::]/',
    'https://[::ffff:127.0.0.1]/',
    'https://[::ffff:a9fe:a9fe]/',
    'https://[64:ff9b::7f00:1]/',
    'https://169.254.169.254/latest/meta-data/',
    'https://[fd00:ec2::254]/',
    'https://10.0.0.1:8443/hush?hush#hush',
    'https://localhost/',
    'https://LOCALHOST:7678/',
    'http://127.0.0.1/',
    'http://1.1.1.1/',
  ])('is %s, also in another notation', async (url) => {
    expect(await reasonOf(guarded(url, { purpose, serviceId }))).toBe('forbidden-address')
  })

  it('is never connected to', async () => {
    let connections = 0
    const port = await listen(createTcpServer(() => (connections += 1)))
    const hosts = ['127.0.0.1', 'localhost', '[::ffff:7f00:1]', '2130706433']
    for (const host of hosts)
      await reasonOf(guarded(`https://${host}:${port}/`, { purpose, serviceId }))
    expect(connections).toBe(0)
  })

  it('is detected when connecting, so that DNS rebinding has no effect', async () => {
    const port = await listen(createTcpServer(() => expect.fail('It was connected to.')))
    let asked = 0
    const fetch = createFetch({
      allow: [],
      clock: testClock(),
      resolve: (_, done) => {
        asked += 1
        done(null, [{ address: '127.0.0.1', family: 4 }])
      },
    })
    const url = `https://rebinding.example:${port}/`
    expect(await reasonOf(fetch(url, { purpose, serviceId }))).toBe('forbidden-address')
    expect(asked).toBe(1)
  })

  it('is skipped if a name has several addresses', async () => {
    const origin = await serve((_, response) => response.end('reached'))
    const fetch = createFetch(
      settings({
        allow: ['127.0.0.1'],
        resolve: (_, done) => {
          done(null, [
            { address: '127.0.0.2', family: 4 },
            { address: '::1', family: 6 },
            { address: '127.0.0.1', family: 4 },
          ])
        },
      }),
    )
    const url = origin.replace('127.0.0.1', 'several.example')
    expect((await fetch(url, { purpose, serviceId })).body).toBe('reached')
  })

  it('can be allowed by host and port', async () => {
    const origin = await serve((_, response) => response.end('reached'))
    const { port } = new URL(origin)
    const fetch = createFetch(settings({ allow: [`localhost:${port}`] }))
    expect((await fetch(`http://localhost:${port}/`, { purpose, serviceId })).body).toBe('reached')
    expect(await reasonOf(fetch(`http://127.0.0.1:${port}/`, { purpose, serviceId }))).toBe(
      'forbidden-address',
    )
    expect(await reasonOf(fetch('http://localhost:1/', { purpose, serviceId }))).toBe(
      'forbidden-address',
    )
  })
})
