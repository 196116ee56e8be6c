/** Clients of the operator, attribute `first_party`: the example frontend skips their consent. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  answerOf,
  callback,
  configure,
  createUser,
  redeem,
  requestOf,
  startWorld,
  type World,
} from '../world.ts'

let world: World
beforeAll(async () => {
  world = await startWorld()
})
afterAll(() => world?.close())

const clientWith = async (attributes: { key: string; value: string }[]) => {
  const { clientId, clientSecret } = await world.client({ attributes })
  return configure(world, clientId, clientSecret)
}
const firstParty = [{ key: 'first_party', value: 'true' }]

describe('client with first_party true', () => {
  it('gets tokens without a consent, also with prompt=none (OIDC Core §3.1.2.1)', async () => {
    const configuration = await clientWith(firstParty)
    const user = createUser()
    const first = await requestOf(configuration, { scope: 'openid email' })
    const walked = await user.walk(first.url)
    expect(walked.shown).toEqual(['login'])
    const tokens = await redeem(configuration, first, walked.url)
    expect(tokens.claims()?.sub).toBe('alice')
    const silent = await user.walk((await requestOf(configuration, { prompt: 'none' })).url)
    expect(silent.shown).toEqual([])
    expect(answerOf(silent.url)).toHaveProperty('code')
  })

  it('has the consent shown with prompt=consent (OIDC Core §3.1.2.1)', async () => {
    const { url } = await requestOf(await clientWith(firstParty), { prompt: 'consent' })
    expect((await createUser().walk(url)).shown).toEqual(['login', 'consent'])
  })
})

describe('other clients', () => {
  it.each([
    ['without the attribute', []],
    ['with first_party false', [{ key: 'first_party', value: 'false' }]],
    ['with another attribute', [{ key: 'third_party', value: 'true' }]],
  ])('%s need a consent', async (_kind, attributes) => {
    const configuration = await clientWith(attributes)
    const user = createUser()
    const { url } = await requestOf(configuration)
    expect((await user.walk(url)).shown).toEqual(['login', 'consent'])
    const other = await requestOf(configuration, { scope: 'openid email', prompt: 'none' })
    const silent = await user.walk(other.url)
    expect(answerOf(silent.url)).toMatchObject({ error: 'consent_required' })
  })

  it('that register themselves need a consent, whatever their metadata say', async () => {
    const metadata = { redirect_uris: [callback], first_party: true, attributes: firstParty }
    const body = JSON.stringify(metadata)
    const response = await fetch(`${world.issuer}/register`, { method: 'POST', body })
    const { client_id: id, client_secret: secret } = await response.json()
    const { url } = await requestOf(await configure(world, id, secret))
    expect((await createUser().walk(url)).shown).toEqual(['login', 'consent'])
  })
})
