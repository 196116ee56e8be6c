/** authorization_details, RFC 9396: syntax, allowed types, and narrowing of a grant. */
import { describe, expect, it } from 'vitest'
import {
  detailsFromApi,
  detailsToApi,
  detailsToTokenInfo,
  keepAuthorizationDetails,
  narrowAuthorizationDetails,
  parseAuthorizationDetails,
} from '../../src/oauth/authorization-details.ts'
import { clientWith, outcomeOf, serviceWith } from '../support/rules.ts'

const service = serviceWith({ supportedAuthorizationDetailsTypes: ['pay', 'read'] })
const client = clientWith({ authorizationDetailsTypes: undefined })
const payer = clientWith({ authorizationDetailsTypes: ['pay'] })
const malformed = 'invalid_authorization_details (P012101)'
const tooLarge = 'invalid_authorization_details (P012102)'
const fieldInvalid = 'invalid_authorization_details (P012103)'
const nested = (depth: number) => `${'['.repeat(depth)}1${']'.repeat(depth)}`

describe('authorization_details', () => {
  it.each<[string, string | undefined, typeof client, unknown]>([
    ['one element', '[{"type":"pay"}]', client, '[{"type":"pay"}]'],
    [
      'a field of its own',
      '[{"type":"pay","amount":{"eur":1.10}}]',
      client,
      '[{"type":"pay","amount":{"eur":1.10}}]',
    ],
    ['an empty list', '[]', client, undefined],
    ['absent', undefined, client, undefined],
    ['no JSON', '[{]', client, malformed],
    ['an object', '{"type":"pay"}', client, malformed],
    ['a list of text', '["pay"]', client, malformed],
    ['a list of null', '[null]', client, malformed],
    ['a list of lists', '[[]]', client, malformed],
    ['no type', '[{"actions":["a"]}]', client, malformed],
    ['an empty type', '[{"type":""}]', client, malformed],
    ['a type that is no text', '[{"type":["pay"]}]', client, malformed],
    ['a NUL in a member', '[{"type":"pay","a":"\\u0000"}]', client, malformed],
    ['actions that are text', '[{"type":"pay","actions":"a"}]', client, fieldInvalid],
    ['locations with a number', '[{"type":"pay","locations":[1]}]', client, fieldInvalid],
    ['an identifier that is no text', '[{"type":"pay","identifier":1}]', client, fieldInvalid],
    ['101 elements', JSON.stringify(Array(101).fill({ type: 'pay' })), client, tooLarge],
    ['nested too deep', `[{"type":"pay","a":${nested(16)}}]`, client, tooLarge],
    [
      'a type that the service lacks',
      '[{"type":"x"}]',
      client,
      'invalid_authorization_details (P012104)',
    ],
    [
      'a type that the client lacks',
      '[{"type":"read"}]',
      payer,
      'invalid_authorization_details (P012105)',
    ],
    [
      'a type of the prototype',
      '[{"type":"__proto__"}]',
      client,
      'invalid_authorization_details (P012104)',
    ],
  ])('authorization_details: %s (RFC 9396 §2, §5)', (_case, text, asker, expected) => {
    expect(outcomeOf(() => parseAuthorizationDetails(text, service, asker))).toBe(expected)
  })
})

describe('authorization_details of a token request', () => {
  const granted = '[{"type":"pay","actions":["a","b"],"limit":5},{"type":"read"}]'
  const widened = 'invalid_authorization_details (P012106)'
  it.each<[string, string | undefined, unknown]>([
    ['absent: all', undefined, granted],
    ['one of two', '[{"type":"read"}]', '[{"type":"read"}]'],
    [
      'fewer actions',
      '[{"type":"pay","actions":["b"],"limit":5}]',
      '[{"type":"pay","actions":["b"],"limit":5}]',
    ],
    [
      'members in another order',
      '[{"limit":5,"type":"pay","actions":["b","a"]}]',
      '[{"limit":5,"type":"pay","actions":["b","a"]}]',
    ],
    ['another action', '[{"type":"pay","actions":["c"],"limit":5}]', widened],
    ['no action, which may mean all', '[{"type":"pay","actions":[],"limit":5}]', widened],
    ['actions left out', '[{"type":"pay","limit":5}]', widened],
    ['another field of its own', '[{"type":"pay","actions":["a"],"limit":6}]', widened],
    ['a field of its own left out', '[{"type":"pay","actions":["a"]}]', widened],
    ['a field that was not granted', '[{"type":"read","actions":["a"]}]', widened],
    ['another type', '[{"type":"x"}]', widened],
  ])('authorization_details of a token request: %s (RFC 9396 §6.1)', (_case, asked, expected) => {
    expect(outcomeOf(() => narrowAuthorizationDetails(asked, granted))).toBe(expected)
  })

  it('authorization_details of a token request: none if none was granted (RFC 9396 §6.1)', () => {
    const narrow = (text: string) => outcomeOf(() => narrowAuthorizationDetails(text, undefined))
    expect(narrow('[{"type":"read"}]')).toBe(widened)
    expect(narrow('[]')).toBe('[]')
  })

  it('authorization_details of a grant: types that service or client removed are dropped', () => {
    const text = '[{"type":"read"},{"type":"pay"},{"type":"gone"}]'
    expect(keepAuthorizationDetails(text, service, payer)).toBe('[{"type":"pay"}]')
    expect(keepAuthorizationDetails('[{"type":"gone"}]', service, client)).toBeUndefined()
  })
})

describe('authorization_details in the API', () => {
  const text = '[{"amount":1.10,"type":"pay","datatypes":["d"],"identifier":"i"}]'
  const element = { type: 'pay', dataTypes: ['d'], identifier: 'i', otherFields: '{"amount":1.10}' }

  it('authorization_details in the API: other fields are JSON text (RFC 9396 §2.2)', () => {
    expect(detailsToApi(text)).toEqual({ elements: [element] })
    expect(JSON.parse(detailsFromApi({ elements: [element] }) ?? '')).toEqual(JSON.parse(text))
    expect(detailsFromApi({ elements: [] })).toBeUndefined()
  })

  it('authorization_details in the API: token info repeats the members of a single element', () => {
    expect(detailsToTokenInfo(text)).toEqual({ elements: [element], ...element })
    const two = detailsToTokenInfo('[{"type":"pay"},{"type":"read"}]')
    expect(two).toEqual({ elements: [{ type: 'pay' }, { type: 'read' }], type: '' })
  })
})
