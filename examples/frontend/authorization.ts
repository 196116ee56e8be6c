/**
 * The authorization endpoint and its pages, OIDC Core §3.1.2: decides whether the user has to log
 * in or to consent, and tells Postern to issue or to fail.
 */
import type { Context, Hono } from 'hono'
import { consentPage, errorPage, loginPage } from './pages.ts'
import { type Answer, claimsNamedIn, type Postern, sendRelay } from './postern.ts'
import type { Interaction, Session, Sessions } from './session.ts'
import type { Users } from './users.ts'

/** The one authentication context class that this frontend offers. */
const passwordAcr = 'urn:example:acr:password'

/** What is missing before the request may be granted, as the reason that Postern is to give. */
function obstacleOf(interaction: Interaction, session: Session, now: number): string | undefined {
  const { answer, loggedIn, consented } = interaction
  const { prompts = [], maxAge = Number.POSITIVE_INFINITY } = answer
  const age = (now - (session.authenticatedAt ?? 0)) / 1000
  if (answer.acrEssential && !answer.acrs?.includes(passwordAcr)) return 'ACR_NOT_SATISFIED'
  if (!session.subject) return 'NOT_LOGGED_IN'
  if (answer.subject && answer.subject !== session.subject) return 'DIFFERENT_SUBJECT'
  if (!loggedIn && prompts.some((prompt) => loginPrompts.includes(prompt))) return 'NOT_LOGGED_IN'
  // OIDC Core §3.1.2.1: a max_age of 0 is the same as prompt=login.
  if (!loggedIn && (age > maxAge || maxAge === 0)) return 'EXCEEDS_MAX_AGE'
  if (consented) return undefined
  const allowed = session.consents.get(answer.client?.clientId ?? 0)
  const remembered = wantedBy(answer).every((wanted) => allowed?.has(wanted))
  return remembered && allowed && !prompts.includes('CONSENT') ? undefined : 'CONSENT_REQUIRED'
}

const loginPrompts = ['LOGIN', 'SELECT_ACCOUNT', 'CREATE']

/** What a consent covers: scopes, and claims asked for by name. */
const wantedBy = (answer: Answer) => [
  ...(answer.scopes ?? []).map(({ name }) => `scope ${name}`),
  ...claimsNamedIn(answer).map((name) => `claim ${name}`),
]

export const pick = (from: Record<string, unknown>, names: string[] = []) =>
  Object.fromEntries(names.filter((name) => name in from).map((name) => [name, from[name]]))

export function addAuthorization(
  app: Hono,
  postern: Postern,
  sessions: Sessions,
  users: Users,
  clock: () => number,
): void {
  /** Ends the interaction. An error that may not reach the client is shown to the user. */
  async function conclude(c: Context, interaction: Interaction, decision: object | string) {
    sessions.drop(interaction)
    const { ticket } = interaction.answer
    const answer =
      typeof decision === 'string'
        ? await postern.call('auth/authorization/fail', { ticket, reason: decision })
        : await postern.call('auth/authorization/issue', { ticket, ...decision })
    return show(c, answer)
  }

  function grant(c: Context, interaction: Interaction, session: Session) {
    return conclude(c, interaction, {
      subject: session.subject,
      authTime: Math.floor((session.authenticatedAt ?? 0) / 1000),
      acr: session.acr,
      claims: JSON.stringify(pick(users.claims(session.subject ?? ''), interaction.answer.claims)),
    })
  }

  app.on(['GET', 'POST'], '/authorize', async (c) => {
    const query = new URL(c.req.url).search.slice(1)
    const parameters = c.req.method === 'POST' ? await c.req.text() : query
    const answer = await postern.call('auth/authorization', { parameters })
    if (answer.relay) return show(c, answer)
    // A POST from the client's site comes without the session's cookie; this redirect brings it.
    return c.redirect(`/authorize/${sessions.hold(answer).id}`, 303)
  })

  app.get('/authorize/:id', (c) => {
    const interaction = sessions.find(c, c.req.param('id'))
    if (!interaction?.session) return expired(c)
    const { session, answer, loggedIn, id } = interaction
    const obstacle = obstacleOf(interaction, session, clock())
    if (!obstacle) return grant(c, interaction, session)
    if (answer.action === 'NO_INTERACTION') return conclude(c, interaction, obstacle)
    if (obstacle === 'CONSENT_REQUIRED') return c.redirect(`/consent/${id}`, 303)
    if (obstacle === 'ACR_NOT_SATISFIED' || loggedIn) return conclude(c, interaction, obstacle)
    return c.redirect(`/login/${id}`, 303)
  })

  app.on(['GET', 'POST'], '/login/:id', async (c) => {
    const interaction = sessions.find(c, c.req.param('id'))
    if (!interaction) return expired(c)
    if (c.req.method === 'GET') return loginPage(c, interaction)
    const { formToken, decision, username, password } = await c.req.parseBody()
    if (formToken !== interaction.formToken) return expired(c)
    if (decision === 'cancel') return conclude(c, interaction, 'DENIED')
    const subject = await users.check(String(username), String(password))
    if (!subject) return loginPage(c, interaction, true)
    sessions.logIn(c, interaction, subject, passwordAcr)
    return c.redirect(`/authorize/${interaction.id}`, 303)
  })

  app.on(['GET', 'POST'], '/consent/:id', async (c) => {
    const interaction = sessions.find(c, c.req.param('id'))
    if (!interaction?.session?.subject) return expired(c)
    if (c.req.method === 'GET') return consentPage(c, interaction)
    const { formToken, decision } = await c.req.parseBody()
    if (formToken !== interaction.formToken) return expired(c)
    if (decision !== 'authorize') return conclude(c, interaction, 'DENIED')
    const { consents } = interaction.session
    const client = interaction.answer.client?.clientId ?? 0
    consents.set(
      client,
      new Set([...(consents.get(client) ?? []), ...wantedBy(interaction.answer)]),
    )
    interaction.consented = true
    return c.redirect(`/authorize/${interaction.id}`, 303)
  })
}

const expired = (c: Context) => errorPage(c, 400, 'This page has expired. Please start again.')

/** Towards a browser: a redirect or a form goes out as it is, an error becomes a page. */
function show(c: Context, answer: Answer) {
  const { relay } = answer
  if (!relay || relay.status < 400) return sendRelay(answer)
  return errorPage(c, relay.status === 400 ? 400 : 500, relay.body ?? '')
}
