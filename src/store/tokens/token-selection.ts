/** Which tokens of an inventory are wanted, and which of them come after a place. */
import type { TokenPlace } from '../../model/token/inventory.ts'
import { bytesOf } from '../schema/tokens/names.ts'

export interface TokenSelection {
  clientId?: number | undefined
  subject?: string | undefined
  sessionId?: string | undefined
  now: number
  /** Whether the tokens are live, or have expired; undefined for both. */
  live?: boolean | undefined
  /** Text to search for in the token and in the names of its client. */
  text?: string | undefined
}

/** A token with what it is found and sorted by. */
export interface Candidate extends TokenPlace {
  clientId: number
  subject: string | null
  sessionId: string | null
  expiresAt: number
  grantType: string
  clientIp: string | null
  userAgent: string | null
}

/** `named` has the clients whose names have the text. */
export function isWanted(
  token: Candidate,
  { clientId, subject, sessionId, now, live, text }: TokenSelection,
  named: ReadonlySet<number>,
): boolean {
  if (clientId !== undefined && token.clientId !== clientId) return false
  if (subject !== undefined && token.subject !== subject) return false
  if (sessionId !== undefined && token.sessionId !== sessionId) return false
  if (live !== undefined && token.expiresAt > now !== live) return false
  return text === undefined || named.has(token.clientId) || contains(token, text.toLowerCase())
}

const contains = (token: Candidate, part: string): boolean =>
  [token.subject, token.grantType, token.clientIp, token.userAgent, `${token.clientId}`].some(
    (text) => text?.toLowerCase().includes(part),
  )

/** In the order of values, and equal values in the order of the keys, as the tables have them. */
export function compareTokens(one: TokenPlace, other: TokenPlace): number {
  if (one.value !== other.value) return one.value < other.value ? -1 : 1
  return bytesOf(one.key).compare(bytesOf(other.key))
}
