/** What a history knows: what it was told, and what the next answer must therefore be. */
import { Agent, request } from 'node:http'
import type { Json } from '../../support/server.ts'
import { adminToken, type ServerProcess } from '../server-process.ts'

interface Reply {
  status: number
  body: Json
}

/** Two processes on one database. */
export interface Pair {
  /** A call of one of them; undefined where the outcome is not known: no answer, or 503. */
  call(at: number, method: string, path: string, body?: unknown, token?: string): Promise<Reply>
}

/** A million calls: each by what Node has, which costs half of what `fetch` does. */
export function pairOf(processes: readonly ServerProcess[]): Pair {
  const agent = new Agent({ keepAlive: true })
  return {
    call: (at, method, path, body, token = adminToken) =>
      new Promise((resolve, reject) => {
        const kind = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json'
        const headers = { Authorization: `Bearer ${token}`, 'Content-Type': kind }
        const options = { method, agent, headers, timeout: 30_000 }
        const sent = request(`${processes[at]?.url()}/api${path}`, options, (response) => {
          let text = ''
          response.setEncoding('utf8')
          response.on('data', (chunk: string) => {
            text += chunk
          })
          response.on('error', reject)
          response.on('end', () => {
            const { statusCode: status = 0 } = response
            if (status === 503) reject(new Unclear())
            else resolve({ status, body: text === '' ? {} : JSON.parse(text) })
          })
        })
        sent.on('timeout', () => sent.destroy(new Error('no answer within 30 seconds')))
        sent.on('error', (error: NodeJS.ErrnoException) => {
          // The server closed a connection that was idle, as the call was sent: RFC 9112 §9.5.
          const isIdleClosed = sent.reusedSocket && error.code === 'ECONNRESET'
          reject(isIdleClosed ? new Unclear() : error)
        })
        sent.end(body === undefined ? undefined : JSON.stringify(body))
      }),
  }
}

/** A process was too busy to do what it was asked: the history says nothing more. */
export class Unclear extends Error {}

export interface KnownClient {
  clientId: number
  secret: string
  formerSecret?: string
  isLocked: boolean
  isDeleted: boolean
  hasGrant: boolean
  mark: string
}

export interface KnownToken {
  value: string
  refresh?: string | undefined
  family: number
  client: KnownClient
  subject: string
  sessionId?: string | undefined
  scopes: string[]
  /** In milliseconds of the clock of the service. */
  expiresAt: number
  isDead: boolean
}

export interface KnownCaller {
  tokenId: string
  value: string
  rights: string[]
  isRevoked: boolean
}

export interface Model {
  pair: Pair
  serviceId: number
  mark: string
  durationSeconds: number
  hasScope: boolean
  kids: string[]
  ahead: number
  isDeleted: boolean
  clients: KnownClient[]
  tokens: KnownToken[]
  callers: KnownCaller[]
  sessions: { sessionId: string; subject: string; isEnded: boolean }[]
  /** Names that were given, so that none is given twice. */
  names: number
}

export const isOpen = ({ isLocked, isDeleted }: KnownClient) => !isLocked && !isDeleted

/** All times differ by minutes, so that the duration of a history does not count. */
export const nowOf = ({ ahead }: Model) => Date.now() + ahead

export const isLive = (model: Model, token: KnownToken) =>
  !token.isDead && isOpen(token.client) && token.expiresAt > nowOf(model)

export const formOf = (parameters: Record<string, string>) =>
  new URLSearchParams(parameters).toString()

export const credentialsOf = (client: KnownClient) => ({
  clientId: String(client.clientId),
  clientSecret: client.secret,
})
