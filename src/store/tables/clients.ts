/** Clients of services. */
import { and, asc, count, eq, inArray, isNotNull, isNull, like, type SQL, sql } from 'drizzle-orm'
import { clientColumns, keyInColumn } from '../../model/summary.ts'
import type { Sealer } from '../../system/sealer.ts'
import type { Engine, Write } from '../engine.ts'
import { keptRow } from '../kept.ts'
import { deletionsOfClients, serviceExists } from '../parent.ts'
import { type Placeholders, preparedRead } from '../prepared.ts'
import { insertion, rowsByKey } from '../rows.ts'
import type { Tables } from '../schema/tables.ts'
import { sealedSecrets } from '../sealed.ts'
import { staysFor } from './expiring-clients.ts'

interface NewClient {
  serviceId: number
  clientId: number
  number: number
  alias: string | undefined
  developer: string | undefined
  /** What software the client says that it is, RFC 7591 §2. */
  softwareId: string | undefined
  /** URL of the metadata document that the client was found by; no two clients have the same. */
  location?: string | undefined
  /** The entity identifier of a client that a federation registered; no two have the same. */
  entityId?: string | undefined
  /** Names the one client that registrations with the same metadata share. */
  registrationHash?: string | undefined
  data: Record<string, unknown>
  secrets: Record<string, unknown>
  createdAt: number
  modifiedAt: number
  /** When the client goes if nothing prolongs it; without, it stays. */
  expiresAt?: number | null | undefined
}
interface ClientRow
  extends Omit<
    NewClient,
    | 'alias'
    | 'developer'
    | 'softwareId'
    | 'location'
    | 'entityId'
    | 'registrationHash'
    | 'expiresAt'
  > {
  alias: string | null
  developer: string | null
  softwareId: string | null
  location: string | null
  entityId: string | null
  registrationHash: string | null
  expiresAt: number | null
  /** Exact to an hour. */
  lastUsedAt: number | null
  version: number
}
type Changes = Pick<
  NewClient,
  'alias' | 'developer' | 'softwareId' | 'data' | 'secrets' | 'modifiedAt' | 'expiresAt'
>

type StoredRow = Tables['clients']['$inferSelect']
type Open = (row: StoredRow) => ClientRow
type Secrets = ReturnType<typeof sealedSecrets>

export const clients = (engine: Engine, sealer: Sealer) => {
  const secretsOf = sealedSecrets(sealer, 'clients')
  const open: Open = ({ sealed, ...stored }) => {
    const { searchName, searchUri, traits, labels, summary, ...row } = stored
    return { ...row, secrets: secretsOf.open(row.serviceId, row.clientId, sealed) }
  }
  const deletions = deletionsOfClients(engine)
  return {
    ...finders(engine, open),
    ...lists(engine, open),
    ...insertions(engine, secretsOf),
    update: updates(engine, secretsOf),
    /** Touches the client only while its version is one of these. */
    requireVersion: (serviceId: number, clientId: number, versions: readonly number[]): Write => {
      const t = engine.tables.clients
      const isClient = and(eq(t.serviceId, serviceId), eq(t.clientId, clientId))
      const touch = engine.build
        .update(t)
        .set({ clientId })
        .where(and(isClient, inArray(t.version, [...versions])))
        .returning({ clientId: t.clientId })
      return { ...touch.toSQL(), changesNothing: true }
    },
    /** The client and every row of it in every table. */
    delete: (serviceId: number, clientId: number): Write[] => deletions({ serviceId, clientId }),
  }
}

function finders(engine: Engine, open: Open) {
  const t = engine.tables.clients
  const byId = rowsByKey(engine, t, 'clientId')
  const byAlias = rowsByKey(engine, t, 'alias')
  const byLocation = rowsByKey(engine, t, 'location')
  const byEntityId = rowsByKey(engine, t, 'entityId')
  const byRegistration = rowsByKey(engine, t, 'registrationHash')
  interface Standing {
    version: number
    createdAt: number
  }
  const standingOf = preparedRead<{ serviceId: number; clientId: number }, Standing>(
    engine,
    (db, { serviceId, clientId }) =>
      db
        .select({ version: t.version, createdAt: t.createdAt })
        .from(t)
        .where(and(eq(t.serviceId, serviceId), eq(t.clientId, clientId))),
  )
  const keyOf = ({ serviceId, clientId }: { serviceId: number; clientId: number }) =>
    `${serviceId} ${clientId}`
  const standing = keptRow(engine, 'clients', standingOf, keyOf)
  const opened = (row: StoredRow | undefined) => row && open(row)
  return {
    find: async (serviceId: number, clientId: number) =>
      opened(await byId.find(serviceId, clientId)),
    findByAlias: async (serviceId: number, alias: string) =>
      opened(await byAlias.find(serviceId, alias)),
    findByLocation: async (serviceId: number, location: string) =>
      opened(await byLocation.find(serviceId, location)),
    findByEntityId: async (serviceId: number, entityId: string) =>
      opened(await byEntityId.find(serviceId, entityId)),
    findByRegistration: async (serviceId: number, hash: string) =>
      opened(await byRegistration.find(serviceId, hash)),
    /** Grows with every change of the row. */
    async version(serviceId: number, clientId: number): Promise<number | undefined> {
      return (await standing({ serviceId, clientId }))?.version
    },
    /** By which a row is known to be the same: a client may get the ID of one that was deleted. */
    standing: (serviceId: number, clientId: number) => standing({ serviceId, clientId }),
  }
}

interface ListedClients {
  start: number
  end: number
  developer?: string | undefined
  /** Only clients that registered by RFC 7591, not by a metadata document or a federation. */
  registeredThemselves?: boolean
}

function lists({ read, tables: { clients: t } }: Engine, open: Open) {
  return {
    async findMany(serviceId: number, ids: number[]): Promise<ClientRow[]> {
      if (ids.length === 0) return []
      const among = and(eq(t.serviceId, serviceId), inArray(t.clientId, ids))
      return (await read.select().from(t).where(among).orderBy(asc(t.number))).map(open)
    },
    /** The clients that have a key of configuration, by their ids. */
    async keyed(serviceId: number) {
      const columns = { clientId: t.clientId, version: t.version, labels: t.labels }
      const hasKey = and(isNotNull(t.labels), like(t.labels, '% =%'))
      const rows = await read
        .select(columns)
        .from(t)
        .where(and(eq(t.serviceId, serviceId), hasKey))
      return rows.flatMap(({ labels, ...row }) => {
        const key = keyInColumn(labels)
        return key === undefined ? [] : [{ ...row, key }]
      })
    },
    /** Clients that did not come by themselves, in the order of their numbers. */
    async ofCallers(serviceId: number, limit: number): Promise<ClientRow[]> {
      const stays = and(isNull(t.location), isNull(t.entityId), isNull(t.expiresAt))
      const found = read
        .select()
        .from(t)
        .where(and(eq(t.serviceId, serviceId), stays))
      return (await found.orderBy(asc(t.number)).limit(limit)).map(open)
    },
    /** Whether a client of the service says that it is this software. */
    async hasSoftware(serviceId: number, softwareId: string): Promise<boolean> {
      const where = and(eq(t.serviceId, serviceId), eq(t.softwareId, softwareId))
      const [row] = await read.select({ clientId: t.clientId }).from(t).where(where).limit(1)
      return row !== undefined
    },
    /** In the order of their numbers, `start` inclusive and `end` exclusive. */
    async list(
      serviceId: number,
      { start, end, developer, registeredThemselves = false }: ListedClients,
    ) {
      const ofDeveloper = developer === undefined ? undefined : eq(t.developer, developer)
      // Only clients that came by themselves have an expiry, even if the caller keeps them.
      const ofThemselves = registeredThemselves
        ? and(isNull(t.location), isNull(t.entityId), isNotNull(t.expiresAt))
        : undefined
      const where = and(eq(t.serviceId, serviceId), ofDeveloper, ofThemselves)
      const page = read.select().from(t).where(where).orderBy(asc(t.number))
      const rows = await page.limit(end - start).offset(start)
      const [counted] = await read.select({ total: count() }).from(t).where(where)
      return { rows: rows.map(open), total: counted?.total ?? 0 }
    },
  }
}

function insertions(engine: Engine, secretsOf: Secrets) {
  const t = engine.tables.clients
  const insert = insertion(engine, t)
  const insertOfService = insertion(engine, t, {
    ifExists: ({ serviceId }) => serviceExists(engine, serviceId),
  })
  const insertFederated = insertion(engine, t, {
    ifExists: (given) =>
      sql`${serviceExists(engine, given.serviceId)} and ${isFree(engine, given)}`,
  })
  const rowOf = ({ secrets, ...row }: NewClient) => ({
    ...row,
    ...clientColumns(row.data),
    version: 1,
    sealed: secretsOf.seal(row.serviceId, row.clientId, secrets),
  })
  return {
    insert: (client: NewClient): Write => insert(rowOf(client)),
    insertIfServiceExists: (client: NewClient): Write => insertOfService(rowOf(client)),
    /** The same, unless another client has the entity identifier as its alias or location. */
    insertFederated: (client: NewClient & { entityId: string }): Write =>
      insertFederated(rowOf(client)),
  }
}

/** No client of the service has the entity identifier as its alias or location. */
const isFree = (
  { tables: { clients: t } }: Engine,
  { serviceId, entityId }: Placeholders<Tables['clients']['$inferInsert']>,
): SQL => {
  const named = [t.alias, t.location].map((column) => {
    const isNamed = and(eq(t.serviceId, serviceId), eq(column, entityId))
    return sql`not exists (select 1 from ${t} where ${isNamed})`
  })
  return sql.join(named, sql` and `)
}

function updates({ build, tables: { clients: t } }: Engine, secretsOf: Secrets) {
  // PostgreSQL takes a value within an expression for text, unless it is told.
  const number = (value: number) => sql`cast(${value} as bigint)`
  const neverExpires = sql`${t.location} is null and ${t.expiresAt} is null`
  const vouchedFor = sql`case when ${neverExpires} then null else ${number(staysFor)} end`
  const stillExpires = (expiresAt: number) =>
    sql`case when ${t.expiresAt} < ${staysFor} then ${number(expiresAt)} else ${t.expiresAt} end`
  /** Without an `expiresAt`, a client that would have expired stays from now on. */
  return (
    serviceId: number,
    clientId: number,
    { secrets, alias, developer, softwareId, expiresAt, ...changes }: Changes,
    /** Only if the row is still the one that the change was made from. */
    version: number,
  ): Write =>
    build
      .update(t)
      .set({
        ...changes,
        ...clientColumns(changes.data),
        alias: alias ?? null,
        developer: developer ?? null,
        softwareId: softwareId ?? null,
        sealed: secretsOf.seal(serviceId, clientId, secrets),
        expiresAt: expiresAt == null ? vouchedFor : stillExpires(expiresAt),
        version: sql`${t.version} + 1`,
      })
      .where(and(eq(t.serviceId, serviceId), eq(t.clientId, clientId), eq(t.version, version)))
      .returning({ clientId: t.clientId })
      .toSQL()
}
