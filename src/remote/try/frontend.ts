/** Plays the frontend of a service: the endpoints of its metadata, answered by the API. */
import type { Json } from '../call.ts'
import { ask } from '../call.ts'
import type { Connection } from '../contexts.ts'

interface Relay {
  status: number
  headers: Record<string, string>
  body?: string
}

export interface Frontend {
  /** Answers the requests of an OAuth client as the frontend of the service would. */
  fetch: (url: string, options: Json) => Promise<Response>
  /** Sends an authorization request of a user who consents; the redirect to the client. */
  authorize: (parameters: URLSearchParams, subject: string) => Promise<URL>
}

const related = { prefer: 'relay' }

/** Requests are answered in this process, with the calls that a frontend makes. */
export function frontendOf(connection: Connection, service: string, metadata: Json): Frontend {
  const call = (path: string, body: Json) =>
    ask(connection, { method: 'POST', path: `/api/${service}${path}`, body, headers: related })

  /** Completes what the frontend of a service decides by itself. */
  const endpoints: Record<string, (parameters: string, headers: Headers) => Promise<Relay>> = {
    [metadata.token_endpoint]: async (parameters, headers) => {
      const answer = await call('/auth/token', { parameters, ...credentials(headers) })
      return answer.relay
    },
    [metadata.userinfo_endpoint]: async (_parameters, headers) => {
      const token = (headers.get('authorization') ?? '').replace(/^\w+ /, '')
      const checked = await call('/auth/userinfo', { token })
      if (checked.action !== 'OK') return checked.relay
      return (await call('/auth/userinfo/issue', { token, claims: '{}' })).relay
    },
    [metadata.revocation_endpoint]: async (parameters, headers) => {
      const answer = await call('/auth/revocation', { parameters, ...credentials(headers) })
      return answer.relay
    },
    [metadata.jwks_uri]: async () => {
      const set = await ask(connection, { method: 'GET', path: `/api/${service}/service/jwks/get` })
      const headers = { 'content-type': 'application/json' }
      return { status: 200, headers, body: JSON.stringify(set ?? { keys: [] }) }
    },
  }

  return {
    async fetch(url, { body, headers }) {
      const answer = endpoints[url]
      if (!answer) return new Response(null, { status: 404 })
      const relay = await answer(body === undefined ? '' : String(body), new Headers(headers))
      const hasBody = relay.status !== 204 && relay.body !== undefined
      return new Response(hasBody ? (relay.body ?? null) : null, {
        status: relay.status,
        headers: relay.headers,
      })
    },
    async authorize(parameters, subject) {
      const asked = await call('/auth/authorization', { parameters: String(parameters) })
      const answer = /INTERACTION$/.test(asked.action)
        ? await call('/auth/authorization/issue', { ticket: asked.ticket, subject })
        : asked
      return new URL(answer.relay?.headers?.Location ?? answer.responseContent)
    },
  }
}

/** HTTP Basic credentials, RFC 6749 §2.3.1. */
function credentials(headers: Headers): Json {
  const [, encoded] = /^Basic (.+)$/i.exec(headers.get('authorization') ?? '') ?? []
  if (encoded === undefined) return {}
  const [id = '', secret = ''] = Buffer.from(encoded, 'base64').toString().split(':')
  return { clientId: decodeURIComponent(id), clientSecret: decodeURIComponent(secret) }
}
