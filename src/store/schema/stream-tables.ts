/** Streams of security events to receivers: their settings, what waits for them, their subjects. */
import { sql } from 'drizzle-orm'
import {
  StreamData,
  type StreamMethod,
  type StreamStatus,
  type SubjectMode,
} from '../../model/events/stream.ts'
import type { sqliteColumns } from './columns.ts'

export const defineStreamTables = (columns: typeof sqliteColumns) => {
  const { table, text, integer, json, index, primaryKey } = columns
  const ofClient = () => ({
    serviceId: integer('service_id').notNull(),
    clientId: integer('client_id').notNull(),
  })
  return {
    /** One for each client. */
    eventStreams: table(
      'event_streams',
      {
        ...ofClient(),
        streamId: text('stream_id').notNull(),
        /** Grows with every change. */
        version: integer('version').notNull(),
        status: text<StreamStatus>('status').notNull(),
        reason: text('reason'),
        method: text<StreamMethod>('method').notNull(),
        /** The short names of the types that are delivered, with a space before and after each. */
        types: text('types').notNull(),
        createdAt: integer('created_at').notNull(),
        modifiedAt: integer('modified_at').notNull(),
        verifiedAt: integer('verified_at'),
        data: json('data', StreamData).notNull(),
        sealed: text('sealed').notNull(),
      },
      (t) => [
        primaryKey({ columns: [t.serviceId, t.clientId] }),
        // Finds the streams that are to be sent to.
        index('event_streams_pushed').on(t.serviceId, t.clientId).where(sql`${t.method} = 'push'`),
      ],
    ),
    /** What a stream has not delivered yet. */
    securityEvents: table(
      'security_events',
      {
        ...ofClient(),
        /** The `jti` of the token. */
        setId: text('set_id').notNull(),
        /** What the tokens of one event have in common; the sealed text is bound to it. */
        eventId: text('event_id').notNull(),
        type: text('type').notNull(),
        subject: text('subject'),
        sessionId: text('session_id'),
        createdAt: integer('created_at').notNull(),
        expiresAt: integer('expires_at').notNull(),
        attempts: integer('attempts').notNull(),
        dueAt: integer('due_at').notNull(),
        sealed: text('sealed').notNull(),
      },
      (t) => [
        primaryKey({ columns: [t.serviceId, t.clientId, t.setId] }),
        index('security_events_due').on(t.serviceId, t.clientId, t.dueAt),
        index('security_events_expiry').on(t.expiresAt),
        // Finds what a stream that is stopped has to deliver.
        index('security_events_of_stop')
          .on(t.serviceId, t.clientId, t.dueAt)
          .where(sql`${t.type} = 'stream-updated'`),
      ],
    ),
    /** Subjects that a stream has, or has not, against its default. */
    streamSubjects: table(
      'stream_subjects',
      {
        ...ofClient(),
        /** The SHA-256 of the subject identifier. */
        subjectHash: text('subject_hash').notNull(),
        mode: text<SubjectMode>('mode').notNull(),
        createdAt: integer('created_at').notNull(),
      },
      (t) => [primaryKey({ columns: [t.serviceId, t.clientId, t.subjectHash] })],
    ),
  }
}
