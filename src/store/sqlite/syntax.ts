/** SQL as SQLite words it. */
import { sql } from 'drizzle-orm'
import type { Syntax } from '../engine.ts'

export const sqliteSyntax: Syntax = {
  // Writes are made one after the other, so that there is nothing to lock.
  lockParent: sql``,
  rowAddress: () => [sql`rowid`],
  fixedAddress: sql`rowid`,
  horizon: (last) => sql`${last} + 1`,
  contains: (column, text) => sql`instr(${column}, ${text}) > 0`,
  unitedList(data, member) {
    const path = sql.raw(`'$.${member}'`)
    const inserted = sql.raw(`excluded.${data.name}`)
    return sql`json_set(${inserted}, ${path}, json((
      select json_group_array(value) from (
        select value, min(place) as place from (
          select value, key as place from json_each(${data}, ${path})
          union all select value, 1000000 + key from json_each(${inserted}, ${path})
        ) group by value order by place
      ))))`
  },
}
