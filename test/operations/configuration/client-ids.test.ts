/** IDs that clients bring along from a former system. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createService, form, redirectUri, type TestService } from '../../support/flows.ts'
import type { Json } from '../../support/server.ts'

let service: TestService
beforeAll(async () => {
  service = await createService()
})
afterAll(() => service.close())

const send = (operation: string, body: Json) =>
  service.call('POST', `/api/${service.serviceId}${operation}`, body)
const items = (...clients: Json[]) => ({ clients: { items: clients } })
const client = (key: string, newClientId: number) => ({
  key,
  newClientId,
  clientName: key,
  clientType: 'CONFIDENTIAL',
  redirectUris: [redirectUri],
  clientSecret: 'short',
})
async function apply(configuration: Json, more: Json = {}) {
  const { body } = await send('/plan', configuration)
  return send('/apply', { ...configuration, etags: body.etags, ...more })
}

describe('ID of a new client', () => {
  it('is the one that the configuration names, by which the client authenticates', async () => {
    const configuration = items(client('web', 26_478_243_745_571))
    const { body } = await apply(configuration)
    expect(body.created).toEqual([{ key: 'web', clientId: 26_478_243_745_571 }])
    const answer = await service.api('/auth/token', {
      parameters: form({ grant_type: 'client_credentials', scope: 'read' }),
      clientId: '26478243745571',
      clientSecret: 'short',
    })
    expect(answer).toMatchObject({ action: 'OK', clientId: 26_478_243_745_571 })
    const again = await send('/plan', configuration)
    expect(again.body.clients).toMatchObject({ created: [], updated: [], unchanged: 1 })
  })

  it('is refused if another client has it, and if the client has another', async () => {
    await apply(items(client('one', 1001)))
    for (const wrong of [client('two', 1001), client('one', 1002)]) {
      const { status, body } = await send('/plan', items(wrong))
      expect([status, body.resultCode]).toEqual([400, 'P000206'])
      expect(body.resultMessage).toContain('newClientId')
    }
    const both = await send('/plan', items(client('a', 1003), client('b', 1003)))
    expect([both.status, both.body.resultMessage]).toEqual([
      400,
      expect.stringContaining('Another client of the call has it'),
    ])
  })

  it('is refused if a client had it that was deleted', async () => {
    await apply(items(client('gone', 1004)))
    const deletion = { clients: { items: [], delete: 'listed-keys', deleted: ['gone'] } }
    expect((await apply(deletion, { allowDelete: true })).status).toBe(200)
    const { status, body } = await send('/plan', items(client('next', 1004)))
    expect([status, body.resultMessage]).toEqual([400, expect.stringContaining('or had it')])
  })
})
