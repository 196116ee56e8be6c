/**
 * Clients that go when nobody uses them: how they are prolonged, counted and removed. A client that
 * has something alive is never removed.
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

/** The expiry of a client that came by itself and was vouched for since. */
export const staysFor = Number.MAX_SAFE_INTEGER

/** Clients found at a location, and others, are counted apart. */
type Kind = 'located' | 'other'

export interface ExpiringClient {
  serviceId: number
  clientId: number
}

export const expiringClients = (engine: Engine) => {
  const { read, build, tables } = engine
  const { clients: t, counters } = tables

  const isOf = { located: isNotNull(t.location), other: isNull(t.location) }

  const is = ({ serviceId, clientId }: ExpiringClient) =>
    and(eq(t.serviceId, serviceId), eq(t.clientId, clientId))

  /** Tokens, codes, requests and grants of the client that are still good. */
  function isAlive({ serviceId, clientId }: ExpiringClient, now: number): SQL | undefined {
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

  /**
   * The row is held first, and looked at by the next statement: what another commit did to it, or
   * because of it, is seen then.
   */
  const hold = (client: ExpiringClient, before: number): Write =>
    build
      .update(t)
      .set({ expiresAt: sql`${t.expiresAt}` })
      .where(and(is(client), lte(t.expiresAt, before)))
      .returning({ clientId: t.clientId })
      .toSQL()

  return {
    /** Uses of a client prolong it; one that stays is left alone. */
    prolong: (client: ExpiringClient, expiresAt: number): Write =>
      build
        .update(t)
        .set({ expiresAt })
        .where(and(is(client), or(isNull(t.expiresAt), lt(t.expiresAt, expiresAt))))
        .returning({ clientId: t.clientId })
        .toSQL(),

    /** Goes before an insert: refused where the service has so many expiring clients already. */
    requireRoom(serviceId: number, kind: Kind, limit: number, refusal: Error): Write[] {
      const counter = and(eq(counters.serviceId, serviceId), eq(counters.name, 'client'))
      const some = read
        .select({ one: sql`1` })
        .from(t)
        .where(and(eq(t.serviceId, serviceId), lt(t.expiresAt, staysFor), isOf[kind]))
        .limit(limit)
      const hasRoom = sql`(select count(*) from ${some} as expiring) < ${limit}`
      const touch = (where: SQL | undefined): Write =>
        build
          .update(counters)
          .set({ value: sql`${counters.value}` })
          .where(where)
          .returning({ value: counters.value })
          .toSQL()
      // All who insert wait for each other at the counter, and count by the statement after it.
      return [touch(counter), orRefuse(touch(and(counter, hasRoom)), refusal)]
    },

    /** Those found at a location that have been unused for longest, that one first. */
    longestUnused: (serviceId: number, limit: number): Promise<ExpiringClient[]> =>
      read
        .select({ serviceId: t.serviceId, clientId: t.clientId })
        .from(t)
        .where(and(eq(t.serviceId, serviceId), lt(t.expiresAt, staysFor), isOf.located))
        .orderBy(asc(t.expiresAt))
        .limit(limit)
        .then((rows) => rows),

    /** Those of every service that nobody has used in time. */
    expired: (now: number, limit: number): Promise<ExpiringClient[]> =>
      read
        .select({ serviceId: t.serviceId, clientId: t.clientId })
        .from(t)
        .where(lte(t.expiresAt, now))
        .orderBy(asc(t.expiresAt))
        .limit(limit)
        .then((rows) => rows),

    /** The client with all its rows, if it would expire by then and nothing of it is alive. */
    remove(client: ExpiringClient, before: number, now: number, refusal: Error): Write[] {
      const dead: Write = build
        .delete(t)
        .where(and(is(client), lte(t.expiresAt, before), not(isAlive(client, now) ?? sql`true`)))
        .returning({ clientId: t.clientId })
        .toSQL()
      const others = Object.values(tables).filter((table) => table !== t && 'clientId' in table)
      return [
        orRefuse(hold(client, before), refusal),
        orRefuse(dead, refusal),
        ...others.map((each) => {
          const table = each as typeof tables.tickets
          const { serviceId, clientId } = client
          return build
            .delete(table)
            .where(and(eq(table.serviceId, serviceId), eq(table.clientId, clientId)))
            .returning({ serviceId: table.serviceId })
            .toSQL()
        }),
      ]
    },
  }
}
