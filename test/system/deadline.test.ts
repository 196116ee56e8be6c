/** Deadlines count only the time in which the event loop runs. */
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { startDeadline, withinDeadline } from '../../src/system/deadline.ts'
import { within } from '../support/pace.ts'

function standStill(milliseconds: number): void {
  const until = performance.now() + milliseconds
  while (performance.now() < until);
}

describe('deadline', () => {
  it('passes after the event loop has run for its duration', async () => {
    const started = performance.now()
    await new Promise<void>((passed) => {
      startDeadline(200, passed)
      setTimeout(() => undefined, 60_000).unref()
    })
    const milliseconds = performance.now() - started
    expect(milliseconds).toBeGreaterThanOrEqual(199)
    expect(milliseconds).toBeLessThan(within(1_000))
  })

  it('does not pass because the process stalled for longer than its duration', async () => {
    let isPassed = false
    const end = startDeadline(400, () => {
      isPassed = true
    })
    await wait(10)
    standStill(600)
    await wait(10)
    expect(isPassed).toBe(false)
    end()
  })

  it('lets events that arrived during a stall be handled first', async () => {
    const server = createServer((socket) => socket.end('x')).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as { port: number }
    const socket = connect(port, '127.0.0.1')
    const heard = once(socket, 'data').then(() => 'heard')
    const outcome = withinDeadline<string>(60, heard, () => 'late')
    standStill(300)
    expect(await outcome).toBe('heard')
    server.close()
  })

  it('does not pass after it was cancelled', async () => {
    let isPassed = false
    startDeadline(60, () => {
      isPassed = true
    })()
    await wait(250)
    expect(isPassed).toBe(false)
  })

  it('swallows the rejection of a promise that fails after it', async () => {
    const failing = wait(150).then(() => {
      throw new Error('too late')
    })
    expect(await withinDeadline<string>(50, failing, () => 'late')).toBe('late')
    await wait(200)
  })
})
