/** A service and a client, made through Postern's API as an operator would make them. */
import { exportJWK, generateKeyPair } from 'jose'

export interface Api {
  url: string
  token: string
}

type Json = Record<string, unknown>

interface Settings extends Json {
  attributes?: { key: string; value: string }[]
}

export async function callApi(api: Api, path: string, body: Json): Promise<Json> {
  const response = await fetch(`${api.url}/api/${path}`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${api.token}`, 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`Postern answered ${response.status} to ${path}: ${text}`)
  return JSON.parse(text)
}

/** RFC 9700 in full: what is unsafe is off, whatever the lists below say. */
export const safeProfile: Settings = { attributes: [{ key: 'ext.profile', value: 'oauth-2.1' }] }

/** The service that the example frontend at this URL serves. Returns its id. */
export async function seedService(
  api: Api,
  frontend: string,
  settings: Settings = {},
): Promise<string> {
  const { attributes = [], ...more } = settings
  const service = await callApi(api, 'service/create', {
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
    ...more,
    // The first value of an attribute counts.
    attributes: [...attributes, { key: 'ext.session.registry', value: 'on' }],
  })
  return String(service['apiKey'])
}

export interface SeededClient {
  clientId: string
  clientSecret: string
}

/** A confidential web application with this redirect URI. */
export async function seedClient(
  api: Api,
  serviceId: string,
  redirectUri: string,
  more: Json = {},
): Promise<SeededClient> {
  const client = await callApi(api, `${serviceId}/client/create`, {
    clientName: 'Tea Shop',
    clientType: 'CONFIDENTIAL',
    applicationType: 'WEB',
    grantTypes: ['AUTHORIZATION_CODE', 'REFRESH_TOKEN'],
    responseTypes: ['CODE'],
    redirectUris: [redirectUri],
    tokenAuthMethod: 'CLIENT_SECRET_BASIC',
    idTokenSignAlg: 'ES256',
    policyUri: 'https://tea.example.com/privacy',
    tosUri: 'https://tea.example.com/terms',
    ...more,
  })
  return { clientId: String(client['clientId']), clientSecret: String(client['clientSecret']) }
}

async function signingKey(alg: string): Promise<Json> {
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
