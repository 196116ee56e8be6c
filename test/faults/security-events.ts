/** Ends of sessions under load, of which a receiver of security events is told. */
import { createLocalJWKSet, decodeJwt, jwtVerify } from 'jose'
import { caep, contentOf, openPushEndpoint, push } from '../support/security-events.ts'
import type { Json } from '../support/server.ts'
import type { Caller } from './caller.ts'
import { historyOf, type TellingHistory } from './telling.ts'

export async function createSecurityEvents(name: string, caller: Caller): Promise<TellingHistory> {
  const { api, client } = caller
  const endpoint = await openPushEndpoint()
  const { clientId } = client
  const of = { grantType: 'CLIENT_CREDENTIALS', scopes: ['ssf.manage'] }
  const token = (await api('/auth/token/create', { ...of, clientId }))?.body
  const stream = await api('/ssf/stream', {
    method: 'POST',
    accessToken: token?.accessToken,
    ...contentOf({
      events_requested: [caep('session-revoked')],
      delivery: { method: push, endpoint_url: endpoint.url },
    }),
  })
  if (stream?.body.action !== 'CREATED') throw new Error(JSON.stringify(stream?.body ?? token))
  const keys = (await api('/service/jwks/get', undefined, 'GET'))?.body
  const claims = (): Json[] => endpoint.pushed.map(({ body }) => decodeJwt(body))
  return historyOf(name, caller, {
    async change(subject) {
      const made = (await api('/session/create', { subject }))?.body
      const sessionId: string | undefined = made?.session?.sessionId
      if (sessionId === undefined) return undefined
      const answer = await api('/session/delete', { sessionId })
      const isDone = answer?.body.action === 'OK'
      const outcome = isDone ? 'acknowledged' : 'unknown'
      return { id: sessionId, outcome, wrong: answer && !isDone ? answer.body : undefined }
    },
    told: () => new Set(claims().map(({ sub_id }) => sub_id.session.id as string)),
    async happened(sessionId) {
      const answer = await api('/session/get', { sessionId })
      return answer?.body.action === 'ENDED'
    },
    async verify() {
      const keySet = createLocalJWKSet(keys as never)
      const expected = { audience: String(clientId), typ: 'secevent+jwt' }
      for (const { body } of endpoint.pushed) await jwtVerify(body, keySet, expected)
      endpoint.pushed.length = 0
    },
    close: endpoint.close,
  })
}
