/** Scopes: syntax, granting and narrowing, RFC 6749 §3.3 and §6. */
import { describe, expect, it } from 'vitest'
import {
  chooseScopes,
  decidedScopes,
  dynamicScopes,
  grantedScopes,
  keepScopes,
  narrowScopes,
  parseScope,
} from '../../src/oauth/scope.ts'
import { clientWith, outcomeOf, serviceWith } from '../support/rules.ts'

const supportedScopes = [
  { name: 'openid' },
  { name: 'read', defaultEntry: true },
  { name: 'write' },
  { name: 'pay', attributes: [{ key: 'regex', value: 'pay:[0-9]+' }] },
]
const service = serviceWith({ supportedScopes })
const client = clientWith()
const malformed = 'invalid_scope (P002001)'

describe('scope', () => {
  it.each<[string, string, unknown]>([
    ['in its order, each once', 'b a b', ['b', 'a']],
    ['all characters that it may have', "!#[]~-._:/'", ["!#[]~-._:/'"]],
    ['a quotation mark', 'a"b', malformed],
    ['a backslash', 'a\\b', malformed],
    ['a tab', 'a\tb', malformed],
    ['a letter beyond ASCII', 'ä', malformed],
    ['empty', '', []],
    ['200 of them', Array.from({ length: 200 }, (_, at) => at).join(' '), expect.any(Array)],
    [
      '201 of them',
      Array.from({ length: 201 }, (_, at) => at).join(' '),
      'invalid_scope (P002002)',
    ],
  ])('scope: %s (RFC 6749 §3.3)', (_case, text, expected) => {
    expect(outcomeOf(() => parseScope(text))).toEqual(expected)
  })
})

describe('scopes of a request', () => {
  const strict = serviceWith({ supportedScopes, scopeRequired: true })
  const noDefault = serviceWith({ supportedScopes: [{ name: 'read' }], scopeRequired: true })
  const held = clientWith({
    extension: { requestableScopesEnabled: true, requestableScopes: ['write', 'unknown'] },
  })
  it.each<[string, string | undefined, typeof service, typeof client, unknown]>([
    ['supported', 'write openid', service, client, ['write', 'openid']],
    ['unknown ones are dropped', 'write x', service, client, ['write']],
    ['none at all: the default entries', undefined, service, client, ['read']],
    ['empty: no scope', '', service, client, []],
    ['a value of a pattern', 'pay:10', service, client, ['pay:10']],
    ['a value that is only part of the pattern', 'pay:10x', service, client, []],
    ['all unknown, where one is required', 'x', strict, client, 'invalid_scope (P002003)'],
    ['none, where one is required and is default', undefined, strict, client, ['read']],
    [
      'none, where one is required and none is default',
      undefined,
      noDefault,
      client,
      'invalid_scope (P002003)',
    ],
    ['beyond the list of the client', 'read write', service, held, ['write']],
    ['a default beyond the list of the client', undefined, service, held, []],
    [
      'standard scopes of a service without a list',
      'openid phone x',
      serviceWith(),
      client,
      ['openid', 'phone'],
    ],
  ])('scopes of a request: %s (RFC 6749 §3.3)', (_case, text, by, asker, expected) => {
    expect(outcomeOf(() => chooseScopes(text, by, asker))).toEqual(expected)
  })
})

describe('scopes of a refresh', () => {
  it.each<[string, string | undefined, unknown]>([
    ['absent: all that was granted', undefined, ['read', 'write']],
    ['fewer', 'write', ['write']],
    ['in another order', 'write read', ['write', 'read']],
    ['one more', 'read admin', 'invalid_scope (P002004)'],
    ['a prefix of a granted one', 'rea', 'invalid_scope (P002004)'],
    ['malformed', 'read "', malformed],
  ])('scopes of a refresh: %s (RFC 6749 §6)', (_case, text, expected) => {
    expect(outcomeOf(() => narrowScopes(text, ['read', 'write']))).toEqual(expected)
  })

  it('scopes of a grant: those that the service removed are dropped', () => {
    expect(keepScopes(['read', 'gone', 'pay:1'], service, client)).toEqual(['read', 'pay:1'])
  })
})

describe('scopes that the caller decided', () => {
  it.each<[string, string[] | undefined, string[], string[]]>([
    ['nothing decided: what was asked', undefined, ['openid', 'read'], ['openid', 'read']],
    ['an empty list: none', [], ['openid', 'read'], []],
    ['more than was asked', ['read', 'write'], ['read'], ['read', 'write']],
    ['openid that was not asked', ['openid', 'read'], ['read'], ['read']],
    ['openid that was asked', ['openid'], ['openid', 'read'], ['openid']],
    ['an unknown one', ['x'], ['read'], []],
  ])(
    'scopes that the caller decided: %s (OIDC Core §3.1.2.1)',
    (_case, decided, asked, expected) => {
      expect(decidedScopes(decided, asked, service, client)).toEqual(expected)
    },
  )
})

describe('dynamic scope', () => {
  it('dynamic scope: its name is that of its entry, its value the requested scope', () => {
    expect(dynamicScopes(service, ['read', 'pay:7'])).toEqual([{ name: 'pay', value: 'pay:7' }])
    expect(grantedScopes(service, ['pay:7', 'gone'])).toEqual([
      { name: 'pay:7', defaultEntry: false, attributes: supportedScopes[3]?.attributes },
      { name: 'gone', defaultEntry: false },
    ])
  })
})
