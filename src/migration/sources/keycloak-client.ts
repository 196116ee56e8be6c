/** A client of a realm of Keycloak. */
import { parseUrl } from '../../model/url.ts'
import { identified, secretOf } from '../client.ts'
import { isObject, textIn, textsIn } from '../input.ts'
import { requestable } from '../metadata.ts'
import { attributesOf, type MigratedClient, type Settings } from '../migration.ts'
import { type Properties, propertiesOf, type Report } from '../report.ts'
import { attributeMetadata, reportMappers } from './keycloak-attributes.ts'

/** Clients that Keycloak has in each realm. */
const builtIn = new Set([
  ...['account', 'account-console', 'admin-cli', 'broker', 'realm-management'],
  ...['security-admin-console', 'master-realm'],
])

/** Why a client is no client of Postern; undefined if it is one. */
export function unfitFor(client: Record<string, unknown>): string | undefined {
  if (builtIn.has(String(client['clientId']))) return 'It is a client of Keycloak itself.'
  if ((client['protocol'] ?? 'openid-connect') !== 'openid-connect') return 'It speaks SAML.'
  if (client['bearerOnly'] === true) {
    return 'It gets no tokens: your resource server introspects with an API token.'
  }
  return undefined
}

export function keycloakClient(
  report: Report,
  key: string,
  client: Record<string, unknown>,
): Omit<MigratedClient, 'key'> {
  const of = `client ${key}`
  const source = propertiesOf(report, of, client)
  const attributes = propertiesOf(
    report,
    of,
    isObject(client['attributes']) ? client['attributes'] : {},
    'attributes.',
  )
  source.changed('attributes', 'client', 'Each of them has a line of its own.')
  const { identifier, ...named } = identified(source, 'clientId')
  const isPublic = source.changed('publicClient', 'clientType', 'It is a type.') === true
  const redirectUris = redirectUrisOf(source)
  const metadata = attributeMetadata(attributes)
  const settings: Settings = {
    ...named,
    ...textsOf(source),
    ...metadata,
    clientType: isPublic ? 'PUBLIC' : 'CONFIDENTIAL',
    redirectUris,
    ...flowsOf(source, attributes),
    ...pkceOf(attributes),
    ...requestable(scopesOf(source)),
    ...logoutOf(source, attributes, redirectUris),
    tokenAuthMethod: isPublic ? 'NONE' : methodOf(source),
  }
  if (source.changed('enabled', 'locked', 'A client that is not enabled is locked.') === false) {
    settings['locked'] = true
  }
  const list = attributesOf({
    ...lifetimesOf(attributes),
    'ext.cors_origins': originsOf(source, redirectUris),
    'ext.auth_methods':
      settings['tokenAuthMethod'] === 'CLIENT_SECRET_BASIC' ? 'client_secret_post' : undefined,
    first_party: source.peek('consentRequired') === true ? undefined : 'true',
  })
  source.changed('consentRequired', 'first_party', 'A note for your frontend, which asks.')
  const secret = maskedSecret(source, settings)
  reportMappers(report, of, source)
  attributes.end()
  source.end((name) => reasons[name] ?? 'Postern has no such setting.')
  return {
    identifier,
    secret,
    settings: list.length > 0 ? { ...settings, attributes: list } : settings,
  }
}

const reasons: Readonly<Record<string, string>> = {
  id: 'It is an identifier within Keycloak.',
  adminUrl: 'Postern sends Logout Tokens by OpenID Connect.',
  rootUrl: 'It is part of the redirect URIs.',
  surrogateAuthRequired: 'Postern has no adapters.',
  fullScopeAllowed: 'Roles are claims that your frontend passes.',
  authenticationFlowBindingOverrides: 'Your frontend authenticates users.',
  authorizationSettings: 'Postern has no authorization services.',
  authorizationServicesEnabled: 'Postern has no authorization services.',
  notBefore: 'Sessions that were last used before it are left out.',
  protocol: 'Postern speaks OpenID Connect.',
}

function textsOf(source: Properties): Settings {
  const texts = {
    clientName: textIn(source.taken('name', 'clientName')),
    description: textIn(source.taken('description', 'description')),
    clientUri: absolute(source, 'baseUrl'),
  }
  return Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== undefined))
}

/** Relative URLs are below the root URL of the client. */
function absolute(source: Properties, name: string): string | undefined {
  const text = textIn(source.peek(name))
  const root = textIn(source.peek('rootUrl')) ?? ''
  const url = text?.startsWith('/') ? `${root.replace(/\/$/, '')}${text}` : text
  if (url === undefined || !parseUrl(url) || url.includes('${')) {
    source.dropped(name, 'It is no absolute URL.')
    return undefined
  }
  source.changed(name, 'clientUri', 'As an absolute URL.')
  return url
}

function redirectUrisOf(source: Properties): string[] {
  const root = textIn(source.peek('rootUrl')) ?? ''
  const all = textsIn(source.peek('redirectUris')).map((uri) =>
    uri.startsWith('/') && parseUrl(root) ? `${root.replace(/\/$/, '')}${uri}` : uri,
  )
  const exact = all.filter((uri) => !uri.includes('*') && parseUrl(uri) !== undefined)
  const others = all.filter((uri) => !exact.includes(uri))
  source.changed('redirectUris', 'redirectUris', 'As absolute URIs, which are compared exactly.')
  if (others.length > 0) {
    const listed = others.join(' ')
    source.decide('redirectUris', `Left out, list each URI instead: ${listed}`)
  }
  return [...new Set(exact)]
}

function originsOf(source: Properties, redirectUris: readonly string[]): string | undefined {
  const given = textsIn(source.peek('webOrigins'))
  const own = redirectUris.flatMap((uri) => parseUrl(uri)?.origin ?? []).filter((o) => o !== 'null')
  const origins = given.flatMap((each) => (each === '+' ? own : [each.replace(/\/$/, '')]))
  source.changed('webOrigins', 'ext.cors_origins', '`+` becomes the origins of redirect URIs.')
  return origins.length > 0 ? [...new Set(origins)].join(' ') : undefined
}

function flowsOf(source: Properties, attributes: Properties): Settings {
  const isOn = (name: string, to: string) => source.changed(name, 'grantTypes', to) === true
  const isSet = (name: string) =>
    String(attributes.changed(name, 'grantTypes', 'It is a grant type.')) === 'true'
  const standard = isOn('standardFlowEnabled', 'AUTHORIZATION_CODE and REFRESH_TOKEN.')
  const implicit = isOn('implicitFlowEnabled', 'IMPLICIT.')
  const direct = isOn('directAccessGrantsEnabled', 'PASSWORD: better leave it behind.')
  const service = isOn('serviceAccountsEnabled', 'CLIENT_CREDENTIALS.')
  const device = isSet('oauth2.device.authorization.grant.enabled')
  const ciba = isSet('oidc.ciba.grant.enabled')
  const exchange = isSet('standard.token.exchange.enabled')
  const refreshes = String(attributes.peek('use.refresh.tokens') ?? 'true') === 'true'
  attributes.changed('use.refresh.tokens', 'grantTypes', 'REFRESH_TOKEN.')
  const users = standard || direct || device || ciba
  const grantTypes = [
    ...(standard ? ['AUTHORIZATION_CODE'] : []),
    ...(implicit ? ['IMPLICIT'] : []),
    ...(direct ? ['PASSWORD'] : []),
    ...(service ? ['CLIENT_CREDENTIALS'] : []),
    ...(device ? ['DEVICE_CODE'] : []),
    ...(ciba ? ['CIBA'] : []),
    ...(exchange ? ['TOKEN_EXCHANGE'] : []),
    ...(users && refreshes ? ['REFRESH_TOKEN'] : []),
  ]
  const hybrid = ['CODE_ID_TOKEN', 'CODE_TOKEN', 'CODE_ID_TOKEN_TOKEN']
  const responseTypes = [
    ...(standard ? ['CODE'] : []),
    ...(implicit ? ['ID_TOKEN', 'ID_TOKEN_TOKEN', 'TOKEN'] : []),
    ...(standard && implicit ? hybrid : []),
  ]
  return { grantTypes, responseTypes }
}

function pkceOf(attributes: Properties): Settings {
  const method = attributes.changed(
    'pkce.code.challenge.method',
    'pkceRequired',
    'A client with a method must use PKCE.',
  )
  if (method === undefined) return {}
  return { pkceRequired: true, ...(method === 'S256' ? { pkceS256Required: true } : {}) }
}

function scopesOf(source: Properties): string[] {
  const always = textsIn(
    source.changed(
      'defaultClientScopes',
      'extension.requestableScopes',
      'The client must request them: Keycloak adds them to each request.',
    ),
  )
  const asked = textsIn(source.taken('optionalClientScopes', 'extension.requestableScopes'))
  return [...new Set(['openid', ...always, ...asked])]
}

function logoutOf(
  source: Properties,
  attributes: Properties,
  redirectUris: readonly string[],
): Settings {
  source.changed('frontchannelLogout', 'frontchannelLogoutUri', 'It is on with a URI.')
  const isFront = source.peek('frontchannelLogout') === true
  const front = textIn(
    attributes.changed('frontchannel.logout.url', 'frontchannelLogoutUri', 'The URI.'),
  )
  const listed = String(attributes.peek('post.logout.redirect.uris') ?? '').split('##')
  attributes.changed(
    'post.logout.redirect.uris',
    'postLogoutRedirectUris',
    '`+` becomes the redirect URIs.',
  )
  const uris = listed.flatMap((uri) => (uri === '+' ? redirectUris : [uri]))
  const exact = [...new Set(uris)].filter((uri) => !/[*]|^-?$/.test(uri))
  if (
    exact.length < new Set(uris).size &&
    attributes.peek('post.logout.redirect.uris') !== undefined
  ) {
    attributes.decide('post.logout.redirect.uris', 'URIs with wildcards are left out.')
  }
  return {
    ...(isFront && front ? { frontchannelLogoutUri: front } : {}),
    ...(exact.length > 0 ? { postLogoutRedirectUris: exact } : {}),
  }
}

function lifetimesOf(attributes: Properties): Record<string, string> {
  const seconds = Number(attributes.peek('access.token.lifespan'))
  if (!(seconds > 0)) {
    attributes.dropped('access.token.lifespan', 'It is that of the realm.')
    return {}
  }
  const to = 'ext.lifespan'
  attributes.changed('access.token.lifespan', to, 'It is an attribute for each grant.')
  const grants = ['authorization_code', 'client_credentials', 'refresh_token']
  return Object.fromEntries(
    grants.map((grant) => [`${to}.${grant}.access_token`, String(Math.floor(seconds))]),
  )
}

const methods: Readonly<Record<string, string>> = {
  'client-secret': 'CLIENT_SECRET_BASIC',
  'client-secret-jwt': 'CLIENT_SECRET_JWT',
  'client-jwt': 'PRIVATE_KEY_JWT',
  'client-x509': 'TLS_CLIENT_AUTH',
}

function methodOf(source: Properties): string {
  const named = textIn(source.peek('clientAuthenticatorType')) ?? 'client-secret'
  const method = methods[named]
  if (method === undefined) {
    source.decide('clientAuthenticatorType', 'Postern has no such authenticator: a secret is used.')
    return 'CLIENT_SECRET_BASIC'
  }
  source.changed('clientAuthenticatorType', 'tokenAuthMethod', 'By its name in the API.')
  return method
}

/** Exports by the console have asterisks in the place of secrets. */
function maskedSecret(source: Properties, settings: Settings): string | undefined {
  if (!/^\*+$/.test(String(source.peek('secret')))) return secretOf(source, 'secret', settings)
  source.decide(
    'secret',
    'The export masks it: `postern apply` makes a new one. An export with the server stopped has it.',
  )
  return undefined
}
