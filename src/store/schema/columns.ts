/**
 * The column vocabulary, once per dialect; the one cast that lets tables be defined once is here.
 */
import * as pg from 'drizzle-orm/pg-core'
import * as sqlite from 'drizzle-orm/sqlite-core'
import type { z } from 'zod'

export const sqliteColumns = {
  table: sqlite.sqliteTable,
  primaryKey: sqlite.primaryKey,
  index: sqlite.index,
  uniqueIndex: sqlite.uniqueIndex,
  text: <T extends string = string>(name: string) => sqlite.text(name).$type<T>(),
  integer: (name: string) => sqlite.integer(name, { mode: 'number' }),
  /** Parsed on the way out, so that what an older version wrote gets the defaults of this one. */
  json: <S extends z.ZodType>(name: string, schema: S) =>
    sqlite.customType<{ data: z.output<S>; driverData: string }>({
      dataType: () => 'text',
      toDriver: (value) => JSON.stringify(value),
      fromDriver: (value) => schema.parse(JSON.parse(value)),
    })(name),
}

export const pgColumns = {
  table: pg.pgTable,
  primaryKey: pg.primaryKey,
  index: pg.index,
  uniqueIndex: pg.uniqueIndex,
  text: <T extends string = string>(name: string) => pg.text(name).$type<T>(),
  integer: (name: string) => pg.bigint(name, { mode: 'number' }),
  json: <S extends z.ZodType>(name: string, schema: S) =>
    pg.customType<{ data: z.output<S>; driverData: unknown }>({
      dataType: () => 'jsonb',
      toDriver: (value) => JSON.stringify(value),
      fromDriver: (value) => schema.parse(typeof value === 'string' ? JSON.parse(value) : value),
    })(name),
} as unknown as typeof sqliteColumns
