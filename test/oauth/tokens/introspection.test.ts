/** Rules of introspection, RFC 7662 §2 */
import { describe, expect, it } from 'vitest'
import {
  describeIdToken,
  mayBeIdToken,
  requireAuthenticated,
  requiredBearerScopes,
  requireOneWay,
} from '../../../src/oauth/tokens/introspection.ts'
import { explain, Refusal } from '../../../src/refusal.ts'
import { serviceWith } from '../../support/rules.ts'

const withAttribute = (key: string, value: string) => serviceWith({ attributes: [{ key, value }] })

/** The result of a rule, or the code of its refusal. */
function outcome(rule: () => unknown): unknown {
  try {
    return rule()
  } catch (error) {
    if (error instanceof Refusal) return explain(error).resultCode
    throw error
  }
}

describe('scopes of an access token that introspects', () => {
  const name = 'ext.introspection.bearer_scopes'
  it.each<[string, ReturnType<typeof serviceWith>, unknown]>([
    ['none accepted without the attribute', serviceWith({}), 'P102004'],
    ['any', withAttribute(name, ''), []],
    ['one', withAttribute(name, 'read'), ['read']],
    ['several', withAttribute(name, ' read  write '), ['read', 'write']],
    ['none accepted for a malformed value', withAttribute(name, 'a"b'), 'P102004'],
  ])('are %s (RFC 7662 §2.1)', (_case, service, expected) => {
    expect(outcome(() => requiredBearerScopes(service))).toEqual(expected)
  })
})

describe('the one that introspects', () => {
  it.each<[string, () => void, unknown]>([
    ['is refused without authentication', () => requireAuthenticated('NONE'), 'P102002'],
    ['may have a secret', () => requireAuthenticated('CLIENT_SECRET_BASIC'), undefined],
    ['is refused with two ways', () => requireOneWay(true), 'P102003'],
    ['may have one way', () => requireOneWay(false), undefined],
  ])('%s (RFC 7662 §2.1)', (_case, rule, expected) => {
    expect(outcome(rule)).toBe(expected)
  })
})

describe('ID Token in an introspection request', () => {
  const name = 'ext.introspect.id_token'
  it.each<[string | undefined, string | undefined, boolean]>([
    ['true', 'id_token', true],
    ['true', undefined, false],
    ['true', 'access_token', false],
    ['false', 'id_token', false],
    [undefined, 'id_token', false],
  ])('is expected with %s and the hint %s: %s (RFC 7662 §2.1)', (set, hint, expected) => {
    const service = set === undefined ? serviceWith({}) : withAttribute(name, set)
    expect(mayBeIdToken(service, hint)).toBe(expected)
  })

  const now = 1_000_000
  it.each<[string, unknown, boolean]>([
    ['in the future', 1_001, true],
    ['now', 1_000, false],
    ['in the past', 999, false],
    ['absent', undefined, false],
    ['a text', '2000', false],
  ])('is active by its exp: %s (OIDC Core §2)', (_case, exp, isActive) => {
    expect(describeIdToken({ sub: 'alice', exp }, 'c', now) !== undefined).toBe(isActive)
  })

  it('is described by claims of the protocol only (OIDC Core §2)', () => {
    const protocol = {
      ...{ iss: 'https://as.example.com', sub: 'alice', aud: ['c'], exp: 2_000, iat: 900 },
      ...{ auth_time: 800, nonce: 'n', acr: 'a', amr: ['pwd'], azp: 'c', sid: 's', jti: 'j' },
    }
    const claims = { ...protocol, email: 'alice@example.com', active: false, client_id: 'x' }
    expect(describeIdToken(claims, 'c', now)).toEqual({
      ...{ active: true, client_id: 'c' },
      ...protocol,
    })
  })
})
