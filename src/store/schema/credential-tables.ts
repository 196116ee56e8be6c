/** Issuance of verifiable credentials, OpenID4VCI. */
import { isNotNull, sql } from 'drizzle-orm'
import { IssuedCredential } from '../../model/credential/issued.ts'
import { CredentialRequest, type CredentialRequestStatus } from '../../model/credential/request.ts'
import type { sqliteColumns } from './columns.ts'

/** Offers, and requests on their way. */
export const defineCredentialTables = (columns: typeof sqliteColumns) => {
  const { table, text, integer, json, index, uniqueIndex, primaryKey } = columns
  const serviceId = () => integer('service_id').notNull()
  return {
    credentialOffers: table(
      'credential_offers',
      {
        serviceId: serviceId(),
        identifierHash: text('identifier_hash').notNull(),
        codeHash: text('code_hash'),
        stateHash: text('state_hash'),
        /** How often a transaction code was presented. */
        attempts: integer('attempts').notNull(),
        expiresAt: integer('expires_at').notNull(),
        redeemedAt: integer('redeemed_at'),
        sealed: text('sealed').notNull(),
      },
      (t) => [
        primaryKey({ columns: [t.serviceId, t.identifierHash] }),
        uniqueIndex('credential_offers_code').on(t.serviceId, t.codeHash),
        uniqueIndex('credential_offers_state').on(t.serviceId, t.stateHash),
        index('credential_offers_expiry').on(t.expiresAt),
      ],
    ),
    credentialRequests: table(
      'credential_requests',
      {
        serviceId: serviceId(),
        identifierHash: text('identifier_hash').notNull(),
        status: text<CredentialRequestStatus>('status').notNull(),
        clientId: integer('client_id').notNull(),
        subject: text('subject'),
        tokenHash: text('token_hash').notNull(),
        familyId: text('family_id').notNull(),
        expiresAt: integer('expires_at').notNull(),
        data: json('data', CredentialRequest).notNull(),
      },
      (t) => [
        primaryKey({ columns: [t.serviceId, t.identifierHash] }),
        index('credential_requests_client').on(t.serviceId, t.clientId),
        index('credential_requests_expiry').on(t.expiresAt),
      ],
    ),
  }
}

/** What outlives issuance: which credentials there are, and whether they are still valid. */
export const defineIssuedTables = (columns: typeof sqliteColumns) => {
  const { table, text, integer, json, index, uniqueIndex, primaryKey } = columns
  const serviceId = () => integer('service_id').notNull()
  return {
    issuedCredentials: table(
      'issued_credentials',
      {
        serviceId: serviceId(),
        credentialId: text('credential_id').notNull(),
        /** The client: not deleted with it, because a revoked credential stays revoked. */
        issuedTo: integer('issued_to').notNull(),
        subject: text('subject'),
        configurationId: text('configuration_id').notNull(),
        notificationHash: text('notification_hash'),
        list: integer('list'),
        place: integer('place'),
        /** The value in the status list: 0 valid, 1 invalid, 2 suspended. */
        status: integer('status').notNull(),
        issuedAt: integer('issued_at').notNull(),
        /** When the credential expires; null: never. */
        validUntil: integer('valid_until'),
        /** When the row goes; its place in the status list is free then. */
        keptUntil: integer('kept_until'),
        data: json('data', IssuedCredential).notNull(),
      },
      (t) => [
        primaryKey({ columns: [t.serviceId, t.credentialId] }),
        uniqueIndex('issued_credentials_place').on(t.serviceId, t.list, t.place),
        index('issued_credentials_status').on(t.serviceId, t.list).where(sql`${t.status} <> 0`),
        index('issued_credentials_subject').on(t.serviceId, t.subject, t.credentialId),
        index('issued_credentials_client').on(t.serviceId, t.issuedTo, t.credentialId),
        index('issued_credentials_notification')
          .on(t.serviceId, t.notificationHash)
          .where(isNotNull(t.notificationHash)),
        index('issued_credentials_kept').on(t.keptUntil),
      ],
    ),
    statusLists: table(
      'status_lists',
      {
        serviceId: serviceId(),
        list: integer('list').notNull(),
        /** How many of its places are taken. */
        allocated: integer('allocated').notNull(),
        /** Counts the changes of its entries. */
        version: integer('version').notNull(),
        bits: integer('bits').notNull(),
        createdAt: integer('created_at').notNull(),
      },
      (t) => [primaryKey({ columns: [t.serviceId, t.list] })],
    ),
  }
}
