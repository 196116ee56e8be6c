/** The proxy: each call goes to the primary as it came, and its answer comes back as it is. */
import { timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { forwardable, keeping, maxBytes, type Side } from './calls.ts'
import { hashOf } from './memory.ts'
import type { Report } from './report.ts'
import type { Second, Tell } from './second.ts'

export interface Proxied {
  readonly primary: Side
  /** The API token of callers whose calls the secondary gets, too. */
  readonly token: string
  readonly second: Second
  readonly report: Report
}

/** Milliseconds without a byte of the primary. */
const patience = 60_000

export const createProxy = (proxied: Proxied): Server =>
  createServer({ keepAliveTimeout: 65_000 }, (incoming, outgoing) => {
    outgoing.sendDate = false
    proxied.report.called()
    forward(proxied, incoming, outgoing)
  })

function forward(proxied: Proxied, incoming: IncomingMessage, outgoing: ServerResponse): void {
  const { method = 'GET', url: path = '/' } = incoming
  const call = proxied.primary.open(method, path, forwardable(incoming.rawHeaders))
  const tell = beside(proxied, incoming)
  let isTold = false
  const finish: Tell = (reply) => {
    if (isTold) return
    isTold = true
    void tell.then((next) => next?.(reply))
  }
  const fail = (status: number) => {
    finish(undefined)
    if (outgoing.headersSent) outgoing.destroy()
    else outgoing.writeHead(status, { 'Content-Length': 0 }).end()
  }
  call.setTimeout(patience, () => {
    fail(504)
    call.destroy()
  })
  call.on('error', () => fail(502))
  outgoing.on('close', () => {
    if (outgoing.writableFinished) return
    finish(undefined)
    call.destroy()
  })
  call.on('response', (response) => {
    const { statusCode: status = 502, statusMessage, rawHeaders, headers } = response
    outgoing.writeHead(status, statusMessage, forwardable(rawHeaders))
    const kept = keeping(maxBytes)
    response.on('data', (chunk: Buffer) => kept.add(chunk))
    response.on('error', () => fail(502))
    response.pipe(outgoing)
    response.on('end', () => {
      const body = kept.body()
      finish(body && { status, headers, body })
    })
  })
  incoming.on('error', () => call.destroy())
  incoming.pipe(call)
}

/** Lets the secondary have the call once its body is complete; undefined if it does not get it. */
function beside(
  { token, second, report }: Proxied,
  incoming: IncomingMessage,
): Promise<Tell | undefined> {
  const { method = 'GET', url: path = '/', headers } = incoming
  const isStream = /text\/event-stream/.test(headers.accept ?? '')
  if (isStream || !isOf(headers.authorization, token)) {
    report.skipped(isStream ? 'stream' : 'foreign token')
    return Promise.resolve(undefined)
  }
  const kept = keeping(maxBytes)
  incoming.on('data', (chunk: Buffer) => kept.add(chunk))
  return new Promise((resolve) => {
    incoming.on('close', () => resolve(undefined))
    incoming.on('end', () => {
      const body = kept.body()
      if (!body) report.skipped('too large')
      resolve(body && second.take({ method, path, headers, body }))
    })
  })
}

/** Only who has the token of the primary may cause calls with the token of the secondary. */
const isOf = (authorization: string | undefined, token: string): boolean => {
  const given = /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1]
  return (
    given !== undefined && timingSafeEqual(Buffer.from(hashOf(given)), Buffer.from(hashOf(token)))
  )
}
