/** SQL as PostgreSQL words it. */
import { sql } from 'drizzle-orm'
import { getTableConfig, type PgTable } from 'drizzle-orm/pg-core'
import type { Syntax } from '../engine.ts'

export const postgresSyntax: Syntax = {
  // As a foreign key would: the deletion of the parent waits for the commit.
  lockParent: sql` for key share`,
  // Not `ctid`, which databases with PostgreSQL's protocol lack.
  rowAddress: (table) => keyOf(table as PgTable),
  // The places are numbers of transactions, of which this one is the lowest that is open.
  horizon: () => sql`txid_snapshot_xmin(txid_current_snapshot())`,
  contains: (column, text) => sql`strpos(${column}, ${text}) > 0`,
  unitedList(data, member) {
    const inserted = sql.raw(`excluded.${data.name}`)
    const list = sql.raw(`'${member}'`)
    return sql`jsonb_set(${inserted}, ${sql.raw(`'{${member}}'`)}, (
      select coalesce(jsonb_agg(value order by place), '[]') from (
        select value, min(place) as place from (
          select value, ordinality as place
          from jsonb_array_elements(${data} -> ${list}) with ordinality
          union all select value, 1000000 + ordinality
          from jsonb_array_elements(${inserted} -> ${list}) with ordinality
        ) as each_one group by value
      ) as placed))`
  },
}

/** The columns of the primary key, in its order. */
function keyOf(table: PgTable) {
  const { columns, primaryKeys } = getTableConfig(table)
  const [key] = primaryKeys
  return key ? key.columns : columns.filter(({ primary }) => primary)
}
