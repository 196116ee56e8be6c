/** The security policy: requirements of each mode, sources of modes, and their precedence. */
import { describe, expect, it } from 'vitest'
import type { FapiMode } from '../../src/model/enums.ts'
import { modesExclude, type Policy, policyOf } from '../../src/oauth/policy.ts'
import { clientWith, serviceWith } from '../support/rules.ts'

const strong = ['PRIVATE_KEY_JWT', 'TLS_CLIENT_AUTH', 'SELF_SIGNED_TLS_CLIENT_AUTH']

const table: [FapiMode, Partial<Policy>][] = [
  [
    'FAPI1_BASELINE',
    {
      clientAuthMethods: ['NONE', 'CLIENT_SECRET_JWT', ...strong] as Policy['clientAuthMethods'],
      algorithms: undefined,
      pkceRequired: true,
      pkceS256Required: true,
      redirectUriRequired: true,
      nonceOrStateRequired: true,
      parRequired: false,
      senderConstraint: undefined,
    },
  ],
  [
    'FAPI1_ADVANCED',
    {
      clientAuthMethods: strong as Policy['clientAuthMethods'],
      algorithms: ['PS256', 'ES256'],
      senderConstraint: 'certificate',
      requestObjectRequired: true,
      requestObjectMerged: false,
      requestObjectDated: 'with nbf',
      responses: 'code or detached',
      issuerAudienceOnly: false,
      parRequired: false,
      pkceRequired: false,
    },
  ],
  [
    'FAPI2_SECURITY',
    {
      clientAuthMethods: strong as Policy['clientAuthMethods'],
      algorithms: ['PS256', 'ES256', 'EdDSA'],
      senderConstraint: 'any',
      issuerAudienceOnly: true,
      pkceRequired: true,
      pkceS256Required: true,
      parRequired: true,
      responses: 'code',
      issSuppressed: false,
      codeSecondsLimit: 60,
      pushedSecondsLimit: 599,
      refreshTokenKept: true,
      requestObjectRequired: false,
      jarmRequired: false,
      jwtIntrospectionRequired: false,
    },
  ],
  [
    'FAPI2_MESSAGE_SIGNING_AUTH_REQ',
    { requestObjectRequired: true, requestObjectDated: 'with nbf', parRequired: true },
  ],
  ['FAPI2_MESSAGE_SIGNING_AUTH_RES', { jarmRequired: true, parRequired: true }],
  [
    'FAPI2_MESSAGE_SIGNING_INTROSPECTION_RES',
    { jwtIntrospectionRequired: true, parRequired: true },
  ],
  ['FAPI2_MESSAGE_SIGNING_RESOURCE_REQ', { parRequired: true, resourceRequestSigned: true }],
  ['FAPI2_MESSAGE_SIGNING_RESOURCE_RES', { parRequired: true, resourceResponseSigned: true }],
]

const scopes = (attributes: { key: string; value: string }[]) => ({
  supportedScopes: [{ name: 'openid' }, { name: 'accounts', attributes }],
})

describe('security policy', () => {
  it.each(table)('of %s has the requirements of the profile', (mode, demands) => {
    const service = serviceWith({ fapiModes: [mode], issSuppressed: true })
    expect(policyOf(service)).toMatchObject(demands)
  })

  it('without a mode has only the requirements of service and client', () => {
    const policy = policyOf(serviceWith({ pkceRequired: true }), clientWith({ parRequired: true }))
    expect(policy).toMatchObject({
      ...{ clientAuthMethods: undefined, algorithms: undefined, senderConstraint: undefined },
      ...{ pkceRequired: true, pkceS256Required: false, parRequired: true, responses: 'any' },
    })
  })

  it('combines the requirements of several modes', () => {
    const service = serviceWith({
      fapiModes: ['FAPI2_MESSAGE_SIGNING_AUTH_RES', 'FAPI2_MESSAGE_SIGNING_AUTH_REQ'],
    })
    expect(policyOf(service)).toMatchObject({ jarmRequired: true, requestObjectRequired: true })
  })

  it('is FAPI 1.0 Advanced if Baseline is listed too, in any order', () => {
    for (const fapiModes of [
      ['FAPI1_ADVANCED', 'FAPI1_BASELINE'],
      ['FAPI1_BASELINE', 'FAPI1_ADVANCED'],
    ]) {
      expect(policyOf(serviceWith({ fapiModes })).clientAuthMethods).toEqual(strong)
    }
  })

  it('takes the modes of the service, then of the client, then of scopes', () => {
    const ofClient = clientWith({ fapiModes: ['FAPI1_ADVANCED'] })
    const service = serviceWith({ fapiModes: ['FAPI2_SECURITY'] })
    expect(policyOf(service, ofClient).parRequired).toBe(true)
    const fapi = { supportedServiceProfiles: ['FAPI'] }
    const byScope = serviceWith({ ...fapi, ...scopes([{ key: 'fapi2', value: 'sp' }]) })
    expect(policyOf(byScope, ofClient, ['accounts']).parRequired).toBe(false)
    expect(policyOf(byScope, clientWith(), ['accounts']).parRequired).toBe(true)
    expect(policyOf(byScope, clientWith(), ['openid']).parRequired).toBe(false)
  })

  it.each([
    ['fapi', 'r', { nonceOrStateRequired: true, senderConstraint: undefined }],
    ['fapi', 'rw', { senderConstraint: 'certificate' }],
    ['fapi2', 'sp', { senderConstraint: 'any' }],
    ['fapi2', 'ms-authreq', { requestObjectRequired: true }],
    ['fapi2', 'ms-authres', { jarmRequired: true }],
    ['fapi2', 'ms-introres', { jwtIntrospectionRequired: true }],
    ['fapi', 'constructor', { senderConstraint: undefined, nonceOrStateRequired: false }],
    ['fapi2', '__proto__', { senderConstraint: undefined, nonceOrStateRequired: false }],
    ['fapi', 'unknown', { senderConstraint: undefined, nonceOrStateRequired: false }],
  ])('of a scope with the attribute %s=%s', (key, value, demands) => {
    const more = scopes([{ key, value }])
    const service = serviceWith({ ...more, supportedServiceProfiles: ['FAPI'] })
    expect(policyOf(service, clientWith(), ['accounts'])).toMatchObject(demands)
    const unsupporting = serviceWith(more)
    expect(policyOf(unsupporting, clientWith(), ['accounts'])).toEqual(policyOf(unsupporting))
  })

  it('of FAPI 1.0 Advanced requires PKCE for PAR only, and nbf unless it is optional', () => {
    const service = serviceWith({ fapiModes: ['FAPI1_ADVANCED'], nbfOptional: true })
    expect(policyOf(service, undefined, [], 'pushed').pkceS256Required).toBe(true)
    expect(policyOf(service)).toMatchObject({
      ...{ pkceRequired: false, requestObjectDated: 'without nbf' },
    })
  })

  it('cannot combine FAPI 1.0 and FAPI 2.0', () => {
    expect(modesExclude(['FAPI1_BASELINE', 'FAPI2_SECURITY'])).toBe(true)
    expect(modesExclude(['FAPI1_BASELINE', 'FAPI1_ADVANCED'])).toBe(false)
    expect(modesExclude(undefined)).toBe(false)
  })
})
