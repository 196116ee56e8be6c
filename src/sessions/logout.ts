/** The end of the sessions of a logout, and the response for the browser. */
import type { ServiceContext } from '../context.ts'
import type { Client } from '../model/client/client.ts'
import { frontchannelPage } from '../oauth/logout/frontchannel-page.ts'
import { logoutSettings } from '../oauth/logout/logout-settings.ts'
import { requireRegistry } from '../oauth/logout/session.ts'
import { hasRegistry } from '../oauth/logout/session-settings.ts'
import { defineCallerRules, refuseCaller } from '../refusal.ts'
import type { Write } from '../store/engine.ts'
import { newBrowserState } from './browser-state.ts'
import { type EndRequest, endingOf, newLogoutId, offlineOf } from './end.ts'
import { leavingOf } from './leave.ts'
import type { NamedSession } from './logout-request.ts'
import { type EndOutcome, finishLogout, membersOf } from './outcome.ts'

const rules = defineCallerRules('Logout issue', {
  clientMissing: {
    code: 'P095002',
    status: 400,
    message: 'The scope CLIENT requires a logout request of a known client.',
  },
  subjectMissing: {
    code: 'P095003',
    status: 400,
    message: 'The scope SUBJECT requires a logout request with a session of a subject.',
  },
})

/** How much ends: the sessions of the request, the client's part in them, or all of the subject. */
export type LogoutScope = 'SESSION' | 'CLIENT' | 'SUBJECT'

export interface Logout {
  sessions: readonly NamedSession[]
  client: Client | undefined
  scope: LogoutScope
  target: string | undefined
  uiLocales: readonly string[]
  request: EndRequest
  waitMs?: number | undefined
}

/** Ends what a logout is about, in one commit with the writes that come first. */
export async function endLogout(context: ServiceContext, logout: Logout, ...first: Write[]) {
  const outcome = await endSessions(context, logout, first)
  const { uris } = outcome.frontchannel
  const { target, uiLocales } = logout
  const { frontchannelTimeoutMilliseconds: timeoutMs } = logoutSettings(context.service)
  return {
    ...membersOf(outcome),
    browserState: newBrowserState(context),
    ...responseOf(uris, { target, uiLocales, timeoutMs }),
  }
}

type Page = Omit<Parameters<typeof frontchannelPage>[0], 'uris'>

function responseOf(uris: readonly string[], page: Page) {
  if (uris.length > 0) return { action: 'PAGE' as const, ...frontchannelPage({ uris, ...page }) }
  const { target } = page
  return target === undefined
    ? { action: 'OK' as const }
    : { action: 'LOCATION' as const, responseContent: target }
}

async function endSessions(
  context: ServiceContext,
  logout: Logout,
  first: Write[],
): Promise<EndOutcome> {
  const { service, store } = context
  const { sessions, scope, request, client } = logout
  const wait = logout.waitMs ?? logoutSettings(service).waitMilliseconds
  const [one, two] = sessions
  if (scope === 'SUBJECT') requireRegistry(service)
  if (!one) {
    await store.commit(...first)
    return nothing(context)
  }
  const { sessionId } = one
  if (scope === 'CLIENT') {
    const leaving = await leavingOf(
      context,
      client ?? refuseCaller(rules.clientMissing),
      { sessionId },
      request,
    )
    if (!leaving) {
      await store.commit(...first)
      return nothing(context)
    }
    await store.commit(...first, ...leaving.writes)
    return finishLogout(context, leaving.logoutId, wait, leaving.participants)
  }
  if (!hasRegistry(service)) return endLabel(context, sessionId, request, first)
  const ended =
    scope === 'SUBJECT'
      ? { subject: one.subject ?? refuseCaller(rules.subjectMissing) }
      : { sessionId, also: two?.sessionId }
  const ending = endingOf(context, ended, request)
  await store.commit(...first, ...ending.writes)
  return finishLogout(context, ending.logoutId, wait)
}

/** Without a registry a session is a label on codes and tokens, and has no participants. */
async function endLabel(
  context: ServiceContext,
  sessionId: string,
  request: EndRequest,
  first: Write[],
): Promise<EndOutcome> {
  const { service, store } = context
  const of = { serviceId: service.apiKey, sessionId }
  const offline = offlineOf(context, request)
  const count = await store.sessionTokens.count(of, offline)
  await store.commit(...first, ...store.sessionTokens.end(of, offline))
  return { ...nothing(context), count: count > 0 ? 1 : 0 }
}

const nothing = (context: ServiceContext): EndOutcome => ({
  count: 0,
  logoutId: newLogoutId(context),
  deliveries: [],
  frontchannel: { uris: [], omitted: 0 },
})
