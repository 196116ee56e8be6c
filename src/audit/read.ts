/** Reads that are recorded, as they show what should seldom leave the server. */
import { type Happening, type Recording, recordRow } from './record.ts'
import { recordRepeated } from './repeated.ts'

/**
 * Records a read before it is answered: the first one by a caller, and then one record a minute
 * with their number.
 */
export async function recordRead(context: Recording, happening: Happening): Promise<void> {
  const { call, store } = context
  const type = call.operation.audits
  if (type === undefined) return
  const row = recordRow(context, type, happening)
  const key = [row.actorKind, row.actorId, row.operation, row.targetId].join(' ')
  await recordRepeated(store, key, row)
}
