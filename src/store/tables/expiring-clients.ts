/**
 * Clients that expire when they are not used: how they are prolonged, counted and removed. A client
 * that has something alive is never removed.
 */
import {
  and,
  asc,
  eq,
  exists,
  gt,
  isNotNull,
  isNull,
  lt,
  lte,
  not,
  or,
  type SQL,
  type SQLWrapper,
  sql,
} from 'drizzle-orm'
import { type Engine, orRefuse, type Write } from '../engine.ts'
import { deletionOfRevisions, deletionsOfClients } from '../parent.ts'
import { type Placeholders, preparedWrite } from '../prepared.ts'

/** The expiry of a client that came by itself and was vouched for since. */
export const staysFor = Number.MAX_SAFE_INTEGER

/**
 * Clients found at a location, those of federations, and others, are counted apart. `any` are all
 * clients, those that stay, too.
 */
type Kind = 'located' | 'federated' | 'other' | 'any'

export interface ExpiringClient {
  serviceId: number
  clientId: number
}

export const expiringClients = (engine: Engine) => ({
  ...finders(engine),
  /** Uses of a client prolong it; one that stays is left alone. */
  prolong: (client: ExpiringClient, expiresAt: number): Write => {
    const { build, tables } = engine
    const t = tables.clients
    return build
      .update(t)
      .set({ expiresAt })
      .where(and(isClient(engine, client), or(isNull(t.expiresAt), lt(t.expiresAt, expiresAt))))
      .returning({ clientId: t.clientId })
      .toSQL()
  },
  requireRoom: (serviceId: number, kind: Kind, limit: number, refusal: Error): Write[] =>
    requireRoom(engine, { serviceId, kind, limit }, refusal),
  /** The client with all its rows, if it would expire by then and nothing of it is alive. */
  remove: removals(engine),
})

const isClient = (
  { tables: { clients: t } }: Engine,
  { serviceId, clientId }: ExpiringClient | Placeholders<ExpiringClient>,
) => and(eq(t.serviceId, serviceId), eq(t.clientId, clientId))

function finders({ read, tables: { clients: t } }: Engine) {
  const ids = { serviceId: t.serviceId, clientId: t.clientId }
  return {
    /** Those found at a location that have been unused for longest, that one first. */
    longestUnused: (serviceId: number, limit: number): Promise<ExpiringClient[]> =>
      read
        .select(ids)
        .from(t)
        .where(and(eq(t.serviceId, serviceId), lt(t.expiresAt, staysFor), isNotNull(t.location)))
        .orderBy(asc(t.expiresAt))
        .limit(limit)
        .then((rows) => rows),
    /** Those of every service that were not used in time. */
    expired: (now: number, limit: number): Promise<ExpiringClient[]> =>
      read
        .select(ids)
        .from(t)
        .where(lte(t.expiresAt, now))
        .orderBy(asc(t.expiresAt))
        .limit(limit)
        .then((rows) => rows),
  }
}

/** Goes before an insert: refused where the service has so many of these clients already. */
function requireRoom(
  { read, build, tables: { clients: t, counters } }: Engine,
  { serviceId, kind, limit }: { serviceId: number; kind: Kind; limit: number },
  refusal: Error,
): Write[] {
  const counter = and(eq(counters.serviceId, serviceId), eq(counters.name, 'client'))
  const isExpiring = lt(t.expiresAt, staysFor)
  const isOfKind = {
    located: and(isExpiring, isNotNull(t.location)),
    federated: and(isExpiring, isNotNull(t.entityId)),
    other: and(isExpiring, isNull(t.location), isNull(t.entityId)),
    any: undefined,
  }[kind]
  const some = read
    .select({ one: sql`1` })
    .from(t)
    .where(and(eq(t.serviceId, serviceId), isOfKind))
    .limit(limit)
  const counted = sql`(select count(*) from ${some} as counted) < ${limit}`
  // A service that never had so many clients has room, and nothing is counted.
  const hasRoom = sql`(${counters.value} <= ${limit} or ${counted})`
  const touch = (where: SQL | undefined): Write =>
    build
      .update(counters)
      .set({ value: sql`${counters.value}` })
      .where(where)
      .returning({ value: counters.value })
      .toSQL()
  // All who insert wait for each other at the counter, and count by the statement after it.
  return [touch(counter), orRefuse(touch(and(counter, hasRoom)), refusal)]
}

interface Removed extends ExpiringClient {
  before: number
  now: number
}

function removals(engine: Engine) {
  const t = engine.tables.clients
  const isExpired = (given: Placeholders<Removed>) =>
    and(isClient(engine, given), lte(t.expiresAt, given.before))
  // The row is locked first, and looked at by the next statement: what another commit did to it, or
  // because of it, is seen then.
  const lock = preparedWrite<Removed>(engine, (build, given) =>
    build
      .update(t)
      .set({ expiresAt: sql`${t.expiresAt}` })
      .where(isExpired(given))
      .returning({ clientId: t.clientId }),
  )
  const dead = preparedWrite<Removed>(engine, (build, given) =>
    build
      .delete(t)
      .where(and(isExpired(given), not(isAlive(engine, given) ?? sql`true`)))
      .returning({ clientId: t.clientId }),
  )
  const [rows, revisions] = [deletionsOfClients(engine, t), deletionOfRevisions(engine)]
  return (client: ExpiringClient, before: number, now: number, refusal: Error): Write[] => {
    const { serviceId, clientId } = client
    const named = { serviceId, clientId, before, now }
    return [
      orRefuse(lock(named), refusal),
      orRefuse(dead(named), refusal),
      ...rows(client),
      revisions(client),
    ]
  }
}

/** Tokens, codes, requests and grants of the client that are still good. */
function isAlive(
  { read, tables }: Engine,
  { serviceId, clientId, now }: Placeholders<Removed>,
): SQL | undefined {
  const within = (of: { serviceId: SQLWrapper; clientId: SQLWrapper }) =>
    and(sql`${of.serviceId} = ${serviceId}`, sql`${of.clientId} = ${clientId}`)
  const living = [
    ...[tables.accessTokens, tables.refreshTokens, tables.authorizationCodes, tables.tickets],
    ...[tables.deviceCodes, tables.backchannelRequests, tables.notifications, tables.apiTokens],
  ].map((table) => {
    const isGood = or(isNull(table.expiresAt), gt(table.expiresAt, now))
    return exists(
      read
        .select({ one: sql`1` })
        .from(table)
        .where(and(within(table), isGood)),
    )
  })
  const granted = exists(
    read.select({ one: sql`1` }).from(tables.grants).where(within(tables.grants)),
  )
  return or(...living, granted)
}
