/** Real servers on 127.0.0.1 for one test, and the settings for a fetch from them. */
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo, Server, Socket } from 'node:net'
import { afterEach, expect, vi } from 'vitest'
import { FetchError, type FetchSettings } from '../../src/system/fetch.ts'
import { testClock } from '../support/system.ts'

const loopback = ['127.0.0.0/8', '::1']
export const purpose = 'key set'
export const serviceId = 1
/** Listening servers, which are closed after each test. */
const open: Server[] = []
/** Connections to these servers. */
export const sockets = new Set<Socket>()

/**
 * Closes them after each test of the file that calls it. A module is evaluated once for all files
 * of a worker, so that a hook at its top would be that of the first file only.
 */
export function closeServersAfterEach(): void {
  afterEach(async () => {
    vi.unstubAllEnvs()
    for (const socket of sockets) socket.destroy()
    for (const server of open.splice(0)) await new Promise((done) => server.close(done))
  })
}

/** Listens on a free port of 127.0.0.1. */
export async function listen(server: Server): Promise<number> {
  server.on('connection', (socket) => {
    sockets.add(socket.on('close', () => sockets.delete(socket)))
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  open.push(server)
  return (server.address() as AddressInfo).port
}

export const serve = async (answer: RequestListener): Promise<string> =>
  `http://127.0.0.1:${await listen(createServer(answer))}`

export const settings = (more: Partial<FetchSettings> = {}): FetchSettings => ({
  allow: loopback,
  clock: testClock(),
  ...more,
})

export async function failureOf(fetching: Promise<unknown>): Promise<FetchError> {
  const error = await fetching.then(
    () => new Error('It succeeded.'),
    (reason: unknown) => reason,
  )
  if (!(error instanceof FetchError)) throw error
  expect(error.message).not.toMatch(/hush/)
  return error
}

export const reasonOf = async (fetching: Promise<unknown>) => (await failureOf(fetching)).reason
