/** Entity identifiers, OpenID Federation §1.2. */
import { describe, expect, it } from 'vitest'
import { configurationUrl, isEntityId } from '../../../src/oauth/federation/entity-id.ts'

describe('entity identifier', () => {
  it.each([
    'https://rp.example',
    'https://rp.example/',
    'https://rp.example:8443/a/b',
    'https://xn--mnchen-3ya.example/rp',
    'https://rp.example/a%20b',
  ])('accepts %s', (text) => {
    expect(isEntityId(text)).toBe(true)
  })

  it.each([
    ['http', 'http://rp.example'],
    ['a query', 'https://rp.example/?a=b'],
    ['a fragment', 'https://rp.example/#a'],
    ['user information', 'https://a@rp.example'],
    ['a dot segment', 'https://rp.example/a/../b'],
    ['an encoded dot segment', 'https://rp.example/%2e%2e/b'],
    ['a host in upper case', 'https://RP.example'],
    ['a default port', 'https://rp.example:443/'],
    ['an encoded slash', 'https://rp.example/a%2fb'],
    ['a backslash', 'https://rp.example\\a'],
    ['a space', 'https://rp.example/a b'],
    ['no host', 'https:///a'],
    ['another form of an address', 'https://127.1/'],
    ['2,049 characters', `https://rp.example/${'a'.repeat(2_030)}`],
    ['no text', undefined],
  ])('refuses %s', (_what, text) => {
    expect(isEntityId(text)).toBe(false)
  })

  it('leads to the configuration without a doubled slash', () => {
    const wellKnown = '/.well-known/openid-federation'
    expect(configurationUrl('https://rp.example/')).toBe(`https://rp.example${wellKnown}`)
    expect(configurationUrl('https://rp.example/a')).toBe(`https://rp.example/a${wellKnown}`)
  })
})
