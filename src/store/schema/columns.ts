/**
 * The column vocabulary, once per dialect; the one cast that lets tables be defined once is here.
 */
import * as pg from 'drizzle-orm/pg-core'
import * as sqlite from 'drizzle-orm/sqlite-core'
import type { z } from 'zod'
import { packToken, type TokenSchema, unpackToken } from './tokens/data.ts'
import { bytesOf, nameOf, tailOf } from './tokens/names.ts'

/** A prepared statement gives the null of a row as it is. */
const asBytes = {
  toDriver: (name: string | null) => (name === null ? (null as never) : bytesOf(name)),
  fromDriver: nameOf,
}
/** Given a whole hash; a placeholder, too, stands for one. */
const asTail = { toDriver: tailOf, fromDriver: nameOf }
interface Bytes {
  data: string
  driverData: Uint8Array
}

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
  /** A hash or an id that is text outside of the store. */
  bytes: (name: string) => sqlite.customType<Bytes>({ dataType: () => 'blob', ...asBytes })(name),
  /** The last bytes of a hash: what is set and compared is given as the whole hash. */
  tail: (name: string) => sqlite.customType<Bytes>({ dataType: () => 'blob', ...asTail })(name),
  tokenData: <S extends TokenSchema>(name: string, schema: S) =>
    sqlite.customType<{ data: z.output<S>; driverData: string }>({
      dataType: () => 'text',
      toDriver: packToken,
      fromDriver: unpackToken(schema),
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
  bytes: (name: string) => pg.customType<Bytes>({ dataType: () => 'bytea', ...asBytes })(name),
  tail: (name: string) => pg.customType<Bytes>({ dataType: () => 'bytea', ...asTail })(name),
  tokenData: <S extends TokenSchema>(name: string, schema: S) =>
    pg.customType<{ data: z.output<S>; driverData: string }>({
      dataType: () => 'text',
      toDriver: packToken,
      fromDriver: unpackToken(schema),
    })(name),
} as unknown as typeof sqliteColumns
