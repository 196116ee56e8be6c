/** The export of a realm of Keycloak, made with the server stopped: with secrets and keys. */
import { generateKeyPairSync } from 'node:crypto'
import type { Json } from '../../support/server.ts'
import { chooser } from './random.ts'

const usual = {
  protocol: 'openid-connect',
  enabled: true,
  bearerOnly: false,
  standardFlowEnabled: true,
  implicitFlowEnabled: false,
  directAccessGrantsEnabled: false,
  serviceAccountsEnabled: false,
  publicClient: false,
  consentRequired: false,
  frontchannelLogout: false,
  clientAuthenticatorType: 'client-secret',
  surrogateAuthRequired: false,
  fullScopeAllowed: true,
  nodeReRegistrationTimeout: -1,
  notBefore: 0,
  alwaysDisplayInConsole: false,
  authenticationFlowBindingOverrides: {},
  defaultClientScopes: ['web-origins', 'profile', 'roles', 'email'],
  optionalClientScopes: ['address', 'phone', 'offline_access'],
}

function clientsOf(seed: number): Json[] {
  const choose = chooser(seed)
  const ordinary = Array.from({ length: 40 }, (_, at) => {
    const isPublic = choose.chance(0.4)
    const root = `https://app-${at}.example.com`
    return {
      ...usual,
      id: `9b2e${at}`,
      clientId: `${choose.of(['shop', 'crm', 'till'])}-${at}`,
      name: `App ${at}`,
      rootUrl: root,
      baseUrl: choose.of(['/', '/home', '']),
      redirectUris: choose.of([[`${root}/cb`], ['/cb', '/silent'], ['/*']]),
      webOrigins: choose.of([['+'], ['*'], [root], []]),
      publicClient: isPublic,
      ...(isPublic ? {} : { secret: choose.text(32) }),
      serviceAccountsEnabled: !isPublic && choose.chance(0.5),
      consentRequired: choose.chance(0.3),
      attributes: {
        'pkce.code.challenge.method': choose.of(['S256', '']),
        'access.token.lifespan': choose.of(['600', '']),
        'client.secret.creation.time': '1700000000',
        'post.logout.redirect.uris': choose.of(['+', `${root}/bye##${root}/out`, `${root}/*`]),
        'backchannel.logout.session.required': 'true',
        'backchannel.logout.url': choose.of(['', `${root}/logout`]),
        'oauth2.device.authorization.grant.enabled': choose.of(['true', 'false']),
        'display.on.consent.screen': 'false',
      },
    }
  })
  return [...ordinary, ...oddClients()]
}

const oddClients = (): Json[] => [
  ...['account', 'admin-cli', 'broker'].map((clientId) => ({ ...usual, id: clientId, clientId })),
  { ...usual, clientId: 'api', bearerOnly: true, secret: 'x' },
  { id: 's', clientId: 'urn:saml:sp', protocol: 'saml', attributes: { 'saml.encrypt': 'true' } },
  { ...usual, clientId: 'masked', secret: '**********', redirectUris: ['https://m.example/cb'] },
  { ...usual, clientId: 'off', enabled: false, secret: 'off', redirectUris: ['https://o.example'] },
  {
    ...usual,
    clientId: 'signed',
    clientAuthenticatorType: 'client-jwt',
    redirectUris: ['https://signed.example/cb'],
    frontchannelLogout: true,
    attributes: {
      'jwks.url': 'https://signed.example/jwks',
      'use.jwks.url': 'true',
      'token.endpoint.auth.signing.alg': 'PS256',
      'id.token.signed.response.alg': 'PS256',
      'request.object.signature.alg': 'any',
      'require.pushed.authorization.requests': 'true',
      'frontchannel.logout.url': 'https://signed.example/front',
      'user.info.response.signature.alg': 'XX1',
    },
    protocolMappers: [
      {
        name: 'tenant',
        protocol: 'openid-connect',
        protocolMapper: 'oidc-usermodel-attribute-mapper',
        config: { 'claim.name': 'tenant', 'user.attribute': 'tenant' },
      },
    ],
  },
  {
    ...usual,
    clientId: 'machine',
    secret: 'tiny',
    standardFlowEnabled: false,
    serviceAccountsEnabled: true,
    redirectUris: [],
    authorizationServicesEnabled: true,
    authorizationSettings: { resources: [] },
  },
  { ...usual, clientId: '4711', publicClient: true, redirectUris: ['https://n.example/cb'] },
]

export interface Realm {
  realm: Json
  publicKey: string
}

export function keycloakRealm(seed: number): Realm {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const der = privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64')
  const provider = (name: string, config: Json) => ({ id: name, name, providerId: name, config })
  const realm = {
    id: 'a1',
    realm: 'shop',
    displayName: 'The Shop',
    enabled: true,
    sslRequired: 'external',
    accessTokenLifespan: 300,
    accessTokenLifespanForImplicitFlow: 900,
    ssoSessionIdleTimeout: 1800,
    ssoSessionMaxLifespan: 36_000,
    offlineSessionIdleTimeout: 2_592_000,
    accessCodeLifespan: 60,
    revokeRefreshToken: true,
    refreshTokenMaxReuse: 0,
    defaultSignatureAlgorithm: 'RS256',
    oauth2DeviceCodeLifespan: 600,
    oauth2DevicePollingInterval: 5,
    bruteForceProtected: true,
    passwordPolicy: 'length(12)',
    registrationAllowed: false,
    loginTheme: 'shop',
    users: [{ username: 'alice' }],
    roles: { realm: [{ name: 'admin' }] },
    identityProviders: [],
    authenticationFlows: [{ alias: 'browser' }],
    defaultDefaultClientScopes: ['profile'],
    attributes: {
      frontendUrl: 'https://login.example.com/',
      parRequestUriLifespan: '60',
      cibaInterval: '5',
      somethingOfAPlugin: 'x',
    },
    clientScopes: [
      { id: '1', name: 'profile', description: 'Profile', protocol: 'openid-connect' },
      { id: '2', name: 'role_list', protocol: 'saml' },
      ...['web-origins', 'roles', 'email', 'address', 'phone', 'offline_access'].map((name) => ({
        id: name,
        name,
        protocol: 'openid-connect',
        attributes: { 'include.in.token.scope': 'true' },
        protocolMappers: [
          { name: `map ${name}`, protocolMapper: 'oidc-usermodel-attribute-mapper' },
        ],
      })),
    ],
    components: {
      'org.keycloak.keys.KeyProvider': [
        provider('rsa-generated', { privateKey: [der], priority: ['100'], algorithm: ['RS256'] }),
        provider('hmac-generated-hs512', { secret: ['c2VjcmV0'], priority: ['100'] }),
        provider('rsa-old', { privateKey: ['**********'], priority: ['50'] }),
      ],
    },
    clients: clientsOf(seed),
  }
  return { realm, publicKey: publicKey.export({ format: 'der', type: 'spki' }).toString('base64') }
}
