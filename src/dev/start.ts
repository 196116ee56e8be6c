/** `postern dev`: an authorization server for one developer, in memory, on one machine. */
import { createServer, type Server } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { createFrontend } from '#frontend/server.js'
import { createPostern } from '../embedded/postern.ts'
import type { Postern } from '../embedded/types.ts'
import { drain, listen, timeouts } from '../process/listener.ts'
import { applySeeds, type SeedFiles } from './files.ts'
import { copyableLines } from './lines.ts'
import { type Seeded, seed } from './seed.ts'

export interface DevOptions {
  /** The port of the API; by default 7678, or a free one if that is in use. */
  port?: number
  /** The port of the authorization server; by default 7679, or a free one if that is in use. */
  frontendPort?: number
  /** Files of services to apply. */
  seed?: SeedFiles
  /** Gets a line for each call of the API. */
  log?: (line: string) => void
}

export interface Dev extends Seeded {
  /** The base URL of the API. */
  url: string
  /** The authorization server: the example frontend. */
  issuer: string
  adminToken: string
  /** A link that opens the console: once, within ten minutes. */
  consoleLink(): string
  /** What to print. */
  lines: string[]
  close(): Promise<void>
}

const host = '127.0.0.1'
const usual = { port: 7678, frontendPort: 7679 }
/** Clients under development publish their keys, and listen, on the loopback interface. */
const outboundAllow = ['127.0.0.0/8', '::1']

export async function startDev({ log, seed: files, ...ports }: DevOptions = {}): Promise<Dev> {
  const postern = await createPostern({ outboundAllow, testServices: true, ...(log && { log }) })
  const frontend = createServer(timeouts)
  try {
    const { url, consoleLink } = await atPort(ports.port, usual.port, (port) =>
      postern.listen(port),
    )
    const issuer = await atPort(ports.frontendPort, usual.frontendPort, (port) =>
      listen(frontend, { host, port }),
    )
    const seeded = await seed(postern.api, issuer)
    const { serviceId, apiToken } = seeded
    const told = files ? await applySeeds({ url, token: postern.api.token }, files) : []
    const app = createFrontend({ posternUrl: url, serviceId, apiToken })
    frontend.on('request', getRequestListener(app.fetch))
    const started = { ...seeded, url, issuer, adminToken: postern.api.token }
    return {
      ...started,
      consoleLink,
      lines: [...copyableLines(started, consoleLink()), ...told],
      close: () => close(frontend, postern),
    }
  } catch (error) {
    await close(frontend, postern)
    throw error
  }
}

/** A port that is asked for must be free; the usual one is replaced by another if it is in use. */
function atPort<T>(
  asked: number | undefined,
  usualPort: number,
  open: (port: number) => Promise<T>,
): Promise<T> {
  return open(asked ?? usualPort).catch((error) => {
    if (asked === undefined && error.code === 'EADDRINUSE') return open(0)
    throw error
  })
}

async function close(frontend: Server, postern: Postern): Promise<void> {
  if (frontend.listening) await drain(frontend)
  await postern.close()
}
