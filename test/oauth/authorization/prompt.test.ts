/** prompt, max_age and acr_values, OIDC Core §3.1.2.1. */
import { describe, expect, it } from 'vitest'
import {
  chooseAcrs,
  chooseMaxAge,
  lowestPrompt,
  parsePrompts,
  supportedAcrs,
} from '../../../src/oauth/authorization/prompt.ts'
import { parseParameters } from '../../../src/oauth/parameters.ts'
import { clientWith, outcomeOf, serviceWith } from '../../support/rules.ts'

describe('prompt', () => {
  const all = serviceWith()
  const few = serviceWith({ supportedPromptValues: ['NONE', 'LOGIN'] })
  it.each<[string, string | undefined, typeof all, unknown]>([
    ['absent', undefined, all, []],
    ['none', 'none', all, ['NONE']],
    ['two values in their order', 'login consent', all, ['LOGIN', 'CONSENT']],
    ['a value twice', 'login login', all, ['LOGIN']],
    ['none twice', 'none none', all, ['NONE']],
    ['create (Initiating User Registration §4)', 'create', all, ['CREATE']],
    ['select_account', 'select_account', all, ['SELECT_ACCOUNT']],
    ['none with another', 'none login', all, 'invalid_request (P006002)'],
    ['an unknown value', 'login everything', all, 'invalid_request (P006001)'],
    ['a value in capitals', 'LOGIN', all, 'invalid_request (P006001)'],
    ['a name of the prototype', 'toString', all, 'invalid_request (P006001)'],
    ['a supported value', 'login', few, ['LOGIN']],
    ['an unsupported value', 'login consent', few, 'invalid_request (P006003)'],
  ])('prompt: %s (OIDC Core §3.1.2.1)', (_case, text, service, expected) => {
    expect(outcomeOf(() => parsePrompts(text, service))).toEqual(expected)
  })

  it('lowest prompt: the value that requires the least of the user', () => {
    expect(lowestPrompt(['CONSENT', 'LOGIN'])).toBe('LOGIN')
    expect(lowestPrompt(['NONE'])).toBe('NONE')
    expect(lowestPrompt([])).toBeUndefined()
  })
})

describe('max_age', () => {
  it.each<[string, string, object, unknown]>([
    ['a number', 'max_age=10', {}, 10],
    ['0, which is not absent', 'max_age=0', { defaultMaxAge: 5 }, 0],
    ['absent, with a default', '', { defaultMaxAge: 5 }, 5],
    ['absent, with a default of 0', '', { defaultMaxAge: 0 }, undefined],
    ['absent', '', {}, undefined],
    ['empty', 'max_age=', { defaultMaxAge: 5 }, 5],
    ['negative', 'max_age=-1', {}, 'invalid_request (P001003)'],
    ['a fraction', 'max_age=1.5', {}, 'invalid_request (P001003)'],
    ['an exponent', 'max_age=1e3', {}, 'invalid_request (P001003)'],
    ['beyond 2^31 - 1', 'max_age=2147483648', {}, 'invalid_request (P001003)'],
    ['2^31 - 1', 'max_age=2147483647', {}, 2_147_483_647],
  ])('max_age: %s (OIDC Core §3.1.2.1)', (_case, query, client, expected) => {
    const choose = () => chooseMaxAge(parseParameters(query), clientWith(client))
    expect(outcomeOf(choose)).toBe(expected)
  })
})

describe('acr_values', () => {
  const none = { acrs: [], acrEssential: false }
  it.each<
    [string, string, typeof none | { acrs: string[]; acrEssential: boolean }, object, unknown]
  >([
    [
      'in order of preference',
      'acr_values=b+a',
      none,
      {},
      { acrs: ['b', 'a'], acrEssential: false },
    ],
    [
      'the default of the client',
      '',
      none,
      { defaultAcrs: ['c'] },
      { acrs: ['c'], acrEssential: false },
    ],
    [
      'before the default',
      'acr_values=a',
      none,
      { defaultAcrs: ['c'] },
      { acrs: ['a'], acrEssential: false },
    ],
    [
      'behind a claim',
      'acr_values=a',
      { acrs: ['d'], acrEssential: true },
      {},
      { acrs: ['d'], acrEssential: true },
    ],
    ['absent', '', none, {}, none],
  ])('acr_values: %s (OIDC Core §5.5.1.1)', (_case, query, claimed, client, expected) => {
    expect(chooseAcrs(parseParameters(query), claimed, clientWith(client))).toEqual(expected)
  })

  it('acr_values: unsupported classes are dropped (OIDC Core §3.1.2.1)', () => {
    expect(supportedAcrs(['a', 'b'], serviceWith({ supportedAcrs: ['b'] }))).toEqual(['b'])
    expect(supportedAcrs(['a', 'b'], serviceWith())).toEqual(['a', 'b'])
  })
})
