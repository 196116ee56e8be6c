/** Changes of the status of issued credentials, and the list of credentials. */
import { getListFromStatusListJWT } from '@owf/token-status-list'
import { decodeJwt } from 'jose'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createIssuer } from '../../support/credentials.ts'
import type { TestService } from '../../support/flows.ts'
import { storeIssued, statusUri as uriOf, withStatusLists } from '../../support/issued.ts'
import type { Json } from '../../support/server.ts'
import { sharedStore } from '../../support/stores.ts'

const store = sharedStore()
let service: TestService
beforeEach(async () => {
  service = await createIssuer(withStatusLists(), {}, { on: store() })
})
afterEach(() => service.close())

const update = (body: Json) => service.api('/vci/status/update', body)
const readList = async (list = 1) => {
  const { responseContent } = await service.api('/vci/status/get', { list })
  return getListFromStatusListJWT(responseContent)
}
/** The statuses at places of the first list. */
const statusesAt = async (places: number[]) => {
  const read = await readList()
  return places.map((place) => read.getStatus(place))
}

describe('status of a credential', () => {
  it('is seen at its place at once, and nowhere else (Token Status List §7)', async () => {
    const { credentialIds, places } = await storeIssued(service, { count: 3 })
    expect(await statusesAt(places)).toEqual([0, 0, 0])
    const revoked = await update({ credentialId: credentialIds[0], status: 'INVALID' })
    expect(revoked).toMatchObject({ action: 'OK', count: 1, unlisted: 0 })
    const second = { uri: uriOf(1), idx: places[1] }
    const suspended = await update({ ...second, status: 'SUSPENDED' })
    expect(suspended).toMatchObject({ action: 'OK', count: 1 })
    expect(await statusesAt(places)).toEqual([1, 2, 0])
    await update({ ...second, status: 'VALID' })
    expect(await statusesAt(places)).toEqual([1, 0, 0])
  })

  it('is changed for all credentials of a response by their notification_id', async () => {
    const notificationId = 'notification-of-three'
    const { places } = await storeIssued(service, { count: 3, notificationId })
    expect(await update({ notificationId, status: 'INVALID' })).toMatchObject({ count: 3 })
    expect(await statusesAt(places)).toEqual([1, 1, 1])
  })

  it('is changed for a user, or for one configuration of a user, and for no other', async () => {
    const diploma = await storeIssued(service, { subject: 'bob' })
    const licence = await storeIssued(service, { subject: 'bob', configurationId: 'mdl' })
    const other = await storeIssued(service, { subject: 'carol' })
    const places = [diploma, licence, other].flatMap((issued) => issued.places)
    const ofBob = { subject: 'bob', status: 'INVALID' }
    const one = await update({ ...ofBob, credentialConfigurationId: 'mdl' })
    expect(one).toMatchObject({ action: 'OK', count: 1 })
    expect(await statusesAt(places)).toEqual([0, 1, 0])
    expect(await update(ofBob)).toMatchObject({ action: 'OK', count: 2 })
    expect(await statusesAt(places)).toEqual([1, 1, 0])
  })

  it('is changed for at most 1,000 credentials of a user in one call', async () => {
    for (let made = 0; made < 1_050; made += 75) {
      await storeIssued(service, { subject: 'heavy', count: 75 })
    }
    const ofAll = { subject: 'heavy', status: 'INVALID' }
    const first = await update(ofAll)
    expect(first).toMatchObject({ action: 'OK', count: 1_000 })
    const rest = await update({ ...ofAll, cursor: first.nextCursor })
    expect(rest).toMatchObject({ action: 'OK', count: 50 })
    expect(rest.nextCursor).toBeUndefined()
    const { statusList } = await readList()
    expect(statusList.filter((status) => status === 1).length).toBe(1_050)
  })

  it('is changed by twenty concurrent calls without a lost update', async () => {
    const { credentialIds, places } = await storeIssued(service, { count: 20 })
    await Promise.all(
      credentialIds.map((credentialId) => update({ credentialId, status: 'INVALID' })),
    )
    expect(new Set(await statusesAt(places))).toEqual(new Set([1]))
  })

  it('is reported as unlisted if no status list shows it', async () => {
    await service.configure(withStatusLists({ 'ext.vci.status': 'off' }))
    const [credentialId] = (await storeIssued(service)).credentialIds
    const changed = await update({ credentialId, status: 'INVALID' })
    expect(changed).toMatchObject({ action: 'OK', count: 1, unlisted: 1 })
  })

  it('cannot be SUSPENDED in a list with one bit for each credential', async () => {
    await storeIssued(service)
    await service.configure(withStatusLists({ 'ext.vci.status.bits': '1' }))
    const { credentialIds, uri, places } = await storeIssued(service)
    const [credentialId] = credentialIds
    expect(uri).toBe(uriOf(2))
    const refused = await update({ credentialId, status: 'SUSPENDED' })
    expect(refused.resultCode).toBe('P131201')
    await update({ credentialId, status: 'INVALID' })
    const { responseContent } = await service.api('/vci/status/get', { list: 2 })
    expect(decodeJwt<Json>(responseContent)['status_list'].bits).toBe(1)
    expect((await readList(2)).getStatus(places[0] ?? 0)).toBe(1)
  })

  it('is not changed for what was never issued, or was issued by another service', async () => {
    const other = await createIssuer(withStatusLists(), {}, service)
    const { credentialIds, places } = await storeIssued(other, { notificationId: 'theirs' })
    const [credentialId] = credentialIds
    const named = [{ credentialId }, { notificationId: 'theirs' }, { subject: 'alice' }]
    for (const each of [...named, { uri: uriOf(1), idx: places[0] }, { uri: 'x', idx: 0 }]) {
      const answer = await update({ ...each, status: 'INVALID' })
      expect(answer).toMatchObject({ action: 'NOT_FOUND', resultCode: 'P131904' })
    }
  })

  it('is changed for one selection only', async () => {
    const both = { credentialId: 'a', subject: 'b' }
    for (const named of [{}, both, { uri: uriOf(1) }, { idx: 1 }, { subject: 'b', idx: 1 }]) {
      expect((await update({ ...named, status: 'VALID' })).resultCode).toBe('P131101')
    }
  })
})

describe('list of issued credentials', () => {
  const list = (body: Json) => service.api('/vci/credential/list', body)

  it('tells what is known of a credential, and none of its contents', async () => {
    const { credentialIds, places } = await storeIssued(service)
    const [credentialId] = credentialIds
    await update({ credentialId, status: 'SUSPENDED' })
    const { action, credentials } = await list({ subject: 'alice' })
    expect(action).toBe('OK')
    expect(credentials).toEqual([
      {
        credentialId,
        credentialConfigurationId: 'diploma',
        clientId: 1,
        subject: 'alice',
        issuedAt: service.system.clock(),
        status: 'SUSPENDED',
        statusUri: uriOf(1),
        statusIdx: places[0],
      },
    ])
  })

  it('is read page by page without a gap or a repetition, for a user and a client', async () => {
    const { clientId } = await service.client()
    await storeIssued(service, { count: 30, clientId })
    await storeIssued(service, { count: 30, clientId: clientId + 1 })
    await storeIssued(service, { count: 30, clientId, subject: 'bob' })
    const selections: [Json, number][] = [
      [{}, 90],
      [{ subject: 'alice' }, 60],
      [{ clientIdentifier: String(clientId) }, 60],
      [{ subject: 'alice', clientIdentifier: String(clientId) }, 30],
      [{ subject: 'bob', credentialConfigurationId: 'mdl' }, 0],
      [{ clientIdentifier: '999' }, 0],
    ]
    for (const [selection, total] of selections) {
      const seen: string[] = []
      let cursor: string | undefined
      do {
        const page = await list({ ...selection, limit: 25, cursor })
        expect(page.credentials.length).toBeLessThanOrEqual(25)
        seen.push(...page.credentials.map((each: Json) => each.credentialId))
        cursor = page.nextCursor
      } while (cursor)
      expect([seen.length, new Set(seen).size]).toEqual([total, total])
    }
  })
})
