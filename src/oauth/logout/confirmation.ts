/**
 * Whether a logout request ends sessions at once, asks the user first, or has nothing to end.
 * OIDC RP-Initiated Logout §2
 */

export type Reason =
  | 'NO_HINT'
  | 'HINT_INVALID'
  | 'OTHER_SESSION'
  | 'OTHER_SUBJECT'
  | 'REDIRECT_REFUSED'
  | 'POLICY'

export interface LogoutSituation {
  hint: 'none' | 'invalid' | 'valid'
  /** The session of the hint's `sid`. `unnamed`: the hint has no `sid`. */
  hinted: 'live' | 'ended' | 'unknown' | 'unnamed'
  /** Whether the session of the browser is live. An ended or unknown one counts as none. */
  loggedIn: boolean
  isSameSession: boolean
  /** Whether the hint is about the user of the browser's session; undefined if that is unknown. */
  isSameSubject: boolean | undefined
  isRedirectRefused: boolean
  /** `ext.logout.confirmation` of the service. */
  policy: 'hint' | 'always'
  /** `ext.logout.skip_consent` of the client: with `always`, a matching hint is enough. */
  skipConsent: boolean
  /** Whether the caller wants the user to confirm. */
  confirm: boolean
}

export interface Confirmation {
  ask: boolean
  /** All reasons to ask. */
  reasons: Reason[]
  /** The sessions to end: after the confirmation if there is one, else at once. */
  ends: { browser: boolean; hinted: boolean }
}

/**
 * Only a hint about the browser's own session ends it without a question. If nothing would end,
 * there is no question: a second logout is not an error.
 */
export function confirmationOf(situation: LogoutSituation): Confirmation {
  const ends = sessionsToEnd(situation)
  const reasons = ends.browser || ends.hinted ? reasonsToAsk(situation) : []
  return { ask: reasons.length > 0, reasons, ends }
}

function sessionsToEnd(situation: LogoutSituation): Confirmation['ends'] {
  const { hint, hinted, loggedIn, isSameSession, isSameSubject } = situation
  const isOther = hint === 'valid' && hinted === 'live' && !isSameSession
  return { browser: loggedIn, hinted: isOther && (!loggedIn || isSameSubject === true) }
}

function reasonsToAsk(situation: LogoutSituation): Reason[] {
  const { policy, skipConsent, confirm, isRedirectRefused } = situation
  const mismatch = mismatchOf(situation)
  const isDemanded = confirm || (policy === 'always' && (mismatch !== undefined || !skipConsent))
  return [
    ...(mismatch ? [mismatch] : []),
    ...(isRedirectRefused ? ['REDIRECT_REFUSED' as const] : []),
    ...(isDemanded ? ['POLICY' as const] : []),
  ]
}

/** Why the hint does not vouch for the browser's session; undefined if it does. */
function mismatchOf(situation: LogoutSituation): Reason | undefined {
  const { hint, hinted, loggedIn, isSameSession, isSameSubject } = situation
  if (hint !== 'valid') return hint === 'none' ? 'NO_HINT' : 'HINT_INVALID'
  if (!loggedIn) return 'OTHER_SESSION'
  if (isSameSubject === false) return 'OTHER_SUBJECT'
  const matches = isSameSession || (hinted === 'unnamed' && isSameSubject === true)
  return matches ? undefined : 'OTHER_SESSION'
}

type Sessions = Pick<LogoutSituation, 'hinted' | 'loggedIn' | 'isSameSession' | 'isSameSubject'>

/** What a valid hint says, as `HintedLogin`. */
interface Hint {
  sid: string | undefined
  sub: string
  subject: string
}

interface Session {
  sessionId: string
  subject: string
  isLive: boolean
}

/**
 * The situation of a service with a session registry: `hinted` is the session that has the hint's
 * `sid` for the client, `browser` that of the browser with the `sub` that the client knows it by.
 */
export function situationInRegistry(
  hint: Hint | undefined,
  hinted: Session | undefined,
  browser: (Session & { sub: string | undefined }) | undefined,
): Sessions {
  const state = hinted ? (hinted.isLive ? 'live' : 'ended') : 'unknown'
  const current = browser?.isLive ? browser : undefined
  const isUser = ({ subject, sub }: { subject: string; sub: string | undefined }) =>
    hinted ? subject === hinted.subject : subject === hint?.subject || sub === hint?.sub
  return {
    hinted: hint?.sid === undefined ? 'unnamed' : state,
    loggedIn: current !== undefined,
    isSameSession: hinted !== undefined && hinted.sessionId === current?.sessionId,
    isSameSubject: hint && current ? isUser(current) : undefined,
  }
}

/**
 * The situation of a service without a session registry: the hint is compared with the session and
 * the subject that the caller names.
 */
export function situationWithoutRegistry(
  hint: Hint | undefined,
  browser: { sessionId: string | undefined; subject: string | undefined },
): Sessions {
  const { sessionId, subject } = browser
  const isSameSession = hint?.sid !== undefined && hint.sid === sessionId
  const isSameSubject =
    hint && subject !== undefined ? subject === hint.subject || subject === hint.sub : undefined
  return {
    hinted: hint?.sid === undefined ? 'unnamed' : isSameSession ? 'live' : 'unknown',
    loggedIn: sessionId !== undefined || subject !== undefined,
    isSameSession,
    isSameSubject,
  }
}
