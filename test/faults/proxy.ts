/** A TCP proxy in front of a database that fails in the ways networks and databases do. */

import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

export type Fault =
  | { kind: 'none' }
  /** Connections are refused by closing them at once, and those that exist are reset. */
  | { kind: 'gone' }
  /** Every answer of the database comes so much later. */
  | { kind: 'latency'; milliseconds: number }
  /**
   * A connection is reset when it commits, or sends this text: before the database hears of it, or
   * after. So often, or each time.
   */
  | { kind: 'reset at commit'; heard: boolean; text?: string; times?: number }

export interface FaultyProxy {
  /** The database's URL, by way of the proxy. */
  url: string
  fail(fault: Fault): void
  /** How many connections were reset as they committed. */
  resets(): number
  close(): Promise<void>
}

export async function startProxy(databaseUrl: string): Promise<FaultyProxy> {
  const target = new URL(databaseUrl)
  const open = new Set<Socket>()
  let fault: Fault = { kind: 'none' }
  let resets = 0

  const server = createServer((near) => {
    if (fault.kind === 'gone') {
      near.destroy()
      return
    }
    const far = connect(Number(target.port || 5432), target.hostname)
    const end = () => {
      for (const socket of [near, far]) {
        socket.destroy()
        open.delete(socket)
      }
    }
    for (const socket of [near, far]) {
      open.add(socket)
      socket.setNoDelay(true)
      socket.on('error', end)
      socket.on('close', end)
    }
    near.on('data', (bytes) => {
      const { text = 'commit', heard } = fault.kind === 'reset at commit' ? fault : {}
      if (heard === undefined || !bytes.toString('latin1').includes(text)) {
        far.write(bytes)
        return
      }
      resets += 1
      if (fault.kind === 'reset at commit' && fault.times !== undefined) {
        fault = fault.times > 1 ? { ...fault, times: fault.times - 1 } : { kind: 'none' }
      }
      if (!heard) {
        end()
        return
      }
      // The database commits, and its answer is never read.
      far.removeAllListeners('data')
      far.once('data', end)
      far.write(bytes)
    })
    far.on('data', (bytes) => {
      if (fault.kind !== 'latency') near.write(bytes)
      else setTimeout(() => near.write(bytes), fault.milliseconds).unref()
    })
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const url = new URL(databaseUrl)
  url.hostname = '127.0.0.1'
  url.port = String((server.address() as AddressInfo).port)
  const reset = () => {
    for (const socket of open) socket.resetAndDestroy()
    open.clear()
  }
  return {
    url: url.href,
    fail(next) {
      fault = next
      if (next.kind === 'gone') reset()
    },
    resets: () => resets,
    close() {
      reset()
      return new Promise((closed) => server.close(() => closed()))
    },
  }
}
