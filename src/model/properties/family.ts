/**
 * Families of the properties of services and clients: the chapters of their reference, and of the
 * console with its editors. Each property has one in its `.meta({ family })`.
 */

/** In the order in which people set up a service. */
export const families = {
  identity: 'Identity',
  endpoints: 'Endpoints',
  registration: 'Clients and registration',
  authentication: 'Client authentication',
  requests: 'Authorization requests',
  responses: 'Responses',
  accessTokens: 'Access tokens',
  refreshTokens: 'Refresh tokens',
  claims: 'ID Token, UserInfo and claims',
  keys: 'Keys',
  scopes: 'Scopes',
  profiles: 'Security profiles',
  grants: 'Grants',
  ciba: 'CIBA',
  device: 'Device flow',
  exchange: 'Token exchange and Native SSO',
  federation: 'Federation',
  credentials: 'Credentials',
  logout: 'Logout and sessions',
  attributes: 'Attributes',
} as const
export type Family = keyof typeof families

declare module 'zod' {
  interface GlobalMeta {
    family?: Family
  }
}
