/**
 * What the certification suite checks of the entity configuration of a provider
 * (`openid-federation-entity-configuration`), each check by the name of its condition.
 */
import { createPublicKey, type JsonWebKey } from 'node:crypto'
import type { JWK } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { attributes, createEntity, superior, verified } from '../../support/entity.ts'
import { issuer, type TestService } from '../../support/flows.ts'
import type { Json } from '../../support/server.ts'

let service: TestService
/** The HTTP response of the frontend, and the statement in it. */
let response: { status: number; headers: Record<string, string>; body: string }
let header: Json
let claims: Json
let provider: Json
let keys: JWK[]
beforeAll(async () => {
  service = await createEntity({
    ...{ organizationName: 'Example', signedJwksUri: `${issuer}/signed-jwks` },
    ...{ registrationEndpoint: `${issuer}/register`, dynamicRegistrationSupported: true },
    pushedAuthReqEndpoint: `${issuer}/par`,
    ...attributes({
      'ext.federation.entity_metadata': {
        federation_historical_keys_endpoint: `${issuer}/federation/historical-keys`,
        contacts: ['ops@example.com'],
      },
    }),
  })
  const relayed = await service.api('/federation/configuration', {}, { Prefer: 'relay' })
  response = relayed.relay
  const decoded = response.body.split('.').map((part) => Buffer.from(part, 'base64url').toString())
  header = JSON.parse(decoded[0] ?? '')
  claims = JSON.parse(decoded[1] ?? '')
  keys = claims['jwks'].keys
  provider = claims['metadata'].openid_provider
})
afterAll(() => service.close())

const isHttps = (text: unknown): boolean =>
  typeof text === 'string' && new URL(text).protocol === 'https:' && !text.includes('#')
const now = () => service.system.clock() / 1000

const checks: [string, string, () => unknown][] = [
  ['EnsureHttpStatusCodeIs200', '§9.2', () => response.status === 200],
  [
    'EnsureContentTypeEntityStatementJwt',
    '§9.2',
    () => response.headers['Content-Type'] === 'application/entity-statement+jwt',
  ],
  ['the type of the header', '§3', () => header['typ'] === 'entity-statement+jwt'],
  ['ValidateEntityStatementIss', '§3.1.1', () => claims['iss'] === issuer],
  ['ValidateEntityStatementSub', '§3.1.1', () => claims['sub'] === issuer],
  ['ValidateEntityStatementIat', '§3.1.1', () => claims['iat'] <= now() + 300],
  ['ValidateEntityStatementExp', '§3.1.1', () => claims['exp'] > now()],
  [
    'ValidateECJWKs',
    '§3.1.1',
    () => keys.every((key) => createPublicKey({ key: key as JsonWebKey, format: 'jwk' })),
  ],
  [
    'CheckDistinctKeyIdValueInEntityStatementJWKs',
    '§3.1.1',
    () => new Set(keys.map(({ kid }) => kid)).size === keys.length && keys.every(({ kid }) => kid),
  ],
  [
    'EnsureEntityStatementJwksDoesNotContainPrivateOrSymmetricKeys',
    '§3.1.1',
    () => keys.every((key) => !['d', 'p', 'q', 'dp', 'dq', 'qi', 'k'].some((name) => name in key)),
  ],
  [
    'EnsureEntityStatementJwksHasMinimumKeyLength',
    '§3.1.1',
    () =>
      keys.every(({ kty, n = '', x = '' }) =>
        kty === 'RSA'
          ? Buffer.from(n, 'base64url').length >= 256
          : Buffer.from(x, 'base64url').length >= 32,
      ),
  ],
  ['VerifyEntityStatementSignature', '§3.2', () => verified(service, response.body, keys)],
  ['ValidateAbsenceOfMetadataPolicy', '§3.1.3', () => !('metadata_policy' in claims)],
  ['ValidateAuthorityHints', '§3.1.2', () => claims['authority_hints'][0] === superior],
  [
    'ValidateEntityStatementMetadata',
    '§5',
    () => Object.keys(claims['metadata']).sort().join() === 'federation_entity,openid_provider',
  ],
  [
    'ValidateFederationEntityMetadata',
    '§5.1.1',
    () =>
      Object.entries<unknown>(claims['metadata'].federation_entity)
        .filter(([name]) => name.endsWith('_endpoint'))
        .every(([, value]) => isHttps(value)),
  ],
  ['CheckDiscEndpointIssuer', '§5.1.3', () => provider['issuer'] === claims['iss']],
  [
    'OIDCCCheckDiscEndpointResponseTypesSupportedDynamic',
    '§5.1.3',
    () => ['code', 'id_token'].every((type) => provider['response_types_supported'].includes(type)),
  ],
  [
    'CheckDiscEndpointSubjectTypesSupported',
    '§5.1.3',
    () => provider['subject_types_supported'].includes('public'),
  ],
  [
    'OIDCCCheckDiscEndpointIdTokenSigningAlgValuesSupported',
    '§5.1.3',
    () => provider['id_token_signing_alg_values_supported'].includes('RS256'),
  ],
  ['CheckJwksUri', '§5.2.1', () => isHttps(provider['jwks_uri'])],
  [
    'OIDCCCheckDiscEndpointGrantTypesSupportedDynamic',
    '§5.1.3',
    () =>
      ['authorization_code', 'implicit'].every((type) =>
        provider['grant_types_supported'].includes(type),
      ),
  ],
  [
    'CheckDiscEndpointScopesSupportedContainsOpenId',
    '§5.1.3',
    () => provider['scopes_supported'].includes('openid'),
  ],
  [
    'CheckDiscEndpointAllEndpointsAreHttps',
    '§5.1.3',
    () =>
      Object.keys(provider).every((name) => !/_endpoint$/.test(name) || isHttps(provider[name])),
  ],
  [
    'ValidateClientRegistrationTypesSupported',
    '§5.1.3',
    () =>
      provider['client_registration_types_supported'].length > 0 &&
      provider['client_registration_types_supported'].every((each: string) =>
        ['automatic', 'explicit'].includes(each),
      ),
  ],
  [
    'ValidateClientRegistrationTypeAutomaticSupported',
    '§5.1.3',
    () => provider['client_registration_types_supported'].includes('automatic'),
  ],
  [
    'ValidateFederationRegistrationEndpoint',
    '§5.1.3',
    () => isHttps(provider['federation_registration_endpoint']),
  ],
  [
    'ValidateRequestAuthenticationMethodsSupported',
    '§5.1.3',
    () => !('request_authentication_methods_supported' in provider),
  ],
]

describe('entity configuration of a provider, as the certification suite reads it', () => {
  it.each(checks)('passes %s (OpenID Federation %s)', async (_condition, _section, check) => {
    expect(await check()).toBeTruthy()
  })

  it('has no member null and no empty list (OpenID Federation §5)', () => {
    const values = Object.values(claims['metadata']).flatMap((each) => Object.values(each as Json))
    expect(values).not.toContain(null)
    expect(values.filter((value) => Array.isArray(value) && value.length === 0)).toEqual([])
  })
})
