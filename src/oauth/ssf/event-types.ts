/** Types of security events that a service can send: OpenID CAEP §3, and what their events have. */
import { z } from 'zod'

const caep = 'https://schemas.openid.net/secevent/caep/event-type/'

/** The event by which a receiver learns that its stream works, SSF §8.1.4. */
export const verificationType = 'verification'
/** The event by which a receiver learns that its stream was stopped or goes on, SSF §8.1.5. */
export const streamUpdatedType = 'stream-updated'
const ofStream: readonly string[] = [verificationType, streamUpdatedType]
/** Whether it is about the stream itself, so that every stream gets it. */
export const isOfStream = (type: string): boolean => ofStream.includes(type)
const ssf = 'https://schemas.openid.net/secevent/ssf/event-type/'

/** BCP 47 language tags, and the text in each language. */
const Reason = z
  .record(z.string().regex(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8}){0,8}$/), z.string().max(1_000))
  .refine((reason) => Object.keys(reason).length > 0, 'Expected a text in one language at least')

/** CAEP §2: members of all events. Further members are of the caller. */
const Common = z.looseObject({
  event_timestamp: z.int().min(0).max(99_999_999_999).optional(),
  initiating_entity: z.enum(['admin', 'user', 'policy', 'system']).optional(),
  reason_admin: Reason.optional(),
  reason_user: Reason.optional(),
})

const compliance = z.enum(['compliant', 'not-compliant'])
const level = z.enum(['LOW', 'MEDIUM', 'HIGH'])
const text = z.string().min(1).max(255)

/** The schema of each type's event, by the last part of its URI. */
export const eventSchemas = {
  'session-revoked': Common,
  'token-claims-change': Common.extend({ claims: z.record(z.string(), z.unknown()) }),
  'credential-change': Common.extend({
    credential_type: text,
    change_type: z.enum(['create', 'revoke', 'update', 'delete']),
    friendly_name: text.optional(),
    x509_issuer: text.optional(),
    x509_serial: text.optional(),
    fido2_aaguid: text.optional(),
  }),
  'assurance-level-change': Common.extend({
    namespace: text,
    current_level: text,
    previous_level: text.optional(),
    change_direction: z.enum(['increase', 'decrease']).optional(),
  }),
  'device-compliance-change': Common.extend({
    previous_status: compliance,
    current_status: compliance,
  }),
  'session-established': Common,
  'session-presented': Common,
  'risk-level-change': Common.extend({
    principal: text,
    current_level: level,
    previous_level: level.optional(),
    risk_reason: text.optional(),
  }),
} as const

export type SignalType = keyof typeof eventSchemas
export const signalTypes = Object.keys(eventSchemas) as SignalType[]
export const isSignalType = (name: string): name is SignalType => name in eventSchemas

/** The URI of a type, by its short name. */
export const uriOf = (type: string): string =>
  isOfStream(type) ? `${ssf}${type}` : `${caep}${type}`
