/** How each kind of notification is sent, and which failures end its attempts. */
import type { NotificationKind } from '../model/notification.ts'
import type { FetchError } from '../system/fetch.ts'

interface Sending {
  /** Names the request in the log and in errors. */
  purpose: string
  contentType: string
  /** Whether no further attempt is made. */
  isFinal(failure: FetchError): boolean
}

/** CIBA §10.2: no retry after 401, 403, a redirect, or with a wrong URL. */
const isRefused = ({ reason, status }: FetchError): boolean =>
  status === 401 ||
  status === 403 ||
  ['redirect', 'invalid-url', 'forbidden-address'].includes(reason)

export const notificationKinds: Record<NotificationKind, Sending> = {
  ciba: {
    purpose: 'client notification',
    contentType: 'application/json',
    isFinal: isRefused,
  },
  'token-batch': {
    purpose: 'batch notification',
    contentType: 'application/json',
    isFinal: isRefused,
  },
}
