/** The OpenAPI document that a running Postern serves. */
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { referencePages } from '../../src/http/reference.ts'
import { holdLimit, holdOf } from '../support/event-loop.ts'
import { createServer, type TestServer } from '../support/server.ts'

let server: TestServer
beforeAll(async () => {
  server = await createServer()
})
afterAll(() => server.close())

describe('OpenAPI document of a running server', () => {
  it('is that of the package', async () => {
    const { status, headers, text } = await server.call('GET', '/openapi.json', undefined, {
      token: null,
    })
    expect([status, headers.get('content-type')]).toEqual([200, 'application/json'])
    expect(text).toBe(readFileSync('openapi/openapi.json', 'utf8'))
  })

  it('holds up no other call when it is asked for first', async () => {
    const hold = await holdOf(async () => referencePages()['/openapi.json']?.({}))
    expect(hold).toBeLessThan(holdLimit)
  })
})
