/** Audit records in the log, and those of the commands. */
import { describeRecord } from '../audit/describe.ts'
import { recordOutsideCalls } from '../audit/record.ts'
import type { AuditChange, AuditRecord } from '../model/audit/record.ts'
import type { Store } from '../store/store.ts'
import { systemClock } from '../system/clock.ts'
import type { Log } from '../system/log.ts'
import { systemRandom } from '../system/random.ts'

/** `POSTERN_AUDIT_LOG`: the store, whose commits then write their audit records to the log. */
export const withAuditLog = (store: Store, { audit }: Pick<Log, 'audit'>): Store => ({
  ...store,
  async commit(...writes) {
    await store.commit(...writes)
    for (const { record } of writes) if (record) audit(describeRecord(record))
  },
})

const commands = {
  'master_key.rotated': 'master-key rotate',
  'key.created': 'keys generate',
  'key.rotated': 'keys rotate',
  'key.restored': 'keys undelete',
  'backup.created': 'backup',
  'backup.restored': 'restore',
} as const

/** A record of a command, which does not know who runs it. */
export const recordOfCommand = (
  type: keyof typeof commands,
  changes: AuditChange[] = [],
  about: Partial<AuditRecord> = {},
): AuditRecord =>
  recordOutsideCalls(systemRandom, systemClock(), {
    type,
    operation: commands[type],
    actorKind: 'command_line',
    changes,
    ...about,
  })
