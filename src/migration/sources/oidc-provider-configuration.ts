/** The configuration of node-oidc-provider, as far as JSON can say it. */
import { isObject, numberIn, textsIn } from '../input.ts'
import { attributesOf, type Settings } from '../migration.ts'
import { type Properties, propertiesOf, type Report } from '../report.ts'
import { leavesOf } from './hydra-configuration.ts'

const durations: Readonly<Record<string, string>> = {
  'ttl.AccessToken': 'accessTokenDuration',
  'ttl.AuthorizationCode': 'authorizationCodeDuration',
  'ttl.BackchannelAuthenticationRequest': 'backchannelAuthReqIdDuration',
  'ttl.DeviceCode': 'deviceFlowCodeDuration',
  'ttl.IdToken': 'idTokenDuration',
  'ttl.PushedAuthorizationRequest': 'pushedAuthReqDuration',
  'ttl.RefreshToken': 'refreshTokenDuration',
}
const flags: Readonly<Record<string, string>> = {
  'features.backchannelLogout.enabled': 'backchannelLogoutSupported',
  'features.registration.enabled': 'dynamicRegistrationSupported',
  'pkce.required': 'pkceRequired',
}
/** Paths below the issuer, unless the configuration has others. */
const routes: Readonly<Record<string, readonly [string, string]>> = {
  'routes.authorization': ['authorizationEndpoint', '/auth'],
  'routes.device_authorization': ['deviceAuthorizationEndpoint', '/device/auth'],
  'routes.end_session': ['endSessionEndpoint', '/session/end'],
  'routes.introspection': ['introspectionEndpoint', '/token/introspection'],
  'routes.jwks': ['jwksUri', '/jwks'],
  'routes.pushed_authorization_request': ['pushedAuthReqEndpoint', '/request'],
  'routes.registration': ['registrationEndpoint', '/reg'],
  'routes.revocation': ['revocationEndpoint', '/token/revocation'],
  'routes.token': ['tokenEndpoint', '/token'],
  'routes.userinfo': ['userInfoEndpoint', '/me'],
}
const reasons: readonly (readonly [string, string])[] = [
  ['cookies', 'Sessions and their cookies are those of your frontend.'],
  ['features', 'Clients and requests decide what is used: see the page of the migration.'],
  ['interactions', 'Your frontend has the pages.'],
  ['ttl', 'It ends with the move, or is a matter of your frontend.'],
  ['clientDefaults', 'Each client has its settings: look at the defaults of a client.'],
]

export function providerSettings(
  report: Report,
  documents: readonly Record<string, unknown>[],
  named: string | undefined,
): Settings {
  return Object.assign({}, ...documents.map((document) => settingsOf(report, document, named)))
}

function settingsOf(
  report: Report,
  { clients, jwks, claims, ...document }: Record<string, unknown>,
  named: string | undefined,
): Settings {
  for (const [name, value] of Object.entries({ clients, jwks })) {
    if (value === undefined) continue
    const note = 'Each of them has lines of its own.'
    report.add({ of: 'service', property: name, outcome: 'changed', to: 'service', note })
  }
  const source = propertiesOf(report, 'service', leavesOf(document))
  reportFunctions(source)
  const settings: Settings = {}
  for (const [path, property] of Object.entries(durations)) {
    const seconds = numberIn(source.taken(path, property))
    if (seconds) settings[property] = seconds
  }
  for (const [path, property] of Object.entries(flags)) {
    if (source.taken(path, property) === true) settings[property] = true
  }
  const issuer = source.taken('issuer', 'issuer') ?? named
  if (typeof issuer === 'string') Object.assign(settings, { issuer }, endpointsOf(source, issuer))
  Object.assign(settings, rotationOf(source), listsOf(source, report, claims))
  source.end(
    (path) =>
      reasons.find(([start]) => path.startsWith(start))?.[1] ?? 'Postern has no such setting.',
  )
  return settings
}

/** Functions have no JSON; some tools write them as text. */
function reportFunctions(source: Properties): void {
  for (const name of source.left()) {
    const value = source.peek(name)
    const isFunction =
      typeof value === 'string' &&
      /^(\[(Async)?Function|(async )?function\b|(async )?\([^)]*\) =>)/.test(value)
    if (isFunction) source.decide(name, 'It is a JavaScript function: your frontend decides this.')
  }
}

function endpointsOf(source: Properties, issuer: string): Settings {
  const root = issuer.replace(/\/$/, '')
  return Object.fromEntries(
    Object.entries(routes).map(([path, [property, usual]]) => {
      const given = source.changed(path, property, 'With the issuer.')
      return [property, `${root}${typeof given === 'string' ? given : usual}`]
    }),
  )
}

function rotationOf(source: Properties): Settings {
  const rotates = source.changed('rotateRefreshToken', 'refreshTokenKept', 'Its opposite.')
  return typeof rotates === 'boolean' ? { refreshTokenKept: !rotates } : {}
}

function listsOf(source: Properties, report: Report, claims: unknown): Settings {
  const scopes = textsIn(
    source.changed('scopes', 'supportedScopes', 'Each scope is an object with a name.'),
  )
  const methods = textsIn(
    source.changed('pkce.methods', 'pkceS256Required', 'If S256 is the only one.'),
  )
  const types = textsIn(source.changed('subjectTypes', 'ext.subject.default', 'The only type.'))
  const isPairwise = types.length === 1 && types[0] === 'pairwise'
  const attributes = attributesOf({ 'ext.subject.default': isPairwise ? 'pairwise' : undefined })
  const names = claimNames(report, claims)
  return {
    ...(scopes.length > 0 ? { supportedScopes: scopes.map((name) => ({ name })) } : {}),
    ...(methods.length === 1 && methods[0] === 'S256' ? { pkceS256Required: true } : {}),
    ...(names.length > 0 ? { supportedClaims: names } : {}),
    ...(attributes.length > 0 ? { attributes } : {}),
  }
}

/** Scopes with their claims, or claims by themselves. */
function claimNames(report: Report, claims: unknown): string[] {
  if (!isObject(claims)) return []
  const note = 'The names are published; your frontend passes the values, or the claim policy does.'
  report.add({ of: 'service', property: 'claims', outcome: 'changed', to: 'supportedClaims', note })
  const names = Object.entries(claims).flatMap(([name, value]) =>
    Array.isArray(value) ? textsIn(value) : isObject(value) ? Object.keys(value) : [name],
  )
  return [...new Set(['sub', ...names])]
}

export function providerKeys(
  report: Report,
  documents: readonly Record<string, unknown>[],
): string | undefined {
  const keys = documents.flatMap(({ jwks }) =>
    isObject(jwks) && Array.isArray(jwks['keys']) ? jwks['keys'].filter(isObject) : [],
  )
  for (const key of keys) {
    const property = `jwks.${String(key['kid'])}`
    report.add({ of: 'service', property, outcome: 'taken', to: 'service.jwks' })
  }
  if (keys.length > 0) return JSON.stringify({ keys })
  const note = 'No keys were given: pass `jwks`, or make keys with `keys: { managed: true }`.'
  report.add({ of: 'service', property: 'jwks', outcome: 'decide', note })
  return undefined
}
