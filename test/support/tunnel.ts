/** A way to a server over sockets that a test can cut, stall, or make slow. */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/**
 * `stalled`: connections stay, and nothing arrives. `slow`, `slower`: answers take 700 and 1,300
 * milliseconds.
 */
export type TunnelState = 'open' | 'cut' | 'stalled' | 'slow' | 'slower'

export interface Tunnel {
  url: string
  set(state: TunnelState): void
  close(): Promise<void>
}

const delays: Record<TunnelState, number> = {
  open: 0,
  slow: 700,
  slower: 1_300,
  cut: Number.POSITIVE_INFINITY,
  stalled: Number.POSITIVE_INFINITY,
}

export async function openTunnel(target: string): Promise<Tunnel> {
  const { hostname, port } = new URL(target)
  const sockets = new Set<Socket>()
  let state: TunnelState = 'open'
  const cut = () => {
    for (const socket of sockets) socket.destroy()
    sockets.clear()
  }
  const server = createServer((near) => {
    if (state === 'cut') return near.destroy()
    const far = connect(Number(port), hostname)
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket)
      socket.setNoDelay(true)
      socket.on('error', () => {})
      socket.on('close', () => other.destroy())
    }
    near.on('data', (bytes) => state !== 'stalled' && far.write(bytes))
    far.on('data', (bytes) => {
      const delay = delays[state]
      if (delay === 0) near.write(bytes)
      else if (Number.isFinite(delay)) setTimeout(() => near.write(bytes), delay)
    })
    return undefined
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    set(next) {
      state = next
      if (next === 'cut' || next === 'open') cut()
    },
    close: () => {
      cut()
      return new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}
