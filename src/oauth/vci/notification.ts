/** Notification requests of wallets, OpenID4VCI §11.1. */
import { parseJson } from '../../model/json.ts'
import { defineRules, refuse } from '../../refusal.ts'

const rules = defineRules('Notification', {
  malformed: {
    code: 'P130001',
    error: 'invalid_notification_request',
    spec: 'OpenID4VCI §11.1',
    message: 'The notification request must be a JSON object.',
    fix: 'Send the notification as a JSON object.',
  },
  idMissing: {
    code: 'P130002',
    error: 'invalid_notification_request',
    spec: 'OpenID4VCI §11.1',
    message: 'The notification request must contain notification_id, a string.',
    fix: 'Send the `notification_id` of the credential response, as a string.',
  },
  eventUnknown: {
    code: 'P130003',
    error: 'invalid_notification_request',
    spec: 'OpenID4VCI §11.1',
    message: 'The event must be credential_accepted, credential_failure or credential_deleted.',
    fix: 'Send `event` as credential_accepted, credential_failure or credential_deleted.',
  },
  descriptionMalformed: {
    code: 'P130004',
    error: 'invalid_notification_request',
    spec: 'OpenID4VCI §11.1',
    message:
      'The event_description must be at most 1,000 printable ASCII characters without quotes and backslashes.',
    fix: 'Send `event_description` as at most 1000 printable ASCII characters without quotes and backslashes, or omit it.',
  },
  idUnknown: {
    code: 'P130005',
    error: 'invalid_notification_id',
    spec: 'OpenID4VCI §11.3',
    message: 'The notification_id is unknown, or was issued to another wallet or user.',
    fix: 'Send a `notification_id` that was issued to this wallet and user, with a token of the same grant.',
  },
})

const events: readonly unknown[] = [
  'credential_accepted',
  'credential_failure',
  'credential_deleted',
]

export interface Notification {
  notificationId: string
  event: string
  description: string | undefined
}

/** Members that are unknown are ignored. */
export function parseNotification(text: string): Notification {
  const members = membersOf(text) ?? refuse(rules.malformed)
  const { notification_id: notificationId, event, event_description: description } = members
  if (typeof notificationId !== 'string' || notificationId === '') refuse(rules.idMissing)
  if (typeof event !== 'string' || !events.includes(event)) refuse(rules.eventUnknown)
  if (description === undefined) return { notificationId, event, description }
  if (
    typeof description !== 'string' ||
    !/^[\x20\x21\x23-\x5b\x5d-\x7e]{0,1000}$/.test(description)
  ) {
    refuse(rules.descriptionMalformed)
  }
  return { notificationId, event, description }
}

function membersOf(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = parseJson(text)
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
    return isObject ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

/** The credentials of a notification, which only the wallet and the user of them may notify. */
export function requireOwn<R extends { issuedTo: number; subject: string | null }>(
  rows: readonly R[],
  clientId: number,
  subject: string | undefined,
): R[] {
  const own = rows.filter(
    (row) => row.issuedTo === clientId && (row.subject ?? undefined) === subject,
  )
  return own.length > 0 ? own : refuse(rules.idUnknown)
}
