/** Large orders: none holds the event loop for long, and only some are signed at once. */
import type { JWK } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { inTurn } from '../../../src/credentials/issuance/turns.ts'
import { readMdoc } from '../../support/credential-readers.ts'
import { createIssuing, credentialsOf, type Issuing } from '../../support/credential-requests.ts'
import { licenceType, walletKey } from '../../support/credentials.ts'
import { holdLimit, holdOf } from '../../support/event-loop.ts'
import type { Json } from '../../support/server.ts'

let issuing: Issuing
let keys: JWK[]

beforeAll(async () => {
  issuing = await createIssuing()
  const { publicJwk } = await walletKey()
  keys = Array(100).fill(publicJwk)
})
afterAll(() => issuing.service.close())

const members = (count: number, value: unknown = 'some value') =>
  Object.fromEntries(Array.from({ length: count }, (_, at) => [`member_${at}`, value]))
const mdoc = (elements: unknown) => JSON.stringify({ claims: { 'org.iso.18013.5.1': elements } })
const oneKey = () => ({ configurationId: 'mdl', keys: keys.slice(0, 1) })

describe('order', () => {
  it.each<[string, () => Record<string, unknown>, () => Json, string]>([
    [
      'a hundred SD-JWT VCs of 20 claims',
      () => ({ credentialPayload: JSON.stringify(members(20)) }),
      () => ({ keys }),
      'OK',
    ],
    [
      'a hundred mdocs of 25 elements',
      () => ({ credentialPayload: mdoc(members(25)) }),
      () => ({ configurationId: 'mdl', keys }),
      'OK',
    ],
    [
      '2,000 claims',
      () => ({ credentialPayload: JSON.stringify(members(2_000)) }),
      () => ({ keys: keys.slice(0, 10) }),
      'OK',
    ],
    [
      '1,990 elements',
      () => ({ credentialPayload: mdoc(members(1_990)) }),
      () => ({ configurationId: 'mdl', keys: keys.slice(0, 10) }),
      'OK',
    ],
    [
      'a portrait of 250 KB, 24 times',
      () => ({ credentialPayload: mdoc({ portrait: 'x'.repeat(250_000) }) }),
      () => ({ configurationId: 'mdl', keys: keys.slice(0, 24) }),
      'OK',
    ],
    [
      'long texts in diagnostic notation',
      () => ({ credentialPayload: mdoc(members(3, `cbor:[${'1,'.repeat(32_000)}1]`)) }),
      oneKey,
      'OK',
    ],
    [
      'a frame that lists 1,990 elements',
      () => ({
        credentialPayload: JSON.stringify({ list: Array(1_990).fill(1) }),
        disclosureFrame: JSON.stringify({ list: { _sd: [...Array(1_990).keys()] } }),
      }),
      () => ({ keys: keys.slice(0, 5) }),
      'OK',
    ],
    [
      'a payload in 60 levels',
      () => ({ credentialPayload: `${'{"a":'.repeat(60)}1${'}'.repeat(60)}` }),
      () => ({}),
      'CALLER_ERROR',
    ],
    [
      'a payload of brackets',
      () => ({ credentialPayload: '['.repeat(262_144) }),
      () => ({}),
      'CALLER_ERROR',
    ],
  ])('of %s does not hold the event loop', async (_what, order, kept, action) => {
    let answer: Json
    const hold = await holdOf(async () => {
      answer = await issuing.issue({ ...order(), credentialDuration: 7_200 }, kept())
    })
    expect(answer).toMatchObject({ action })
    expect(hold).toBeLessThan(holdLimit)
  })

  it('of a hundred credentials is answered with all of them', async () => {
    const order = { credentialPayload: mdoc(members(2)), credentialDuration: 7_200 }
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => issuing.issue(order, { configurationId: 'mdl', keys })),
    )
    const credentials = answers.flatMap(credentialsOf)
    expect(new Set(credentials).size).toBe(600)
    const { mso } = await readMdoc(credentials.at(-1) ?? '', licenceType)
    expect(mso.docType).toBe(licenceType)
  })
})

describe('turns of large orders', () => {
  it('let four be signed at once, and small ones without waiting', async () => {
    let running = 0
    let most = 0
    const finish: (() => void)[] = []
    const work = async () => {
      running += 1
      most = Math.max(most, running)
      await new Promise<void>((resolve) => finish.push(resolve))
      running -= 1
    }
    const large = Array.from({ length: 10 }, () => inTurn(11, work))
    expect(running).toBe(4)
    let isSmallDone = false
    await inTurn(10, async () => {
      isSmallDone = true
    })
    expect(isSmallDone).toBe(true)
    for (let done = 0; done < 10; done += 1) {
      finish.shift()?.()
      await new Promise((resolve) => setImmediate(resolve))
    }
    await Promise.all(large)
    expect(most).toBe(4)
  })

  it('go on after one that fails', async () => {
    const failing = Array.from({ length: 8 }, () =>
      inTurn(11, () => Promise.reject(new Error('failed'))),
    )
    expect((await Promise.allSettled(failing)).map(({ status }) => status)).toEqual(
      Array(8).fill('rejected'),
    )
    expect(await inTurn(11, async () => 'done')).toBe('done')
  })
})
