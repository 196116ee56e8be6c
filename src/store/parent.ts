/**
 * Rows that are inserted only while the row exists that they belong to. Part of the statement that
 * inserts, so that a commit has no statement more; PostgreSQL locks the parent as a foreign key
 * would (FOR KEY SHARE), so that its deletion waits for the commit and then finds the child.
 */
import { and, type Column, eq, getTableColumns, type Placeholder, type SQL, sql } from 'drizzle-orm'
import type { Engine, Write } from './engine.ts'
import { preparedWrite } from './prepared.ts'
import type { Tables } from './schema/tables.ts'
import { isHash } from './schema/tokens/conditions.ts'

type Value = Placeholder | number

export const clientExists = (
  { tables: { clients }, syntax }: Pick<Engine, 'tables' | 'syntax'>,
  { serviceId, clientId }: { serviceId: Value; clientId: Value },
): SQL => {
  const isParent = and(eq(clients.serviceId, serviceId), eq(clients.clientId, clientId))
  return sql`exists (select 1 from ${clients} where ${isParent}${syntax.lockParent})`
}

export const serviceExists = (
  { tables: { services }, syntax }: Pick<Engine, 'tables' | 'syntax'>,
  serviceId: Value,
): SQL => {
  const isParent = eq(services.serviceId, serviceId)
  return sql`exists (select 1 from ${services} where ${isParent}${syntax.lockParent})`
}

export const accessTokenExists = (
  { tables: { accessTokens }, syntax }: Pick<Engine, 'tables' | 'syntax'>,
  { serviceId, tokenHash }: { serviceId: Value; tokenHash: Placeholder | string },
): SQL => {
  const isParent = and(eq(accessTokens.serviceId, serviceId), isHash(accessTokens, tokenHash))
  return sql`exists (select 1 from ${accessTokens} where ${isParent}${syntax.lockParent})`
}

/**
 * Parents first: rows that are inserted while their parent exists are found. Then the rows that a
 * commit guards before it inserts others (a ticket, a code, an offer, a refresh token): the commit
 * is waited for there, and what it inserted is found in the tables that follow. The log of
 * revocations goes with the service, so that nothing is recorded of its tokens.
 */
export function inDeletionOrder(tables: Tables): Tables[keyof Tables][] {
  const { services, revocationLogs, clients, tickets, authorizationCodes, deviceCodes } = tables
  const { backchannelRequests, credentialOffers, refreshTokens, accessTokens } = tables
  const requests = [tickets, authorizationCodes, deviceCodes, backchannelRequests]
  const guards = [...requests, credentialOffers, refreshTokens]
  const first = [services, revocationLogs, clients, ...guards, accessTokens]
  return [...new Set([...first, ...Object.values(tables)])]
}

interface ClientKey {
  serviceId: number
  clientId: number
}

/** Deletes rows of a client in every table but those left out, in the order of deletion. */
export function deletionsOfClients(
  engine: Engine,
  ...leftOut: Tables[keyof Tables][]
): (client: ClientKey) => Write[] {
  const deletions = inDeletionOrder(engine.tables)
    .filter((table) => 'clientId' in table)
    .filter((table) => !leftOut.includes(table))
    .map((table) =>
      preparedWrite<ClientKey>(engine, (build, { serviceId, clientId }) =>
        build
          .delete(table)
          .where(and(eq(table.serviceId, serviceId), eq(table.clientId, clientId)))
          .returning({ serviceId: table.serviceId }),
      ),
    )
  return ({ serviceId, clientId }) => deletions.map((rows) => rows({ serviceId, clientId }))
}

/** Deletes the revisions of a client that leaves none. */
export const deletionOfRevisions = (engine: Engine): ((client: ClientKey) => Write) => {
  const t = engine.tables.revisions
  return preparedWrite<ClientKey>(engine, (build, { serviceId, clientId }) => {
    const isOfClient = and(eq(t.kind, 'client'), eq(t.documentId, clientId))
    return build
      .delete(t)
      .where(and(eq(t.serviceId, serviceId), isOfClient))
      .returning({ serviceId: t.serviceId })
  })
}

/** The row as the query of an `insert … select`, in the order of the columns of the table. */
export function selectRow(
  table: Tables[keyof Tables],
  value: (name: string) => unknown,
  condition: SQL,
): SQL {
  const values = Object.entries(getTableColumns(table)).map(([name, column]) =>
    parameter(column, value(name)),
  )
  return sql`select ${sql.join(values, sql`, `)} where ${condition}`
}

const parameter = (column: Column, content: unknown): SQL =>
  content === null || content === undefined ? sql`null` : sql`${sql.param(content, column)}`
