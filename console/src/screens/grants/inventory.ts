/** Tokens and sessions of a service. */
export interface AccessToken {
  accessTokenHash: string
  accessTokenExpiresAt?: number
  clientId: number
  subject?: string
  sessionId?: string
  grantType?: string
  scopes?: string[]
  createdAt?: number
  lastSeenAt?: number
}

export interface TokenPage {
  accessTokens?: AccessToken[]
  totalCount?: number
}

export interface Session {
  sessionId: string
  subject: string
  status: 'LIVE' | 'ENDED' | 'EXPIRED'
  createdAt: number
  lastSeenAt: number
  endsAt: number
  clients?: { clientId: number; clientName?: string }[]
}

export interface SessionPage {
  sessions?: Session[]
  totalCount?: number
}

export interface Selection {
  subject: string
  client: string
  session: string
}

export const pageSize = 50

/** What names the selection, to be typed before all of it is revoked. */
export const nameOf = ({ subject, client, session }: Selection): string =>
  subject || client || session
