/** response_type and response_mode: RFC 6749 §3.1.1, OAuth 2.0 Multiple Response Types, JARM. */
import { describe, expect, it } from 'vitest'
import {
  chooseResponseMode,
  parseResponseType,
  recipientMode,
  requireOpenIdParts,
  responseTypeWords,
} from '../../../src/oauth/authorization/response-type.ts'
import { clientWith, outcomeOf, serviceWith } from '../../support/rules.ts'

const any = serviceWith({ supportedResponseTypes: undefined })
const every = [
  ...['NONE', 'CODE', 'TOKEN', 'ID_TOKEN', 'CODE_TOKEN', 'CODE_ID_TOKEN', 'ID_TOKEN_TOKEN'],
  'CODE_ID_TOKEN_TOKEN',
]
const all = clientWith({ responseTypes: every })

describe('response_type', () => {
  const unknown = 'unsupported_response_type (P005002)'
  it.each<[string, string | undefined, unknown]>([
    ['code', 'code', ['code']],
    ['none', 'none', []],
    ['three words', 'code id_token token', ['code', 'id_token', 'token']],
    ['three words in another order', 'token code id_token', ['code', 'id_token', 'token']],
    ['a word twice', 'code code', ['code']],
    ['absent', undefined, 'invalid_request (P005001)'],
    ['a word that is unknown', 'code device', unknown],
    ['none with another word', 'none code', unknown],
    ['capitals', 'CODE', unknown],
    ['a name of the prototype', 'constructor', unknown],
    ['words between tabs', 'code\ttoken', unknown],
  ])('response_type: %s (RFC 6749 §3.1.1)', (_case, text, expected) => {
    expect(outcomeOf(() => parseResponseType(text, any, all))).toEqual(expected)
  })

  it('response_type: unsupported by service or client is refused (RFC 6749 §4.1.2.1)', () => {
    const service = serviceWith({ supportedResponseTypes: ['CODE'] })
    const client = clientWith({ responseTypes: ['CODE'] })
    expect(outcomeOf(() => parseResponseType('token', service, all))).toBe(
      'unsupported_response_type (P005003)',
    )
    expect(outcomeOf(() => parseResponseType('token', any, client))).toBe(
      'unauthorized_client (P005004)',
    )
    expect(parseResponseType('code', service, client)).toEqual(['code'])
  })

  it('response_type: words have a fixed order (RFC 6749 §3.1.1)', () => {
    expect(responseTypeWords('CODE_ID_TOKEN_TOKEN')).toBe('code id_token token')
    expect(responseTypeWords('NONE')).toBe('none')
  })
})

describe('response_type with id_token', () => {
  it.each<[string, string[], boolean, string | undefined, object, unknown]>([
    ['openid and a nonce', ['id_token'], true, 'n', {}, undefined],
    ['no nonce', ['code', 'id_token'], true, undefined, {}, 'invalid_request (P005006)'],
    ['no openid', ['id_token'], false, 'n', {}, 'invalid_request (P005005)'],
    [
      'ID Tokens without a signature',
      ['id_token'],
      true,
      'n',
      { idTokenSignAlg: 'NONE' },
      'unsupported_response_type (P005010)',
    ],
    ['code alone needs no nonce', ['code'], true, undefined, {}, undefined],
  ])(
    'response_type with id_token: %s (OIDC Core §3.2.2.1)',
    (_case, types, isOpenId, nonce, client, expected) => {
      const check = () => requireOpenIdParts(types, isOpenId, nonce, clientWith(client))
      expect(outcomeOf(check)).toBe(expected)
    },
  )
})

describe('response_mode', () => {
  const unsafe = 'invalid_request (P005008)'
  it.each<[string, string | undefined, string[], unknown]>([
    ['the default of code', undefined, ['code'], 'query'],
    ['the default of none', undefined, [], 'query'],
    ['the default of token', undefined, ['token'], 'fragment'],
    ['the default of code id_token', undefined, ['code', 'id_token'], 'fragment'],
    ['form_post', 'form_post', ['code', 'token'], 'form_post'],
    ['fragment of code', 'fragment', ['code'], 'fragment'],
    ['query of token', 'query', ['token'], unsafe],
    ['query.jwt of token (JARM §2.3.1)', 'query.jwt', ['token'], unsafe],
    ['jwt of code (JARM §2.3.4)', 'jwt', ['code'], 'query.jwt'],
    ['jwt of id_token (JARM §2.3.4)', 'jwt', ['id_token'], 'fragment.jwt'],
    ['an unknown mode', 'web_message', ['code'], 'invalid_request (P005007)'],
    ['a name of the prototype', 'toString', ['code'], 'invalid_request (P005007)'],
  ])(
    'response_mode: %s (OAuth 2.0 Multiple Response Types §2.1)',
    (_case, text, types, expected) => {
      expect(outcomeOf(() => chooseResponseMode(text, types, clientWith()))).toBe(expected)
    },
  )

  it.each<[string, string | undefined, string | undefined, string]>([
    ['unknown', 'web_message', 'code', 'query'],
    ['query of token', 'query', 'token', 'fragment'],
    ['form_post of token', 'form_post', 'token', 'form_post'],
    ['absent with token', undefined, 'token code', 'fragment'],
    ['absent without a type', undefined, undefined, 'query'],
    ['a word that only ends so', undefined, 'xid_token', 'query'],
  ])(
    'response_mode of an error: %s (OAuth 2.0 Multiple Response Types §2.1)',
    (_case, text, type, expected) => {
      expect(recipientMode(text, type)).toBe(expected)
    },
  )

  it('response_mode: one that is not allowed for the client is refused', () => {
    const client = clientWith({ responseModes: ['QUERY', 'JWT'] })
    const choose = (mode: string) => outcomeOf(() => chooseResponseMode(mode, ['code'], client))
    expect(['query', 'jwt', 'form_post'].map(choose)).toEqual([
      ...['query', 'query.jwt', 'invalid_request (P005009)'],
    ])
  })
})
