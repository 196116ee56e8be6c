/** Every table, once, for both dialects. What is looked up or guarded is a column. */
import { defineAuditTable } from './audit-table.ts'
import { defineCallerTables } from './caller-tables.ts'
import { defineChangeTables } from './change-tables.ts'
import type { sqliteColumns } from './columns.ts'
import { defineConfigurationTables } from './configuration-tables.ts'
import { defineCounterTables } from './counter-tables.ts'
import { defineCredentialTables, defineIssuedTables } from './credential-tables.ts'
import { defineEventTables } from './event-tables.ts'
import { defineGrantTables } from './grant-tables.ts'
import { defineKeyTables } from './key-tables.ts'
import { defineOutboxTable } from './outbox-table.ts'
import { definePolledTables, defineRequestTables } from './request-tables.ts'
import { defineRevocationTables } from './revocation-tables.ts'
import { defineDeliveryTable, defineSessionTables } from './session-tables.ts'
import { defineStreamTables } from './stream-tables.ts'
import { definePredecessorTable, defineTokenTables } from './tokens/tables.ts'
import { defineUsageTable } from './usage-table.ts'

export const defineTables = (columns: typeof sqliteColumns) => ({
  ...defineCallerTables(columns),
  ...defineConfigurationTables(columns),
  ...defineCounterTables(columns),
  ...defineKeyTables(columns),
  ...defineCredentialTables(columns),
  ...defineIssuedTables(columns),
  ...defineRequestTables(columns),
  ...definePolledTables(columns),
  ...defineOutboxTable(columns),
  ...defineTokenTables(columns),
  ...definePredecessorTable(columns),
  ...defineRevocationTables(columns),
  ...defineGrantTables(columns),
  ...defineSessionTables(columns),
  ...defineDeliveryTable(columns),
  ...defineEventTables(columns),
  ...defineStreamTables(columns),
  ...defineAuditTable(columns),
  ...defineChangeTables(columns),
  ...defineUsageTable(columns),
})

export type Tables = ReturnType<typeof defineTables>
