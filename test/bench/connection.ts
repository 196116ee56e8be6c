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
  readonly #socket: Socket
  readonly #host: string
  #received = ''
  #waiting: Waiting | undefined

  private constructor(socket: Socket, host: string) {
    this.#socket = socket
    this.#host = host
    socket.setNoDelay(true)
    // One character for each byte: lengths in header fields are counted in bytes.
    socket.setEncoding('latin1')
    socket.on('data', (text: string) => this.#receive(text))
    socket.on('error', (error) => this.#waiting?.reject(error))
    socket.on('close', () => this.#waiting?.reject(new Error('The server closed the connection.')))
  }

  static open(url: string): Promise<Connection> {
    const { hostname, port, host } = new URL(url)
    return new Promise((resolve, reject) => {
      const socket = connect(Number(port), hostname)
      socket.once('error', reject)
      socket.once('connect', () => resolve(new Connection(socket, host)))
    })
  }

  /** `fields` are header fields, each with its line end. */
  send(method: string, path: string, fields: string, body = ''): Promise<Answer> {
    const length = Buffer.byteLength(body)
    const head = `${method} ${path} HTTP/1.1\r\nHost: ${this.#host}\r\n${fields}`
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
