/** Services and clients: found, read, created, changed and deleted. */
import { readFile } from 'node:fs/promises'
import { ask, askWithTag, type Json } from './call.ts'
import type { Connection } from './contexts.ts'
import { RemoteError } from './failure.ts'

/** The service of a command: its ID, or its name if only one service has that. */
export async function serviceId(connection: Connection, named?: string): Promise<string> {
  const text = named ?? connection.service
  if (!text) {
    throw new RemoteError('usage', 'Name a service: by --service, POSTERN_SERVICE or login.')
  }
  if (/^\d+$/.test(text)) return text
  const query = new URLSearchParams({ query: text, limit: '50' })
  const { services } = await ask(connection, { method: 'GET', path: `/api/services?${query}` })
  const found = services.filter(({ serviceName }: Json) => serviceName === text)
  if (found.length === 1) return String(found[0].apiKey)
  throw new RemoteError(
    found.length === 0 ? 'notFound' : 'usage',
    `${found.length === 0 ? 'No service has' : 'Several services have'} the name ${text}.`,
  )
}

/** The client of a command: its ID or alias. */
const clientPath = (service: string, client: string) =>
  `/api/${service}/clients/${encodeURIComponent(client)}`

export interface Place {
  get: string
  patch: string
  delete: string
}

export const servicePlace = (service: string): Place => ({
  get: `/api/${service}/service/get`,
  patch: `/api/${service}/service`,
  delete: `/api/service/delete/${service}`,
})

export const clientPlace = (service: string, client: string): Place => ({
  get: `/api/${service}/client/get/${encodeURIComponent(client)}`,
  patch: clientPath(service, client),
  delete: `/api/${service}/client/delete/${encodeURIComponent(client)}`,
})

const merge = { 'content-type': 'application/merge-patch+json' }

/** Changes members by a JSON Merge Patch, RFC 7396; `tag` refuses to overwrite other changes. */
export const change = (connection: Connection, place: Place, patch: Json, tag?: string) =>
  ask(connection, {
    method: 'PATCH',
    path: place.patch,
    body: patch,
    headers: { ...merge, ...(tag ? { 'if-match': tag } : {}) },
  })

export const read = (connection: Connection, place: Place) =>
  askWithTag(connection, { method: 'GET', path: place.get })

/** All pages of a list, up to a number of entries. */
export async function listed(
  connection: Connection,
  path: string,
  member: string,
  query: Record<string, string | undefined>,
  limit: number,
): Promise<Json[]> {
  const entries: Json[] = []
  let after: string | undefined
  do {
    const size = String(Math.min(limit - entries.length, 100))
    const given = { ...query, after, limit: size }
    const present = Object.entries(given).flatMap(([name, value]): [string, string][] =>
      value === undefined ? [] : [[name, value]],
    )
    const body = await ask(connection, {
      method: 'GET',
      path: `${path}?${new URLSearchParams(present)}`,
    })
    entries.push(...body[member])
    after = body.next
  } while (after !== undefined && entries.length < limit)
  return entries
}

/** `name=value` words as members: JSON where the value is JSON, text otherwise; empty: default. */
export function assignments(words: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    words.map((word) => {
      const [, name = '', value = ''] = /^([\w.]+)=([\s\S]*)$/.exec(word) ?? []
      if (name === '') throw new RemoteError('usage', `Write name=value, not ${word}.`)
      return [name, value === '' ? null : parsedValue(value)]
    }),
  )
}

function parsedValue(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** The document in a file of JSON or YAML; `-` reads standard input. */
export async function documentIn(file: string): Promise<Record<string, unknown>> {
  const { parse } = await import('yaml')
  try {
    const text = file === '-' ? await standardInput() : await readFile(file, 'utf8')
    const document: unknown = parse(text)
    if (typeof document === 'object' && document !== null && !Array.isArray(document)) {
      return document as Record<string, unknown>
    }
  } catch (error) {
    throw new RemoteError('usage', `${file} cannot be read: ${(error as Error).message}`)
  }
  throw new RemoteError('usage', `${file} has no object of settings.`)
}

export async function standardInput(): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of process.stdin) parts.push(part as Buffer)
  return Buffer.concat(parts).toString()
}
