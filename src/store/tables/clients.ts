/** Clients of services. */
import { and, asc, count, eq, inArray, sql } from 'drizzle-orm'
import type { Sealer } from '../../system/sealer.ts'
import type { Engine, Write } from '../engine.ts'
import { preparedRead } from '../prepared.ts'
import { sealedSecrets } from '../sealed.ts'
import { staysFor } from './expiring-clients.ts'
import { inDeletionOrder, selectRow, serviceExists } from './parent.ts'

export interface NewClient {
  serviceId: number
  clientId: number
  number: number
  alias: string | undefined
  developer: string | undefined
  /** URL of the metadata document that the client was found by; no two clients have the same. */
  location?: string | undefined
  data: Record<string, unknown>
  secrets: Record<string, unknown>
  createdAt: number
  modifiedAt: number
  /** When the client goes if nothing prolongs it; without, it stays. */
  expiresAt?: number | null | undefined
}
export interface ClientRow
  extends Omit<NewClient, 'alias' | 'developer' | 'location' | 'expiresAt'> {
  alias: string | null
  developer: string | null
  location: string | null
  expiresAt: number | null
  version: number
}
type Changes = Pick<
  NewClient,
  'alias' | 'developer' | 'data' | 'secrets' | 'modifiedAt' | 'expiresAt'
>

export const clients = (engine: Engine, sealer: Sealer) => {
  const { read, build, tables, dialect } = engine
  const t = tables.clients
  interface Named {
    serviceId: number
    clientId: number
  }
  const versionOf = preparedRead<Named, { version: number }>(engine, (db, given) =>
    db
      .select({ version: t.version })
      .from(t)
      .where(and(eq(t.serviceId, given.serviceId), eq(t.clientId, given.clientId))),
  )
  const named = preparedRead<Named, typeof t.$inferSelect>(engine, (db, given) =>
    db
      .select()
      .from(t)
      .where(and(eq(t.serviceId, given.serviceId), eq(t.clientId, given.clientId))),
  )
  const aliased = preparedRead<{ serviceId: number; alias: string }, typeof t.$inferSelect>(
    engine,
    (db, given) =>
      db
        .select()
        .from(t)
        .where(and(eq(t.serviceId, given.serviceId), eq(t.alias, given.alias))),
  )
  const located = preparedRead<{ serviceId: number; location: string }, typeof t.$inferSelect>(
    engine,
    (db, given) =>
      db
        .select()
        .from(t)
        .where(and(eq(t.serviceId, given.serviceId), eq(t.location, given.location))),
  )
  const secretsOf = sealedSecrets(sealer, 'clients')
  const open = ({ sealed, ...row }: typeof t.$inferSelect): ClientRow => ({
    ...row,
    secrets: secretsOf.open(row.serviceId, row.clientId, sealed),
  })
  const is = (serviceId: number, clientId: number) =>
    and(eq(t.serviceId, serviceId), eq(t.clientId, clientId))
  // PostgreSQL takes a value within an expression for text, unless it is told.
  const number = (value: number) => sql`cast(${value} as bigint)`
  const neverExpires = sql`${t.location} is null and ${t.expiresAt} is null`
  const vouchedFor = sql`case when ${neverExpires} then null else ${number(staysFor)} end`
  const stillExpires = (expiresAt: number) =>
    sql`case when ${t.expiresAt} < ${staysFor} then ${number(expiresAt)} else ${t.expiresAt} end`
  const rowOf = ({ secrets, alias, developer, location, expiresAt, ...row }: NewClient) => ({
    ...row,
    alias: alias ?? null,
    developer: developer ?? null,
    location: location ?? null,
    expiresAt: expiresAt ?? null,
    version: 1,
    sealed: secretsOf.seal(row.serviceId, row.clientId, secrets),
  })
  return {
    async find(serviceId: number, clientId: number): Promise<ClientRow | undefined> {
      const [row] = await named({ serviceId, clientId })
      return row && open(row)
    },
    async findByAlias(serviceId: number, alias: string): Promise<ClientRow | undefined> {
      const [row] = await aliased({ serviceId, alias })
      return row && open(row)
    },
    async findByLocation(serviceId: number, location: string): Promise<ClientRow | undefined> {
      const [row] = await located({ serviceId, location })
      return row && open(row)
    },
    async findMany(serviceId: number, ids: number[]): Promise<ClientRow[]> {
      if (ids.length === 0) return []
      const among = and(eq(t.serviceId, serviceId), inArray(t.clientId, ids))
      return (await read.select().from(t).where(among).orderBy(asc(t.number))).map(open)
    },
    /** Whether a client of the service says that it is this software. */
    async hasSoftware(serviceId: number, softwareId: string): Promise<boolean> {
      const name =
        dialect === 'sqlite'
          ? sql`json_extract(${t.data}, '$.softwareId')`
          : sql`${t.data} ->> 'softwareId'`
      const where = and(eq(t.serviceId, serviceId), sql`${name} = ${softwareId}`)
      const [row] = await read.select({ clientId: t.clientId }).from(t).where(where).limit(1)
      return row !== undefined
    },
    /** Grows with every change of the row. */
    async version(serviceId: number, clientId: number): Promise<number | undefined> {
      const [row] = await versionOf({ serviceId, clientId })
      return row?.version
    },
    /** In the order of their numbers, `start` inclusive and `end` exclusive. */
    async list(
      serviceId: number,
      { start, end, developer }: { start: number; end: number; developer?: string | undefined },
    ) {
      const ofDeveloper = developer === undefined ? undefined : eq(t.developer, developer)
      const where = and(eq(t.serviceId, serviceId), ofDeveloper)
      const page = read.select().from(t).where(where).orderBy(asc(t.number))
      const rows = await page.limit(end - start).offset(start)
      const [counted] = await read.select({ total: count() }).from(t).where(where)
      return { rows: rows.map(open), total: counted?.total ?? 0 }
    },
    insert: (client: NewClient): Write =>
      build.insert(t).values(rowOf(client)).returning({ clientId: t.clientId }).toSQL(),
    insertIfServiceExists(client: NewClient): Write {
      const row: Record<string, unknown> = rowOf(client)
      const values = selectRow(t, (name) => row[name], serviceExists(engine, client.serviceId))
      return build.insert(t).select(values).returning({ clientId: t.clientId }).toSQL()
    },
    /** Without an `expiresAt`, a client that would have expired stays from now on. */
    update: (
      serviceId: number,
      clientId: number,
      { secrets, alias, developer, expiresAt, ...changes }: Changes,
      /** Only if the row is still the one that the change was made from. */
      version: number,
    ): Write =>
      build
        .update(t)
        .set({
          ...changes,
          alias: alias ?? null,
          developer: developer ?? null,
          sealed: secretsOf.seal(serviceId, clientId, secrets),
          expiresAt: expiresAt == null ? vouchedFor : stillExpires(expiresAt),
          version: sql`${t.version} + 1`,
        })
        .where(and(is(serviceId, clientId), eq(t.version, version)))
        .returning({ clientId: t.clientId })
        .toSQL(),
    /** The client and every row of it in every table. */
    delete: (serviceId: number, clientId: number): Write[] =>
      inDeletionOrder(tables)
        .filter((table) => 'clientId' in table)
        .map((table) =>
          build
            .delete(table)
            .where(and(eq(table.serviceId, serviceId), eq(table.clientId, clientId)))
            .returning({ serviceId: table.serviceId })
            .toSQL(),
        ),
  }
}
