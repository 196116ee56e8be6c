/** Lints of services. */
import { GrantType } from '../../model/enums.ts'
import type { Service } from '../../model/service/service.ts'
import { publishesKeys } from '../discovery/published-keys.ts'
import { effectiveSeconds } from '../duration.ts'
import { supportsGrantType } from '../grants/grant-type.ts'
import { describedResources } from '../resources/described.ts'
import { supportedScopes } from '../scope.ts'
import { isForTests } from '../service/test-service.ts'
import { financialLints } from './financial-lints.ts'
import type { Lint, ServiceSubject } from './lint.ts'

/** The grant types of a service without one of them. */
const grantsWithout = (service: Service, type: GrantType) => ({
  supportedGrantTypes: (service.supportedGrantTypes ?? GrantType.options).filter(
    (each) => each !== type,
  ),
})

const isHttps = (text: string | undefined) => text?.startsWith('https://') ?? false

/** Words in the URL of an authorization server that people do not take for the real one. */
const saysForTests = /\b(?:test|tests|testing|dev|staging|sandbox|localhost|127\.0\.0\.1)\b/i

const sound = ['oauth-2.1', 'rfc9700', 'mcp'] as const

const grantLints: Lint<ServiceSubject>[] = [
  {
    code: 'L1001',
    profiles: sound,
    level: 'error',
    path: 'supportedGrantTypes',
    spec: 'RFC 9700 §2.1.2',
    says: 'The implicit grant is supported: access tokens travel in the URLs of browsers.',
    applies: ({ service, policy }) =>
      supportsGrantType('IMPLICIT', service) && policy.responses === 'any',
    fix: ({ service }) => grantsWithout(service, 'IMPLICIT'),
  },
  {
    code: 'L1002',
    profiles: sound,
    level: 'error',
    path: 'supportedGrantTypes',
    spec: 'RFC 9700 §2.4',
    says: 'The password grant is supported: clients see the passwords of users.',
    applies: ({ service }) => supportsGrantType('PASSWORD', service),
    fix: ({ service }) => grantsWithout(service, 'PASSWORD'),
  },
  {
    code: 'L1003',
    profiles: sound,
    level: 'error',
    path: 'pkceRequired',
    spec: 'RFC 9700 §2.1.1',
    says: 'Authorization requests may come without PKCE, so that stolen codes can be used.',
    applies: ({ policy }) => !policy.pkceRequired,
    fix: () => ({ pkceRequired: true, pkceS256Required: true }),
  },
  {
    code: 'L1004',
    profiles: sound,
    level: 'warning',
    path: 'pkceS256Required',
    spec: 'RFC 9700 §2.1.1',
    says: 'The PKCE method plain is accepted: who reads the request can use the code.',
    applies: ({ policy }) => policy.pkceRequired && !policy.pkceS256Required,
    fix: () => ({ pkceS256Required: true }),
  },
  {
    code: 'L1005',
    profiles: sound,
    level: 'error',
    path: 'issSuppressed',
    spec: 'RFC 9700 §2.1',
    says: 'Authorization responses have no iss: clients cannot detect mixed-up servers.',
    applies: ({ policy }) => policy.issSuppressed,
    fix: () => ({ issSuppressed: false }),
  },
  {
    code: 'L1006',
    profiles: sound,
    level: 'error',
    path: 'refreshTokenKept',
    spec: 'RFC 9700 §2.2.2',
    says: 'Refresh tokens of public clients are neither rotated nor bound to a key.',
    applies: ({ policy }) =>
      policy.refreshTokenKept &&
      !policy.publicRefreshTokensRotated &&
      policy.senderConstraint === undefined,
    fix: () => ({ refreshTokenKept: false }),
  },
  {
    code: 'L1007',
    profiles: ['rfc9700'],
    level: 'hint',
    path: 'tlsClientCertificateBoundAccessTokens',
    spec: 'RFC 9700 §2.2.1',
    says: 'Access tokens are not bound to a key of the client, so that stolen ones can be used.',
    applies: ({ policy }) => policy.senderConstraint === undefined,
  },
  {
    code: 'L1008',
    profiles: ['rfc9700'],
    level: 'warning',
    path: 'clientAssertionAudRestrictedToIssuer',
    spec: 'RFC 7523 §3',
    says: 'Client assertions may name an endpoint as their audience, not only the issuer.',
    applies: ({ policy }) => !policy.issuerAudienceOnly,
    fix: () => ({ clientAssertionAudRestrictedToIssuer: true }),
  },
  {
    code: 'L1009',
    profiles: ['rfc9700'],
    level: 'warning',
    path: 'tokenExchangeByPermittedClientsOnly',
    spec: 'RFC 8693 §5',
    says: 'Every client may exchange tokens.',
    applies: ({ service }) =>
      supportsGrantType('TOKEN_EXCHANGE', service) &&
      !service.tokenExchangeByConfidentialClientsOnly &&
      !service.tokenExchangeByPermittedClientsOnly,
    fix: () => ({ tokenExchangeByPermittedClientsOnly: true }),
  },
]

const serverLints: Lint<ServiceSubject>[] = [
  {
    code: 'L1101',
    profiles: [...sound, 'oidc-op', 'fapi1-advanced', 'fapi2-security', 'haip', 'operations'],
    level: 'error',
    path: 'issuer',
    spec: 'RFC 8414 §2',
    says: 'The issuer must be a URL with the scheme https.',
    applies: ({ service }) => !isHttps(service.issuer),
  },
  {
    code: 'L1102',
    profiles: ['oidc-op', 'mcp'],
    level: 'error',
    path: 'authorizationEndpoint',
    spec: 'RFC 8414 §2',
    says: 'The metadata have no authorization endpoint.',
    applies: ({ service }) => !service.authorizationEndpoint,
  },
  {
    code: 'L1103',
    profiles: ['oidc-op', 'mcp'],
    level: 'error',
    path: 'tokenEndpoint',
    spec: 'RFC 8414 §2',
    says: 'The metadata have no token endpoint.',
    applies: ({ service }) => !service.tokenEndpoint,
  },
  {
    code: 'L1104',
    profiles: ['oidc-op'],
    level: 'error',
    path: 'jwksUri',
    spec: 'OpenID Connect Discovery §3',
    says: 'The metadata have no jwks_uri: clients cannot verify ID Tokens.',
    applies: ({ service }) => !service.jwksUri || !publishesKeys(service),
  },
  {
    code: 'L1105',
    profiles: ['oidc-op', 'fapi1-advanced', 'fapi2-security'],
    level: 'error',
    path: 'jwks',
    spec: 'OIDC Core §10.1',
    says: 'The service has no key that signs.',
    applies: ({ signing }) => signing.length === 0,
  },
  {
    code: 'L1106',
    profiles: ['oidc-op'],
    level: 'error',
    path: 'supportedScopes',
    spec: 'OIDC Core §3.1.2.1',
    says: 'The scope openid is not supported.',
    applies: ({ service }) => !supportedScopes(service).some(({ name }) => name === 'openid'),
    fix: ({ service }) => ({
      supportedScopes: [...(service.supportedScopes ?? []), { name: 'openid' }],
    }),
  },
  {
    code: 'L1107',
    profiles: ['oidc-op'],
    level: 'warning',
    path: 'userInfoEndpoint',
    spec: 'OpenID Connect Discovery §3',
    says: 'The metadata have no UserInfo endpoint.',
    applies: ({ service }) => !service.userInfoEndpoint,
  },
  {
    code: 'L1108',
    profiles: ['mcp'],
    level: 'error',
    path: 'clientIdMetadataDocumentSupported',
    spec: 'CIMD §5',
    says: 'Clients cannot register: neither by a metadata document nor by dynamic registration.',
    applies: ({ service, policy }) =>
      !policy.metadataDocuments && !service.dynamicRegistrationSupported,
    fix: () => ({ clientIdMetadataDocumentSupported: true }),
  },
  {
    code: 'L1109',
    profiles: ['mcp'],
    level: 'warning',
    path: 'attributes',
    spec: 'RFC 8707 §2',
    says: 'Requests need not name their resource; the attribute ext.profile = mcp-2025-11-25 demands it.',
    applies: ({ policy }) => !policy.resourceRequired,
  },
  {
    code: 'L1110',
    profiles: ['mcp'],
    level: 'warning',
    path: 'attributes',
    spec: 'RFC 9728 §2',
    says: 'The attribute ext.resources describes no resource: clients of MCP find the authorization server by the metadata of the resource.',
    applies: ({ service }) => describedResources(service).length === 0,
  },
  {
    code: 'L1111',
    profiles: ['mcp'],
    level: 'warning',
    path: 'attributes',
    spec: 'RFC 9728 §3',
    says: 'A described resource is not an https URL, so that clients of MCP cannot fetch its metadata.',
    applies: ({ service }) =>
      describedResources(service).some(({ resource }) => !isHttps(resource.toLowerCase())),
  },
  {
    code: 'L1112',
    profiles: ['mcp'],
    level: 'error',
    path: 'registrationEndpoint',
    spec: 'RFC 8414 §2',
    says: 'Clients register dynamically, but the metadata have no registration endpoint.',
    applies: ({ service }) => service.dynamicRegistrationSupported && !service.registrationEndpoint,
  },
  {
    code: 'L1201',
    profiles: ['operations'],
    level: 'warning',
    path: 'accessTokenDuration',
    spec: 'RFC 9700 §2.2.1',
    says: 'Access tokens live longer than a day.',
    applies: ({ service }) => effectiveSeconds(service, 'accessTokenDuration') > 86_400,
    fix: () => ({ accessTokenDuration: 3_600 }),
  },
  {
    code: 'L1202',
    profiles: [...sound, 'operations'],
    level: 'warning',
    path: 'authorizationCodeDuration',
    spec: 'RFC 6749 §4.1.2',
    says: 'Authorization codes live longer than ten minutes.',
    applies: ({ service }) => effectiveSeconds(service, 'authorizationCodeDuration') > 600,
    fix: () => ({ authorizationCodeDuration: 60 }),
  },
  {
    code: 'L1203',
    profiles: ['operations'],
    level: 'hint',
    path: 'jwks',
    spec: 'RFC 7517 §5',
    says: 'The service has a single key that signs: a rotation needs a successor.',
    applies: ({ signing }) => signing.length === 1,
  },
  {
    code: 'L1204',
    profiles: ['operations'],
    level: 'hint',
    path: 'revocationEndpoint',
    spec: 'RFC 7009 §2',
    says: 'The metadata have no revocation endpoint: clients cannot give tokens back.',
    applies: ({ service }) => !service.revocationEndpoint,
  },
  {
    code: 'L1205',
    profiles: ['operations'],
    level: 'warning',
    path: 'issuer',
    says: 'The service is for tests, and its issuer does not say so: its tokens have no mark, and their times need not be real.',
    applies: ({ service }) => isForTests(service) && !saysForTests.test(service.issuer ?? ''),
  },
]

export const serviceLints: readonly Lint<ServiceSubject>[] = [
  ...grantLints,
  ...serverLints,
  ...financialLints,
]
