/** Lints of clients. */
import { includesAlgorithm } from '../../jose/key-set.ts'
import { jwsAlgorithm } from '../../jose/signature-algorithm.ts'
import type { Client } from '../../model/client/client.ts'
import type { GrantType } from '../../model/enums.ts'
import { parseUrl } from '../../model/url.ts'
import { mayUseGrantType, supportsGrantType } from '../grants/grant-type.ts'
import { isLoopbackHost } from '../uri.ts'
import type { ClientSubject, Lint } from './lint.ts'

const sound = ['oauth-2.1', 'rfc9700', 'mcp'] as const
const financial = ['fapi1-advanced', 'fapi2-security', 'fapi2-message-signing', 'haip'] as const

const uses = (type: GrantType, { client, service }: ClientSubject) =>
  supportsGrantType(type, service) && mayUseGrantType(type, client)

const without = (client: Client, type: GrantType) => ({
  grantTypes: (client.grantTypes ?? (['AUTHORIZATION_CODE'] as const)).filter(
    (each) => each !== type,
  ),
})

const redirects = ({ client }: ClientSubject) =>
  (client.redirectUris ?? []).flatMap((uri) => parseUrl(uri) ?? [])

const byKey = [
  'PRIVATE_KEY_JWT',
  'TLS_CLIENT_AUTH',
  'SELF_SIGNED_TLS_CLIENT_AUTH',
  'ATTEST_JWT_CLIENT_AUTH',
  'SPIFFE_JWT',
]

const signatures = [
  'idTokenSignAlg',
  'userInfoSignAlg',
  'authorizationSignAlg',
  'requestSignAlg',
  'tokenAuthSignAlg',
] as const

const day = 86_400_000

export const clientLints: readonly Lint<ClientSubject>[] = [
  {
    code: 'L2001',
    profiles: [...sound, ...financial],
    level: 'error',
    path: 'redirectUris',
    spec: 'RFC 9700 §2.6',
    says: 'A redirect URI has the scheme http, and is not on the loopback interface.',
    applies: (subject) =>
      redirects(subject).some(
        ({ protocol, hostname }) => protocol === 'http:' && !isLoopbackHost(hostname),
      ),
  },
  {
    code: 'L2002',
    profiles: sound,
    level: 'error',
    path: 'pkceRequired',
    spec: 'RFC 9700 §2.1.1',
    says: 'The client may send authorization requests without PKCE.',
    applies: (subject) => !subject.policy.pkceRequired && uses('AUTHORIZATION_CODE', subject),
    fix: () => ({ pkceRequired: true, pkceS256Required: true }),
  },
  {
    code: 'L2003',
    profiles: sound,
    level: 'error',
    path: 'grantTypes',
    spec: 'RFC 9700 §2.1.2',
    says: 'The client may use the implicit grant.',
    applies: (subject) => uses('IMPLICIT', subject) && subject.policy.responses === 'any',
    fix: ({ client }) => without(client, 'IMPLICIT'),
  },
  {
    code: 'L2004',
    profiles: sound,
    level: 'error',
    path: 'grantTypes',
    spec: 'RFC 9700 §2.4',
    says: 'The client may use the password grant.',
    applies: (subject) => uses('PASSWORD', subject),
    fix: ({ client }) => without(client, 'PASSWORD'),
  },
  {
    code: 'L2005',
    profiles: ['rfc9700'],
    level: 'hint',
    path: 'tokenAuthMethod',
    spec: 'RFC 9700 §2.5',
    says: 'The client authenticates by a shared secret; a key of its own cannot leak here.',
    applies: ({ client }) =>
      client.clientType === 'CONFIDENTIAL' && !byKey.includes(client.tokenAuthMethod ?? ''),
  },
  {
    code: 'L2006',
    profiles: financial,
    level: 'error',
    path: 'tokenAuthMethod',
    spec: 'FAPI 2.0 §5.3.2.1',
    says: 'The client does not authenticate by a key of its own.',
    applies: ({ client }) => !byKey.includes(client.tokenAuthMethod ?? ''),
    fix: () => ({ clientType: 'CONFIDENTIAL', tokenAuthMethod: 'PRIVATE_KEY_JWT' }),
  },
  {
    code: 'L2007',
    profiles: financial,
    level: 'error',
    path: 'idTokenSignAlg',
    spec: 'FAPI 2.0 §5.4.1',
    says: 'The client has an algorithm other than PS256, ES256 or EdDSA.',
    applies: ({ client }) => signatures.some((name) => isWeak(client[name])),
    fix: ({ client }) =>
      Object.fromEntries(
        signatures.filter((name) => isWeak(client[name])).map((name) => [name, 'PS256']),
      ),
  },
  {
    code: 'L2008',
    profiles: ['oidc-op', 'operations'],
    level: 'error',
    path: 'jwks',
    spec: 'RFC 7523 §3',
    says: 'The client authenticates by private_key_jwt, and has no keys.',
    applies: ({ client }) =>
      client.tokenAuthMethod === 'PRIVATE_KEY_JWT' &&
      !client.jwks &&
      !client.jwksUri &&
      !client.signedJwksUri,
  },
  {
    code: 'L2009',
    profiles: ['oidc-op', 'operations'],
    level: 'warning',
    path: 'redirectUris',
    spec: 'RFC 6749 §3.1.2.2',
    says: 'The client may use codes, and has no redirect URI.',
    applies: (subject) =>
      uses('AUTHORIZATION_CODE', subject) && (subject.client.redirectUris ?? []).length === 0,
  },
  {
    code: 'L2010',
    profiles: sound,
    level: 'warning',
    path: 'redirectUris',
    spec: 'RFC 8252 §7.1',
    says: 'A redirect URI has a private scheme that is no reversed domain name.',
    applies: (subject) =>
      redirects(subject).some(
        ({ protocol }) => !/^https?:$/.test(protocol) && !protocol.includes('.'),
      ),
  },
  {
    code: 'L2011',
    profiles: ['operations'],
    level: 'warning',
    path: 'clientSecretExpiresAt',
    spec: 'RFC 7591 §3.2.1',
    says: 'The client secret has expired, or expires within 30 days.',
    applies: ({ client, now }) =>
      client.clientSecretExpiresAt !== undefined && client.clientSecretExpiresAt < now + 30 * day,
  },
  {
    code: 'L2012',
    profiles: ['operations'],
    level: 'hint',
    path: 'lastUsedAt',
    says: 'The client was not used for 180 days.',
    applies: ({ client, now }) => (client.lastUsedAt ?? client.createdAt) < now - 180 * day,
  },
]

const isWeak = (alg: Client[(typeof signatures)[number]]) =>
  alg !== undefined && !includesAlgorithm(['PS256', 'ES256', 'EdDSA'], jwsAlgorithm(alg))
