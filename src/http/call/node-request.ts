/** A request on Node's own server. */
import type { IncomingMessage } from 'node:http'
import { tooLarge } from '../body.ts'
import type { Arrived } from './arrived.ts'

/** A class, so that a request costs no closures. */
export class NodeRequest implements Arrived {
  readonly method: string
  readonly path: string
  readonly params: Record<string, string>
  private readonly incoming: IncomingMessage

  constructor(incoming: IncomingMessage, path: string, params: Record<string, string>) {
    this.incoming = incoming
    this.method = incoming.method ?? ''
    this.path = path
    this.params = params
  }

  field(name: string): string | undefined {
    const value = this.incoming.headers[name]
    return Array.isArray(value) ? value.join(', ') : value
  }

  /** Paths with a query are routed elsewhere. */
  query(): Record<string, string> {
    return {}
  }

  remoteAddress(): string | undefined {
    return this.incoming.socket.remoteAddress
  }

  read(limit: number): Promise<Uint8Array> {
    const { incoming } = this
    return new Promise((resolve, reject) => {
      const chunks: Buffer[] = []
      let length = 0
      let isWhole = false
      incoming.on('data', (chunk: Buffer) => {
        length += chunk.byteLength
        // The rest is read, and dropped: the caller gets the response.
        if (length > limit) reject(tooLarge())
        else chunks.push(chunk)
      })
      incoming.on('end', () => {
        isWhole = true
        const [first] = chunks
        resolve(chunks.length === 1 && first ? first : Buffer.concat(chunks))
      })
      incoming.on('error', reject)
      incoming.on('close', () => {
        // An error costs more than the rest of this.
        if (!isWhole) reject(new Error('The request ended before its body.'))
      })
    })
  }
}
