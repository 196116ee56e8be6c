/** A migrated client goes on with its secret and the refresh token that it has. */
import { generateKeyPairSync } from 'node:crypto'
import { expect } from 'vitest'
import { form } from '../../support/flows.ts'
import type { Json } from '../../support/server.ts'
import type { Imports, Read } from '../imports.ts'

export const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
export const inAnHour = Math.floor(Date.now() / 1000) + 3_600
export const anHourAgo = inAnHour - 7_200
export const iso = (seconds: number) => new Date(seconds * 1000).toISOString()

/** What is refreshed with which token, after the files were applied and the tokens imported. */
export async function moved(imports: Imports, read: Read, expected: Json) {
  const { serviceId, changesAgain } = await imports.apply(read.file)
  expect(changesAgain).toBe(false)
  const first = await imports.tokens(serviceId, read.tokens ?? '')
  expect(first).toMatchObject(expected)
  expect(await imports.tokens(serviceId, read.tokens ?? '')).toMatchObject({
    imported: 0,
    present: expected.imported,
  })
  return (clientId: string, clientSecret: string, token: string) =>
    imports.api(`${serviceId}/auth/token`, {
      parameters: form({ grant_type: 'refresh_token', refresh_token: token }),
      clientId,
      clientSecret,
    })
}
export type Refresh = Awaited<ReturnType<typeof moved>>

/** The guarantee: new tokens once, for its own client only, and on from there. */
export async function expectGoesOn(refresh: Refresh, token: string, subject = 'alice') {
  expect(await refresh('other', 'secret of other', token)).toMatchObject({ action: 'BAD_REQUEST' })
  const answer = await refresh('web', 'secret of web', token)
  expect(answer).toMatchObject({
    action: 'OK',
    subject,
    scopes: expect.arrayContaining(['photos']),
  })
  expect(answer.refreshToken).not.toBe(token)
  const next = await refresh('web', 'secret of web', answer.refreshToken)
  expect(next).toMatchObject({ action: 'OK', subject })
  expect(await refresh('web', 'secret of web', token)).toMatchObject({ action: 'BAD_REQUEST' })
}
