/** The gate refuses calls before they reach the application. */
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createAdmission } from '../../src/http/load-shedding/admission.ts'
import { createGate } from '../../src/http/load-shedding/gate.ts'
import type { Call } from '../../src/http/transport.ts'
import { type TestLog, testSystem } from '../support/system.ts'

const observed: Call[] = []
const reached: string[] = []
let end = () => {}
let log: TestLog
let server: Server
let url: string
beforeEach(async () => {
  ;({ log } = testSystem())
  reached.length = 0
  const admission = createAdmission({ maxInFlight: 1 })
  const gate = createGate(admission, { observe: (call) => observed.push(call), log })
  server = createServer(
    gate((request, response) => {
      reached.push(request.url ?? '')
      if (request.url !== '/api/1/long') response.end('served')
      else {
        const slot = admission.begin()
        end = () => {
          slot.end()
          response.end('served')
        }
      }
    }),
  )
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterEach(() => {
  server.closeAllConnections()
  server.close()
})

describe('gate in front of the application', () => {
  it('refuses only the calls beyond the limit, with 503 and Retry-After', async () => {
    const first = fetch(`${url}/api/1/long`)
    while (reached.length === 0) await new Promise(setImmediate)
    const refused = await fetch(`${url}/api/1/auth/token`, { method: 'POST', body: 'x' })
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1'])
    expect(await refused.json()).toMatchObject({ resultCode: 'P000802' })
    for (const path of ['/health/live', '/api/lifecycle/healthcheck', '/docs']) {
      expect([path, await (await fetch(`${url}${path}`)).text()]).toEqual([path, 'served'])
    }
    end()
    expect(await (await first).text()).toBe('served')
    expect((await fetch(`${url}/api/1/auth/token`, { method: 'POST' })).status).toBe(200)
    expect(reached).not.toHaveLength(0)
    expect(observed).toMatchObject([{ status: 503, resultCode: 'P000802' }])
  })

  it('logs the number of refused calls in one line', async () => {
    const first = fetch(`${url}/api/1/long`)
    while (reached.length === 0) await new Promise(setImmediate)
    for (let count = 0; count < 3; count++) await fetch(`${url}/api/1/auth/token`)
    end()
    await first
    while (log.entries.length === 0) await new Promise((done) => setTimeout(done, 50))
    expect(log.entries).toMatchObject([{ refused: 3 }])
  })
})
