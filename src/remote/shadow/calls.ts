/** Calls by HTTP with header fields as they came: for a proxy that changes nothing. */

import type { ClientRequest } from 'node:http'
import { Agent, type IncomingMessage, request as plainRequest } from 'node:http'
import { Agent as SecureAgent, request as secureRequest } from 'node:https'
import type { Reply } from './replies.ts'

/** Fields of one connection: RFC 9110 §7.6.1. */
const ofConnection = new Set([
  ...['connection', 'keep-alive', 'proxy-connection', 'proxy-authenticate', 'te', 'trailer'],
  ...['proxy-authorization', 'transfer-encoding', 'upgrade'],
])

/** Names and values in turn, without fields of the connection. */
export function forwardable(rawHeaders: readonly string[]): string[] {
  const named = rawHeaders.filter(
    (_, at) => at % 2 === 0 && rawHeaders[at]?.toLowerCase() === 'connection',
  ).length
    ? new Set(
        rawHeaders.flatMap((text, at) =>
          rawHeaders[at - 1]?.toLowerCase() === 'connection' && at % 2 === 1
            ? text.split(',').map((each) => each.trim().toLowerCase())
            : [],
        ),
      )
    : new Set<string>()
  return rawHeaders.filter((_, at) => {
    const name = rawHeaders[at - (at % 2)]?.toLowerCase() ?? ''
    return !ofConnection.has(name) && !named.has(name)
  })
}

export interface Side {
  readonly url: URL
  /** Starts a call; `path` begins with a slash. */
  open(method: string, path: string, headers: readonly string[]): ClientRequest
  close(): void
}

/** Shorter than what servers allow, so that no call meets a connection that the server closes. */
const idleMilliseconds = 4_000

export function sideAt(text: string): Side {
  const url = new URL(text)
  const isSecure = url.protocol === 'https:'
  const options = { keepAlive: true, maxFreeSockets: 64, timeout: idleMilliseconds }
  const agent = isSecure ? new SecureAgent(options) : new Agent(options)
  const base = url.pathname.replace(/\/+$/, '')
  return {
    url,
    open(method, path, headers) {
      const sent = ['Host', url.host, ...withoutHost(headers)]
      const { hostname, port } = url
      const host = hostname.replace(/^\[|\]$/g, '')
      const call = { host, port, method, path: `${base}${path}`, headers: sent, agent }
      return isSecure ? secureRequest(call) : plainRequest(call)
    },
    close: () => agent.destroy(),
  }
}

const withoutHost = (headers: readonly string[]): string[] =>
  headers.filter((_, at) => headers[at - (at % 2)]?.toLowerCase() !== 'host')

/** What is kept of a body, and whether that is all of it. */
export interface Kept {
  add(chunk: Buffer): void
  /** Undefined if it was too long. */
  body(): Buffer | undefined
}

export function keeping(maxBytes: number): Kept {
  let parts: Buffer[] | undefined = []
  let bytes = 0
  return {
    add(chunk) {
      bytes += chunk.length
      if (bytes > maxBytes) parts = undefined
      parts?.push(chunk)
    },
    body: () => parts && Buffer.concat(parts),
  }
}

export const maxBytes = 1_024 * 1_024

export type Outcome = Reply | 'timeout' | 'unreachable' | 'large'

export interface Call {
  readonly method: string
  readonly path: string
  readonly headers: readonly string[]
  readonly body: string | undefined
}

/** The whole reply of a call, within a time in milliseconds. */
export function replyOf(side: Side, call: Call, milliseconds: number): Promise<Outcome> {
  return new Promise((resolve) => {
    const headers = [...call.headers]
    if (call.body !== undefined) {
      headers.push('Content-Length', String(Buffer.byteLength(call.body)))
    }
    const request = side.open(call.method, call.path, headers)
    const finish = (outcome: Outcome) => {
      clearTimeout(timer)
      resolve(outcome)
    }
    const timer = setTimeout(() => {
      finish('timeout')
      request.destroy()
    }, milliseconds)
    request.on('error', () => finish('unreachable'))
    request.on('response', (response: IncomingMessage) => {
      const kept = keeping(maxBytes)
      response.on('data', (chunk: Buffer) => kept.add(chunk))
      response.on('error', () => finish('unreachable'))
      response.on('end', () => {
        const body = kept.body()
        const { statusCode: status = 0, headers } = response
        finish(body ? { status, headers, body } : 'large')
      })
    })
    request.end(call.body)
  })
}
