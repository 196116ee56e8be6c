/** Services and clients: each is a document, its secrets, and what it is found by. */
import { gt, isNotNull, type SQLWrapper, sql } from 'drizzle-orm'
import { z } from 'zod'
import { Subscription } from '../../model/events/event.ts'
import { ServiceKeys } from '../../model/service/hsk.ts'
import { ClientSummary, ServiceSummary } from '../../model/summary.ts'
import type { sqliteColumns } from './columns.ts'

/** Services and clients are parsed above the store, once per version of a row. */
const Document = z.custom<Record<string, unknown>>()

/**
 * How a sealed value begins: the version and the id of its key. The length is part of the text, for
 * only then does the index have what is asked.
 */
export const keyOf = (sealed: SQLWrapper) => sql`substr(${sealed}, 1, 12)`

/**
 * From the document, for lists. Texts that are searched are compared by bytes: the migration for
 * PostgreSQL says `collate "C"`.
 */
const searched = ({ text }: typeof sqliteColumns) => ({
  searchName: text('search_name').notNull().default(''),
  labels: text('labels'),
})

const defineServiceTable = (columns: typeof sqliteColumns) => {
  const { table, text, integer, json, index, uniqueIndex } = columns
  return {
    services: table(
      'services',
      {
        serviceId: integer('service_id').notNull().primaryKey(),
        number: integer('number').notNull(),
        version: integer('version').notNull(),
        createdAt: integer('created_at').notNull(),
        modifiedAt: integer('modified_at').notNull(),
        data: json('data', Document).notNull(),
        /** What the engine itself keeps of the keys of the service. */
        keys: json('keys', ServiceKeys)
          .notNull()
          .default({ hardware: [] } as object as ServiceKeys),
        sealed: text('sealed').notNull(),
        searchIssuer: text('search_issuer'),
        /** How far the clock of a test service was moved forward, in milliseconds. */
        ahead: integer('ahead').notNull().default(0),
        /** The enabled endpoints for events: a commit need not read which want an event. */
        subscriptions: json('subscriptions', z.array(Subscription)).notNull().default([]),
        ...searched(columns),
        summary: json('summary', ServiceSummary).notNull().default({}),
      },
      (t) => [
        uniqueIndex('services_number').on(t.number),
        index('services_key').on(keyOf(t.sealed)),
        index('services_found').on(t.searchName, t.number, t.searchIssuer, t.labels, t.serviceId),
        index('services_changed').on(
          t.modifiedAt,
          t.number,
          t.searchName,
          t.searchIssuer,
          t.labels,
          t.serviceId,
        ),
        index('services_issuer').on(t.searchIssuer, t.number).where(isNotNull(t.searchIssuer)),
        index('services_ahead').on(t.ahead).where(gt(t.ahead, sql`0`)),
        index('services_labels')
          .on(t.searchName, t.number, t.labels, t.searchIssuer, t.serviceId)
          .where(isNotNull(t.labels)),
      ],
    ),
  }
}

const defineClientTable = (columns: typeof sqliteColumns) => {
  const { table, text, integer, json, index, uniqueIndex, primaryKey } = columns
  return {
    clients: table(
      'clients',
      {
        serviceId: integer('service_id').notNull(),
        clientId: integer('client_id').notNull(),
        number: integer('number').notNull(),
        alias: text('alias'),
        developer: text('developer'),
        softwareId: text('software_id'),
        location: text('location'),
        /** The client's entity identifier in a federation that it was registered through. */
        entityId: text('entity_id'),
        version: integer('version').notNull(),
        createdAt: integer('created_at').notNull(),
        modifiedAt: integer('modified_at').notNull(),
        expiresAt: integer('expires_at'),
        lastUsedAt: integer('last_used_at'),
        registrationHash: text('registration_hash'),
        data: json('data', Document).notNull(),
        sealed: text('sealed').notNull(),
        searchUri: text('search_uri'),
        /** What clients are selected by, besides names and labels. */
        traits: text('traits').notNull().default(''),
        ...searched(columns),
        summary: json('summary', ClientSummary).notNull().default({}),
      },
      (t) => [
        primaryKey({ columns: [t.serviceId, t.clientId] }),
        uniqueIndex('clients_number').on(t.serviceId, t.number),
        uniqueIndex('clients_alias').on(t.serviceId, t.alias),
        uniqueIndex('clients_location').on(t.serviceId, t.location),
        uniqueIndex('clients_entity_id').on(t.serviceId, t.entityId).where(isNotNull(t.entityId)),
        uniqueIndex('clients_registration')
          .on(t.serviceId, t.registrationHash)
          .where(isNotNull(t.registrationHash)),
        index('clients_software').on(t.serviceId, t.softwareId).where(isNotNull(t.softwareId)),
        index('clients_found').on(
          t.serviceId,
          t.searchName,
          t.number,
          t.searchUri,
          t.traits,
          t.labels,
        ),
        index('clients_uri').on(t.serviceId, t.searchUri, t.number).where(isNotNull(t.searchUri)),
        index('clients_labels')
          .on(t.serviceId, t.searchName, t.number, t.labels, t.searchUri)
          .where(isNotNull(t.labels)),
        index('clients_expiry').on(t.expiresAt).where(isNotNull(t.expiresAt)),
        index('clients_unused')
          .on(t.serviceId, t.expiresAt, t.location)
          .where(isNotNull(t.expiresAt)),
      ],
    ),
  }
}

export const defineConfigurationTables = (columns: typeof sqliteColumns) => ({
  ...defineServiceTable(columns),
  ...defineClientTable(columns),
})
