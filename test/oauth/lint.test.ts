/** Lints: advice about settings by security profiles. */
import { describe, expect, it } from 'vitest'
import { Client, ClientDocument } from '../../src/model/client/client.ts'
import { Service, ServiceDocument } from '../../src/model/service/service.ts'
import { clientLints } from '../../src/oauth/lint/client-lints.ts'
import { type Lint, profiles, reportOf } from '../../src/oauth/lint/lint.ts'
import { serviceLints } from '../../src/oauth/lint/service-lints.ts'
import { clientSubject, serviceSubject } from '../../src/oauth/lint/subjects.ts'
import { jwksOf, serviceKeys } from '../support/keys.ts'
import { isKnown } from '../support/specifications.ts'

const times = { createdAt: 0, modifiedAt: 0 }
const now = 200 * 86_400_000

const serviceOf = (more: object) =>
  serviceSubject(Service.parse({ number: 1, apiKey: 1, ...times, ...more }))
const service = serviceOf({}).service

const clientOf = (more: object, at = now) =>
  clientSubject(service, Client.parse({ number: 1, clientId: 1, ...times, ...more }), at)

/** For each lint, settings that it applies to. */
const badServices: Record<string, object> = {
  L1004: { pkceRequired: true },
  L1005: { issSuppressed: true },
  L1006: { refreshTokenKept: true },
  L1106: { supportedScopes: [{ name: 'read' }] },
  L1111: {
    attributes: [{ key: 'ext.resources', value: '[{"resource":"http://tools.example/mcp"}]' }],
  },
  L1112: { dynamicRegistrationSupported: true },
  L1201: { accessTokenDuration: 86_401 },
  L1202: { authorizationCodeDuration: 601 },
  L1203: { jwks: jwksOf(...serviceKeys.slice(0, 1)) },
  L1205: { attributes: [{ key: 'ext.mode', value: 'test' }] },
  L1308: { authorizationCodeDuration: 61 },
  L1311: { issSuppressed: true },
}
const badClients: Record<string, object> = {
  L2001: { redirectUris: ['http://app.example/cb'] },
  L2005: { clientType: 'CONFIDENTIAL' },
  L2007: { idTokenSignAlg: 'RS256', requestSignAlg: 'NONE' },
  L2008: { tokenAuthMethod: 'PRIVATE_KEY_JWT' },
  L2010: { redirectUris: ['app:/cb'] },
  L2011: { clientSecretExpiresAt: now + 86_400_000 },
}

const patched = (document: object, fix: object | undefined) => ({ ...document, ...fix })

describe.each<[string, readonly Lint<never>[], (more: object) => object, Record<string, object>]>([
  ['service', serviceLints, serviceOf, badServices],
  ['client', clientLints, clientOf, badClients],
])('lint of a %s', (kind, lints, subjectOf, bad) => {
  const rows = lints as unknown as Lint<object>[]

  it.each(rows.map((lint) => [lint.code, lint] as const))(
    '%s applies, and its fix mends it',
    (code, lint) => {
      const settings = bad[code] ?? {}
      const subject = subjectOf(settings)
      expect(lint.applies(subject)).toBe(true)
      const fix = lint.fix?.(subject)
      if (fix === undefined) return
      const shape = kind === 'service' ? ServiceDocument : ClientDocument
      expect(Object.keys(shape.shape)).toEqual(expect.arrayContaining(Object.keys(fix)))
      expect(lint.applies(subjectOf(patched(settings, fix)))).toBe(false)
    },
  )

  it('cites known specifications, has a code of its own, and names a property', () => {
    const codes = rows.map(({ code }) => code)
    expect(new Set(codes).size).toBe(codes.length)
    for (const { spec, says, profiles: of } of rows) {
      if (spec !== undefined) expect(isKnown(spec.replace(/ §.*$/, ''))).toBe(true)
      expect(says).toMatch(/^[A-Z].*\.$/)
      expect(profiles).toEqual(expect.arrayContaining([...of]))
    }
  })
})

describe('lint of a test service', () => {
  it.each([
    ['https://as.example.com', true],
    ['https://attestation.example.com', true],
    ['https://as.test.example.com', false],
    ['https://as.example.com/staging', false],
    ['http://127.0.0.1:7679', false],
  ])('asks the issuer %s to say that it is for tests: %s', (issuer, isAsked) => {
    const codes = (more: object) =>
      reportOf(serviceLints, serviceOf({ issuer, ...more })).findings.map(({ code }) => code)
    const attributes = [{ key: 'ext.mode', value: 'test' }]
    expect(codes({ attributes }).includes('L1205')).toBe(isAsked)
    expect(codes({})).not.toContain('L1205')
  })
})

describe('lint of the resources of a service', () => {
  it.each([
    ['no resource', undefined, ['L1110']],
    ['a resource with http', 'http://tools.example/mcp', ['L1111']],
    ['a resource that is no URL', 'urn:example:tools', ['L1111']],
    ['a resource with https', 'HTTPS://tools.example/mcp', []],
  ])('finds %s', (_, resource, codes) => {
    const value = JSON.stringify([{ resource }])
    const attributes = resource === undefined ? [] : [{ key: 'ext.resources', value }]
    const { findings } = reportOf(serviceLints, serviceOf({ attributes }), ['mcp'])
    const found = findings.filter(({ code }) => ['L1110', 'L1111'].includes(code))
    expect(found.map(({ code }) => code)).toEqual(codes)
  })
})

describe('profile', () => {
  const keys = { jwks: jwksOf(...serviceKeys) }
  const endpoints = {
    issuer: 'https://as.example.com',
    authorizationEndpoint: 'https://as.example.com/authorize',
    tokenEndpoint: 'https://as.example.com/token',
    pushedAuthReqEndpoint: 'https://as.example.com/par',
    jwksUri: 'https://as.example.com/jwks',
    supportedScopes: [{ name: 'openid' }],
  }
  const conforms = (more: object) =>
    reportOf(serviceLints, serviceOf({ ...endpoints, ...keys, ...more })).conforms

  it('of FAPI 2.0 holds with its mode and a short code', () => {
    expect(conforms({})).toMatchObject({ 'fapi2-security': false, 'oidc-op': true })
    expect(conforms({ fapiModes: ['FAPI2_SECURITY'] })).toMatchObject({ 'fapi2-security': true })
  })

  it('of FAPI 1.0 Advanced holds with its mode', () => {
    expect(conforms({})).toMatchObject({ 'fapi1-advanced': false })
    expect(conforms({ fapiModes: ['FAPI1_ADVANCED'] })).toMatchObject({ 'fapi1-advanced': true })
  })

  it('of OAuth 2.1 and of MCP hold with the attribute ext.profile', () => {
    const attributes = (value: string) => ({ attributes: [{ key: 'ext.profile', value }] })
    expect(conforms({})).toMatchObject({ 'oauth-2.1': false, mcp: false })
    expect(conforms(attributes('oauth-2.1'))).toMatchObject({ 'oauth-2.1': true })
    expect(conforms(attributes('mcp'))).toMatchObject({ mcp: true })
    expect(conforms(attributes('mcp-2025-11-25'))).toMatchObject({ mcp: true })
  })

  it('of HAIP holds with its version', () => {
    expect(conforms({})).toMatchObject({ haip: false })
    expect(conforms({ haipVersion: '1.0' })).toMatchObject({ haip: true })
  })

  it('that is not asked for is not reported', () => {
    const report = reportOf(serviceLints, serviceOf({}), ['operations'])
    expect(Object.keys(report.conforms)).toEqual(['operations'])
    expect(new Set(report.findings.flatMap(({ profiles: of }) => of))).toEqual(
      new Set(['operations']),
    )
  })
})
