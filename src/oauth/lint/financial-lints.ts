/** Lints of services for FAPI 1.0 Advanced, FAPI 2.0 and HAIP. */
import { algorithmName, fitsSignatureAlgorithm } from '../../jose/key-set.ts'
import type { FapiMode } from '../../model/enums.ts'
import type { Service } from '../../model/service/service.ts'
import { effectiveSeconds } from '../duration.ts'
import type { Lint, ServiceSubject } from './lint.ts'

const fapi2 = ['fapi2-security', 'fapi2-message-signing', 'haip'] as const
const every = ['fapi1-advanced', ...fapi2] as const

/** The modes with one more: each mode brings all that its profile demands. */
const withMode = (service: Service, mode: FapiMode) => ({
  fapiModes: [...new Set([...(service.fapiModes ?? []), mode])],
})

const strongKeys = ['PS256', 'ES256', 'EdDSA'] as const

export const financialLints: Lint<ServiceSubject>[] = [
  {
    code: 'L1301',
    profiles: fapi2,
    level: 'error',
    path: 'parRequired',
    spec: 'FAPI 2.0 §5.3.2.2',
    says: 'Authorization requests need not be pushed.',
    applies: ({ policy }) => !policy.parRequired,
    fix: () => ({ parRequired: true }),
  },
  {
    code: 'L1302',
    profiles: fapi2,
    level: 'error',
    path: 'pushedAuthReqEndpoint',
    spec: 'FAPI 2.0 §5.3.2.2',
    says: 'The metadata have no endpoint for pushed authorization requests.',
    applies: ({ service }) => !service.pushedAuthReqEndpoint,
  },
  {
    code: 'L1303',
    profiles: fapi2,
    level: 'error',
    path: 'pkceS256Required',
    spec: 'FAPI 2.0 §5.3.2.2',
    says: 'PKCE with S256 is not required.',
    applies: ({ policy }) => !policy.pkceRequired || !policy.pkceS256Required,
    fix: () => ({ pkceRequired: true, pkceS256Required: true }),
  },
  {
    code: 'L1304',
    profiles: fapi2,
    level: 'error',
    path: 'fapiModes',
    spec: 'FAPI 2.0 §5.3.2.1',
    says: 'Access tokens need not be bound to a key of the client.',
    applies: ({ policy }) => policy.senderConstraint === undefined,
    fix: ({ service }) => withMode(service, 'FAPI2_SECURITY'),
  },
  {
    code: 'L1305',
    profiles: fapi2,
    level: 'error',
    path: 'fapiModes',
    spec: 'FAPI 2.0 §5.3.2.2',
    says: 'Responses other than a code are allowed.',
    applies: ({ policy }) => policy.responses !== 'code',
    fix: ({ service }) => withMode(service, 'FAPI2_SECURITY'),
  },
  {
    code: 'L1306',
    profiles: every,
    level: 'error',
    path: 'fapiModes',
    spec: 'FAPI 2.0 §5.3.2.1',
    says: 'Clients may authenticate by a shared secret, or not at all.',
    applies: ({ policy }) =>
      policy.clientAuthMethods === undefined || policy.clientAuthMethods.includes('NONE'),
    fix: ({ service }) => withMode(service, 'FAPI2_SECURITY'),
  },
  {
    code: 'L1307',
    profiles: fapi2,
    level: 'error',
    path: 'clientAssertionAudRestrictedToIssuer',
    spec: 'FAPI 2.0 §5.3.2.1',
    says: 'Client assertions may name an audience other than the issuer.',
    applies: ({ policy }) => !policy.issuerAudienceOnly,
    fix: () => ({ clientAssertionAudRestrictedToIssuer: true }),
  },
  {
    code: 'L1308',
    profiles: fapi2,
    level: 'error',
    path: 'authorizationCodeDuration',
    spec: 'FAPI 2.0 §5.3.2.1',
    says: 'Authorization codes live longer than 60 seconds.',
    applies: ({ service, policy }) =>
      Math.min(effectiveSeconds(service, 'authorizationCodeDuration'), policy.codeSecondsLimit) >
      60,
    fix: () => ({ authorizationCodeDuration: 60 }),
  },
  {
    code: 'L1309',
    profiles: every,
    level: 'error',
    path: 'jwks',
    spec: 'FAPI 2.0 §5.4.1',
    says: 'No key of the service signs with PS256, ES256 or EdDSA.',
    applies: ({ signing }) =>
      !signing.some((key) =>
        strongKeys.some((alg) => fitsSignatureAlgorithm(key, alg, 'sign') && isNamed(key, alg)),
      ),
  },
  {
    code: 'L1310',
    profiles: ['fapi2-security', 'fapi2-message-signing'],
    level: 'warning',
    path: 'refreshTokenKept',
    spec: 'FAPI 2.0 §5.3.2.1',
    says: 'Refresh tokens are rotated, which FAPI 2.0 allows in extraordinary cases only.',
    applies: ({ policy }) => !policy.refreshTokenKept,
    fix: () => ({ refreshTokenKept: true }),
  },
  {
    code: 'L1311',
    profiles: fapi2,
    level: 'error',
    path: 'issSuppressed',
    spec: 'FAPI 2.0 §5.3.2.2',
    says: 'Authorization responses have no iss.',
    applies: ({ policy }) => policy.issSuppressed,
    fix: () => ({ issSuppressed: false }),
  },
  {
    code: 'L1320',
    profiles: ['fapi1-advanced'],
    level: 'error',
    path: 'fapiModes',
    spec: 'FAPI 1.0 Advanced §5.2.2',
    says: 'Request objects are not required.',
    applies: ({ policy }) => !policy.requestObjectRequired,
    fix: ({ service }) => withMode(service, 'FAPI1_ADVANCED'),
  },
  {
    code: 'L1321',
    profiles: ['fapi1-advanced'],
    level: 'error',
    path: 'fapiModes',
    spec: 'FAPI 1.0 Advanced §5.2.2',
    says: 'Access tokens need not be bound to the certificate of the client.',
    applies: ({ policy }) => policy.senderConstraint !== 'certificate',
    fix: ({ service }) => withMode(service, 'FAPI1_ADVANCED'),
  },
  {
    code: 'L1322',
    profiles: ['fapi1-advanced'],
    level: 'error',
    path: 'fapiModes',
    spec: 'FAPI 1.0 Advanced §5.2.2',
    says: 'Responses other than a code with an ID Token, or in a JWT, are allowed.',
    applies: ({ policy }) => policy.responses === 'any',
    fix: ({ service }) => withMode(service, 'FAPI1_ADVANCED'),
  },
  {
    code: 'L1330',
    profiles: ['fapi2-message-signing'],
    level: 'error',
    path: 'requestObjectRequired',
    spec: 'FAPI 2.0 Message Signing §5.3',
    says: 'Authorization requests need not be signed.',
    applies: ({ policy }) => !policy.requestObjectRequired,
    fix: ({ service }) => withMode(service, 'FAPI2_MESSAGE_SIGNING_AUTH_REQ'),
  },
  {
    code: 'L1331',
    profiles: ['fapi2-message-signing'],
    level: 'warning',
    path: 'fapiModes',
    spec: 'FAPI 2.0 Message Signing §5.4',
    says: 'Authorization responses need not be signed.',
    applies: ({ policy }) => !policy.jarmRequired,
    fix: ({ service }) => withMode(service, 'FAPI2_MESSAGE_SIGNING_AUTH_RES'),
  },
  {
    code: 'L1332',
    profiles: ['fapi2-message-signing'],
    level: 'warning',
    path: 'fapiModes',
    spec: 'FAPI 2.0 Message Signing §5.5',
    says: 'Introspection responses need not be signed.',
    applies: ({ policy }) => !policy.jwtIntrospectionRequired,
    fix: ({ service }) => withMode(service, 'FAPI2_MESSAGE_SIGNING_INTROSPECTION_RES'),
  },
  {
    code: 'L1340',
    profiles: ['haip'],
    level: 'error',
    path: 'haipVersion',
    spec: 'HAIP §4',
    says: 'The high assurance profile is not in force.',
    applies: ({ policy }) => !policy.highAssurance,
    fix: () => ({ haipVersion: '1.0' }),
  },
]

const isNamed = (key: Parameters<typeof algorithmName>[0], alg: string) =>
  algorithmName(key, alg) === alg || (alg === 'EdDSA' && key.alg === 'Ed25519')
