/** The service that this frontend serves: what an operator saves at Postern, once for each. */
import { exportJWK, generateKeyPair } from 'jose'

interface Attribute {
  key: string
  value: string
}

/** Everything that the frontend at this URL supports, with keys of its own. */
export async function serviceSettings(frontend: string, attributes: Attribute[] = []) {
  return {
    serviceName: 'Example',
    issuer: frontend,
    authorizationEndpoint: `${frontend}/authorize`,
    tokenEndpoint: `${frontend}/token`,
    userInfoEndpoint: `${frontend}/userinfo`,
    endSessionEndpoint: `${frontend}/logout`,
    checkSessionIframe: `${frontend}/session/iframe`,
    introspectionEndpoint: `${frontend}/introspect`,
    revocationEndpoint: `${frontend}/revoke`,
    pushedAuthReqEndpoint: `${frontend}/par`,
    backchannelAuthenticationEndpoint: `${frontend}/backchannel/authentication`,
    deviceAuthorizationEndpoint: `${frontend}/device_authorization`,
    deviceVerificationUri: `${frontend}/device`,
    deviceVerificationUriComplete: `${frontend}/device?user_code=USER_CODE`,
    registrationEndpoint: `${frontend}/register`,
    frontchannelLogoutSupported: true,
    frontchannelLogoutSessionSupported: true,
    backchannelLogoutSupported: true,
    backchannelLogoutSessionSupported: true,
    jwksUri: `${frontend}/jwks`,
    jwks: JSON.stringify({ keys: [await signingKey('ES256'), await signingKey('RS256')] }),
    supportedGrantTypes: grantTypes,
    supportedBackchannelTokenDeliveryModes: ['POLL', 'PING', 'PUSH'],
    backchannelUserCodeParameterSupported: true,
    // Poll often: the user of the demo is fast.
    backchannelPollingInterval: 1,
    deviceFlowPollingInterval: 1,
    // Anyone may register a client here, unless the frontend asks for an initial access token.
    dynamicRegistrationSupported: true,
    unauthorizedOnClientConfigSupported: true,
    tokenExchangeByIdentifiableClientsOnly: true,
    jwtGrantByIdentifiableClientsOnly: true,
    supportedResponseTypes: ['CODE'],
    supportedScopes: scopes,
    supportedClaims: claims,
    supportedClaimTypes: ['NORMAL'],
    // What scopes ask for is answered by UserInfo alone, OIDC Core §5.4.
    claimShortcutRestrictive: true,
    supportedDisplays: ['PAGE'],
    supportedTokenAuthMethods: ['CLIENT_SECRET_BASIC', 'CLIENT_SECRET_POST', 'NONE'],
    supportedRevocationAuthMethods: ['CLIENT_SECRET_BASIC', 'CLIENT_SECRET_POST', 'NONE'],
    supportedIntrospectionAuthMethods: ['CLIENT_SECRET_BASIC'],
    // The first value of an attribute counts.
    attributes: [...attributes, { key: 'ext.session.registry', value: 'on' }],
  }
}

async function signingKey(alg: string) {
  const { privateKey } = await generateKeyPair(alg, { extractable: true })
  return { ...(await exportJWK(privateKey)), kid: `${alg.toLowerCase()}-1`, alg, use: 'sig' }
}

export const grantTypes = [
  ...['AUTHORIZATION_CODE', 'REFRESH_TOKEN', 'PASSWORD', 'CIBA', 'DEVICE_CODE'],
  ...['TOKEN_EXCHANGE', 'JWT_BEARER', 'CLIENT_CREDENTIALS'],
]

export const scopes = [
  { name: 'openid', description: 'Know who you are' },
  { name: 'profile', description: 'See your name and profile' },
  { name: 'email', description: 'See your email address' },
  { name: 'address', description: 'See your postal address' },
  { name: 'phone', description: 'See your phone number' },
  { name: 'offline_access', description: 'Keep access while you are away' },
]

const claims = [
  ...['sub', 'name', 'given_name', 'family_name', 'middle_name', 'nickname', 'profile', 'picture'],
  ...['preferred_username', 'website', 'gender', 'birthdate', 'zoneinfo', 'locale', 'updated_at'],
  ...['email', 'email_verified', 'phone_number', 'phone_number_verified', 'address'],
]
