/** Revocations under load, of which an endpoint for events is told. */
import { createHash } from 'node:crypto'
import { receiveEvents } from '../support/webhooks.ts'
import { type Caller, form } from './caller.ts'
import { historyOf, type TellingHistory } from './telling.ts'

const hashOf = (token: string) => createHash('sha256').update(token).digest('base64url')

export async function createEvents(name: string, caller: Caller): Promise<TellingHistory> {
  const { api, client } = caller
  const receiver = await receiveEvents()
  const made = await api('/events/endpoint/create', {
    url: receiver.url,
    types: ['token.revoked'],
  })
  const secret: string = made?.body.secret
  const tokens = new Map<string, string>()
  return historyOf(name, caller, {
    async change(subject) {
      const { clientId, clientSecret } = client
      const grant = { grantType: 'AUTHORIZATION_CODE', scopes: ['profile'] }
      const token = (await api('/auth/token/create', { ...grant, clientId, subject }))?.body
      if (!token?.accessToken) return undefined
      const parameters = form({ token: token.accessToken })
      const credentials = { clientId: String(clientId), clientSecret }
      const answer = await api('/auth/revocation', { parameters, ...credentials })
      const isDone = answer?.body.action === 'OK'
      const id = hashOf(token.accessToken)
      tokens.set(id, token.accessToken)
      const outcome = isDone ? 'acknowledged' : 'unknown'
      return { id, outcome, wrong: answer && !isDone ? answer.body : undefined }
    },
    told: () => new Set(receiver.received.map(({ event }) => event.data.tokenHash as string)),
    async happened(id) {
      const answer = await api('/auth/introspection', { token: tokens.get(id) })
      return answer?.body.action !== 'OK'
    },
    async verify() {
      for (const message of receiver.received) receiver.verify(message, secret)
      receiver.received.length = 0
      tokens.clear()
    },
    close: receiver.close,
  })
}
