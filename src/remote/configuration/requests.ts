/** What a file asks of Postern: calls of at most 500 clients each, and its digest. */
import { createHash } from 'node:crypto'
import type { Json } from '../call.ts'
import { RemoteError } from '../failure.ts'
import { checkSource } from './check.ts'
import { type Environment, resolveReferences } from './references.ts'
import { readSource } from './source.ts'

export interface Asked {
  path: string
  key: string
  /** The settings of the service, if the file has any. */
  service: Json | undefined
  /** The bodies of plans, in the order in which they are applied. */
  batches: Json[]
  /** Of the whole file with its secrets. */
  digest: string
}

const batchSize = 500

export function askedBy(path: string, environment: Environment): Asked {
  const source = readSource(path)
  checkSource(source)
  const { service: settings, clients = {}, lint } = resolveReferences(source, environment) as Json
  const { key, keys, ...given } = settings
  const kept = withoutKept(given)
  const service = Object.keys(given).length > 0 ? kept : undefined
  const { items = [], ...deletion } = clients
  if (deletion.delete === 'all-but-registered' && items.length > batchSize) {
    throw new RemoteError(
      'usage',
      `${path}: delete: all-but-registered is for files of at most ${batchSize} clients: list keys.`,
    )
  }
  const parts = Math.max(1, Math.ceil(items.length / batchSize))
  const batches = Array.from({ length: parts }, (_, at) => ({
    key,
    ...(at === 0 && service ? { service } : {}),
    ...(at === 0 && keys ? { keys } : {}),
    clients: {
      items: items.slice(at * batchSize, (at + 1) * batchSize),
      ...(at === parts - 1 ? deletion : {}),
    },
    ...(lint ? { lint } : {}),
  }))
  return { path, key, service, batches, digest: digestOf(batches) }
}

/** A secret of the service that is kept is not sent. */
const withoutKept = (service: Json): Json =>
  Object.fromEntries(Object.entries(service).filter(([, value]) => !Object(value).keep))

/** The order of members does not count. */
const digestOf = (value: unknown): string =>
  createHash('sha256')
    .update(JSON.stringify(value, (_, member) => inOrder(member)))
    .digest('base64url')

const inOrder = (value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([one], [another]) => (one < another ? -1 : 1)))
    : value
