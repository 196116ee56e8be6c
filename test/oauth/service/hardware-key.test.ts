import { describe, expect, it } from 'vitest'
import type { HardwareKey } from '../../../src/model/service/hsk.ts'
import { newHardwareKey, requireFreeKeyId } from '../../../src/oauth/service/hardware-key.ts'
import { outcomeOf } from '../../support/rules.ts'

const key = (kid: string): HardwareKey => ({
  kty: 'EC',
  use: 'sig',
  alg: 'ES256',
  hsmName: 'box',
  kid,
  handle: kid,
  publicKey: '',
  set: 'protocol',
  reference: kid,
})
const keys = (count: number) => Array.from({ length: count }, (_, index) => key(`key ${index}`))

describe('new key in a module', () => {
  it.each([
    ['key 1', 2, 'invalid_request (P111006)'],
    ['local', 2, 'invalid_request (P111006)'],
    ['key 2', 2, undefined],
    [undefined, 49, undefined],
    [undefined, 50, 'invalid_request (P111007)'],
  ])('with the kid %s is allowed beside %i others, or refused: %s', (kid, count, outcome) => {
    expect(outcomeOf(() => requireFreeKeyId(kid, keys(count), [{ kid: 'local' }]))).toBe(outcome)
  })

  it.each([
    ['EC', 'sig', 'ES512', undefined],
    ['RSA', 'enc', 'RSA-OAEP', undefined],
    ['RSA', 'sig', 'RSA-OAEP', 'invalid_request (P111004)'],
    ['EC', 'enc', 'ES256', 'invalid_request (P111004)'],
    ['OKP', 'sig', 'EdDSA', 'invalid_request (P111004)'],
    ['EC', 'both', 'ES256', 'invalid_request (P111003)'],
    ['', 'sig', 'ES256', 'invalid_request (P111002)'],
  ])('of kty %s, use %s and alg %s has the outcome %s', (kty, use, alg, outcome) => {
    const made = outcomeOf(() => newHardwareKey({ kty, use, alg, hsmName: 'box' }))
    expect(typeof made === 'string' ? made : undefined).toBe(outcome)
  })
})
