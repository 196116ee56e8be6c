/** Changes of client secrets by two processes at the same time, and authentication beside them. */
import { describe, expect, it } from 'vitest'
import { form, type TestService } from '../../support/flows.ts'
import { rivals, rounds } from '../../support/rivals.ts'
import type { Json } from '../../support/server.ts'

const opened = rivals({})

const refresh =
  ({ clientId }: Json, graceSeconds = 0) =>
  (at: TestService): Promise<Json> =>
    at.get(`/api/${at.serviceId}/client/secret/refresh/${clientId}?graceSeconds=${graceSeconds}`)
const authenticate =
  ({ clientId, clientSecret }: Json) =>
  async (at: TestService): Promise<string> => {
    const parameters = form({ grant_type: 'client_credentials', scope: 'read' })
    const body = { parameters, clientId: String(clientId), clientSecret }
    const { action, resultCode } = await at.api('/auth/token', body)
    return action === 'OK' ? action : resultCode
  }

describe('concurrent refreshes of a client secret', () => {
  it('leave the last secret and the one before it, as the answers tell', async () => {
    const { service, race } = opened()
    for (const round of rounds) {
      const client = await service.client()
      const [one, two] = await race(round, refresh(client, 600), refresh(client, 600))
      const isFirst = one.oldClientSecret === client.clientSecret
      const [first, last] = isFirst ? [one, two] : [two, one]
      expect(first.oldClientSecret).toBe(client.clientSecret)
      expect(last.oldClientSecret).toBe(first.newClientSecret)
      const of = (clientSecret: string) => authenticate({ ...client, clientSecret })(service)
      expect(await of(last.newClientSecret)).toBe('OK')
      expect(await of(first.newClientSecret)).toBe('OK')
      expect(await of(client.clientSecret)).toBe('P010005')
    }
  })
})

describe('authentication beside a refresh of the secret', () => {
  it('never fails with a grace period', async () => {
    const { service, race } = opened()
    for (const round of rounds) {
      const client = await service.client()
      const [, outcome] = await race(round, refresh(client, 600), authenticate(client))
      expect(outcome).toBe('OK')
      expect(await authenticate(client)(service)).toBe('OK')
    }
  })

  it('fails without one as soon as the refresh is answered', async () => {
    const { service, race } = opened()
    for (const round of rounds) {
      const client = await service.client()
      const [, outcome] = await race(round, refresh(client), authenticate(client))
      expect(['OK', 'P010005']).toContain(outcome)
      expect(await authenticate(client)(service)).toBe('P010005')
    }
  })

  it('is refused with an OAuth error if the client is deleted at the same time', async () => {
    const { service, race } = opened()
    for (const round of rounds) {
      const client = await service.client()
      const { newClientSecret: clientSecret } = await refresh(client, 60)(service)
      service.system.clock.advance(60_000)
      const path = `/api/${service.serviceId}/client/delete/${client.clientId}`
      const remove = async (at: TestService) => (await at.call('DELETE', path)).status
      const [status, outcome] = await race(round, remove, authenticate({ ...client, clientSecret }))
      expect(status).toBe(204)
      expect(['OK', 'P010005', 'P010009']).toContain(outcome)
    }
  })

  it('does not bring back a secret when it removes one that is over', async () => {
    const { service, race } = opened()
    for (const round of rounds) {
      const client = await service.client()
      const { newClientSecret: clientSecret } = await refresh(client, 60)(service)
      service.system.clock.advance(60_000)
      const current = { ...client, clientSecret }
      const [next] = await race(round, refresh(client), authenticate(current))
      const last = { ...client, clientSecret: next.newClientSecret }
      expect(await authenticate(last)(service)).toBe('OK')
      expect(await authenticate(current)(service)).toBe('P010005')
    }
  })
})
