/** Steps of sessions that Postern keeps, and what is left of one. */
import { eq } from 'drizzle-orm'
import type { TestService } from './flows.ts'
import type { Json } from './server.ts'

/** Settings of a service that keeps sessions and tells clients of their end. */
export const withSessions = (more: Record<string, string> = {}) => ({
  backchannelLogoutSupported: true,
  attributes: Object.entries({ 'ext.session.registry': 'on', ...more }).map(([key, value]) => ({
    key,
    value,
  })),
})

export const loggedOutUri = 'https://app.example.com/logged-out'

let users = 0

/** A session of a new user, unless the subject is given. */
export async function openSession(
  service: TestService,
  more: Json = {},
): Promise<{ subject: string; sessionId: string }> {
  users += 1
  const { session } = await service.api('/session/create', { subject: `user-${users}`, ...more })
  return { subject: session.subject, sessionId: session.sessionId }
}

/** How many rows that may become tokens, or are tokens, belong to a session. */
export async function issuedIn({ engine }: TestService, sessionId: string): Promise<object> {
  const t = engine.tables
  const of = async (table: typeof t.accessTokens) =>
    (await engine.read.select().from(table).where(eq(table.sessionId, sessionId))) as Json[]
  type Table = typeof t.accessTokens
  const codes = await of(t.authorizationCodes as unknown as Table)
  const devices = await of(t.deviceCodes as unknown as Table)
  const requests = await of(t.backchannelRequests as unknown as Table)
  return {
    codes: codes.filter(({ consumedAt }) => consumedAt === null).length,
    devices: devices.filter(({ consumedAt }) => consumedAt === null).length,
    requests: requests.filter(({ status }) => status === 'AUTHORIZED').length,
    access: (await of(t.accessTokens)).length,
    refresh: (await of(t.refreshTokens as unknown as Table)).length,
  }
}

export const nothing = { codes: 0, devices: 0, requests: 0, access: 0, refresh: 0 }

/** The clients that were, or are to be, told of the end of a session: each as often as it is. */
export async function toldOf(service: TestService, sessionId: string): Promise<number[]> {
  const { deliveries } = await service.api('/logout/delivery/list', { sessionId, end: 1_000 })
  return deliveries.map(({ clientId }: Json) => clientId).sort()
}
