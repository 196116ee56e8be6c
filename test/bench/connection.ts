/**
 * One HTTP/1.1 connection that is kept, as thin as it can be: what the load generator costs is cost
 * that no server has.
 */
import { connect, type Socket } from 'node:net'

export interface Answer {
  status: number
  /** The status line and the header fields, as they came. */
  head: string
  body: string
}

interface Waiting {
  resolve(answer: Answer): void
  reject(error: Error): void
}

export class Connection {
  readonly #url: URL
  #socket: Socket
  #received = ''
  #waiting: Waiting | undefined

  constructor(url: string) {
    this.#url = new URL(url)
    this.#socket = this.#connect()
  }

  /** A new connection in place of the old one: servers end those that were idle for seconds. */
  renew(): void {
    this.close()
    this.#received = ''
    this.#socket = this.#connect()
  }

  #connect(): Socket {
    const socket = connect(Number(this.#url.port), this.#url.hostname)
    const failed = (error: Error) => {
      if (socket === this.#socket) this.#waiting?.reject(error)
    }
    socket.setNoDelay(true)
    // One character for each byte: lengths in header fields are counted in bytes.
    socket.setEncoding('latin1')
    socket.on('data', (text: string) => this.#receive(text))
    socket.on('error', failed)
    socket.on('close', () => failed(new Error('The server closed the connection.')))
    return socket
  }

  /** `fields` are header fields, each with its line end. */
  send(method: string, path: string, fields: string, body = ''): Promise<Answer> {
    const length = Buffer.byteLength(body)
    const head = `${method} ${path} HTTP/1.1\r\nHost: ${this.#url.host}\r\n${fields}`
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject }
      this.#socket.write(`${head}Content-Length: ${length}\r\n\r\n${body}`)
    })
  }

  close(): void {
    this.#waiting = undefined
    this.#socket.destroy()
  }

  #receive(text: string): void {
    this.#received += text
    const end = this.#received.indexOf('\r\n\r\n')
    if (end < 0) return
    const head = this.#received.slice(0, end)
    const body = bodyOf(head, this.#received.slice(end + 4))
    if (body === undefined) return
    this.#received = ''
    const waiting = this.#waiting
    this.#waiting = undefined
    waiting?.resolve({ status: Number(head.slice(9, 12)), head, body })
  }
}

/** The body, once all of it is there. */
function bodyOf(head: string, rest: string): string | undefined {
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1]
  if (length !== undefined) return rest.length >= Number(length) ? rest : undefined
  if (!/\r\ntransfer-encoding: *chunked/i.test(head)) return rest
  if (!rest.endsWith('0\r\n\r\n')) return undefined
  return joinChunks(rest)
}

function joinChunks(rest: string): string {
  let body = ''
  for (let at = 0; at < rest.length; ) {
    const line = rest.indexOf('\r\n', at)
    const size = Number.parseInt(rest.slice(at, line), 16)
    body += rest.slice(line + 2, line + 2 + size)
    at = line + size + 4
  }
  return body
}
