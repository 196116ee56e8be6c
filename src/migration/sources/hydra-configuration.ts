/** The configuration file of Hydra, by the paths of its settings. */
import { durationSeconds } from '../duration.ts'
import { isObject, textIn, textsIn } from '../input.ts'
import { attributesOf, type Settings } from '../migration.ts'
import { type Properties, propertiesOf, type Report } from '../report.ts'

const durations: Readonly<Record<string, string>> = {
  'ttl.access_token': 'accessTokenDuration',
  'ttl.refresh_token': 'refreshTokenDuration',
  'ttl.id_token': 'idTokenDuration',
  'ttl.auth_code': 'authorizationCodeDuration',
  'oauth2.device_authorization.token_polling_interval': 'deviceFlowPollingInterval',
}
const endpoints: Readonly<Record<string, string>> = {
  'webfinger.oidc_discovery.auth_url': 'authorizationEndpoint',
  'webfinger.oidc_discovery.token_url': 'tokenEndpoint',
  'webfinger.oidc_discovery.userinfo_url': 'userInfoEndpoint',
  'webfinger.oidc_discovery.client_registration_url': 'registrationEndpoint',
  'webfinger.oidc_discovery.device_authorization_url': 'deviceAuthorizationEndpoint',
}
/** Paths of Hydra below its issuer. */
const paths = {
  authorizationEndpoint: 'oauth2/auth',
  tokenEndpoint: 'oauth2/token',
  revocationEndpoint: 'oauth2/revoke',
  userInfoEndpoint: 'userinfo',
  jwksUri: '.well-known/jwks.json',
  endSessionEndpoint: 'oauth2/sessions/logout',
}

/** Why settings of a part have no counterpart, by the first words of their paths. */
const reasons: readonly (readonly [string, string])[] = [
  ['urls', 'Your frontend has the pages and their URLs.'],
  [
    'serve',
    'Your frontend serves the endpoints; Postern is configured by POSTERN_HOST and POSTERN_PORT.',
  ],
  ['dsn', 'Postern has POSTERN_DATABASE_URL.'],
  ['secrets', 'Postern seals with POSTERN_MASTER_KEY; cookies are those of your frontend.'],
  ['log', 'Postern has POSTERN_LOG_LEVEL.'],
  ['tracing', 'Postern traces with the SDK that you start it with.'],
  ['strategies', 'Postern has no such choice.'],
  ['oauth2.token_hook', 'Your frontend sees each request itself, and passes claims.'],
  ['oauth2.refresh_token_hook', 'Your frontend sees each request itself, and passes claims.'],
  ['oauth2.hashers', 'Postern stores secrets sealed, or as hashes with ext.client_secret.storage.'],
]
const hasNone = 'Postern has no such setting.'

/** `former` has the keys for refresh tokens that come along, if there are any. */
export function hydraService(
  report: Report,
  document: Record<string, unknown>,
  former: { keys: readonly unknown[] },
): Settings {
  const source = propertiesOf(report, 'service', leavesOf(document))
  const settings: Settings = {}
  for (const [path, property] of Object.entries(durations)) {
    const seconds = durationSeconds(source.peek(path))
    if (!seconds) {
      source.decide(path, 'It is no duration of at least a second, such as `-1` for ever.')
      continue
    }
    source.changed(path, property, 'The duration is in seconds.')
    settings[property] = seconds
  }
  const issuer = textIn(source.taken('urls.self.issuer', 'issuer'))
  if (issuer !== undefined) {
    Object.assign(settings, { issuer }, endpointsOf(issuer))
  }
  for (const [path, property] of Object.entries(endpoints)) {
    const url = textIn(source.taken(path, property))
    if (url !== undefined) settings[property] = url
  }
  if (former.keys.length > 0) {
    const how = 'Keys that Hydra derives from it verify refresh tokens. They are stored sealed.'
    source.changed('secrets.system', 'service.jwks', how)
  }
  const attributes = attributesOf(attributesFrom(source))
  Object.assign(settings, policiesOf(source), discoveryOf(source))
  source.end((path) => reasons.find(([start]) => path.startsWith(start))?.[1] ?? hasNone)
  return attributes.length > 0 ? { ...settings, attributes } : settings
}

const ofPublicClients = 'oauth2.pkce.enforced_for_public_clients'

export const wantsPkceOfPublic = (document: Record<string, unknown>): boolean =>
  leavesOf(document)[ofPublicClients] === true

/** The members of nested objects by their paths; lists are values. */
export function leavesOf(document: Record<string, unknown>, under = ''): Record<string, unknown> {
  const leaves: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(document)) {
    const path = `${under}${name}`
    if (isObject(value) && Object.keys(value).length > 0) {
      Object.assign(leaves, leavesOf(value, `${path}.`))
    } else {
      leaves[path] = value
    }
  }
  return leaves
}

const endpointsOf = (issuer: string): Settings =>
  Object.fromEntries(
    Object.entries(paths).map(([name, path]) => [name, `${issuer.replace(/\/$/, '')}/${path}`]),
  )

function attributesFrom(source: Properties): Record<string, string | undefined> {
  const ticket = durationSeconds(source.peek('ttl.login_consent_request'))
  if (ticket) {
    source.changed('ttl.login_consent_request', 'ext.ticket.duration', 'In seconds.')
  }
  const types = textsIn(source.peek('oidc.subject_identifiers.supported_types'))
  const isPairwise = types.includes('pairwise') && !types.includes('public')
  source.changed(
    'oidc.subject_identifiers.supported_types',
    'ext.subject.default',
    'Clients choose by `subjectType`; the attribute is the default.',
  )
  source.decide(
    'oidc.subject_identifiers.pairwise.salt',
    'Postern computes pairwise subjects in another way: they change, unless your frontend passes ' +
      'the former ones as `sub`.',
  )
  const scopes = textsIn(
    source.changed(
      'oidc.dynamic_client_registration.default_scope',
      'ext.dcr.default_scopes',
      'Words.',
    ),
  )
  const grace = durationSeconds(source.peek('oauth2.grant.refresh_token.grace_period'))
  if (grace) {
    source.changed('oauth2.grant.refresh_token.grace_period', 'ext.refresh.window', 'In seconds.')
  }
  return {
    'ext.ticket.duration': ticket ? String(ticket) : undefined,
    'ext.subject.default': isPairwise ? 'pairwise' : undefined,
    'ext.dcr.default_scopes': scopes.length > 0 ? scopes.join(' ') : undefined,
    'ext.refresh.window': grace ? String(grace) : undefined,
  }
}

function policiesOf(source: Properties): Settings {
  const isJwt = source.peek('strategies.access_token') === 'jwt'
  source.changed('strategies.access_token', 'accessTokenSignAlg', 'JWTs are signed with RS256.')
  const forAll = source.peek('oauth2.pkce.enforced') === true
  source.changed('oauth2.pkce.enforced', 'pkceRequired', 'It is a setting of the service.')
  source.changed(
    ofPublicClients,
    'client.pkceRequired',
    'Each public client of the import requires it; clients that are created later do not.',
  )
  const registration = source.taken(
    'oidc.dynamic_client_registration.enabled',
    'dynamicRegistrationSupported',
  )
  const grace = source.peek('oauth2.grant.refresh_token.grace_period') !== undefined
  return {
    ...(isJwt ? { accessTokenSignAlg: 'RS256' } : {}),
    ...(forAll ? { pkceRequired: true } : {}),
    ...(registration === true ? { dynamicRegistrationSupported: true } : {}),
    ...(grace ? { refreshTokenIdempotent: true } : {}),
  }
}

function discoveryOf(source: Properties): Settings {
  const claims = textsIn(
    source.taken('webfinger.oidc_discovery.supported_claims', 'supportedClaims'),
  )
  const scopes = textsIn(
    source.changed(
      'webfinger.oidc_discovery.supported_scope',
      'supportedScopes',
      'Each scope is an object with a name.',
    ),
  )
  return {
    ...(claims.length > 0 ? { supportedClaims: [...new Set(['sub', ...claims])] } : {}),
    ...(scopes.length > 0 ? { supportedScopes: scopes.map((name) => ({ name })) } : {}),
  }
}
