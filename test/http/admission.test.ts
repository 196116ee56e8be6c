/** Admission of calls: neither one service nor slow connections can use all slots. */
import { once } from 'node:events'
import { createServer as createHttpServer, type Server } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { createAdmission, type Limits } from '../../src/http/load-shedding/admission.ts'
import { createServer, type TestServer } from '../support/server.ts'
import { testSystem } from '../support/system.ts'

let server: TestServer | undefined
let listener: Server | undefined
afterEach(async () => {
  listener?.closeAllConnections()
  listener?.close()
  await server?.close()
  server = undefined
})

/** Postern on a socket, with two services and a token for each. */
async function serve(limits: Partial<Limits>) {
  const served = await createServer({ limits })
  server = served
  listener = createHttpServer(served.listener)
  listener.listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const { port } = listener.address() as AddressInfo
  const tenant = async () => {
    const { apiKey } = await served.post('/api/service/create', { serviceName: 'tenant' })
    const token = await served.tokenFor(apiKey, ['use_introspection'])
    const path = `/api/${apiKey}/auth/introspection`
    const head =
      `POST ${path} HTTP/1.1\r\nHost: postern\r\nAuthorization: Bearer ${token}\r\n` +
      'Content-Type: application/json\r\nContent-Length: 11\r\n\r\n{'
    const call = () =>
      fetch(`http://127.0.0.1:${port}${path}`, {
        method: 'POST',
        headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
        body: JSON.stringify({ token: 'unknown' }),
      })
    const begin = async () => {
      const socket = connect(port, '127.0.0.1')
      await once(socket, 'connect')
      socket.write(head)
      return socket
    }
    return { call, begin }
  }
  return { attacker: await tenant(), victim: await tenant() }
}

describe('call that waits for another server', () => {
  it('holds no slot, and is refused by its own response if too many wait', async () => {
    let answer = () => {}
    const answered = new Promise<void>((done) => {
      answer = done
    })
    let asked = 0
    const system = testSystem()
    const waiting: typeof system.fetch = Object.assign(
      async (...given: Parameters<typeof system.fetch>) => {
        asked += 1
        await answered
        return system.fetch(...given)
      },
      system.fetch,
    )
    const limits = { maxInFlight: 4 }
    const served = await createServer({ limits, system: { ...system, fetch: waiting } })
    server = served
    const [slow, other] = await Promise.all(
      ['slow', 'other'].map((serviceName) => served.post('/api/service/create', { serviceName })),
    )
    const create = () =>
      served.call('POST', `/api/${slow.apiKey}/client/create`, {
        sectorIdentifierUri: 'https://dead.example/sector.json',
      })
    const path = `/api/${other.apiKey}/auth/introspection`
    expect((await served.call('POST', path, { token: 'unknown' })).status).toBe(200)
    const creating: ReturnType<typeof create>[] = []
    for (let count = 0; count < 12; count++) {
      creating.push(create())
      while (asked <= count) await new Promise(setImmediate)
    }
    expect((await create()).body.resultCode).toBe('P061002')
    expect((await served.call('POST', path, { token: 'unknown' })).status).toBe(200)
    answer()
    for (const reply of await Promise.all(creating)) expect(reply.status).toBe(400)
  })
})

async function answerOf(socket: Socket): Promise<string> {
  let text = ''
  for await (const chunk of socket) text += chunk
  return text
}

describe('call with an incomplete body', () => {
  it('holds no slot, so that calls of all services are answered', async () => {
    const { attacker, victim } = await serve({ maxInFlight: 8 })
    const sockets = await Promise.all(Array.from({ length: 40 }, attacker.begin))
    await new Promise((done) => setTimeout(done, 100))
    for (const { call } of [victim, attacker]) expect((await call()).status).toBe(200)
    for (const socket of sockets) socket.destroy()
  })

  it('is answered when the rest of the body arrives', async () => {
    const { attacker } = await serve({ maxInFlight: 8, maxBodyMilliseconds: 5_000 })
    const socket = await attacker.begin()
    await new Promise((done) => setTimeout(done, 100))
    socket.write('"token":1}')
    const [answer] = (await once(socket, 'data')) as [Buffer]
    expect(answer.toString()).toMatch(/^HTTP\/1.1 400 .*P000206/s)
    socket.destroy()
  })

  it('is refused with 408 and closed if the rest of the body does not arrive', async () => {
    const { attacker } = await serve({ maxInFlight: 8, maxBodyMilliseconds: 200 })
    const answer = await answerOf(await attacker.begin())
    expect(answer).toMatch(/^HTTP\/1.1 408 .*P000803/s)
    expect(answer).toMatch(/^connection: close/im)
  })

  it('is refused if its service has too many of them, and others have room', async () => {
    const { attacker, victim } = await serve({ maxInFlight: 2 })
    await victim.call()
    const sockets = await Promise.all(Array.from({ length: 30 }, attacker.begin))
    const refused = await Promise.race(sockets.map(async (socket) => once(socket, 'data')))
    expect(String(refused[0])).toMatch(/^HTTP\/1.1 503 .*P000802/s)
    const slow = await victim.begin()
    await new Promise((done) => setTimeout(done, 20))
    slow.write('"token":1}')
    expect(String((await once(slow, 'data'))[0])).toMatch(/^HTTP\/1.1 400 /)
    for (const socket of [...sockets, slow]) socket.destroy()
  })
})

describe('slots of concurrent calls', () => {
  const path = (service: number) => `/api/${service}/auth/token`
  const take = (admission: ReturnType<typeof createAdmission>, service: number) => {
    if (admission.isFull(path(service))) return undefined
    const slot = admission.begin(path(service))
    if (slot.assign(service)) return slot
    slot.end()
    return undefined
  }
  const takeAll = (admission: ReturnType<typeof createAdmission>, service: number) => {
    const slots = Array.from({ length: 50 }, () => take(admission, service))
    return slots.filter((slot) => slot !== undefined)
  }

  it('are all available to a service that calls alone', () => {
    const admission = createAdmission({ maxInFlight: 16 })
    expect(takeAll(admission, 1)).toHaveLength(16)
  })

  it('are reserved to a quarter for services that use less than a quarter', () => {
    const admission = createAdmission({ maxInFlight: 16 })
    take(admission, 2)?.end()
    expect(takeAll(admission, 1)).toHaveLength(12)
    expect(takeAll(admission, 2)).toHaveLength(4)
  })

  it('are not extended for a service while calls of others wait', () => {
    const admission = createAdmission({ maxInFlight: 16 })
    const slots = takeAll(admission, 1)
    expect(take(admission, 2)).toBeUndefined()
    for (const slot of slots.splice(0, 6)) slot.end()
    expect(takeAll(admission, 1)).toHaveLength(2)
    expect(takeAll(admission, 2)).toHaveLength(4)
    expect(take(admission, 1)).toBeUndefined()
  })

  it('are released while a call waits for another server, up to a limit', async () => {
    const admission = createAdmission({ maxInFlight: 4 })
    take(admission, 2)?.end()
    let answer = () => {}
    const answered = new Promise<void>((done) => {
      answer = done
    })
    const calls = Array.from({ length: 30 }, () => {
      const slot = take(admission, 1)
      return { slot, waiting: slot && admission.awaitServer(1, () => answered) }
    })
    expect(calls.filter(({ waiting }) => waiting)).toHaveLength(12)
    expect(take(admission, 2)).toBeDefined()
    answer()
    for (const { slot, waiting } of calls) {
      await waiting
      slot?.end()
    }
    expect(take(admission, 1)).toBeDefined()
  })

  it('are taken by other services after a flood has delayed the turn', () => {
    const admission = createAdmission({ maxInFlight: 1_000, maxWaitMilliseconds: 300 })
    for (let count = 0; count < 200; count++) take(admission, 1)?.end()
    const until = performance.now() + 350
    while (performance.now() < until);
    expect(take(admission, 1)).toBeUndefined()
    expect(take(admission, 2)).toBeDefined()
  })
})
