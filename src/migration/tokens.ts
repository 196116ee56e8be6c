/** Sends the tokens of an import to a running Postern, some hundreds at a time. */
import { ask } from '../remote/call.ts'
import type { Connection } from '../remote/contexts.ts'
import { RemoteError } from '../remote/failure.ts'
import { inputsOf, isObject } from './input.ts'

export interface Sent {
  imported: number
  present: number
  expired: number
  grantedScopes: number
}

const batchSize = 200

/** `tell` is called with the number of entries that were sent. */
export async function sendTokens(
  connection: Connection,
  serviceId: string,
  path: string,
  tell: (done: number, total: number) => void,
): Promise<Sent> {
  const entries = inputsOf([path])
  const total: Sent = { imported: 0, present: 0, expired: 0, grantedScopes: 0 }
  for (let at = 0; at < entries.length; at += batchSize) {
    const batch = entries.slice(at, at + batchSize)
    const of = (name: string) =>
      batch.flatMap(({ value }) => (isObject(value) && value[name] ? [value[name]] : []))
    const body = { tokens: of('token'), grantedScopes: of('grantedScopes') }
    if (body.tokens.length + body.grantedScopes.length < batch.length) {
      throw new RemoteError('usage', `${batch[0]?.path}: This is no file of tokens of an import.`)
    }
    const call = { method: 'POST', path: `/api/${serviceId}/auth/token/import`, body }
    const done = await ask(connection, call).catch((error: unknown) => {
      if (error instanceof RemoteError) error.message = `${batch[0]?.path}: ${error.message}`
      throw error
    })
    for (const name of Object.keys(total) as (keyof Sent)[]) total[name] += done[name]
    tell(at + batch.length, entries.length)
  }
  return total
}
