/** Conversion of client metadata (RFC 7591 §2, OIDC Registration §2) to properties, and back. */
import { describe, expect, it } from 'vitest'
import { Client } from '../../../src/model/client/client.ts'
import { Service } from '../../../src/model/service/service.ts'
import { findClientProblems } from '../../../src/oauth/registration/client-rules.ts'
import { parseMetadata, readMetadata } from '../../../src/oauth/registration/foreign-metadata.ts'
import { writeClientMetadata } from '../../../src/oauth/registration/metadata-names.ts'

const service = Service.parse({ number: 1, apiKey: 1, createdAt: 0, modifiedAt: 0 })

const all = {
  redirect_uris: ['https://app.example.com/callback'],
  token_endpoint_auth_method: 'self_signed_tls_client_auth',
  token_endpoint_auth_signing_alg: 'ES256',
  grant_types: ['authorization_code', 'urn:openid:params:grant-type:ciba'],
  response_types: ['code', 'code id_token', 'none'],
  response_modes: ['query', 'form_post.jwt', 'jwt'],
  client_name: 'App',
  'client_name#de': 'Anwendung',
  'client_name#ja-Hani-JP': '名前',
  client_uri: 'https://app.example.com/',
  logo_uri: 'https://app.example.com/logo',
  'logo_uri#de': 'https://app.example.com/de/logo',
  tos_uri: 'https://app.example.com/tos',
  policy_uri: 'https://app.example.com/policy',
  scope: 'openid read',
  contacts: ['dev@app.example.com'],
  jwks: { keys: [] },
  software_id: 'app',
  software_version: '1.0',
  application_type: 'web',
  subject_type: 'pairwise',
  id_token_signed_response_alg: 'PS256',
  id_token_encrypted_response_alg: 'RSA-OAEP-256',
  id_token_encrypted_response_enc: 'A256GCM',
  userinfo_signed_response_alg: 'none',
  userinfo_encrypted_response_alg: 'ECDH-ES+A128KW',
  userinfo_encrypted_response_enc: 'A128CBC-HS256',
  authorization_signed_response_alg: 'EdDSA',
  authorization_encrypted_response_alg: 'dir',
  authorization_encrypted_response_enc: 'A192GCM',
  request_object_signing_alg: 'ES512',
  request_object_encryption_alg: 'PBES2-HS512+A256KW',
  request_object_encryption_enc: 'A192CBC-HS384',
  request_uris: ['https://app.example.com/request'],
  require_signed_request_object: true,
  require_pushed_authorization_requests: true,
  default_max_age: 60,
  default_acr_values: ['loa2', 'loa3'],
  require_auth_time: true,
  initiate_login_uri: 'https://app.example.com/login',
  tls_client_certificate_bound_access_tokens: true,
  tls_client_auth_san_dns: 'app.example.com',
  use_mtls_endpoint_aliases: true,
  dpop_bound_access_tokens: false,
  authorization_details_types: ['payment'],
  backchannel_token_delivery_mode: 'ping',
  backchannel_client_notification_endpoint: 'https://app.example.com/ciba',
  backchannel_authentication_request_signing_alg: 'ES256',
  backchannel_user_code_parameter: true,
  post_logout_redirect_uris: ['https://app.example.com/bye'],
  frontchannel_logout_uri: 'https://app.example.com/front',
  frontchannel_logout_session_required: true,
  backchannel_logout_uri: 'https://app.example.com/logout',
  backchannel_logout_session_required: true,
  credential_offer_endpoint: 'https://app.example.com/offer',
  client_registration_types: ['automatic'],
  organization_name: 'Example',
  signed_jwks_uri: 'https://app.example.com/keys',
  spiffe_id: 'spiffe://example.com/app',
  spiffe_bundle_endpoint: 'https://app.example.com/bundle',
}

const clientOf = (metadata: Record<string, unknown>, customNames: string[] = []) => {
  const reading = readMetadata(metadata, customNames)
  if ('problem' in reading) throw new Error(JSON.stringify(reading.problem))
  const times = { createdAt: 0, modifiedAt: 0 }
  return Client.parse({ ...reading.document, number: 1, clientId: 1, ...times })
}

describe('client metadata', () => {
  it('is converted to valid client properties and back', async () => {
    const client = clientOf({ ...all, unknown: 1, team: { id: 1 } }, ['team'])
    expect(client).toMatchObject({
      clientType: 'CONFIDENTIAL',
      tokenAuthMethod: 'SELF_SIGNED_TLS_CLIENT_AUTH',
      grantTypes: ['AUTHORIZATION_CODE', 'CIBA'],
      responseTypes: ['CODE', 'CODE_ID_TOKEN', 'NONE'],
      responseModes: ['QUERY', 'FORM_POST_JWT', 'JWT'],
      bcDeliveryMode: 'ping',
      jwks: '{"keys":[]}',
      extension: { requestableScopesEnabled: true, requestableScopes: ['openid', 'read'] },
    })
    expect(await findClientProblems(client, service)).toEqual([])
    const { scope: _, ...written } = all
    expect(writeClientMetadata(client)).toMatchObject(written)
    expect(client.customMetadata).toBe('{"team":{"id":1}}')
  })

  it('has no secret-based method for a public client (RFC 7591 §2)', () => {
    expect(clientOf({ token_endpoint_auth_method: 'none' }).clientType).toBe('PUBLIC')
    expect(clientOf({})).toMatchObject({
      clientType: 'CONFIDENTIAL',
      tokenAuthMethod: 'CLIENT_SECRET_BASIC',
    })
  })

  it('accepts response types in any word order and omits unknown ones (RFC 6749 §3.1.1)', () => {
    const types = ['id_token code', 'token  id_token', 'magic']
    const { responseTypes } = clientOf({ response_types: types })
    expect(responseTypes).toEqual(['CODE_ID_TOKEN', 'ID_TOKEN_TOKEN'])
  })

  it('reports the path of a value of the wrong type', () => {
    const problemOf = (metadata: Record<string, unknown>) => {
      const reading = readMetadata(metadata)
      return 'problem' in reading ? reading.problem.path : undefined
    }
    expect(problemOf({ grant_types: [1] })).toBe('grant_types')
    expect(problemOf({ redirect_uris: [null] })).toBe('redirect_uris')
    expect(problemOf({ jwks: [] })).toBe('jwks')
    expect(problemOf({ 'tos_uri#de': [] })).toBe('tos_uri')
    expect(problemOf({ client_name: 'a'.repeat(10_000) })).toBe('client_name')
    expect(problemOf({ request_object_encryption_alg: 'ROT13' })).toBe(
      'request_object_encryption_alg',
    )
  })

  it('is parsed from a JSON object without members that are null (RFC 7592 §2.2)', () => {
    expect(parseMetadata('{"client_name":null,"jwks":{"a":null}}')).toEqual({ jwks: { a: null } })
    expect(parseMetadata('[]')).toBeUndefined()
  })
})
