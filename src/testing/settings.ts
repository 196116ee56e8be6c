/** Settings of services and clients that tests begin with, and keys. */
import { generateKeyPairSync } from 'node:crypto'

type Settings = Record<string, unknown>

const issuer = 'https://as.example.com'

/** A key in JWK form (RFC 7517). */
export interface TestKey {
  readonly kid: string
  readonly publicJwk: Settings
  readonly privateJwk: Settings
}

function es256(kid = 'test'): TestKey {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const about = { kid, alg: 'ES256', use: 'sig' }
  return {
    kid,
    publicJwk: { ...publicKey.export({ format: 'jwk' }), ...about },
    privateJwk: { ...privateKey.export({ format: 'jwk' }), ...about },
  }
}

export const keys: { es256(kid?: string): TestKey } = { es256 }

function openid(more: Settings = {}): Settings {
  return {
    serviceName: 'Test',
    issuer,
    authorizationEndpoint: `${issuer}/authorize`,
    tokenEndpoint: `${issuer}/token`,
    userInfoEndpoint: `${issuer}/userinfo`,
    jwksUri: `${issuer}/jwks`,
    jwks: JSON.stringify({ keys: [es256('service').privateJwk] }),
    idTokenSignatureKeyId: 'service',
    supportedGrantTypes: ['AUTHORIZATION_CODE', 'REFRESH_TOKEN', 'CLIENT_CREDENTIALS'],
    supportedResponseTypes: ['CODE'],
    supportedTokenAuthMethods: ['NONE', 'CLIENT_SECRET_BASIC', 'PRIVATE_KEY_JWT'],
    supportedScopes: ['openid', 'profile', 'offline_access', 'read', 'write'].map((name) => ({
      name,
    })),
    pkceRequired: true,
    pkceS256Required: true,
    ...more,
  }
}

const fapi2 = (more: Settings = {}): Settings =>
  openid({
    fapiModes: ['FAPI2_SECURITY'],
    pushedAuthReqEndpoint: `${issuer}/par`,
    supportedTokenAuthMethods: ['PRIVATE_KEY_JWT'],
    ...more,
  })

/** Settings for `service/create`; given ones come before those here. */
export const services: {
  /** OpenID Connect with PKCE, refresh tokens and client credentials. */
  openid(more?: Settings): Settings
  /** The same under FAPI 2.0. */
  fapi2(more?: Settings): Settings
} = { openid, fapi2 }

const confidential = (more: Settings = {}): Settings => ({
  clientName: 'Test client',
  clientType: 'CONFIDENTIAL',
  grantTypes: ['AUTHORIZATION_CODE', 'REFRESH_TOKEN', 'CLIENT_CREDENTIALS'],
  responseTypes: ['CODE'],
  redirectUris: ['https://app.example.com/callback'],
  tokenAuthMethod: 'CLIENT_SECRET_BASIC',
  idTokenSignAlg: 'ES256',
  ...more,
})

/** Settings for `client/create`. */
export const clients: {
  confidential(more?: Settings): Settings
  public(more?: Settings): Settings
  /** Authenticates by `private_key_jwt` with the key (OIDC Core §9). */
  withKey(key: TestKey, more?: Settings): Settings
} = {
  confidential,
  public: (more = {}) =>
    confidential({
      clientType: 'PUBLIC',
      grantTypes: ['AUTHORIZATION_CODE', 'REFRESH_TOKEN'],
      tokenAuthMethod: 'NONE',
      ...more,
    }),
  withKey(key, more = {}) {
    const settings = confidential({
      tokenAuthMethod: 'PRIVATE_KEY_JWT',
      tokenAuthSignAlg: 'ES256',
      jwks: JSON.stringify({ keys: [key.publicJwk] }),
      ...more,
    })
    keysOfClients.set(settings, key)
    return settings
  },
}

/** The settings of a client have its public key only. */
const keysOfClients = new WeakMap<object, TestKey>()

/** The key with which `clients.withKey` made the settings. */
export const keyOf = (settings: Settings): TestKey | undefined => keysOfClients.get(settings)
