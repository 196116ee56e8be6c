/** Clients from the metadata of relying parties, OpenID Federation §5.1.2 and §12.1. */
import { describe, expect, it } from 'vitest'
import { acceptedMethods } from '../../../src/oauth/client-authentication/accepted-methods.ts'
import {
  type Registration,
  relyingPartyClient,
} from '../../../src/oauth/federation/relying-party.ts'
import { redirectUri } from '../../support/flows.ts'
import { serviceWith } from '../../support/rules.ts'

const metadata = { redirect_uris: [redirectUri], jwks_uri: 'https://rp.example/jwks' }

const read = (more: object, registration: Registration = 'automatic', settings: object = {}) =>
  relyingPartyClient(
    JSON.parse(JSON.stringify({ ...metadata, ...more })),
    registration,
    serviceWith(settings),
  )

/** The code of the refusal; undefined without one. */
function outcome(more: object, registration?: Registration): string | undefined {
  try {
    read(more, registration)
    return undefined
  } catch (error) {
    return (error as { rule: { code: string } }).rule.code
  }
}

/** The registered method and all that are accepted. */
function methods(more: object, registration?: Registration, settings?: object) {
  const { document, authMethodsAllowed } = read(more, registration, settings)
  return acceptedMethods({ ...document, authMethodsAllowed })
}

describe('client authentication method of a relying party', () => {
  it.each<[string, object, string[]]>([
    ['private_key_jwt by default', {}, ['PRIVATE_KEY_JWT']],
    [
      'the declared one',
      { token_endpoint_auth_method: 'self_signed_tls_client_auth' },
      ['SELF_SIGNED_TLS_CLIENT_AUTH'],
    ],
    [
      'the first asymmetric of a list, and the others besides',
      {
        token_endpoint_auth_methods_supported: [
          'client_secret_basic',
          'self_signed_tls_client_auth',
          'private_key_jwt',
        ],
      },
      ['SELF_SIGNED_TLS_CLIENT_AUTH', 'PRIVATE_KEY_JWT'],
    ],
    [
      'the declared one before the list',
      {
        token_endpoint_auth_method: 'private_key_jwt',
        token_endpoint_auth_methods_supported: ['self_signed_tls_client_auth', 'private_key_jwt'],
      },
      ['PRIVATE_KEY_JWT', 'SELF_SIGNED_TLS_CLIENT_AUTH'],
    ],
    [
      'an asymmetric one of the list if the declared one has a secret',
      {
        token_endpoint_auth_method: 'client_secret_basic',
        token_endpoint_auth_methods_supported: ['client_secret_basic', 'private_key_jwt'],
      },
      ['PRIVATE_KEY_JWT'],
    ],
    [
      'no method of a list that lacks its metadata, nor a second one of mutual TLS',
      {
        tls_client_auth_san_dns: 'rp.example',
        token_endpoint_auth_methods_supported: [
          'private_key_jwt',
          'self_signed_tls_client_auth',
          'tls_client_auth',
        ],
      },
      ['PRIVATE_KEY_JWT', 'SELF_SIGNED_TLS_CLIENT_AUTH'],
    ],
  ])('is %s (OpenID Federation §12.1.4)', (_what, more, expected) => {
    expect(methods(more)).toEqual(expected)
  })

  it('is one that the service supports, if the list has one', () => {
    const listed = {
      token_endpoint_auth_methods_supported: ['self_signed_tls_client_auth', 'private_key_jwt'],
    }
    const settings = { supportedTokenAuthMethods: ['PRIVATE_KEY_JWT'] }
    expect(methods(listed, 'automatic', settings)[0]).toBe('PRIVATE_KEY_JWT')
  })

  it('has a secret only after an explicit registration', () => {
    const basic = { token_endpoint_auth_method: 'client_secret_basic' }
    expect(methods(basic, 'explicit')).toEqual(['CLIENT_SECRET_BASIC'])
    expect(outcome(basic)).toBe('P137004')
    expect(methods({}, 'explicit')).toEqual(['PRIVATE_KEY_JWT'])
  })
})

describe('metadata of a relying party', () => {
  it.each<[string, object]>([
    ['a public client', { token_endpoint_auth_method: 'none' }],
    [
      'only methods with a secret',
      { token_endpoint_auth_methods_supported: ['client_secret_jwt'] },
    ],
    ['a secret', { client_secret: 'x'.repeat(43) }],
    ['a symmetric algorithm', { id_token_signed_response_alg: 'HS256' }],
    ['symmetric encryption', { request_object_encryption_alg: 'A128KW' }],
    ['unsigned request objects', { request_object_signing_alg: 'none' }],
  ])('are refused with %s for automatic registration', (_what, more) => {
    expect(outcome(more)).toBe('P137004')
  })

  it('name the way to register, if they name any (OpenID Federation §5.1.2)', () => {
    const only = (...types: string[]) => ({ client_registration_types: types })
    expect(outcome({})).toBeUndefined()
    expect(outcome({}, 'explicit')).toBeUndefined()
    expect(outcome(only('explicit', 'automatic'))).toBeUndefined()
    expect(outcome(only('explicit'))).toBe('P137001')
    expect(outcome(only('automatic'), 'explicit')).toBe('P137001')
    expect(outcome(only())).toBe('P137001')
    expect(outcome({ client_registration_types: 'automatic' })).toBe('P137001')
  })

  it('have redirect URIs and keys', () => {
    expect(outcome({ redirect_uris: [] })).toBe('P137002')
    expect(outcome({ redirect_uris: undefined })).toBe('P137002')
    expect(outcome({ jwks_uri: undefined })).toBe('P137003')
    expect(
      outcome({ jwks_uri: undefined, signed_jwks_uri: 'https://rp.example/s' }),
    ).toBeUndefined()
  })

  it('are refused with values of wrong types, and with text that cannot be stored', () => {
    expect(outcome({ redirect_uris: [1] })).toBe('P137005')
    expect(outcome({ client_name: 'a\u0000b' })).toBe('P137005')
  })

  it('ask an explicit registration for no more than the service supports (RFC 7591 §3.2.1)', () => {
    const asked = { grant_types: ['authorization_code', 'client_credentials', 'refresh_token'] }
    const settings = { supportedGrantTypes: ['AUTHORIZATION_CODE', 'CLIENT_CREDENTIALS'] }
    const { document } = read(asked, 'explicit', settings)
    expect(document.grantTypes).toEqual(['AUTHORIZATION_CODE'])
  })
})
