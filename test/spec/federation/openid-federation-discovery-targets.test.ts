/** Fetches of entity statements reach public servers only, OpenID Federation §18.1. */

import type { RequestListener } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { createServer as createTcpServer } from 'node:net'
import { beforeEach, describe, expect, it } from 'vitest'
import { resolveChain } from '../../../src/clients/federation/resolve.ts'
import { isEntityId } from '../../../src/oauth/federation/entity-id.ts'
import { createFetch, type FetchSettings } from '../../../src/system/fetch.ts'
import type { Resolve } from '../../../src/system/resolver.ts'
import { type Entity, entity, federationOf, pinned } from '../../support/federation.ts'
import { asyncOutcomeOf, serviceWith } from '../../support/rules.ts'
import { type TestSystem, testSystem } from '../../support/system.ts'
import { closeServersAfterEach, listen } from '../../system/servers.ts'
import { certificate, privateKey } from '../../system/tls-certificate.ts'

closeServersAfterEach()

let system: TestSystem
let anchor: Entity
beforeEach(async () => {
  system = testSystem()
  anchor = await entity('https://anchor.example')
})

/** With a real client for all URLs but those that the test has prepared. */
const resolve = (id: string, settings: Partial<FetchSettings> = {}, prepared: string[] = []) => {
  const real = createFetch({ allow: [], clock: system.clock, ...settings })
  const fetch = Object.assign(
    (...[url, options]: Parameters<typeof real>) =>
      prepared.includes(url) ? system.fetch(url, options) : real(url, options),
    system.fetch,
  )
  const service = serviceWith({ trustAnchors: [pinned(anchor)] })
  const context = { service, system: { ...system, fetch }, now: system.clock() }
  return asyncOutcomeOf(resolveChain(context, id))
}

const loopback: Resolve = (_, done) => done(null, [{ address: '127.0.0.1', family: 4 }])
const wellKnown = (id: string) => `${id}/.well-known/openid-federation`

describe('address of an entity', () => {
  it.each([
    'https://169.254.169.254',
    'https://169.254.169.254/latest',
    'https://10.0.0.1:22',
    'https://127.0.0.1:22',
    'https://[::1]',
    'https://[::ffff:a00:1]',
    'https://[fd00:ec2::254]',
    'https://localhost:8080',
  ])('%s is not connected to', async (id) => {
    expect(isEntityId(id)).toBe(true)
    expect(await resolve(id)).toBe('invalid_client (P136101)')
  })

  it.each([
    'https://[::ffff:10.0.0.1]',
    'https://a@anchor.example',
    'https://a:b@anchor.example',
    'https://127.1',
    'https://2130706433',
    'https://0x7f.1',
    'https://ANCHOR.example',
    'https://anchor.example:443',
    'https://anchor.example?x',
    'https://anchor.example/../x',
    'http://anchor.example',
  ])('%s is no entity identifier, and as a hint it is malformed', async (id) => {
    expect(isEntityId(id)).toBe(false)
    const party = await entity('https://rp.example')
    const { configuration } = federationOf(system)
    const body = await configuration(party, { claims: { authority_hints: [id] } })
    system.fetch.answer(wellKnown(party.id), { body })
    expect(await resolve(party.id, {}, [wellKnown(party.id)])).toBe('invalid_trust_chain (P135010)')
  })

  it.each([
    'https://169.254.169.254/fetch',
    'https://[::ffff:10.0.0.1]/fetch',
    'https://127.1:22/fetch',
    'https://2130706433/fetch',
    'https://localhost/fetch',
    'https://anchor.example./fetch',
  ])('is not reached through the fetch endpoint %s', async (endpoint) => {
    const party = await entity('https://rp.example', { superiors: [anchor] })
    anchor.claims = { metadata: { federation_entity: { federation_fetch_endpoint: endpoint } } }
    federationOf(system).publish(party)
    const prepared = [party, anchor].map(({ id }) => wellKnown(id))
    expect(await resolve(party.id, {}, prepared)).toBe('invalid_trust_anchor (P136201)')
  })

  it('is checked for each connection, so that a name that changes has no effect', async () => {
    const port = await listen(createTcpServer(() => expect.fail('It was connected to.')))
    let looked = 0
    const settings: Partial<FetchSettings> = {
      resolve: (_, done) => {
        looked += 1
        done(null, [{ address: '127.0.0.1', family: 4 }])
      },
    }
    expect(await resolve(`https://rebinding.example:${port}`, settings)).toBe(
      'invalid_client (P136101)',
    )
    expect(looked).toBe(1)
  })
})

describe('server of an entity', () => {
  const id = (port: number) => `https://postern.test:${port}`

  /** What becomes of an entity whose server behaves like this. */
  async function outcomeWith(answer: RequestListener) {
    const server = createTlsServer({ cert: certificate, key: privateKey }, answer)
    const port = await listen(server)
    const settings = { allow: [`postern.test:${port}`], trust: certificate, resolve: loopback }
    return resolve(id(port), settings)
  }

  it('is not followed to another place', async () => {
    const target = await listen(createTcpServer(() => expect.fail('It was followed.')))
    const outcome = await outcomeWith((_, response) => {
      response.writeHead(302, { location: `https://postern.test:${target}/` }).end()
    })
    expect(outcome).toBe('invalid_client (P136101)')
  })

  it('that sends without an end is left after 64 KB', async () => {
    let sent = 0
    const outcome = await outcomeWith((_, response) => {
      const send = () => {
        sent += 8_192
        if (!response.destroyed) response.write('a'.repeat(8_192), () => setImmediate(send))
      }
      send()
    })
    expect(outcome).toBe('invalid_trust_chain (P135001)')
    expect(sent).toBeLessThan(8_000_000)
  })

  it('that announces a large statement is left at once', async () => {
    const outcome = await outcomeWith((_, response) => {
      response.writeHead(200, { 'content-length': '70000' })
      response.write('a')
    })
    expect(outcome).toBe('invalid_trust_chain (P135001)')
  })

  it('that sends byte by byte is left after a deadline', async () => {
    const timers: NodeJS.Timeout[] = []
    const outcome = await outcomeWith((_, response) => {
      timers.push(setInterval(() => response.write('a'), 20))
    })
    for (const timer of timers) clearInterval(timer)
    expect(outcome).toBe('temporarily_unavailable (P136102)')
  })

  it('that compresses its statement is refused', async () => {
    const outcome = await outcomeWith((_, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end('x')
    })
    expect(outcome).toBe('invalid_trust_chain (P135001)')
  })

  it('that speaks no TLS is unreachable', async () => {
    const port = await listen(createTcpServer((socket) => socket.end('SSH-2.0-OpenSSH_9.7\r\n')))
    const settings = { allow: [`postern.test:${port}`], resolve: loopback }
    expect(await resolve(id(port), settings)).toBe('temporarily_unavailable (P136102)')
  })

  it('of a whole federation is read by the real client', async () => {
    const federation = federationOf(system)
    let party: Entity | undefined
    const server = createTlsServer({ cert: certificate, key: privateKey }, async (_, response) => {
      response.setHeader('content-type', 'application/entity-statement+jwt')
      response.end(party && (await federation.configuration(party)))
    })
    const port = await listen(server)
    party = await entity(id(port), { superiors: [anchor] })
    federation.publish(party)
    const prepared = [
      wellKnown(anchor.id),
      `${anchor.id}/fetch?sub=${encodeURIComponent(party.id)}`,
    ]
    const settings = { allow: [`postern.test:${port}`], trust: certificate, resolve: loopback }
    expect(await resolve(party.id, settings, prepared)).toMatchObject({ subject: party.id })
  })
})
