/**
 * Revocations under load, of which an endpoint is told: each that was acknowledged, and none that
 * did not happen.
 */
import { createHash } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import type { Json } from '../support/server.ts'
import { receiveEvents } from '../support/webhooks.ts'
import { type Caller, form } from './caller.ts'
import { type History, loadOf } from './history.ts'

/** An attempt that a kill has ended is made again after ten seconds; a busy machine takes longer. */
const takenOverMilliseconds = 60_000

const hashOf = (token: string) => createHash('sha256').update(token).digest('base64url')

export async function createEvents(
  name: string,
  { api, client, failing }: Caller,
): Promise<History & { close(): Promise<void> }> {
  const receiver = await receiveEvents()
  const made = await api('/events/endpoint/create', {
    url: receiver.url,
    types: ['token.revoked'],
  })
  const secret: string = made?.body.secret
  const wrong: string[] = []
  const revoked = new Map<string, 'acknowledged' | 'unknown'>()
  let flows = 0
  let checked = 0

  async function flow(): Promise<void> {
    flows += 1
    const { clientId, clientSecret } = client
    const grant = { grantType: 'AUTHORIZATION_CODE', scopes: ['profile'] }
    const subject = `${name}-${flows}`
    const token = (await api('/auth/token/create', { ...grant, clientId, subject }))?.body
    if (!token?.accessToken) return
    const parameters = form({ token: token.accessToken })
    const credentials = { clientId: String(clientId), clientSecret }
    const answer = await api('/auth/revocation', { parameters, ...credentials })
    const isDone = answer?.body.action === 'OK'
    if (answer && !isDone) wrong.push(`${subject}: ${JSON.stringify(answer.body)}`)
    revoked.set(token.accessToken, isDone ? 'acknowledged' : 'unknown')
  }

  const told = () => new Set(receiver.received.map(({ event }) => event.data.tokenHash as string))

  async function check(): Promise<void> {
    const expected = [...revoked].filter(([, outcome]) => outcome === 'acknowledged')
    const missing = () => {
      const known = told()
      return expected.filter(([token]) => !known.has(hashOf(token)))
    }
    const end = Date.now() + takenOverMilliseconds
    while (missing().length > 0 && Date.now() < end) await wait(100)
    checked += expected.length
    for (const [token] of missing()) wrong.push(`${hashOf(token)}: no event of its revocation`)
    for (const [token, outcome] of revoked) {
      if (outcome === 'unknown' && told().has(hashOf(token))) await requireDead(token)
    }
    for (const message of receiver.received) receiver.verify(message, secret)
    revoked.clear()
    receiver.received.length = 0
  }

  /** Of a revocation whose answer was lost. */
  async function requireDead(token: string): Promise<void> {
    const answer: Json = (await api('/auth/introspection', { token }))?.body
    checked += 1
    if (answer?.action === 'OK') wrong.push(`${hashOf(token)}: an event, but no revocation`)
  }

  const { close } = receiver
  return { load: loadOf(flow, failing), check, wrong, checked: () => checked, close }
}
