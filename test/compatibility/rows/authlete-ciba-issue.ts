import { expect } from 'vitest'
import { ask, begin, cibaClient, cibaSettings } from '../../support/ciba.ts'
import type { Json } from '../../support/server.ts'
import { bodyOf, type Row, relayed } from './world.ts'

const issuing = '/backchannel/authentication/issue'

export const cibaIssue: readonly Row[] = [
  {
    row: 'C1',
    title: 'a ticket as JSON gets an auth_req_id',
    async check({ service }) {
      const at = await service(cibaSettings)
      const { ticket } = await ask(at, await cibaClient(at, 'POLL'))
      const answer = await at.api(issuing, { ticket })
      expect([answer.action, typeof answer.authReqId]).toEqual(['OK', 'string'])
    },
  },
  {
    row: 'C2',
    title: 'operations take forms too, with numbers, booleans and lists as text',
    async check({ service }) {
      const at = await service(cibaSettings)
      const client = await cibaClient(at, 'POLL')
      const { ticket } = await ask(at, client)
      const type = { 'Content-Type': 'application/x-www-form-urlencoded' }
      expect((await at.api(issuing, `ticket=${ticket}`, type)).action).toBe('OK')
      const created = await at.api(
        '/auth/token/create',
        `grantType=CLIENT_CREDENTIALS&clientId=${client.clientId}&scopes=read&scopes=write&accessTokenDuration=60&accessTokenPersistent=false`,
        type,
      )
      expect(created).toMatchObject({ action: 'OK', scopes: ['read', 'write'], expiresIn: 60 })
      const path = `/api/${at.serviceId}/client/create`
      const jsonOnly = await at.call('POST', path, 'clientName=x', { headers: type })
      expect(jsonOnly.status).toBe(415)
    },
  },
  {
    row: 'C3',
    title: 'unknown members are ignored, and a missing ticket is INVALID_TICKET',
    async check({ service }) {
      const at = await service(cibaSettings)
      expect((await at.api(issuing, { clientLocked: true })).action).toBe('INVALID_TICKET')
      const { ticket } = await ask(at, await cibaClient(at, 'POLL'))
      expect((await at.api(issuing, { ticket, clientLocked: true })).action).toBe('OK')
    },
  },
  {
    row: 'C4',
    title:
      'the response for the client has auth_req_id and expires_in, and interval unless it is pushed',
    async check({ service }) {
      const at = await service(cibaSettings)
      for (const mode of ['POLL', 'PING', 'PUSH'] as const) {
        const { ticket } = await ask(at, await cibaClient(at, mode))
        const answer = await at.api(issuing, { ticket })
        const { authReqId, expiresIn, interval } = answer
        expect(bodyOf(answer)).toEqual({
          ...{ auth_req_id: authReqId, expires_in: expiresIn },
          ...(mode === 'PUSH' ? {} : { interval }),
        })
        expect([expiresIn, interval]).toEqual([600, mode === 'PUSH' ? undefined : 5])
      }
    },
  },
  {
    row: 'C5',
    title: 'the response for the client is JSON with status 200, and is not cached',
    async check({ service }) {
      const at = await service(cibaSettings)
      const { ticket } = await ask(at, await cibaClient(at, 'POLL'))
      const relay = await relayed(at, issuing, { ticket })
      expect(relay.status).toBe(200)
      expect(relay.headers).toMatchObject({
        'Content-Type': expect.stringMatching(/^application\/json\b/),
        'Cache-Control': 'no-store',
      })
    },
  },
  {
    row: 'C6',
    title: 'a fault of the server reaches the client as JSON with status 500',
    async check({ service }) {
      const at = await service(cibaSettings)
      const { ticket } = await ask(at, await cibaClient(at, 'POLL'))
      const body = { ticket, reason: 'SERVER_ERROR' }
      const relay = await relayed(at, '/backchannel/authentication/fail', body)
      expect(relay.status).toBe(500)
      expect(relay.headers['Content-Type']).toContain('application/json')
      expect(JSON.parse(relay.body).error).toBe('server_error')
    },
  },
  {
    row: 'C7',
    title: 'an unknown, expired or used ticket is INVALID_TICKET, which is status 500',
    async check({ service }) {
      const at = await service(cibaSettings)
      const client = await cibaClient(at, 'POLL')
      const invalid = async (ticket: string) => {
        const answer = await at.api(issuing, { ticket }, { Prefer: 'relay' })
        expect([answer.action, answer.relay.status]).toEqual(['INVALID_TICKET', 500])
      }
      await invalid('unknown')
      const { ticket: used, authReqId } = await begin(at, client)
      const { action, ticket: expired } = await ask(at, client)
      expect([action, typeof authReqId]).toEqual(['USER_IDENTIFICATION', 'string'])
      at.system.clock.advance(600_000)
      await invalid(used)
      await invalid(expired)
    },
  },
  {
    row: 'C8',
    title: 'a wrong call gets status 400, 401, 403 or 404 with resultCode and resultMessage',
    async check({ service }) {
      const at = await service(cibaSettings)
      const path = `/api/${at.serviceId}${issuing}`
      const viewer = await at.tokenFor(at.serviceId, ['view_client'])
      const calls: [number, string, unknown, Json][] = [
        [400, path, { ticket: 5 }, {}],
        [401, path, { ticket: 'x' }, { token: null }],
        [403, path, { ticket: 'x' }, { token: viewer }],
        [404, `/api/1${issuing}`, { ticket: 'x' }, {}],
      ]
      for (const [status, to, body, options] of calls) {
        const reply = await at.call('POST', to, body, options)
        expect([reply.status, Object.keys(reply.body)]).toEqual([
          ...[status, ['resultCode', 'resultMessage']],
        ])
      }
    },
  },
  {
    row: 'C9',
    title: 'a bearer token of one service is refused at others with status 403',
    async check({ service }) {
      const at = await service(cibaSettings)
      const other = await service(cibaSettings)
      const token = await at.tokenFor(at.serviceId, ['use_service'])
      const statusAt = async ({ serviceId }: { serviceId: number }) =>
        (await at.call('POST', `/api/${serviceId}${issuing}`, { ticket: 'x' }, { token })).status
      expect([await statusAt(at), await statusAt(other)]).toEqual([200, 403])
    },
  },
  {
    row: 'C10',
    title:
      'a retry of the caller with the same ticket within ten seconds gets the same auth_req_id',
    async check({ service }) {
      const at = await service(cibaSettings)
      const { ticket } = await ask(at, await cibaClient(at, 'POLL'))
      const first = await at.api(issuing, { ticket })
      expect(first.action).toBe('OK')
      at.system.clock.advance(9_000)
      expect(await at.api(issuing, { ticket })).toEqual(first)
      at.system.clock.advance(2_000)
      expect((await at.api(issuing, { ticket })).action).toBe('INVALID_TICKET')
    },
  },
]
