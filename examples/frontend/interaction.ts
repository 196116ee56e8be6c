/**
 * The pages between a request and the user's decision, whichever endpoint took the request: login
 * and consent, or neither if nothing stands in the way.
 */
import type { Context, Hono } from 'hono'
import { linesOf } from './consent.ts'
import { expired } from './layout.ts'
import { consentPage, loginPage } from './pages.ts'
import type { Parts } from './parts.ts'
import type { Decision, Interaction } from './pending.ts'
import type { Answer } from './postern.ts'
import type { Session } from './session.ts'
import { claimsAbout, type Users } from './users.ts'

/** The one authentication context class that this frontend offers. */
const passwordAcr = 'urn:example:acr:password'

/** What is missing before the request may be granted, as the reason that Postern is to give. */
function obstacleOf(interaction: Interaction, session: Session | undefined, now: number) {
  const { answer } = interaction
  const { prompts = [], maxAge = Number.POSITIVE_INFINITY } = answer
  if (answer.acrEssential && !answer.acrs?.includes(passwordAcr)) return 'ACR_NOT_SATISFIED'
  if (!session) return 'NOT_LOGGED_IN'
  const age = Math.floor(now / 1000) - session.authTime
  const loggedIn = interaction.loggedIn === session.id
  if (answer.subject && answer.subject !== session.subject) return 'DIFFERENT_SUBJECT'
  if (!loggedIn && prompts.some((prompt) => loginPrompts.includes(prompt))) return 'NOT_LOGGED_IN'
  // OIDC Core §3.1.2.1: a max_age of 0 is the same as prompt=login.
  if (!loggedIn && (age > maxAge || maxAge === 0)) return 'EXCEEDS_MAX_AGE'
  if (interaction.withoutConsent || interaction.consented === session.id) return undefined
  const allowed = session.consents.get(answer.client?.clientId ?? 0)
  const remembered = allowed && linesOf(answer).every((line) => allowed.has(line))
  const isSettled = remembered || isFirstParty(answer)
  return isSettled && !prompts.includes('CONSENT') ? undefined : 'CONSENT_REQUIRED'
}

/** The operator vouches for the client: its users are not asked, unless it wants them to be. */
const isFirstParty = ({ clientAttributes = [] }: Answer) =>
  clientAttributes.find(({ key }) => key === 'first_party')?.value === 'true'

const loginPrompts = ['LOGIN', 'SELECT_ACCOUNT', 'CREATE']

/** What Postern is told of a user who grants a request. */
export const grantOf = (
  users: Users,
  { subject, authTime, acr = passwordAcr }: Pick<Session, 'subject' | 'authTime' | 'acr'>,
  answer: Answer,
) => ({
  subject,
  acr,
  authTime,
  claims: JSON.stringify(claimsAbout(users, subject, answer)),
})

/** Shows the login page, and then the page at this path. */
export function logInFor(c: Context, { interactions }: Parts, path: string) {
  const answer = { action: 'INTERACTION' }
  const conclude = (c: Context) => c.redirect(path, 303)
  const { id } = interactions.hold({ answer, conclude, withoutConsent: true })
  return c.redirect(`/continue/${id}`, 303)
}

export function addInteraction(app: Hono, parts: Parts): void {
  const { sessions, interactions, users, limiter, clock } = parts

  function conclude(c: Context, interaction: Interaction, decision: Decision) {
    interactions.drop(interaction)
    return interaction.conclude(c, decision)
  }

  app.get('/continue/:id', async (c) => {
    const interaction = interactions.find(c, c.req.param('id'))
    if (!interaction) return expired(c)
    const session = await sessions.current(c)
    const { answer, id } = interaction
    const reason = obstacleOf(interaction, session, clock()) ?? ''
    if (session && !reason) {
      const sessionId = session.id
      return conclude(c, interaction, { ...grantOf(users, session, answer), sessionId })
    }
    if (answer.action === 'NO_INTERACTION') return conclude(c, interaction, { reason })
    if (reason === 'CONSENT_REQUIRED') return c.redirect(`/consent/${id}`, 303)
    const loggedIn = session !== undefined && interaction.loggedIn === session.id
    if (reason === 'ACR_NOT_SATISFIED' || loggedIn) return conclude(c, interaction, { reason })
    return c.redirect(`/login/${id}`, 303)
  })

  app.on(['GET', 'POST'], '/login/:id', async (c) => {
    const interaction = interactions.find(c, c.req.param('id'))
    if (!interaction) return expired(c)
    if (c.req.method === 'GET') return loginPage(c, interaction)
    const { formToken, decision, username, password } = await c.req.parseBody()
    if (formToken !== interaction.formToken) return expired(c)
    if (decision === 'cancel') return conclude(c, interaction, { reason: 'DENIED' })
    const name = String(username)
    const check = async () => (await users.check(name, String(password))) ?? ''
    const subject = await limiter.attempt(c, name, check)
    if (subject === undefined) return loginPage(c, interaction, 'limited')
    if (!subject) return loginPage(c, interaction, 'wrong')
    const session = await sessions.logIn(c, subject, passwordAcr)
    if (!session) return loginPage(c, interaction, 'full')
    interaction.loggedIn = session.id
    return c.redirect(`/continue/${interaction.id}`, 303)
  })

  app.on(['GET', 'POST'], '/consent/:id', async (c) => {
    const interaction = interactions.find(c, c.req.param('id'))
    const session = await sessions.current(c)
    if (!interaction || !session) return expired(c)
    if (c.req.method === 'GET') return consentPage(c, interaction, session.subject)
    const { formToken, decision } = await c.req.parseBody()
    if (formToken !== interaction.formToken) return expired(c)
    if (decision !== 'authorize') return conclude(c, interaction, { reason: 'DENIED' })
    const { consents, id } = session
    const client = interaction.answer.client?.clientId ?? 0
    const lines = linesOf(interaction.answer)
    consents.set(client, new Set([...(consents.get(client) ?? []), ...lines]))
    interaction.consented = id
    return c.redirect(`/continue/${interaction.id}`, 303)
  })
}
