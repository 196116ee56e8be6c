/** A logout request with what it is about: its client, its hint and the sessions. */
import { identifyClient } from '../clients/authenticate.ts'
import type { ServiceContext } from '../context.ts'
import type { Client } from '../model/client/client.ts'
import {
  type Confirmation,
  confirmationOf,
  situationInRegistry,
  situationWithoutRegistry,
} from '../oauth/logout/confirmation.ts'
import { logoutSettings, skipsLogoutConfirmation } from '../oauth/logout/logout-settings.ts'
import {
  choosePostLogoutRedirect,
  type PostLogoutRedirect,
  postLogoutTarget,
} from '../oauth/logout/redirect.ts'
import {
  type LogoutRequest,
  parseLogoutRequest,
  requireSameClient,
} from '../oauth/logout/request.ts'
import { hasRegistry } from '../oauth/logout/session-settings.ts'
import { sidFor } from '../oauth/logout/sid.ts'
import { explain } from '../refusal.ts'
import type { SessionRow } from '../store/tables/sessions/session-row.ts'
import { type VerifiedHint, verifyLogoutHint } from '../tokens/id-token-hint.ts'
import { sessionBySid } from '../tokens/session.ts'
import { isLive } from './describe.ts'

/** A session, with its subject where Postern keeps it, or the caller names it. */
export interface NamedSession {
  sessionId: string
  subject?: string | undefined
}

/** The session of the browser, as the caller names it. */
interface Browser {
  sessionId?: string | undefined
  /** Only where the service keeps no sessions. */
  subject?: string | undefined
}

export interface ResolvedLogout {
  request: LogoutRequest
  client: Client | undefined
  redirect: PostLogoutRedirect
  /** The accepted URI with the `state` of the request. */
  target: string | undefined
  confirmation: Confirmation
  /** The sessions that would end, that of the browser first. */
  sessions: NamedSession[]
}

type Hint = VerifiedHint | undefined

/** Reads a request, and decides whether the user is asked. Refuses a malformed one. */
export async function resolveLogout(
  context: ServiceContext,
  parameters: string,
  browser: Browser,
  confirm: boolean,
): Promise<ResolvedLogout> {
  const { service } = context
  const request = parseLogoutRequest(parameters)
  const { clientId, idTokenHint } = request
  const requested = clientId ? (await identifyClient(context, clientId))?.client : undefined
  const hint = idTokenHint ? await verifyLogoutHint(context, idTokenHint, requested) : undefined
  requireSameClient(clientId, hint?.valid ? hint : undefined)
  // The reason is for logs and metrics: the request goes on without the hint.
  if (hint?.valid === false) explain(hint.reason)
  const client = hint?.valid ? hint.client : requested
  const redirect = choosePostLogoutRedirect(
    request.postLogoutRedirectUri,
    stateOf(hint),
    client && { registered: client.postLogoutRedirectUris ?? [] },
    service.loopbackRedirectionUriVariable ?? false,
  )
  const { situation, named } = await situationOf(context, hint, browser)
  const confirmation = confirmationOf({
    ...situation,
    hint: stateOf(hint),
    isRedirectRefused: redirect.refused !== undefined,
    policy: logoutSettings(service).confirmation,
    skipConsent: client !== undefined && skipsLogoutConfirmation(client),
    confirm,
  })
  return {
    request,
    client,
    redirect,
    target: redirect.uri === undefined ? undefined : postLogoutTarget(redirect.uri, request.state),
    confirmation,
    sessions: sessionsOf(confirmation, named),
  }
}

const stateOf = (hint: Hint) => (hint ? (hint.valid ? 'valid' : 'invalid') : 'none')

interface Named {
  browser: NamedSession | undefined
  hinted: NamedSession | undefined
}

function sessionsOf({ ends }: Confirmation, { browser, hinted }: Named): NamedSession[] {
  const all = [ends.browser ? browser : undefined, ends.hinted ? hinted : undefined]
  return all.flatMap((session) => (session ? [session] : []))
}

async function situationOf(context: ServiceContext, hint: Hint, given: Browser) {
  const login = hint?.valid ? hint : undefined
  const { sessionId, subject } = given
  if (!hasRegistry(context.service)) {
    const browser = sessionId === undefined ? undefined : { sessionId, subject }
    const sid = login && sessionId ? sidFor(context.service, login.client, sessionId) : sessionId
    return {
      situation: situationWithoutRegistry(login, { sessionId: sid, subject }),
      named: { browser, hinted: undefined },
    }
  }
  const { service, store } = context
  const hinted = login?.sid === undefined ? undefined : await sessionBySid(context, login.sid)
  const browser =
    sessionId === undefined ? undefined : await store.sessions.find(service.apiKey, sessionId)
  const known = browser && login ? await subOf(context, browser, login.client) : undefined
  return {
    situation: situationInRegistry(
      login,
      hinted && describe(context, hinted),
      browser && { ...describe(context, browser), sub: known },
    ),
    named: { browser, hinted },
  }
}

const describe = ({ now }: ServiceContext, row: SessionRow) => ({
  sessionId: row.sessionId,
  subject: row.subject,
  isLive: isLive(row, now),
})

/** The subject of a session as a client knows it, if it takes part. */
async function subOf(
  { service, store }: ServiceContext,
  { sessionId }: SessionRow,
  { clientId }: Client,
): Promise<string | undefined> {
  return (await store.sessionClients.find(service.apiKey, sessionId, clientId))?.sub
}
