/** Security event tokens before signing, RFC 8417 and SSF §4. */
import type { UnsignedJwt } from '../../jose/sign.ts'
import type { Client } from '../../model/client/client.ts'
import type { SecurityEventContent } from '../../model/events/stream.ts'
import type { Service } from '../../model/service/service.ts'
import type { SessionEndReason } from '../../model/session.ts'
import { sidFor } from '../logout/sid.ts'
import { signingKeyId } from '../tokens/signing-key.ts'
import { subjectForClient } from '../tokens/subject.ts'
import { uriOf } from './event-types.ts'
import type { SignalSettings } from './settings.ts'
import type { SubjectIdentifier } from './subject.ts'

/** What a stream has of an event. */
export interface Told {
  setId: string
  type: string
  subject: string | null
  sessionId: string | null
  /** In milliseconds since the epoch. */
  createdAt: number
  content: SecurityEventContent
}

/** The user, and the session, as the client of the stream knows them. */
export function subjectOf(
  service: Service,
  client: Client,
  { issuer, sessionSubject }: SignalSettings,
  { subject, sessionId, content }: Told,
): SubjectIdentifier {
  if (content.subId) return content.subId
  const sub = subjectForClient(service, client, {}, subject ?? '')
  const user = { format: 'iss_sub', iss: issuer, sub }
  if (sessionId === null || sessionSubject === 'user') return user
  const session = { format: 'opaque', id: sidFor(service, client, sessionId) }
  return { format: 'complex', user, session }
}

/** The identifier by which a receiver knows that an event is for it. */
export const audienceOf = ({ clientId }: Client): string => String(clientId)

/** SSF §4: no `sub`, no `exp`, one event. */
export function unsignedSet(
  service: Service,
  client: Client,
  settings: SignalSettings,
  told: Told,
): UnsignedJwt {
  const { issuer, algorithm: alg } = settings
  const { setId, type, createdAt, content } = told
  return {
    signing: { alg, keyId: signingKeyId(service, client, alg, undefined) },
    header: { typ: 'secevent+jwt' },
    claims: {
      iss: issuer,
      aud: audienceOf(client),
      iat: Math.floor(createdAt / 1_000),
      jti: setId,
      ...(content.txn === undefined ? {} : { txn: content.txn }),
      sub_id: subjectOf(service, client, settings, told),
      events: { [uriOf(type)]: content.event },
    },
  }
}

const reasons: Record<SessionEndReason, [who: string, why: string]> = {
  LOGOUT: ['user', 'The user logged out.'],
  LOGOUT_RP: ['user', 'The user logged out at an application.'],
  ADMIN: ['admin', 'An administrator ended the session.'],
  REPLACED: ['system', 'A new session replaced the session.'],
  EXPIRED: ['policy', 'The session expired.'],
  LIMIT: ['policy', 'The user has as many sessions as allowed, and began another one.'],
}

/** CAEP §3.1: a session was revoked; `now` is in milliseconds since the epoch. */
export function sessionRevoked(reason: SessionEndReason, now: number): Record<string, unknown> {
  const [who, why] = reasons[reason]
  return {
    event_timestamp: Math.floor(now / 1_000),
    initiating_entity: who,
    reason_admin: { en: why },
  }
}
