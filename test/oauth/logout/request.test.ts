/** Logout requests: what is read and what is refused, OIDC RP-Initiated Logout §2. */
import { describe, expect, it } from 'vitest'
import { parseLogoutRequest, requireSameClient } from '../../../src/oauth/logout/request.ts'
import { explain, Refusal } from '../../../src/refusal.ts'
import { computed } from '../../support/pace.ts'
import { clientWith, outcomeOf } from '../../support/rules.ts'

const empty = {
  idTokenHint: undefined,
  clientId: undefined,
  postLogoutRedirectUri: undefined,
  state: undefined,
  uiLocales: [],
  logoutHint: undefined,
}
const refused = 'invalid_request (P094001)'

describe('logout request', () => {
  it.each<[string, string, unknown]>([
    ['nothing', '', empty],
    ['only a question mark', '?', empty],
    ['a hint', 'id_token_hint=a.b.c', { ...empty, idTokenHint: 'a.b.c' }],
    ['a client', 'client_id=1', { ...empty, clientId: '1' }],
    [
      'a URI in a query with its question mark',
      '?post_logout_redirect_uri=https%3A%2F%2Frp.example%2F%3Fa%3D1%262',
      { ...empty, postLogoutRedirectUri: 'https://rp.example/?a=1&2' },
    ],
    ['a state with spaces and signs', 'state=a+b%26%22%0A', { ...empty, state: 'a b&"\n' }],
    ['locales', 'ui_locales=fr-CA++en', { ...empty, uiLocales: ['fr-CA', 'en'] }],
    ['a logout hint', 'logout_hint=alice', { ...empty, logoutHint: 'alice' }],
    ['an empty value', 'state=&client_id=', empty],
    ['unknown parameters, one twice', 'a=1&a=2&__proto__=3', empty],
    ['a state of 8,192 characters', `state=${'s'.repeat(8_192)}`, expect.anything()],
    ['a state of 8,193 characters', `state=${'s'.repeat(8_193)}`, refused],
    ['64 KB in all', `a=${'a'.repeat(65_534)}`, empty],
    ['more than 64 KB in all', `a=${'a'.repeat(65_535)}`, refused],
    ['more than 64 KB of UTF-8', `a=${'ü'.repeat(32_768)}`, refused],
    ['a hint twice', 'id_token_hint=a&id_token_hint=a', refused],
    ['a state twice', 'state=a&state=b', refused],
    ['a NUL', 'state=%00', 'invalid_request (P001004)'],
  ])('logout request: %s (OIDC RP-Initiated Logout §2)', (_case, text, expected) => {
    expect(outcomeOf(() => parseLogoutRequest(text))).toEqual(expected)
  })

  it.each<[string, string]>([
    ['each parameter many times', 'state=a&'.repeat(8_000)],
    ['many parameters', Array.from({ length: 9_000 }, (_, i) => `a${i}=`).join('&')],
    ['many locales', `ui_locales=${'en+'.repeat(20_000)}`],
  ])('logout request: %s is read in less than 100 ms', async (_case, text) => {
    const milliseconds = await computed(() => outcomeOf(() => parseLogoutRequest(text)), 100)
    expect(milliseconds).toBeLessThan(100)
  })
})

describe('client_id beside an id_token_hint', () => {
  const client = clientWith({ clientId: 7, clientIdAlias: 'shop', clientIdAliasEnabled: true })
  const hinted = { client, aud: ['7'] }
  const other = 'invalid_request (P094002)'
  it.each<[string, string | undefined, typeof hinted | undefined, unknown]>([
    ['neither', undefined, undefined, undefined],
    ['only the hint', undefined, hinted, undefined],
    ['only the client_id', '8', undefined, undefined],
    ['the same', '7', hinted, undefined],
    ['the alias of the audience', 'shop', hinted, undefined],
    ['a former name in the audience', 'former', { client, aud: ['former'] }, undefined],
    ['another client', '8', hinted, other],
    ['the number with a zero', '07', hinted, other],
    ['the alias in capitals', 'SHOP', hinted, other],
  ])(
    'client_id beside a hint: %s (OIDC RP-Initiated Logout §2)',
    (_case, clientId, from, expected) => {
      expect(outcomeOf(() => requireSameClient(clientId, from))).toBe(expected)
    },
  )

  it('client_id beside a hint: a contradiction is explained to operators', () => {
    try {
      requireSameClient('8', hinted)
      expect.unreachable()
    } catch (error) {
      expect(error).toBeInstanceOf(Refusal)
      expect(explain(error as Refusal).resultCode).toBe('P094002')
    }
  })
})
