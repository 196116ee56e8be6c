/** The maximum lifetime of refresh tokens, from the first one of a grant. */
import { describe, expect, it } from 'vitest'
import { refreshExpiry } from '../../../src/oauth/tokens/expiry.ts'
import { clientWith, serviceWith } from '../../support/rules.ts'

const maximum = (value?: string) => ({
  attributes: value === undefined ? [] : [{ key: 'ext.refresh.max_lifetime', value }],
})

describe('maximum lifetime of a refresh token', () => {
  const createdAt = 1_000_000
  it.each<[string, string | undefined, string | undefined, number, number]>([
    ['no maximum', undefined, undefined, 9_000_000, 9_000_000],
    ['of the service', '60', undefined, 9_000_000, 1_060_000],
    ['of the client', undefined, '30', 9_000_000, 1_030_000],
    ['the shorter one, of the client', '60', '30', 9_000_000, 1_030_000],
    ['the shorter one, of the service', '60', '90', 9_000_000, 1_060_000],
    ['an earlier expiry stays', '60', '90', 1_005_000, 1_005_000],
    ['a maximum of 0 is none', '0', '0', 9_000_000, 9_000_000],
    ['a maximum that is text is none', '1h', undefined, 9_000_000, 9_000_000],
  ])('%s (RFC 9700 §4.14.2)', (_case, ofService, ofClient, expiresAt, expected) => {
    const service = serviceWith(maximum(ofService))
    const client = clientWith(maximum(ofClient))
    expect(refreshExpiry(service, client, { createdAt, expiresAt })).toBe(expected)
  })
})
