/** Subjects for clients and resource servers, pairwise or public, OIDC Core §8. */
import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import {
  isPairwise,
  subjectForClient,
  subjectForResources,
} from '../../../src/oauth/tokens/subject.ts'
import { clientWith, serviceWith } from '../../support/rules.ts'

const pairwiseSubjectSalt = 'the salt'
const attribute = (key: string) => ({
  pairwiseSubjectSalt,
  attributes: [{ key, value: 'pairwise' }],
})
const plain = serviceWith({ pairwiseSubjectSalt })
const always = serviceWith(attribute('ext.subject.default'))
const inTokens = serviceWith(attribute('ext.subject.in_access_token'))
const sector = (derivedSectorIdentifier: string | undefined, clientId = 1) =>
  clientWith({ subjectType: 'PAIRWISE', derivedSectorIdentifier, clientId })
const open = clientWith({ subjectType: 'PUBLIC' })
const made = (text: string, salt = pairwiseSubjectSalt) =>
  createHmac('sha256', salt).update(text).digest('base64url')

describe('subject for a client', () => {
  it.each<[string, typeof plain, typeof open, string | undefined, string]>([
    ['public', plain, open, undefined, 'alice'],
    ['pairwise by its sector', plain, sector('a.example'), undefined, made('a.example\nalice')],
    ['pairwise without a sector', plain, sector(undefined, 7), undefined, made('client 7\nalice')],
    ['pairwise for every client of the service', always, open, undefined, made('client 1\nalice')],
    ['that the caller chose', plain, sector('a.example'), 'chosen', 'chosen'],
  ])('subject for a client: %s (OIDC Core §8.1)', (_case, service, client, sub, expected) => {
    expect(subjectForClient(service, client, { sub }, 'alice')).toBe(expected)
  })

  it('subject for a client: depends on sector, user and salt only (OIDC Core §8.1)', () => {
    const of = (service: typeof plain, client: typeof open, subject: string) =>
      subjectForClient(service, client, { sub: undefined }, subject)
    const first = of(plain, sector('a.example', 1), 'alice')
    expect(of(plain, sector('a.example', 2), 'alice')).toBe(first)
    expect(of(plain, sector('b.example'), 'alice')).not.toBe(first)
    expect(of(plain, sector('a.example'), 'bob')).not.toBe(first)
    const salted = serviceWith({ pairwiseSubjectSalt: 'another' })
    expect(of(salted, sector('a.example'), 'alice')).not.toBe(first)
    expect(first).toMatch(/^[\w-]{43}$/)
  })

  it('subject for a client: pairwise by registration or by the service (OIDC Core §8)', () => {
    expect([isPairwise(plain, open), isPairwise(always, open)]).toEqual([false, true])
    expect(isPairwise(plain, sector('a.example'))).toBe(true)
  })
})

describe('subject for resource servers', () => {
  const client = sector('a.example')
  it.each<[string, typeof plain, string | undefined, string]>([
    ['the user', plain, undefined, 'alice'],
    ['what the caller chose', plain, 'chosen', 'chosen'],
    ['pairwise, where the service has it so', inTokens, undefined, made('a.example\nalice')],
  ])('subject for resource servers: %s (OIDC Core §8)', (_case, service, sub, expected) => {
    expect(subjectForResources(service, client, { sub }, 'alice')).toBe(expected)
  })
})
