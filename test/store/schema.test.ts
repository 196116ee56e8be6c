/** The tables are the same on both databases, and the migrations create exactly these tables. */
import { readFileSync } from 'node:fs'
import { type SQL, sql } from 'drizzle-orm'
import * as pg from 'drizzle-orm/pg-core'
import * as sqlite from 'drizzle-orm/sqlite-core'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import type { Engine } from '../../src/store/engine.ts'
import { pgColumns, sqliteColumns } from '../../src/store/schema/columns.ts'
import * as postgresSchema from '../../src/store/schema/postgres.ts'
import * as sqliteSchema from '../../src/store/schema/sqlite.ts'
import { defineTables } from '../../src/store/schema/tables.ts'
import { openTestStore, type TestStore } from '../support/stores.ts'

interface Shape {
  columns: string[]
  primaryKey: string[]
  indexes: string[]
}

const column = (name: string, type: string, isRequired: boolean) =>
  `${name} ${type}${isRequired ? ' not null' : ''}`
const index = (name: string, isUnique: boolean, columns: string[]) =>
  `${isUnique ? 'unique ' : ''}${name} (${columns.join(', ')})`

type Config = ReturnType<typeof sqlite.getTableConfig>
const name = (each: unknown) => (each as { name: string }).name

function shapeOf({ columns, primaryKeys, indexes }: Config): Shape {
  const keyed = columns.filter(({ primary }) => primary)
  return {
    columns: columns.map((each) => column(each.name, each.getSQLType(), each.notNull)).sort(),
    primaryKey: [...keyed, ...primaryKeys.flatMap((key) => key.columns)].map(name),
    indexes: indexes
      .map(({ config }) => index(config.name, config.unique, config.columns.map(name)))
      .sort(),
  }
}

type Tables = ReturnType<typeof defineTables>
const shapesOf = (tables: Tables, configOf: (table: Tables[keyof Tables]) => Config) =>
  Object.fromEntries(
    Object.values(tables).map((table) => [configOf(table).name, shapeOf(configOf(table))]),
  )
const sqliteShapes = shapesOf(defineTables(sqliteColumns), sqlite.getTableConfig)
/** `columns.ts` gives the tables of PostgreSQL the types of those of SQLite. */
const postgresShapes = shapesOf(
  defineTables(pgColumns),
  (table) => pg.getTableConfig(table as never) as never,
)

let opened: TestStore
beforeAll(async () => {
  opened = await openTestStore()
})
afterAll(() => opened.close())

describe('tables', () => {
  it('are the same on SQLite and PostgreSQL except for the names of types', () => {
    const text = JSON.stringify(postgresShapes)
    const translated = text
      .replaceAll(' bigint', ' integer')
      .replaceAll(' jsonb', ' text')
      .replaceAll(' bytea', ' blob')
    expect(JSON.parse(translated)).toEqual(sqliteShapes)
  })

  it('are all exported to drizzle-kit, which generates the migrations', () => {
    const names = Object.keys(defineTables(sqliteColumns)).sort()
    expect(Object.keys(sqliteSchema).sort()).toEqual(names)
    expect(Object.keys(postgresSchema).sort()).toEqual(names)
  })

  it('have primary keys that start with the service, except for API tokens', () => {
    for (const [table, { primaryKey }] of Object.entries(sqliteShapes)) {
      const first = table === 'api_tokens' ? 'token_hash' : 'service_id'
      expect([table, primaryKey[0]]).toEqual([table, first])
    }
  })
})

describe('migrations', () => {
  it('create exactly the defined tables', async () => {
    const { engine } = opened
    const dialect = inject('dialect')
    const expected = dialect === 'sqlite' ? sqliteShapes : postgresShapes
    const found = dialect === 'sqlite' ? inSqlite(engine) : inPostgres(engine)
    expect(await found).toEqual(expected)
  })

  it('have increasing timestamps, since drizzle skips a migration that is older', () => {
    const dialect = inject('dialect')
    const url = new URL(`../../drizzle/${dialect}/meta/_journal.json`, import.meta.url)
    const { entries } = JSON.parse(readFileSync(url, 'utf8')) as { entries: { when: number }[] }
    const times = entries.map(({ when }) => when)
    expect(times).toEqual([...new Set(times)].sort((a, b) => a - b))
  })
})

const fields = {
  table: sql<string>`table_name`,
  name: sql<string>`name`,
  type: sql<string>`type`,
  isRequired: sql<boolean | number>`is_required`,
}
const indexFields = {
  table: sql<string>`table_name`,
  name: sql<string>`name`,
  isPrimary: sql<boolean | number>`is_primary`,
  isUnique: sql<boolean | number>`is_unique`,
  column: sql<string>`column_name`,
}

/**
 * Shapes from two queries: columns, and the columns of indexes in their order; an expression has
 * no name.
 */
async function introspect({ read }: Engine, columns: SQL, indexes: SQL) {
  const shapes: Record<string, Shape> = {}
  const shape = (table: string) => {
    shapes[table] ??= { columns: [], primaryKey: [], indexes: [] }
    return shapes[table]
  }
  for (const row of await read.select(fields).from(sql`(${columns}) found`)) {
    shape(row.table).columns.push(column(row.name, row.type, Boolean(row.isRequired)))
  }
  const byName = new Map<string, { table: string; isUnique: boolean; columns: string[] }>()
  for (const row of await read.select(indexFields).from(sql`(${indexes}) found`)) {
    if (row.isPrimary) {
      shape(row.table).primaryKey.push(row.column)
      continue
    }
    const { table, isUnique } = row
    const known = byName.get(row.name) ?? { table, isUnique: Boolean(isUnique), columns: [] }
    known.columns.push(row.column)
    byName.set(row.name, known)
  }
  for (const [indexName, { table, isUnique, columns }] of byName) {
    shape(table).indexes.push(index(indexName, isUnique, columns))
  }
  for (const { columns, indexes } of Object.values(shapes)) {
    columns.sort()
    indexes.sort()
  }
  return shapes
}

/** The list of applied migrations is drizzle's. */
const isOurs = sql.raw(`t.name <> '__drizzle_migrations'`)

const inSqlite = (engine: Engine) =>
  introspect(
    engine,
    sql`select t.name as table_name, c.name as name, lower(c.type) as type,
        c."notnull" as is_required
      from sqlite_schema t, pragma_table_info(t.name) c
      where t.type = 'table' and t.name not like 'sqlite%' and ${isOurs}`,
    sql`select * from (
      select t.name as table_name, '' as name, 1 as is_primary, 1 as is_unique,
        c.name as column_name, c.pk as place
      from sqlite_schema t, pragma_table_info(t.name) c
      where t.type = 'table' and c.pk > 0 and ${isOurs}
      union all
      select t.name, i.name, 0, i."unique", c.name, c.seqno
      from sqlite_schema t, pragma_index_list(t.name) i, pragma_index_info(i.name) c
      where t.type = 'table' and i.origin = 'c'
    ) order by table_name, name, place`,
  )

const inPostgres = (engine: Engine) =>
  introspect(
    engine,
    sql`select table_name, column_name as name, data_type as type, is_nullable = 'NO' as is_required
      from information_schema.columns where table_schema = 'public'`,
    sql`select t.relname as table_name, i.relname as name, x.indisprimary as is_primary,
        x.indisunique as is_unique, a.attname as column_name
      from pg_index x join pg_class i on i.oid = x.indexrelid join pg_class t on t.oid = x.indrelid
      join unnest(x.indkey) with ordinality k(attribute, place) on true
      left join pg_attribute a on a.attrelid = t.oid and a.attnum = k.attribute
      where t.relnamespace = 'public'::regnamespace order by t.relname, i.relname, k.place`,
  )
