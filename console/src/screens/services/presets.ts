/** What a new service begins with. Everything of it can be changed later. */

export type Preset = 'openid' | 'fapi2' | 'machines' | 'blank'
export const presets: readonly Preset[] = ['openid', 'fapi2', 'machines', 'blank']

interface Begun {
  settings: object
  /** Algorithms of the keys that are generated. */
  keys: readonly string[]
}

/** Where frontends usually have the endpoints. */
const endpointsAt = (issuer: string) => ({
  authorizationEndpoint: `${issuer}/authorize`,
  tokenEndpoint: `${issuer}/token`,
  userInfoEndpoint: `${issuer}/userinfo`,
  introspectionEndpoint: `${issuer}/introspect`,
  revocationEndpoint: `${issuer}/revoke`,
  pushedAuthReqEndpoint: `${issuer}/par`,
  jwksUri: `${issuer}/jwks`,
})

const openidScopes = ['openid', 'profile', 'email', 'offline_access'].map((name) => ({ name }))

const code = {
  supportedGrantTypes: ['AUTHORIZATION_CODE', 'REFRESH_TOKEN'],
  supportedResponseTypes: ['CODE'],
  supportedScopes: openidScopes,
  pkceRequired: true,
  pkceS256Required: true,
}

export function begin(preset: Preset, issuer: string): Begun {
  const endpoints = endpointsAt(issuer.replace(/\/$/, ''))
  switch (preset) {
    case 'openid':
      return {
        settings: {
          ...endpoints,
          ...code,
          supportedTokenAuthMethods: ['CLIENT_SECRET_BASIC', 'PRIVATE_KEY_JWT', 'NONE'],
        },
        keys: ['ES256', 'RS256'],
      }
    case 'fapi2':
      return {
        settings: {
          ...endpoints,
          ...code,
          supportedServiceProfiles: ['FAPI'],
          fapiModes: ['FAPI2_SECURITY'],
          supportedTokenAuthMethods: ['PRIVATE_KEY_JWT'],
          parRequired: true,
        },
        keys: ['ES256', 'PS256'],
      }
    case 'machines':
      return {
        settings: {
          tokenEndpoint: endpoints.tokenEndpoint,
          introspectionEndpoint: endpoints.introspectionEndpoint,
          revocationEndpoint: endpoints.revocationEndpoint,
          jwksUri: endpoints.jwksUri,
          supportedGrantTypes: ['CLIENT_CREDENTIALS'],
          supportedScopes: [],
          supportedTokenAuthMethods: ['CLIENT_SECRET_BASIC', 'PRIVATE_KEY_JWT'],
        },
        keys: ['ES256'],
      }
    case 'blank':
      return { settings: {}, keys: [] }
  }
}
