/** Bodies that wallets send to the example frontend: as long as Postern takes them. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createWallet } from '../../../examples/demo/vci/wallet.ts'
import { type IssuerWorld, makeOffer, startIssuer } from './issuer-world.ts'

let world: IssuerWorld
let accessToken: string
beforeAll(async () => {
  world = await startIssuer()
  const wallet = createWallet(await world.walletClient())
  const shown = await makeOffer(world, { configuration: 'identity' })
  const { offer, issuer } = await wallet.resolve(shown.link)
  accessToken = await wallet.redeem(offer, issuer)
})
afterAll(() => world?.close())

async function send(path: string, body: string) {
  const headers = { Authorization: `Bearer ${accessToken}`, 'Content-Type': 'application/json' }
  const response = await fetch(world.issuer + path, { method: 'POST', headers, body })
  return [response.status, await response.json()] as const
}

/** An unknown parameter, which has no effect, makes the request as long as it is. */
const requestOf = (bytes: number, more: object): string => {
  const short = JSON.stringify({ ...more, padding: '' })
  return short.replace('""', `"${'x'.repeat(bytes - short.length)}"`)
}

describe.each<[string, string, object]>([
  ['/credential', 'invalid_proof', { credential_configuration_id: 'identity' }],
  ['/deferred_credential', 'invalid_transaction_id', { transaction_id: 'unknown' }],
  [
    '/notification',
    'invalid_notification_id',
    { notification_id: 'a', event: 'credential_failure' },
  ],
])('body of a wallet to %s', (path, error, members) => {
  it('may have 128 KB (OpenID4VCI §8.2)', async () => {
    const answer = await send(path, requestOf(128 * 1024, members))
    expect(answer).toEqual([400, expect.objectContaining({ error })])
  })

  it('of more than 128 KB is 413 (RFC 9110 §15.5.14)', async () => {
    const error_description = 'The body is longer than 128 KB.'
    const answer = await send(path, requestOf(128 * 1024 + 1, members))
    expect(answer).toEqual([413, { error: 'invalid_request', error_description }])
  })
})
