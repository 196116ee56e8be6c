/** A status list with many revoked credentials, Token Status List §4. */
import { getListFromStatusListJWT } from '@owf/token-status-list'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createIssuer } from '../../support/credentials.ts'
import { holdLimit, holdOf } from '../../support/event-loop.ts'
import type { TestService } from '../../support/flows.ts'
import { withStatusLists } from '../../support/issued.ts'

const revoked = 20_000
/** Places that are spread over the whole list. */
const placeOf = (index: number) => index * 6

let service: TestService
beforeAll(async () => {
  service = await createIssuer(withStatusLists())
  const { store, serviceId, system } = service
  const list = { serviceId, list: 1, allocated: revoked, version: 1, bits: 2, createdAt: 0 }
  await store.commit(store.statusLists.insert(list))
  const issuedAt = system.clock()
  const row = { serviceId, issuedTo: 1, configurationId: 'diploma', status: 1, issuedAt, list: 1 }
  for (let first = 0; first < revoked; first += 2_000) {
    const rows = Array.from({ length: 2_000 }, (_, index) =>
      store.issuedCredentials.insert({
        ...{ ...row, credentialId: `credential-${first + index}`, data: {} },
        place: placeOf(first + index),
      }),
    )
    await store.commit(...rows)
  }
})
afterAll(() => service.close())

describe('status list with 20,000 revoked credentials', () => {
  it('has each of them at its place, and is signed without blocking other calls', async () => {
    let token = ''
    const hold = await holdOf(async () => {
      // Later than half of the ttl, so that the list is signed again.
      service.system.clock.advance(1_000_000)
      token = (await service.api('/vci/status/get', { list: 1 })).responseContent
    })
    expect(hold).toBeLessThan(holdLimit)
    const { statusList } = getListFromStatusListJWT(token)
    const places = statusList.flatMap((status, place) => (status === 1 ? [place] : []))
    expect(places).toEqual(Array.from({ length: revoked }, (_, index) => placeOf(index)))
  })
})
