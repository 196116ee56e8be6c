/** Keycloak: the export of a realm in JSON, with its clients, client scopes and keys. */

import { RemoteError } from '../../remote/failure.ts'
import { acceptedTokens } from '../accepted-tokens.ts'
import { acceptedClients } from '../client.ts'
import { withFormats } from '../former-tokens.ts'
import { type Input, isObject, numberIn, objectsIn, textIn } from '../input.ts'
import {
  attributesOf,
  keyFrom,
  keyMaker,
  type MigratedClient,
  type Migration,
  type Order,
  type Settings,
} from '../migration.ts'
import { createReport, type Properties, propertiesOf, type Report } from '../report.ts'
import { rowOf } from '../rows.ts'
import { acceptedService, serviceFor } from '../service.ts'
import { reportMappers } from './keycloak-attributes.ts'
import { keycloakClient, unfitFor } from './keycloak-client.ts'
import { realmKeys, symmetricKeys } from './keycloak-keys.ts'
import { isSessionRow, sessionTokens, withOfflineLifetimes } from './keycloak-sessions.ts'

export async function migrateRealm(inputs: readonly Input[], order: Order): Promise<Migration> {
  const objects = inputs.flatMap(objectsIn)
  const rows = objects.map(rowOf).filter(isSessionRow)
  const [realm, another] = objects.filter((one) => !isSessionRow(rowOf(one)))
  if (!realm || another || typeof realm['realm'] !== 'string') {
    throw new RemoteError('usage', 'Name one file: the export of one realm.')
  }
  const report = createReport()
  const source = propertiesOf(report, 'realm', realm)
  const name = String(realm['realm'])
  const attributes = propertiesOf(
    report,
    'realm',
    isObject(realm['attributes']) ? realm['attributes'] : {},
    'attributes.',
  )
  const clients = clientsOf(report, realm['clients'])
  const ofIssuer = issuerOf(source, attributes, order, name)
  const former = formerOf(report, realm, rows, textIn(ofIssuer['issuer']))
  const { offline } = former
  const { longest, ...lifetimes } = lifetimesOf(source, attributes, offline.size > 0)
  if (offline.size > 0) {
    const idle = numberIn(realm['offlineSessionIdleTimeout'])
    withOfflineLifetimes(clients, offline, { idle, longest })
  }
  const given = {
    ...ofIssuer,
    ...lifetimes,
    supportedScopes: scopesOf(report, realm['clientScopes']),
  }
  const jwks = realmKeys(realm['components'], former.keys, report)
  for (const list of ['clients', 'clientScopes', 'components', 'attributes']) {
    source.changed(list, 'service', 'Each of them has lines of its own.')
  }
  source.end(reasonOf)
  attributes.end()
  const drafted = withFormats(serviceFor(order, clients, given, report), [], former.formats)
  const { service, secrets } = await acceptedService(drafted, jwks ? { jwks } : {}, report)
  const accepted = await acceptedClients(clients, service, report)
  return {
    source: 'Keycloak',
    key: order.key ?? keyFrom(name) ?? 'realm',
    service,
    secrets,
    clients: accepted,
    tokens: acceptedTokens(former.tokens, accepted, service, report),
    grantedScopes: [],
    report,
  }
}

/** Live sessions with the keys that verify their tokens; none without such a key. */
function formerOf(
  report: Report,
  realm: Record<string, unknown>,
  rows: readonly Record<string, unknown>[],
  issuer: string | undefined,
) {
  const keys = rows.length > 0 && issuer !== undefined ? symmetricKeys(realm['components']) : []
  if (keys.length > 0) {
    const strict = realm['revokeRefreshToken'] === true ? { oncePerSession: true } : {}
    const formats = [{ format: 'keycloak', issuer, keys: keys.map(({ kid }) => kid), ...strict }]
    return { keys, formats, ...sessionTokens(report, realm, rows) }
  }
  report.add({
    of: 'tokens',
    property: 'sessions',
    outcome: 'decide',
    note:
      'Name the rows of offline_user_session and offline_client_session as JSON, with an export ' +
      'that was made with the server stopped (for the key hmac-generated), to take refresh tokens ' +
      'of live sessions along. Without them, users log in again.',
  })
  return { keys, formats: [], tokens: [], offline: new Set<unknown>() }
}

function clientsOf(report: Report, listed: unknown): MigratedClient[] {
  const keyOf = keyMaker()
  return objectsIn({ path: 'clients', value: listed ?? [] }).flatMap((client, at) => {
    const key = keyOf(String(client['clientId'] ?? ''), `client-${at + 1}`)
    const unfit = unfitFor(client)
    if (unfit === undefined) return [{ key, ...keycloakClient(report, key, client) }]
    const source = propertiesOf(report, `client ${key}`, client)
    source.end(() => `The client is left out. ${unfit}`)
    return []
  })
}

function issuerOf(
  source: Properties,
  attributes: Properties,
  order: Order,
  realm: string,
): Settings {
  source.changed('realm', 'issuer', 'It is the end of the issuer, and the key of the file.')
  const frontend = textIn(
    attributes.changed('frontendUrl', 'issuer', 'With the name of the realm.'),
  )
  const issuer =
    order.issuer ??
    (frontend && `${frontend.replace(/\/$/, '')}/realms/${encodeURIComponent(realm)}`)
  const name = textIn(source.taken('displayName', 'serviceName')) ?? realm
  if (issuer === undefined) return { serviceName: name }
  const at = (path: string) => `${issuer}/protocol/openid-connect/${path}`
  return {
    serviceName: name,
    issuer,
    authorizationEndpoint: at('auth'),
    tokenEndpoint: at('token'),
    userInfoEndpoint: at('userinfo'),
    jwksUri: at('certs'),
    endSessionEndpoint: at('logout'),
    revocationEndpoint: at('revoke'),
    introspectionEndpoint: at('token/introspect'),
    deviceAuthorizationEndpoint: at('auth/device'),
    pushedAuthReqEndpoint: `${issuer}/protocol/openid-connect/ext/par/request`,
  }
}

/** Settings in seconds. */
const durations: Readonly<Record<string, string>> = {
  accessTokenLifespan: 'accessTokenDuration',
  accessCodeLifespan: 'authorizationCodeDuration',
  oauth2DeviceCodeLifespan: 'deviceFlowCodeDuration',
  oauth2DevicePollingInterval: 'deviceFlowPollingInterval',
}
const attributeDurations: Readonly<Record<string, string>> = {
  parRequestUriLifespan: 'pushedAuthReqDuration',
  cibaExpiresIn: 'backchannelAuthReqIdDuration',
  cibaInterval: 'backchannelPollingInterval',
}

/** `longest` is the maximum lifetime of refresh tokens, where clients have it one by one. */
function lifetimesOf(
  source: Properties,
  attributes: Properties,
  hasOffline: boolean,
): Settings & { longest: number | undefined } {
  const settings: Settings = {}
  for (const [name, property] of Object.entries(durations)) {
    const seconds = numberIn(source.taken(name, property))
    if (seconds) settings[property] = seconds
  }
  for (const [name, property] of Object.entries(attributeDurations)) {
    const seconds = Number(attributes.peek(name))
    attributes.changed(name, property, 'The text is a number of seconds.')
    if (seconds > 0) settings[property] = seconds
  }
  const idle = numberIn(
    source.changed(
      'ssoSessionIdleTimeout',
      'refreshTokenDuration',
      'A refresh token lasts until it was not used for so long: `refreshTokenDurationReset`.',
    ),
  )
  const longest = numberIn(
    source.changed('ssoSessionMaxLifespan', 'ext.refresh.max_lifetime', 'It is an attribute.'),
  )
  if (hasOffline) {
    const how = 'The refresh tokens of each client with offline sessions last so long.'
    source.changed('offlineSessionIdleTimeout', 'client.ext.lifespan', how)
  } else {
    source.decide(
      'offlineSessionIdleTimeout',
      'Refresh tokens with offline_access last no longer than others: set `refreshTokenDuration`.',
    )
  }
  source.changed('revokeRefreshToken', 'refreshTokenKept', 'Its opposite.')
  const alg = textIn(source.taken('defaultSignatureAlgorithm', 'accessTokenSignAlg'))
  const list = attributesOf({
    'ext.refresh.max_lifetime': longest && !hasOffline ? String(longest) : undefined,
  })
  return {
    ...settings,
    ...(idle ? { refreshTokenDuration: idle, refreshTokenDurationReset: true } : {}),
    refreshTokenKept: source.peek('revokeRefreshToken') !== true,
    accessTokenSignAlg: alg ?? 'RS256',
    ...(list.length > 0 ? { attributes: list } : {}),
    longest: hasOffline ? longest : undefined,
  }
}

function scopesOf(report: Report, listed: unknown): Settings[] {
  return objectsIn({ path: 'clientScopes', value: listed ?? [] }).flatMap((scope): Settings[] => {
    const name = String(scope['name'])
    const source = propertiesOf(report, `scope ${name}`, scope)
    if ((scope['protocol'] ?? 'openid-connect') !== 'openid-connect') {
      source.end(() => 'The scope is left out: it is one of SAML.')
      return []
    }
    source.taken('name', 'supportedScopes')
    const description = textIn(source.taken('description', 'supportedScopes.description'))
    reportMappers(report, `scope ${name}`, source)
    source.dropped('attributes', 'Your frontend shows scopes, and tokens contain the granted ones.')
    source.end(() => 'It is an identifier or a protocol of Keycloak.')
    return [{ name, ...(description === undefined ? {} : { description }) }]
  })
}

const families: readonly (readonly [RegExp, string])[] = [
  [
    /^(users|groups|roles|defaultRole|federatedUsers|defaultGroups|requiredCredentials)/,
    'Your system has the users and what they are.',
  ],
  [/^(scopeMappings|clientScopeMappings)/, 'Roles are claims that your frontend passes.'],
  [
    /^(authent|required|bruteForce|otp|webAuthn|password|login|register|remember|verifyEmail)/,
    'Your frontend authenticates users.',
  ],
  [
    /(Flow|Factor|Seconds|Username|Emails|Allowed|Lockouts?)$/,
    'Your frontend authenticates users.',
  ],
  [
    /(Theme|internationalization|Locale|smtp|browserSecurityHeaders|displayNameHtml)/i,
    'Your frontend has the pages.',
  ],
  [/^(identityProvider|userFederation)/, 'Other identity providers are a matter of your frontend.'],
  [/^(events|adminEvents|enabledEventTypes)/, 'Postern has an audit log.'],
  [/(Session|offline|actionToken|accessCode|ImplicitFlow)/, 'Sessions are those of your frontend.'],
  [/^(default(Default|Optional)ClientScopes)/, 'Each client has its list.'],
]

const reasonOf = (name: string): string =>
  families.find(([pattern]) => pattern.test(name))?.[1] ?? 'Postern has no such setting.'
