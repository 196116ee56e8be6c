/** `sid`: which ID Tokens contain it, and how it differs by client. */
import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Grant } from '../../../src/model/grant.ts'
import { includesSid, sidFor } from '../../../src/oauth/logout/sid.ts'
import { sessionBehind, sessionHeader } from '../../../src/oauth/tokens/pairwise-session.ts'
import { clientWith, serviceWith } from '../../support/rules.ts'

const pairwiseSubjectSalt = 'the salt'
const service = serviceWith({ pairwiseSubjectSalt })
const open = clientWith({ subjectType: 'PUBLIC' })
const pairwise = (derivedSectorIdentifier?: string, clientId = 1) =>
  clientWith({ subjectType: 'PAIRWISE', derivedSectorIdentifier, clientId })
const hmac = (text: string) =>
  createHmac('sha256', pairwiseSubjectSalt).update(text).digest('base64url')

describe('sid', () => {
  it('is the identifier of the session for a client with public subjects', () => {
    expect(sidFor(service, open, 'session-1')).toBe('session-1')
  })

  it('is derived from salt, sector and session for a client with pairwise subjects', () => {
    const expected = hmac('sid\0a.example\0session-1')
    expect(sidFor(service, pairwise('a.example', 1), 'session-1')).toBe(expected)
    expect(sidFor(service, pairwise('a.example', 2), 'session-1')).toBe(expected)
    expect(sidFor(service, pairwise(undefined, 7), 's')).toBe(hmac('sid\0client 7\0s'))
    const attributes = [{ key: 'ext.subject.default', value: 'pairwise' }]
    const always = serviceWith({ pairwiseSubjectSalt, attributes })
    expect(sidFor(always, open, 's')).toBe(hmac('sid\0client 1\0s'))
  })

  it('differs by sector, by session and by salt', () => {
    const first = sidFor(service, pairwise('a.example'), 's')
    const salted = serviceWith({ pairwiseSubjectSalt: 'another' })
    expect([
      sidFor(service, pairwise('b.example'), 's'),
      sidFor(service, pairwise('a.example'), 't'),
      sidFor(salted, pairwise('a.example'), 's'),
    ]).not.toContain(first)
  })
})

describe('an ID Token', () => {
  const uri = 'https://app.example.com/logout'
  const on = [{ key: 'ext.session.registry', value: 'on' }]
  it.each<[string, object, object, string[], boolean]>([
    ['of another client', {}, {}, ['openid'], false],
    ['of a client with a back-channel URI', {}, { backchannelLogoutUri: uri }, ['openid'], true],
    ['of a client with a front-channel URI', {}, { frontchannelLogoutUri: uri }, ['openid'], true],
    ['of a client without notifications', {}, { postLogoutRedirectUris: [uri] }, [], false],
    ['of Native SSO', { nativeSsoSupported: true }, {}, ['device_sso'], true],
    ['of a service that keeps sessions', { attributes: on }, {}, ['openid'], true],
  ])('%s: contains sid as expected', (_case, ofService, ofClient, scopes, expected) => {
    const of = [serviceWith(ofService), clientWith(ofClient)] as const
    expect(includesSid(...of, Grant.parse({ scopes }))).toBe(expected)
  })
})

describe('the session behind a pairwise sid', () => {
  const client = pairwise('a.example')
  const sealed = (sessionId: string) => {
    const sid = sidFor(service, client, sessionId)
    return { sid, header: sessionHeader(service, client, { sid, iat: 1 }, sessionId) }
  }

  it('is found again in the header of the ID Token, whatever its name', () => {
    const text = fc.string({ minLength: 1, maxLength: 200, unit: 'grapheme-ascii' })
    fc.assert(
      fc.property(text, (sessionId) => {
        const { sid, header } = sealed(sessionId)
        expect(sessionBehind(service, header, sid)).toBe(sessionId)
      }),
    )
  })

  it('is not found with another sid or another salt: the sid then names no session', () => {
    const { sid, header } = sealed('session-1')
    expect(sessionBehind(service, header, 'other')).toBe('other')
    expect(sessionBehind(serviceWith({ pairwiseSubjectSalt: 'x' }), header, sid)).toBe(sid)
    for (const broken of ['', 'AAAA', 5]) {
      expect(sessionBehind(service, { postern_session: broken }, sid)).toBe(sid)
    }
  })

  it('is not in the header of an ID Token with a public sid, and tells clients nothing by its length', () => {
    expect(sessionHeader(service, open, { sid: 's' }, 's')).toEqual({})
    const [short, long] = ['s', 's'.repeat(60)].map((text) => JSON.stringify(sealed(text).header))
    expect(short?.length).toBe(long?.length)
    expect(long).not.toContain('ssss')
  })
})
