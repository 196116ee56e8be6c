/** G: who acts for whom at Glewlwyd. */
import { expect } from 'vitest'
import { obtainTokens } from '../../support/flows.ts'
import type { Json } from '../../support/server.ts'
import { type Row, works } from './world.ts'

export const glewlwydAudit: readonly Row[] = [
  {
    row: 'G75',
    title:
      'the frontend acts for a user, also an administrator on behalf of another, and the audit log tells who',
    async check({ service }) {
      const at = await service()
      const client = await at.client()
      const { accessToken } = await obtainTokens(at, client)
      const revocation = { accessTokenIdentifier: accessToken, subject: 'alice' }
      const asBob = { ...revocation, actingSubject: 'bob' }
      expect((await at.api('/auth/token/revoke', asBob)).count).toBe(1)
      expect(await works(at, accessToken)).toBe(false)
      await at.api(`/client/lock_flag/update/${client.clientId}`, { clientLocked: false })
      const path = `/api/${at.serviceId}/audit`
      const { records } = await at.get(path)
      const actorOf = (type: string) =>
        records.filter((each: Json) => each.type === type).map((each: Json) => each.onBehalfOf)
      expect(actorOf('token.revoked')).toEqual(['bob'])
      expect(actorOf('client.lock_changed')).toEqual([undefined])
      const token = await at.tokenFor(at.serviceId, ['admin'])
      expect((await at.call('GET', path, undefined, { token })).status).toBe(403)
    },
  },
]
