/** A request on the router, from the Node server or from a caller in the same process. */
import type { HttpBindings } from '@hono/node-server'
import type { Context } from 'hono'
import { tooLarge } from '../body.ts'
import type { HttpResponse } from '../response.ts'
import type { Arrived } from './arrived.ts'

/** The request of the Node server; absent in the same process. */
export type Bindings = Partial<HttpBindings>
export type Transported = Context<{ Bindings: Bindings }>

/** A class, so that a request costs no closures. */
export class HonoRequest implements Arrived {
  readonly method: string
  readonly path: string
  private readonly c: Transported

  constructor(c: Transported) {
    this.c = c
    this.method = c.req.method
    this.path = c.req.path
  }

  get params(): Record<string, string> {
    return this.c.req.param() as Record<string, string>
  }

  /** The fields of the Node request avoid creating `Headers` from all of them. */
  field(name: string): string | undefined {
    const fields = this.c.env?.incoming?.headers
    if (!fields) return this.c.req.header(name)
    const value = fields[name]
    return Array.isArray(value) ? value.join(', ') : value
  }

  query(): Record<string, string> {
    return this.c.req.query()
  }

  remoteAddress(): string | undefined {
    return this.c.env?.incoming?.socket.remoteAddress
  }

  /** The HTTP parser enforces Content-Length, so a stream is needed only without it. */
  read(limit: number): Promise<Uint8Array> {
    const { raw } = this.c.req
    const isAnnounced = this.field('content-length') !== undefined
    return isAnnounced ? readWhole(raw, limit) : readStream(raw, limit)
  }
}

async function readWhole(request: Request, limit: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(await request.arrayBuffer())
  if (bytes.byteLength > limit) throw tooLarge()
  return bytes
}

async function readStream(request: Request, limit: number): Promise<Uint8Array> {
  if (!request.body) return new Uint8Array()
  const chunks: Uint8Array[] = []
  let length = 0
  const reader = request.body.getReader()
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    length += part.value.byteLength
    if (length > limit) throw tooLarge()
    chunks.push(part.value)
  }
  return Buffer.concat(chunks)
}

export const webResponse = ({ status, headers, body }: HttpResponse): Response =>
  new Response(body, { status, headers })
