/** Plans a file: what Postern would change. */
import { ask, type Json, send } from '../call.ts'
import type { Connection } from '../contexts.ts'
import { listed } from '../documents.ts'
import { RemoteError } from '../failure.ts'
import type { Asked } from './requests.ts'

export interface Planned {
  asked: Asked
  /** Undefined: the service is to be created. */
  serviceId: string | undefined
  /** One for each batch; none if the file is applied and nothing was changed since. */
  plans: Json[]
}

/** The services by their keys: asked for one by one, or read at once for many files. */
export type FindService = (key: string) => Promise<string | undefined>

const manyFiles = 20

export async function finderFor(
  connection: Connection,
  files: number,
  named: string | undefined,
): Promise<FindService> {
  if (named !== undefined) return async () => named
  if (files <= manyFiles) return (key) => serviceWith(connection, key)
  const all = await listed(connection, '/api/services', 'services', {}, Number.MAX_SAFE_INTEGER)
  const known = new Map<string, string>()
  for (const { key, apiKey } of all) {
    if (key === undefined) continue
    if (known.has(key)) throw new RemoteError('usage', severalHave(key))
    known.set(key, String(apiKey))
  }
  return async (key) => known.get(key)
}

async function serviceWith(connection: Connection, key: string): Promise<string | undefined> {
  const found = await listed(connection, '/api/services', 'services', { key }, 2)
  if (found.length > 1) throw new RemoteError('usage', severalHave(key))
  return found[0] && String(found[0].apiKey)
}

const severalHave = (key: string) => `Several services have the key ${key}.`

export async function planFile(
  connection: Connection,
  asked: Asked,
  find: FindService,
): Promise<Planned> {
  const serviceId = await find(asked.key)
  if (serviceId === undefined) return { asked, serviceId, plans: [] }
  if (await isApplied(connection, serviceId, asked.digest)) return { asked, serviceId, plans: [] }
  return { asked, serviceId, plans: await plansOf(connection, serviceId, asked) }
}

async function isApplied(connection: Connection, serviceId: string, digest: string) {
  const { status } = await send(connection, {
    method: 'GET',
    path: `/api/${serviceId}/plan`,
    headers: { 'if-none-match': `"${digest}"` },
  })
  return status === 304
}

export async function plansOf(connection: Connection, serviceId: string, { batches }: Asked) {
  const plans: Json[] = []
  for (const body of batches) {
    plans.push(await ask(connection, { method: 'POST', path: `/api/${serviceId}/plan`, body }))
  }
  return plans
}

/** Whether applying the plan does anything. */
export const changesAnything = ({ changes, clients }: Json): boolean =>
  changes.length + clients.created.length + clients.deleted.length > 0
