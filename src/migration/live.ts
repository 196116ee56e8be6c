/** Reads a former system by its API, as its files would say. */
import { ask, type Json, send } from '../remote/call.ts'
import type { Connection } from '../remote/contexts.ts'
import { kindOf, RemoteError } from '../remote/failure.ts'
import type { Input } from './input.ts'

type Tell = (done: number) => void

const page = 100

/** A service of Authlete 3.0 with clients, tokens, and what the users of tokens granted. */
export async function authleteInputs(
  connection: Connection,
  service: string,
  tell: Tell,
): Promise<Input[]> {
  const at = (path: string) => `/api/${encodeURIComponent(service)}${path}`
  const get = (path: string) => ask(connection, { method: 'GET', path: at(path) })
  const all = async (path: string, member: string): Promise<Json[]> => {
    const found: Json[] = []
    for (let start = 0; ; start += page) {
      const answer = await get(`${path}?start=${start}&end=${start + page}`)
      const items: Json[] = answer[member] ?? []
      found.push(...items)
      tell(found.length)
      if (items.length === 0 || found.length >= (answer.totalCount ?? 0)) return found
    }
  }
  const settings = await get('/service/get')
  const clients = await all('/client/get/list', 'clients')
  const tokens = await all('/auth/token/get/list', 'accessTokens')
  const users = new Map(
    tokens.flatMap(({ clientId, subject }) =>
      subject ? [[`${clientId} ${subject}`, { clientId, subject }] as const] : [],
    ),
  )
  const granted: Json[] = []
  for (const { clientId, subject } of users.values()) {
    const query = new URLSearchParams({ subject })
    granted.push(await get(`/client/granted_scopes/get/${clientId}?${query}`))
    tell(granted.length)
  }
  return [
    { path: at('/service/get'), value: settings },
    { path: at('/client/get/list'), value: { clients } },
    { path: at('/auth/token/get/list'), value: { accessTokens: tokens } },
    { path: at('/client/granted_scopes/get'), value: granted },
  ]
}

const keySets = ['hydra.openid.id-token', 'hydra.jwt.access-token']

/** The clients and keys of Ory Hydra, by its API for administrators. */
export async function hydraInputs(connection: Connection, tell: Tell): Promise<Input[]> {
  const clients: Json[] = []
  let path: string | undefined = '/admin/clients?page_size=250'
  while (path !== undefined) {
    const reply = await send(connection, { method: 'GET', path })
    if (reply.status !== 200) throw failed(path, reply.status)
    clients.push(...JSON.parse(reply.text))
    tell(clients.length)
    path = nextOf(reply.headers.get('link'), path)
  }
  const inputs: Input[] = [{ path: '/admin/clients', value: clients }]
  for (const name of keySets) {
    const at = `/admin/keys/${name}`
    const reply = await send(connection, { method: 'GET', path: at })
    if (reply.status === 200) inputs.push({ path: at, value: JSON.parse(reply.text) })
    else if (reply.status !== 404) throw failed(at, reply.status)
  }
  return inputs
}

const failed = (path: string, status: number) =>
  new RemoteError(kindOf(status), `${path}: HTTP status ${status}`)

/** The path of the next page, RFC 8288 §3; none if the server names the same page again. */
function nextOf(link: string | null, former: string): string | undefined {
  const [, target] = /<([^>]+)>\s*;[^,]*\brel="?next"?/.exec(link ?? '') ?? []
  if (target === undefined) return undefined
  const { pathname, search } = new URL(target, 'http://localhost')
  const path = `${pathname}${search}`
  return path === former ? undefined : path
}
