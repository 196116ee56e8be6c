/** Services, each with its settings and its sealed secrets. */
import { and, asc, count, eq, inArray, type Placeholder, sql } from 'drizzle-orm'
import type { Subscription } from '../../model/events/event.ts'
import type { ServiceKeys } from '../../model/service/hsk.ts'
import { serviceColumns } from '../../model/summary.ts'
import type { Sealer } from '../../system/sealer.ts'
import type { Engine, Write } from '../engine.ts'
import { keptRow } from '../kept.ts'
import { inDeletionOrder } from '../parent.ts'
import { preparedRead } from '../prepared.ts'
import { rowsByKey } from '../rows.ts'
import type { Tables } from '../schema/tables.ts'
import { sealedSecrets } from '../sealed.ts'

interface NewService {
  serviceId: number
  number: number
  data: Record<string, unknown>
  secrets: Record<string, unknown>
  createdAt: number
  modifiedAt: number
}
interface ServiceRow extends NewService {
  version: number
  ahead: number
  keys: ServiceKeys
  subscriptions: Subscription[]
}

export const services = (engine: Engine, sealer: Sealer) => {
  const { build, tables } = engine
  const t = tables.services
  const versionOf = preparedRead<{ serviceId: number }, { version: number }>(engine, (db, given) =>
    db.select({ version: t.version }).from(t).where(eq(t.serviceId, given.serviceId)),
  )
  const version = keptRow(engine, 'services', versionOf, ({ serviceId }) => serviceId)
  const rows = rowsByKey(engine, t)
  const secretsOf = sealedSecrets(sealer, 'services')
  const open = ({ sealed, ...stored }: typeof t.$inferSelect): ServiceRow => {
    const { searchName, searchIssuer, labels, summary, ...row } = stored
    const { serviceId } = row
    return { ...row, secrets: secretsOf.open(serviceId, serviceId, sealed) }
  }
  return {
    async find(serviceId: number): Promise<ServiceRow | undefined> {
      const row = await rows.find(serviceId)
      return row && open(row)
    },
    /** Grows with every change of the row: what was parsed from an older one is out of date. */
    async version(serviceId: number): Promise<number | undefined> {
      return (await version({ serviceId }))?.version
    },
    list: serviceList(engine, open),
    ...clocks(engine),
    insert: ({ secrets, ...row }: NewService): Write =>
      rows.insert({
        ...row,
        ...serviceColumns(row.data),
        version: 1,
        ahead: 0,
        keys: { hardware: [], managed: [] },
        subscriptions: [],
        sealed: secretsOf.seal(row.serviceId, row.serviceId, secrets),
      }),
    /** Touches the service only while it exists: a guard for what is of it. */
    requireExists: rows.requireExists,
    ...changes(engine, secretsOf),
    /**
     * The service and every row of it in every table, except for the audit log. Its keys in modules
     * are to be destroyed.
     */
    delete: (serviceId: number, now: number): Write[] =>
      inDeletionOrder(tables)
        .filter((table) => table !== tables.audit)
        .map((table) => {
          const isOfService = eq(table.serviceId, serviceId)
          const returned = { serviceId: table.serviceId }
          if (table !== tables.hardwareKeys) {
            return build.delete(table).where(isOfService).returning(returned).toSQL()
          }
          const ended = { state: 'DELETED' as const, dueAt: now }
          return build.update(table).set(ended).where(isOfService).returning(returned).toSQL()
        }),
  }
}

/** The clocks of test services. */
function clocks(engine: Engine) {
  const { read, tables } = engine
  const t = tables.services
  const rows = rowsByKey(engine, t)
  const aheadOf = preparedRead<{ serviceId: number }, { ahead: number }>(engine, (db, given) =>
    db.select({ ahead: t.ahead }).from(t).where(eq(t.serviceId, given.serviceId)),
  )
  return {
    /** How far the clock of the service is ahead of real time, in milliseconds. */
    async ahead(serviceId: number): Promise<number> {
      const [row] = await aheadOf({ serviceId })
      return row?.ahead ?? 0
    },
    /** Services whose clocks were moved. */
    moved: async () =>
      read.select({ serviceId: t.serviceId, ahead: t.ahead }).from(t).where(sql`${t.ahead} > 0`),
    /** Touches no row if the service has changed since the version was seen. */
    moveClock: rows.change<{ ahead: number; seen: number }>(
      ({ ahead }) => ({ ahead, version: sql`${t.version} + 1` }),
      ({ seen }) => eq(t.version, seen),
    ),
  }
}

/** Changes of the row, each guarded by the version that it was made from. */
function changes(engine: Engine, secretsOf: ReturnType<typeof sealedSecrets>) {
  const { build, tables } = engine
  const t = tables.services
  const rows = rowsByKey(engine, t)
  interface Changes extends Pick<NewService, 'data' | 'modifiedAt'> {
    sealed: string
  }
  const isSeen = ({ seen }: { seen: Placeholder }) => eq(t.version, seen)
  const update = rows.change<Changes & ReturnType<typeof serviceColumns> & { seen: number }>(
    ({ data, modifiedAt, sealed, searchName, searchIssuer, labels, summary }) => ({
      data,
      modifiedAt,
      sealed,
      searchName,
      searchIssuer,
      labels,
      summary,
      version: sql`${t.version} + 1`,
    }),
    isSeen,
  )
  type Searched = ReturnType<typeof serviceColumns>
  const changeRing = rows.change<Changes & Searched & { keys: ServiceKeys; seen: number }>(
    ({ data, modifiedAt, sealed, keys, searchName, searchIssuer, labels, summary }) => ({
      data,
      modifiedAt,
      sealed,
      keys,
      searchName,
      searchIssuer,
      labels,
      summary,
      version: sql`${t.version} + 1`,
    }),
    isSeen,
  )
  const subscribe = rows.change<{ subscriptions: Subscription[]; seen: number }>(
    ({ subscriptions }) => ({ subscriptions, version: sql`${t.version} + 1` }),
    isSeen,
  )
  return {
    /** Replaces the list of endpoints for events; touches no row as `update`. */
    subscribe,
    /** Touches no row if the service has changed since the version was seen. */
    update: (
      serviceId: number,
      { secrets, ...changes }: Pick<NewService, 'data' | 'secrets' | 'modifiedAt'>,
      seen: number,
    ): Write =>
      update({
        serviceId,
        ...changes,
        ...serviceColumns(changes.data),
        seen,
        sealed: secretsOf.seal(serviceId, serviceId, secrets),
      }),
    /** Touches the service only while its version is one of these. */
    requireVersion: (serviceId: number, versions: readonly number[]): Write => ({
      ...build
        .update(t)
        .set({ serviceId })
        .where(and(eq(t.serviceId, serviceId), inArray(t.version, [...versions])))
        .returning({ serviceId: t.serviceId })
        .toSQL(),
      changesNothing: true,
    }),
    /** The same with keys; touches no row if the service has changed since it was seen. */
    updateRing: ({
      serviceId,
      secrets,
      ...changes
    }: Pick<NewService, 'serviceId' | 'data' | 'secrets' | 'modifiedAt'> & {
      keys: ServiceKeys
      seen: number
    }): Write =>
      changeRing({
        serviceId,
        ...changes,
        ...serviceColumns(changes.data),
        sealed: secretsOf.seal(serviceId, serviceId, secrets),
      }),
  }
}

/** In the order of their numbers, `start` inclusive and `end` exclusive. */
function serviceList(
  { read, tables: { services: t } }: Engine,
  open: (row: Tables['services']['$inferSelect']) => ServiceRow,
) {
  return async ({
    start,
    end,
    ids,
  }: {
    start: number
    end: number
    ids?: number[] | undefined
  }) => {
    const where = ids && inArray(t.serviceId, ids)
    const page = read.select().from(t).where(where).orderBy(asc(t.number))
    const rows = await page.limit(end - start).offset(start)
    const [counted] = await read.select({ total: count() }).from(t).where(where)
    return { rows: rows.map(open), total: counted?.total ?? 0 }
  }
}
